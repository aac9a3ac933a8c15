"""`check-data`: every issue of an extract."""

import sys
from pathlib import Path

import click

from evalbook.commands.options import WIDE


@click.command("check-data")
@click.argument(
    "folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path)
)
@click.option("--json", "as_json", is_flag=True, help="Write JSON instead of a table.")
def check_data(folder: Path, as_json: bool) -> None:
    """List every fault of an extract, with file, row and column.

    Exit status 1 if any of them is an error.

    Example: nychance check-data data/demo
    """
    from rich.console import Console

    from nychance import definitions, validation
    from nychance.validation import listing

    checked = validation.check(folder, definitions.load())
    if as_json:
        click.echo(listing.as_json(checked))
    else:
        console = Console()
        wide = console if console.is_terminal else Console(width=WIDE)
        wide.print(*listing.as_tables(checked), sep="\n")
    sys.exit(1 if checked.errors else 0)
