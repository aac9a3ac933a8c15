"""Aggregate counts of the invented municipalities' population by origin."""

from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nychance import columns
from nychance.synthesize.clock import QUARTERS
from nychance.synthesize.municipalities import MINORITY_ENDS, Conditions, Floats

# The level of unemployment against that of early 2007.
CYCLE = (
    (date(2006, 1, 1), 1.28),
    (date(2007, 1, 1), 1.03),
    (date(2008, 7, 1), 0.74),
    (date(2009, 1, 1), 0.88),
    (date(2009, 10, 1), 1.28),
)
WORKING_AGE_SHARE = 0.64
DESCENDANTS = 0.14
MEASURES = (
    columns.WORKING_AGE,
    columns.EMPLOYED,
    columns.UNEMPLOYED,
    columns.OUTSIDE,
    columns.PUBLIC_SUPPORT,
    columns.NYCHANCE_TARGET,
)
Counts = NDArray[np.int64]


def population(conditions: Conditions, rng: np.random.Generator) -> pd.DataFrame:
    """Count the population aged 16-64 by municipality, quarter and origin.

    The shares lie within the ranges that the programme states for its municipalities: minorities are 5-25 %
    of working age, 43-57 % of them employed (the more, the larger their share), a third to a half outside the
    labour force; they are a quarter to a half of the Ny Chance target group and 10-25 % of the supported.

    Parameters
    ----------
    conditions : Conditions
        The municipalities.
    rng : numpy.random.Generator
        The source of the municipalities' deviations.

    Returns
    -------
    DataFrame
        One row per municipality, reference date and group, counts of persons; employed, unemployed and
        outside the labour force add up to those of working age.
    """
    deviations = rng.normal(size=(6, len(conditions.code)))
    parts = [_quarter(number, conditions, deviations) for number in range(len(QUARTERS))]
    return pd.concat(parts, ignore_index=True)


def _quarter(number: int, conditions: Conditions, deviations: Floats) -> pd.DataFrame:
    days = [day.toordinal() for day, _ in CYCLE]
    cycle = float(np.interp(QUARTERS[number].toordinal(), days, [level for _, level in CYCLE]))
    everyone = np.rint(WORKING_AGE_SHARE * conditions.inhabitants * (1 + 0.0005 * (number - 4))).astype(np.int64)
    share = conditions.minority / 100 * (1 + 0.001 * (number - 4))
    minority = _minority(everyone, share, cycle, conditions, deviations)
    descendant = _descendants(minority)
    danish = _danish(everyone - minority[0], everyone, minority, cycle, conditions, deviations)
    groups = {"danish": danish, "immigrant": minority - descendant, "descendant": descendant}
    frames = [
        pd.DataFrame(
            {
                columns.MUNICIPALITY: conditions.code,
                columns.REFERENCE: pd.Series([QUARTERS[number]] * len(conditions.code), dtype="object"),
                columns.GROUP: group,
            }
            | dict(zip(MEASURES, counts, strict=True))
        )
        for group, counts in groups.items()
    ]
    return pd.concat(frames).sort_values([columns.MUNICIPALITY], kind="stable")


def _minority(everyone: Counts, share: Floats, cycle: float, conditions: Conditions, deviations: Floats) -> Counts:
    """Count immigrants and descendants together: shape (measures, municipalities)."""
    place = np.clip((conditions.minority - MINORITY_ENDS[0]) / (MINORITY_ENDS[1] - MINORITY_ENDS[0]), 0, 1)
    people = np.rint(everyone * share).astype(np.int64)
    rise = np.clip(0.08 + 0.84 * place**0.6 + 0.08 * deviations[0], 0, 1)
    usual = 0.068 + 0.025 * np.clip(rise + 0.1 * deviations[1], 0, 1)
    swing = usual * (cycle - 1) / 2
    employed = np.rint(people * (0.445 + 0.109 * rise - swing)).astype(np.int64)
    unemployed = np.rint(people * (usual + swing)).astype(np.int64)
    of_supported = np.clip(0.108 + 0.130 * place + 0.004 * deviations[2], 0.104, 0.244)
    of_target = np.clip(0.270 + 0.200 * place**0.8 + 0.015 * deviations[3], 0.265, 0.485)
    supported = np.rint(_supported(everyone, cycle, conditions) * of_supported).astype(np.int64)
    target = np.rint(_target(everyone, cycle) * of_target).astype(np.int64)
    return np.vstack([people, employed, unemployed, people - employed - unemployed, supported, target])


def _descendants(minority: Counts) -> Counts:
    people = np.rint(DESCENDANTS * minority[0]).astype(np.int64)
    employed = np.rint(people * (minority[1] / minority[0] + 0.05)).astype(np.int64)
    unemployed = np.rint(people * 0.9 * minority[2] / minority[0]).astype(np.int64)
    outside = people - employed - unemployed
    return np.vstack([people, employed, unemployed, outside, *np.rint(0.10 * minority[4:]).astype(np.int64)])


def _danish(
    people: Counts,
    everyone: Counts,
    minority: Counts,
    cycle: float,
    conditions: Conditions,
    deviations: Floats,
) -> Counts:
    usual = 0.8 * conditions.unemployment / 100
    local = 0.005 * (conditions.unemployment.mean() - conditions.unemployment) + 0.006 * deviations[4]
    employed = np.rint(people * (0.775 + local - usual * (cycle - 1))).astype(np.int64)
    unemployed = np.rint(people * usual * cycle).astype(np.int64)
    supported = np.rint(_supported(everyone, cycle, conditions)).astype(np.int64) - minority[4]
    target = np.rint(_target(everyone, cycle)).astype(np.int64) - minority[5]
    return np.vstack([people, employed, unemployed, people - employed - unemployed, supported, target])


def _supported(everyone: Counts, cycle: float, conditions: Conditions) -> Floats:
    rate = 0.165 + 0.004 * (conditions.unemployment - conditions.unemployment.mean()) + 0.02 * (cycle - 1)
    return np.asarray(everyone * rate)


def _target(everyone: Counts, cycle: float) -> Floats:
    return np.asarray(everyone * (0.022 * cycle**0.3))
