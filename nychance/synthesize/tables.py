"""The extract's tables, in the layout of the real registers, from one chunk of synthetic persons."""

from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from nychance import columns
from nychance.errors import DataError
from nychance.paths import public_directory
from nychance.synthesize import interventions
from nychance.synthesize.careers import Careers
from nychance.synthesize.clock import FIRST_MONDAY, MONDAYS, MONTHS, WEEKS, epoch_day, week_column, week_of
from nychance.synthesize.persons import DANISH, Persons
from nychance.synthesize.settings import KINDS, STATES, State

Ints = NDArray[np.int64]

# In use in the register, missing from the mapping: a reader must cope with codes that it does not know.
UNKNOWN_CODE: Final = 299
UNKNOWN_SHARE: Final = 0.025
MISSING: Final = {
    "birth": 0.003,
    "origin": 0.005,
    "match": 0.04,
    "end": 0.02,
    "company": 0.03,
    "industry": 0.015,
}
INDUSTRIES: Final = ("812100", "561010", "471110", "873020", "493210", "107110", "412000", "521000", "889130")
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


def codes_path() -> Path:
    """Tell where the example mapping of transfer codes is."""
    return public_directory().parent / "codes" / "dream-example.csv"


def code_table() -> NDArray[np.int16]:
    """Choose the transfer code of each state from the example mapping.

    Returns
    -------
    ndarray of int16, shape (16, states)
        A row for each combination of four traits, given by bits: on start help or introduction benefit (1),
        in rehabilitation (2), on the second education code (4), offers under the unknown code (8). Blank: 0.

    Raises
    ------
    DataError
        If the mapping lacks a state.
    """
    mapping = pd.read_csv(codes_path(), keep_default_na=False)
    result = np.zeros((16, STATES), dtype=np.int16)
    for state, source in SOURCES.items():
        result[:, state] = _code(mapping, *source)
    bits = np.arange(16)
    newcomer, rehabilitation, second, unknown = ((bits & bit) > 0 for bit in (1, 2, 4, 8))
    result[newcomer, State.PASSIVE] = _code(mapping, "passive", "", "starthjælp")
    result[newcomer, State.PREPARATION] = _code(mapping, "active", "preparation", "starthjælp")
    result[rehabilitation, State.CLARIFICATION] = _code(mapping, "active", "clarification", "revalidering")
    result[second, State.EDUCATION] = _code(mapping, "education", "", "", last=True)
    result[unknown, State.UNEMPLOYED_OFFER] = UNKNOWN_CODE
    return result


