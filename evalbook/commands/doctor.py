"""`doctor`: what is installed."""

import click


@click.command()
def doctor() -> None:
    """Tell what is installed and what is missing.

    Example: nychance doctor
    """
    from evalbook.publish.build import diagnosis

    for line in diagnosis():
        click.echo(line)
