"""The register as a checkpoint could have seen it: persons, weeks, states and interventions."""

import os
import pickle
import re
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nychance import columns as c
from nychance import extract
from nychance.errors import DataError
from nychance.plan import Checkpoint, Plan
from nychance.source import EXTRACT, SYNTHETIC, Source

# A runner that has read the register for all its notebooks names here where it lies.
PREPARED: Final = "NYCHANCE_PREPARED_REGISTER"
WEEK_COLUMN: Final = re.compile(r"[yY]_(\d\d)(\d\d)$")
# DREAM begins in mid-1991: a two-digit year from 90 on belongs to the last century.
CENTURY_TURN: Final = 90
SELF_SUPPORT: Final = "self-support"
UNKNOWN: Final = "unknown"
STATES: Final = (
    SELF_SUPPORT, "passive", "active", "sick", "unemployment-benefit", "education", "leave", "supported-job",
    "pension", "emigrated", "retired", "dead", UNKNOWN,
)  # fmt: skip
MINORITY: Final = ("immigrant", "descendant")
ORIGINS: Final = {1: "danish", 2: "immigrant", 3: "descendant"}


@dataclass(frozen=True)
class Register:
    """An extract up to a checkpoint's cut-off.

    Attributes
    ----------
    weeks : pd.DatetimeIndex, shape (weeks,)
        Mondays of the ISO weeks, in order and without gaps.
    state : array of int8, shape (persons, weeks)
        Index into `STATES`.
    active : array of bool, shape (persons, weeks)
        Whether the week counts as a week in activity.
    step : array of int8, shape (persons, weeks)
        Step of the staircase from 0, or -1.
    observed : array of bool, shape (persons, weeks)
        Whether the person could still be observed (alive, in the country, not retired).
    persons : DataFrame
        One row per person, in the order of the arrays: `PNR`, `sex`, `birth_year` (float), `origin`.
    residence, match, interventions : DataFrame
        Histories, with `person` (row of the arrays) instead of the person number.
    municipalities : DataFrame
        Indexed by code: `name`, `role` and conditions.
    population : DataFrame
        Population counts with reference dates up to the cut-off.
    unknown_codes : Series
        Codes that the mapping lacks, with their number of person-weeks.
    """

    weeks: pd.DatetimeIndex
    state: NDArray[np.int8]
    active: NDArray[np.bool_]
    step: NDArray[np.int8]
    observed: NDArray[np.bool_]
    persons: pd.DataFrame
    residence: pd.DataFrame
    match: pd.DataFrame
    interventions: pd.DataFrame
    municipalities: pd.DataFrame
    population: pd.DataFrame
    unknown_codes: "pd.Series[int]"
    synthetic: bool

    @property
    def source(self) -> Source:
        """Where the figures come from."""
        return SYNTHETIC if self.synthetic else EXTRACT

    @property
    def minority(self) -> NDArray[np.bool_]:
        """Which persons are immigrants or descendants."""
        return self.persons["origin"].isin(MINORITY).to_numpy()

    def week_at(self, day: date) -> int:
        """Find the column of the last whole week on or before a day, limited to the weeks there are."""
        position = int(self.weeks.searchsorted(pd.Timestamp(day - timedelta(days=6)), side="right")) - 1
        return max(position, 0)

    def is_state(self, *states: str) -> NDArray[np.bool_]:
        """Tell, per person and week, whether the person is in one of the states."""
        return np.isin(STATES, states)[self.state]

    def municipality_at(self, week: int) -> "pd.Series[float]":
        """Give each person's municipality code in a week; missing where nowhere in the country."""
        return at(self.residence, c.MUNICIPALITY, self.weeks[week], len(self.persons))

    def match_at(self, week: int) -> "pd.Series[float]":
        """Give each person's match category in a week; missing where none was assessed."""
        return at(self.match, c.MATCH_CATEGORY, self.weeks[week], len(self.persons))

    def role_at(self, week: int) -> "pd.Series[str]":
        """Give the role of each person's municipality in a week: `method`, `comparison` or missing."""
        return self.municipality_at(week).map(self.municipalities[c.ROLE])


