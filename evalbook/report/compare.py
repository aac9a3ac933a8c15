"""Two runs compared: every estimate of both, what changed, what appeared, what vanished."""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from evalbook import plan
from evalbook.errors import UsageError
from evalbook.plan.results import RESULTS, results

Change = Literal["same", "changed", "appeared", "vanished"]
Numbers = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Difference:
    """An estimate before and after.

    Attributes
    ----------
    key : str
        `theme.name` of the number.
    before, after : dict or None
        The number's entry: value, unit, interval, n, method; None where there is no such number.
    change : float or None
        After less before, in the number's unit; None where either is missing or hidden.
    status : str
        `same`, `changed`, `appeared` or `vanished`.
    """

    key: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None

    @property
    def change(self) -> float | None:
        """After less before."""
        before, after = (entry["value"] if entry else None for entry in (self.before, self.after))
        return None if before is None or after is None else float(after - before)

    @property
    def status(self) -> Change:
        """What happened to the estimate."""
        if self.before is None:
            return "appeared"
        if self.after is None:
            return "vanished"
        same = all(self.before[part] == self.after[part] for part in ("value", "interval", "n"))
        return "same" if same else "changed"

    @property
    def seen(self) -> Change:
        """What happened to the estimate as pages write it: one that rounds to the same is same."""
        if self.before is None or self.after is None:
            return self.status
        return "same" if _rounded(self.before) == _rounded(self.after) else "changed"

    @property
    def weight(self) -> float:
        """How large the change is beside the uncertainty of both; 0 where that is not known."""
        ends = [entry["interval"] for entry in (self.before, self.after) if entry]
        if self.change is None or len(ends) < 2 or not all(ends):
            return 0.0
        wide = math.hypot(*(high - low for low, high in ends))
        return 2 * abs(self.change) / wide if wide else 0.0

    @property
    def entry(self) -> Mapping[str, Any]:
        """The newer entry there is, for the unit and the method."""
        entry = self.after or self.before
        assert entry is not None
        return entry

    def as_dict(self) -> dict[str, Any]:
        """Give the difference as plain data."""
        return asdict(self) | {"change": self.change, "status": self.status}


def differences(before: Numbers, after: Numbers) -> list[Difference]:
    """Lay two sets of numbers side by side, in the order of the newer one, then what vanished."""
    keys = dict.fromkeys([*after, *before])
    return [Difference(key, before.get(key), after.get(key)) for key in keys]


def _rounded(entry: Mapping[str, Any]) -> tuple[float | None, ...]:
    places = entry["decimals"] + (2 if entry["unit"] == "share" else 0)
    values = (entry["value"], *(entry["interval"] or ()))
    return tuple(None if value is None else round(value, places) for value in values)


def numbers_of(root: Path, name: str) -> Numbers:
    """Read the numbers of a checkpoint or of a run.

    Parameters
    ----------
    root : Path
        The project.
    name : str
        A checkpoint (`2008-03` or `3`), a data file of a site (`_site/data/2008-03.json`), or a
        folder with results (`figures/2008-03`, `figures/2008-03/method`, of any checkout).

    Raises
    ------
    UsageError
        If it is none of these, or holds no results.
    """
    path = Path(name)
    if path.is_file():
        return {
            entry["key"]: entry for entry in json.loads(path.read_text(encoding="utf-8"))["numbers"]
        }
    folder = path if path.is_dir() else root / "figures" / plan.load().checkpoint(name).month
    found = _numbers_in(folder)
    if not found:
        raise UsageError(
            "there are no results here",
            where=folder,
            remedy=f"Make them: {plan.load().command} run -c {folder.name}",
        )
    return found


def _numbers_in(folder: Path) -> Numbers:
    runs = [folder, *(folder / theme.stem for theme in plan.load().themes)]
    return {
        f"{run.resolve().name}.{key}": entry
        for run in runs
        if (run / RESULTS).is_file()
        for key, entry in results(run)["numbers"].items()
    }
