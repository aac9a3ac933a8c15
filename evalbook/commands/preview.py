"""`preview`: the report in a browser, made anew while someone writes."""

import os

import click


@click.command()
@click.option(
    "-c",
    "--checkpoint",
    metavar="CHECKPOINT",
    help="Month (2008-03) or number (3); default the last.",
)
@click.option(
    "--lang",
    "languages",
    multiple=True,
    metavar="LANG",
    help="Language (da); repeat for several; default all.",
)
@click.option(
    "--data", metavar="DIR", help="Register data; default NYCHANCE_DATA, else the demonstration."
)
@click.option(
    "--renderer",
    default="auto",
    metavar="auto|quarto|portable",
    help="Who makes the HTML; default auto.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=4200,
    show_default=True,
    help="0 takes any that is free.",
)
def preview(
    checkpoint: str | None, languages: tuple[str, ...], data: str | None, renderer: str, port: int
) -> None:
    """Show the report in a browser on this machine, and update it after each change.

    Example: nychance preview -c 2008-03 --lang da
    """
    from evalbook import plan
    from evalbook.publish.preview_server import serve
    from evalbook.publish.selection import select

    shown = checkpoint or plan.load().checkpoints[-1].month
    selection = select(
        (shown,),
        languages=languages,
        data=data,
        renderer=renderer,
        formats=("html",),
        workers=os.cpu_count() or 1,
    )
    serve(selection, port)
