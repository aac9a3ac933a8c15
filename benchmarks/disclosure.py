"""Attack random tables, and random groups of tied tables, that have passed the gate.

    python benchmarks/disclosure.py [--tables 10000] [--linked 1000] [--undeclared 10000]
        [--persons 20000] [--seed 2007]

Single tables are attacked by linear programming written for the tests, which shares nothing with
the package; groups of tied tables by the package's own attack in whole numbers, on what the gate
says an outsider knows. A count that the rule protects and whose range is narrower than the minimum
count is a success of the attack.

Then persons: linked tables with relations that nobody declares go through a ledger and an audit,
and an outsider who knows what every count means attacks them by integer programming. Last, the
audit of a whole report, five themes at five checkpoints, is timed.
"""

import argparse
import itertools
import resource
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parent.parent))

from evalbook.sdc.audit import Knowledge
from evalbook.sdc.control import DisclosureControl
from evalbook.sdc.ties import Tie, Ties

from evalbook.errors import DisclosureError
from evalbook.models.shares.proportions import share
from evalbook.sdc.equations import Edition
from evalbook.sdc.leaks import find_leaks, report_counts
from tests.lib import editions, linked_tables
from tests.lib.attacks import Seen, widths

MINIMUM = 5
BATCH = 250


def random_table(rng: np.random.Generator) -> np.ndarray:
    """Draw a table of 2 to 6 rows and columns in which many cells are small."""
    return rng.negative_binomial(
        rng.uniform(0.4, 1.5), rng.uniform(0.02, 0.2), rng.integers(2, 7, 2)
    )


def framed(inner: np.ndarray) -> pd.DataFrame:
    """Name rows and columns as the gate asks for."""
    rows, columns = (
        pd.Index([f"{letter}{i}" for i in range(n)])
        for letter, n in zip("rc", inner.shape, strict=True)
    )
    return pd.DataFrame(inner, index=rows.rename("row"), columns=columns.rename("column"))


def passed(inner: np.ndarray) -> Seen:
    """Put a table through the gate, and tell what of it readers see."""
    sdc = DisclosureControl(MINIMUM)
    found = sdc.counts(framed(inner), "all")
    hides = {
        tuple(map(tuple, cell["where"])): cell["count"] is None for cell in sdc.record()["cells"]
    }
    rows = [hides[(("row", f"r{i}"),)] for i in range(inner.shape[0])]
    columns = [hides[(("column", f"c{j}"),)] for j in range(inner.shape[1])]
    return Seen.of(inner, found.counts.isna().to_numpy(), rows, columns, hides[()])


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


TIES = [Tie.of("group", ["with a mentor", "without a mentor"])]


def linked(rng: np.random.Generator) -> tuple[int, int, int]:
    """Protect tables of the same persons by several dimensions, subtotals and subgroups.

    Returns
    -------
    tuple of int
        Protected cells, successes of the attack, and 1 if the gate stopped it: then nothing is
        published.
    """
    persons = pd.DataFrame(
        {
            "role": rng.choice(["method", "comparison"], 120),
            "state": rng.choice(list("abcd"), 120, p=[0.6, 0.25, 0.1, 0.05]),
            "sex": rng.choice(["K", "M"], 120, p=[0.8, 0.2]),
            "mentor": rng.random(120) < 0.12,
        }
    )
    sdc = DisclosureControl(MINIMUM, ties=TIES)
    try:
        show(persons, sdc)
    except DisclosureError:
        return 0, 0, 1
    knowledge = Knowledge.of(sdc.record())
    knowledge = knowledge.tied(Ties(TIES).with_cells(knowledge.cells()))
    return len(knowledge.sensitive), len(list(knowledge.revealed())), 0


def show(persons: pd.DataFrame, sdc: DisclosureControl) -> None:
    """Put the tables and shares of some persons through the gate, as a notebook would."""
    for role, mine in persons.groupby("role"):
        sdc.counts(
            pd.crosstab(mine["sex"], mine["state"]),
            "group",
            where={"role": role},
            subtotals={"low": ["a", "b"]},
        )
    sdc.counts(pd.crosstab(persons["role"], persons["state"]), "group")
    used = {
        role: mine.groupby("sex")["mentor"].agg(["sum", "size"])
        for role, mine in persons.groupby("role")
    }
    for role, table in used.items():
        by_sex = {sex: share(int(count), int(n)) for sex, (count, n) in table.iterrows()}
        sdc.shares(by_sex, "group", where={"role": role}, by="sex", hit="mentor")
    by_role = {
        role: share(int(table["sum"].sum()), int(table["size"].sum()))
        for role, table in used.items()
    }
    sdc.shares(by_role, "group", by="role", hit="mentor")
    sdc.counts(
        persons.loc[persons["mentor"], "state"].value_counts().rename_axis("state"), "with a mentor"
    )


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
        leaks = find_leaks(ledgers, b"secret")
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
        "linked": 1_000,
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
        gated = [passed(one) for one in inner]
        hidden += sum(int(one.hidden[:-1, :-1].sum()) for one in gated)
        cells += sum(one.size for one in inner)
        found.append(attack(gated))
        without.append(attack([naive(one) for one in inner]))
    ranges, bare = np.concatenate(found), np.concatenate(without)
    print(
        f"{given.tables} tables, {cells} cells, {hidden} hidden, "
        f"{len(ranges)} protected counts (margins among them)"
    )
    print(f"  attack succeeds on {(ranges < MINIMUM).sum()} of {len(ranges)} after the gate")
    print(
        f"  and on {(bare < MINIMUM).sum()} of {len(bare)} where only small counts are hidden, "
        f"{(bare == 0).sum()} exactly"
    )
    print(
        f"  {1000 * (time.process_time() - begun) / given.tables:.0f} ms of processor time "
        "a table, attacks included"
    )
    outcomes = [linked(rng) for _ in range(given.linked)]
    protected, found_out, refused = (sum(column) for column in zip(*outcomes, strict=True))
    print(
        f"{given.linked} groups of tied tables: attack succeeds on {found_out} of {protected}; "
        f"{refused} groups stopped"
    )


if __name__ == "__main__":
    main()
