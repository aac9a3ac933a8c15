"""`init`: start an evaluation of one's own."""

from pathlib import Path
from typing import Any

import click


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--title-da", metavar="TEXT", help="Title in Danish.")
@click.option("--title-en", metavar="TEXT", help="Title in English.")
@click.option(
    "-c",
    "--checkpoint",
    "months",
    multiple=True,
    metavar="YYYY-MM",
    help="Month of a checkpoint, in order; default three, from this month on.",
)
@click.option(
    "--lang",
    "languages",
    multiple=True,
    metavar="LANG",
    help="Language (da); repeat for several; default all.",
)
@click.option("--demonstration", is_flag=True, help="Start from the whole demonstration instead.")
def init(folder: Path, demonstration: bool, **given: Any) -> None:
    """Start an evaluation of one's own in a new folder.

    Example: nychance init skills --title-da "Vejen til job" --title-en "The way to work" -c
    2026-03 -c 2026-09
    """
    from nychance import starter

    if not demonstration:
        starter.start(folder, **{name: value or "" for name, value in given.items()})
    elif any(given.values()):
        raise click.UsageError("--demonstration takes no title, checkpoint or language")
    else:
        starter.start_demonstration(folder)
    click.echo(f"{folder} is ready. Go there and run: nychance report")
