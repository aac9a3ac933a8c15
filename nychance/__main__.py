"""The command `nychance`: the engine's commands and this programme's."""

from evalbook.commands.main import main as run
from nychance.commands import COMMANDS


def main() -> None:
    """Run the command line."""
    run(COMMANDS, "nychance")


if __name__ == "__main__":
    main()
