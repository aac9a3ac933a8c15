"""The gate between a notebook's counts and what it shows."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from nychance.disclosure.attack import Reader
from nychance.disclosure.cells import Cell, Subtotals, Sum, Table, concentrated, single, table
from nychance.disclosure.rules import MINIMUM, DisclosureError, Shown, is_small, time_share_allowed
from nychance.disclosure.suppress import to_hide
from nychance.measures.shares import Share

# Hiding a margin costs as much as hiding so many persons more in the body of a table.
MARGIN_COST = 50
YES, NO = "yes", "no"


@dataclass(frozen=True)
class Protected:
    """A table of counts that has passed the gate.

    Attributes
    ----------
    counts : DataFrame
        As given, with NaN where a count is hidden.
    totals : Series
        The rows' totals, NaN where hidden.
    """

    counts: pd.DataFrame
    totals: "pd.Series[float]"

    @property
    def row_shares(self) -> pd.DataFrame:
        """Each count as a share of its row, NaN where either is hidden."""
        return self.counts.div(self.totals.where(self.totals > 0), axis=0)


class Gate:
    """Decides, count after count, what may be shown; what was shown stays shown.

    Parameters
    ----------
    minimum : int
        The least number of persons that a count may rest on.
    always_hidden : sequence of str
        Cells, as messages name them, to hide in any case.
    """

    def __init__(self, minimum: int = MINIMUM, always_hidden: Sequence[str] = ()) -> None:
        self.minimum = minimum
        self._always_hidden = frozenset(always_hidden)
        self._counts: dict[Cell, int] = {}
        self._sums: dict[Sum, None] = {}
        self._hidden: set[Cell] = set()
        self._sensitive: set[Cell] = set()
        self._values: set[float] = set()

    def counts(
        self,
        frame: pd.DataFrame,
        whom: str,
        *,
        where: Mapping[str, str] | None = None,
        subtotals: Subtotals | None = None,
    ) -> Protected:
        """Put a table of counts through the gate.

        Parameters
        ----------
        frame : DataFrame
            Counts of persons, each in one cell; the names of its index and its columns are the dimensions.
        whom : str
            The population that the table counts, with its date: `target group 2008-09-29`. Tables of the same population
            are attacked together.
        where : mapping, optional
            Dimension to category, for a table of a part of the population.
        subtotals : mapping, optional
            Dimension to subtotals that are shown elsewhere to the categories that each adds up.

        Raises
        ------
        DisclosureError
            If a cell that has to be hidden is known from what was shown before.
        """
        rows, columns = str(frame.index.name), str(frame.columns.name)
        index = pd.MultiIndex.from_product([frame.index.astype(str), frame.columns.astype(str)], names=[rows, columns])
        self.let_through(table(pd.Series(frame.to_numpy().ravel(), index=index), whom, where or {}, subtotals))

        def shown(categories: dict[str, str]) -> float:
            cell = Cell.of(whom, {**(where or {}), **categories})
            return np.nan if cell in self._hidden else float(self._counts[cell])

        cells = [[shown({rows: str(r), columns: str(c)}) for c in frame.columns] for r in frame.index]
        counts = pd.DataFrame(cells, index=frame.index, columns=frame.columns, dtype=float)
        totals = pd.Series([shown({rows: str(r)}) for r in frame.index], index=frame.index, dtype=float)
        protected = Protected(counts, totals)
        self._remember(counts, totals, protected.row_shares)
        return protected

    def shares(
        self,
        shares: Mapping[str, Share | None],
        whom: str,
        *,
        by: str,
        hit: str | tuple[str, str, str],
        where: Mapping[str, str] | None = None,
    ) -> dict[str, Shown | None]:
        """Put shares of groups without common members through the gate.

        Parameters
        ----------
        shares : mapping
            Group to its share; None where there is nobody.
        whom, where
            As in `counts`.
        by : str
            The dimension that the groups are categories of.
        hit : str or (str, str, str)
            What those in the numerators have, as a dimension of its own, or a dimension with its subtotals of the
            numerator and of the complement.

        Returns
        -------
        dict
            Group to its share; None where it is hidden or there is nobody.
        """
        place = where or {}
        given = {str(group): share for group, share in shares.items() if share is not None}
        dimension, yes, no = hit if isinstance(hit, tuple) else (hit, YES, NO)
        of_persons = {group: share for group, share in given.items() if _counts_persons(share)}
        if of_persons:
            index = pd.MultiIndex.from_product([of_persons, (yes, no)], names=[by, dimension])
            counts = [count for share in of_persons.values() for count in (share.count, share.rest)]
            bundles = [[Cell.of(whom, {**place, by: group, dimension: answer}) for answer in (yes, no)] for group in of_persons]
            self.let_through(table(pd.Series(counts, index=index), whom, place), bundles)
        for group, share in given.items():
            if group not in of_persons:
                self.let_through(single(share.n, Cell.of(whom, {**place, by: group})))
        found: dict[str, Shown | None] = {}
        for group, one in shares.items():
            cell = Cell.of(whom, {**place, by: str(group)})
            asked = [cell.where] if str(group) not in of_persons else [*self._answers(cell, dimension, (yes, no)), cell.where]
            found[group] = self._shown(one, [Cell(whom, part) for part in asked])
        return found

    def share(self, share: Share | None, whom: str, hit: str = "it", where: Mapping[str, str] | None = None) -> Shown | None:
        """Put one share through the gate; as `shares`, of a single group."""
        return self.shares({"all": share}, whom, by="group", hit=hit, where=where)["all"]

    def count(self, count: int, whom: str, where: Mapping[str, str] | None = None) -> int | None:
        """Put one count through the gate."""
        cell = Cell.of(whom, where or {})
        self.let_through(single(count, cell))
        if cell in self._hidden:
            return None
        self._values.add(float(count))
        return count

    def let_through(self, new: Table, bundles: Sequence[Sequence[Cell]] = ()) -> None:
        """Take a table in and decide which of its cells are hidden.

        Parameters
        ----------
        bundles : sequence of sequence of Cell
            Cells that are shown together or not at all.
        """
        fixed = self._counts.keys() - self._hidden
        self._take_in(new)
        small = {cell for cell, count in new.counts.items() if is_small(count, self.minimum)}
        sensitive = small | set(concentrated(new))
        chosen = {cell for cell in new.counts if str(cell) in self._always_hidden}
        if known := sorted((sensitive | chosen) & fixed):
            raise self._revealed(known[0])
        self._sensitive |= sensitive
        self._hidden |= sensitive | chosen
        self._close(bundles, fixed)
        margins = {line.total for line in self._sums}
        costs = {cell: 1.0 + self.minimum * (MARGIN_COST if cell in margins else 1) / (1 + self._counts[cell] ** 0.5)
                 for cell in self._counts}  # fmt: skip
        # A cell that is hidden for a bundle's sake can only help those before it.
        for cell in sorted(self._sensitive, key=lambda c: (-self._counts[c], c)):
            more = to_hide(cell, self.minimum, self._counts, self._hidden, fixed, list(self._sums), costs)
            if more is None:
                raise self._revealed(cell)
            self._hidden |= more
            self._close(bundles, fixed)
        self._audit()

    def hides(self, cell: Cell) -> bool:
        """Tell whether a cell is hidden."""
        return cell in self._hidden

    def passed(self, value: float) -> bool:
        """Tell whether a value is one that the gate has given out."""
        return value in self._values

    @property
    def tenths(self) -> set[int]:
        """Every share that was given out, in tenths of a per cent, as sentences tell it."""
        return {round(1000 * value) for value in self._values if value <= 1}

    def record(self) -> dict[str, Any]:
        """Write down what an outsider knows, and which cells must stay unknown: plain data, without a hidden count."""
        cells = sorted(self._counts)
        places = {cell: i for i, cell in enumerate(cells)}
        return {
            "minimum": self.minimum,
            "cells": [asdict(cell) | {"count": None if cell in self._hidden else self._counts[cell]} for cell in cells],
            "sums": [[places[line.total], *(places[part] for part in line.parts)] for line in self._sums],
            "sensitive": sorted(places[cell] for cell in self._sensitive),
        }

    def _take_in(self, new: Table) -> None:
        for cell, count in new.counts.items():
            if self._counts.setdefault(cell, count) != count:
                raise DisclosureError(
                    f"{cell} is counted twice, with different results",
                    remedy="Give populations that are not the same different names",
                )
        self._sums |= dict.fromkeys(new.sums)

    def _close(self, bundles: Sequence[Sequence[Cell]], fixed: set[Cell]) -> None:
        for bundle in bundles:
            if self._hidden & set(bundle):
                self._hidden |= set(bundle) - fixed

    def _audit(self) -> None:
        reader = Reader({c: n for c, n in self._counts.items() if c not in self._hidden}, list(self._sums))
        for cell in sorted(self._sensitive):
            if reader.width(cell) < self.minimum:
                raise self._revealed(cell)

    def _shown(self, share: Share | None, cells: Sequence[Cell]) -> Shown | None:
        if share is None:
            return None
        allowed = _counts_persons(share) or time_share_allowed(share, self.minimum)
        if not allowed or any(cell in self._hidden for cell in cells):
            return None
        self._values |= {share.value, float(share.n), *share.interval}
        return Shown(**{name: getattr(share, name) for name in share.__dataclass_fields__})

    def _answers(self, cell: Cell, dimension: str, answers: Sequence[str]) -> list[tuple[tuple[str, str], ...]]:
        return [Cell.of(cell.whom, {**dict(cell.where), dimension: answer}).where for answer in answers]

    def _remember(self, *shown: "pd.DataFrame | pd.Series[float]") -> None:
        for values in shown:
            self._values |= {float(v) for v in np.ravel(values.to_numpy(dtype=float)) if not np.isnan(v)}

    def _revealed(self, cell: Cell) -> DisclosureError:
        return DisclosureError(
            f"what is shown would reveal a count that has to be hidden: {cell}",
            remedy="Join categories, show less, or count the finer groups before the coarser ones",
        )


def _counts_persons(share: Share) -> bool:
    """Tell a share of persons from a share of time, whose two groups overlap."""
    return share.count + share.rest == share.n and share.value == share.count / share.n
