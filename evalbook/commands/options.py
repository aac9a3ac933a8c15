"""Options that several commands share."""

import os
from collections.abc import Callable
from typing import Any

import click

from evalbook.execute import CELL_SECONDS

# Columns of a table that goes into a file or another program.
WIDE = 160
Command = Callable[..., Any]


def selectors(command: Command) -> Command:
    """Add the selectors that `report`, `run` and `status` share."""
    options = [
        click.option(
            "-c",
            "--checkpoint",
            "checkpoints",
            multiple=True,
            default=("all",),
            metavar="CHECKPOINT",
            help="Month (2008-03) or number (3); repeat for several; default all.",
        ),
        click.option(
            "-t",
            "--theme",
            "themes",
            multiple=True,
            metavar="THEME",
            help="Stem of a theme, as method; repeat for several; default all.",
        ),
        click.option(
            "--data",
            metavar="DIR",
            help="Register data; default PROGRAMME_DATA in the environment, else data/demo.",
        ),
        click.option(
            "-p",
            "--parameter",
            "parameters",
            multiple=True,
            metavar="NAME=VALUE",
            help="A parameter for the notebooks.",
        ),
        click.option(
            "-j",
            "--jobs",
            "workers",
            type=click.IntRange(min=1),
            default=os.cpu_count() or 1,
            show_default="cores",
            help="How many notebooks or editions at once.",
        ),
        click.option(
            "--cell-seconds",
            type=click.IntRange(min=1),
            default=CELL_SECONDS,
            show_default=True,
            help="The longest that a cell may take.",
        ),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def pages(command: Command) -> Command:
    """Add the selectors of pages that `report` and `status` share."""
    options = [
        click.option(
            "--lang",
            "languages",
            multiple=True,
            metavar="LANG",
            help="Language, as da; repeat; default all.",
        ),
        click.option(
            "--format",
            "formats",
            multiple=True,
            metavar="html|pdf|docx",
            help="Format; repeat for several; default html and pdf.",
        ),
        click.option(
            "--renderer",
            default="auto",
            metavar="auto|quarto|portable",
            help="Who makes the HTML; default auto.",
        ),
    ]
    for option in reversed(options):
        command = option(command)
    return command


on_a_cluster = click.option(
    "--cluster",
    default="",
    metavar="ADDRESS",
    help="A Dask scheduler (tcp://host:port), or slurm; default this machine.",
)
