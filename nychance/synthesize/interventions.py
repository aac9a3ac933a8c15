"""Interventions: when they begin, how long they last, and at which invented company."""

from dataclasses import dataclass, field
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from nychance.synthesize.clock import WEEKS
from nychance.synthesize.settings import BEGINNINGS, KINDS, LENGTHS
from nychance.synthesize.states import FIRST_ABSORBING, STATES, State

Ints = NDArray[np.int64]
PACKAGE, CLARIFICATION, CARD, MENTOR, COURSE = range(len(KINDS))

# Invented names; a company's trade decides its sector.
PLACES: Final = (
    "Nørhavn",
    "Ålekær",
    "Hasselfjord",
    "Brombærvig",
    "Østerfold",
    "Lærkesund",
    "Tranefjord",
    "Havrevang",
    "Gåsefold",
    "Slåenø",
    "Vibeklint",
    "Mågefold",
    "Tjørnefjord",
    "Grævlingså",
    "Hyldefjord",
    "Solbærmark",
)
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
    """The interventions of a chunk so far.

    `had` and `until` (the first week after) have shape (kinds, persons); each of `begun` has the
    rows week, person, kind, planned length.
    """

    had: NDArray[np.bool_]
    until: NDArray[np.int16]
    begun: list[Ints] = field(default_factory=list)

    @classmethod
    def none(cls, count: int) -> Self:
        """Make the state of persons who have had nothing yet."""
        return cls(
            np.zeros((len(KINDS), count), dtype=np.bool_),
            np.zeros((len(KINDS), count), dtype=np.int16),
        )


@dataclass(frozen=True)
class Records:
    """Intervention records by person, start and kind; `start` and `end` (exclusive) are weeks."""

    person: Ints
    kind: Ints
    start: Ints
    end: Ints


def _cumulated_hazards() -> NDArray[np.float32]:
    table = np.zeros((len(KINDS), STATES), dtype=np.float32)
    for kind, name in enumerate(KINDS):
        for state, hazard in BEGINNINGS[name].items():
            table[kind, state] = hazard
    return np.cumsum(table, axis=0)


_CUMULATED: Final = _cumulated_hazards()
_SHORTEST, _LONGEST = np.array([LENGTHS[kind] for kind in KINDS]).T


def begin(
    support: Support,
    week: int,
    state: NDArray[np.int8],
    use: NDArray[np.float32],
    rng: np.random.Generator,
) -> None:
    """Simulate a week: interventions begin, and job packages end with self-support.

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
    support.until[PACKAGE, state == State.SELF] = week
    draw = rng.random(len(state), dtype=np.float32) / use
    chosen = np.flatnonzero(draw < _CUMULATED[-1, state])
    kind = (_CUMULATED[:, state[chosen]] <= draw[chosen]).sum(axis=0)
    length = rng.integers(_SHORTEST[kind], _LONGEST[kind] + 1)
    free = support.until[kind, chosen] <= week
    # A card is the outcome of a clarification.
    free &= (kind != CARD) | support.had[CLARIFICATION, chosen]
    chosen, kind, length = chosen[free], kind[free], length[free]
    support.until[kind, chosen] = week + length
    support.had[kind, chosen] = True
    support.begun.append(np.vstack([np.full(len(chosen), week), chosen, kind, length]))


def records(support: Support, states: NDArray[np.int8]) -> Records:
    """List the interventions with their ends.

    Parameters
    ----------
    support : Support
        What began.
    states : ndarray of int8, shape (weeks, persons)
        All ends when the person can no longer be observed, a job package also with the first blank
        week.
    """
    start, person, kind, length = np.hstack(support.begun)
    gone = states >= FIRST_ABSORBING
    over = np.where(
        kind == PACKAGE,
        _next_week(gone | (states == State.SELF))[start, person],
        _next_week(gone)[start, person],
    )
    end = np.minimum(start + length, over)
    order = np.lexsort((kind, start, person))
    return Records(person[order], kind[order], start[order], end[order])


def _next_week(inside: NDArray[np.bool_]) -> NDArray[np.int16]:
    """Return the first later week inside, by week and person.

    Without one, a week after every end.
    """
    weeks = np.arange(WEEKS, dtype=np.int16)[:, None]
    never = WEEKS + _LONGEST.max()
    ahead = np.where(inside, weeks, never).astype(np.int16)[1:]
    first = np.minimum.accumulate(ahead[::-1], axis=0)[::-1]
    return np.vstack([first, np.full(inside.shape[1], never, dtype=np.int16)])
