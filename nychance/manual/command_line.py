"""The reference of the command line, from the commands themselves."""

from collections.abc import Iterator

import click

from nychance.cli import cli


def command_line() -> str:
    """Write the reference of every command, as Markdown."""
    return "\n".join(["# Command line", "", f"{cli.help}", *_commands(cli)])


def _commands(group: click.Group) -> Iterator[str]:
    for name in sorted(group.commands):
        command = group.commands[name]
        context = click.Context(command, info_name=f"nychance {name}")
        text, _, example = (command.help or "").partition("Example: ")
        yield f"\n## {name}\n\n{text.strip()}\n\n    {command.get_usage(context).removeprefix('Usage: ')}\n"
        if example:
            yield f"Example:\n\n    {example.strip()}\n"
        yield from _options(command, context)


def _options(command: click.Command, context: click.Context) -> Iterator[str]:
    records = [p.get_help_record(context) for p in command.get_params(context)]
    listed = [record for record in records if record and record[1] and "--help" not in record[0]]
    if listed:
        yield "| option | |\n|---|---|"
        yield from (f"| `{option}` | {_cell(text)} |" for option, text in listed)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
