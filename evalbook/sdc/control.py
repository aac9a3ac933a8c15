"""Disclosure control between a notebook's counts and what it shows."""

import math
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from evalbook.errors import DisclosureError
from evalbook.models.shares.proportions import Share, share
from evalbook.sdc.cells import Cell, Sums, Table, concentrated, single, table
from evalbook.sdc.estimates import Estimates
from evalbook.sdc.suppress import two_worlds
from evalbook.sdc.thresholds import MINIMUM, SafeShare, is_small, shown, time_share_allowed
from evalbook.sdc.ties import Tie, Ties, implied, refuse_untrue

# How much more a margin is missed than a cell in the body of a table.
MARGIN_COST = 50
YES, NO = "yes", "no"


@dataclass(frozen=True)
class Protected:
    """A protected table of counts; NaN stands where a count is hidden.

    Attributes
    ----------
    counts : DataFrame
        As given; a single row where a Series was.
    subtotals : DataFrame
        The rows' subtotals.
    totals : Series
        The rows' totals.
    total : float
        Everybody in the table.
    """

    counts: pd.DataFrame
    subtotals: pd.DataFrame
    totals: "pd.Series[float]"
    total: float
    _given_out: set[float] = field(repr=False)

    @property
    def row_shares(self) -> pd.DataFrame:
        """Each count as a share of its row, NaN where either is hidden."""
        return self.counts.div(self.totals.where(self.totals > 0), axis=0)

    def share(self, row: str, counted: str, others: str) -> SafeShare | None:
        """Take, in a row, the share that a subtotal makes up of itself and another.

        None if one is hidden or both are empty.
        """
        count, rest = (float(self.subtotals[name].loc[row]) for name in (counted, others))
        # Both are NaN where hidden.
        if not count + rest > 0:
            return None
        return self._given(int(count), int(count + rest))

    def part(self, row: str, column: object) -> SafeShare | None:
        """Take the share that one count makes up of its row.

        None if either is hidden or the row is empty.
        """
        count, total = float(self.counts[column].loc[row]), float(self.totals.loc[row])
        return self._given(int(count), int(total)) if count >= 0 and total > 0 else None

    def of_all(self, row: str, column: object) -> SafeShare | None:
        """Take the share that one count makes up of everybody in the table.

        None if either is hidden or nobody is in it.
        """
        count = float(self.counts[column].loc[row])
        return self._given(int(count), int(self.total)) if count >= 0 and self.total > 0 else None

    def _given(self, count: int, total: int) -> SafeShare:
        found = shown(share(count, total))
        self._given_out.update(_values_of(found))
        return found

    def shares(self, row: str) -> dict[str, SafeShare | None]:
        """Take the share that each cell of a row makes up of the row, with its interval.

        None where either is hidden.
        """
        total, found = float(self.totals.loc[row]), dict[str, SafeShare | None]()
        for column, count in zip(
            self.counts, self.counts.loc[row].to_numpy(dtype=float), strict=True
        ):
            # Both are NaN where hidden.
            known = total > 0 and count >= 0
            found[str(column)] = shown(share(int(count), int(total))) if known else None
        self._given_out.update(*(_values_of(each) for each in found.values() if each))
        return found