def lay_out(
    first: int,
    persons: Persons,
    careers: Careers,
    municipalities: Ints,
    codes: NDArray[np.int16],
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
    codes : ndarray of int16, shape (16, states)
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


def _code(mapping: pd.DataFrame, state: str, step: str, benefit: str, last: bool = False) -> int:
    fits = mapping[columns.STEP].eq(step) & mapping["benefit"].str.startswith(benefit)
    found = mapping.loc[fits & mapping[columns.STATE].eq(state), columns.CODE]
    if found.empty:
        raise DataError(f"no code for {state} {step} {benefit}".rstrip(), where=codes_path(), remedy="Restore the mapping")
    return int(found.iloc[-1 if last else 0])


def _dream(names: pa.Array, persons: Persons, careers: Careers, codes: NDArray[np.int16], rng: np.random.Generator) -> pa.Table:
    draw = rng.random((3, len(persons))) < np.array([[0.30], [0.35], [UNKNOWN_SHARE]])
    traits = persons.newcomer + 2 * draw[0] + 4 * draw[1] + 8 * draw[2]
    offset = (traits * STATES).astype(np.int16)
    flat = codes.ravel()
    table = {columns.PERSON: names}
    for monday, state in zip(MONDAYS, careers.states, strict=True):
        code = flat[offset + state]
        table[week_column(monday)] = pa.array(code, mask=code == 0)
    return pa.table(table | _employment(careers, rng))


def _employment(careers: Careers, rng: np.random.Generator) -> dict[str, pa.Array]:
    count = careers.states.shape[1]
    employable = rng.random(count) < 0.82
    usual = np.where(rng.random(count) < 0.6, 1.0, rng.uniform(0.25, 0.95, count))
    first = rng.integers(len(INDUSTRIES), size=count)
    industries, ratios = {}, {}
    for day in MONTHS:
        week = week_of(day)
        state = careers.states[week]
        works = (employable & (state == State.SELF)) | (state == State.SUPPORTED) | (state == State.WAGE_SUBSIDY)
        works &= rng.random(count) >= MISSING["industry"]
        ratio = np.where(state == State.SUPPORTED, 0.5, usual) + rng.normal(0, 0.04, count)
        industry = ((first + careers.exits[week]) % len(INDUSTRIES)).astype(np.int8)
        suffix = f"{day:%Y_%m}"
        industries[f"branche_{suffix}"] = pa.DictionaryArray.from_arrays(
            pa.array(industry, mask=~works), pa.array(INDUSTRIES)
        ).cast(pa.string())
        ratios[f"grad_{suffix}"] = pa.array(np.round(np.clip(ratio, 0.02, 1), 2), mask=~works)
    return industries | ratios


def _persons(names: pa.Array, persons: Persons, rng: np.random.Generator) -> pa.Table:
    missing = rng.random((2, len(persons)))
    groups = np.where(persons.origin == DANISH, 0, np.where(persons.western, 1, 2))
    return pa.table(
        {
            columns.PERSON: names,
            columns.SEX: pa.array(np.array(["M", "K"], dtype=object)[persons.woman.astype(np.int8)]),
            columns.BIRTH_DATE: _dates(persons.born, missing[0] < MISSING["birth"]),
            columns.ORIGIN: pa.array(persons.origin.astype(np.int8), mask=missing[1] < MISSING["origin"]),
            columns.COUNTRY_GROUP: pa.array(np.array(["DK", "V", "IV"], dtype=object)[groups]),
        }
    )


def _residence(names: pa.Array, persons: Persons, careers: Careers, municipalities: Ints, rng: np.random.Generator) -> pa.Table:
    count, start = len(persons), epoch_day(FIRST_MONDAY)
    since = np.maximum(start - 1 - rng.integers(0, 5000, count), persons.born)
    week, mover, target = careers.moves
    person = np.concatenate([np.arange(count), mover])
    place = np.concatenate([persons.municipality, target])
    begins = np.concatenate([since, start + 7 * week])
    order = np.lexsort((begins, person))
    person, place, begins = person[order], place[order], begins[order]
    gone = careers.gone[person].astype(np.int64)
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


def _match(names: pa.Array, careers: Careers, rng: np.random.Generator) -> pa.Table:
    week, person, category = careers.reviews
    order = np.lexsort((week, person))
    days = epoch_day(FIRST_MONDAY) + 7 * week[order] + rng.integers(0, 5, len(order))
    return pa.table(
        {
            columns.PERSON: names.take(pa.array(person[order])),
            columns.VALID_FROM: _dates(days),
            columns.MATCH_CATEGORY: pa.array(category[order].astype(np.int8), mask=rng.random(len(order)) < MISSING["match"]),
        }
    )


def _interventions(names: pa.Array, careers: Careers, rng: np.random.Generator) -> pa.Table:
    records = interventions.records(careers.support, careers.states)
    count, monday = len(records.person), epoch_day(FIRST_MONDAY)
    ongoing = (records.end >= WEEKS) | (rng.random(count) < MISSING["end"])
    company = rng.integers(len(interventions.COMPANIES), size=count)
    at_company = (records.kind == interventions.PACKAGE) | (records.kind == interventions.MENTOR)
    unnamed = ~at_company | (rng.random(count) < MISSING["company"])
    return pa.table(
        {
            columns.PERSON: names.take(pa.array(records.person)),
            columns.KIND: pa.array(KINDS).take(pa.array(records.kind)),
            columns.START: _dates(monday + 7 * records.start),
            columns.END: _dates(monday + 7 * records.end - 1, ongoing),
            columns.COMPANY: pa.array(interventions.COMPANIES).take(pa.array(company, mask=unnamed)),
            columns.SECTOR: pa.array(interventions.SECTORS).take(pa.array(company, mask=~at_company)),
        }
    )


def _dates(days: Ints, missing: NDArray[np.bool_] | None = None) -> pa.Array:
    return pa.array(days.astype(np.int32), mask=missing).cast(pa.date32())
