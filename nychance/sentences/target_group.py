"""Rows and sentences of the chapter on the target group."""

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import pandas as pd

from evalbook.models import CoxModel
from evalbook.models.shares.proportions import difference
from evalbook.report.units import UNITS
from evalbook.sdc import HIDDEN
from evalbook.sdc.thresholds import SafeShare
from evalbook.text.language import Text, joined, lowered
from nychance import tr
from nychance.definitions import Definitions, FirstResult
from nychance.public_data.ranges import Range
from nychance.register import UNKNOWN
from nychance.sentences.statements import (
    LEVEL,
    format_interval,
    format_share,
    format_value,
    interval_of,
    persons_of,
)

NOTHING = Text.same(HIDDEN)


def range_rows(found: Mapping[str, Range], first_results: Sequence[FirstResult]) -> pd.DataFrame:
    """Return each measure's range with that of the first results.

    Returns
    -------
    DataFrame
        `name`, `low` and `low_at`, `high` and `high_at`, `then` (the first results' range), one
        row per measure.
    """
    return pd.DataFrame(
        {
            "name": measure.name,
            "low": found[measure.key].lowest,
            "low_at": ", ".join(found[measure.key].lowest_at),
            "high": found[measure.key].highest,
            "high_at": ", ".join(found[measure.key].highest_at),
            "then": _with_unit(format_interval((measure.low, measure.high), "share", 0)),
        }
        for measure in first_results
    )


def describe_ranges(found: Mapping[str, Range], first_results: Sequence[FirstResult]) -> Text:
    """Write which measures now extend beyond their range in the first results.

    Compared in whole per cent, as the first results were published.
    """
    beyond = [
        measure.name.map(lowered)
        for measure in first_results
        if _reaches_outside(found[measure.key], measure)
    ]
    if not beyond:
        return tr("All measures lie within the ranges in the first results.")
    if len(beyond) == len(first_results):
        return tr("All measures extend beyond the ranges in the first results.")
    return tr.plural(
        "One measure extends beyond its range in the first results: {measures}.",
        "These measures extend beyond their ranges in the first results: {measures}.",
        len(beyond),
    ).format(measures=joined(beyond))


def group_names(definitions: Definitions) -> dict[str, Text]:
    """Return the names of the target group's parts by sex, origin, readiness for work and age.

    Returns
    -------
    dict
        Keys are the dimension, a hyphen and a label of `measures.groups`: `sex-K`,
        `readiness-ready`, `age-16-24`.
    """
    bounds = definitions.age_bands
    ages = {
        f"{a}-{b - 1}": tr("Aged {a}\N{EN DASH}{b}").format(a=str(a), b=str(b - 1))
        for a, b in pairwise(bounds)
    }
    ages[f"{bounds[-1]}+"] = tr("Aged {a} and over").format(a=str(bounds[-1]))
    return {
        "sex-K": tr("Women"),
        "sex-M": tr("Men"),
        "origin-immigrant": tr("Immigrants"),
        "origin-descendant": tr("Descendants"),
        "readiness-ready": tr("Job-ready"),
        "readiness-not-ready": tr("Not job-ready or not assessed"),
        **{f"age-{band}": name for band, name in ages.items()},
    }


def match_names(columns: Iterable[object]) -> list[Text]:
    """Return the names of match categories: a number, `unknown`, or the two together."""
    names = []
    for column in map(str, columns):
        category, with_unknown, _ = column.partition(f" or {UNKNOWN}")
        together = tr("Category {n} or none") if with_unknown else tr("Category {n}")
        names.append(tr("No category") if column == UNKNOWN else together.format(n=category))
    return names


def changed(then: SafeShare | None, now: SafeShare | None) -> Text:
    """Return whether a share has risen or fallen, if the interval excludes no difference."""
    if then is None or now is None:
        return tr("too few persons to compare")
    lower, upper = difference(now, then)
    if lower > 0:
        return tr("a clear rise since then")
    return tr("a clear fall since then") if upper < 0 else tr("no clear change since then")


