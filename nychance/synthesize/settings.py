"""Every constant of the demonstration's process: states, effects and baseline hazards.

The hazards are invented. They were tuned until the demonstration's levels lay near the programme's targets
(25-40 % of passive persons started, 12-25 % of the time self-supporting, 35-45 % of benefit weeks active) and
the lengths of sickness spells near those of 2009: 7.5 % of Danes' and 14 % of immigrants' spells last half a
year, 4 and 10 % a year (Cabi, jobindsats.dk).
"""

from dataclasses import dataclass, fields
from datetime import date
from enum import IntEnum
from typing import Final, Self


class State(IntEnum):
    """What a person is in during one week; the staircase's steps lie in order from `PREPARATION`."""

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
    # Destinations that no week is spent in: back where one came from; out without the exit's factors.
    RESUME = 17
    FREE = 18


STATES: Final = State.RESUME
FIRST_STEP: Final = State.PREPARATION
LAST_STEP: Final = State.WAGE_SUBSIDY
LAST_BENEFIT: Final = State.UNEMPLOYED_OFFER
FIRST_ABSORBING: Final = State.EMIGRATED
KINDS: Final = ("job-package", "competence-clarification", "competence-card", "mentor", "preparation-course")


@dataclass(frozen=True)
class Effects:
    """What was built in, each a factor on a weekly hazard; 1 is no effect."""

    passive_to_active: float = 1.35
    exit_to_self_support: float = 1.20
    intervention_use: float = 2.0
    job_package_exit: float = 1.6
    mentor_return: float = 0.75
    competence_step_up: float = 1.3
    course_entry: float = 1.4

    @classmethod
    def none(cls) -> Self:
        """Make the set without any effect."""
        return cls(**{field.name: 1.0 for field in fields(cls)})


MEANING: Final = {
    "passive_to_active": "method municipalities from the start: hazard of passive to any active step",
    "exit_to_self_support": "method municipalities from the start: hazard of exit from benefit to blank",
    "intervention_use": "method municipalities from the start: hazard that an intervention begins",
    "job_package_exit": "any municipality: hazard of exit to blank in weeks in which a job package runs",
    "mentor_return": "any municipality: hazard of return from blank to benefit, from the mentor's start on",
    "competence_step_up": "any municipality: hazard of a step up the staircase, from the start on of a "
    "competence clarification or card",
    "course_entry": "any municipality: hazard of passive to the first step, from a preparation course's start on",
}


@dataclass(frozen=True)
class Baseline:
    """What holds for all municipalities alike: person and local differences, the nation, the calendar."""

    minority_share: float = 0.40
    descendants_of_minority: float = 0.25
    western_of_minority: float = 0.10
    moves_per_year: float = 0.06
    refund_reform: date = date(2006, 7, 1)
    refund_activation: float = 1.25
    refund_ramp_weeks: int = 13
    exit_cycle: tuple[tuple[date, float], ...] = (
        (date(2006, 1, 1), 0.90),
        (date(2007, 7, 1), 1.05),
        (date(2008, 7, 1), 1.20),
        (date(2009, 1, 1), 1.00),
        (date(2009, 12, 31), 0.75),
    )
    return_cycle_power: float = -0.6
    summer_activation: float = 0.6
    christmas_activation: float = 0.5
    municipality_sd: float = 0.07
    quarter_sd: float = 0.04
    quarter_correlation: float = 0.6
    exit_per_unemployment_point: float = -0.05
    frailty_sd: float = 0.25
    exit_by_match: tuple[float, ...] = (1.9, 1.55, 1.15, 0.65, 0.35)
    activation_by_match: tuple[float, ...] = (1.8, 1.6, 1.3, 0.75, 0.35)
    sickness_by_match: tuple[float, ...] = (0.6, 0.7, 0.9, 1.3, 1.5)
    pension_by_match: tuple[float, ...] = (0.05, 0.1, 0.3, 1.5, 3.0)
    exit_by_origin: tuple[float, ...] = (1.0, 0.82, 1.05)
    activation_by_origin: tuple[float, ...] = (1.0, 0.92, 1.05)
    sick_recovery_by_origin: tuple[float, ...] = (1.0, 0.72, 0.85)
    return_by_origin: tuple[float, ...] = (0.92, 1.15, 1.05)
    return_peak: float = 2.5
    return_decay_weeks: float = 10.0
    sick_recovery: tuple[tuple[int, float], ...] = (
        (0, 0.155),
        (4, 0.100),
        (13, 0.062),
        (26, 0.024),
        (52, 0.018),
    )
    long_sickness_weeks: int = 8
    leave_weeks: float = 36.0
    reassessment_weeks: tuple[int, int] = (13, 27)
    better_active: float = 0.16
    worse_active: float = 0.08
    better_passive: float = 0.08
    worse_passive: float = 0.12
    retirement_age: int = 65