def read_register(folder: Path, checkpoint: Checkpoint, the_plan: Plan) -> Register:
    """Read an extract and drop everything that lies after the checkpoint's cut-off.

    Parameters
    ----------
    folder : Path
        The extract; `data/README.md` has its tables and columns.
    checkpoint : Checkpoint
        What is known.
    the_plan : Plan
        For the steps of the staircase.

    Raises
    ------
    DataError
        If a table is missing or broken; the message names the file and the column.
    """
    return _prepared(folder, checkpoint) or _from_tables(folder, checkpoint, the_plan)


def _prepared(folder: Path, checkpoint: Checkpoint) -> Register | None:
    path = os.environ.get(PREPARED)
    if not path:
        return None
    with Path(path).open("rb") as file:
        read_from, month, register = pickle.load(file)
    found: Register = register
    return found if (read_from, month) == (str(folder.resolve()), checkpoint.month) else None


def _from_tables(folder: Path, checkpoint: Checkpoint, the_plan: Plan) -> Register:
    names, weeks = _week_columns(folder, checkpoint)
    dream = extract.read(folder, c.DREAM, [c.PERSON, *names])
    persons = _persons(folder, dream[c.PERSON])
    codes = dream[names].to_numpy(dtype=float, na_value=0).astype(np.int16)
    mapping = _mapping(folder, the_plan)
    state = _looked_up(codes, mapping["state_index"], STATES.index(UNKNOWN))
    state[codes == 0] = STATES.index(SELF_SUPPORT)
    censored = _looked_up(codes, mapping[c.CENSORING], 0).astype(bool)
    rows = pd.Series(np.arange(len(persons)), index=persons[c.PERSON])
    cutoff = pd.Timestamp(checkpoint.cutoff)
    municipalities = extract.read(folder, c.MUNICIPALITIES).set_index(c.MUNICIPALITY)
    return Register(
        weeks=weeks,
        state=state,
        active=_looked_up(codes, mapping[c.ACTIVE], 0).astype(bool),
        step=_looked_up(codes, mapping["step_index"], -1),
        observed=~np.logical_or.accumulate(censored, axis=1),
        persons=persons,
        residence=_history(folder, c.RESIDENCE, [c.VALID_FROM, c.VALID_TO], rows, cutoff),
        match=_history(folder, c.MATCH, [c.VALID_FROM], rows, cutoff),
        interventions=_history(folder, c.INTERVENTIONS, [c.START, c.END], rows, cutoff),
        municipalities=municipalities,
        population=_population(folder, cutoff),
        unknown_codes=_unknown(codes, mapping),
        synthetic=extract.is_synthetic(folder),
    )


def at(history: pd.DataFrame, column: str, day: pd.Timestamp, persons: int) -> "pd.Series[float]":
    """Give each person's value of a history on a day: the last that began on or before it and has not ended.

    Parameters
    ----------
    history : DataFrame
        With `person`, `valid_from`, the column, and `valid_to` if values end.
    column : str
        The value.
    persons : int
        How many persons there are.
    """
    valid = history[c.VALID_FROM] <= day
    if c.VALID_TO in history:
        valid &= history[c.VALID_TO].isna() | (history[c.VALID_TO] >= day)
    known = history[valid & history[column].notna()].sort_values(c.VALID_FROM, kind="stable")
    last = known.drop_duplicates("person", keep="last").set_index("person")[column]
    return last.reindex(range(persons)).astype(float)


def week_start(name: str) -> date:
    """Give the Monday of a weekly column such as `y_0953`; raises `ValueError` for a week that is none."""
    found = WEEK_COLUMN.match(name)
    if not found:
        raise ValueError(f"{name!r} is no weekly column")
    year, week = (int(part) for part in found.groups())
    return date.fromisocalendar((1900 if year >= CENTURY_TURN else 2000) + year, week, 1)


def _week_columns(folder: Path, checkpoint: Checkpoint) -> tuple[list[str], pd.DatetimeIndex]:
    path = extract.table_path(folder, c.DREAM)
    starts = {}
    for name in extract.column_names(path):
        if WEEK_COLUMN.match(name):
            try:
                starts[name] = week_start(name)
            except ValueError as error:
                raise DataError(f"the column {name!r} is no week ({error})", where=path, remedy="Remove it") from error
    known = sorted((start, name) for name, start in starts.items() if start <= checkpoint.last_week)
    if not known:
        raise DataError(f"no weekly column on or before {checkpoint.cutoff}", where=path, remedy="Add the columns y_YYWW")
    weeks = pd.DatetimeIndex([start for start, _ in known])
    gaps = np.flatnonzero(np.diff(weeks.to_numpy()) != np.timedelta64(7, "D"))
    if len(gaps):
        raise DataError(
            f"weeks are missing between {known[gaps[0]][1]!r} and {known[gaps[0] + 1][1]!r}",
            where=path,
            remedy="Add the missing weekly columns",
        )
    return [name for _, name in known], weeks


