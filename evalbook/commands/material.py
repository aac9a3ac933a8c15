"""`material`: what coded interviews hold."""

from pathlib import Path

import click


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--rules",
    type=click.Path(path_type=Path),
    help="Names, places and workplaces to replace (YAML); needed with --out.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Write one file so that it may leave: a .qdpx or a .csv.",
)
def material(files: tuple[Path, ...], rules: Path | None, out: Path | None) -> None:
    """Tell what coded material holds and what of it is not understood: .qdpx, .qdc or talks*.csv.

    Default what is reported on.

    Example: nychance material interviews.qdpx --rules names.yml --out to-share.qdpx
    """
    from evalbook import plan
    from evalbook.errors import UsageError
    from evalbook.qualitative import exchange
    from evalbook.qualitative.codebook import codebook

    book, the_plan = codebook(), plan.load()
    named = files or tuple(exchange.named_files())
    if out and (rules is None or len(named) != 1):
        raise UsageError(
            "--out takes one file and --rules",
            remedy="Name the file and the rule file with the names to replace",
        )
    for path in named:
        for line in exchange.describe(path, book, the_plan):
            click.echo(line)
    if out and rules:
        click.echo(exchange.export(named[0], rules, out, book, the_plan))
