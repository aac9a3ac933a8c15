"""Measures of random weeks against loops over one person's weeks, written from the definitions."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest

from nychance.measures import exits, sickness, spells, staircase
from nychance.measures.targets import Window
from nychance.register import BENEFIT, STATES, Register, Situations
from nychance.register.runs import runs_of
from nychance.register.states import NO_STEP, Meaning

WEEKS, EXIT_WEEKS = 40, 4
STATE = {name: place for place, name in enumerate(STATES)}
# Self-support, passive, three active steps, sick, education, dead.
MEANINGS = (
    Meaning(STATE["self-support"]),
    Meaning(STATE["passive"]),
    *(Meaning(STATE["active"], active=True, step=step) for step in (0, 1, 3)),
    Meaning(STATE["sick"]),
    Meaning(STATE["education"]),
    Meaning(STATE["dead"], censoring=True),
)
STEPS = 5


def register_of(situation):
    none = pd.DataFrame()
    count = len(situation)
    spells, kinds = runs_of(situation.astype(np.uint8))
    persons = pd.DataFrame(
        {
            "PNR": [f"S{number:08d}" for number in range(count)],
            "sex": "K",
            "birth_year": 1970.0,
            "origin": np.resize(["danish", "immigrant"], count),
        }
    )
    return Register(
        weeks=pd.date_range("2007-01-01", periods=situation.shape[1], freq="7D"),
        spells=spells,
        situation=kinds,
        situations=Situations.of(MEANINGS),
        persons=persons,
        residence=none,
        match=none,
        interventions=none,
        municipalities=none,
        population=none,
        unknown_codes=pd.Series(dtype=np.int64),
        synthetic=True,
    )


@pytest.fixture(scope="module", params=[0.15, 0.5])
def register(request):
    """Persons who change situation often, or very often; the dead stay dead."""
    random = np.random.default_rng(7)
    drawn = random.choice(8, size=(400, WEEKS), p=[0.35, 0.2, 0.09, 0.09, 0.09, 0.09, 0.08, 0.01])
    changes = random.random(drawn.shape) < request.param
    changes[:, 0] = True
    since = np.maximum.accumulate(np.where(changes, np.arange(WEEKS), 0), axis=1)
    weeks = np.take_along_axis(drawn, since, axis=1)
    weeks[np.maximum.accumulate(weeks == 7, axis=1)] = 7
    return register_of(weeks)


def weeks_of(register):
    return np.repeat(register.situation, register.spells.weeks).reshape(-1, WEEKS)


def lives(register):
    """Each person's weeks by the name of the state, `None` from the first week out of sight."""
    for weeks in weeks_of(register):
        names = [STATES[MEANINGS[week].state] for week in weeks]
        gone = names.index("dead") if "dead" in names else WEEKS
        yield names[:gone] + [None] * (WEEKS - gone)


def exits_of(weeks, last):
    for week in range(1, last + 2 - EXIT_WEEKS):
        if weeks[week - 1] in BENEFIT and all(
            state == "self-support" for state in weeks[week : week + EXIT_WEEKS]
        ):
            yield week


@pytest.mark.parametrize("last", [3, 20, WEEKS - 1])
def test_what_followed_each_exit(register, last):
    expected = []
    for person, weeks in enumerate(lives(register)):
        for first in exits_of(weeks, last):
            after = range(first, last + 1)
            back = next((week for week in after if weeks[week] in BENEFIT), None)
            left = next((week for week in after if weeks[week] is None), None)
            if back is not None:
                expected.append((person, first, back - first, "back"))
            elif left is not None:
                expected.append((person, first, left - first, "left"))
            else:
                expected.append((person, first, last - first, "out"))
    found = exits.returns(register, last, EXIT_WEEKS)
    assert list(found.itertuples(index=False, name=None)) == expected
    assert last < 20 or len({outcome for *_, outcome in expected}) == 3