def describe_trend(what: Text, then: SafeShare | None, now: SafeShare | None, when: Text) -> Text:
    """Write what a share was at the first checkpoint, and whether it has changed since."""
    return tr("In {when}, {what} was {then} ({changed}).").format(
        when=when,
        what=what.map(lowered),
        then=format_share(then),
        changed=changed(then, now),
    )


def with_interval(share: SafeShare | None) -> Text:
    """Write a share with its interval, for a cell of a table."""
    return NOTHING if share is None else _cell(format_share(share), interval_of(share))


def share_rows(shares: Mapping[Text, Mapping[str, SafeShare | None]]) -> pd.DataFrame:
    """Return rows of shares by role, each with its interval and the persons that it rests on.

    Parameters
    ----------
    shares : mapping
        Label of each row to role to share; None where it is hidden.

    Returns
    -------
    DataFrame
        `what`, and per role the column of the role and `ROLE_n`.
    """
    return pd.DataFrame(
        {"what": what}
        | {role: with_interval(share) for role, share in by_role.items()}
        | {f"{role}_n": persons_of(share) for role, share in by_role.items()}
        for what, by_role in shares.items()
    )


def spell_cell(bands: Mapping[str, pd.DataFrame], week: int, origin: str) -> Text:
    """Write the share of spells that still run after some weeks with its interval.

    The bands are as returned by `sickness.spell_bands`.
    """
    value, lower, upper = (
        float(bands[name][origin].loc[week]) for name in ("survival", "lower", "upper")
    )
    if math.isnan(value):
        return NOTHING
    return _cell(format_value(value, "share"), format_interval((lower, upper), "share"))


def ending_ratio(model: CoxModel, origin: str) -> Mapping[str, float]:
    """Return how fast an origin's spells end relative to those of Danish origin.

    `hazard_ratio` and its interval `lower` to `upper`.
    """
    row = model.to_frame().T[f"origin[{origin}]"]
    return {name: float(row[name]) for name in ("hazard_ratio", "lower", "upper")}


def ratio_cell(row: Mapping[str, float]) -> Text:
    """Write a hazard ratio with its interval."""
    return _cell(
        format_value(row["hazard_ratio"], "ratio", 2),
        format_interval((row["lower"], row["upper"]), "ratio", 2),
    )


def spells_compared(row: Mapping[str, float]) -> Text:
    """Return whether spells are longer or shorter, if the hazard ratio's interval excludes 1."""
    if row["upper"] < 1:
        return tr("longer than")
    return tr("shorter than") if row["lower"] > 1 else tr("not clearly longer or shorter than")


def describe_equality(p: float) -> Text:
    """Return whether a test rejects the hypothesis that curves are the same."""
    return tr("rejects") if p <= LEVEL else tr("does not reject")


def hazard_rows(hazards: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return rows of the hazard of return, per hundred weeks at risk, by time since the exit.

    Parameters
    ----------
    hazards : mapping
        Group to the result of `exits.return_hazard` after disclosure control (`Estimates.rates`).

    Returns
    -------
    DataFrame
        `band`, and a column of `Text` per group.
    """
    ends = list(dict.fromkeys(end for table in hazards.values() for end in table.index))
    starts = [1, *(end + 1 for end in ends[:-1])]
    bands = [
        tr("Weeks {first}\N{EN DASH}{last}").format(first=str(a), last=str(b))
        for a, b in zip(starts, ends, strict=True)
    ]
    cells = {group: [_hazard(table, end) for end in ends] for group, table in hazards.items()}
    return pd.DataFrame({"band": bands, **cells})


def _hazard(table: pd.DataFrame, end: int) -> Text:
    known = table.dropna()
    if end not in known.index:
        return NOTHING
    hazard, lower, upper = (
        100 * float(known[name].loc[end]) for name in ("hazard", "lower", "upper")
    )
    return _cell(format_value(hazard, "ratio", 2), format_interval((lower, upper), "ratio", 2))


def _reaches_outside(found: Range, measure: FirstResult) -> bool:
    return round(found.lowest, 2) < round(measure.low, 2) or round(found.highest, 2) > round(
        measure.high, 2
    )


def _with_unit(ends: Text) -> Text:
    return UNITS["share"].format(value=ends)


def _cell(value: Text, interval: Text) -> Text:
    return Text.same("{value} ({interval})").format(value=value, interval=interval)
