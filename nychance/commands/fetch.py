"""`nychance fetch`: tables refreshed, their notebooks run again, and the numbers that move."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.console import Console

    from evalbook.report.compare import Numbers

WIDE = 160


@click.command()
@click.argument("tables", nargs=-1, metavar="[TABLE]...")
@click.option(
    "--dry-run", is_flag=True, help="Ask for the metadata only, and say what would be fetched."
)
@click.option("--no-run", is_flag=True, help="Do not run the notebooks that read what changed.")
@click.option(
    "--base-url",
    envvar="NYCHANCE_STATBANK",
    metavar="URL",
    help="Where StatBank's API is; else NYCHANCE_STATBANK.",
)
@click.option("--data", metavar="DIR", help="Register data for the notebooks that run again.")
def fetch(
    tables: tuple[str, ...], dry_run: bool, no_run: bool, base_url: str | None, data: str | None
) -> None:
    """Refresh the public figures from StatBank, and show what that does to published numbers.

    TABLE is one of ours (employment-rate) or of StatBank's (RAS200); default all.

    Example: nychance fetch population-origin --dry-run
    """
    sys.exit(refresh(tables, base_url=base_url, dry_run=dry_run, run=not no_run, data=data))


def refresh(
    tables: Sequence[str],
    *,
    base_url: str | None = None,
    dry_run: bool = False,
    run: bool = True,
    data: str | None = None,
) -> int:
    """Refresh tables and tell the user what became of them.

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
    from evalbook.errors import DataError
    from evalbook.paths import project_root, public_directory
    from nychance.public_data.statbank.refresh import fetch as refreshed
    from nychance.public_data.statbank.service import BASE_URL, StatBank

    console = _console()
    root = project_root()
    service = StatBank(root / ".evalbook" / "statbank", base_url or BASE_URL)
    failed = replaced = False
    for outcome in refreshed(service, public_directory(), tables, dry_run=dry_run):
        if isinstance(outcome, DataError):
            console.print("not refreshed:", style="red", end=" ")
            console.print(str(outcome), highlight=False, soft_wrap=True, markup=False)
        else:
            told = f"{outcome.name}: {outcome.told}"
            console.print(told, highlight=False, soft_wrap=True, markup=False)
        failed |= isinstance(outcome, DataError)
        replaced |= not isinstance(outcome, DataError) and outcome.replaced
    status = _published(console, data) if replaced and run else 0
    return 1 if failed else status


def _published(console: "Console", data: str | None) -> int:
    """Run again what has results and reads the figures, and show the numbers that moved."""
    from evalbook.publish.build import Build
    from evalbook.publish.selection import select
    from evalbook.report import compare, differences

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


def _numbers() -> "dict[str, Numbers]":
    from evalbook import plan
    from evalbook.errors import UsageError
    from evalbook.paths import project_root
    from evalbook.report import compare

    found = {}
    for checkpoint in plan.load().checkpoints:
        try:
            found[checkpoint.month] = compare.numbers_of(project_root(), checkpoint.month)
        except UsageError:
            continue
    return found


def _console() -> "Console":
    from rich.console import Console

    console = Console()
    return console if console.is_terminal else Console(width=WIDE)
