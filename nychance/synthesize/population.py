"""Aggregate counts of the invented municipalities' population by origin."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nychance import columns
from nychance.synthesize.clock import QUARTERS
from nychance.synthesize.municipalities import MINORITY_ENDS, Conditions, Floats
from nychance.synthesize.settings import Curve

# The level of unemployment against that of early 2007; the national curve's shape, in round
# figures.
CYCLE: Final[Curve] = (
    (date(2006, 1, 1), 1.28),
    (date(2007, 1, 1), 1.03),
    (date(2008, 7, 1), 0.74),
    (date(2009, 1, 1), 0.88),
    (date(2009, 10, 1), 1.28),
)
# The municipalities' conditions are those of the second year's beginning.
FIRST_KNOWN: Final = QUARTERS[4]
GROWTH_PER_QUARTER: Final = 0.0005
MINORITY_GROWTH_PER_QUARTER: Final = 0.001
WORKING_AGE_SHARE: Final = 0.64
# Shares in the municipality with least and with most of it. They lie within what the programme
# states of its municipalities (43-57 % employed, a third to a half outside the labour force, 10-25
# % of the supported, a quarter to a half of the target group) and leave room for the cycle.
EMPLOYED: Final = (0.445, 0.554)
UNEMPLOYED: Final = (0.068, 0.093)
OF_SUPPORTED: Final = (0.106, 0.241)
OF_TARGET: Final = (0.265, 0.480)
# Position between the ends, 0 to 1: the spread of what the minority share does not tell, and what
# it leaves at each end.
NOISE: Final = 0.07
MARGIN: Final = 0.08
# Descendants are few and young, a little more often employed than immigrants.
DESCENDANTS: Final = 0.14
DESCENDANTS_SUPPORTED: Final = 0.10
DESCENDANTS_EMPLOYMENT: Final = 0.05
DESCENDANTS_UNEMPLOYMENT: Final = 0.9
# Those of Danish origin.
DANISH_EMPLOYED: Final = 0.775
DANISH_EMPLOYED_SD: Final = 0.006
DANISH_EMPLOYED_PER_POINT: Final = -0.005
DANISH_UNEMPLOYED: Final = 0.8
# All origins, shares of working age.
SUPPORTED: Final = 0.165
SUPPORTED_PER_POINT: Final = 0.004
SUPPORTED_BY_CYCLE: Final = 0.02
TARGET: Final = 0.022
TARGET_CYCLE_POWER: Final = 0.3

Counts = NDArray[np.int64]


@dataclass(frozen=True)
class _Group:
    """Counts of persons, each of shape (municipalities,)."""

    people: Counts
    employed: Counts
    unemployed: Counts
    supported: Counts
    target: Counts

    def table(self, group: str, conditions: Conditions, reference: date) -> pd.DataFrame:
        return pd.DataFrame(
            {
                columns.MUNICIPALITY: conditions.code,
                columns.REFERENCE: pd.Series([reference] * len(conditions.code), dtype="object"),
                columns.GROUP: group,
                columns.WORKING_AGE: self.people,
                columns.EMPLOYED: self.employed,
                columns.UNEMPLOYED: self.unemployed,
                columns.OUTSIDE: self.people - self.employed - self.unemployed,
                columns.PUBLIC_SUPPORT: self.supported,
                columns.NYCHANCE_TARGET: self.target,
            }
        )

    def less(self, part: "_Group") -> "_Group":
        return _Group(
            self.people - part.people,
            self.employed - part.employed,
            self.unemployed - part.unemployed,
            self.supported - part.supported,
            self.target - part.target,
        )


def population(conditions: Conditions, rng: np.random.Generator) -> pd.DataFrame:
    """Count the population aged 16-64 by municipality, quarter and origin.

    The shares lie within the ranges that the programme states for its municipalities: minorities
    are 5-25 % of working age, 43-57 % of them employed (the more, the larger their share), a third
    to a half outside the labour force; they are a quarter to a half of the Ny Chance target group
    and 10-25 % of the supported.

    Parameters
    ----------
    conditions : Conditions
        The municipalities.
    rng : numpy.random.Generator
        The source of the municipalities' deviations, which last over the quarters.

    Returns
    -------
    DataFrame
        One row per municipality, reference date and group, counts of persons; employed, unemployed
        and outside the labour force add up to those of working age.
    """
    deviations = rng.normal(size=(5, len(conditions.code)))
    return pd.concat(
        [_quarter(reference, conditions, deviations) for reference in QUARTERS], ignore_index=True
    )


def _quarter(reference: date, conditions: Conditions, deviations: Floats) -> pd.DataFrame:
    quarters = QUARTERS.index(reference) - QUARTERS.index(FIRST_KNOWN)
    cycle = float(
        np.interp(
            reference.toordinal(),
            [day.toordinal() for day, _ in CYCLE],
            [level for _, level in CYCLE],
        )
    )
    everyone = _whole(
        WORKING_AGE_SHARE * conditions.inhabitants * (1 + GROWTH_PER_QUARTER * quarters)
    )
    people = _whole(
        everyone * conditions.minority / 100 * (1 + MINORITY_GROWTH_PER_QUARTER * quarters)
    )
    unemployment = conditions.unemployment - conditions.unemployment.mean()
    supported = _whole(
        everyone
        * (SUPPORTED + SUPPORTED_PER_POINT * unemployment + SUPPORTED_BY_CYCLE * (cycle - 1))
    )
    target = _whole(everyone * TARGET * cycle**TARGET_CYCLE_POWER)
    minority = _minority(people, supported, target, cycle, conditions, deviations)
    descendant = _descendants(minority)
    groups = {
        "danish": _danish(
            everyone - people,
            supported - minority.supported,
            target - minority.target,
            cycle,
            conditions,
            deviations,
        ),
        "immigrant": minority.less(descendant),
        "descendant": descendant,
    }
    tables = [group.table(name, conditions, reference) for name, group in groups.items()]
    return pd.concat(tables).sort_values([columns.MUNICIPALITY], kind="stable")


def _minority(
    people: Counts,
    supported: Counts,
    target: Counts,
    cycle: float,
    conditions: Conditions,
    deviations: Floats,
) -> _Group:
    """Count immigrants and descendants together."""
    place = (conditions.minority - MINORITY_ENDS[0]) / (MINORITY_ENDS[1] - MINORITY_ENDS[0])
    position = np.clip(MARGIN + (1 - 2 * MARGIN) * place + NOISE * deviations[:4], 0, 1)
    usual = _between(UNEMPLOYED, position[1])
    # The cycle moves people between work and unemployment, half as many as of others: most of the
    # rest are far from both.
    swing = usual * (cycle - 1) / 2
    return _Group(
        people=people,
        employed=_whole(people * (_between(EMPLOYED, position[0]) - swing)),
        unemployed=_whole(people * (usual + swing)),
        supported=_whole(supported * _between(OF_SUPPORTED, position[2])),
        target=_whole(target * _between(OF_TARGET, position[3])),
    )


def _descendants(minority: _Group) -> _Group:
    people = _whole(DESCENDANTS * minority.people)
    return _Group(
        people=people,
        employed=_whole(people * (minority.employed / minority.people + DESCENDANTS_EMPLOYMENT)),
        unemployed=_whole(
            people * DESCENDANTS_UNEMPLOYMENT * minority.unemployed / minority.people
        ),
        supported=_whole(DESCENDANTS_SUPPORTED * minority.supported),
        target=_whole(DESCENDANTS_SUPPORTED * minority.target),
    )


def _danish(
    people: Counts,
    supported: Counts,
    target: Counts,
    cycle: float,
    conditions: Conditions,
    deviations: Floats,
) -> _Group:
    usual = DANISH_UNEMPLOYED * conditions.unemployment / 100
    place = DANISH_EMPLOYED_PER_POINT * (conditions.unemployment - conditions.unemployment.mean())
    employed = DANISH_EMPLOYED + place + DANISH_EMPLOYED_SD * deviations[4] - usual * (cycle - 1)
    return _Group(
        people, _whole(people * employed), _whole(people * usual * cycle), supported, target
    )


def _between(ends: tuple[float, float], position: Floats) -> Floats:
    return ends[0] + (ends[1] - ends[0]) * position


def _whole(values: NDArray[np.floating[Any]]) -> Counts:
    counts: Counts = np.rint(values).astype(np.int64)
    return counts
