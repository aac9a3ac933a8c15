"""What rests on too few: the rules that look at one result by itself.

The default of five follows Danish practice; Statistics Denmark's own floor is three.
"""

from typing import Final

MINIMUM: Final = 5
FLOOR: Final = 3
HIDDEN: Final = "\N{BULLET}"
# The two largest may contribute this much of an amount (Statistics Denmark).
DOMINANCE: Final = 0.85


def is_small(count: int, minimum: int = MINIMUM) -> bool:
    """Tell whether a count rests on 1 to `minimum` - 1 persons."""
    return 0 < count < minimum


def regression_allowed(n: int, parameters: int, minimum: int = MINIMUM) -> bool:
    """Return whether a regression leaves at least `minimum` residual degrees of freedom.

    A saturated model gives the persons' own values back.
    """
    return n - parameters >= minimum
