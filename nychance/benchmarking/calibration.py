"""Rejection rates of the tests under a true null, as simulated by `benchmarks/calibration.py`."""

from typing import Final

import pandas as pd

from evalbook.errors import DataError
from evalbook.models.method import NO_INTERVAL, method
from evalbook.paths import calibration_file
from evalbook.text.source import Source
from nychance import tr

METHODS: Final = {
    "wild": tr("Wild cluster bootstrap"),
    "randomisation": tr("Randomisation test (t)"),
    "crv1": tr("CRV1, t with G\N{MINUS SIGN}1"),
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
    path = calibration_file()
    remedy = "Make it: python benchmarks/calibration.py --write"
    try:
        found = pd.read_csv(path)
    except FileNotFoundError as error:
        raise DataError("the file does not exist", where=path, remedy=remedy) from error
    keys = ["treated", "comparison", "scenario", "rounds"]
    if absent := sorted({*keys, "method", "rejected"} - set(found)):
        raise DataError(f"there is no column {absent[0]!r}", where=path, remedy=remedy)
    order = found[keys].drop_duplicates()
    wide = found.pivot(index=keys, columns="method", values="rejected").reindex(
        columns=list(METHODS)
    )
    table = order.merge(wide.reset_index(), on=keys, how="left")
    return table.assign(scenario=[SCENARIOS.get(name, name) for name in table["scenario"]])
