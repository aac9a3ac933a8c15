"""Counts rounded before anything is made of them: the other accepted way to protect persons."""

from evalbook.errors import UsageError


def rounded(count: int, base: int) -> int:
    """Return a count rounded to the nearest multiple of a base; 0 leaves it as it is.

    Shares, rates and intervals are made of rounded numerators and denominators, so that they tell
    no more than these. A count half way between two multiples is rounded up.

    Parameters
    ----------
    count : int
        Persons.
    base : int
        The plan's `rounding`, such as 5. An odd base has no half ways.
    """
    if count < 0 or base < 0:
        raise UsageError("counts and the base that they are rounded to are not below zero")
    return count if not base else base * ((2 * count + base) // (2 * base))