def test_share_back_counts_each_exit_that_can_be_followed(register):
    group = np.arange(400) % 3 == 0
    followed = exits.returns(register, WEEKS - 1, EXIT_WEEKS)
    for length in (6, 13, 26):
        of, back = 0, 0
        for person, weeks in enumerate(lives(register)):
            for first in exits_of(weeks, WEEKS - 1) if group[person] else ():
                if first + length < WEEKS:
                    of += 1
                    back += any(state in BENEFIT for state in weeks[first : first + length + 1])
        assert exits.back_within(followed, length, WEEKS - 1, group).over().value == pytest.approx(
            back / of
        )


@pytest.mark.parametrize("last", [20, WEEKS - 1])
def test_spells_on_benefit_end_with_enough_weeks_off(register, last):
    expected = []
    for person, weeks in enumerate(lives(register)):
        on = [week for week in range(last + 1) if weeks[week] in BENEFIT]
        for place, week in enumerate(on):
            if place == 0 or week - on[place - 1] > EXIT_WEEKS:
                first = week
            if place + 1 == len(on) or on[place + 1] - week > EXIT_WEEKS:
                ended = week + EXIT_WEEKS <= last and weeks[week + 1] is not None
                expected.append(
                    (
                        person,
                        first,
                        week + 1 - first,
                        first == 0,
                        ended,
                        weeks[week + 1] if ended else None,
                    )
                )
    found = spells.benefit_spells(register, last, EXIT_WEEKS)
    told = found.astype({"to": object}).where(found.notna(), None)
    assert list(told.itertuples(index=False, name=None)) == expected


def test_sickness_spells(register):
    expected = []
    for person, weeks in enumerate(lives(register)):
        for week in range(1, WEEKS):
            if weeks[week] == "sick" and weeks[week - 1] != "sick":
                end = next((later for later in range(week, WEEKS) if weeks[later] != "sick"), WEEKS)
                expected.append((person, end - week, end < WEEKS and weeks[end] is not None))
    found = sickness.sickness_spells(register).frame()
    rows = pd.Series(range(len(register.persons)), index=register.identities)
    told = found.assign(person=found["person"].map(rows))[["person", "weeks", "ended"]]
    assert list(told.itertuples(index=False, name=None)) == expected


def step_of(situation, seen):
    if not seen:
        return NO_STEP
    return STEPS - 1 if situation == 0 else MEANINGS[situation].step


def move_of(before, after):
    if after == NO_STEP:
        return "moved-off"
    if after <= before:
        return "moved-down" if after < before else "same-step"
    return "one-up" if after == before + 1 else "several-up"


def test_moves_along_the_staircase(register):
    window, keys = Window(5, 30), [f"step {number}" for number in range(STEPS)]
    made, entered = Counter(), Counter()
    for weeks, names in zip(weeks_of(register), lives(register), strict=True):
        steps = [
            step_of(weeks[week], names[week] is not None)
            for week in range(window.first, window.last + 1)
        ]
        if steps[0] == NO_STEP:
            first = next((step for step in steps if step != NO_STEP), None)
            if first is not None:
                entered[keys[first]] += 1
        else:
            made[keys[steps[0]], move_of(steps[0], steps[-1])] += 1
    everybody = np.ones(400, dtype=bool)
    moved = staircase.moves(register, window, everybody, keys).frame()
    assert moved.groupby(["step", "move"], observed=True).size().to_dict() == made
    assert len(moved) > 50
    up = [move in ("one-up", "several-up") for move in moved["move"]]
    assert moved["counted"].tolist() == up
    assert moved["out_of"].tolist() == (moved["move"] != "moved-off").tolist()
    stepped = staircase.entries(register, window, everybody, keys).frame()
    assert stepped.groupby("step", observed=True).size().to_dict() == entered
    assert stepped["counted"].sum() == len(stepped) - entered[keys[0]]
