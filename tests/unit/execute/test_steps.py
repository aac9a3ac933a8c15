"""Steps run when something that they depend on has changed, and say why."""

import os
import signal
import subprocess
import sys
import time

import pytest

from evalbook.errors import DataError
from evalbook.execute.pools import Pool
from evalbook.execute.steps import Step, outdated, run
from tests.lib.progress import Silent


class World:
    """Files as a dict, and steps that copy one to another."""

    def __init__(self, memory):
        self.memory = memory
        self.files = {"a": "1", "b": "1", "read": "1"}
        self.ran = []

    def step(self, name, act=None, size=0, inputs=("a", "b")):
        def copy():
            self.ran.append(name)
            self.files[f"made of {name}"] = self.files["a"]
            return {"read": self.files["read"]}

        return Step(
            name,
            act or copy,
            {each: (lambda each=each: self.files.get(each)) for each in inputs},
            lambda: self.files.get(f"made of {name}"),
            self.files.get,
            size=size,
        )

    def run(self, *steps, workers=1):
        return {
            outcome.step.name: outcome.error
            for outcome in run(steps, self.memory, Pool(workers), Silent())
        }

    def why(self, *steps):
        return {step.name: why for step, why in outdated(steps, self.memory).items()}


@pytest.fixture
def world(tmp_path):
    return World(tmp_path / "memory")


def test_what_has_not_run_and_what_nothing_remembers_has_to_run(world):
    step = world.step("one")
    assert world.why(step) == {"one": ["it has not run yet"]}
    world.files["made of one"] = "found here"
    assert world.why(step) == {"one": ["there is no memory of how its results were made"]}


def test_what_is_as_it_was_is_left_alone(world):
    world.run(world.step("one"))
    assert world.why(world.step("one")) == {}


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        ("a", "a changed"),
        ("read", "read changed"),
        ("made of one", "its results were changed or removed"),
    ],
)
def test_each_change_is_named(world, file, reason):
    world.run(world.step("one"))
    world.files[file] = "2"
    assert world.why(world.step("one")) == {"one": [reason]}


def test_what_is_read_no_more_is_named(world):
    world.run(world.step("one"))
    assert world.why(world.step("one", inputs=["a"])) == {"one": ["b is no longer read"]}
    assert world.why(world.step("one", inputs=["a", "b", "c"])) == {}
    world.files["c"] = "1"
    assert world.why(world.step("one", inputs=["a", "b", "c"])) == {"one": ["c changed"]}


def test_an_edit_while_a_step_runs_is_noticed(world):
    def act():
        world.files["made of one"] = world.files["a"]
        world.files["a"] = "edited meanwhile"
        return {}

    world.run(world.step("one", act))
    assert world.why(world.step("one")) == {"one": ["a changed"]}


def test_a_failure_stops_no_other_and_runs_again(world):
    def fail():
        raise DataError("the file is broken", where="data/x.csv", remedy="Mend it")

    done = world.run(world.step("bad", fail), world.step("good"))
    assert done["good"] == ""
    assert "data/x.csv: the file is broken" in done["bad"]
    assert world.why(world.step("bad"), world.step("good")) == {"bad": ["it failed last time"]}
    world.run(world.step("bad"))
    assert world.why(world.step("bad")) == {}


def test_what_takes_long_is_begun_first(world):
    world.run(*(world.step(str(size), size=size) for size in (2, 3, 1)))
    assert world.ran == ["3", "2", "1"]


def test_a_memory_that_was_cut_short_counts_as_none(world):
    world.run(world.step("one"))
    for file in world.memory.glob("*.json"):
        file.write_text("{")
    assert world.why(world.step("one")) == {
        "one": ["there is no memory of how its results were made"]
    }


@pytest.mark.skipif(os.name == "nt", reason="Windows sends no SIGINT to one process")
def test_an_interrupt_ends_what_runs_and_forgets_what_waits(tmp_path):
    program = """
import sys, threading
from pathlib import Path
from evalbook.execute.pools import Pool
from evalbook.execute.steps import Step, run
from tests.lib.progress import Silent

stop = threading.Event()

def act():
    print("begun", flush=True)
    stop.wait(60)
    return {}

steps = [Step(str(i), act, {}, lambda: None) for i in range(5)]
try:
    run(steps, Path(sys.argv[1]), Pool(1, stop=stop.set), Silent())
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""
    command = [sys.executable, "-c", program, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "begun\n"
        begun = time.monotonic()
        process.send_signal(signal.SIGINT)
        assert process.stdout.readline() == "interrupted\n"
    assert time.monotonic() - begun < 10
