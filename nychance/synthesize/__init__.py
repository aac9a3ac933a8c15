"""A demonstration extract: synthetic persons in invented municipalities, laid out as a real one."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from evalbook.errors import UsageError
from nychance import definitions
from nychance.synthesize import careers, municipalities, persons, population
from nychance.synthesize import extract_tables as tables
from nychance.synthesize import writer as write
from nychance.synthesize.built_in import built_in
from nychance.synthesize.treatment_effects import Effects

__all__ = ["synthesize"]

# Fewer leave a municipality without anybody of some origin.
LEAST_PERSONS = 1000
# Fixed, with a random stream of its own for each chunk, so that no chunk depends on those before
# it.
CHUNK = 20_000


def synthesize(
    out: Path,
    persons: int = 20_000,
    seed: int = 2007,
    progress: Callable[[int, int], None] | None = None,
    effects: bool = True,
) -> None:
    """Make a demonstration extract.

    Parameters
    ----------
    out : Path
        The folder to make; an earlier extract of this function is replaced, anything else is
        refused.
    persons : int
        How many persons, at least 1,000.
    seed : int
        Not negative. The same seed and size give the same tables; municipalities depend on the
        seed alone.
    progress : callable, optional
        Told after each chunk how many persons are done, and of how many.
    effects : bool
        Whether the programme has any effect; without, every factor is 1.

    Raises
    ------
    UsageError
        If the size or the seed cannot be, or the folder cannot be written or is not ours.
    DataError
        If the plan, the roster, the code mapping or the public figures are missing.

    Notes
    -----
    The municipalities' conditions are drawn from the real distributions in
    `data/public/key-figures.csv`; everything about persons is invented. What was built in is
    written to `truth.json`, which no notebook may read.
    """
    _check(persons, seed)
    with write.staged(Path(out)) as folder:
        _generate(
            folder, persons, seed, Effects() if effects else Effects.none(), progress or _silent
        )


def _check(count: int, seed: int) -> None:
    if not isinstance(count, int) or isinstance(count, bool) or count < LEAST_PERSONS:
        raise UsageError(
            f"{count!r} persons is too few or no whole number",
            remedy=f"Ask for at least {LEAST_PERSONS}",
        )
    if not isinstance(seed, int) or isinstance(seed, bool) or seed < 0:
        raise UsageError(f"{seed!r} is no seed", remedy="Give a whole number that is not negative")


def _generate(
    folder: Path, count: int, seed: int, effects: Effects, progress: Callable[[int, int], None]
) -> None:
    start = definitions.load().definitions.method_start
    conditions = municipalities.draw_conditions(_random(seed, 0))
    local = municipalities.local_factors(conditions, effects, start, _random(seed, 1))
    write.write_aggregates(folder, conditions, population.population(conditions, _random(seed, 2)))
    codes = tables.code_table()
    with write.Extract(folder) as extract:
        for chunk, first in enumerate(range(0, count, CHUNK)):
            size = min(CHUNK, count - first)
            group = persons.draw_persons(size, conditions, _random(seed, 3, chunk))
            lived = careers.run(group, conditions, local, effects, _random(seed, 4, chunk))
            extract.add(
                tables.lay_out(
                    first + 1, group, lived, conditions.code, codes, _random(seed, 5, chunk)
                )
            )
            progress(first + size, count)
    write.write_notes(folder, built_in(count, seed, effects, start))


def _silent(done: int, of: int) -> None:
    """Report no progress."""


def _random(seed: int, *key: int) -> np.random.Generator:
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=key))
