"""The programme as the engine sees it: its plan, and how an extract is read and checked."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from evalbook.plan import Checkpoint, Plan, Programme, Vintage
from evalbook.plan.programme import PublishedRow
from evalbook.text.language import Text
from nychance import tr
from nychance.definitions import Evaluation
from nychance.sentences.names import NAMES


def read(folder: Path, checkpoint: Checkpoint, the_plan: Plan, place: Path) -> Vintage:
    """Check and read an extract as of a checkpoint, and store the register for the notebooks.

    Parameters
    ----------
    folder : Path
        The extract.
    place : Path
        The folder that the register is stored in.

    Raises
    ------
    DataError
        If the extract has errors; the message names the first of them.
    """
    # These imports are slow, and usually nothing has to be read.
    from nychance import extract, validation
    from nychance.register import digests, read_register, storage
    from nychance.validation import listing

    assert isinstance(the_plan, Evaluation)
    tables = extract.tables_of(folder)
    checked = validation.check(folder, the_plan, checkpoint)
    validation.refuse(checked)
    register = read_register(folder, checkpoint, the_plan)
    storage.save(register, place / storage.FILE, folder, checkpoint)
    of_tables = digests.digests(register)
    files = {
        file.name: of_tables[name]
        for name, table in tables.items()
        for file in table
        if name in of_tables
    }
    return Vintage(
        files,
        extract.is_synthetic(folder),
        listing.for_chapter(checked, the_plan.languages),
        register.until.isoformat(),
        extract.made_with(folder),
    )


def demonstrate(folder: Path, persons: int = 20_000, seed: int = 2007) -> None:
    """Make a synthetic extract: the demonstration's, or one of another size or seed."""
    from nychance.synthesize import synthesize

    synthesize(folder, persons, seed)


def remark(the_plan: Plan, keys: Sequence[str], row: PublishedRow) -> Text | None:
    """Say whether a unit meets the target that a published row is about."""
    from nychance.sentences.statements import FOUND, format_value, verdict_by

    assert isinstance(the_plan, Evaluation)
    target = next((target for target in the_plan.targets if target.key in keys), None)
    if target is None or row.unit != "share" or math.isnan(row.lower + row.upper):
        return None
    return tr("Target: at least {threshold}; {verdict}.").format(
        threshold=format_value(target.threshold, "share", 0), verdict=FOUND[verdict_by(row, target)]
    )


PROGRAMME: Final = Programme(
    name="nychance",
    plan=Evaluation,
    read=read,
    reading=("nychance.register", "nychance.validation"),
    demonstrate=demonstrate,
    synthetic=tr(
        "All numbers on persons are computed from synthetic persons in invented municipalities. "
        "Real municipalities appear only where the source is public statistics."
    ),
    persons=tr("minorities, immigrants, descendants"),
    words=NAMES,
    unit="municipality",
    counted=("municipalities", "companies"),
    remark=remark,
)
