"""What rests on too few: the rules that look at one result by itself.

The default of five follows Danish practice; Statistics Denmark's own floor is three.
"""

from dataclasses import dataclass, fields
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from evalbook.errors import UsageError
from evalbook.models.shares.proportions import Share

MINIMUM: Final = 5
FLOOR: Final = 3
HIDDEN: Final = "\N{BULLET}"
# The two largest may contribute this much of an amount (Statistics Denmark).
DOMINANCE: Final = 0.85


@dataclass(frozen=True)
class SafeShare(Share):
    """A share that has passed disclosure control; charts and sentences take no other."""


def shown(share: Share) -> SafeShare:
    """Mark a share as shown."""
    return SafeShare(**{part.name: getattr(share, part.name) for part in fields(share)})


def require_safe(*shares: object) -> None:
    """Refuse unprotected shares with a `UsageError`; rows of protected tables are none."""
    if any(isinstance(share, Share) and not isinstance(share, SafeShare) for share in shares):
        raise UsageError(
            "a share that has not passed the gate would be shown",
            remedy="Put it through `findings.protect_shares` first",
        )


def is_small(count: int, minimum: int = MINIMUM) -> bool:
    """Tell whether a count rests on 1 to `minimum` - 1 persons."""
    return 0 < count < minimum


def is_dominated(amounts: ArrayLike, limit: float = DOMINANCE) -> bool:
    """Tell whether the two largest contributions make up more than `limit` of an amount.

    Parameters
    ----------
    amounts : array_like, shape (persons,)
        What each person contributes, none of it negative. An amount that nobody contributes to is
        not dominated.
    """
    ordered = np.sort(np.asarray(amounts, dtype=float))
    return bool(ordered[-2:].sum() > limit * ordered.sum())


def ends_allowed(persons: int, *, single_person: bool, minimum: int = MINIMUM) -> bool:
    """Tell whether a minimum or a maximum may be shown.

    Parameters
    ----------
    persons : int
        Persons behind the value at the end: those who share it or, over units, those in
        the one at the end.
    single_person : bool
        Whether the units are persons, so that an end is one person's own value unless several
        share it.
    """
    return persons >= (minimum if not single_person else max(minimum, 2))


def percentile_allowed(n: int, percentile: float, minimum: int = MINIMUM) -> bool:
    """Return whether at least `minimum` persons lie on either side of a percentile.

    Parameters
    ----------
    n : int
        Persons.
    percentile : float
        From 0 to 100; 0 and 100 are the minimum and the maximum, which are single persons' values.
    """
    below = n * percentile / 100
    return min(below, n - below) >= minimum


def regression_allowed(n: int, parameters: int, minimum: int = MINIMUM) -> bool:
    """Return whether a regression leaves at least `minimum` residual degrees of freedom.

    A saturated model gives the persons' own values back.
    """
    return n - parameters >= minimum


def time_share_allowed(share: Share, minimum: int = MINIMUM) -> bool:
    """Return whether enough persons have some of the time counted, and enough some other."""
    return min(share.count, share.rest) >= minimum and max(share.top_two) <= DOMINANCE
