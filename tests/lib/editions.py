"""What five notebooks at five checkpoints might publish: random persons, a whole report's size."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from evalbook.sdc.ledger import Ledger, Row

CHECKPOINTS = ("2007-09", "2008-01", "2008-03", "2008-09", "2009-03")
THEMES = ("dissemination", "method", "organisation", "qualification", "target-group")
TARGETS = ("activation", "self-support", "time-in-activity", "education", "job")


class Population:
    """Persons with a sex and an origin, a match category that moves, and outcomes that stay."""

    def __init__(self, persons: int, seed: int, municipalities: int = 20) -> None:
        rng = np.random.default_rng(seed)
        self.rng, self.size = rng, persons
        share = rng.dirichlet(np.full(municipalities, 4.0))
        self.municipality = rng.choice(municipalities, persons, p=share)
        self.role = np.where(self.municipality < municipalities // 2, "method", "comparison")
        self.sex = rng.choice(["K", "M"], persons)
        self.origin = rng.choice(
            ["immigrant", "descendant", "unknown"], persons, p=[0.8, 0.19, 0.01]
        )
        self.age = rng.choice(["-24", "25-29", "30-49", "50-"], persons, p=[0.1, 0.2, 0.5, 0.2])
        self.target = rng.random(persons) < 0.3
        match = rng.choice(6, persons, p=[0.1, 0.15, 0.2, 0.3, 0.24, 0.01])
        self.match, self.since = {}, {}
        began = rng.integers(0, 8, persons)
        happens = {o: rng.exponential(rng.uniform(8, 40), persons) for o in OUTCOMES}
        for place, checkpoint in enumerate(CHECKPOINTS):
            moved = rng.random(persons) < 0.1
            match = np.where(
                moved, rng.choice(6, persons, p=[0.12, 0.18, 0.2, 0.27, 0.22, 0.01]), match
            )
            self.match[checkpoint] = match
            self.since[checkpoint] = {o: at <= place + 1 for o, at in happens.items()}
            self.since[checkpoint]["in-target"] = self.target & (began <= 4 + place)
        self.weeks = rng.binomial(13, rng.beta(0.4, 1.2, persons))


OUTCOMES = ("education", "job", "pension", "flex-job", "moved", "mentor", "course", "talk")


def tables(population: Population, checkpoint: str, theme: str) -> Iterator[list[Row]]:
    """Give the tables of one notebook."""
    p = population
    week, outcomes = p.match[checkpoint], p.since[checkpoint]
    # One theme follows a group that grows.
    group = outcomes["in-target"] if theme == "qualification" else p.target
    ready = np.where(week < 3, "ready", "not-ready")
    match = np.array(["1", "2", "3", "4", "5", "none"])[week]
    municipality = p.municipality.astype(str)
    by: dict[str, Sequence[NDArray]] = {
        "role": (p.role,),
        "role, sex": (p.role, p.sex),
        "role, origin": (p.role, p.origin),
        "role, age": (p.role, p.age),
        "municipality": (municipality,),
    }
    by["role, readiness" if theme == "target-group" else "role, match"] = (
        p.role,
        ready if theme == "target-group" else match,
    )
    hits = [OUTCOMES[(i + len(theme)) % len(OUTCOMES)] for i in range(1)]
    for dimensions, labels in by.items():
        for hit in hits:
            yield list(_shares(f"{theme}-{hit}", dimensions, labels, group, outcomes[hit]))
    yield list(
        _shares(f"{theme}-time", "municipality", (municipality,), group, p.weeks > 0, p.weeks)
    )
    yield list(_shares(f"{theme}-time-all", "role", (p.role,), group, p.weeks > 0, p.weeks))
    yield list(_counts(f"{theme}-match", "role, match", (p.role, match), group))


def _cells(
    dimensions: str, labels: Sequence[NDArray], inside: NDArray
) -> Iterator[tuple[str, NDArray]]:
    names = dimensions.split(", ")
    levels = [np.unique(each) for each in labels]
    for key in np.ndindex(*map(len, levels)):
        mask = inside.copy()
        for each, own, place in zip(labels, levels, key, strict=True):
            mask &= each == own[place]
        told = zip(names, levels, key, strict=True)
        yield ", ".join(f"{name} = {own[place]}" for name, own, place in told), mask


def _shares(
    table: str,
    dimensions: str,
    labels: Sequence[NDArray],
    inside: NDArray,
    hit: NDArray,
    weeks: NDArray | None = None,
) -> Iterator[Row]:
    for told, mask in _cells(dimensions, labels, inside):
        n = np.flatnonzero(mask)
        sets = {"n": n, "yes": np.flatnonzero(mask & hit)}
        if weeks is None:
            yield Row(f"{table}: {told}", sets)
        else:
            spent = {"yes": weeks[n].astype(float), "n": np.full(len(n), 13.0)}
            yield Row(f"{table}: {told}", {"n": n}, spent)


def _counts(
    table: str, dimensions: str, labels: Sequence[NDArray], inside: NDArray
) -> Iterator[Row]:
    for told, mask in _cells(dimensions, labels, inside):
        yield Row(f"{table}: {told}", {"n": np.flatnonzero(mask)})


def ledgers(
    population: Population, hidden: dict[tuple[str, str], set[str]], minimum: int, secret: bytes
) -> dict[tuple[str, str], Ledger]:
    """Run every notebook of every checkpoint."""
    found = {}
    for checkpoint in CHECKPOINTS:
        for theme in THEMES:
            ledger = Ledger(minimum, hidden.get((checkpoint, theme), ()), secret, audited=True)
            for table in tables(population, checkpoint, theme):
                ledger.publish(table)
            found[checkpoint, theme] = ledger
    return found
