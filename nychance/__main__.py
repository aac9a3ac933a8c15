"""The command `nychance`: the engine's commands and this programme's."""

import re

import click

from evalbook.commands.main import main as run
from evalbook.errors import UsageError
from evalbook.paths import project_root
from nychance.commands import COMMANDS


def main() -> None:
    """Run the command line."""
    run(COMMANDS, "nychance", _refuse_older_project)


@click.pass_context
def _refuse_older_project(context: click.Context) -> None:
    """Refuse, before any command but `init`, a project made when there was one package only."""
    if context.invoked_subcommand in ("init", "synthesize"):
        return
    try:
        themes = project_root() / "data" / "plan" / "themes.yml"
        text = themes.read_text(encoding="utf-8")
    except (UsageError, OSError):
        return
    if not re.search(r"^programme:", text, re.MULTILINE):
        raise UsageError(
            "this project was made by an earlier version, or for the engine alone",
            where=themes,
            remedy="Use `evalbook` for the engine alone; else add the line `programme: nychance`, "
            "move `minimum_count` from targets.yml to "
            "data/plan/protection.yml, and follow docs/how-to/upgrade.md for own notebooks",
        )


if __name__ == "__main__":
    main()
