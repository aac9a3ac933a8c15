"""Typical pathways, described from many persons at once so that nobody can be identified."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evalbook.models.method import NO_INTERVAL, PERSONS, method
from evalbook.sdc import MINIMUM, Persons
from nychance import columns as c
from nychance import tr
from nychance.register import Register

AGE_BANDS: Final = ((0, 29), (30, 44), (45, 120))
OUTCOMES: Final = ("ordinary-work", "on-the-way", "no-offer")
# The traits that may be described, in order of priority.
TRAITS: Final = ("sex", "age", "sector")
# The share of those with the same traits who had the outcome.
REACHED: Final = "reached"


@dataclass(frozen=True)
class Pathways:
    """Typical pathways, by outcome: what their participants have in common, and who they are.

    An outcome at the end of follow-up is `ordinary-work` (self-supporting), `on-the-way` (on a step
    of the staircase) or `no-offer` (neither).

    Attributes
    ----------
    weeks : int
        Weeks of follow-up, and as many before.
    traits : dict
        What all with an outcome have in common, of `sex`, `age` (index into `AGE_BANDS`) and
        `sector`; an outcome that cannot be described is not there.
    shares : Persons
        By `outcome`: `of` is `reached`, for everybody with its traits, of whom those with the
        outcome are `counted`; or another intervention, for those with the outcome, of whom those
        who had it are counted.
    benefit : Persons
        Of those with each outcome, the weeks on benefit before the start, in `value`.
    steps : Persons
        Likewise the weeks on each `step`, in the time before and after the start.
    """

    weeks: int
    traits: dict[str, dict[str, str | int]]
    shares: Persons
    benefit: Persons
    steps: Persons


@method(
    tr("Typical pathway of a participant"),
    formula=tr(
        "for each outcome, the values that most of those with it share, as long as enough persons "
        "share them"
    ),
    unit=PERSONS,
    interval=NO_INTERVAL,
    source=tr("Own definition"),
)
def typical(
    register: Register,
    kind: str,
    persons: NDArray[np.bool_],
    steps: Sequence[str],
    supports: Sequence[str] = (),
    minimum: int = MINIMUM,
    *,
    weeks: int = 26,
) -> Pathways:
    """Find the typical pathway to each outcome of an intervention.

    Parameters
    ----------
    kind : str
        Key of the intervention.
    persons : array of bool, shape (persons,)
        Whose participation.
    weeks : int
        Weeks before and after the start that must both be known.
    steps : sequence of str
        The staircase's steps, from the bottom.
    supports : sequence of str
        Other interventions that may be described.
    minimum : int
        The least number of persons who must share all traits that are described, and the least
        number with the same traits and another outcome: knowing somebody's background must not
        reveal how it went.
    """
    courses = _courses(register, kind, persons, weeks)
    found = {outcome: _in_common(courses, outcome, minimum) for outcome in OUTCOMES}
    alike = pd.concat(
        {outcome: background for outcome, (background, _) in found.items()}, names=["pathway"]
    ).reset_index("pathway")
    alike["reached"] = (alike["pathway"] == alike["outcome"]).to_numpy(dtype=bool)
    traits = {outcome: each for outcome, (background, each) in found.items() if len(background)}
    alike["pathway"] = pd.Categorical(alike["pathway"], list(traits) or OUTCOMES)
    mine = alike[alike["reached"]]
    return Pathways(
        weeks,
        traits,
        _shares(register, alike, supports, weeks),
        _on_benefit(register, mine, weeks),
        _on_steps(register, mine, steps, weeks),
    )


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


def _shares(
    register: Register, alike: pd.DataFrame, supports: Sequence[str], weeks: int
) -> Persons:
    """Return who of those with the same traits had the outcome, and who of these which support."""
    mine, kinds = alike[alike["reached"]], [REACHED, *supports]
    supported = _supported(register, mine, weeks)
    counted = {REACHED: (alike, alike["reached"])} | {
        kind: (mine, mine["person"].isin(supported.loc[supported[c.KIND] == kind, "person"]))
        for kind in supports
    }
    tables = [
        _people(
            register,
            frame,
            of=pd.Categorical([kind] * len(frame), kinds),
            counted=yes.to_numpy(dtype=float),
            out_of=1.0,
        )
        for kind, (frame, yes) in counted.items()
    ]
    return pd.concat(tables, ignore_index=True)


def _supported(register: Register, mine: pd.DataFrame, weeks: int) -> pd.DataFrame:
    """Return the interventions that ran at some time from before the start to the end."""
    begin, records = mine["begin"].to_numpy(), register.interventions
    spans = pd.DataFrame(
        {
            "person": mine["person"].to_numpy(),
            "from": register.weeks[begin - weeks],
            "to": register.weeks[begin + weeks],
        }
    )
    beside = records.merge(spans, on="person")
    running = (beside[c.START] <= beside["to"]) & (
        beside[c.END].isna() | (beside[c.END] >= beside["from"])
    )
    return beside[running]


def _on_benefit(register: Register, mine: pd.DataFrame, weeks: int) -> Persons:
    rows, begin = mine["person"].to_numpy(), mine["begin"].to_numpy()
    before = begin[:, None] + np.arange(-weeks, 0)
    spent = register.on_benefit[rows[:, None], before].sum(axis=1)
    return _people(register, mine, value=spent.astype(float))


def _on_steps(register: Register, mine: pd.DataFrame, steps: Sequence[str], weeks: int) -> Persons:
    rows, begin = mine["person"].to_numpy(), mine["begin"].to_numpy()
    around = register.step[rows[:, None], begin[:, None] + np.arange(-weeks, weeks + 1)]
    tables = [
        _people(
            register,
            mine,
            step=pd.Categorical([step] * len(mine), list(steps)),
            value=(around == place).sum(axis=1).astype(float),
        )
        for place, step in enumerate(steps)
    ]
    return pd.concat(tables, ignore_index=True)


def _people(register: Register, frame: pd.DataFrame, **columns: Any) -> Persons:
    return register.people(
        frame["person"].to_numpy(dtype=np.int64), outcome=frame["pathway"].array, **columns
    )
