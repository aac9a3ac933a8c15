"""Validation of an extract: every issue, found in one pass."""

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

# So many issues are named in the message that stops a report.
NAMED: Final = 3


@dataclass(frozen=True)
class Checked:
    """An extract, checked.

    Attributes
    ----------
    files : sequence of TableFile
        Its files and how they are written.
    issues : sequence of Issue
        Errors first, then in the order of the rules.
    """

    folder: Path
    files: Sequence[TableFile]
    issues: Sequence[Issue]

    @property
    def errors(self) -> list[Issue]:
        """The issues that keep a report from being made."""
        return [issue for issue in self.issues if issue.is_error]

    @property
    def warnings(self) -> list[Issue]:
        """The issues that a report lists."""
        return [issue for issue in self.issues if not issue.is_error]


def check(folder: Path, the_plan: Evaluation, checkpoint: Checkpoint | None = None) -> Checked:
    """Find every issue of an extract.

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
        If the folder does not exist. Whatever is wrong inside is an issue, not an error.
    """
    require_folder(folder)
    until, cutoff = (checkpoint.last_week, checkpoint.cutoff) if checkpoint else (None, None)
    inputs = gather(folder, the_plan, until, cutoff)
    found = [Issue(rule, finding) for rule in RULES for finding in rule.find(inputs)]
    rows = inputs.weeks.rows if inputs.weeks else {}
    files = [
        s._replace(rows=rows.get(s.file, s.rows))
        for table in inputs.tables.values()
        for s in table.files
    ]
    return Checked(folder, files, sorted(found, key=lambda issue: not issue.is_error))


def refuse(checked: Checked) -> None:
    """Raise `DataError` if an extract has errors, naming the first few."""
    errors = checked.errors
    if errors:
        named = [_named(issue) for issue in errors[:NAMED]]
        more = f", and {len(errors) - NAMED} more" if len(errors) > NAMED else ""
        raise DataError(
            f"the extract has {len(errors)} faults: {'; '.join(named)}{more}",
            where=checked.folder,
            remedy=f"List them all, with remedies: nychance check-data {checked.folder}",
        )


def _named(issue: Issue) -> str:
    place = (
        f"{issue.finding.file}, column {issue.finding.column!r}"
        if issue.finding.column
        else issue.finding.file
    )
    problem, counted = issue.problem.en, f"{issue.finding.count} {issue.rule.counts.en}"
    detail = f"; {issue.finding.detail.en}" if issue.finding.detail.en else ""
    return f"{place}: {problem[:1].lower()}{problem[1:]} ({counted}{detail})"
