"""Weeks at risk: whose weeks, which end in an exit, and from when an intervention counts."""

import numpy as np
import pandas as pd
import pytest

from evalbook import plan
from evalbook.errors import UsageError
from evalbook.models import discrete_time_hazard
from nychance.measures.person_weeks import person_weeks
from nychance.register import STATES, Register, Situations, read_register
from nychance.register.runs import runs_of
from nychance.register.states import Meaning
from nychance.synthesize import synthesize

MONDAYS = pd.date_range("2007-01-01", periods=30, freq="7D")
KINDS = {
    ".": Meaning(STATES.index("self-support")),
    "p": Meaning(STATES.index("passive")),
    "a": Meaning(STATES.index("active"), active=True, step=2),
    "e": Meaning(STATES.index("education")),
    "x": Meaning(STATES.index("emigrated"), censoring=True),
}
PLAN = plan.load()


def day(week, weekday=0):
    return MONDAYS[0] + pd.Timedelta(days=7 * week + weekday)


def register(*lives, interventions=(), residence=None, match=()):
    """A register of one life per string, a letter per week."""
    weeks = len(lives[0])
    n = len(lives)
    spells, kinds = runs_of(
        np.array([[list(KINDS).index(letter) for letter in life] for life in lives], dtype=np.uint8)
    )
    records = pd.DataFrame(interventions, columns=["person", "kind", "start", "end"]).astype(
        {"person": int}
    )
    stays = residence or [(person, 901, pd.Timestamp("2000-01-01"), pd.NaT) for person in range(n)]
    return Register(
        weeks=MONDAYS[:weeks],
        spells=spells,
        situation=kinds,
        situations=Situations.of(tuple(KINDS.values())),
        persons=pd.DataFrame(
            {"PNR": map(str, range(n)), "sex": "K", "birth_year": 1970.0, "origin": "immigrant"}
        ),
        residence=pd.DataFrame(stays, columns=["person", "municipality", "valid_from", "valid_to"]),
        match=pd.DataFrame(match, columns=["person", "valid_from", "match_category"]).astype(
            {"person": int}
        ),
        interventions=records.astype({"start": "datetime64[s]", "end": "datetime64[s]"}),
        municipalities=pd.DataFrame({"role": ["method", "comparison"]}, index=[901, 902]),
        population=pd.DataFrame(),
        unknown_codes=pd.Series(dtype=int),
        synthetic=True,
    )


def weeks(*lives, exit_weeks=4, since=(), during=(), **tables):
    made = register(*lives, **tables)
    return person_weeks(
        made, len(made.weeks) - 1, exit_weeks=exit_weeks, since=since, during=during
    )


# -- who is at risk, and who left ------------------------------------------------------------------


def test_a_spell_runs_from_its_first_week_to_the_week_before_the_exit():
    found = weeks("..ppaa.........")
    assert found["week"].tolist() == [2, 3, 4, 5]
    assert found["duration"].tolist() == [0, 1, 2, 3]
    assert found["event"].tolist() == [0, 0, 0, 1]
    assert found["state"].tolist() == ["passive", "passive", "active", "active"]
    assert found["step"].tolist() == ["none", "none", "3", "3"]
    assert not found["begun_before"].any()


def test_a_few_weeks_off_are_no_exit_and_no_weeks_at_risk():
    found = weeks("pp..pp.........")
    assert found["week"].tolist() == [0, 1, 4, 5]
    assert found["duration"].tolist() == [0, 1, 4, 5]
    assert found["event"].tolist() == [0, 0, 0, 1]
    assert found["spell"].tolist() == [0, 0, 0, 0]
    assert found["begun_before"].all()


def test_a_new_spell_begins_anew():
    found = weeks(".pp.....ppp........")
    assert found["spell"].tolist() == [0, 0, 1, 1, 1]
    assert found["duration"].tolist() == [0, 1, 0, 1, 2]
    assert found["event"].tolist() == [0, 1, 0, 0, 1]


@pytest.mark.parametrize("life", [".ppeeeeeeeeeee", ".ppxxxxxxxxxxx"])
def test_who_leaves_for_something_else_is_no_longer_at_risk(life):
    found = weeks(life)
    assert found["week"].tolist() == [1, 2]
    assert found["event"].tolist() == [0, 0]


def test_weeks_whose_exit_cannot_be_told_yet_are_left_out():
    assert weeks(".pppppp...")["event"].tolist() == [0, 0, 0, 0, 0]
    assert weeks(".pppppp....")["event"].tolist() == [0, 0, 0, 0, 0, 1]
    assert weeks("ppp").empty


# -- what is known of them -------------------------------------------------------------------------


