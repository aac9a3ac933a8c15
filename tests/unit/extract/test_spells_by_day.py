"""Spells by day and by month: two in one week are no overlap; the later one takes the week."""

import pandas as pd
import pytest

from evalbook import plan
from nychance.register import read_register
from nychance.validation import check
from tests.lib.extracts import NUMBERS, tables, write

PASSIVE, ACTIVE, SICK = "730", "733", "890"


def extract(tmp_path, rows, columns=("PNR", "code", "start", "end")):
    """Write an extract whose persons all have the same spells, each a code, first and last day."""
    spells = [(number, *row) for number in NUMBERS for row in rows]
    content = tables() | {"dream": pd.DataFrame(spells, columns=list(columns), dtype="object")}
    return write(tmp_path, content)


def states(folder):
    the_plan = plan.load()
    register = read_register(folder, the_plan.checkpoints[0], the_plan)
    signs = {"self-support": ".", "passive": "p", "active": "a", "sick": "s"}
    return "".join(
        sign
        for week in range(len(register.weeks))
        for state, sign in signs.items()
        if register.is_state(state)[0, week]
    )


def issues(folder):
    return {issue.rule.key: issue for issue in check(folder, plan.load()).issues}


# The first Monday is the 1st of January 2007.
SHARED = [
    # Wednesday of week 2: the week is the later spell's.
    ([(PASSIVE, "01-01-2007", "09-01-2007"), (SICK, "10-01-2007", "28-01-2007")], "psss"),
    # One day is enough, also where two end and begin within the week.
    (
        [
            (PASSIVE, "01-01-2007", "08-01-2007"),
            (ACTIVE, "09-01-2007", "11-01-2007"),
            (SICK, "12-01-2007", "21-01-2007"),
        ],
        "pss",
    ),
    # With a gap in between.
    ([(SICK, "01-01-2007", "02-01-2007"), (PASSIVE, "06-01-2007", "14-01-2007")], "pp"),
    # In whichever order the rows stand.
    ([(SICK, "10-01-2007", "21-01-2007"), (PASSIVE, "01-01-2007", "09-01-2007")], "pss"),
]


@pytest.mark.parametrize(("rows", "expected"), SHARED)
def test_the_spell_that_begins_last_takes_the_border_week(tmp_path, rows, expected):
    folder = extract(tmp_path, rows)
    found = issues(folder)
    assert "spells-overlap" not in found
    warned = found["spells-share-week"]
    assert not warned.is_error
    assert warned.finding.count >= len(NUMBERS)
    assert states(folder) == expected


def test_a_spell_that_goes_on_with_the_same_code_is_not_counted(tmp_path):
    rows = [(PASSIVE, "01-01-2007", "09-01-2007"), (PASSIVE, "10-01-2007", "21-01-2007")]
    assert not {"spells-overlap", "spells-share-week"} & set(issues(extract(tmp_path, rows)))


@pytest.mark.parametrize(
    "second",
    [
        (SICK, "09-01-2007", "21-01-2007"),
        (SICK, "02-01-2007", "03-01-2007"),
        (PASSIVE, "01-01-2007", "09-01-2007"),
        (SICK, "09-01-2007", None),
    ],
)
def test_spells_that_share_a_day_overlap_and_the_first_row_is_named(tmp_path, second):
    rows = [(PASSIVE, "01-01-2007", "09-01-2007"), second]
    issue = issues(extract(tmp_path, rows))["spells-overlap"]
    assert issue.is_error
    assert (issue.finding.row, issue.finding.count) == (3, len(NUMBERS))


@pytest.mark.parametrize(
    ("form", "columns"),
    [
        ("{year}-{month:02d}", ("PNR", "ydelseskode", "fra", "til")),
        ("{year}M{month:02d}", ("cprnr", "kode", "startdato", "slutdato")),
        ("{year}m{month}", ("PNR", "code", "start", "slut")),
    ],
)
def test_monthly_data_as_spells_of_months(tmp_path, form, columns):
    january, february, march = (form.format(year=2007, month=month) for month in (1, 2, 3))
    rows = [(PASSIVE, january, january), (SICK, february, march)]
    folder = extract(tmp_path, rows, columns)
    assert "spells-overlap" not in issues(folder)
    # The first of February is a Thursday, the last of March a Saturday.
    assert states(folder) == "pppp" + "s" * 9
