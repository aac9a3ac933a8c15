"""Run notebooks: check their parameters, execute them in parallel, record what happened."""

from typing import Final

# The longest that a cell may take where the user does not say.
CELL_SECONDS: Final = 600
