"""Sentences of the chapter on the target group."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

import pandas as pd

from evalbook.models import CrossSection
from evalbook.models.shares.proportions import difference
from evalbook.report.units import UNITS
from evalbook.text.language import Text, joined, lowered, month
from nychance import tr
from nychance.definitions import Definitions, FirstResult
from nychance.sentences.statements import (
    LEVEL,
    Row,
    describe_two_shares,
    format_interval,
    format_share,
    format_value,
    is_hidden,
)

# -- the real municipalities -----------------------------------------------------------------------


def describe_ends(found: "pd.Series[float]", unit: str = "percent") -> Text:
    """Write where a measure is highest and lowest; the index has the municipalities' names."""
    return tr("Highest in {highest} ({high}) and lowest in {lowest} ({low}).").format(
        highest=str(found.idxmax()),
        high=format_value(float(found.max()), unit),
        lowest=str(found.idxmin()),
        low=format_value(float(found.min()), unit),
    )


def describe_slope(fit: CrossSection) -> Text:
    """Write how much the outcome differs for each point of the exposure, with its interval."""
    return tr(
        "The slope is {slope} for each extra percentage point of minority share ({interval})."
    ).format(
        slope=format_value(fit.slope, "ratio", 2),
        interval=format_interval(fit.interval, "ratio", 2),
    )


def listed(names: "pd.Series[str]") -> Text:
    """List names: `A, B and C`."""
    return joined([Text.same(name) for name in names])


# -- the population --------------------------------------------------------------------------------


def ranges(
    lowest: pd.DataFrame, highest: pd.DataFrame, first_results: Sequence[FirstResult]
) -> pd.DataFrame:
    """Return each measure's range over municipalities, beside that of the first results.

    Parameters
    ----------
    lowest, highest : DataFrame
        Results by measure and municipality: a row a measure.

    Returns
    -------
    DataFrame
        Indexed by measure, with its headings.
    """
    keys = pd.Index([measure.key for measure in first_results], name="measure")
    low, high = (
        rows.reset_index("municipality")[["estimate", "municipality"]].reindex(keys)
        for rows in (lowest, highest)
    )
    then = [format_interval((each.low, each.high), "share", 0) for each in first_results]
    return pd.DataFrame(
        {
            "Lowest": low["estimate"],
            "Lowest in": low["municipality"],
            "Highest": high["estimate"],
            "Highest in": high["municipality"],
            "First results": [UNITS["share"].format(value=ends) for ends in then],
        }
    )


