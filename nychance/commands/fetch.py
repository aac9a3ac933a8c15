"""`fetch`: refresh the public figures."""

import sys

import click


@click.command()
@click.argument("tables", nargs=-1, metavar="[TABLE]...")
@click.option(
    "--dry-run", is_flag=True, help="Ask for the metadata only, and say what would be fetched."
)
@click.option("--no-run", is_flag=True, help="Do not run the notebooks that read what changed.")
@click.option(
    "--base-url",
    envvar="NYCHANCE_STATBANK",
    metavar="URL",
    help="Where StatBank's API is; else NYCHANCE_STATBANK.",
)
@click.option("--data", metavar="DIR", help="Register data for the notebooks that run again.")
def fetch(
    tables: tuple[str, ...], dry_run: bool, no_run: bool, base_url: str | None, data: str | None
) -> None:
    """Refresh the public figures from StatBank, and show what that does to published numbers.

    TABLE is one of ours (employment-rate) or of StatBank's (RAS200); default all.

    Example: nychance fetch population-origin --dry-run
    """
    from nychance.public_data.statbank.consequences import refresh

    sys.exit(refresh(tables, base_url=base_url, dry_run=dry_run, run=not no_run, data=data))
