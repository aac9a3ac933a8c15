"""Every fault of an extract, found in one pass."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from evalbook.errors import DataError
from evalbook.plan import Checkpoint
from nychance.definitions import Evaluation
from nychance.extract import require_folder
from nychance.validation.inputs import TableFile, gather
from nychance.validation.issue import Issue
from nychance.validation.rules import RULES

__all__ = ["Checked", "Issue", "check", "refuse"]

# So many faults are named in the message that stops a report.
NAMED: Final = 3


@dataclass(frozen=True)
class Checked:
    """An extract, checked.

    Attributes
    ----------
    sheets : sequence of Sheet
        Its files and how they are written.
    faults : sequence of Fault
        Errors first, then in the order of the rules.
    """

    folder: Path
    sheets: Sequence[TableFile]
    faults: Sequence[Issue]

    @property
    def errors(self) -> list[Issue]:
        """The faults that keep a report from being made."""
        return [fault for fault in self.faults if fault.is_error]

    @property
    def warnings(self) -> list[Issue]:
        """The faults that a report tells in its data chapter."""
        return [fault for fault in self.faults if not fault.is_error]


def check(folder: Path, the_plan: Evaluation, checkpoint: Checkpoint | None = None) -> Checked:
    """Find every fault of an extract.

    Parameters
    ----------
    folder : Path
        The extract.
    the_plan : Evaluation
        For steps and kinds of intervention.
    checkpoint : Checkpoint, optional
        Leaves out what a checkpoint cannot know.

    Raises
    ------
    DataError
        If the folder does not exist. Whatever is wrong inside is a fault, not an error.
    """
    require_folder(folder)
    until, cutoff = (checkpoint.last_week, checkpoint.cutoff) if checkpoint else (None, None)
    evidence = gather(folder, the_plan, until, cutoff)
    found = [Issue(rule, finding) for rule in RULES for finding in rule.find(evidence)]
    rows = evidence.weeks.rows if evidence.weeks else {}
    sheets = [
        s._replace(rows=rows.get(s.file, s.rows))
        for table in evidence.tables.values()
        for s in table.sheets
    ]
    return Checked(folder, sheets, sorted(found, key=lambda fault: not fault.is_error))


def refuse(checked: Checked) -> None:
    """Raise `DataError` if an extract has errors: the first few, and the command that lists them all."""
    errors = checked.errors
    if errors:
        named = [_named(fault) for fault in errors[:NAMED]]
        more = f", and {len(errors) - NAMED} more" if len(errors) > NAMED else ""
        raise DataError(
            f"the extract has {len(errors)} faults: {'; '.join(named)}{more}",
            where=checked.folder,
            remedy=f"List them all, with remedies: nychance check-data {checked.folder}",
        )


def _named(fault: Issue) -> str:
    place = (
        f"{fault.finding.file}, column {fault.finding.column!r}"
        if fault.finding.column
        else fault.finding.file
    )
    return f"{place}: {fault.rule.says.en[:1].lower()}{fault.rule.says.en[1:]} ({fault.finding.count} {fault.rule.counts.en})"
