"""Invariance to the order of rows, the size of chunks, the number of threads and the hash seed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from evalbook import plan
from evalbook.models import transition_matrix
from nychance import columns as c
from nychance import extract
from nychance.measures import flow, spells
from nychance.register import STATES, chunks, histories, read_register, runs
from tests.lib.measured import everything, written

THE_PLAN = plan.load()
CHECKPOINT = THE_PLAN.checkpoint("2008-03")
DAY = pd.Timestamp("2008-01-01")
ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def register(extract_folder):
    return read_register(extract_folder, CHECKPOINT, THE_PLAN)


@pytest.fixture(scope="module")
def measured(register):
    return {name: written(found) for name, found in everything(register, THE_PLAN).items()}


def differing(found, expected):
    return [name for name in expected if found[name] != expected[name]]


def test_order_of_rows_and_columns_does_not_matter(extract_folder, measured, tmp_path):
    for name in extract.REQUIRED:
        # The weeks are columns of the file, and not of a table that the package knows.
        dream = extract_folder / "dream.parquet"
        table = pd.read_parquet(dream) if name == c.DREAM else extract.read(extract_folder, name)
        table = table.sample(frac=1, random_state=1)
        table[table.columns[::-1]].to_parquet(tmp_path / f"{name}.parquet", index=False)
    mixed = everything(read_register(tmp_path, CHECKPOINT, THE_PLAN), THE_PLAN)
    assert differing({name: written(found) for name, found in mixed.items()}, measured) == []


@pytest.mark.parametrize("places", [[101, 461], [461, 101]])
@pytest.mark.parametrize("turn", [1, -1])
def test_of_two_municipalities_from_the_same_day_the_greater_counts(places, turn):
    given = pd.DataFrame(
        {
            c.PERSON: "a",
            "note": ["x", "y"],
            c.MUNICIPALITY: places,
            c.VALID_FROM: DAY,
            c.VALID_TO: [pd.NaT, DAY],
        }
    )
    read = histories.of({c.RESIDENCE: given[given.columns[::turn]]}, pd.Series(["a"]), DAY)
    assert histories.at(read.tables[c.RESIDENCE], c.MUNICIPALITY, DAY, 1).tolist() == [461]


def test_hash_seed_and_threads_do_not_matter(extract_folder, measured):
    # This process has all threads and a hash seed of its own, the other one thread and another
    # seed.
    hash_seed = "0" if os.environ.get("PYTHONHASHSEED") != "0" else "1"
    counts = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "ARROW_NUM_THREADS"), "1")
    done = subprocess.run(
        [sys.executable, "-m", "tests.lib.measured", str(extract_folder), CHECKPOINT.month],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": hash_seed, **counts},
        capture_output=True,
        text=True,
        check=True,
    )
    assert differing(json.loads(done.stdout), measured) == []


def states_and_weeks(register):
    """Tables that add up over persons."""
    group = register.on_benefit[:, 60]
    kinds = len(STATES)
    between = flow.transitions(register, 60, len(register.weeks) - 1, group)
    return (
        between.frame().groupby(["before", "after"], observed=False).size().to_numpy(),
        spells.weekly_transitions(register.state, kinds),
        np.bincount(spells.state_spells(register)[1], minlength=kinds),
        len(spells.exits(register, len(register.weeks) - 1, 4).person),
        len(spells.benefit_spells(register, len(register.weeks) - 1, 4)),
    )


@pytest.mark.parametrize("persons", [999, 10_000])
def test_chunks_add_up_to_the_whole(extract_folder, register, persons):
    expected = states_and_weeks(register)
    parts = [
        states_and_weeks(part)
        for part in chunks(extract_folder, CHECKPOINT, THE_PLAN, persons=persons)
    ]
    for found, whole in zip(zip(*parts, strict=True), expected, strict=True):
        assert np.array_equal(sum(found), whole)


@pytest.mark.parametrize("block", [1, 7, 100_000])
def test_size_of_blocks_does_not_matter(register, block, monkeypatch):
    few = register.state[:500]
    expected = runs.runs_of(few), runs.runs(few == 1), spells.weekly_transitions(few, len(STATES))
    monkeypatch.setattr(runs, "BLOCK", block)
    (of_all, state), of_one, moves = (
        runs.runs_of(few),
        runs.runs(few == 1),
        spells.weekly_transitions(few, len(STATES)),
    )
    for found, whole in zip(
        (*of_all, state, *of_one, moves),
        (*expected[0][0], expected[0][1], *expected[1], expected[2]),
        strict=True,
    ):
        assert np.array_equal(found, whole)
        assert found.dtype == whole.dtype


# -- spells and weekly moves the long way round ----------------------------------------------------


def test_spells_agree_with_a_count_week_by_week(register):
    few = register.state[:300]
    expected = []
    for person, weeks in enumerate(few):
        begin = 0
        for week in range(1, len(weeks) + 1):
            if week == len(weeks) or weeks[week] != weeks[begin]:
                expected.append((person, begin, week - begin, weeks[begin]))
                begin = week
    found, state = runs.runs_of(few)
    assert list(zip(*found, state, strict=True)) == expected
    passive = runs.runs(few == 1)
    assert list(zip(*passive, strict=True)) == [spell[:3] for spell in expected if spell[3] == 1]


def test_weekly_moves_agree_with_the_transition_matrix_of_all_weeks(register):
    few = register.state[:400, :30]
    table = pd.DataFrame(
        {
            week: pd.Categorical.from_codes(few[:, week], pd.Index(STATES))
            for week in range(few.shape[1])
        }
    )
    origin = register.persons["origin"].iloc[:400].astype("str").fillna("unknown")
    codes, labels = pd.factorize(origin, sort=True)
    # Groups may come as the bytes that categories are coded in.
    found = spells.weekly_transitions(
        few, len(STATES), 40 * codes.astype(np.int8), 40 * len(labels)
    )[::40]
    by_origin = transition_matrix(table, by=origin)
    for code, label in enumerate(labels):
        assert np.array_equal(found[code], by_origin[label].counts)
    assert np.array_equal(
        spells.weekly_transitions(few, len(STATES))[0], transition_matrix(table).counts
    )
