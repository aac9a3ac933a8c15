"""Exits, returns and time in each state since the start, compared by municipality."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Final

import numpy as np
import pandas as pd

from evalbook.errors import DataError
from evalbook.models import Contrast, MultiState, adjust_contrasts, contrast, multi_state
from evalbook.models.method import NO_INTERVAL, method
from evalbook.sdc import Persons
from nychance import MUNICIPALITIES, tr
from nychance import columns as c
from nychance.benchmarking.cohort import plain, with_role
from nychance.benchmarking.outcome_panel import start_week
from nychance.definitions import Definitions
from nychance.measures.exits import BACK, returns
from nychance.register import SELF_SUPPORT, STATES, Register

# States of the flow; the others are no benefit and no self-support.
FLOW: Final = {
    SELF_SUPPORT: "self-support",
    "active": "active",
    "passive": "passive",
    "sick": "sick",
}
OTHER: Final = "other"
_GONE: Final = ("emigrated", "retired", "dead")


@method(
    tr("Back on benefit after an exit since the start"),
    formula=tr(
        "n(returns within the weeks) ÷ n(exits to self-support since the start that can be "
        "followed so long), in the municipality of the exit's week"
    ),
    unit=tr("exits to self-support"),
    interval=NO_INTERVAL,
    source=tr("The evaluation's brief; an exit lasts at least four weeks"),
)
def returns_since(
    register: Register, definitions: Definitions, within: int, *, before: bool = False
) -> Persons:
    """Follow the exits to self-support since the start, and whether they lasted.

    Parameters
    ----------
    within : int
        Weeks of follow-up. Only exits that can be followed so long count; the role is that of the
        municipality in the exit's first week, so that a later move changes nothing.
    before : bool
        Whether to list the exits before the start as well, that are followed up to it at most, for
        the difference-in-differences.

    Returns
    -------
    Persons
        A row per exit of the minority: `person`, `row`, `week`, `municipality`, `role`, `after` (1
        since the start, else 0), `counted` (1 if back within the weeks) and `out_of` (1).
    """
    last, start = len(register.weeks) - 1, start_week(register, definitions)
    found = returns(register, last, definitions.exit_weeks)
    found = found[register.minority[found["person"]]]
    end = found["first"] + within
    late = found["first"] >= start
    found = found[(end <= last) & (late | (before & (end <= start)))]
    person, week = (found[name].to_numpy(dtype=np.int64) for name in ("person", "first"))
    rows = pd.DataFrame(
        {
            "person": person,
            "week": week,
            c.MUNICIPALITY: register.municipality_of(person, week),
            "after": (week >= start).astype(int),
            "counted": ((found["outcome"] == BACK) & (found["weeks"] <= within)).to_numpy(int),
            "out_of": 1,
        }
    )
    return with_role(rows, register)


@method(
    tr("Difference between method and comparison municipalities"),
    formula=tr("mean over method municipalities − mean over comparison municipalities"),
    unit=MUNICIPALITIES,
    interval=tr("randomisation of the roles on Welch's t, inverted"),
    source="MacKinnon and Webb (2020)",
)
def compared(
    people: pd.DataFrame,
    *,
    change: bool = False,
    least: int = 5,
    draws: int = 1999,
    seed: int = 0,
) -> Contrast:
    """Compare a share of method and comparison municipalities, each of which counts alike.

    Nothing else may say that the one is higher or lower than the other.

    Parameters
    ----------
    people : DataFrame
        With `municipality`, `role`, `counted`, `out_of`, and `after` for changes.
    change : bool
        Whether changes since the start are compared, not levels since the start.
    least : int
        Municipalities with fewer rows (of either time, for changes) are left out.

    Raises
    ------
    DataError
        As `evalbook.models.contrast`.
    """
    people = plain(people)
    rows = people[people["role"].isin(["method", "comparison"]) & (people["out_of"] > 0)]
    if "after" in rows and not change:
        rows = rows[rows["after"] == 1]
    times = ["after"] if change else []
    size = rows.groupby([c.MUNICIPALITY, *times]).size()
    enough = size.groupby(c.MUNICIPALITY).agg(
        lambda counts: counts.min() >= least and len(counts) == 1 + change
    )
    rows = rows[rows[c.MUNICIPALITY].map(enough)]
    return contrast(
        pd.DataFrame(
            {
                "share": rows["counted"].to_numpy(),
                "out_of": rows["out_of"].to_numpy(),
                c.MUNICIPALITY: rows[c.MUNICIPALITY].to_numpy(),
                "method": (rows["role"] == "method").to_numpy(int),
                "after": rows["after"].to_numpy() if change else 1,
            }
        ),
        "share",
        c.MUNICIPALITY,
        "method",
        out_of="out_of",
        after="after" if change else None,
        draws=draws,
        seed=seed,
    )


@method(
    tr("State of the cohort since the start"),
    formula=tr("of those of the cohort who are observed, the share in each state"),
    unit=tr("persons of the cohort"),
    interval=NO_INTERVAL,
    source=tr("Own definition"),
)
def states_since(
    register: Register, people: pd.DataFrame, definitions: Definitions, every: int = 13
) -> Persons:
    """Tell in which state of the flow each of the cohort is, every so many weeks since the start.

    Returns
    -------
    Persons
        `person`, `row`, `municipality`, `role`, `weeks` since the start, and `state`; who has
        emigrated, retired or died is left out.
    """
    start, last = start_week(register, definitions), len(register.weeks) - 1
    fixed = plain(people).drop_duplicates("row")[["person", "row", c.MUNICIPALITY, "role"]]
    names = np.array(["" if s in _GONE else FLOW.get(s, OTHER) for s in STATES], dtype=object)
    parts = [
        fixed.assign(weeks=week - start, state=names[register.state[fixed["row"], week]])
        for week in range(start, last + 1, every)
    ]
    rows = (
        pd.concat(parts, ignore_index=True) if parts else fixed.assign(weeks=0, state="").iloc[:0]
    )
    states = pd.CategoricalDtype([*FLOW.values(), OTHER])
    return Persons(rows[rows["state"] != ""].astype({"state": states}))


def stretches(register: Register, people: pd.DataFrame, first: int, last: int) -> Persons:
    """Return the stretches of time that persons spend in each state of the flow.

    Parameters
    ----------
    people : DataFrame
        `person`, `row`, `municipality` and `role`, such as the cohort's; the first of each counts.
    first, last : int
        Weeks of the register, both included.

    Returns
    -------
    Persons
        `person`, `row`, `start` and `stop` (weeks since the first), `origin`, `target` (missing
        where observation ends), `municipality` and `role`, as `evalbook.models.multi_state` takes
        them. Who emigrates, retires or dies is censored.
    """
    people = plain(people)
    fixed = people.drop_duplicates("row")[["person", "row", c.MUNICIPALITY, "role"]]
    person = fixed["row"].to_numpy()
    names = [FLOW.get(state, OTHER) for state in STATES]
    labels = pd.Index([*FLOW.values(), OTHER])
    code = np.array(
        [
            -1 if state in _GONE else labels.get_loc(name)
            for state, name in zip(STATES, names, strict=True)
        ]
    )
    states = code[register.state[person, first : last + 1]]
    changes = np.diff(states, axis=1, prepend=-2) != 0
    row, start = np.nonzero(changes)
    own = states[row, start]
    same = row[1:] == row[:-1]
    stop = np.append(np.where(same, start[1:], states.shape[1]), states.shape[1])
    to = np.append(np.where(same, own[1:], -1), -1)
    table = pd.DataFrame(
        {
            "row": person[row],
            "start": start.astype(float),
            "stop": stop.astype(float),
            "origin": labels.to_numpy()[np.maximum(own, 0)],
            "target": pd.Series(labels.to_numpy()[np.maximum(to, 0)]).where(to >= 0),
        }
    )[own >= 0]
    return Persons(table.merge(fixed, on="row"))


@method(
    tr("Time in each state since the start"),
    formula=tr("share in each state over time (Aalen–Johansen), summed over the weeks"),
    unit=tr("persons of the cohort"),
    interval=tr("infinitesimal jackknife over municipalities"),
    source="Aalen and Johansen (1978); Datta and Satten (2001)",
)
def flow_by_role(register: Register, people: pd.DataFrame, definitions: Definitions) -> MultiState:
    """Estimate the cohort's flow between states since the start, by role.

    A move to another municipality changes nothing. The errors of the difference take municipalities
    as many: that one role has more of a state is for `time_in_state` to say.
    """
    start, last = start_week(register, definitions), len(register.weeks) - 1
    rows = stretches(register, people, start, last).frame()
    return multi_state(
        rows, "person", "start", "stop", "origin", "target", by="role", cluster=c.MUNICIPALITY
    )


@method(
    tr("Time in each state since the start, by municipality"),
    formula=tr(
        "share of the time in each state (Aalen–Johansen): mean over method municipalities − mean "
        "over comparison municipalities"
    ),
    unit=MUNICIPALITIES,
    interval=tr("randomisation of the roles on Welch's t, inverted"),
    source="Aalen and Johansen (1978); MacKinnon and Webb (2020)",
)
def time_in_state(
    register: Register,
    people: pd.DataFrame,
    definitions: Definitions,
    *,
    states: Sequence[str] = tuple(FLOW.values()),
    draws: int = 1999,
    seed: int = 0,
) -> dict[str, Contrast]:
    """Compare the share of time in each state since the start, by municipality.

    Each municipality's time is that of its own Aalen-Johansen shares; each counts alike, and p is
    adjusted for all states. Empty before the start, and where too few can be compared.
    """
    start, last = start_week(register, definitions), len(register.weeks) - 1
    if start > last or people.empty:
        return {}
    rows = stretches(register, people, start, last).frame()
    followed = rows.groupby("person")["start"].min() == 0
    rows = rows[rows["person"].map(followed)]
    flow = multi_state(rows, "person", "start", "stop", "origin", "target", by=c.MUNICIPALITY)
    time = flow.mean_time(flow.last).set_index(["group", "state"])["time"].unstack("state")
    role = rows.drop_duplicates(c.MUNICIPALITY).set_index(c.MUNICIPALITY)["role"]
    share = (time / flow.last).join(role.rename("role"), how="inner")
    table = share.assign(method=(share["role"] == "method").astype(int)).rename_axis("place")
    found: dict[str, Contrast | None] = {}
    for state in states:
        with suppress(DataError):
            found[state] = contrast(
                table.reset_index(), state, "place", "method", draws=draws, seed=seed
            )
    return {state: one for state, one in adjust_contrasts(found).items() if one is not None}