# Weekly hazards from a state (row) to others, of a person with every factor at 1.
HAZARDS: Final[dict[State, dict[State, float]]] = {
    State.SELF: {
        State.PASSIVE: 0.0060, State.PREPARATION: 0.0003, State.CLARIFICATION: 0.0002,
        State.WORK_TRIAL: 0.0006, State.JOB_PACKAGE: 0.0003, State.WAGE_SUBSIDY: 0.0003, State.SICK: 0.0014, State.UNEMPLOYED: 0.0018,
        State.EDUCATION: 0.0005, State.LEAVE: 0.0004, State.PENSION: 0.00003, State.EMIGRATED: 0.0001,
        State.DEAD: 0.00003,
    },
    State.PASSIVE: {
        State.SELF: 0.0122, State.PREPARATION: 0.0052, State.CLARIFICATION: 0.0027, State.WORK_TRIAL: 0.0035,
        State.JOB_PACKAGE: 0.0015, State.WAGE_SUBSIDY: 0.0008, State.SICK: 0.0045, State.UNEMPLOYED: 0.0008,
        State.EDUCATION: 0.0008, State.LEAVE: 0.0007, State.SUPPORTED: 0.0004, State.PENSION: 0.00025,
        State.EMIGRATED: 0.00015, State.DEAD: 0.00006,
    },
    State.PREPARATION: {
        State.SELF: 0.0090, State.PASSIVE: 0.0125, State.CLARIFICATION: 0.0180, State.WORK_TRIAL: 0.0120,
        State.JOB_PACKAGE: 0.0060, State.WAGE_SUBSIDY: 0.0020, State.SICK: 0.0052, State.EDUCATION: 0.0010,
        State.LEAVE: 0.0007, State.EMIGRATED: 0.0001, State.DEAD: 0.00004,
    },
    State.CLARIFICATION: {
        State.SELF: 0.0100, State.PASSIVE: 0.0125, State.PREPARATION: 0.0040, State.WORK_TRIAL: 0.0180,
        State.JOB_PACKAGE: 0.0090, State.WAGE_SUBSIDY: 0.0040, State.SICK: 0.0060, State.EDUCATION: 0.0015,
        State.LEAVE: 0.0006, State.SUPPORTED: 0.0008, State.PENSION: 0.0003, State.EMIGRATED: 0.0001,
        State.DEAD: 0.00004,
    },
    State.WORK_TRIAL: {
        State.SELF: 0.0140, State.PASSIVE: 0.0140, State.PREPARATION: 0.0015, State.CLARIFICATION: 0.0040,
        State.JOB_PACKAGE: 0.0110, State.WAGE_SUBSIDY: 0.0080, State.SICK: 0.0060, State.EDUCATION: 0.0010,
        State.LEAVE: 0.0006, State.EMIGRATED: 0.0001, State.DEAD: 0.00004,
    },
    State.JOB_PACKAGE: {
        State.SELF: 0.0140, State.PASSIVE: 0.0125, State.CLARIFICATION: 0.0020, State.WORK_TRIAL: 0.0050,
        State.WAGE_SUBSIDY: 0.0120, State.SICK: 0.0052, State.EDUCATION: 0.0010, State.LEAVE: 0.0006,
        State.EMIGRATED: 0.0001, State.DEAD: 0.00004,
    },
    State.WAGE_SUBSIDY: {
        State.SELF: 0.0200, State.PASSIVE: 0.0100, State.WORK_TRIAL: 0.0040, State.JOB_PACKAGE: 0.0040,
        State.SICK: 0.0052, State.UNEMPLOYED: 0.0030, State.LEAVE: 0.0006, State.EMIGRATED: 0.0001,
        State.DEAD: 0.00004,
    },
    State.SICK: {
        State.RESUME: 1.0, State.SELF: 0.0040, State.SUPPORTED: 0.0015, State.PENSION: 0.0010,
        State.DEAD: 0.0002,
    },
    State.UNEMPLOYED: {
        State.SELF: 0.0260, State.UNEMPLOYED_OFFER: 0.0130, State.PASSIVE: 0.0020, State.SICK: 0.0060,
        State.EDUCATION: 0.0010, State.LEAVE: 0.0008, State.EMIGRATED: 0.00015, State.DEAD: 0.00004,
    },
    State.UNEMPLOYED_OFFER: {
        State.SELF: 0.0220, State.UNEMPLOYED: 0.0450, State.SICK: 0.0045, State.DEAD: 0.00004,
    },
    State.EDUCATION: {
        State.FREE: 0.0100, State.PASSIVE: 0.0030, State.EMIGRATED: 0.0001, State.DEAD: 0.00001,
    },
    State.LEAVE: {State.RESUME: 1.0, State.DEAD: 0.00001},
    State.SUPPORTED: {State.PASSIVE: 0.0015, State.SICK: 0.0020, State.FREE: 0.0008, State.PENSION: 0.00025,
                      State.DEAD: 0.00006},
    State.PENSION: {State.EMIGRATED: 0.0001, State.DEAD: 0.0003},
}  # fmt: skip

