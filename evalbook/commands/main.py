"""The command line: the engine's commands, and those that a programme adds."""

import importlib
import sys
from collections.abc import Callable, Mapping
from typing import Final

import click

from evalbook import __version__
from evalbook.errors import EvalbookError, UsageError

INTERRUPTED: Final = 130
COMMANDS: Final = {
    name: f"evalbook.commands.{name}:{name}"
    for name in ("report", "run", "status", "diff", "messages", "preview", "material", "doctor")
}


class Commands(click.Group):
    """A group whose commands are imported when they are asked for."""

    def __init__(self, places: Mapping[str, str], **options: object) -> None:
        super().__init__(**options)  # type: ignore[arg-type]
        self.places = places

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands' names."""
        return list(self.places)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command; None if there is none of that name."""
        if cmd_name not in self.places:
            return None
        module, _, attribute = self.places[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command


def command_line(
    added: Mapping[str, str] | None = None, before: Callable[..., None] | None = None
) -> click.Group:
    """Return the command line, with a programme's commands (`module:attribute`) added.

    `before` is called before each command, but not for the list of commands or the version.
    """
    about = "Make the report of each checkpoint in each language, from notebooks, a plan and data."
    group = Commands(
        {**COMMANDS, **(added or {})},
        help=about,
        callback=before,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    return click.version_option(__version__)(group)


def main(
    added: Mapping[str, str] | None = None,
    name: str = "evalbook",
    before: Callable[..., None] | None = None,
) -> None:
    """Run the command line; what a user can mend is told without a traceback."""
    try:
        command_line(added, before)(prog_name=name, standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (KeyboardInterrupt, click.Abort):
        click.echo(
            "Stopped. Nothing half-written remains; run the same command again to go on.", err=True
        )
        sys.exit(INTERRUPTED)
    except EvalbookError as error:
        click.echo(f"{name}: {error}", err=True)
        sys.exit(2 if isinstance(error, UsageError) else 1)
