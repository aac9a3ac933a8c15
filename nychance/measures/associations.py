"""Which interventions go with an earlier exit, each counted from the week in which it starts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evalbook.models import discrete_time_hazard
from evalbook.models.method import method
from nychance import tr
from nychance.measures.person_weeks import person_weeks
from nychance.register import Register

BACKGROUND: Final = ("sex", "origin", "age", "match", "role")
# Fewer events than this are too few to estimate a ratio of their own.
EVENTS: Final = 10


@dataclass(frozen=True)
class ExitRatios:
    """Ratios of weekly hazards of exit.

    Attributes
    ----------
    n : int
        Person-weeks at risk.
    events : int
        Exits that the model rests on.
    left_out : float
        Share of the person-weeks that is left out, because the spell began before the register
        does, so that nobody knows how long it had lasted.
    """

    n: int
    events: int
    left_out: float
    _kinds: tuple[str, ...]
    _model: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Return the estimates of all terms, including the background variables."""
        return self._model.copy()

    @property
    def of_kinds(self) -> pd.DataFrame:
        """The interventions' hazard ratios, missing where there are too few exits.

        `hazard_ratio` with its 95 per cent interval `lower` to `upper`.
        """
        return (
            self._model[["hazard_ratio", "lower", "upper"]]
            .astype(float)
            .reindex(list(self._kinds))
            .rename_axis("kind")
        )


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
def exit_ratios(
    register: Register,
    first: int,
    kinds: Sequence[str],
    persons: NDArray[np.bool_],
    exit_weeks: int,
) -> ExitRatios:
    """Estimate hazard ratios of exit to self-support after the start of an intervention.

    The weekly hazard after the start is compared with the hazard of those without the
    intervention. Participants were selected, so the ratio is an association: they may differ from
    others in more than what is adjusted for here, which is sex, origin, age, match category, kind
    of municipality and duration.

    Parameters
    ----------
    first : int
        The first week of follow-up; the last is the register's.
    kinds : sequence of str
        Keys of the interventions, all in one model.
    persons : array of bool, shape (persons,)
        Whose weeks on benefit.

    Spells that ran in the register's first week are left out: their duration is not known.

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
    weeks = person_weeks(
        register,
        len(register.weeks) - 1,
        exit_weeks=exit_weeks,
        first=first,
        since=kinds,
        persons=persons,
    )
    known = ~weeks["begun_before"].to_numpy(dtype=bool)
    left_out = 1 - float(known.mean()) if len(known) else 0.0
    weeks = weeks[known].reset_index(drop=True)
    after, events = weeks.loc[weeks["event"] == 1, list(kinds)].sum(), int(weeks["event"].sum())
    estimable = [kind for kind in kinds if min(after[kind], events - after[kind]) >= EVENTS]
    for column in BACKGROUND:
        weeks[column] = _joined(weeks[column], weeks["event"])
    background = [column for column in BACKGROUND if weeks[column].nunique() > 1]
    several = weeks["municipality"].nunique() > 1
    if not estimable:
        return ExitRatios(
            len(weeks),
            events,
            left_out,
            tuple(kinds),
            pd.DataFrame(columns=["hazard_ratio", "lower", "upper"]),
        )
    model = discrete_time_hazard(
        weeks,
        "event",
        "duration",
        [*background, *estimable],
        time_varying=estimable,
        cluster="municipality" if several else None,
    )
    return ExitRatios(len(weeks), events, left_out, tuple(kinds), model.to_frame())


def _joined(levels: "pd.Series[Any]", event: "pd.Series[int]") -> "pd.Series[Any]":
    """Merge levels with too few events into the most frequent level."""
    events = event.groupby(levels, observed=True).sum()
    most = str(events.idxmax())
    kept = [level for level in events.index if events[level] >= EVENTS or level == most]
    return levels.cat.set_categories(kept).fillna(most)