# Weekly hazards that an intervention of a kind begins, by the state of the week.
BEGINNINGS: Final[dict[str, dict[State, float]]] = {
    "job-package": {State.JOB_PACKAGE: 0.060, State.WORK_TRIAL: 0.004, State.WAGE_SUBSIDY: 0.004},
    "competence-clarification": {
        State.CLARIFICATION: 0.060, State.PASSIVE: 0.002, State.PREPARATION: 0.006, State.WORK_TRIAL: 0.003,
    },
    "competence-card": {State.CLARIFICATION: 0.020, State.WORK_TRIAL: 0.010, State.JOB_PACKAGE: 0.010},
    "mentor": {State.WAGE_SUBSIDY: 0.030, State.JOB_PACKAGE: 0.012, State.WORK_TRIAL: 0.008},
    "preparation-course": {State.PASSIVE: 0.004, State.PREPARATION: 0.020},
}  # fmt: skip
# Shortest and longest planned length, in weeks.
LENGTHS: Final = {
    "job-package": (8, 26),
    "competence-clarification": (4, 12),
    "competence-card": (1, 2),
    "mentor": (13, 39),
    "preparation-course": (6, 13),
}

# Where the persons stand in the first week, by match category 1-5 (rows); the five steps share one column.
STARTS: Final[tuple[State, ...]] = (
    State.SELF, State.PASSIVE, State.WORK_TRIAL, State.SICK, State.UNEMPLOYED, State.UNEMPLOYED_OFFER,
    State.EDUCATION, State.LEAVE, State.SUPPORTED,
)  # fmt: skip
START_SHARES: Final = (
    (0.40, 0.22, 0.14, 0.04, 0.13, 0.03, 0.02, 0.02, 0.00),
    (0.36, 0.27, 0.16, 0.05, 0.10, 0.02, 0.02, 0.02, 0.00),
    (0.27, 0.37, 0.19, 0.06, 0.06, 0.01, 0.02, 0.02, 0.00),
    (0.15, 0.54, 0.14, 0.10, 0.02, 0.00, 0.01, 0.02, 0.02),
    (0.07, 0.65, 0.08, 0.14, 0.00, 0.00, 0.00, 0.02, 0.04),
)
STEP_SHARES: Final = (0.30, 0.18, 0.28, 0.12, 0.12)
