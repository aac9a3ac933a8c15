"""Every constant of the demonstration's process: its persons, its calendar and its weekly hazards.

The values are invented. Signs and order of differences between persons follow what the evaluation
describes: immigrants leave benefit more slowly and are sick for longer, those far from the labour
market are activated less. Levels were tuned until the demonstration lay near the programme's
targets without meeting them all: a quarter of passive persons started within half a year, 15-18 %
of their next year self-supporting, a third of benefit weeks active. Lengths of sickness spells lie
near those of 2009: 7.5 % of Danes' and 14 % of immigrants' spells last half a year, 4 and 10 % a
year (Cabi, jobindsats.dk).
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from nychance.synthesize.states import State

KINDS: Final = (
    "job-package",
    "competence-clarification",
    "competence-card",
    "mentor",
    "preparation-course",
)
Curve = tuple[tuple[date, float], ...]


@dataclass(frozen=True)
class Differences:
    """How a weekly hazard differs between persons: factors; 1, and 0 per year, are no difference.

    `by_origin` and `woman_by_origin` are of Danish origin, immigrants, descendants; `by_match` is
    of match categories 1-5 and follows a person's category; `frailty_sd` is the spread of what no
    column tells.
    """

    by_origin: tuple[float, float, float] = (1.0, 1.0, 1.0)
    woman_by_origin: tuple[float, float, float] = (1.0, 1.0, 1.0)
    man: float = 1.0
    log_per_year: float = 0.0
    at_age: float = 38.0
    fragile: float = 1.0
    robust: float = 1.0
    by_match: tuple[float, float, float, float, float] = (1.0, 1.0, 1.0, 1.0, 1.0)
    frailty_sd: float = 0.0


# By what happens: `exit` is to blank, `back` from blank to benefit, `recovery` the end of a
# sickness spell.
DIFFERENCES: Final = {
    "exit": Differences(
        by_origin=(1.0, 0.82, 1.05),
        woman_by_origin=(0.95, 0.85, 0.95),
        man=1.05,
        log_per_year=-0.018,
        fragile=0.7,
        robust=1.1,
        by_match=(1.9, 1.55, 1.15, 0.65, 0.35),
        frailty_sd=0.25,
    ),
    "activation": Differences(
        by_origin=(1.0, 0.92, 1.05),
        log_per_year=-0.010,
        fragile=0.75,
        robust=1.1,
        by_match=(1.8, 1.6, 1.3, 0.75, 0.35),
        frailty_sd=0.25,
    ),
    "back": Differences(by_origin=(0.92, 1.15, 1.05), fragile=1.25, robust=0.95, frailty_sd=0.25),
    "sickness": Differences(
        woman_by_origin=(1.15, 1.15, 1.15),
        man=0.9,
        log_per_year=0.012,
        fragile=1.8,
        robust=0.75,
        by_match=(0.6, 0.7, 0.9, 1.3, 1.5),
    ),
    "recovery": Differences(by_origin=(1.0, 0.72, 0.85), fragile=0.9, robust=1.05),
    "pension": Differences(
        log_per_year=0.07,
        at_age=45,
        fragile=2.0,
        robust=0.6,
        by_match=(0.05, 0.1, 0.3, 1.5, 3.0),
    ),
    "death": Differences(log_per_year=0.08, at_age=42, fragile=2.0, robust=0.8),
}


@dataclass(frozen=True)
class Baseline:
    """What holds for all municipalities alike: who lives there, the nation, the calendar."""

    # Who: shares, and ages in years. Minorities are over-represented, as among those whom the
    # programme is for.
    minority_share: float = 0.40
    minority_elasticity: float = 0.7
    descendants_of_minority: float = 0.25
    western_of_minority: float = 0.10
    newcomers_of_nonwestern_immigrants: float = 0.14
    women_of_immigrants: float = 0.55
    women_of_others: float = 0.48
    youngest: int = 17
    youngest_immigrant: int = 20
    oldest: int = 63
    oldest_descendant: int = 38
    age_shape: tuple[float, float] = (1.5, 1.7)
    fragile_at_18: float = 0.05
    fragile_per_year: float = 0.009
    retirement_age: int = 65
    # Match category: cuts of a distance from work with these parts and normal noise.
    distance_per_year: float = 0.02
    distance_at_age: float = 38.0
    distance_immigrant: float = 0.25
    distance_fragile: float = 0.9
    distance_sd: float = 0.8
    match_cuts: tuple[float, float, float, float] = (-0.85, -0.25, 0.4, 1.35)
    reassessment_weeks: tuple[int, int] = (13, 27)
    better_active: float = 0.16
    worse_active: float = 0.08
    better_passive: float = 0.08
    worse_passive: float = 0.12
    # Education is for the young, parental leave for women of 19-40, emigration for westerners.
    study_until_age: float = 32.0
    study_span: float = 8.0
    study_range: tuple[float, float] = (0.05, 2.0)
    fertile_ages: tuple[int, int] = (19, 40)
    leave_woman: float = 2.6
    leave_man: float = 0.15
    emigration_western: float = 4.0
    emigration_immigrant: float = 1.8
    emigration_other: float = 0.7
    # Durations in weeks: those before the first week are exponential with these means, up to the
    # longest.
    weeks_before_self: float = 60.0
    weeks_before_sick: float = 14.0
    weeks_before_other: float = 25.0
    longest_before: int = 200
    return_peak: float = 2.5
    return_decay_weeks: float = 10.0
    sick_recovery: tuple[tuple[int, float], ...] = (
        (0, 0.155),
        (4, 0.100),
        (13, 0.062),
        (26, 0.024),
        (52, 0.018),
    )
    # A longer absence ends the active step that one came from.
    long_absence_weeks: int = 8
    leave_weeks: float = 36.0
    # The nation: moves, the refund reform of 1 July 2006, a boom until mid-2008 and the slump
    # after it, the holidays.
    moves_per_year: float = 0.06
    refund_reform: date = date(2006, 7, 1)
    refund_activation: float = 1.25
    refund_ramp_weeks: int = 13
    exit_cycle: Curve = (
        (date(2006, 1, 1), 0.90),
        (date(2007, 7, 1), 1.05),
        (date(2008, 7, 1), 1.20),
        (date(2009, 1, 1), 1.00),
        (date(2009, 12, 31), 0.75),
    )
    return_cycle_power: float = -0.6
    summer_weeks: tuple[int, int] = (28, 31)
    summer_activation: float = 0.6
    christmas_weeks: tuple[int, int] = (52, 1)
    christmas_activation: float = 0.5
    # Places: levels that last and noise by quarter, both on the log scale.
    municipality_sd: float = 0.07
    quarter_sd: float = 0.04
    quarter_correlation: float = 0.6
    exit_per_unemployment_point: float = -0.05


BASELINE: Final = Baseline()

# Weekly hazards from a state (row) to others, of a person with every factor at 1.
HAZARDS: Final[dict[State, dict[State, float]]] = {
    State.SELF: {
        State.PASSIVE: 0.0060,
        State.PREPARATION: 0.0003,
        State.CLARIFICATION: 0.0002,
        State.WORK_TRIAL: 0.0006,
        State.JOB_PACKAGE: 0.0003,
        State.WAGE_SUBSIDY: 0.0003,
        State.SICK: 0.0014,
        State.UNEMPLOYED: 0.0018,
        State.EDUCATION: 0.0005,
        State.LEAVE: 0.0004,
        State.PENSION: 0.00003,
        State.EMIGRATED: 0.0001,
        State.DEAD: 0.00003,
    },
    State.PASSIVE: {
        State.SELF: 0.0122,
        State.PREPARATION: 0.0052,
        State.CLARIFICATION: 0.0027,
        State.WORK_TRIAL: 0.0035,
        State.JOB_PACKAGE: 0.0015,
        State.WAGE_SUBSIDY: 0.0008,
        State.SICK: 0.0045,
        State.UNEMPLOYED: 0.0008,
        State.EDUCATION: 0.0008,
        State.LEAVE: 0.0007,
        State.SUPPORTED: 0.0004,
        State.PENSION: 0.00025,
        State.EMIGRATED: 0.00015,
        State.DEAD: 0.00006,
    },
    State.PREPARATION: {
        State.SELF: 0.0090,
        State.PASSIVE: 0.0125,
        State.CLARIFICATION: 0.0180,
        State.WORK_TRIAL: 0.0120,
        State.JOB_PACKAGE: 0.0060,
        State.WAGE_SUBSIDY: 0.0020,
        State.SICK: 0.0052,
        State.EDUCATION: 0.0010,
        State.LEAVE: 0.0007,
        State.EMIGRATED: 0.0001,
        State.DEAD: 0.00004,
    },
    State.CLARIFICATION: {
        State.SELF: 0.0100,
        State.PASSIVE: 0.0125,
        State.PREPARATION: 0.0040,
        State.WORK_TRIAL: 0.0180,
        State.JOB_PACKAGE: 0.0090,
        State.WAGE_SUBSIDY: 0.0040,
        State.SICK: 0.0060,
        State.EDUCATION: 0.0015,
        State.LEAVE: 0.0006,
        State.SUPPORTED: 0.0008,
        State.PENSION: 0.0003,
        State.EMIGRATED: 0.0001,
        State.DEAD: 0.00004,
    },
    State.WORK_TRIAL: {
        State.SELF: 0.0140,
        State.PASSIVE: 0.0140,
        State.PREPARATION: 0.0015,
        State.CLARIFICATION: 0.0040,
        State.JOB_PACKAGE: 0.0110,
        State.WAGE_SUBSIDY: 0.0080,
        State.SICK: 0.0060,
        State.EDUCATION: 0.0010,
        State.LEAVE: 0.0006,
        State.EMIGRATED: 0.0001,
        State.DEAD: 0.00004,
    },
    State.JOB_PACKAGE: {
        State.SELF: 0.0140,
        State.PASSIVE: 0.0125,
        State.CLARIFICATION: 0.0020,
        State.WORK_TRIAL: 0.0050,
        State.WAGE_SUBSIDY: 0.0120,
        State.SICK: 0.0052,
        State.EDUCATION: 0.0010,
        State.LEAVE: 0.0006,
        State.EMIGRATED: 0.0001,
        State.DEAD: 0.00004,
    },
    State.WAGE_SUBSIDY: {
        State.SELF: 0.0200,
        State.PASSIVE: 0.0100,
        State.WORK_TRIAL: 0.0040,
        State.JOB_PACKAGE: 0.0040,
        State.SICK: 0.0052,
        State.UNEMPLOYED: 0.0030,
        State.LEAVE: 0.0006,
        State.EMIGRATED: 0.0001,
        State.DEAD: 0.00004,
    },
    State.SICK: {
        State.RESUME: 1.0,
        State.SELF: 0.0040,
        State.SUPPORTED: 0.0015,
        State.PENSION: 0.0010,
        State.DEAD: 0.0002,
    },
    State.UNEMPLOYED: {
        State.SELF: 0.0260,
        State.UNEMPLOYED_OFFER: 0.0130,
        State.PASSIVE: 0.0020,
        State.SICK: 0.0060,
        State.EDUCATION: 0.0010,
        State.LEAVE: 0.0008,
        State.EMIGRATED: 0.00015,
        State.DEAD: 0.00004,
    },
    State.UNEMPLOYED_OFFER: {
        State.SELF: 0.0220,
        State.UNEMPLOYED: 0.0450,
        State.SICK: 0.0045,
        State.DEAD: 0.00004,
    },
    State.EDUCATION: {
        State.FREE: 0.0100,
        State.PASSIVE: 0.0030,
        State.EMIGRATED: 0.0001,
        State.DEAD: 0.00001,
    },
    State.LEAVE: {State.RESUME: 1.0, State.DEAD: 0.00001},
    State.SUPPORTED: {
        State.PASSIVE: 0.0015,
        State.SICK: 0.0020,
        State.FREE: 0.0008,
        State.PENSION: 0.00025,
        State.DEAD: 0.00006,
    },
    State.PENSION: {State.EMIGRATED: 0.0001, State.DEAD: 0.0003},
}

# Weekly hazards that an intervention of a kind begins, by the state of the week.
BEGINNINGS: Final[dict[str, dict[State, float]]] = {
    "job-package": {State.JOB_PACKAGE: 0.060, State.WORK_TRIAL: 0.004, State.WAGE_SUBSIDY: 0.004},
    "competence-clarification": {
        State.CLARIFICATION: 0.060,
        State.PASSIVE: 0.002,
        State.PREPARATION: 0.006,
        State.WORK_TRIAL: 0.003,
    },
    "competence-card": {
        State.CLARIFICATION: 0.020,
        State.WORK_TRIAL: 0.010,
        State.JOB_PACKAGE: 0.010,
    },
    "mentor": {State.WAGE_SUBSIDY: 0.030, State.JOB_PACKAGE: 0.012, State.WORK_TRIAL: 0.008},
    "preparation-course": {State.PASSIVE: 0.004, State.PREPARATION: 0.020},
}
# Shortest and longest planned length, in weeks.
LENGTHS: Final = {
    "job-package": (8, 26),
    "competence-clarification": (4, 12),
    "competence-card": (1, 2),
    "mentor": (13, 39),
    "preparation-course": (6, 13),
}

# Where the persons stand in the first week, by match category 1-5 (rows); the five steps share the
# third column.
STARTS: Final[tuple[State, ...]] = (
    State.SELF,
    State.PASSIVE,
    State.WORK_TRIAL,
    State.SICK,
    State.UNEMPLOYED,
    State.UNEMPLOYED_OFFER,
    State.EDUCATION,
    State.LEAVE,
    State.SUPPORTED,
)
START_SHARES: Final = (
    (0.40, 0.22, 0.14, 0.04, 0.13, 0.03, 0.02, 0.02, 0.00),
    (0.36, 0.27, 0.16, 0.05, 0.10, 0.02, 0.02, 0.02, 0.00),
    (0.27, 0.37, 0.19, 0.06, 0.06, 0.01, 0.02, 0.02, 0.00),
    (0.15, 0.54, 0.14, 0.10, 0.02, 0.00, 0.01, 0.02, 0.02),
    (0.07, 0.65, 0.08, 0.14, 0.00, 0.00, 0.00, 0.02, 0.04),
)
STEP_SHARES: Final = (0.30, 0.18, 0.28, 0.12, 0.12)
