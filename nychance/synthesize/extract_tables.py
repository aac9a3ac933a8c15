"""The extract's tables, laid out as the real registers, for a chunk of synthetic persons."""

from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from evalbook.errors import DataError
from evalbook.paths import public_directory
from nychance import columns
from nychance.synthesize import interventions
from nychance.synthesize.careers import Careers
from nychance.synthesize.clock import (
    FIRST_MONDAY,
    MONDAYS,
    MONTHS,
    WEEKS,
    epoch_day,
    week_column,
    week_of,
)
from nychance.synthesize.persons import DANISH, Persons
from nychance.synthesize.settings import KINDS
from nychance.synthesize.states import STATES, State

Ints = NDArray[np.int64]
Codes = NDArray[np.int16]

# In use in the register, missing from the mapping: a reader must cope with codes that it does not
# know.
UNKNOWN_CODE: Final = 299
# Shares of values that are missing at random, by column; real extracts lack a few per mille of
# what the state registers and a few per cent of what case workers fill in.
MISSING: Final = {
    columns.BIRTH_DATE: 0.003,
    columns.ORIGIN: 0.005,
    columns.MATCH_CATEGORY: 0.04,
    columns.END: 0.02,
    columns.COMPANY: 0.03,
    "branche": 0.015,
}
# Examples laid out as codes of the Danish Industrial Classification 2007.
INDUSTRIES: Final = (
    "812100",
    "561010",
    "471110",
    "873020",
    "493210",
    "107110",
    "412000",
    "521000",
    "889130",
)
# Work: who has a job in blank weeks, how many of these full time, what part others and those in
# flex jobs work, and how far a month lies off the usual.
EMPLOYABLE_SHARE: Final = 0.82
FULL_TIME_SHARE: Final = 0.6
PART_TIME: Final = (0.25, 0.95)
FLEX_JOB_TIME: Final = 0.5
TIME_SD: Final = 0.04
LEAST_TIME: Final = 0.02
# Longest stay before the first week, in days.
LONGEST_STAY: Final = 5000
# Where each state's code is found in the mapping: state, step, beginning of the benefit's name.
SOURCES: Final = {
    State.PASSIVE: ("passive", "", "kontanthjælp"),
    State.PREPARATION: ("active", "preparation", "kontanthjælp"),
    State.CLARIFICATION: ("active", "clarification", "kontanthjælp"),
    State.WORK_TRIAL: ("active", "work-trial", "kontanthjælp"),
    State.JOB_PACKAGE: ("active", "job-package", ""),
    State.WAGE_SUBSIDY: ("active", "wage-subsidy", ""),
    State.SICK: ("sick", "", ""),
    State.UNEMPLOYED: ("unemployment-benefit", "", "dagpenge"),
    State.UNEMPLOYED_OFFER: ("unemployment-benefit", "work-trial", "dagpenge"),
    State.EDUCATION: ("education", "", ""),
    State.LEAVE: ("leave", "", ""),
    State.SUPPORTED: ("supported-job", "", ""),
    State.PENSION: ("pension", "", ""),
    State.EMIGRATED: ("emigrated", "", ""),
    State.RETIRED: ("retired", "", ""),
    State.DEAD: ("dead", "", ""),
}
# Newcomers are on start help or introduction benefit instead of cash benefit.
NEWCOMER_SOURCES: Final = {
    State.PASSIVE: ("passive", "", "starthjælp"),
    State.PREPARATION: ("active", "preparation", "starthjælp"),
}
REHABILITATION: Final = ("active", "clarification", "revalidering")
# Shares of persons who have a state's other code: rehabilitation, the second education code, the
# unknown one.
OTHER_CODE_SHARES: Final = {
    State.CLARIFICATION: 0.30,
    State.EDUCATION: 0.35,
    State.UNEMPLOYED_OFFER: 0.025,
}


def codes_path() -> Path:
    """Return where the example mapping of transfer codes is."""
    return public_directory().parent / "codes" / "dream-example.csv"