def test_an_intervention_counts_from_the_week_in_which_it_starts():
    courses = [
        (0, "mentor", day(3, 2), day(4, 6)),
        (0, "mentor", day(7), pd.NaT),
        (0, "job-package", day(2), day(3, 6)),
    ]
    courses += [(1, "job-package", day(4), pd.NaT)]
    found = weeks(
        "pppppppp....",
        "pppppppp....",
        since=["mentor"],
        during=["job-package"],
        interventions=courses,
    )
    mine, other = (found[found["person"] == person] for person in (0, 1))
    assert mine["mentor"].tolist() == [0, 0, 0, 1, 1, 1, 1, 1]
    assert mine["job-package"].tolist() == [0, 0, 1, 1, 0, 0, 0, 0]
    assert other["mentor"].tolist() == [0] * 8
    assert other["job-package"].tolist() == [0, 0, 0, 0, 1, 1, 1, 1]


def test_what_began_before_the_first_week_counts_from_it():
    early = [(0, "mentor", day(-20), day(1, 6)), (0, "job-package", day(-20), day(1, 6))]
    found = weeks("pppp....", since=["mentor"], during=["job-package"], interventions=early)
    assert found["mentor"].tolist() == [1, 1, 1, 1]
    assert found["job-package"].tolist() == [1, 1, 0, 0]


def test_municipality_is_that_of_the_week_and_match_that_of_the_beginning():
    stays = [(0, 901, day(-9), day(2, 6)), (0, 902, day(3), day(5, 6))]
    found = weeks(".pppppppp....", residence=stays, match=[(0, day(-5), 4.0), (0, day(3), 2.0)])
    assert found["municipality"].tolist() == [901, 901, 902, 902, 902, 0, 0, 0]
    assert found["role"].tolist() == ["method"] * 2 + ["comparison"] * 3 + ["unknown"] * 3
    assert set(found["match"]) == {"4"}
    assert set(found["age"]) == {"30-39"}
    assert set(weeks(".pppppppp....")["match"]) == {"unknown"}


def test_a_kind_counts_one_way_only():
    with pytest.raises(UsageError, match="'mentor'"):
        weeks("pp......", since=["mentor"], during=["mentor"])


def test_listing_from_a_week_on_gives_the_same_rows():
    lives = ("pppppppppppppp....pppppp......", "....ppppppppaapppppppppppppppp")
    made = register(
        *lives,
        interventions=[(1, "mentor", day(6), pd.NaT)],
        match=[(0, pd.Timestamp("2000-01-01"), 2)],
    )
    whole = person_weeks(made, 29, exit_weeks=4, since=["mentor"])
    late = person_weeks(made, 29, exit_weeks=4, since=["mentor"], first=10)
    expected = whole[whole["week"] >= 10].reset_index(drop=True)
    pd.testing.assert_frame_equal(late, expected, check_categorical=False)


# -- the demonstration -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tables(tmp_path_factory, extract_folder):
    """Weeks at risk with the effects built in, and of the same persons without any."""
    without = tmp_path_factory.mktemp("without") / "demo"
    synthesize(without, persons=8000, seed=1, effects=False)
    return {
        built_in: at_risk(folder) for built_in, folder in ((True, extract_folder), (False, without))
    }


def at_risk(folder):
    read = read_register(folder, PLAN.checkpoints[-1], PLAN)
    table = person_weeks(read, len(read.weeks) - 1, exit_weeks=4, during=["job-package"])
    week = read.weeks.searchsorted(pd.Timestamp(PLAN.definitions.method_start))
    for known in (20, 100):
        rows = table[table["week"] == known]
        assert (
            read.municipality_at(known)[rows["person"]].fillna(0).to_numpy() == rows["municipality"]
        ).all()
    return table.assign(
        treated=((table["role"] == "method") & (table["week"] >= week)).astype(int),
        half=(table["week"] // 26).map("half {}".format),
    )


def ratios(table):
    fixed = ["role", "half", "begun_before", "sex", "origin", "age", "match", "state", "step"]
    fit = discrete_time_hazard(
        table,
        "event",
        "duration",
        fixed,
        time_varying=["treated", "job-package"],
        cluster="municipality",
    )
    return fit.to_frame().loc[["treated", "job-package"]]


def test_effects_that_were_built_in_are_found_again_and_none_where_there_are_none(tables):
    on, off = ratios(tables[True]), ratios(tables[False])
    package = on.loc["job-package"]
    assert package["lower"] < 1.6 < package["upper"]
    assert package["lower"] > 1.2
    for name in ("job-package", "treated"):
        assert off.loc[name, "lower"] < 1 < off.loc[name, "upper"]
    # Few municipalities, each with a way of its own: with the same ways and persons, the effect
    # alone makes the difference.
    difference = on.loc["treated", "coefficient"] - off.loc["treated", "coefficient"]
    assert difference == pytest.approx(np.log(1.2), abs=0.12)
