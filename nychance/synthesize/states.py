"""The states that a person can be in during a week."""

from enum import IntEnum
from typing import Final


class State(IntEnum):
    """What a person is in during one week.

    The staircase's steps lie in order from `PREPARATION`.
    """

    SELF = 0
    PASSIVE = 1
    PREPARATION = 2
    CLARIFICATION = 3
    WORK_TRIAL = 4
    JOB_PACKAGE = 5
    WAGE_SUBSIDY = 6
    SICK = 7
    UNEMPLOYED = 8
    UNEMPLOYED_OFFER = 9
    EDUCATION = 10
    LEAVE = 11
    SUPPORTED = 12
    PENSION = 13
    EMIGRATED = 14
    RETIRED = 15
    DEAD = 16
    # Destinations that no week is spent in: back where one came from; out without the exit's
    # factors.
    RESUME = 17
    FREE = 18


STATES: Final = State.RESUME
DESTINATIONS: Final = len(State)
FIRST_STEP: Final = State.PREPARATION
LAST_STEP: Final = State.WAGE_SUBSIDY
LAST_BENEFIT: Final = State.UNEMPLOYED_OFFER
FIRST_ABSORBING: Final = State.EMIGRATED
