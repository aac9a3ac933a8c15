"""Disclosure control: what counts persons is hidden where it rests on too few.

The default follows the Danish practice of five; Statistics Denmark's own floor is three.
"""

from nychance.measures.shares import Share

MINIMUM = 5
FLOOR = 3
HIDDEN = "\N{BULLET}"


def publishable(share: Share, minimum: int = MINIMUM) -> bool:
    """Tell whether a share may be shown: neither its numerator nor its complement rests on too few persons.

    Parameters
    ----------
    share : Share
        A share whose numerator counts persons.
    minimum : int
        The least number of persons on either side.
    """
    return min(share.count, share.rest) >= minimum


def masked(count: float, minimum: int = MINIMUM) -> float | None:
    """Hide a count of 1 to `minimum` - 1 persons."""
    return None if 0 < count < minimum else count
