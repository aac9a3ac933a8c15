"""All 25 runs three ways: nychance, papermill in a shell loop, papermill in a process pool.

    python benchmarks/execution.py [--cores 2] [--persons 20000]

Prints seconds and ratios, and fails if the three do not give the same outputs, cell by cell.
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

import papermill

ROOT = Path(__file__).parent.parent
THEMES = ("target-group", "method", "organisation", "qualification", "dissemination")
CHECKPOINTS = ("2007-09", "2008-01", "2008-03", "2008-09", "2009-03")
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
    asked = parser.parse_args()
    cores = asked.cores
    # The pool's processes import this module, and are not to wait for what they do not need.
    from nychance.synthesize import synthesize

    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores])
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
