"""The table of the targets: a row per target."""

from collections.abc import Mapping, Sequence

import pandas as pd

from evalbook.report.findings import Column
from evalbook.sdc.thresholds import SafeShare
from nychance import tr
from nychance.definitions import Target
from nychance.sentences.statements import interval_of, persons_of, value_of, verdict_of


def target_table(
    shares: Mapping[str, Mapping[str, SafeShare | None]], targets: Sequence[Target]
) -> tuple[pd.DataFrame, dict[str, Column]]:
    """Return the rows and columns of the table of targets: result, interval and verdict.

    Parameters
    ----------
    shares : mapping
        `[target's key][role]`, after disclosure control; None where hidden.
    """
    rows = [
        {
            "name": target.name,
            "threshold": target.threshold,
            "method": value_of(shares[target.key]["method"]),
            "interval": interval_of(shares[target.key]["method"]),
            "n": persons_of(shares[target.key]["method"]),
            "verdict": verdict_of(shares[target.key]["method"], target),
            "comparison": value_of(shares[target.key]["comparison"]),
            "comparison-interval": interval_of(shares[target.key]["comparison"]),
        }
        for target in targets
    ]
    columns = {
        "name": Column(tr("Target")),
        "threshold": Column(tr("At least"), "share", counted="targets"),
        "method": Column(tr("Method"), "share", 1),
        "interval": Column(tr("95% interval")),
        "n": Column(tr("Persons"), "count"),
        "verdict": Column(tr("Assessment")),
        "comparison": Column(tr("Comparison"), "share", 1),
        "comparison-interval": Column(tr("95% interval")),
    }
    return pd.DataFrame(rows), columns
