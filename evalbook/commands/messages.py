"""`messages`: what a report needs in another language."""

import sys

import click


@click.command()
@click.argument("language", metavar="LANG")
def messages(language: str) -> None:
    """Write the catalogues to fill in for a language, and list what the report lacks in it.

    Exit status 1 if anything.

    Example: nychance messages sv
    """
    from evalbook.publish import translation

    for path in translation.write_catalogues(language):
        click.echo(f"{path} is up to date")
    missing = translation.lacking(language)
    for each in missing:
        click.echo(each)
    click.echo(
        f"The report lacks {len(missing)} things in {language}"
        if missing
        else f"The report lacks nothing in {language}"
    )
    sys.exit(1 if missing else 0)