def _persons(folder: Path, order: "pd.Series[str]") -> pd.DataFrame:
    frame = extract.read(folder, c.PERSONS)
    for which, numbers in ((c.PERSONS, frame[c.PERSON]), (c.DREAM, order)):
        if numbers.duplicated().any():
            count = int(numbers.duplicated().sum())
            raise DataError(
                f"{count} persons stand twice",
                where=extract.table_path(folder, which),
                remedy="Keep one row per person",
            )
    found = frame.set_index(c.PERSON).reindex(order)
    return pd.DataFrame(
        {
            c.PERSON: order.to_numpy(),
            "sex": found[c.SEX].to_numpy(),
            "birth_year": extract.dates(folder, c.PERSONS, found[c.BIRTH_DATE]).dt.year.to_numpy(),
            "origin": found[c.ORIGIN].map(ORIGINS).to_numpy(),
        }
    )


def _mapping(folder: Path, the_plan: Plan) -> pd.DataFrame:
    frame = extract.read(folder, c.CODES)
    path = extract.table_path(folder, c.CODES)
    steps = [step.key for step in the_plan.staircase]
    for column, known in ((c.STATE, list(STATES)), (c.STEP, steps)):
        wrong = frame[frame[column].notna() & ~frame[column].isin(known)]
        if len(wrong):
            raise DataError(
                f"row {wrong.index[0] + 2}, column {column!r}: {wrong[column].iloc[0]!r} is not known",
                where=path,
                remedy=f"Use one of {', '.join(known)}",
            )
    if frame[c.CODE].duplicated().any():
        code = frame.loc[frame[c.CODE].duplicated(), c.CODE].iloc[0]
        raise DataError(f"the code {code} stands twice", where=path, remedy="Keep one row per code")
    return frame.assign(
        state_index=frame[c.STATE].map(STATES.index),
        step_index=frame[c.STEP].map(lambda s: steps.index(s) if isinstance(s, str) else -1),
    ).set_index(c.CODE)


def _looked_up(codes: NDArray[np.int16], values: "pd.Series[int]", default: int) -> NDArray[np.int8]:
    table = np.full(1000, default, dtype=np.int8)
    table[values.index.to_numpy(dtype=int)] = values.to_numpy(dtype=np.int8)
    return table[np.clip(codes, 0, 999)]


def _unknown(codes: NDArray[np.int16], mapping: pd.DataFrame) -> "pd.Series[int]":
    present, counts = np.unique(codes, return_counts=True)
    found = pd.Series(counts, index=present).drop(labels=[0], errors="ignore")
    return found[~found.index.isin(mapping.index)]


def _history(folder: Path, name: str, date_columns: list[str], rows: "pd.Series[int]", cutoff: pd.Timestamp) -> pd.DataFrame:
    frame = extract.read(folder, name)
    for column in date_columns:
        frame[column] = extract.dates(folder, name, frame[column])
    frame = frame.assign(person=frame[c.PERSON].map(rows)).drop(columns=c.PERSON)
    known = frame[frame["person"].notna() & (frame[date_columns[0]] <= cutoff)].copy()
    known["person"] = known["person"].astype(int)
    if len(date_columns) > 1:
        # An end after the cut-off is not known yet.
        known[date_columns[1]] = known[date_columns[1]].where(known[date_columns[1]] <= cutoff)
    return known.reset_index(drop=True)


def _population(folder: Path, cutoff: pd.Timestamp) -> pd.DataFrame:
    frame = extract.read(folder, c.POPULATION)
    frame[c.REFERENCE] = extract.dates(folder, c.POPULATION, frame[c.REFERENCE])
    return frame[frame[c.REFERENCE] <= cutoff].reset_index(drop=True)
