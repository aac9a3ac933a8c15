"""`diff`: two checkpoints or runs side by side."""

from pathlib import Path

import click

from evalbook.commands.options import WIDE


@click.command()
@click.argument("before")
@click.argument("after")
@click.option("--json", "as_json", is_flag=True, help="Write JSON instead of a table.")
@click.option(
    "--html", "page", type=click.Path(path_type=Path), help="Write an HTML page to this file."
)
def diff(before: str, after: str, as_json: bool, page: Path | None) -> None:
    """Compare the estimates of two checkpoints or runs.

    BEFORE and AFTER are a month, a number, a results folder or a data file each.

    Example: nychance diff 2008-03 2008-09
    """
    from rich.console import Console

    from evalbook.files import write_whole
    from evalbook.paths import project_root
    from evalbook.report import compare, differences

    root = project_root()
    found = compare.differences(compare.numbers_of(root, before), compare.numbers_of(root, after))
    if page:
        write_whole(page, differences.as_page(found, (before, after)))
        click.echo(f"{page} shows the {len(found)} numbers of {before} and {after}")
    elif as_json:
        click.echo(differences.as_json(found, (before, after)))
    else:
        console = Console()
        wide = console if console.is_terminal else Console(width=WIDE)
        wide.print(differences.as_table(found, (before, after)))
