"""Rejection rates of the tests under a true null, as simulated by `benchmarks/calibration.py`."""

from collections.abc import Mapping
from typing import Final

import pandas as pd

from evalbook.errors import DataError
from evalbook.models.method import NO_INTERVAL, method
from evalbook.paths import calibration_file
from evalbook.text.language import Text
from evalbook.text.source import Source
from nychance import tr

METHODS: Final = {
    "wild": tr("Wild cluster bootstrap"),
    "randomisation": tr("Randomisation test (t)"),
    "crv1": tr("CRV1, t with G\N{MINUS SIGN}1"),
}
# What tells method and comparison municipalities apart, as simulated by
# `benchmarks/municipalities.py`.
OFFERED: Final = {
    "contrast": tr("Each municipality alike, randomisation test"),
    "contrast, strata": tr("Each municipality alike, randomisation within groups of size"),
    "contrast, CR2": tr("Each municipality alike, CR2 with Satterthwaite's degrees of freedom"),
    "contrast, drift": tr("Drift before the start"),
    "contrast, less drift": tr("Less the drift from before the start"),
    "by size, CR2": tr("Weighted by persons, CR2"),
    "by size, wild": tr("Weighted by persons, wild cluster bootstrap"),
    "synthetic": tr("Synthetic difference-in-differences, placebos"),
}
SCENARIOS: Final = {
    "alike": tr("Equal"),
    "treated vary 1.5 times as much": tr("Method municipalities vary 1.5 times as much"),
    "treated vary twice as much": tr("Method municipalities vary twice as much"),
    "unequal sizes, unweighted": tr("Unequal sizes, unweighted"),
    "unequal sizes, weighted": tr("Unequal sizes, weighted"),
    "real employment rates, random groups": tr(
        "Real employment rates 2008\N{EN DASH}2017, random groups"
    ),
    "municipalities of one size, changes differ by 0 points": tr(
        "Municipalities of one size whose changes do not differ"
    ),
    "municipalities of one size, changes differ by 3 points": tr(
        "Municipalities of one size whose changes differ by 3 points"
    ),
    "municipalities of one size, changes differ by 5 points": tr(
        "Municipalities of one size whose changes differ by 5 points"
    ),
    "municipalities with a capital, changes differ by 0 points": tr(
        "With a method municipality of ten times the size; changes do not differ"
    ),
    "municipalities with a capital, changes differ by 3 points": tr(
        "With a method municipality of ten times the size; changes differ by 3 points"
    ),
    "municipalities with a capital, changes differ by 5 points": tr(
        "With a method municipality of ten times the size; changes differ by 5 points"
    ),
}
SOURCE: Final = Source(
    tr("Source: own simulations and employment rates of Statistics Denmark (RAS200)")
)


@method(
    tr("Rejections of a true null"),
    formula=tr("rounds of a simulation without effect in which a 5% test rejects ÷ rounds"),
    unit=tr("rounds of a simulation"),
    interval=NO_INTERVAL,
    source=tr("Own simulation (benchmarks/calibration.py)"),
)
def rejections() -> pd.DataFrame:
    """Read how often each method rejects a true null at 5 per cent.

    Returns
    -------
    DataFrame
        A row per design in the file's order: `treated`, `comparison`, `scenario` (bilingual),
        `rounds`, and a column per method of `METHODS`: the share of rounds; missing where a method
        does not apply. Its complement is the interval's coverage.

    Raises
    ------
    DataError
        If the file is missing or lacks a column.
    """
    return _read(METHODS)


@method(
    tr("Rejections of a true null, method against comparison municipalities"),
    formula=tr("rounds of a simulation without effect in which a 5% test rejects ÷ rounds"),
    unit=tr("rounds of a simulation"),
    interval=NO_INTERVAL,
    source=tr("Own simulation (`benchmarks/municipalities.py`)"),
)
def rejections_of_contrasts() -> pd.DataFrame:
    """Read how often each test that the report offers rejects a true null at 5 per cent.

    Returns
    -------
    DataFrame
        As `rejections`, with a column per method of `OFFERED`: for 4, 5, 6 and 8 treated of 32
        municipalities, of one size or with a capital, whose changes differ by 0, 3 or 5 points.
        Missing where a test is not offered. Tests that take long were run in every tenth round.

    Raises
    ------
    DataError
        If the file is missing or lacks a column.
    """
    return _read(OFFERED)


def _read(methods: Mapping[str, Text]) -> pd.DataFrame:
    path = calibration_file()
    remedy = "Make it: python benchmarks/calibration.py --write"
    try:
        found = pd.read_csv(path)
    except FileNotFoundError as error:
        raise DataError("the file does not exist", where=path, remedy=remedy) from error
    keys = ["treated", "comparison", "scenario", "rounds"]
    if absent := sorted({*keys, "method", "rejected"} - set(found)):
        raise DataError(f"there is no column {absent[0]!r}", where=path, remedy=remedy)
    found = found[found["method"].isin(methods)]
    keys = ["treated", "comparison", "scenario"]
    rounds = found.groupby(keys, sort=False)["rounds"].max()
    order = rounds.reset_index()
    wide = found.pivot(index=keys, columns="method", values="rejected").reindex(
        columns=list(methods)
    )
    table = order.merge(wide.reset_index(), on=keys, how="left")
    return table.assign(scenario=[SCENARIOS.get(name, name) for name in table["scenario"]])