def code_table() -> Codes:
    """Return the transfer codes of each state in the example mapping.

    Returns
    -------
    ndarray of int16, shape (2, states)
        The usual code and the other one (see `NEWCOMER_SOURCES` and `OTHER_CODE_SHARES`); 0 is a
        blank.

    Raises
    ------
    DataError
        If the mapping does not exist or lacks a state.
    """
    try:
        mapping = pd.read_csv(codes_path(), keep_default_na=False)
    except FileNotFoundError as error:
        raise DataError(
            "the file does not exist", where=codes_path(), remedy="Restore it from the repository"
        ) from error
    result = np.zeros((2, STATES), dtype=np.int16)
    for state, source in SOURCES.items():
        result[:, state] = _codes(mapping, *source)[0]
    for state, source in NEWCOMER_SOURCES.items():
        result[1, state] = _codes(mapping, *source)[0]
    result[1, State.CLARIFICATION] = _codes(mapping, *REHABILITATION)[0]
    result[1, State.EDUCATION] = _codes(mapping, *SOURCES[State.EDUCATION])[-1]
    result[1, State.UNEMPLOYED_OFFER] = UNKNOWN_CODE
    return result


def lay_out(
    first: int,
    persons: Persons,
    careers: Careers,
    municipalities: Ints,
    codes: Codes,
    rng: np.random.Generator,
) -> dict[str, pa.Table]:
    """Write a chunk as the registers' tables.

    Parameters
    ----------
    first : int
        Number of the chunk's first person.
    persons : Persons
        Who they are.
    careers : Careers
        What happened to them.
    municipalities : ndarray of int, shape (municipalities,)
        The municipalities' codes.
    codes : ndarray of int16, shape (2, states)
        As `code_table` gives it.
    rng : numpy.random.Generator
        The source of what is missing and of employment.

    Returns
    -------
    dict of str to pyarrow.Table
        `dream`, `persons`, `residence`, `match` and `interventions`; missing values are null.
    """
    names = pa.array([f"S{number:08d}" for number in range(first, first + len(persons))])
    return {
        columns.DREAM: _dream(names, persons, careers, codes, rng),
        columns.PERSONS: _persons(names, persons, rng),
        columns.RESIDENCE: _residence(names, persons, careers, municipalities, rng),
        columns.MATCH: _match(names, careers, rng),
        columns.INTERVENTIONS: _interventions(names, careers, rng),
    }


def _codes(mapping: pd.DataFrame, state: str, step: str, benefit: str) -> list[int]:
    fits = (
        mapping[columns.STATE].eq(state)
        & mapping[columns.STEP].eq(step)
        & mapping["benefit"].str.startswith(benefit)
    )
    if not fits.any():
        raise DataError(
            f"no code for {state} {step} {benefit}".rstrip(),
            where=codes_path(),
            remedy="Restore the mapping",
        )
    return [int(code) for code in mapping.loc[fits, columns.CODE]]


def _dream(
    names: pa.Array, persons: Persons, careers: Careers, codes: Codes, rng: np.random.Generator
) -> pa.Table:
    own = _own_codes(persons, codes, rng).ravel()
    row = STATES * np.arange(len(persons))
    weeks = {}
    for monday, state in zip(MONDAYS, careers.states, strict=True):
        code = own[row + state]
        weeks[week_column(monday)] = pa.array(code, mask=code == 0)
    return pa.table({columns.PERSON: names} | weeks | _employment(careers.states, rng))


def _own_codes(persons: Persons, codes: Codes, rng: np.random.Generator) -> Codes:
    """Draw each person's code of each state, shape (persons, states)."""
    other = np.zeros((len(persons), STATES), dtype=np.bool_)
    for state in NEWCOMER_SOURCES:
        other[:, state] = persons.newcomer
    for state, share in OTHER_CODE_SHARES.items():
        other[:, state] = rng.random(len(persons)) < share
    own: Codes = np.where(other, codes[1], codes[0])
    return own


def _employment(states: NDArray[np.int8], rng: np.random.Generator) -> dict[str, pa.Array]:
    count = states.shape[1]
    employable = rng.random(count) < EMPLOYABLE_SHARE
    usual = np.where(rng.random(count) < FULL_TIME_SHARE, 1.0, rng.uniform(*PART_TIME, count))
    first = rng.integers(len(INDUSTRIES), size=count)
    # Whoever comes back to work does so in another industry.
    jobs = np.cumsum((states[1:] == State.SELF) & (states[:-1] != State.SELF), axis=0)
    industries, ratios = {}, {}
    for day in MONTHS:
        state = states[week_of(day)]
        works = (
            (employable & (state == State.SELF))
            | (state == State.SUPPORTED)
            | (state == State.WAGE_SUBSIDY)
        )
        works &= rng.random(count) >= MISSING["branche"]
        ratio = np.where(state == State.SUPPORTED, FLEX_JOB_TIME, usual) + rng.normal(
            0, TIME_SD, count
        )
        industry = (first + jobs[week_of(day) - 1]) % len(INDUSTRIES)
        suffix = f"{day:%Y_%m}"
        industries[f"branche_{suffix}"] = pa.array(INDUSTRIES).take(pa.array(industry, mask=~works))
        ratios[f"grad_{suffix}"] = pa.array(np.round(np.clip(ratio, LEAST_TIME, 1), 2), mask=~works)
    return industries | ratios