def describe_ranges(found: pd.DataFrame, first_results: Sequence[FirstResult]) -> Text:
    """Write which measures now extend beyond their range in the first results.

    Compared in whole per cent, as the first results were published.

    Parameters
    ----------
    found : DataFrame
        As returned by `ranges`.
    """
    ends = found[["Lowest", "Highest"]].astype(float).round(2)
    beyond = [
        measure.name.map(lowered)
        for measure, (low, high) in zip(first_results, ends.to_numpy(), strict=True)
        if low < round(measure.low, 2) or high > round(measure.high, 2)
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


# -- both kinds of municipality --------------------------------------------------------------------


def in_both(words: Text, by_role: pd.DataFrame, **others: str) -> Text:
    """Write a sentence with the share in each kind of municipality, without comparing them.

    Parameters
    ----------
    words : Text
        With placeholders `{m}` and `{c}`, and those of `others`.
    by_role : DataFrame
        Results indexed by role.
    """
    shares = {"m": by_role.loc["method"], "c": by_role.loc["comparison"]}
    return words.format(**{key: format_share(row) for key, row in shares.items()}, **others)


def describe_readiness(by_role: pd.DataFrame) -> Text:
    """Write who is job-ready in each kind of municipality."""
    return in_both(
        tr(
            "{m} are job-ready in the method municipalities and {c} in the comparison "
            "municipalities."
        ),
        by_role,
    )


def describe_passive(by_role: pd.DataFrame) -> Text:
    """Write who of the publicly supported is on a passive benefit."""
    return in_both(
        tr(
            "{m} of the publicly supported are on a passive benefit in the method municipalities, "
            "{c} in the comparison municipalities."
        ),
        by_role,
    )


def describe_left(by_role: pd.DataFrame) -> Text:
    """Write who had left for self-support in each kind of municipality."""
    return in_both(
        tr(
            "{m} had left for self-support in the method municipalities, {c} in the comparison "
            "municipalities."
        ),
        by_role,
    )


def describe_back(by_role: pd.DataFrame, weeks: int) -> Text:
    """Write how many of those who left are back on benefit."""
    return in_both(
        tr(
            "Within {weeks} weeks, {m} are back in the method municipalities and {c} in the "
            "comparison municipalities."
        ),
        by_role,
        weeks=str(weeks),
    )


def describe_trend(course: pd.DataFrame) -> Text:
    """Write what the share of job-ready was at the first checkpoint, and whether it has changed.

    Parameters
    ----------
    course : DataFrame
        The method municipalities' shares by checkpoint (its month).
    """
    if len(course) == 1:
        return tr("This checkpoint is the baseline; the trend is shown from the next one on.")
    then, now = course.iloc[0], course.iloc[-1]
    when = Text.each(month, date.fromisoformat(f"{course.index[0]}-01"))
    return tr(
        "In {when}, the share of job-ready persons in the method municipalities was {then} "
        "({changed})."
    ).format(when=when, then=format_share(then), changed=changed(then, now))


def changed(then: Row, now: Row) -> Text:
    """Return whether a share has risen or fallen, if the interval excludes no difference."""
    if is_hidden(then) or is_hidden(now):
        return tr("too few persons to compare")
    lower, upper = difference(now, then)
    if lower > 0:
        return tr("a clear rise since then")
    return tr("a clear fall since then") if upper < 0 else tr("no clear change since then")


# -- parts of the target group ---------------------------------------------------------------------


def names_of(definitions: Definitions) -> dict[str, Text]:
    """Return the names of keys that follow from the plan: bands of age and time, and categories.

    The keys are those of `measures.groups` (`16-24`, …, `60+`), `measures.exits` and
    `measures.match`.
    """
    bounds = definitions.age_bands
    ages = {
        f"{a}-{b - 1}": tr("Aged {a}\N{EN DASH}{b}").format(a=str(a), b=str(b - 1))
        for a, b in pairwise(bounds)
    }
    since = {
        f"weeks-{a + 1}-{b}": tr("Weeks {first}\N{EN DASH}{last}").format(
            first=str(a + 1), last=str(b)
        )
        for a, b in pairwise([0, *definitions.revolving_door_weeks])
    }
    oldest = {f"{bounds[-1]}+": tr("Aged {a} and over").format(a=str(bounds[-1]))}
    within = {
        f"within-{weeks}": tr("Within {w} weeks").format(w=str(weeks))
        for weeks in definitions.revolving_door_weeks
    }
    last = definitions.match_categories[-1]
    match = {
        f"match-{n}": tr("Category {n}").format(n=str(n)) for n in definitions.match_categories
    } | {
        f"match-{last}-or-unknown": tr("Category {n} or none").format(n=str(last)),
        # Whoever has not been assessed counts with those who are not job-ready.
        "not-ready": tr("Not job-ready or not assessed"),
    }
    return ages | oldest | since | within | match


def describe_sexes(women: Row, men: Row) -> Text:
    """Write who of women and men left for self-support, and whether the shares differ."""
    return describe_two_shares(
        tr(
            "{women} of the women and {men} of the men left for self-support in the method "
            "municipalities."
        ),
        women=women,
        men=men,
    )


# -- spells of sickness ----------------------------------------------------------------------------


def describe_spells(by_origin: pd.DataFrame, weeks: int) -> Text:
    """Write how many spells still run after some weeks, by origin."""
    return tr(
        "After {weeks} weeks, {immigrant} of immigrants' spells have not ended, against {danish} "
        "among persons of Danish origin."
    ).format(
        weeks=str(weeks),
        **{origin: format_share(by_origin.loc[origin]) for origin in ("immigrant", "danish")},
    )


def spells_compared(ratio: Row) -> Text:
    """Return whether spells are longer or shorter, if the hazard ratio's interval excludes 1."""
    if not is_hidden(ratio):
        if ratio.upper < 1:
            return tr("longer than")
        if ratio.lower > 1:
            return tr("shorter than")
    return tr("not clearly longer or shorter than")


def describe_equality(p: float) -> Text:
    """Return whether a test rejects the hypothesis that curves are the same."""
    return tr("rejects") if p <= LEVEL else tr("does not reject")
