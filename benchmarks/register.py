"""How fast a register is counted, and in how much memory: ratios in one run on one machine.

    python -m benchmarks.register            # everything, about five minutes
    python -m benchmarks.register memory     # one part: memory, parquet, measures, national

Each part prints rows of the table in `docs/benchmarks/register.md`. Times are the best of several,
for other work on the machine only ever adds; processor seconds stand beside them. Sizes are those
of the seed's targets: 200,000 and 5,000,000 persons, 157 weeks (2007-2009).
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from evalbook import plan
from evalbook.plan import Checkpoint
from evalbook.sdc import Persons
from nychance import columns as c
from nychance.measures import flow, spells, staircase
from nychance.measures.groups import groups
from nychance.register import STATES, chunks, read_register
from nychance.register.runs import runs_of
from nychance.register.weeks import WEEK_COLUMN
from nychance.synthesize import synthesize
from tests.lib.measured import everything

THREADS = 2
PERSONS, TILES = 200_000, 25
FOR_PANDAS = 20_000
# The last week of 2009 ends in January 2010.
CHECKPOINT = Checkpoint(number=6, month="2010-01", activities=())
THE_PLAN = plan.load()


def main() -> None:
    """Run the parts named on the command line, or all."""
    parts = {"memory": memory, "parquet": parquet, "measures": measures, "national": national}
    if sys.argv[1:2] == ["--child"]:
        CHILDREN[sys.argv[2]](Path(sys.argv[3]))
        return
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} at the start")
    with tempfile.TemporaryDirectory(prefix="nychance-register-") as scratch:
        extract = _extract(Path(scratch) / "extract")
        for name in sys.argv[1:] or parts:
            parts[name](extract)


def memory(extract: Path) -> None:
    """Wide weeks in memory to spells and to a transition matrix, against pandas."""
    states = read_register(extract, CHECKPOINT, THE_PLAN).state
    few = states[:FOR_PANDAS]
    for name, ours, theirs in (
        ("spells", runs_of, _pandas_spells),
        (
            "transition matrix",
            partial(spells.weekly_transitions, kinds=len(STATES)),
            _pandas_transitions,
        ),
    ):
        assert theirs(few) == _summary(name, few)
        rate = states.size / _best(partial(ours, states), 7)[0] / 1e6
        reference = few.size / _best(partial(theirs, few), 3)[0] / 1e6
        _row(f"weeks to {name}", f"{rate:.0f} million person-weeks/s", "at least 100", rate >= 100)
        _row(
            f"weeks to {name}, against pandas",
            f"{rate / reference:.0f} times",
            "at least 20",
            rate / reference >= 20,
        )


def parquet(extract: Path) -> None:
    """From Parquet to spells and a transition matrix, against DuckDB's scan of the same columns.

    The scan sums each week and looks at each person number, so that every value is decoded. The
    small tables of the extract take as long for few persons as for many.
    """
    for persons, folder in ((PERSONS, extract), (5 * PERSONS, _tiles(extract, 5))):
        _parquet(folder, f"{persons:,} persons")


def _parquet(extract: Path, size: str) -> None:
    file = extract / "dream.parquet"
    names = [name for name in pq.read_schema(file).names if WEEK_COLUMN.match(name)]
    connection = duckdb.connect(config={"threads": THREADS})
    query = f"SELECT max({c.PERSON}), {', '.join(f'sum({name})' for name in names)} FROM '{file}'"

    def count() -> None:
        for part in chunks(extract, CHECKPOINT, THE_PLAN, beside=()):
            spells.transitions_of(*spells.state_spells(part), len(STATES))

    ours, theirs = _taking_turns(25, count, lambda: connection.execute(query).fetchall())
    for what, mine, other in zip(("seconds", "processor seconds"), ours, theirs, strict=True):
        told = f"{mine / other:.1f} times ({mine:.2f} / {other:.2f})"
        _row(
            f"Parquet to spells and matrix, {size}, {what}, against DuckDB's scan",
            told,
            "at most 2",
            mine <= 2 * other,
        )


def measures(extract: Path) -> None:
    """All measures of 200,000 persons."""
    found, peak = _child("everything", extract)
    size = f"{PERSONS:,} persons x {found['weeks']} weeks"
    parts = f"reading {found['reading']:.1f}; processor {found['processor']:.1f}"
    told = f"{found['seconds']:.1f} s ({parts})"
    _row(f"all measures, {size}", told, "15 s", found["seconds"] <= 15)
    _row(f"all measures, {size}, memory", f"{peak:.2f} GB", "1.5 GB", peak <= 1.5)


def national(extract: Path) -> None:
    """Flow tables of five million persons, and of a million: memory must not grow with persons."""
    peaks = {}
    for tiles in (5, TILES):
        found, peaks[tiles] = _child("flow", _tiles(extract, tiles))
        size = f"{found['persons']:,} persons x {found['weeks']} weeks"
        told = f"{found['seconds']:.1f} s (processor {found['processor']:.1f})"
        _row(f"flow tables, {size}", told, "60 s", found["seconds"] <= 60)
        _row(f"flow tables, {size}, memory", f"{peaks[tiles]:.2f} GB", "6 GB", peaks[tiles] <= 6)
    grown = peaks[TILES] / peaks[5]
    _row(
        "memory of flow tables, 5,000,000 persons against 1,000,000",
        f"{grown:.2f} times",
        "at most 1.1",
        grown <= 1.1,
    )


# -- what the children do


def _everything(extract: Path) -> None:
    begin = time.perf_counter()
    register = read_register(extract, CHECKPOINT, THE_PLAN)
    read = time.perf_counter()
    everything(register, THE_PLAN)
    end = time.perf_counter()
    found = {
        "seconds": end - begin,
        "reading": read - begin,
        "processor": time.process_time(),
        "weeks": len(register.weeks),
    }
    print(json.dumps(found))


def _flow(extract: Path) -> None:
    """Count moves by week, over the window, along the staircase, by origin and role; and exits."""
    begin = time.perf_counter()
    steps = [step.key for step in THE_PLAN.staircase]
    persons = weeks = left = 0
    weekly, between, occupancy = 0, 0, 0
    for part in chunks(
        extract, CHECKPOINT, THE_PLAN, beside=(c.PERSONS, c.RESIDENCE, c.MUNICIPALITIES)
    ):
        persons, weeks = persons + len(part.persons), len(part.weeks)
        last = weeks - 1
        origin = groups(part, last, "origin", THE_PLAN.definitions).cat
        weekly = weekly + spells.weekly_transitions(
            part.state, len(STATES), origin.codes.to_numpy(), len(origin.categories)
        )
        role = groups(part, last, "role", THE_PLAN.definitions)
        for name in role.cat.categories:
            mine = (role == name).to_numpy()
            between = between + _counts(
                flow.transitions(part, last - 26, last, mine), "before", "after"
            )
            occupancy = occupancy + _counts(staircase.occupancy(part, last, mine, steps), "step")
        left += len(spells.exits(part, last, THE_PLAN.definitions.exit_weeks).person)
    assert np.sum(weekly) == persons * (weeks - 1)
    assert np.sum(between) == persons
    times = {"seconds": time.perf_counter() - begin, "processor": time.process_time()}
    print(json.dumps({**times, "persons": persons, "weeks": weeks, "exits": left}))


def _counts(people: Persons, *by: str) -> np.ndarray:
    return people.frame().groupby(list(by), observed=False).size().to_numpy()


CHILDREN: dict[str, Callable[[Path], None]] = {"everything": _everything, "flow": _flow}


def _child(name: str, extract: Path) -> tuple[dict[str, Any], float]:
    """Run in a process of its own, twice.

    Give what it tells the faster time and its peak memory in GB.
    """
    runs = []
    for _ in range(2):
        command = [sys.executable, "-m", "benchmarks.register", "--child", name, str(extract)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        said = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        if status:
            sys.exit(f"{name} failed")
        # Linux counts in kB, macOS in bytes.
        runs.append((json.loads(said), used.ru_maxrss / (1e9 if sys.platform == "darwin" else 1e6)))
    return min(runs, key=lambda run: run[0]["seconds"])


# -- the same with pandas


def _long(states: np.ndarray) -> pd.DataFrame:
    wide = pd.DataFrame(states, columns=range(states.shape[1])).rename_axis("person").reset_index()
    long = wide.melt(id_vars="person", var_name="week", value_name="state")
    return long.astype({"week": np.int16}).sort_values(["person", "week"])


def _pandas_spells(states: np.ndarray) -> tuple[int, int]:
    long = _long(states)
    begins = (long["person"] != long["person"].shift()) | (long["state"] != long["state"].shift())
    found = long.groupby(begins.cumsum()).agg(
        person=("person", "first"), week=("week", "first"), weeks=("week", "size")
    )
    return len(found), int((found["weeks"] ** 2).sum())


def _pandas_transitions(states: np.ndarray) -> tuple[int, int]:
    long = _long(states)
    long["to"] = long.groupby("person")["state"].shift(-1)
    found = long.dropna().groupby(["state", "to"]).size()
    return int(found.sum()), int((found**2).sum())


def _summary(name: str, states: np.ndarray) -> tuple[int, int]:
    if name == "spells":
        found, _ = runs_of(states)
        return len(found.weeks), int((found.weeks.astype(np.int64) ** 2).sum())
    counts = spells.weekly_transitions(states, len(STATES))
    return int(counts.sum()), int((counts**2).sum())


# -- data and printing


def _extract(folder: Path) -> Path:
    """Make 200,000 synthetic persons and keep the weeks from 2007 on."""
    synthesize(folder, persons=PERSONS, seed=1)
    file = folder / "dream.parquet"
    names = [
        name
        for name in pq.read_schema(file).names
        if name == c.PERSON or (WEEK_COLUMN.match(name) and name >= "y_07")
    ]
    kept = folder / "kept"
    source = pq.ParquetFile(file)
    with pq.ParquetWriter(
        kept, source.schema_arrow.empty_table().select(names).schema, compression="zstd"
    ) as writer:
        for group in range(source.num_row_groups):
            writer.write_table(source.read_row_group(group, columns=names))
    kept.replace(file)
    return folder


def _tiles(extract: Path, tiles: int) -> Path:
    """Write an extract several times over under new person numbers, streaming; once."""
    whole = extract.parent / f"tiles-{tiles}"
    if whole.exists():
        return whole
    whole.mkdir()
    for file in extract.iterdir():
        if file.suffix != ".parquet" or c.PERSON not in pq.read_schema(file).names:
            (whole / file.name).write_bytes(file.read_bytes())
            continue
        source = pq.ParquetFile(file)
        with pq.ParquetWriter(whole / file.name, source.schema_arrow, compression="zstd") as writer:
            for tile in range(tiles):
                for group in range(source.num_row_groups):
                    writer.write_table(_renumbered(source.read_row_group(group), tile * PERSONS))
    return whole


def _renumbered(table: pa.Table, by: int) -> pa.Table:
    place = table.schema.get_field_index(c.PERSON)
    number = pc.add(pc.cast(pc.utf8_slice_codeunits(table[c.PERSON], 1), pa.int64()), by)
    padded = pc.binary_join_element_wise(
        "S", pc.utf8_lpad(pc.cast(number, pa.string()), 8, "0"), ""
    )
    return table.set_column(
        place, table.schema.field(place), padded.cast(table.schema.field(place).type)
    )


def _best(job: Callable[[], Any], times: int) -> tuple[float, float]:
    """Give the least seconds and the least processor seconds of several runs."""
    return _taking_turns(times, job)[0]


def _taking_turns(times: int, *jobs: Callable[[], Any]) -> list[tuple[float, float]]:
    """Give each job's least seconds and least processor seconds.

    Jobs take turns, so that all meet the same weather.
    """
    spent = [[_spent(job) for job in jobs] for _ in range(times)]
    return [
        (min(wall for wall, _ in one), min(processor for _, processor in one))
        for one in zip(*spent, strict=True)
    ]


def _spent(job: Callable[[], Any]) -> tuple[float, float]:
    wall, processor = time.perf_counter(), time.process_time()
    job()
    return time.perf_counter() - wall, time.process_time() - processor


def _row(what: str, found: str, target: str, met: bool) -> None:
    print(f"| {what} | {found} | {target} | {'yes' if met else 'no'} |", flush=True)


if __name__ == "__main__":
    main()