def _persons(names: pa.Array, persons: Persons, rng: np.random.Generator) -> pa.Table:
    missing = rng.random((2, len(persons)))
    groups = np.where(persons.origin == DANISH, 0, np.where(persons.western, 1, 2))
    return pa.table(
        {
            columns.PERSON: names,
            columns.SEX: pa.array(
                np.array(["M", "K"], dtype=object)[persons.woman.astype(np.int8)]
            ),
            columns.BIRTH_DATE: _dates(persons.born, missing[0] < MISSING[columns.BIRTH_DATE]),
            columns.ORIGIN: pa.array(
                persons.origin.astype(np.int8), mask=missing[1] < MISSING[columns.ORIGIN]
            ),
            columns.COUNTRY_GROUP: pa.array(np.array(["DK", "V", "IV"], dtype=object)[groups]),
        }
    )


def _residence(
    names: pa.Array,
    persons: Persons,
    careers: Careers,
    municipalities: Ints,
    rng: np.random.Generator,
) -> pa.Table:
    count, start = len(persons), epoch_day(FIRST_MONDAY)
    since = np.maximum(start - 1 - rng.integers(0, LONGEST_STAY, count), persons.born)
    week, mover, target = careers.moves
    person = np.concatenate([np.arange(count), mover])
    place = np.concatenate([persons.municipality, target])
    begins = np.concatenate([since, start + 7 * week])
    order = np.lexsort((begins, person))
    person, place, begins = person[order], place[order], begins[order]
    gone = _first_week_gone(careers.states)[person]
    last = np.append(person[1:] != person[:-1], True)
    ends = np.where(last, start + 7 * gone, np.append(begins[1:], 0)) - 1
    return pa.table(
        {
            columns.PERSON: names.take(pa.array(person)),
            columns.MUNICIPALITY: pa.array(municipalities[place].astype(np.int16)),
            columns.VALID_FROM: _dates(begins),
            columns.VALID_TO: _dates(ends, last & (gone == WEEKS)),
        }
    )


def _first_week_gone(states: NDArray[np.int8]) -> Ints:
    """Return the first week in which each person is dead or has emigrated, or `WEEKS`."""
    gone = (states == State.DEAD) | (states == State.EMIGRATED)
    return np.where(gone[-1], gone.argmax(axis=0), WEEKS)


def _match(names: pa.Array, careers: Careers, rng: np.random.Generator) -> pa.Table:
    week, person, category = careers.reviews
    order = np.lexsort((week, person))
    days = epoch_day(FIRST_MONDAY) + 7 * week[order] + rng.integers(0, 5, len(order))
    return pa.table(
        {
            columns.PERSON: names.take(pa.array(person[order])),
            columns.VALID_FROM: _dates(days),
            columns.MATCH_CATEGORY: pa.array(
                category[order].astype(np.int8),
                mask=rng.random(len(order)) < MISSING[columns.MATCH_CATEGORY],
            ),
        }
    )


def _interventions(names: pa.Array, careers: Careers, rng: np.random.Generator) -> pa.Table:
    records = interventions.records(careers.support, careers.states)
    count, monday = len(records.person), epoch_day(FIRST_MONDAY)
    ongoing = (records.end >= WEEKS) | (rng.random(count) < MISSING[columns.END])
    company = rng.integers(len(interventions.COMPANIES), size=count)
    at_company = (records.kind == interventions.PACKAGE) | (records.kind == interventions.MENTOR)
    unnamed = ~at_company | (rng.random(count) < MISSING[columns.COMPANY])
    return pa.table(
        {
            columns.PERSON: names.take(pa.array(records.person)),
            columns.KIND: pa.array(KINDS).take(pa.array(records.kind)),
            columns.START: _dates(monday + 7 * records.start),
            columns.END: _dates(monday + 7 * records.end - 1, ongoing),
            columns.COMPANY: pa.array(interventions.COMPANIES).take(
                pa.array(company, mask=unnamed)
            ),
            columns.SECTOR: pa.array(interventions.SECTORS).take(
                pa.array(company, mask=~at_company)
            ),
        }
    )


def _dates(days: Ints, missing: NDArray[np.bool_] | None = None) -> pa.Array:
    return pa.array(days.astype(np.int32), mask=missing).cast(pa.date32())
