"""`run`: run the notebooks."""

import sys
from typing import Any

import click

from evalbook.commands.options import on_a_cluster, selectors


@click.command()
@selectors
@on_a_cluster
def run(**selection: Any) -> None:
    """Run the notebooks only.

    Example: nychance run -c 2009-03 -t target-group
    """
    from evalbook.publish.build import Build
    from evalbook.publish.selection import select

    sys.exit(Build(select(**selection)).run())
