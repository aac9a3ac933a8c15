"""How long publication takes and how heavy it is: run this after `nychance report`.

Measured in a copy of the project, so that nothing of the checkout changes:

- all editions, HTML and PDF, by the portable renderer, after the notebooks have run;
- the pages that a writer waits for after editing one chapter, as `nychance preview` makes them;
- the heaviest page, with all that a browser loads for it.

Each time is that of the shortest of several runs. Beside it stands the processor time that this
program and what it starts took, and above the load of the machine: other work lengthens the time
much, and the processor time a little.
"""

import argparse
import contextlib
import io
import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
BUDGETS = {"all editions": 30.0, "one chapter": 3.0, "heaviest page": 500_000.0}


def main() -> None:
    """Measure, and print a table."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--workers", type=int, default=2)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = copy_project(Path(folder) / "project")
        os.chdir(root)
        editions = best(given.runs, lambda: on_its_own(all_editions, root, given.workers))
        chapter = best(given.runs, one_chapter(root))
        page, weight = heaviest(root / "_site")
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[1]:.0f}, best of {given.runs}\n")
    print("| | measured | processor time | allowed | share of it |\n|---|---:|---:|---:|---:|")
    for name, cost in {"all editions": editions, "one chapter": chapter}.items():
        allowed = BUDGETS[name]
        share = cost.seconds / allowed
        print(
            f"| {name} | {cost.seconds:.1f} s | {cost.processor:.1f} s "
            f"| {allowed:.0f} s | {share:.2f} |"
        )
    allowed = BUDGETS["heaviest page"]
    print(
        f"| heaviest page: {page} | {weight / 1000:.0f} kB | "
        f"| {allowed / 1000:.0f} kB | {weight / allowed:.2f} |"
    )


def copy_project(root: Path) -> Path:
    """Copy what the pages are made of, with the memory of how; it need not be there."""
    root.mkdir()
    names = ("_quarto.yml", "chapters", "notebooks", "figures", "data", ".evalbook")
    for source in filter(Path.exists, (ROOT / name for name in names)):
        copy = shutil.copytree if source.is_dir() else shutil.copy2
        copy(source, root / source.name)
    return root


class Cost(NamedTuple):
    """What a run took, in seconds by the clock and of processors."""

    seconds: float
    processor: float


@contextlib.contextmanager
def measured() -> Iterator[list[Cost]]:
    """Measure what is done within; the list holds the cost afterwards."""
    costs: list[Cost] = []
    begun, before = time.perf_counter(), os.times()
    yield costs
    spent = sum(os.times()[:4]) - sum(before[:4])
    costs.append(Cost(time.perf_counter() - begun, spent))


def best(runs: int, act: Callable[[], Cost]) -> Cost:
    """Give the cost of the shortest of several runs."""
    return min(act() for _ in range(runs))


def on_its_own(act: Callable[..., Cost], *arguments: object) -> Cost:
    """Measure in a new process, in which nothing was done before."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(act, *arguments).result()


def all_editions(root: Path, workers: int) -> Cost:
    """Make every edition in both formats."""
    from evalbook import plan
    from evalbook.publish import write_edition as make
    from evalbook.publish.edition import Edition
    from evalbook.text.language import PACKAGED

    editions = [
        Edition(root, c, language) for c in plan.load().checkpoints for language in PACKAGED
    ]
    with measured() as costs, ThreadPoolExecutor(workers) as pool:
        pages = [pool.submit(make.make_html, edition, None) for edition in editions]
        prints = [pool.submit(make.make_pdf, edition, synthetic=True) for edition in editions]
        for made in (*pages, *prints):
            made.result()
        make.finish(root, plan.load().checkpoints)
    return costs[0]


def one_chapter(root: Path) -> Callable[[], Cost]:
    """Edit a chapter, and make what a preview shows."""
    from evalbook.publish import preview_server
    from evalbook.publish.selection import select

    selection = select(
        ("2009-03",), languages=("da",), formats=("html",), renderer="portable", workers=2
    )
    chapter = root / "chapters" / "da" / "method.qmd"

    def make() -> Cost:
        chapter.write_text(
            chapter.read_text(encoding="utf-8") + "\nEt ord mere.\n", encoding="utf-8"
        )
        with measured() as costs, contextlib.redirect_stdout(io.StringIO()):
            error = preview_server.make(selection)
        if error:
            raise SystemExit(error)
        return costs[0]

    # Notebooks of which there is no memory run now, and not while it is measured.
    make()
    return make


def heaviest(site: Path) -> tuple[str, int]:
    """Find the page that loads most, and how much."""
    weights = {page.relative_to(site).as_posix(): weight(page) for page in site.rglob("*.html")}
    return max(weights.items(), key=lambda item: item[1])


def weight(page: Path) -> int:
    """Add up a page and what it loads."""
    text = page.read_text(encoding="utf-8")
    loaded = set(
        re.findall(
            r'<(?:img|script)[^>]*\bsrc="([^"]+)"|<link rel="(?:stylesheet|icon)" href="([^"]+)"',
            text,
        )
    )
    files = {
        (page.parent / name).resolve()
        for names in loaded
        for name in names
        if name and not name.startswith("data:")
    }
    return page.stat().st_size + sum(path.stat().st_size for path in files)


if __name__ == "__main__":
    main()
