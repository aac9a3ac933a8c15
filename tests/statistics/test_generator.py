"""What the generator builds in can be found again, and what it claims of the world holds."""

import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from nychance import columns as c
from nychance import plan
from nychance.errors import UsageError
from nychance.register import read_register
from nychance.synthesize import synthesize, write
from tests.conftest import ROOT

SEEDS = (1, 2)


def register_of(folder):
    the_plan = plan.load()
    return read_register(folder, the_plan.checkpoints[-1], the_plan)


@pytest.fixture(scope="module")
def registers(tmp_path_factory):
    """Registers with and without effects, by seed."""
    found = {}
    for seed in SEEDS:
        for effects in (True, False):
            folder = tmp_path_factory.mktemp("truth") / "extract"
            synthesize(folder, persons=20_000, seed=seed, effects=effects)
            found[seed, effects] = register_of(folder)
    return found


@pytest.fixture(scope="module")
def truth(extract_folder):
    return json.loads((extract_folder / "truth.json").read_text())


def did_of_log_hazard(register, origin, destination):
    """Difference-in-differences, method less comparison and after less before, of the log weekly hazard."""
    start = register.week_at(plan.load().definitions.method_start)
    role = register.role_at(start).to_numpy()
    logs = {}
    for name in ("method", "comparison"):
        for period, weeks in (("before", slice(0, start)), ("after", slice(start, None))):
            here = origin[role == name][:, weeks][:, :-1]
            there = destination[role == name][:, weeks][:, 1:]
            logs[name, period] = np.log((here & there).sum() / here.sum())
    return (logs["method", "after"] - logs["method", "before"]) - (logs["comparison", "after"] - logs["comparison", "before"])


def started(register):
    return did_of_log_hazard(register, register.is_state("passive"), register.is_state("active"))


def left(register):
    on_benefit = register.is_state("passive", "active")
    return did_of_log_hazard(register, on_benefit, register.is_state("self-support"))


@pytest.mark.parametrize(("measure", "effect"), [(started, "passive_to_active"), (left, "exit_to_self_support")])
def test_effects_are_found_again(registers, truth, measure, effect):
    built_in = np.log(truth["effects"][effect]["value"])
    found = np.mean([measure(registers[seed, True]) - measure(registers[seed, False]) for seed in SEEDS])
    # Those who start or leave easily do so first, so that the average hazard understates the factor; other effects add to it.
    assert 0.5 * built_in < found < 2 * built_in


@pytest.mark.parametrize("measure", [started, left])
def test_without_effects_nothing_is_found(registers, measure):
    assert abs(np.mean([measure(registers[seed, False]) for seed in SEEDS])) < 0.08


def test_population_lies_within_the_ranges_of_the_programme(extract_folder):
    population = pd.read_parquet(extract_folder / "population.parquet")
    roles = pd.read_csv(extract_folder / "municipalities.csv", sep=";", encoding="latin-1").set_index(c.MUNICIPALITY)[c.ROLE]
    when = pd.to_datetime(population[c.REFERENCE]) == "2007-01-01"
    here = population[when & population[c.MUNICIPALITY].map(roles).eq("method")]
    everyone = here.groupby(c.MUNICIPALITY).sum(numeric_only=True)
    minority = here[here[c.GROUP] != "danish"].groupby(c.MUNICIPALITY).sum(numeric_only=True)
    shares = {
        "minorities": (minority[c.WORKING_AGE] / everyone[c.WORKING_AGE], 0.05, 0.25),
        "employed": (minority[c.EMPLOYED] / minority[c.WORKING_AGE], 0.43, 0.57),
        "outside": (minority[c.OUTSIDE] / minority[c.WORKING_AGE], 1 / 3, 1 / 2),
        "target": (minority[c.NYCHANCE_TARGET] / everyone[c.NYCHANCE_TARGET], 0.25, 0.50),
        "supported": (minority[c.PUBLIC_SUPPORT] / everyone[c.PUBLIC_SUPPORT], 0.10, 0.25),
    }
    assert {name: (least, most) for name, (s, least, most) in shares.items() if s.min() < least or s.max() > most} == {}


def test_outcomes_depend_on_match_category_and_origin(registers):
    register = registers[1, False]
    week = 60
    match = register.match_at(week)
    time = pd.Series(register.is_state("self-support")[:, week : week + 52].mean(axis=1))
    on_benefit = pd.Series(register.is_state("passive")[:, week])
    by_match = time[on_benefit].groupby(match[on_benefit]).mean()
    assert by_match.is_monotonic_decreasing
    sick = pd.Series(register.is_state("sick").mean(axis=1)).groupby(register.persons["origin"]).mean()
    assert sick["immigrant"] > sick["danish"]


def test_municipalities_are_very_unequal_in_size(registers):
    sizes = registers[1, True].municipality_at(0).value_counts()
    assert sizes.max() > 5 * sizes.min()


def test_tables_do_not_depend_on_the_hash_seed(tmp_path, monkeypatch):
    code = "import sys, pathlib; from nychance.synthesize import synthesize; synthesize(pathlib.Path(sys.argv[1]), 1000, 7)"
    for seed in ("1", "2"):
        monkeypatch.setenv("PYTHONHASHSEED", seed)
        subprocess.run([sys.executable, "-c", code, str(tmp_path / seed)], check=True)
    first, second = ({p.name: p.read_bytes() for p in (tmp_path / seed).iterdir()} for seed in ("1", "2"))
    assert first == second


def test_another_seed_gives_another_extract(tmp_path):
    for seed in (1, 2):
        synthesize(tmp_path / str(seed), persons=1000, seed=seed)
    assert (tmp_path / "1" / "dream.parquet").read_bytes() != (tmp_path / "2" / "dream.parquet").read_bytes()


def test_foreign_folder_is_left_alone(tmp_path):
    (tmp_path / "letters.txt").write_text("keep me")
    with pytest.raises(UsageError, match="left alone"):
        synthesize(tmp_path, persons=1000)
    assert [p.name for p in tmp_path.iterdir()] == ["letters.txt"]


def test_full_disk_leaves_nothing_half_written(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(write.Extract, "add", full)
    with pytest.raises(UsageError, match="No space left"):
        synthesize(tmp_path / "demo", persons=1000)
    assert list(tmp_path.iterdir()) == []


def test_only_the_generator_knows_the_truth():
    # `extract` asks whether the file is there, which says that the persons are synthetic, and never opens it.
    knowing = {"extract.py", "write.py", "__init__.py"}
    readers = [*ROOT.glob("notebooks/*.ipynb"), *(p for p in ROOT.glob("nychance/**/*.py") if p.name not in knowing)]
    assert [p for p in readers if "truth" in p.read_text().lower()] == []
