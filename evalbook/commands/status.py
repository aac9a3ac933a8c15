"""`status`: say what is out of date, and why."""

import sys
from typing import Any

import click

from evalbook.commands.options import pages, selectors


@click.command()
@selectors
@pages
def status(**selection: Any) -> None:
    """List the notebooks to run and the pages to make, with the reasons; does neither.

    Example: nychance status -c 2008-03
    """
    from evalbook.publish.build import Build
    from evalbook.publish.selection import select

    sys.exit(Build(select(**selection)).status())
