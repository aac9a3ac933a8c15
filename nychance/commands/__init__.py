"""The commands that this programme adds to the engine's."""

from typing import Final

# Imported when they are asked for, so that help stays quick.
COMMANDS: Final = {
    "init": "nychance.commands.init:init",
    "check-data": "nychance.commands.check_data:check_data",
    "adapt": "nychance.commands.adapt:adapt",
    "synthesize": "nychance.commands.synthesize:synthesize",
    "fetch": "nychance.commands.fetch:fetch",
}
