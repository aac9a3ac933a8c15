"""Which interventions go with an earlier exit, each counted from the week in which it starts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evalbook.models import discrete_time_hazard
from evalbook.models.method import method
from evalbook.sdc import Persons
from nychance import tr
from nychance.measures.person_weeks import person_weeks
from nychance.register import Register

BACKGROUND: Final = ("sex", "origin", "age", "match", "role")
# Fewer events than this are too few to estimate a ratio of their own.
EVENTS: Final = 10
LEFT_OUT: Final = "left_out"


@dataclass(frozen=True)
class ExitRatios:
    """Ratios of weekly hazards of exit; interventions with too few exits are not there.

    Attributes
    ----------
    n : int
        Person-weeks at risk.
    events : int
        Exits that the model rests on.
    left_out : float
        The share of weeks in spells that ran in the register's first week.
    """

    n: int
    events: int
    left_out: float
    _table: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Return the estimates of all terms, including the background variables.

        `hazard_ratio` with its 95 per cent interval `lower` to `upper`.
        """
        return self._table.copy()


def weeks_at_risk(
    register: Register,
    first: int,
    kinds: Sequence[str],
    persons: NDArray[np.bool_],
    exit_weeks: int,
) -> Persons:
    """Return the weeks on benefit, with the exits that follow them and what a model adjusts for.

    Parameters
    ----------
    first : int
        The first week of follow-up; the last is the register's.
    kinds : sequence of str
        Keys of the interventions, which count from the week in which they start.
    persons : array of bool, shape (persons,)
        Whose weeks on benefit.

    Returns
    -------
    Persons
        A row a person and week; see `person_weeks`. Spells that ran in the register's first week
        are left out: their duration is not known. Levels of `BACKGROUND` with fewer than `EVENTS`
        exits are joined with the most frequent one.
    """
    weeks = person_weeks(
        register,
        len(register.weeks) - 1,
        exit_weeks=exit_weeks,
        first=first,
        since=kinds,
        persons=persons,
    )
    known = ~weeks["begun_before"].to_numpy(dtype=bool)
    weeks = weeks[known].reset_index(drop=True)
    levels = {column: _joined(weeks[column], weeks["event"]) for column in BACKGROUND}
    found = register.people(
        weeks["person"].to_numpy(),
        **{str(name): values for name, values in weeks.items() if name != "person"} | levels,
    )
    found.attrs[LEFT_OUT] = 1 - float(known.mean()) if len(known) else 0.0
    return found


@method(
    tr("Exits to self-support after an intervention (discrete-time hazard)"),
    formula=tr(
        "weekly odds with the intervention, from the week of its start, to those without, given "
        "sex, origin, age, match category, kind of municipality and duration"
    ),
    unit=tr("person-weeks"),
    interval=tr("clustered by municipality"),
    source="Allison (1982), Sociological Methodology 13",
)
def exit_ratios(weeks: Persons, kinds: Sequence[str]) -> ExitRatios:
    """Estimate hazard ratios of exit to self-support after the start of an intervention.

    The weekly hazard after the start is compared with the hazard of those without the
    intervention. Participants were selected, so the ratio is an association: they may differ from
    others in more than what is adjusted for here, which is sex, origin, age, match category, kind
    of municipality and duration.

    Parameters
    ----------
    weeks : Persons
        As returned by `weeks_at_risk`.
    kinds : sequence of str
        Keys of the interventions, all in one model.

    Returns
    -------
    ExitRatios
        Clustered by municipality where there are several. A kind is missing where fewer than
        `EVENTS` exits followed it, or preceded it.

    Notes
    -----
    Source: the evaluation's brief (effekt af jobpakker). Timing-of-events studies, such as Clausen
    et al. (2009, IZA DP 3849), model the selection as well; this does not.
    """
    table = weeks.frame()
    after, events = table.loc[table["event"] == 1, list(kinds)].sum(), int(table["event"].sum())
    estimable = [kind for kind in kinds if min(after[kind], events - after[kind]) >= EVENTS]
    found = pd.DataFrame(columns=["hazard_ratio", "lower", "upper"], dtype=float)
    if estimable:
        model = discrete_time_hazard(
            table,
            "event",
            "duration",
            [*(column for column in BACKGROUND if table[column].nunique() > 1), *estimable],
            time_varying=estimable,
            cluster="municipality" if table["municipality"].nunique() > 1 else None,
        )
        found = model.to_frame()
    return ExitRatios(len(table), events, weeks.attrs[LEFT_OUT], found)


def _joined(levels: "pd.Series[Any]", event: "pd.Series[int]") -> "pd.Series[Any]":
    """Merge levels with too few events into the most frequent level."""
    events = event.groupby(levels, observed=True).sum()
    most = str(events.idxmax())
    kept = [level for level in events.index if events[level] >= EVENTS or level == most]
    return levels.cat.set_categories(kept).fillna(most)
