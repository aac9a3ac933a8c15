"""Competence profiles: a participant's level by area, before and after clarification."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from evalbook.models.method import WILSON, method
from evalbook.plan import Checkpoint
from evalbook.qualitative import csv_tables as tables
from evalbook.qualitative.codebook import NAME, codebook
from evalbook.qualitative.records import folder
from evalbook.qualitative.source_lines import EXAMPLE
from evalbook.sdc import Persons
from evalbook.sdc.about import SOURCE
from evalbook.text.source import Source
from nychance import tr

PROFILES: Final = Source(tr("Source: competence profiles, own calculations"), persons=True)
LEVELS: Final = ("1", "2", "3", "4", "5")
STRONG, WEAK = 4, 2
TIMES: Final = {"before": tr("Before the assessment"), "after": tr("After the assessment")}


def profiles(checkpoint: Checkpoint, path: Path | None = None) -> Persons:
    """Read the profiles clarified up to a checkpoint.

    Parameters
    ----------
    path : Path, optional
        A table with `profile` (a number, never a person's), `clarified` (the day), `area` (a key
        of `areas` in `material.yml`), `before` and `after` (1 to 5); default the file that
        `material.yml` names.

    Returns
    -------
    Persons
        A row a profile and area: `clarified`, `area` (a category), and the levels `before` and
        `after`. It knows its own source.

    Raises
    ------
    DataError
        If the table is missing or lacks a column, or a row has no day, an unknown or repeated
        area, or an unknown level.
    """
    book = codebook(folder() / "material" / NAME)
    path = path or folder() / "material" / book.profiles
    table = tables.read(path, ["profile", "clarified", "area", *TIMES])
    clarified, areas = tables.days(table["clarified"]), list(book.area_names)
    faults = {
        "clarified": clarified.isna(),
        "area": ~table["area"].isin(areas) | table.duplicated(["profile", "area"]),
        **{when: ~table[when].isin(LEVELS) for when in TIMES},
    }
    tables.refuse(table, faults, path)
    numbers = pd.util.hash_array(table["profile"].to_numpy(dtype=object)) >> np.uint64(1)
    read = Persons(
        {
            "person": numbers.astype(np.int64),
            "clarified": clarified,
            "area": pd.Categorical(table["area"], areas),
            **{when: table[when].astype(int) for when in TIMES},
        }
    )
    known: Persons = read[clarified <= pd.Timestamp(checkpoint.cutoff)]
    invented = Source(EXAMPLE.line, persons=True, synthetic=True)
    known.attrs[SOURCE] = invented if path.name.endswith("-example.csv") else PROFILES
    return known


@method(
    tr("Change of level by area"),
    formula=tr("mean of level after − level before, by area"),
    unit=tr("competence profiles"),
    interval=tr("paired, Student's t"),
    source=tr("Own definition, after the brief"),
)
def changes(known: Persons) -> Persons:
    """Return each profile's change of level by area, in `value`."""
    return known.assign(value=known["after"] - known["before"])


@method(
    tr("Asymmetric competence profiles"),
    formula=tr("n(level 4–5 in one area and 1–2 in another) ÷ n(profiles)"),
    unit=tr("competence profiles"),
    interval=WILSON,
    source=tr("Own definition, after the brief"),
)
def asymmetric(known: Persons, checkpoints: Sequence[Checkpoint]) -> Persons:
    """Return which profiles have a strong area (level 4 or 5) and a weak one (level 1 or 2).

    Returns
    -------
    Persons
        A row a profile, checkpoint that knew of it, and time: `checkpoint` (its month), `when`
        (`before` or `after`, a category), and `counted` out of `out_of`, which is 1.
    """
    levels = known.melt(["person", "clarified"], list(TIMES), "when", "level")
    ends = levels.groupby(["person", "clarified", "when"])["level"].agg(["min", "max"])
    found = ends.reset_index().assign(
        when=lambda each: pd.Categorical(each["when"], list(TIMES)),
        counted=lambda each: ((each["max"] >= STRONG) & (each["min"] <= WEAK)).astype(float),
        out_of=1.0,
    )
    known_then = [
        found[found["clarified"] <= pd.Timestamp(checkpoint.cutoff)].assign(
            checkpoint=checkpoint.month
        )
        for checkpoint in checkpoints
    ]
    joined = Persons(pd.concat(known_then, ignore_index=True))
    joined.attrs.update(known.attrs)
    return joined
