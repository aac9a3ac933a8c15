"""The audit of what is published together: all themes of a checkpoint, and all checkpoints.

A notebook's gate knows its own counts only. Here an outsider is given everything that all notebooks show, with every sum
that any of them declares, and attacks every cell that has to stay unknown. No hidden count is needed for that, and none
is on record.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from nychance.disclosure.attack import Reader
from nychance.disclosure.cells import Cell, Sum
from nychance.disclosure.rules import MINIMUM
from nychance.disclosure.ties import Tie, Ties, refuse_untrue
from nychance.errors import DisclosureError
from nychance.results import RESULTS, results

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
        cells = [Cell(entry["whom"], tuple((name, category) for name, category in entry["where"])) for entry in record["cells"]]
        return cls(
            {cell: entry["count"] for cell, entry in zip(cells, record["cells"], strict=True) if entry["count"] is not None},
            {Sum(cells[total], tuple(cells[part] for part in parts)): None for total, *parts in record["sums"]},
            {cells[place]: record["minimum"] for place in record["sensitive"]},
            record["minimum"],
        )

    def disagrees(self, other: "Knowledge") -> Cell | None:
        """Find a cell that both show with different counts."""
        return next((cell for cell, count in other.known.items() if self.known.get(cell, count) != count), None)

    def with_(self, other: "Knowledge") -> "Knowledge":
        """Put together what two tell."""
        minimum = max(self.minimum, other.minimum)
        return Knowledge(self.known | other.known, self.sums | other.sums, self.sensitive | other.sensitive, minimum)

    def tied(self, ties: Sequence[Tie]) -> "Knowledge":
        """Add what is known of which populations add up to which; raises `DisclosureError` if it is not true."""
        cells = dict.fromkeys([*self.known, *self.sensitive, *(c for line in self.sums for c in (line.total, *line.parts))])
        sums = Ties(ties).with_cells(cells)
        refuse_untrue(sums, self.known)
        loose = frozenset(cell for line in sums for cell in (line.total, *line.parts))
        return Knowledge(self.known, self.sums | dict.fromkeys(sums), self.sensitive, self.minimum, loose)

    def revealed(self) -> Iterator[tuple[Cell, list[Cell]]]:
        """Find the cells whose range is too narrow, each with shown cells that sums tie it to.

        Of a cell that only ties tell of, no gate has said whether it is small: it tells too much if it can only be so.
        """
        reader = Reader(self.known, list(self.sums))
        for cell, width in sorted(self.sensitive.items()):
            if reader.width(cell) < width:
                yield cell, self._near(cell)
        for cell in sorted(self.tied_cells - self.known.keys() - self.sensitive.keys()):
            least, greatest = reader.range_of(cell)
            if least > 0 and greatest is not None and greatest < self.minimum:
                yield cell, self._near(cell)

    def _near(self, cell: Cell) -> list[Cell]:
        tied = [line for line in self.sums if cell in (line.total, *line.parts)]
        near = dict.fromkeys(c for line in tied for c in (*line.parts, line.total) if c in self.known)
        return [cell] if cell in self.known else list(near)


def audit(
    figures: Path, checkpoints: Sequence[str], themes: Sequence[str], ties: Sequence[Tie] = ()
) -> dict[str, DisclosureError]:
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
    dict
        Month to the first leak found; a checkpoint that leaks is taken as not published by those after it. Results of
        another state of the data, which show a cell with another count, are not taken together.
    """
    return dict(_audited(figures, tuple(checkpoints), tuple(themes), tuple(ties), _state(figures, checkpoints, themes)))


# A preview audits the same results over and over.
@lru_cache(maxsize=4)
def _audited(
    figures: Path, checkpoints: Sequence[str], themes: Sequence[str], ties: Sequence[Tie], _state: str
) -> dict[str, DisclosureError]:
    leaks: dict[str, DisclosureError] = {}
    earlier = Knowledge()
    for month in checkpoints:
        try:
            now = _together(figures / month, month, themes)
            if earlier.disagrees(now) is None:
                now = earlier.with_(now)
            for cell, near in now.tied(ties).revealed():
                raise _leak(cell, near, month)
        except DisclosureError as error:
            leaks[month] = error
        else:
            earlier = now
    return leaks


def _state(figures: Path, checkpoints: Sequence[str], themes: Sequence[str]) -> str:
    paths = [figures / month / theme / RESULTS for month in checkpoints for theme in themes]
    return " ".join(sha256(path.read_bytes()).hexdigest() if path.is_file() else "none" for path in paths)


def _together(folder: Path, month: str, themes: Sequence[str]) -> Knowledge:
    whole = Knowledge()
    for theme in themes:
        if not (folder / theme / RESULTS).is_file():
            continue
        found = results(folder / theme)
        if RECORD not in found:
            raise DisclosureError(
                "its results are too old to tell whether they reveal anyone", where=f"{theme} {month}",
                remedy=f"Make them again with: nychance run -c {month} -t {theme}",
            )  # fmt: skip
        now = Knowledge.of(found[RECORD])
        if cell := whole.disagrees(now):
            raise DisclosureError(
                f"{cell} is shown with different counts, here and in another theme", where=f"{theme} {month}",
                remedy="Give populations that are not the same different names",
            )  # fmt: skip
        whole = whole.with_(now)
    return whole


def _leak(cell: Cell, near: Sequence[Cell], month: str) -> DisclosureError:
    named = "; ".join(f"'{other}'" for other in near[:SUGGESTED])
    return DisclosureError(
        f"the hidden count '{cell}' can be worked out from what is shown together", where=month,
        remedy=f"Name one of these under `hidden_cells` in data/plan/targets.yml, and run again: {named}",
    )  # fmt: skip
