"""The command line: `nychance report` and its companions."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from nychance import __version__
from nychance.errors import NychanceError
from nychance.execute import CELL_SECONDS

INTERRUPTED = 130
# Columns of a table that goes into a file or another program.
WIDE = 160
Command = Callable[..., Any]


def selectors(command: Command) -> Command:
    """Add the selectors that `report`, `run` and `status` share."""
    options = [
        click.option("-c", "--checkpoint", "checkpoints", multiple=True, default=("all",), metavar="CHECKPOINT",
                     help="Month (2008-03) or number (3); repeat for several; default all."),
        click.option("-t", "--theme", "themes", multiple=True, metavar="THEME",
                     help="Stem of a theme, as method; repeat for several; default all."),
        click.option("--data", metavar="DIR", help="Register data; default NYCHANCE_DATA, else the demonstration."),
        click.option("-p", "--parameter", "parameters", multiple=True, metavar="NAME=VALUE",
                     help="A parameter for the notebooks."),
        click.option("-j", "--jobs", "workers", type=click.IntRange(min=1), default=os.cpu_count() or 1, show_default="cores",
                     help="How many notebooks or editions at once."),
        click.option("--cell-seconds", type=click.IntRange(min=1), default=CELL_SECONDS, show_default=True,
                     help="The longest that a cell may take."),
    ]  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


def pages(command: Command) -> Command:
    """Add the selectors of pages that `report` and `status` share."""
    options = [
        click.option("--lang", "languages", multiple=True, metavar="LANG", help="Language, as da; repeat; default all."),
        click.option("--format", "formats", multiple=True, metavar="html|pdf", help="Format; default both."),
        click.option("--renderer", default="auto", metavar="auto|quarto|portable", help="Who makes the HTML; default auto."),
    ]
    for option in reversed(options):
        command = option(command)
    return command


on_a_cluster = click.option(
    "--cluster", default="", metavar="ADDRESS", help="A Dask scheduler (tcp://host:port), or slurm; default this machine."
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def cli() -> None:
    """Make the bilingual evaluation report of each checkpoint from register and public data."""


@cli.command()
@selectors
@pages
@on_a_cluster
def report(**selection: Any) -> None:
    """Run the notebooks and make the pages and PDFs.

    Example: nychance report -c 2008-03 -t method --lang en --format pdf
    """
    from nychance.build import Build, select

    sys.exit(Build(select(**selection)).report())


@cli.command()
@selectors
@on_a_cluster
def run(**selection: Any) -> None:
    """Run the notebooks only.

    Example: nychance run -c 2009-03 -t target-group
    """
    from nychance.build import Build, select

    sys.exit(Build(select(**selection)).run())


@cli.command()
@selectors
@pages
def status(**selection: Any) -> None:
    """Tell which notebooks have to run and which pages are to be made, and why, without doing either.

    Example: nychance status -c 2008-03
    """
    from nychance.build import Build, select

    sys.exit(Build(select(**selection)).status())


@cli.command()
@click.argument("before")
@click.argument("after")
@click.option("--json", "as_json", is_flag=True, help="Write JSON instead of a table.")
@click.option("--html", "page", type=click.Path(path_type=Path), help="Write an HTML page to this file.")
def diff(before: str, after: str, as_json: bool, page: Path | None) -> None:
    """Lay the estimates of two checkpoints or runs side by side: a month, a number, a results folder or a data file.

    Example: nychance diff 2008-03 2008-09
    """
    from rich.console import Console

    from nychance import compare
    from nychance.files import write_whole
    from nychance.paths import project_root
    from nychance.present import differences

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


@cli.command("check-data")
@click.argument("folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Write JSON instead of a table.")
def check_data(folder: Path, as_json: bool) -> None:
    """List every fault of an extract, with file, row and column; exit status 1 if any of them is an error.

    Example: nychance check-data data/demo
    """
    from rich.console import Console

    from nychance import faults, plan
    from nychance.faults import told

    checked = faults.check(folder, plan.load())
    if as_json:
        click.echo(told.as_json(checked))
    else:
        console = Console()
        wide = console if console.is_terminal else Console(width=WIDE)
        wide.print(*told.as_tables(checked), sep="\n")
    sys.exit(1 if checked.errors else 0)


@cli.command()
@click.option("--persons", type=int, default=20_000, show_default=True, help="How many persons.")
@click.option("--seed", type=int, default=2007, show_default=True, help="Seed; the same seed gives the same data.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder to write.")
def synthesize(persons: int, seed: int, out: Path) -> None:
    """Make a synthetic extract in the layout of DREAM.

    Example: nychance synthesize --persons 20000 --seed 2007 --out data/demo
    """
    from nychance.synthesize import synthesize as make

    make(out, persons=persons, seed=seed)
    click.echo(f"{persons:,} synthetic persons are in {out}")


@cli.command()
@click.argument("tables", nargs=-1, metavar="[TABLE]...")
@click.option("--dry-run", is_flag=True, help="Ask for the metadata only, and say what would be fetched.")
@click.option("--no-run", is_flag=True, help="Do not run the notebooks that read what changed.")
@click.option("--base-url", envvar="NYCHANCE_STATBANK", metavar="URL", help="Where StatBank's API is; else NYCHANCE_STATBANK.")
@click.option("--data", metavar="DIR", help="Register data for the notebooks that run again.")
def fetch(tables: tuple[str, ...], dry_run: bool, no_run: bool, base_url: str | None, data: str | None) -> None:
    """Refresh the public figures from StatBank, and show what that does to published numbers.

    TABLE is one of ours (employment-rate) or of StatBank's (RAS200); default all.

    Example: nychance fetch population-origin --dry-run
    """
    from nychance.statbank.command import refresh

    sys.exit(refresh(tables, base_url=base_url, dry_run=dry_run, run=not no_run, data=data))


@cli.command()
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
@click.option("--lang", "languages", multiple=True, metavar="LANG", help="Language (da); repeat for several; default all.")
@click.option("--demonstration", is_flag=True, help="Start from the whole demonstration instead.")
def init(folder: Path, demonstration: bool, **given: Any) -> None:
    """Start an evaluation of one's own in a new folder.

    Example: nychance init skills --title-da "Vejen til job" --title-en "The way to work" -c 2026-03 -c 2026-09
    """
    from nychance import project

    if not demonstration:
        project.start(folder, **{name: value or "" for name, value in given.items()})
    elif any(given.values()):
        raise click.UsageError("--demonstration takes no title, checkpoint or language")
    else:
        project.start_demonstration(folder)
    click.echo(f"{folder} is ready. Go there and run: nychance report")


@cli.command()
@click.argument("language", metavar="LANG")
def messages(language: str) -> None:
    """Write the catalogues to fill in for a language, and list what the report lacks in it; exit status 1 if anything.

    Example: nychance messages sv
    """
    from nychance import translation

    for path in translation.write_catalogues(language):
        click.echo(f"{path} is up to date")
    missing = translation.lacking(language)
    for each in missing:
        click.echo(each)
    click.echo(f"The report lacks {len(missing)} things in {language}" if missing else f"The report lacks nothing in {language}")
    sys.exit(1 if missing else 0)


@cli.command()
@click.option("-c", "--checkpoint", metavar="CHECKPOINT", help="Month (2008-03) or number (3); default the last.")
@click.option("--lang", "languages", multiple=True, metavar="LANG", help="Language (da); repeat for several; default all.")
@click.option("--data", metavar="DIR", help="Register data; default NYCHANCE_DATA, else the demonstration.")
@click.option("--renderer", default="auto", metavar="auto|quarto|portable", help="Who makes the HTML; default auto.")
@click.option("--port", type=click.IntRange(0, 65535), default=4200, show_default=True, help="0 takes any that is free.")
def preview(checkpoint: str | None, languages: tuple[str, ...], data: str | None, renderer: str, port: int) -> None:
    """Show the report in a browser on this machine, and make it anew when a chapter, notebook or data file changes.

    Example: nychance preview -c 2008-03 --lang da
    """
    from nychance import plan
    from nychance.build import select
    from nychance.preview import preview as serve

    shown = checkpoint or plan.load().checkpoints[-1].month
    selection = select(
        (shown,), languages=languages, data=data, renderer=renderer, formats=("html",), workers=os.cpu_count() or 1
    )
    serve(selection, port)


@cli.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--rules", type=click.Path(path_type=Path), help="Names, places and workplaces to replace (YAML); needed with --out."
)
@click.option("--out", type=click.Path(path_type=Path), help="Write one file so that it may leave: a .qdpx or a .csv.")
def material(files: tuple[Path, ...], rules: Path | None, out: Path | None) -> None:
    """Tell what coded material holds and what of it is not understood: .qdpx, .qdc or talks*.csv; default what is reported on.

    Example: nychance material interviews.qdpx --rules names.yml --out to-share.qdpx
    """
    from nychance import plan
    from nychance.errors import UsageError
    from nychance.qualitative import exchange
    from nychance.qualitative.codebook import codebook

    book, the_plan = codebook(), plan.load()
    named = files or tuple(exchange.named_files())
    if out and (rules is None or len(named) != 1):
        raise UsageError("--out takes one file and --rules", remedy="Name the file and the rule file with the names to replace")
    for path in named:
        for line in exchange.describe(path, book, the_plan):
            click.echo(line)
    if out and rules:
        click.echo(exchange.export(named[0], rules, out, book, the_plan))


@cli.command()
def doctor() -> None:
    """Tell what is installed and what is missing.

    Example: nychance doctor
    """
    from nychance.build import diagnosis

    for line in diagnosis():
        click.echo(line)


def main() -> None:
    """Run the command line; errors that a user can mend are told without a traceback."""
    from nychance.errors import UsageError

    try:
        cli(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (KeyboardInterrupt, click.Abort):
        click.echo("Stopped. Nothing half-written remains; run the same command again to go on.", err=True)
        sys.exit(INTERRUPTED)
    except NychanceError as error:
        click.echo(f"nychance: {error}", err=True)
        sys.exit(2 if isinstance(error, UsageError) else 1)
