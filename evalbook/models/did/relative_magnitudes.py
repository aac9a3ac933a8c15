"""Bounds if trends differ after the start by at most so many times what they do before it."""

from functools import cached_property
from typing import Final

import numpy as np
from scipy.special import ndtr, ndtri

from evalbook.models.base.person_input import Floats

_LEVEL: Final = 0.05
# The share of the level that goes to the least favourable test.
_FIRST: Final = _LEVEL / 10
_SECOND: Final = (_LEVEL - _FIRST) / (1 - _FIRST)
_GRID: Final = 201


class RelativeMagnitudes:
    """Confidence sets by the hybrid test, for each place and sign of the largest difference before.

    With g that difference, violations satisfy +-(difference) <= g before the start, and after it
    +-(weights'violation) <= reach m g, where the reach counts the steps that lead to the effect.
    The effect is what is left of the estimate once the violation is taken off, so that each effect
    gives inequalities that the expectations of linear combinations of the estimates satisfy.
    """

    default = np.linspace(0, 2, 10)

    def __init__(
        self, beta: Floats, sigma: Floats, before: int, weights: Floats, draws: int, seed: int
    ) -> None:
        # The times before, and the effect.
        load = np.zeros((before + 1, len(beta)))
        load[:before, :before] = np.eye(before)
        load[before, before:] = weights
        self.beta, self.sigma, self.before = load @ beta, load @ sigma @ load.T, before
        self.reach = float(np.abs(np.cumsum(weights[::-1])).sum())
        self.unit = 1.0
        self.draws = np.random.default_rng(seed).standard_normal((draws, before + 1))

    @cached_property
    def _steps(self) -> Floats:
        """Differences from one time to the next before the start, the last to the reference."""
        steps = np.diff(np.vstack([np.eye(self.before), np.zeros(self.before)]), axis=0)
        return np.column_stack([steps, np.zeros(self.before)])

    @cached_property
    def _root(self) -> Floats:
        value, vector = np.linalg.eigh(self.sigma)
        root: Floats = vector * np.sqrt(np.maximum(value, 0))
        return root

    def _systems(self, m: float) -> list["_Hybrid"]:
        """List the tests, one per place and sign of the largest difference."""
        effect = np.zeros(self.before + 1)
        effect[-1] = 1
        systems = []
        for place in range(self.before):
            for sign in (1.0, -1.0):
                largest = sign * self._steps[place]
                others = [row for at, row in enumerate(self._steps) if at != place]
                rows = [-largest] + [side * row - largest for row in others for side in (1, -1)]
                rows += [side * effect - self.reach * m * largest for side in (1, -1)]
                moved = np.append(np.zeros(len(rows) - 2), [1.0, -1.0])
                systems.append(_Hybrid(np.array(rows), moved, self))
        return systems

    def interval(self, m: float) -> tuple[float, float]:
        """Return the lowest and the highest effect that some test does not reject."""
        systems = self._systems(m)
        centre, spread = float(self.beta[-1]), float(np.sqrt(self.sigma[-1, -1]))
        steps = np.abs(self._steps @ self.beta)
        far = 10 * spread + 2 * self.reach * m * (float(steps.max()) + 10 * spread)
        grid = np.linspace(centre - far, centre + far, _GRID)
        kept = np.zeros(_GRID, dtype=bool)
        for system in systems:
            kept |= ~system.rejects(grid)
        places = np.flatnonzero(kept)
        if not len(places):
            return centre, centre
        low, high = places[0], places[-1]
        return (
            self._edge(systems, grid[low], grid[max(low - 1, 0)]),
            self._edge(systems, grid[high], grid[min(high + 1, _GRID - 1)]),
        )

    def excludes_zero(self, m: float) -> bool:
        """Return whether all tests reject an effect of 0."""
        return all(system.rejects(np.zeros(1))[0] for system in self._systems(m))

    def _edge(self, systems: list["_Hybrid"], inside: float, outside: float) -> float:
        """Halve the way between an effect that is kept and one that is not."""
        for _ in range(20):
            middle = (inside + outside) / 2
            kept = any(not system.rejects(np.array([middle]))[0] for system in systems)
            inside, outside = (middle, outside) if kept else (inside, middle)
        return (inside + outside) / 2


class _Hybrid:
    """The test that rows @ (expected estimates) <= effect * moved, without nuisance parameters."""

    def __init__(self, rows: Floats, moved: Floats, model: RelativeMagnitudes) -> None:
        covariance = rows @ model.sigma @ rows.T
        size = np.sqrt(np.diag(covariance))
        kept = size > 1e-10 * size.max()
        self.size = size[kept]
        self.fixed = (rows @ model.beta)[kept] / self.size
        self.moved = moved[kept] / self.size
        scaled = covariance[np.ix_(kept, kept)] / np.outer(self.size, self.size)
        self.correlation = np.clip(scaled, -1, 1)
        # The least favourable critical value: all inequalities bind.
        drawn = model.draws @ model._root.T @ rows[kept].T / self.size
        self.critical = float(np.quantile(drawn.max(axis=1), 1 - _FIRST))

    def rejects(self, effects: Floats) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
        """Test each effect."""
        moments = self.fixed - effects[:, None] * self.moved
        place, most = moments.argmax(axis=1), moments.max(axis=1)
        rejected = most > self.critical
        for binding in np.unique(place):
            at = np.flatnonzero((place == binding) & ~rejected)
            if not len(at):
                continue
            along = self.correlation[binding]
            # Where the other moments would overtake the largest one, it would not be the largest.
            free = 1 - along
            other = free > 1e-10
            rest = (moments[at] - along * most[at, None])[:, other] / free[other]
            low = rest.max(axis=1, initial=-np.inf)
            rejected[at] = most[at] > np.maximum(0, _truncated(low, self.critical))
        return np.asarray(rejected, dtype=np.bool_)


def _truncated(low: Floats, high: float) -> Floats:
    """Compute the quantile of a standard normal that lies between two bounds."""
    # On the upper tail, where probabilities keep their digits.
    above = _SECOND * ndtr(-low) + (1 - _SECOND) * ndtr(-high)
    return np.asarray(-ndtri(above), dtype=np.float64)
