"""Typical pathways, described from many persons at once so that nobody can be identified."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evalbook.models.method import NO_INTERVAL, PERSONS, method
from evalbook.models.shares.proportions import Share, share
from evalbook.sdc import MINIMUM
from evalbook.sdc.thresholds import is_dominated
from nychance import columns as c
from nychance import tr
from nychance.register import Register

AGE_BANDS: Final = ((0, 29), (30, 44), (45, 120))
OUTCOMES: Final = ("ordinary-work", "on-the-way", "no-offer")
# The traits that may be described, in order of priority.
TRAITS: Final = ("sex", "age", "sector")


@dataclass(frozen=True)
class Pathway:
    """A typical pathway: what a group of participants have in common, and their means.

    Attributes
    ----------
    outcome : str
        The outcome at the end of follow-up: `ordinary-work` (self-supporting), `on-the-way` (on a
        step of the staircase) or `no-offer` (neither).
    traits : dict
        What all of them have in common, of `sex`, `age` (index into `AGE_BANDS`) and `sector`.
    share : Share
        The share with this outcome, of all participants with these `traits`, each counted once.
    benefit_weeks : float
        Mean weeks on benefit before the start.
    steps : dict
        Index of a step to the mean number of weeks on it, in the time before and after the start;
        only steps on which enough of the persons were, and where two of them do not account for
        nearly all of the time.
    weeks : int
        Weeks of follow-up, and as many before.
    supports : dict
        Kinds of other interventions to the share of these persons who had them.
    """

    outcome: str
    traits: dict[str, str | int]
    share: Share
    benefit_weeks: float
    steps: dict[int, float]
    weeks: int
    supports: dict[str, Share]


@method(
    tr("Typical pathway of a participant"),
    formula=tr(
        "for each outcome, the values that most of those with it share, as long as enough persons "
        "share them"
    ),
    unit=PERSONS,
    interval=NO_INTERVAL,
    source="Own definition",
)
def typical(
    register: Register,
    kind: str,
    persons: NDArray[np.bool_],
    *,
    weeks: int = 26,
    supports: Sequence[str] = (),
    minimum: int = MINIMUM,
) -> list[Pathway]:
    """Describe the typical pathway to each outcome of an intervention.

    Parameters
    ----------
    kind : str
        Key of the intervention.
    persons : array of bool, shape (persons,)
        Whose participation.
    weeks : int
        Weeks before and after the start that must both be known.
    supports : sequence of str
        Other interventions that may be described.
    minimum : int
        The least number of persons who must share all traits that are described, and the least
        number with the same traits and another outcome: knowing somebody's background must not
        reveal how it went.

    Returns
    -------
    list of Pathway
        One per outcome that can be described, in the order of `OUTCOMES`. They pass disclosure
        control before they are written (`sentences.cases.protected`).
    """
    courses = _courses(register, kind, persons, weeks)
    found = []
    for outcome in OUTCOMES:
        background, traits = _in_common(courses, outcome, minimum)
        if len(background):
            found.append(_pathway(register, background, outcome, traits, weeks, supports, minimum))
    return found


def _courses(register: Register, kind: str, persons: NDArray[np.bool_], weeks: int) -> pd.DataFrame:
    records = register.interventions
    first = (
        records[records[c.KIND] == kind].sort_values([c.START, c.SECTOR]).drop_duplicates("person")
    )
    first = first[persons[first["person"].to_numpy()]]
    begin = register.weeks.searchsorted(first[c.START].to_numpy(), side="right") - 1
    known = (begin >= weeks) & (begin + weeks < len(register.weeks))
    frame = first[known].assign(begin=begin[known], year=first.loc[known, c.START].dt.year)
    rows, last = frame["person"].to_numpy(), frame["begin"].to_numpy() + weeks
    seen = register.observed[rows, last]
    working, climbing = register.self_supporting[rows, last], register.step[rows, last] >= 0
    people = register.persons.iloc[rows]
    age = frame["year"].to_numpy() - people["birth_year"].to_numpy(dtype=float)
    # An unknown birth year (NaN) falls into no band.
    bands = np.select(
        [(age >= low) & (age <= high) for low, high in AGE_BANDS], range(len(AGE_BANDS)), -1
    )
    described = frame.assign(
        sex=people["sex"].to_numpy(),
        age=bands,
        outcome=np.select([working, climbing], OUTCOMES[:2], OUTCOMES[2]),
    )
    kept: pd.DataFrame = described.loc[seen & (bands >= 0)]
    return kept


def _in_common(
    courses: pd.DataFrame, outcome: str, minimum: int
) -> tuple[pd.DataFrame, dict[str, str | int]]:
    background = courses
    traits: dict[str, str | int] = {}
    if not _safe(background, outcome, minimum):
        return courses.iloc[:0], {}
    for column in TRAITS:
        counts = background.loc[background["outcome"] == outcome, column].dropna().value_counts()
        if counts.empty:
            continue
        # Ties go to the first value in order, so that the result does not depend on the order of
        # rows.
        value = sorted(counts[counts == counts.max()].index)[0]
        narrower = background[background[column] == value]
        if _safe(narrower, outcome, minimum):
            background, traits = narrower, {**traits, column: value}
    return background, traits


def _safe(background: pd.DataFrame, outcome: str, minimum: int) -> bool:
    same = int((background["outcome"] == outcome).sum())
    return same >= minimum and len(background) - same >= minimum


def _pathway(
    register: Register,
    background: pd.DataFrame,
    outcome: str,
    traits: dict[str, str | int],
    weeks: int,
    supports: Sequence[str],
    minimum: int,
) -> Pathway:
    courses = background[background["outcome"] == outcome]
    rows, begin = courses["person"].to_numpy(), courses["begin"].to_numpy()
    before = begin[:, None] + np.arange(-weeks, 0)
    around = begin[:, None] + np.arange(-weeks, weeks + 1)
    steps = register.step[rows[:, None], around]
    stood = {step: (steps == step).sum(axis=1) for step in range(int(steps.max()) + 1)}
    records = register.interventions
    starts, ends = register.weeks[begin - weeks], register.weeks[begin + weeks]
    spans = pd.DataFrame({"person": rows, "from": starts, "to": ends})
    beside = records[records[c.KIND].isin(list(supports))].merge(spans, on="person")
    beside = beside[
        (beside[c.START] <= beside["to"])
        & (beside[c.END].isna() | (beside[c.END] >= beside["from"]))
    ]
    helped = beside.groupby(c.KIND)["person"].nunique()
    return Pathway(
        outcome=outcome,
        traits=traits,
        share=share(len(rows), len(background)),
        benefit_weeks=float(register.on_benefit[rows[:, None], before].sum(axis=1).mean()),
        steps={
            step: float(spent.mean())
            for step, spent in stood.items()
            if (spent > 0).sum() >= minimum and not is_dominated(spent)
        },
        weeks=weeks,
        supports={str(kind): share(int(n), len(rows)) for kind, n in helped.items()},
    )
