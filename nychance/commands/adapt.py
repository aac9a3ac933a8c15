"""`adapt`: DREAM as it is published, taken apart into the tables of an extract."""

from pathlib import Path

import click


@click.command()
@click.argument("path", metavar="FILE", type=click.Path(exists=True, path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder to write.")
def adapt(path: Path, out: Path) -> None:
    """Make dream, persons, residence and match from DREAM's wide file.

    Weeks come from Y_YYWW, residence from NYKOMyyyy, match from MATCH_qKVyyyy.

    Example: nychance adapt dream.sas7bdat --out data/extract
    """
    from nychance.extract import MAY_BE_EMPTY, REQUIRED
    from nychance.extract.adapt import adapt as take_apart

    made = take_apart(path, out)
    for name, rows in made.items():
        click.echo(f"{name}.parquet: {rows:,} rows")
    needed = [name for name in REQUIRED if name not in made and name not in MAY_BE_EMPTY]
    optional = [name for name in MAY_BE_EMPTY if name not in made]
    if needed:
        click.echo(f"Still to add: {', '.join(needed)}")
    if optional:
        click.echo(f"If you have such data: {', '.join(optional)}")
