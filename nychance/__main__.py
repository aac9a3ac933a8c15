"""The command `nychance`: the engine's commands and this programme's."""

from evalbook.commands.main import main as run
from nychance.programme import PROGRAMME


def main() -> None:
    """Run the command line."""
    run(PROGRAMME.commands, PROGRAMME.name)


if __name__ == "__main__":
    main()
