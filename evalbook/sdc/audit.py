"""The audit of what is published together: all themes of a checkpoint, and all checkpoints.

A notebook's gate knows its own counts only. Here an outsider is given everything that all
notebooks show, with every sum that any of them declares, and attacks every cell that has to stay
unknown. No hidden count is needed for that, and none is on record.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from evalbook.errors import DisclosureError
from evalbook.plan.results import RESULTS, results
from evalbook.sdc.attack import Reader
from evalbook.sdc.cells import Cell, Sum, Sums
from evalbook.sdc.thresholds import MINIMUM
from evalbook.sdc.ties import Tie, Ties, refuse_untrue

RECORD: Final = "disclosure"
SUGGESTED: Final = 4


@dataclass
class Knowledge:
    """What is shown so far, and what has to stay unknown.

    Attributes
    ----------
    known : dict
        Cells that are shown, and their counts.
    sums : dict
        Sums, in the order in which they were declared.
    sensitive : dict
        Cells to stay unknown, with the least width of their range.
    minimum : int
        The least number of persons that a count may rest on.
    tied_cells : frozenset of Cell
        The cells that declared ties tell of.
    """

    known: dict[Cell, int] = field(default_factory=dict)
    sums: dict[Sum, None] = field(default_factory=dict)
    sensitive: dict[Cell, int] = field(default_factory=dict)
    minimum: int = MINIMUM
    tied_cells: frozenset[Cell] = frozenset()

    @classmethod
    def of(cls, record: dict[str, Any]) -> "Knowledge":
        """Read what one notebook's gate wrote down."""
        cells = [
            Cell(entry["whom"], tuple((name, category) for name, category in entry["where"]))
            for entry in record["cells"]
        ]
        return cls(
            {
                cell: entry["count"]
                for cell, entry in zip(cells, record["cells"], strict=True)
                if entry["count"] is not None
            },
            {
                Sum(cells[total], tuple(cells[part] for part in parts)): None
                for total, *parts in record["sums"]
            },
            {cells[place]: record["minimum"] for place in record["sensitive"]},
            record["minimum"],
        )

    def disagrees(self, other: "Knowledge") -> Cell | None:
        """Find a cell that both show with different counts."""
        return next(
            (cell for cell, count in other.known.items() if self.known.get(cell, count) != count),
            None,
        )

    def with_(self, other: "Knowledge") -> "Knowledge":
        """Put together what two tell."""
        minimum = max(self.minimum, other.minimum)
        return Knowledge(
            self.known | other.known,
            self.sums | other.sums,
            self.sensitive | other.sensitive,
            minimum,
        )

    def cells(self) -> list[Cell]:
        """List every cell that is told of, each once."""
        return list(
            dict.fromkeys(
                [*self.known, *self.sensitive, *(cell for line in self.sums for cell in line.cells)]
            )
        )

    def tied(self, sums: Sequence[Sum]) -> "Knowledge":
        """Add sums of declared ties; raises `DisclosureError` if one is not true."""
        refuse_untrue(sums, self.known)
        loose = frozenset(cell for line in sums for cell in line.cells)
        return Knowledge(
            self.known, self.sums | dict.fromkeys(sums), self.sensitive, self.minimum, loose
        )

    def revealed(
        self, withstood: dict[Cell, object] | None = None
    ) -> Iterator[tuple[Cell, list[Cell]]]:
        """Find the cells whose range is too narrow, each with shown cells that sums tie it to.

        Parameters
        ----------
        withstood : dict, optional
            What was known of cells when they were attacked in vain, which is not tried again;
            takes more in.
        """
        withstood = {} if withstood is None else withstood
        reader = Reader(self.known, Sums(self.sums))
        for cell in sorted(self.sensitive.keys() | (self.tied_cells - self.known.keys())):
            told = (self.sensitive.get(cell), self.minimum, reader.told(cell))
            if withstood.get(cell) == told:
                continue
            if self._reveals(reader, cell):
                yield cell, self._near(cell)
            else:
                withstood[cell] = told

    def _reveals(self, reader: Reader, cell: Cell) -> bool:
        """Tell whether a reader learns too much of a cell.

        Of a cell that only ties tell of, no gate has said whether it is small: it tells too much
        if it can only be so.
        """
        if cell in self.sensitive:
            return reader.width(cell) < self.sensitive[cell]
        greatest = reader.greatest(cell) if reader.least(cell) > 0 else None
        return greatest is not None and greatest < self.minimum

    def _near(self, cell: Cell) -> list[Cell]:
        near = dict.fromkeys(
            c
            for line in self.sums
            if cell in line.cells
            for c in (*line.parts, line.total)
            if c in self.known
        )
        return [cell] if cell in self.known else list(near)


@dataclass(frozen=True)
class Audit:
    """What an audit found.

    Attributes
    ----------
    leaks : dict
        Month to the first leak found.
    apart : dict
        Month to a cell that it shows with another count than the checkpoints before it, so that
        they come from another state of the data, and were not attacked together.
    """

    leaks: dict[str, DisclosureError] = field(default_factory=dict)
    apart: dict[str, Cell] = field(default_factory=dict)


def audit(
    figures: Path, checkpoints: Sequence[str], themes: Sequence[str], ties: Sequence[Tie] = ()
) -> Audit:
    """Attack the results of checkpoints, each together with those before it.

    Parameters
    ----------
    figures : Path
        The folder with the checkpoints' results.
    checkpoints : sequence of str
        Months, in order.
    themes : sequence of str
        Themes' stems.
    ties : sequence of Tie
        Which populations add up to which.

    Returns
    -------
    Audit
        A checkpoint that leaks is taken as not published by those after it.
    """
    found = Audit()
    earlier, withstood, tied = Knowledge(), dict[Cell, object](), Ties(ties)
    for month in checkpoints:
        try:
            now = _together(figures / month, month, themes)
            tied.with_cells(now.cells())
            if cell := earlier.disagrees(now):
                found.apart[month] = cell
            else:
                now = earlier.with_(now)
            for cell, near in now.tied(list(tied.sums)).revealed(withstood):
                raise _leak(cell, near, month)
        except DisclosureError as error:
            found.leaks[month] = error
        else:
            earlier = now
    return found


def _together(folder: Path, month: str, themes: Sequence[str]) -> Knowledge:
    whole = Knowledge()
    for theme in themes:
        if not (folder / theme / RESULTS).is_file():
            continue
        found = results(folder / theme)
        if RECORD not in found:
            continue
        now = Knowledge.of(found[RECORD])
        if cell := whole.disagrees(now):
            raise DisclosureError(
                f"{cell} is shown with different counts, here and in another theme",
                where=f"{theme} {month}",
                remedy="Give populations that are not the same different names",
            )
        whole = whole.with_(now)
    return whole


def _leak(cell: Cell, near: Sequence[Cell], month: str) -> DisclosureError:
    named = "; ".join(f"'{other}'" for other in near[:SUGGESTED])
    return DisclosureError(
        f"the hidden count '{cell}' can be worked out from what is shown together",
        where=month,
        remedy="Name one of these under `hidden_cells` in data/plan/protection.yml, and run again: "
        f"{named}",
    )
