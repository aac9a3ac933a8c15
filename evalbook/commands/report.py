"""`report`: run the notebooks and make the pages."""

import sys
from typing import Any

import click

from evalbook.commands.options import on_a_cluster, pages, selectors


@click.command()
@selectors
@pages
@on_a_cluster
def report(**selection: Any) -> None:
    """Run the notebooks and make the pages and PDFs.

    Example: nychance report -c 2008-03 -t method --lang en --format pdf
    """
    from evalbook.publish.build import Build
    from evalbook.publish.selection import select

    sys.exit(Build(select(**selection)).report())
