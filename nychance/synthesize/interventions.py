"""What is done with and for a person: when it begins, how long it lasts, and with which invented company."""

from dataclasses import dataclass, field
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from nychance.synthesize.clock import WEEKS
from nychance.synthesize.settings import BEGINNINGS, FIRST_ABSORBING, KINDS, LENGTHS, STATES, State

Ints = NDArray[np.int64]
PACKAGE, CLARIFICATION, CARD, MENTOR, COURSE = range(len(KINDS))
LONGEST: Final = max(longest for _, longest in LENGTHS.values())

# Invented names; a company's trade decides its sector.
PLACES: Final = (
    "Nørhavn", "Ålekær", "Hasselfjord", "Brombærvig", "Østerfold", "Lærkesund", "Tranefjord", "Havrevang",
    "Gåsefold", "Slåenø", "Vibeklint", "Mågefold", "Tjørnefjord", "Grævlingså", "Hyldefjord", "Solbærmark",
)  # fmt: skip
TRADES: Final = (
    ("Rengøring", "Rengøring"),
    ("Bageri", "Fødevareindustri"),
    ("Gartneri", "Grønne områder og gartneri"),
    ("Plejecenter", "Social og sundhed"),
    ("Børnehus", "Børnepasning"),
    ("Købmand", "Detailhandel"),
    ("Hotel", "Hotel og restauration"),
    ("Lager og Transport", "Transport og lager"),
    ("Maskinværksted", "Industri og håndværk"),
    ("Tømrer og Anlæg", "Bygge og anlæg"),
)
COMPANIES: Final = tuple(f"{place} {trade}" for place in PLACES for trade, _ in TRADES)
SECTORS: Final = tuple(sector for _ in PLACES for _, sector in TRADES)


@dataclass
class Support:
    """The interventions of a chunk: what each person has had, and every record so far."""

    had_competence: NDArray[np.bool_]
    had_clarification: NDArray[np.bool_]
    had_mentor: NDArray[np.bool_]
    had_course: NDArray[np.bool_]
    package_until: NDArray[np.int16]
    running_until: NDArray[np.int16]
    weeks: list[Ints] = field(default_factory=list)
    persons: list[Ints] = field(default_factory=list)
    kinds: list[Ints] = field(default_factory=list)
    lengths: list[Ints] = field(default_factory=list)

    @classmethod
    def none(cls, count: int) -> Self:
        """Make the state of persons who have had nothing yet."""
        competence, clarification, mentor, course = np.zeros((4, count), dtype=np.bool_)
        return cls(
            had_competence=competence,
            had_clarification=clarification,
            had_mentor=mentor,
            had_course=course,
            package_until=np.zeros(count, dtype=np.int16),
            running_until=np.zeros((len(KINDS), count), dtype=np.int16),
        )


@dataclass(frozen=True)
class Records:
    """Intervention records in order of person, start and kind; `end` is exclusive."""

    person: Ints
    kind: Ints
    start: Ints
    end: Ints


def _hazards() -> NDArray[np.float32]:
    table = np.zeros((len(KINDS), STATES), dtype=np.float32)
    for kind, name in enumerate(KINDS):
        for state, hazard in BEGINNINGS[name].items():
            table[kind, state] = hazard
    return table


_HAZARDS: Final = _hazards()
_TOTAL: Final = _HAZARDS.sum(axis=0)
_SHORTEST: Final = np.array([LENGTHS[kind][0] for kind in KINDS])
_LENGTH: Final = np.array([LENGTHS[kind][1] for kind in KINDS])


def begin(support: Support, week: int, state: NDArray[np.int8], use: NDArray[np.float32], rng: np.random.Generator) -> None:
    """Let interventions begin in a week.

    Parameters
    ----------
    support : Support
        What the persons have had; changed in place.
    week : int
        The week, counted from the first.
    state : ndarray of int8, shape (persons,)
        The week's states.
    use : ndarray of float32, shape (persons,)
        The municipality's factor on the hazard that anything begins.
    rng : numpy.random.Generator
        The source of all draws.
    """
    draw = rng.random(len(state), dtype=np.float32) / use
    chosen = np.flatnonzero(draw < _TOTAL[state])
    passed = np.cumsum(_HAZARDS[:, state[chosen]], axis=0) <= draw[chosen]
    kind = passed.sum(axis=0).clip(max=len(KINDS) - 1)
    length = rng.integers(_SHORTEST[kind], _LENGTH[kind] + 1)
    free = support.running_until[kind, chosen] <= week
    free &= (kind != CARD) | support.had_clarification[chosen]
    chosen, kind, length = chosen[free], kind[free], length[free]
    support.running_until[kind, chosen] = week + length
    support.package_until[chosen[kind == PACKAGE]] = week + length[kind == PACKAGE]
    support.had_clarification[chosen[kind == CLARIFICATION]] = True
    support.had_competence[chosen[(kind == CLARIFICATION) | (kind == CARD)]] = True
    support.had_mentor[chosen[kind == MENTOR]] = True
    support.had_course[chosen[kind == COURSE]] = True
    support.weeks.append(np.full(len(chosen), week))
    support.persons.append(chosen)
    support.kinds.append(kind)
    support.lengths.append(length)


def records(support: Support, states: NDArray[np.int8]) -> Records:
    """List the interventions with their ends.

    Parameters
    ----------
    support : Support
        What began.
    states : ndarray of int8, shape (weeks, persons)
        All ends when the person can no longer be observed, a job package also with the first blank week.

    Returns
    -------
    Records
        In order of person, start and kind.
    """
    person, kind, start, length = (
        np.concatenate(part) for part in (support.persons, support.kinds, support.weeks, support.lengths)
    )
    end = start + length
    for ahead in range(LONGEST, 0, -1):
        week = start + ahead
        inside = np.flatnonzero((week < end) & (week < WEEKS))
        state = states[week[inside], person[inside]]
        over = (state >= FIRST_ABSORBING) | ((state == State.SELF) & (kind[inside] == PACKAGE))
        end[inside[over]] = week[inside[over]]
    order = np.lexsort((kind, start, person))
    return Records(person[order], kind[order], start[order], end[order])
