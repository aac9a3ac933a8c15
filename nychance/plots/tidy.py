"""What plots read from tidy tables: groups in order, numbers as written, what is hidden."""

import re
from collections.abc import Hashable, Mapping, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from evalbook.report.style import MARKERS, NEUTRAL, SERIES
from evalbook.text.language import Text
from nychance import tr

# Texts are English here; a figure says them in each language when it is saved.
PER_CENT: Final = tr("Per cent").en
UNIT_LABELS: Final = {
    "share": PER_CENT,
    "percent": PER_CENT,
    "points": tr("Percentage points").en,
    "weeks": tr("Weeks").en,
    "ratio": tr("Ratio").en,
    "count": tr("Number").en,
}
# One sign for one reason.
REASONS: Final = {
    "too-few": tr("too few").en,
    "protects-others": tr("hidden").en,
    "empty": "\N{EN DASH}",
}
# Headings of columns that seaborn writes on axes; they belong among a report's names.
COLUMN_NAMES: Final = {
    "role": tr("Municipalities"),
    "municipality": tr("Municipality"),
    "target": tr("Target"),
    "step": tr("Step"),
    "origin": tr("Origin"),
    "measure": tr("Measure"),
    "checkpoint": tr("Checkpoint"),
    "intervention": tr("Intervention"),
    "estimate": tr("Value"),
    "lower": tr("Lower bound"),
    "upper": tr("Upper bound"),
}
METHOD, COMPARISON = SERIES[:2]
ROLE_PALETTE: Final = {"method": METHOD, "comparison": COMPARISON}
# None of the colours that mean a kind of municipality.
ORIGIN_PALETTE: Final = {
    "danish": NEUTRAL,
    "immigrant": SERIES[2],
    "descendant": SERIES[3],
}
SEX_PALETTE: Final = {"women": SERIES[2], "men": SERIES[3]}
PALETTES: Final = (ROLE_PALETTE, ORIGIN_PALETTE, SEX_PALETTE)
DASHES: Final = ("-", "--", ":", "-.")
_ORDERED_HUES: Final = ("method", "comparison")


# Long Danish words may be divided after these parts.
JOINTS: Final = ("kompetence", "forberedelses", "virksomheds")


def hyphenated(name: Text) -> Text:
    """Let a name's long compounds be divided where a figure has little room."""
    return name.map(_divided)


def _divided(words: str) -> str:
    joints = "|".join(JOINTS)
    return re.sub(rf"\b({joints})(?=\w)", "\\1\N{SOFT HYPHEN}", words, flags=re.IGNORECASE)


def flat(table: pd.DataFrame) -> pd.DataFrame:
    """Return a tidy table with its groups as columns, and a status for each row."""
    named = [name for name in table.index.names if name is not None]
    frame = table.reset_index(level=named) if named else table.copy()
    return frame if "status" in frame else frame.assign(status="")


def places(column: "pd.Series[Any]", order: Sequence[Hashable]) -> Any:
    """Return where each value of a group stands in an order."""
    found = {value: place for place, value in enumerate(order)}
    return np.array([found[value] for value in column], dtype=int)


def in_order(
    matrix: pd.DataFrame, rows: Sequence[Hashable], columns: Sequence[Hashable]
) -> pd.DataFrame:
    """Return a matrix with its rows and columns in an order."""
    return matrix.reindex(index=pd.Index(list(rows)), columns=pd.Index(list(columns)))


def name_of(value: Hashable) -> str:
    """Return the name of a series in a key; one without a name is not in it."""
    return "_series" if value is None else str(value)


def values(frame: pd.DataFrame, column: str | None) -> list[Hashable]:
    """Return the values of a group in order: of its categories, else of appearance."""
    if column is None:
        return [None]
    if isinstance(frame[column].dtype, pd.CategoricalDtype):
        present = set(frame[column])
        return [value for value in frame[column].cat.categories if value in present]
    found = list(dict.fromkeys(frame[column]))
    return sorted(found, key=_ORDERED_HUES.index) if set(found) == set(_ORDERED_HUES) else found


def part(frame: pd.DataFrame, column: str | None, value: Hashable) -> pd.DataFrame:
    """Return the rows of one value of a group; all where there is no group."""
    return frame if column is None else frame.loc[frame[column] == value]


def known(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that are shown and can be drawn."""
    shown: pd.DataFrame = frame.loc[np.isfinite(frame["estimate"].to_numpy(dtype=float))]
    return shown


def reason(row: Any) -> str:
    """Return what is written in place of a row that is not shown."""
    return REASONS.get(str(row["status"]), REASONS["empty"])


def look(hues: Sequence[Hashable]) -> dict[Hashable, tuple[str, str, str]]:
    """Return colour, marker and dash of each value of a group: the same in all figures."""
    palette = next((p for p in PALETTES if set(hues) <= set(p)), None)
    known = list(palette or hues)
    looks = {
        value: (
            palette[str(value)] if palette else SERIES[place % len(SERIES)],
            MARKERS[place % len(MARKERS)],
            DASHES[place % len(DASHES)],
        )
        for place, value in enumerate(known)
    }
    return {hue: looks[hue] for hue in hues}


def write(value: float, unit: str = "share", decimals: int = 0) -> str:
    """Write a value in English, as it stands beside its mark: `31%`, `4.1`, `1,204`."""
    if unit == "share":
        return f"{100 * value:.{decimals}f}%"
    if unit == "percent":
        return f"{value:.{decimals}f}%"
    return f"{value:,.{decimals}f}"


def unit_of(frame: pd.DataFrame) -> str:
    """Return the unit of a table; that of shares where it names none."""
    units = [unit for unit in dict.fromkeys(frame.get("unit", ["share"])) if isinstance(unit, str)]
    return units[0] if units else "share"


def limits(frame: pd.DataFrame, *columns: str) -> tuple[float, float]:
    """Return the least and the largest finite number of some columns; zeros where there is none."""
    numbers = frame[[c for c in columns if c in frame]].to_numpy(dtype=float)
    numbers = numbers[np.isfinite(numbers)]
    return (float(numbers.min()), float(numbers.max())) if numbers.size else (0.0, 0.0)


def thresholds_of(targets: Any) -> dict[Hashable, float]:
    """Return thresholds by key, of a mapping or of the plan's targets."""
    if isinstance(targets, Mapping):
        return dict(targets)
    return {target.key: float(target.threshold) for target in targets or ()}
