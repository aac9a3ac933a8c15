"""Measures by group and kind of municipality, after disclosure control."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evalbook.report.findings import Findings
from evalbook.sdc.thresholds import SafeShare
from evalbook.text.language import Text
from nychance import tr
from nychance.charts.axes import ORIGIN_NAMES
from nychance.measures.person_measure import PersonMeasure

ALL = "all"
GROUP_NAMES: dict[str, Text] = {
    ALL: tr("All"),
    **{f"origin {key}": name for key, name in ORIGIN_NAMES.items()},
    "origin unknown": tr("Origin unknown"),
    "sex K": tr("Women"),
    "sex M": tr("Men"),
    "sex unknown": tr("Sex unknown"),
    **{
        f"match {category}": tr("Match category {n}").format(n=str(category))
        for category in range(1, 6)
    },
    "match unknown": tr("No match category"),
}


def shares_by_group(
    findings: Findings,
    measures: Mapping[str, PersonMeasure],
    groups: Mapping[str, "pd.Series[Any]"],
    roles: Mapping[str, NDArray[np.bool_]],
    whom: str,
    when: str,
) -> dict[str, dict[str, dict[str, SafeShare | None]]]:
    """Compute and protect each measure's share by group and kind of municipality.

    Parameters
    ----------
    measures : mapping
        Measures by what they count; of the same persons, `whom`.
    groups : mapping
        What persons are grouped by (`origin`, `sex`, `match`) to a label per person, as returned
        by `measures.groups`.
    roles : mapping
        Role to a mask over all persons.
    whom, when : str
        The population with its date, and the date of the groups, as disclosure control names them.

    Returns
    -------
    dict
        `[measure][group][role]`, groups named as in `GROUP_NAMES`; None where hidden or where
        there is nobody.
    """
    found: dict[str, dict[str, dict[str, SafeShare | None]]] = {}
    for hit, measure in measures.items():
        here = found.setdefault(hit, {})
        for role, share in findings.protect_shares(
            {r: measure.over(mask) for r, mask in roles.items()}, whom, by="role", hit=hit
        ).items():
            here.setdefault(ALL, {})[role] = share
        for by, labels in groups.items():
            for role, mask in roles.items():
                shares = findings.protect_shares(
                    measure.shares(labels, mask),
                    whom,
                    where={"role": role},
                    by=f"{by} in {when}",
                    hit=hit,
                )
                for label, share in shares.items():
                    here.setdefault(f"{by} {label}", {})[role] = share
    return found


def describe_groups(
    shares: Mapping[str, Mapping[str, Mapping[str, SafeShare | None]]],
) -> dict[str, Text]:
    """Return the names of the groups with any visible share, everybody first."""
    visible = {
        group
        for by_group in shares.values()
        for group, by_role in by_group.items()
        if any(by_role.values())
    }
    return {key: name for key, name in GROUP_NAMES.items() if key in visible}
