"""Tables refreshed, their notebooks run again, and every published number that moves."""

from collections.abc import Sequence

from rich.console import Console

from evalbook import plan
from evalbook.errors import DataError, UsageError
from evalbook.paths import project_root, public_directory
from evalbook.report import compare, differences
from nychance.public_data.statbank.refresh import fetch as refreshed
from nychance.public_data.statbank.service import BASE_URL, StatBank

WIDE = 160


def refresh(
    tables: Sequence[str],
    *,
    base_url: str | None = None,
    dry_run: bool = False,
    run: bool = True,
    data: str | None = None,
) -> int:
    """Refresh tables and report what became of them.

    Parameters
    ----------
    tables : sequence of str
        Our names or StatBank's; none for all.
    base_url : str, optional
        Where the API is.
    dry_run : bool, optional
        Only look.
    run : bool, optional
        Run the notebooks that read what changed, where there are results of an earlier run.
    data : str, optional
        Register data for these notebooks.

    Returns
    -------
    int
        The exit status: 1 if a table or a notebook failed.
    """
    console = _console()
    root = project_root()
    service = StatBank(root / ".evalbook" / "statbank", base_url or BASE_URL)
    failed = replaced = False
    for outcome in refreshed(service, public_directory(), tables, dry_run=dry_run):
        if isinstance(outcome, DataError):
            console.print("not refreshed:", style="red", end=" ")
            console.print(str(outcome), highlight=False, soft_wrap=True, markup=False)
        else:
            console.print(f"{outcome.name}: {outcome.summary}", highlight=False, soft_wrap=True)
        failed |= isinstance(outcome, DataError)
        replaced |= not isinstance(outcome, DataError) and outcome.replaced
    status = _published(console, data) if replaced and run else 0
    return 1 if failed else status


def _published(console: Console, data: str | None) -> int:
    """Run the notebooks that read the figures again, and show the numbers that moved."""
    from evalbook.publish.build import Build
    from evalbook.publish.selection import select

    before = _numbers()
    if not before:
        return 0
    themes = sorted({key.partition(".")[0] for numbers in before.values() for key in numbers})
    status = Build(select(checkpoints=list(before), themes=themes, data=data)).run()
    for month, after in _numbers().items():
        found = compare.differences(before.get(month, {}), after)
        if any(difference.status != "same" for difference in found):
            console.print(differences.as_table(found, (f"{month} before", "with the new figures")))
    return status


def _numbers() -> dict[str, compare.Numbers]:
    found = {}
    for checkpoint in plan.load().checkpoints:
        try:
            found[checkpoint.month] = compare.numbers_of(project_root(), checkpoint.month)
        except UsageError:
            continue
    return found


def _console() -> Console:
    console = Console()
    return console if console.is_terminal else Console(width=WIDE)
