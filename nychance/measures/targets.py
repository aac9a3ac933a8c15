"""The brief's targets, person by person over a window of weeks.

Each function returns who is at risk, and for each of them what counts (numerator) and out of how
much (denominator), so that a share can be computed for any group of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evalbook.models.method import NO_INTERVAL, PERSONS, RATIO, WILSON, method
from evalbook.models.shares.proportions import Share
from nychance import tr
from nychance.measures.person_measure import PersonMeasure
from nychance.register import STATES, Register
from nychance.register.runs import runs


@dataclass(frozen=True)
class Window:
    """A follow-up window: columns `first` to `last` of the register, both included."""

    first: int
    last: int

    @property
    def weeks(self) -> slice:
        """The window's columns."""
        return slice(self.first, self.last + 1)


def window_to(register: Register, last: int, length: int) -> Window:
    """Return the window of `length` weeks that ends in a week.

    Raises `ValueError` if the register is too short.
    """
    if last - length + 1 < 0:
        raise ValueError(f"the register has fewer than {length} weeks before week {last}")
    return Window(last - length + 1, last)


@method(
    tr("Target group"),
    formula=tr("immigrants and descendants who are on benefit and observed in the week"),
    unit=PERSONS,
    interval=NO_INTERVAL,
    source=tr("The evaluation's brief"),
)
def target_group(register: Register, week: int) -> NDArray[np.bool_]:
    """Return who is in the target group in a week: of minority origin, on benefit, and observed."""
    return register.minority & register.on_benefit[:, week]


@method(
    tr("Passive persons into activity"),
    formula=tr("n(an active week in the window) ÷ n(target group passive in its first week)"),
    unit=PERSONS,
    interval=WILSON,
    source=tr("The evaluation's brief: at least 25 per cent"),
)
def passive_into_activity(register: Register, window: Window) -> PersonMeasure:
    """Measure activation of passive persons: those with an active week in the window.

    At risk are those of the target group who are passive in the window's first week. Source: the
    evaluation's brief (at least 25 per cent). Passive is a week on benefit without an offer; active
    is what the code mapping says is active. Both come from one code a week, and sickness hides an
    offer.
    """
    passive = register.state[:, window.first] == STATES.index("passive")
    persons = np.flatnonzero(target_group(register, window.first) & passive)
    started = _active(register, persons, window).any(axis=1)
    return PersonMeasure(persons, started.astype(float), np.ones(len(persons)))


@method(
    tr("Self-support (share of persons)"),
    formula=tr(
        "n(an exit in the window) ÷ n(target group); an exit is that many consecutive weeks "
        "off benefit"
    ),
    unit=PERSONS,
    interval=WILSON,
    source=tr("The evaluation's brief: at least 15 per cent; four weeks as in DREAMtoolsR"),
)
def self_supporting_persons(register: Register, window: Window, exit_weeks: int) -> PersonMeasure:
    """Measure self-support as a share of persons: those of the target group with an exit.

    An exit is at least `exit_weeks` consecutive weeks without any transfer, all of them in the
    window: one that begins in its last weeks cannot be known yet. Source: the evaluation's brief
    (at least 15 per cent); four weeks as in DREAMtoolsR (u.spells), which also asks for an income
    that DREAM has from 2008 only. So a blank week means "no transfer", not "employed".
    """
    persons = np.flatnonzero(target_group(register, window.first))
    off = runs(register.self_supporting[persons, window.weeks])
    left = np.zeros(len(persons))
    left[off.person[off.weeks >= exit_weeks]] = 1
    return PersonMeasure(persons, left, np.ones(len(persons)))


@method(
    tr("Self-support (share of time)"),
    formula=tr("Σ weeks off benefit ÷ Σ weeks observed"),
    unit=PERSONS,
    interval=RATIO,
    source=tr("Public sources on Ny chance til alle: 15 per cent of the time"),
)
def self_supporting_time(
    register: Register, window: Window, *, education: bool = False
) -> PersonMeasure:
    """Measure self-support as a share of time: weeks without transfer out of weeks observed.

    The measure is the selvforsørgelsesgrad. Public sources state the national target of 15 per
    cent in this way: in a job or education 15 per cent of the time from July 2006 to July 2008
    (dknyt). Education has a transfer of its own; the plan decides whether it counts.

    Parameters
    ----------
    education : bool
        Whether weeks with an education grant count as self-supporting.
    """
    persons = np.flatnonzero(target_group(register, window.first))
    observed = register.observed[persons, window.weeks]
    free = register.self_supporting[persons, window.weeks]
    if education:
        free = free | (
            observed & (register.state[persons, window.weeks] == STATES.index("education"))
        )
    return PersonMeasure(
        persons, free.sum(axis=1).astype(float), observed.sum(axis=1).astype(float)
    )


@method(
    tr("Time in activity"),
    formula=tr("Σ weeks with an active code ÷ Σ weeks on benefit"),
    unit=PERSONS,
    interval=RATIO,
    source=tr(
        "The evaluation's brief: at least 40 per cent; the degree of activation of jobindsats.dk"
    ),
)
def time_in_activity(register: Register, window: Window) -> PersonMeasure:
    """Measure time in activity: weeks with an active code out of weeks on benefit.

    Source: the evaluation's brief (at least 40 per cent); the degree of activation
    (aktiveringsgrad) of jobindsats.dk is computed so. An active week counts as a week on benefit
    whatever its state, so that the share stays within 0 and 1.
    """
    persons = np.flatnonzero(target_group(register, window.first))
    active = _active(register, persons, window)
    benefit = register.on_benefit[persons, window.weeks] | active
    return PersonMeasure(
        persons, active.sum(axis=1).astype(float), benefit.sum(axis=1).astype(float)
    )


# Target keys to their measures.
MEASURES: Final = {
    "passive-into-activity": passive_into_activity,
    "self-supporting-persons": self_supporting_persons,
    "self-supporting-time": self_supporting_time,
    "time-in-activity": time_in_activity,
}


def all_targets(
    register: Register, window: Window, exit_weeks: int, *, education: bool = False
) -> dict[str, PersonMeasure]:
    """Compute every measure that a target can be set for, by the target's key."""
    return {
        "passive-into-activity": passive_into_activity(register, window),
        "self-supporting-persons": self_supporting_persons(register, window, exit_weeks),
        "self-supporting-time": self_supporting_time(register, window, education=education),
        "time-in-activity": time_in_activity(register, window),
    }


def by_role(
    measured: Mapping[str, PersonMeasure], roles: "pd.Series[str]"
) -> dict[str, dict[str, Share | None]]:
    """Compute each measure's share in the method and in the comparison municipalities.

    Parameters
    ----------
    measured : mapping
        As returned by `all_targets`.
    roles : Series, shape (persons,)
        The role of each person's municipality.
    """
    masks = {role: (roles == role).to_numpy() for role in ("method", "comparison")}
    return {
        key: {role: measure.over(mask) for role, mask in masks.items()}
        for key, measure in measured.items()
    }


def at_risk(register: Register, window: Window, key: str) -> str:
    """Return the name of the population at risk of a target's measure, for disclosure control."""
    group = f"target group, {register.weeks[window.first]:%G-W%V}"
    return {
        "passive-into-activity": f"passive in the {group}",
        "self-supporting-time": f"{group}, observed in the window",
        "time-in-activity": f"{group}, on benefit in the window",
    }.get(key, group)


def _active(register: Register, persons: NDArray[np.int64], window: Window) -> NDArray[np.bool_]:
    seen: NDArray[np.bool_] = (
        register.active[persons, window.weeks] & register.observed[persons, window.weeks]
    )
    return seen