class DisclosureControl:
    """Decides, count after count, what may be shown; what was shown stays shown.

    Parameters
    ----------
    minimum : int
        The least number of persons that a count may rest on.
    always_hidden : sequence of str
        Cells, as messages name them, to hide in any case.
    ties : sequence of Tie
        Which populations add up to which.

    Attributes
    ----------
    estimates : Estimates
        Lets through what is worked out of persons and is no count.
    """

    def __init__(
        self, minimum: int = MINIMUM, always_hidden: Sequence[str] = (), ties: Sequence[Tie] = ()
    ) -> None:
        self.minimum = minimum
        self._always_hidden = frozenset(always_hidden)
        self._ties = Ties(ties)
        self._counts: dict[Cell, int] = {}
        self._sums = Sums()
        self._hidden: set[Cell] = set()
        self._sensitive: set[Cell] = set()
        self._values: set[float] = set()
        self.estimates = Estimates(minimum, self._values)

    def counts(
        self,
        frame: "pd.DataFrame | pd.Series[int]",
        whom: str,
        *,
        where: Mapping[str, str] | None = None,
        subtotals: Mapping[str, Sequence[str]] | None = None,
        seen: Mapping[str, str] | None = None,
        overlapping: bool = False,
    ) -> Protected:
        """Protect a table of counts.

        Parameters
        ----------
        frame : DataFrame or Series
            Counts of persons, each in one cell; the names of its index and its columns are the
            dimensions.
        whom : str
            The population that the table counts, with its date: `target group, 2008-W39`. Tables
            of the same population are attacked together.
        where : mapping, optional
            Dimension to category, for a table of a part of the population.
        subtotals : mapping, optional
            Subtotals that are shown to the columns that each adds up. Cumulative counts are
            subtotals.
        seen : mapping, optional
            What narrows the rows' totals down if later checkpoints add columns: `{"seen": "until
            2008-03"}`. Without it two checkpoints would name different sums alike, and could not
            be attacked together.
        overlapping : bool
            Whether a person may be in several cells, so that nothing adds up.

        Raises
        ------
        DisclosureError
            If a cell that has to be hidden is known from what was shown before.
        """
        place, grouped, all_seen = dict(where or {}), dict(subtotals or {}), dict(seen or {})
        wide = frame.to_frame().T if isinstance(frame, pd.Series) else frame
        columns = str(wide.columns.name)
        rows = [
            place if wide.index.name is None else place | {str(wide.index.name): row}
            for row in wide.index
        ]
        keys = [{**row, columns: column} for row in rows for column in wide.columns]
        inner = {
            Cell.of(whom, key): int(count)
            for key, count in zip(keys, wide.to_numpy().ravel(), strict=True)
        }
        if overlapping:
            self.let_through(Table(inner, (), ()))
        else:
            self.let_through(table(inner, place, {columns: grouped}, {columns: all_seen}))

        def column(named: object) -> list[float]:
            return [
                self._value(Cell.of(whom, row | (all_seen if named is None else {columns: named})))
                for row in rows
            ]

        def laid_out(named: Iterable[object]) -> pd.DataFrame:
            return pd.DataFrame(
                {name: column(name) for name in named}, index=wide.index, dtype=float
            )

        totals = pd.Series(np.nan if overlapping else column(None), index=wide.index, dtype=float)
        total = np.nan if overlapping else self._value(Cell.of(whom, place | all_seen))
        found = Protected(
            laid_out(wide.columns).rename_axis(columns=columns),
            laid_out(grouped),
            totals,
            total,
            self._values,
        )
        self._remember(found.counts, found.subtotals, totals, found.row_shares)
        return found

    def shares(
        self,
        shares: Mapping[str, Share | None],
        whom: str,
        *,
        by: str,
        hit: str,
        where: Mapping[str, str] | None = None,
    ) -> dict[str, SafeShare | None]:
        """Protect shares of groups without common members.

        Parameters
        ----------
        shares : mapping
            Group to its share; None where there is nobody.
        whom, where
            As in `counts`.
        by : str
            The dimension that the groups are categories of.
        hit : str
            What those in the numerators have: a dimension of its own.

        Returns
        -------
        dict
            Group to its share; None where it is hidden or there is nobody.
        """
        place = dict(where or {})
        given = {group: share for group, share in shares.items() if share is not None}
        groups = {group: Cell.of(whom, {**place, by: group}) for group in given}
        answers = {
            group: [cell.narrowed(hit, answer) for answer in (YES, NO)]
            for group, cell in groups.items()
        }
        # Of a measure of time, a group in which nobody has both looks like a share of persons, and
        # the others do not.
        of_time = not all(map(_counts_persons, given.values()))
        if of_time:
            for group, share in given.items():
                self.let_through(single(share.n, groups[group]))
        elif given:
            inner = {
                c: n
                for g, s in given.items()
                for c, n in zip(answers[g], (s.count, s.rest), strict=True)
            }
            self.let_through(table(inner, place), list(answers.values()))
        cells = {group: [groups[group], *([] if of_time else answers[group])] for group in given}
        return {
            group: self._shown(given[group], cells[group], of_time=of_time)
            if group in given
            else None
            for group in shares
        }

    def share(self, share: Share | None, whom: str) -> SafeShare | None:
        """Protect one share by itself."""
        return self.shares({"all": share}, whom, by="group", hit="counted")["all"]

    def count(self, count: int, whom: str, where: Mapping[str, str] | None = None) -> int | None:
        """Protect one count."""
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
        self._sums.add(self._ties.with_cells(new.counts))
        refuse_untrue(self._ties.sums.around(new.counts, self._counts), self._counts)
        small = {cell for cell, count in new.counts.items() if is_small(count, self.minimum)}
        sensitive = small | set(concentrated(new))
        chosen = {cell for cell in new.counts if str(cell) in self._always_hidden}
        if known := sorted((sensitive | chosen) & fixed):
            raise self._revealed(known[0])
        self._sensitive |= sensitive
        self._hidden |= sensitive | chosen
        self._close(bundles, fixed)
        self._hide_more(new, bundles, fixed)

    def large_enough(self, count: float, n: int) -> bool:
        """Tell whether neither a count out of `n` nor its complement is too small.

        The count of a curve need not be whole.
        """
        return min(count, n - count) >= self.minimum - 1e-9

    def hides(self, cell: Cell) -> bool:
        """Tell whether a cell is hidden."""
        return cell in self._hidden

    def passed(self, value: float) -> bool:
        """Return whether a value was released."""
        return value in self._values

    @property
    def given_out(self) -> Set[float]:
        """All values that were released."""
        return self._values

    def record(self) -> dict[str, Any]:
        """Return what an outsider knows and what must stay unknown, without hidden counts."""
        untold = {cell for line in self._ties.sums for cell in line.cells} - self._counts.keys()
        cells = sorted(self._counts.keys() | untold)
        places = {cell: i for i, cell in enumerate(cells)}
        shown = self._counts.keys() - self._hidden
        small = {
            cell
            for cell, count in implied(self._ties.sums, self._counts).items()
            if is_small(count, self.minimum)
        }
        return {
            "minimum": self.minimum,
            "cells": [
                cell._asdict() | {"count": self._counts[cell] if cell in shown else None}
                for cell in cells
            ],
            "sums": [
                [places[line.total], *(places[part] for part in line.parts)] for line in self._sums
            ],
            "sensitive": sorted(places[cell] for cell in self._sensitive | small),
        }

    def _take_in(self, new: Table) -> None:
        for cell, count in new.counts.items():
            if self._counts.setdefault(cell, count) != count:
                raise DisclosureError(
                    f"{cell} is counted twice, with different results",
                    remedy="Give populations that are not the same different names",
                )
        self._sums.add(new.sums)

    def _close(self, bundles: Sequence[Sequence[Cell]], fixed: set[Cell]) -> None:
        for bundle in bundles:
            if self._hidden & set(bundle):
                self._hidden |= set(bundle) - fixed

    def _hide_more(self, new: Table, bundles: Sequence[Sequence[Cell]], fixed: set[Cell]) -> None:
        """Hide what would reveal a sensitive cell."""
        sums = self._sums.around(new.counts.keys() - fixed, fixed)
        cells = new.counts.keys() | {cell for line in sums for cell in line.cells}
        untold = cells - self._counts.keys()
        counts = {cell: self._counts[cell] for cell in cells - untold}
        counts |= implied(self._ties.sums.around(untold, self._counts), self._counts)
        small = {cell for cell in untold & counts.keys() if is_small(counts[cell], self.minimum)}
        touched = (self._sensitive & cells | small) - fixed
        shown = {cell: self._counts[cell] for cell in cells & fixed}
        costs = {cell: _cost(counts[cell], cell in self._sums.totals) for cell in cells - untold}
        spread = {cell: (counts[cell], counts[cell]) for cell in touched}
        # A cell that is hidden for a later one's sake, or a bundle's, can only help those before
        # it.
        for cell in sorted(touched, key=lambda c: (-counts[c], c)):
            if spread[cell][1] - spread[cell][0] >= self.minimum:
                continue
            found = two_worlds(
                cell, self.minimum, self._counts, self._hidden | untold, shown, self._sums, costs
            )
            if found is None:
                raise self._revealed(cell)
            self._hidden |= found.moved
            self._close(bundles, fixed)
            for other in touched & found.lower.keys():
                seen = (*spread[other], found.lower[other], found.upper[other])
                spread[other] = (min(seen), max(seen))

    def _shown(self, share: Share, cells: Sequence[Cell], *, of_time: bool) -> SafeShare | None:
        allowed = not of_time or time_share_allowed(share, self.minimum)
        if not allowed or any(cell in self._hidden for cell in cells):
            return None
        self._values.update(_values_of(share))
        return shown(share)

    def _value(self, cell: Cell) -> float:
        return np.nan if cell in self._hidden else float(self._counts[cell])

    def _remember(self, *shown: "pd.DataFrame | pd.Series[float]") -> None:
        for values in shown:
            self._values |= {
                float(v) for v in np.ravel(values.to_numpy(dtype=float)) if not np.isnan(v)
            }

    def _revealed(self, cell: Cell) -> DisclosureError:
        return DisclosureError(
            f"what is shown would reveal a count that has to be hidden: {cell}",
            remedy="Join categories, show less, or count the finer groups before the coarser ones",
        )


def _counts_persons(share: Share) -> bool:
    """Tell a share of persons from a share of time, whose two groups overlap."""
    return share.count + share.rest == share.n and share.value == share.count / share.n


def _values_of(share: Share) -> set[float]:
    return {share.value, float(share.n), *share.interval}


def _cost(count: int, margin: bool) -> float:
    """Say what it costs to change a count by one person.

    Large counts and margins are missed more than small ones.
    """
    return (MARGIN_COST if margin else 1) * (5 + math.sqrt(count))
