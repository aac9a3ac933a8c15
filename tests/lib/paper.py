"""Fifteen persons written out by hand, so that every measure of them can be worked out on paper.

One letter per week, from week 1 of 2009 (column 0) to week 8 of 2010 (column 60); week 53 of 2009
is column 52.
"""

from datetime import date, timedelta
from pathlib import Path

import pandas as pd

from evalbook import plan
from evalbook.plan import Checkpoint
from nychance.register import Register, read_register

CODES = Path(__file__).parents[2] / "data" / "codes" / "dream-example.csv"
FIRST_MONDAY = date(2008, 12, 29)
LAST = 60
CHECKPOINT = Checkpoint(number=1, month="2010-02", activities=())
PLAN = plan.load()

# P passive, F preparation course, T work trial, J job package (all three active), S sick, U
# unemployment benefit, E education, D dead, X emigrated, ? a code that the mapping lacks, . no
# transfer.
LETTERS = {
    "P": "730",
    "F": "731",
    "T": "733",
    "J": "734",
    "S": "890",
    "U": "111",
    "E": "651",
    "D": "999",
    "X": "997",
}
LETTERS |= {"?": "123", ".": ""}
WEEKS = """
    0         1         2         3         4         5         6
    0123456789012345678901234567890123456789012345678901234567890
A   PPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPP...PPPPPPPPPPPPPPPPPPPP   three weeks off: no exit
B   PPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPP....PPPPPPPPPPPPPPPPPPP   four weeks off: an exit
C   PPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPTTTTTSSTTTTPPPPPPPPPPPPPPP   sickness hides two active weeks
D   PPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPTTTTPPPPPPP   moves in week 30
E   PPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPDDDDDDDDDDDDDDDD   dies
F   PPPPPPPPPPPPPPPPPPPPP..........XXXXXXXXXXXXXXXXXXXXXXXXXXXXXX   leaves benefit, then emigrates
G   PPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPP??PPPPPPPPPPPPPPPPPPP   a code that nobody knows
H   PPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPFFFFTTTTJJJJJJJJ.........   climbs, off from 2009-W53
I   SSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSS   runs at the start and at the end
J   PPPPPPPP............PPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPP   back after 12 weeks
K   PPPPPPPP.............PPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPP   back after 13 weeks
L   PPPPPPPP...........................PPPPPPPPPPPPPPPPPPPPPPPPPP   back after 27 weeks
M   UUUUUUUUUUSSSSSSUUUUUUUUUUUUUUUUUUUUSSSSSSSSSSSSSSSSSSSSSSSSS   sick twice, still now
N   UUUUUSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSEEEEEEEEEEEEEEEEEEEEEEEEEE   from sickness to education
O   ....................SSSSSSSSSSSSSSSSSSSSSSSSSSS..............   from work to sickness and back
"""
# Origin (1 Danish, 2 immigrant, 3 descendant), sex, birth, municipality (101 method, 201
# comparison), match category.
PERSONS = """
A 2 K 1970-05-01 101 3
B 3 M 1985-05-01 101 2
C 2 M 1960-05-01 101 4
D 2 K 1975-05-01 101 3
E 2 M 1948-05-01 101 5
F 2 K 1980-05-01 101 1
G 3 K 1990-05-01 201 -
H 2 M 1979-05-01 201 4
I 2 K 1955-05-01 201 5
J 2 M 1982-05-01 201 1
K 3 K 1984-05-01 201 4
L 2 M 1969-05-01 201 3
M 1 M 1965-05-01 201 2
N 2 K 1983-05-01 201 2
O 1 K 1968-05-01 201 1
"""
NAMES = [line.split()[0] for line in PERSONS.split("\n") if line]


def monday(week: int) -> date:
    return FIRST_MONDAY + timedelta(weeks=week)


def tables() -> dict[str, pd.DataFrame]:
    """The extract's tables."""
    rows = [line.split()[:2] for line in WEEKS.split("\n")[3:] if line]
    columns = [_column(monday(week)) for week in range(LAST + 1)]
    dream = pd.DataFrame(
        [[LETTERS[letter] for letter in weeks] for _, weeks in rows], columns=columns
    )
    dream.insert(0, "PNR", [name for name, _ in rows])
    who = pd.DataFrame([line.split() for line in PERSONS.split("\n") if line])
    who.columns = ["PNR", "HERKOMST", "KON", "FOEDDT", "municipality", "match_category"]
    since = {"valid_from": "2005-01-01"}
    residence = who[["PNR", "municipality"]].assign(**since, valid_to="")
    residence.loc[residence["PNR"] == "D", "valid_to"] = str(monday(30) - timedelta(days=1))
    residence.loc[len(residence)] = ["D", "201", str(monday(30)), ""]
    match = who.loc[who["match_category"] != "-", ["PNR", "match_category"]].assign(**since)
    match.loc[len(who)] = ["H", "3", str(monday(30))]
    courses = [
        ("H", "job-package", monday(44), monday(52) - timedelta(days=1)),
        ("C", "mentor", monday(35), ""),
        ("D", "competence-clarification", monday(50), monday(54) - timedelta(days=1)),
        ("H", "preparation-course", monday(36), monday(40) - timedelta(days=1)),
        ("J", "preparation-course", monday(2), monday(6)),
    ]
    interventions = pd.DataFrame(courses, columns=["PNR", "kind", "start", "end"]).assign(
        company="", sector=""
    )
    population = pd.DataFrame(
        [
            [101, "danish", 80, 60, 10, 10, 12, 9],
            [101, "immigrant", 15, 6, 2, 7, 6, 3],
            [101, "descendant", 5, 4, 0, 1, 2, 0],
        ],
        columns=[
            "municipality",
            "group",
            "working_age",
            "employed",
            "unemployed",
            "outside_labour_force",
            "publicly_supported",
            "nychance_target_group",
        ],
    ).assign(reference="2009-10-01")
    return {
        "dream": dream,
        "persons": who[["PNR", "KON", "FOEDDT", "HERKOMST"]],
        "residence": residence,
        "match": match,
        "interventions": interventions,
        "municipalities": pd.DataFrame(
            {"municipality": [101, 201], "name": ["Aby", "Beby"], "role": ["method", "comparison"]}
        ),
        "population": population,
        "codes": pd.read_csv(CODES, dtype=str),
    }


def write(folder: Path, mixed: int | None = None) -> Path:
    """Write the extract; with `mixed`, the rows of every table in another order."""
    folder.mkdir()
    for name, table in tables().items():
        rows = table if mixed is None else table.sample(frac=1, random_state=mixed)
        rows.to_csv(folder / f"{name}.csv", index=False)
    return folder


def read(folder: Path) -> Register:
    return read_register(folder, CHECKPOINT, PLAN)


def _column(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"y_{year % 100:02d}{week:02d}"
