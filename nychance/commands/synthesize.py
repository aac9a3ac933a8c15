"""`synthesize`: a synthetic extract."""

from pathlib import Path

import click


@click.command()
@click.option("--persons", type=int, default=20_000, show_default=True, help="How many persons.")
@click.option(
    "--seed",
    type=int,
    default=2007,
    show_default=True,
    help="Seed; the same seed gives the same data.",
)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder to write.")
def synthesize(persons: int, seed: int, out: Path) -> None:
    """Make a synthetic extract in the layout of DREAM.

    Example: nychance synthesize --persons 20000 --seed 2007 --out data/demo
    """
    from nychance.synthesize import synthesize as make

    make(out, persons=persons, seed=seed)
    click.echo(f"{persons:,} synthetic persons are in {out}")
