"""What a person can be in during a week, and what a week's code means."""

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

SELF_SUPPORT: Final = "self-support"
UNKNOWN: Final = "unknown"
STATES: Final = (
    SELF_SUPPORT,
    "passive",
    "active",
    "sick",
    "unemployment-benefit",
    "education",
    "leave",
    "supported-job",
    "pension",
    "emigrated",
    "retired",
    "dead",
    UNKNOWN,
)
# The benefits that the programme is about: who gets one is in its target group, who comes back to
# one has returned.
BENEFIT: Final = ("passive", "active", "sick", "unemployment-benefit")
MINORITY: Final = ("immigrant", "descendant")
# As letters or words, or as Statistics Denmark numbers them.
SEXES: Final = {
    **dict.fromkeys(("M", "1", "MAND", "MÆND", "MALE"), "M"),
    **dict.fromkeys(("K", "2", "KVINDE", "KVINDER", "F", "FEMALE"), "K"),
}
ORIGINS: Final = {1: "danish", 2: "immigrant", 3: "descendant"}
NO_STEP: Final = -1


class Meaning(NamedTuple):
    """What a code says of a week.

    Index into `STATES`, whether in activity, step from 0 or `NO_STEP`, and whether nothing is
    observed from then on.
    """

    state: int
    active: bool = False
    step: int = NO_STEP
    censoring: bool = False


BLANK: Final = Meaning(STATES.index(SELF_SUPPORT))
UNMAPPED: Final = Meaning(STATES.index(UNKNOWN))


@dataclass(frozen=True)
class Situations:
    """The meanings that the weeks of a register have.

    A register keeps the place among them of each spell.

    Attributes
    ----------
    state : array of int8, shape (situations,)
    active : array of bool, shape (situations,)
    step : array of int8, shape (situations,)
    censoring : array of bool, shape (situations,)
    """

    state: NDArray[np.int8]
    active: NDArray[np.bool_]
    step: NDArray[np.int8]
    censoring: NDArray[np.bool_]

    @classmethod
    def of(cls, meanings: tuple[Meaning, ...]) -> "Situations":
        """Return meanings as arrays."""
        state, active, step, censoring = zip(*meanings, strict=True)
        return cls(
            np.array(state, dtype=np.int8),
            np.array(active, dtype=bool),
            np.array(step, dtype=np.int8),
            np.array(censoring, dtype=bool),
        )
