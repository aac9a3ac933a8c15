"""Attack random tables, and random groups of linked tables, that have been protected.

    python benchmarks/disclosure.py [--tables 10000] [--undeclared 10000] [--persons 20000]
        [--seed 2007]

Single tables with their margins are attacked by linear programming written for the tests, which
shares nothing with the package. A count that the rule protects and whose range is narrower than the
minimum count is a success of the attack.

Then linked tables with relations that nobody declares go through a ledger and an audit, and an
outsider who knows what every count means attacks them by integer programming. Last, the audit of a
whole report, five themes at five checkpoints, is timed.
"""

import argparse
import itertools
import resource
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))

from evalbook.sdc.equations import Edition
from evalbook.sdc.leaks import find_leaks, report_counts
from evalbook.sdc.ledger import Row
from tests.lib import editions, linked_tables
from tests.lib.attacks import Seen, widths

MINIMUM = 5
BATCH = 250


def random_table(rng: np.random.Generator) -> np.ndarray:
    """Draw a table of 2 to 6 rows and columns in which many cells are small."""
    return rng.negative_binomial(
        rng.uniform(0.4, 1.5), rng.uniform(0.02, 0.2), rng.integers(2, 7, 2)
    )


def rows_of(inner: np.ndarray) -> list[Row]:
    """Give a table's persons by cell, by row, by column and all together."""
    cell = np.repeat(np.arange(inner.size), inner.ravel())
    row, column = np.divmod(cell, inner.shape[1])
    found = [
        Row(f"table: row = {i}, column = {j}", {"n": np.flatnonzero((row == i) & (column == j))})
        for i, j in np.ndindex(*inner.shape)
    ]
    for name, of, count in zip(("row", "column"), (row, column), inner.shape, strict=True):
        found += [Row(f"table: {name} = {k}", {"n": np.flatnonzero(of == k)}) for k in range(count)]
    return [*found, Row("table", {"n": np.arange(len(cell))})]


def protected(inner: np.ndarray) -> Seen:
    """Publish a table with its margins, and tell what of it readers see."""
    entries = linked_tables.audited([rows_of(inner)], MINIMUM, b"secret").entries
    hidden = [bool(entry.status) for entry in entries.values()]
    rows, columns = inner.shape
    cells, of_rows, of_columns, whole = np.split(
        np.array(hidden), np.cumsum([inner.size, rows, columns])
    )
    return Seen.of(inner, cells.reshape(inner.shape), of_rows, of_columns, bool(whole[0]))


def naive(inner: np.ndarray) -> Seen:
    """Hide the small counts only."""
    small = (inner > 0) & (inner < MINIMUM)
    return Seen.of(inner, small, np.zeros(len(inner), bool), np.zeros(inner.shape[1], bool))


def attack(tables: list[Seen]) -> np.ndarray:
    """Give the width of the range of every count that the rule protects."""
    targets = [
        (one, cell)
        for one in tables
        for cell, n in np.ndenumerate(one.counts)
        if 0 < n < MINIMUM and one.hidden[cell]
    ]
    open_ = sum(
        0 < n < MINIMUM and not one.hidden[cell]
        for one in tables
        for cell, n in np.ndenumerate(one.counts[:-1, :-1])
    )
    assert not open_, "a small count is shown"
    return widths([one for one, _ in targets], [cell for _, cell in targets])


def attack_undeclared(groups: int, seed: int) -> None:
    """Attack linked tables with undeclared relations, and tell what came of it."""
    rows: Counter[str] = Counter()
    ranges, open_, looked_at = list[int](), 0, 0
    begun = time.process_time()
    for place in range(groups):
        drawn = linked_tables.draw(np.random.default_rng([seed, place]))
        ledger = linked_tables.protected(drawn, MINIMUM, b"secret")
        entries = ledger.entries.values()
        found = linked_tables.attack(
            drawn, {entry.name for entry in entries if not entry.status}, MINIMUM
        )
        rows.update(entry.status or "shown" for entry in entries)
        ranges += [high - low for low, high in found.ranges.values()]
        open_ += found.open
        looked_at += ledger.looked_at
    widths = np.array(ranges)
    print(
        f"{groups} groups of linked tables with undeclared relations: {dict(rows)}; "
        f"{looked_at} combinations looked at"
    )
    print(
        f"  of {len(widths)} small hidden counts {(widths == 0).sum()} are recovered exactly, "
        f"{(widths == 1).sum()} to within one, {(widths < MINIMUM).sum()} to a range below the "
        f"minimum; {open_} small differences are open"
    )
    print(
        f"  {1000 * (time.process_time() - begun) / max(groups, 1):.0f} ms of processor time each"
    )


def time_edition(persons: int, seed: int) -> None:
    """Time the audit of a whole report until nothing is left to hide."""
    population = editions.Population(persons, seed)
    hidden: dict[tuple[str, str], set[str]] = {}
    for turn in itertools.count(1):
        begun = time.process_time()
        ledgers = editions.ledgers(population, hidden, MINIMUM, b"secret")
        published = time.process_time()
        leaks = find_leaks(ledgers, b"secret").rows
        audited = time.process_time()
        looked_at = Edition.of(ledgers).relations.looked_at
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        print(
            f"{persons} persons, turn {turn}: {report_counts(ledgers)}, "
            f"{looked_at} combinations looked at, {len(leaks)} more to hide; "
            f"{published - begun:.1f} s to publish, {audited - published:.1f} s to "
            f"audit, {peak:.1f} GB"
        )
        if not leaks:
            return
        for leak in leaks:
            hidden.setdefault((leak.checkpoint, leak.theme), set()).add(leak.row)


def main() -> None:
    """Attack, and tell what came of it."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    defaults = {
        "tables": 10_000,
        "undeclared": 10_000,
        "persons": 20_000,
        "seed": 2007,
    }
    for name, default in defaults.items():
        options.add_argument(f"--{name}", type=int, default=default)
    given = options.parse_args()
    if given.undeclared:
        attack_undeclared(given.undeclared, given.seed)
    if given.persons:
        time_edition(given.persons, given.seed)
    if not given.tables:
        return
    rng = np.random.default_rng(given.seed)
    begun = time.process_time()
    found, without, hidden, cells = [], [], 0, 0
    for start in range(0, given.tables, BATCH):
        inner = [random_table(rng) for _ in range(min(BATCH, given.tables - start))]
        safe = [protected(one) for one in inner]
        hidden += sum(int(one.hidden[:-1, :-1].sum()) for one in safe)
        cells += sum(one.size for one in inner)
        found.append(attack(safe))
        without.append(attack([naive(one) for one in inner]))
    ranges, bare = np.concatenate(found), np.concatenate(without)
    print(
        f"{given.tables} tables, {cells} cells, {hidden} hidden, "
        f"{len(ranges)} protected counts (margins among them)"
    )
    print(f"  attack succeeds on {(ranges < MINIMUM).sum()} of {len(ranges)} after protection")
    print(
        f"  and on {(bare < MINIMUM).sum()} of {len(bare)} where only small counts are hidden, "
        f"{(bare == 0).sum()} exactly"
    )
    print(
        f"  {1000 * (time.process_time() - begun) / given.tables:.0f} ms of processor time "
        "a table, attacks included"
    )


if __name__ == "__main__":
    main()
