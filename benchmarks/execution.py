"""All 25 runs three ways: nychance, papermill in a shell loop, papermill in a process pool.

    python benchmarks/execution.py [--cores 2] [--persons 20000]
    python benchmarks/execution.py --watching [--persons 20000]

Prints seconds and ratios, and fails if the three do not give the same outputs, cell by cell. With
`--watching`: what it costs to note all that a notebook reads; fails if that is too much.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from unittest.mock import patch

import papermill

ROOT = Path(__file__).parent.parent
THEMES = ("target-group", "method", "organisation", "qualification", "dissemination")
CHECKPOINTS = ("2007-09", "2008-01", "2008-03", "2008-09", "2009-03")
# What watching may add to a run, and how often each notebook runs in either way.
MOST = 0.03
ROUNDS = 5
RUNS = [(theme, month) for month in CHECKPOINTS for theme in THEMES]
PARTS = (
    "_quarto.yml",
    "index.qmd",
    "notebooks",
    "chapters",
    "evalbook",
    "nychance",
    "data",
    "requirements",
)


def project(folder: Path, register: Path) -> Path:
    """Copy the project, without results and with this register."""
    folder.mkdir(parents=True)
    for name in PARTS:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("demo"))
        else:
            shutil.copy2(ROOT / name, folder / name)
    shutil.copytree(register, folder / "data/demo")
    return folder


def with_nychance(root: Path, cores: int) -> None:
    """Run `nychance run`, from nothing."""
    command = [
        sys.executable,
        "-c",
        "from nychance.__main__ import main; main()",
        "run",
        "-j",
        str(cores),
    ]
    subprocess.run(command, cwd=root, check=True, capture_output=True)


def in_a_loop(root: Path, _: int) -> None:
    """Run one papermill command after the other, as a shell loop does."""
    for theme, month in RUNS:
        place = root / "figures" / month / theme
        place.mkdir(parents=True, exist_ok=True)
        command = [
            sys.executable,
            "-m",
            "papermill",
            "--no-progress-bar",
            "--log-level",
            "ERROR",
            "-k",
            "python3",
        ]
        command += [
            f"notebooks/{theme}.ipynb",
            str(place / "notebook.ipynb"),
            "-p",
            "checkpoint",
            month,
        ]
        subprocess.run(command, cwd=root, check=True, capture_output=True)


def _one(run: tuple[str, str]) -> None:
    theme, month = run
    place = Path("figures") / month / theme
    place.mkdir(parents=True, exist_ok=True)
    source, target = f"notebooks/{theme}.ipynb", place / "notebook.ipynb"
    papermill.execute_notebook(
        source, target, {"checkpoint": month}, kernel_name="python3", progress_bar=False
    )


def in_a_pool(root: Path, cores: int) -> None:
    """Run papermill in a process pool, one process per core."""
    with ProcessPoolExecutor(
        cores, get_context("spawn"), initializer=os.chdir, initargs=(root,)
    ) as pool:
        list(pool.map(_one, RUNS))


def with_and_without_watching(root: Path) -> tuple[float, float]:
    """Return how long the last checkpoint's notebooks take, one by one: the fastest of each."""
    os.chdir(root)
    # The demonstration's plan is that of the working directory.
    from evalbook import plan
    from evalbook.execute import dependencies, kernels, runner, watch
    from evalbook.execute.jobs import Job
    from evalbook.execute.notebooks import checked, notebook_path
    from evalbook.execute.prepared import prepare

    checkpoint, extract = plan.load().checkpoints[-1], root / "data/demo"
    notebooks = {theme: notebook_path(root, theme) for theme in THEMES}
    prepared = prepare(root, extract, checkpoint)
    jobs = [
        Job(
            theme,
            checkpoint,
            notebook,
            checked(notebook, {"checkpoint": checkpoint.month, "data": ""}),
            root,
            extract,
            prepared,
        )
        for theme, notebook in notebooks.items()
    ]
    modules = {name for each in notebooks.values() for name in dependencies.imported(each)}
    kernels.warm_up(dependencies.installed(sorted(modules)))
    seconds: dict[tuple[str, bool], list[float]] = {}
    for _ in range(ROUNDS):
        for job in jobs:
            for watched in (True, False):
                # A kernel watches only where it is told the file for its notes.
                name = watch.NOTES if watched else "UNWATCHED"
                with patch.object(watch, "NOTES", name):
                    begun = time.monotonic()
                    runner.run(job)
                seconds.setdefault((job.name, watched), []).append(time.monotonic() - begun)
    # Of each notebook the fastest run of either kind: what else the machine does only adds.
    fastest = {key: min(each) for key, each in seconds.items()}
    with_it, without = (
        sum(value for (_, watched), value in fastest.items() if watched is kind)
        for kind in (True, False)
    )
    return with_it, without


def outputs(root: Path) -> dict[str, str]:
    """Collect what each code cell put out, without times.

    The cell that papermill injects is left out.
    """
    found = {}
    for theme, month in RUNS:
        notebook = json.loads(
            (root / "figures" / month / theme / "notebook.ipynb").read_text(encoding="utf-8")
        )
        cells = [
            c
            for c in notebook["cells"]
            if c["cell_type"] == "code" and "injected-parameters" not in _tags(c)
        ]
        found |= {
            f"{theme} {month} cell {i}": json.dumps(_timeless(c["outputs"]))
            for i, c in enumerate(cells, 1)
        }
    return found


def _tags(cell: dict) -> list[str]:
    return cell["metadata"].get("tags", [])


def _timeless(outs: list[dict]) -> list[dict]:
    return [{key: value for key, value in out.items() if key != "execution_count"} for out in outs]


def main() -> int:
    """Measure, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--persons", type=int, default=20_000, help="how many the register has")
    parser.add_argument("--watching", action="store_true", help="measure that alone")
    asked = parser.parse_args()
    cores = asked.cores
    # The pool's processes import this module, and are not to wait for what they do not need.
    from nychance.synthesize import synthesize

    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores])
    if asked.watching:
        with tempfile.TemporaryDirectory() as folder:
            synthesize(Path(folder) / "register", asked.persons)
            root = project(Path(folder) / "project", Path(folder) / "register")
            with_it, without = with_and_without_watching(root)
            # The folder is about to go.
            os.chdir(ROOT)
        share = with_it / without - 1
        print(f"{with_it:.2f} s watched, {without:.2f} s not: {share:+.1%} (at most {MOST:.0%})")
        return 1 if share > MOST else 0
    ways = {
        "nychance run": with_nychance,
        "papermill in a shell loop": in_a_loop,
        "papermill in a process pool": in_a_pool,
    }
    seconds, made = {}, {}
    with tempfile.TemporaryDirectory() as folder:
        register = Path(folder) / "register"
        synthesize(register, asked.persons)
        for name, way in ways.items():
            root = project(Path(folder) / name.replace(" ", "-"), register)
            begun = time.monotonic()
            way(root, cores)
            seconds[name] = time.monotonic() - begun
            made[name] = outputs(root)
            print(
                f"{name:30} {seconds[name]:7.1f} s  {seconds[name] / seconds['nychance run']:5.1f}",
                flush=True,
            )
    ours = made.pop("nychance run")
    differing = {
        name: [cell for cell in ours if theirs.get(cell) != ours[cell]]
        for name, theirs in made.items()
    }
    for name, cells in differing.items():
        print(f"cells that differ from {name}: {len(cells)} of {len(ours)} {cells[:3] or ''}")
    return 1 if any(differing.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
