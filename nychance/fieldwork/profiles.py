"""Competence profiles: a participant's level by area, before and after clarification."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal

import numpy as np
import pandas as pd
from scipy import stats

from evalbook.models.method import WILSON, method
from evalbook.plan import Checkpoint
from evalbook.qualitative import csv_tables as tables
from evalbook.qualitative.codebook import NAME, codebook
from evalbook.qualitative.records import folder
from evalbook.qualitative.source_lines import EXAMPLE
from evalbook.text.source import Source
from nychance import tr

PROFILES: Final = Source(tr("Source: competence profiles, own calculations"), persons=True)
LEVELS: Final = ("1", "2", "3", "4", "5")
STRONG, WEAK = 4, 2
When = Literal["before", "after"]


def profiles(checkpoint: Checkpoint, path: Path | None = None) -> tuple[pd.DataFrame, Source]:
    """Read the profiles clarified up to a checkpoint.

    Parameters
    ----------
    path : Path, optional
        A table with `profile` (a number, never a person's), `clarified` (the day), `area` (a key
        of `areas` in `material.yml`), `before` and `after` (1 to 5); default the file that
        `material.yml` names.

    Raises
    ------
    DataError
        If the table is missing or lacks a column, or a row has no day, an unknown or repeated
        area, or an unknown level.
    """
    book = codebook(folder() / "material" / NAME)
    path = path or folder() / "material" / book.profiles
    table = tables.read(path, ["profile", "clarified", "area", "before", "after"])
    clarified = tables.days(table["clarified"])
    faults = {
        "clarified": clarified.isna(),
        "area": ~table["area"].isin(list(book.area_names)) | table.duplicated(["profile", "area"]),
        **{when: ~table[when].isin(LEVELS) for when in ("before", "after")},
    }
    tables.refuse(table, faults, path)
    read = table.assign(
        clarified=clarified, before=table["before"].astype(int), after=table["after"].astype(int)
    )
    example = Source(EXAMPLE.line, persons=True, synthetic=True)
    return read[clarified <= pd.Timestamp(checkpoint.cutoff)], example if path.name.endswith(
        "-example.csv"
    ) else PROFILES


@method(
    tr("Change of level by area"),
    formula=tr("mean of level after − level before, by area"),
    unit=tr("competence profiles"),
    interval=tr("paired, Student's t"),
    source="Own definition, after the brief",
)
def levels(table: pd.DataFrame, areas: Sequence[str], minimum: int) -> pd.DataFrame:
    """Compute each area's mean level before and after, and its change, with 95% intervals.

    Returns
    -------
    DataFrame
        Indexed by area, the strongest after clarification first: `n`, and for each of `before`,
        `after` and `change` the mean, `_low` and `_high`. An area with fewer than `minimum`
        profiles is left out.

    Notes
    -----
    Student's t. The change is each profile's own, so its interval is that of paired observations.
    """
    rows = {}
    for area in areas:
        mine = table[table["area"] == area]
        if len(mine) < minimum:
            continue
        values = {
            "before": mine["before"],
            "after": mine["after"],
            "change": mine["after"] - mine["before"],
        }
        rows[area] = {"n": len(mine)} | {
            name: value for key, each in values.items() for name, value in _mean(key, each).items()
        }
    found = pd.DataFrame.from_dict(rows, orient="index")
    return found.sort_values("after", ascending=False, kind="stable") if rows else found


def asymmetric(table: pd.DataFrame, when: When) -> "pd.Series[bool]":
    """Return which profiles have a strong area (level 4 or 5) and a weak one (level 1 or 2)."""
    ends = table.groupby("profile")[when].agg(["min", "max"])
    return (ends["max"] >= STRONG) & (ends["min"] <= WEAK)


@method(
    tr("Asymmetric competence profiles"),
    formula=tr("n(level 4\N{EN DASH}5 in one area and 1\N{EN DASH}2 in another) ÷ n(profiles)"),
    unit=tr("competence profiles"),
    interval=WILSON,
    source="Own definition, after the brief",
)
def by_checkpoint(
    table: pd.DataFrame, when: When, checkpoints: Sequence[Checkpoint]
) -> tuple["pd.Series[int]", dict[str, list[str]]]:
    """Count asymmetric and other profiles by the checkpoint at which they were first known.

    Returns
    -------
    Series
        Counts by `asymmetric MONTH` and `other MONTH`.
    dict
        The subtotals `asymmetric until MONTH` and `other until MONTH`, the totals known at each
        checkpoint, with the counts that they add up.
    """
    seen = tables.first_seen(table.groupby("profile")["clarified"].first(), checkpoints)
    kind = asymmetric(table, when).map({True: "asymmetric", False: "other"})
    months = [checkpoint.month for checkpoint in checkpoints]
    keys = {(k, month): f"{k} {month}" for k in ("asymmetric", "other") for month in months}
    counted = (kind + " " + seen).value_counts().reindex(list(keys.values()), fill_value=0)
    subtotals = {
        f"{k} until {month}": [keys[k, m] for m in months if m <= month] for k, month in keys
    }
    return counted.rename_axis(when), subtotals


def _mean(key: str, values: "pd.Series[int]") -> dict[str, float]:
    mean = float(values.mean())
    half = float(stats.t.ppf(0.975, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values)))
    return {key: mean, f"{key}_low": mean - half, f"{key}_high": mean + half}
