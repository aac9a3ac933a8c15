"""Some persons at a time: the same as the whole in any order of rows, in little memory."""

import pandas as pd
import pytest

from evalbook import plan
from evalbook.errors import DataError
from nychance import extract
from nychance.register import chunks
from nychance.register.in_order import InOrder, is_in_order
from tests.lib import paper

PLAN = plan.load()
HISTORIES = ("residence", "match", "interventions")


def write(folder, **changed):
    """The extract by hand, every table in the order of its persons but those that are given."""
    folder.mkdir()
    for name, table in (paper.tables() | changed).items():
        table = (
            table.sort_values("PNR", kind="stable")
            if "PNR" in table and name not in changed
            else table
        )
        table.to_csv(folder / f"{name}.csv", index=False)
    return folder


def together(folder, persons):
    """The chunks of an extract put together, with person numbers in place of rows."""
    parts = list(chunks(folder, paper.CHECKPOINT, PLAN, persons=persons))
    assert max(len(part.persons) for part in parts) <= persons
    who = pd.concat(
        [part.persons.assign(state=[tuple(weeks) for weeks in part.state]) for part in parts]
    )
    found = {"persons": who.set_index("PNR").sort_index()}
    for name in HISTORIES:
        rows = [
            getattr(part, name).assign(
                PNR=part.persons["PNR"].to_numpy()[getattr(part, name)["person"]]
            )
            for part in parts
        ]
        table = pd.concat([part for part in rows if len(part)]).drop(columns="person")
        found[name] = table.sort_values(list(table)).reset_index(drop=True)
    return found


def mixed(name):
    return paper.tables()[name].sample(frac=1, random_state=3)


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    return together(write(tmp_path_factory.mktemp("chunks") / "extract"), 100)


@pytest.mark.parametrize(
    ("names", "persons"),
    [
        ((), 1),
        ((), 4),
        (("dream",), 4),
        (("persons",), 4),
        (("residence",), 6),
        (("dream", "match", "interventions"), 4),
    ],
)
def test_order_of_rows_and_size_of_chunks_do_not_matter(tmp_path, expected, names, persons):
    found = together(write(tmp_path / "mixed", **{name: mixed(name) for name in names}), persons)
    for name, table in expected.items():
        pd.testing.assert_frame_equal(found[name], table, check_dtype=False)


def test_tables_in_order_are_not_read_whole(tmp_path, monkeypatch):
    folder, whole = write(tmp_path / "extract"), extract.read

    def read(folder, name, columns=None):
        assert name not in ("persons", *HISTORIES)
        return whole(folder, name, columns)

    monkeypatch.setattr(extract, "read", read)
    assert len(list(chunks(folder, paper.CHECKPOINT, PLAN, persons=4))) == 4


def test_a_person_who_stands_twice_is_refused_however_far_apart(tmp_path):
    dream = paper.tables()["dream"]
    for twice in (pd.concat([dream, dream.tail(1)]), pd.concat([dream, dream.head(1)])):
        folder = write(tmp_path / f"extract-{twice.index[-1]}", dream=twice)
        with pytest.raises(DataError, match="1 persons stand twice"):
            list(chunks(folder, paper.CHECKPOINT, PLAN, persons=4))


@pytest.mark.parametrize(
    ("parts", "ascends", "each_once"),
    [
        ([["a", "b"], ["c"]], True, True),
        ([["a", "b"], ["b", "c"]], True, False),
        ([["a", "a"]], True, False),
        ([["b"], ["a"]], False, False),
        ([["a", None, "b"]], False, False),
        ([[], ["a"], []], True, True),
        ([], True, True),
    ],
)
def test_order_is_told_across_parts(parts, ascends, each_once):
    numbers = [pd.Series(part, dtype="str") for part in parts]
    assert is_in_order(numbers, once=False) is ascends
    assert is_in_order(numbers, once=True) is each_once


def test_a_table_is_read_no_further_than_asked(tmp_path, monkeypatch):
    frames = [
        pd.DataFrame({"PNR": list(part), "n": range(len(part))}) for part in ("aab", "bbc", "d")
    ]
    monkeypatch.setattr(extract, "parts", lambda folder, name: iter(frames))
    table = InOrder(tmp_path, "match")
    assert [table.until(number)["PNR"].tolist() for number in "abcz"] == [
        ["a", "a"],
        ["b"] * 3,
        ["c"],
        ["d"],
    ]
    assert table.until("z").empty
