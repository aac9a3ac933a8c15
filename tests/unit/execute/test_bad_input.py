"""Every mistake ends in a message with thing and remedy, before anything starts."""

import shutil

import nbformat
import pandas as pd
import pytest

from evalbook import plan
from evalbook.errors import DataError, UsageError
from evalbook.execute.notebooks import checked, declared
from evalbook.publish.selection import select
from nychance.extract import check


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ((["2008-04"], [], None, [], 1), "2008-03"),
        ((["all"], ["metod"], None, [], 1), "method"),
        ((["all"], [], None, [], 1, ["dk"]), "da"),
        ((["all"], [], None, [], 1, [], ["epub"]), "docx"),
        ((["all"], [], None, [], 1, [], [], "quatro"), "quarto"),
        ((["all"], [], None, ["draws"], 1), "NAME=VALUE"),
    ],
)
def test_unknown_selector_is_refused_with_what_is_known(arguments, named):
    with pytest.raises(UsageError, match=named):
        select(*arguments)


def test_a_word_file_is_made_only_where_it_is_asked_for():
    assert select().formats == ("html", "pdf")
    assert select(formats=["docx"]).formats == ("docx",)


def test_checkpoint_is_named_by_month_or_number():
    the_plan = plan.load()
    assert the_plan.checkpoint("3") == the_plan.checkpoint("2008-03")


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"drows": "100"}, "Did you mean 'draws'"),
        ({"draws": "many"}, "takes int"),
        ({"checkpoint": 3}, "takes str"),
    ],
)
def test_parameters_are_checked_before_a_kernel_starts(given, named):
    from tests.conftest import ROOT

    with pytest.raises(UsageError, match=named):
        checked(ROOT / "notebooks" / "method.ipynb", given)


def test_parameter_text_becomes_its_type():
    from tests.conftest import ROOT

    assert checked(ROOT / "notebooks" / "method.ipynb", {"draws": "99"}) == {"draws": 99}


def test_notebook_without_parameters_cell_is_refused(tmp_path):
    path = tmp_path / "method.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x = 1")]), path)
    with pytest.raises(UsageError, match=r"method\.ipynb.*parameters"):
        declared(path)


def test_missing_data_directory(tmp_path):
    with pytest.raises(DataError, match="does not exist"):
        check(tmp_path / "nowhere")


def test_empty_data_directory(tmp_path):
    with pytest.raises(DataError, match="empty"):
        check(tmp_path)


@pytest.fixture
def broken(extract_folder, tmp_path):
    return shutil.copytree(extract_folder, tmp_path / "broken")


def test_missing_table_is_named(broken):
    (broken / "residence.parquet").unlink()
    with pytest.raises(DataError, match="'residence' is missing"):
        check(broken)


def test_broken_table_is_named(broken):
    (broken / "dream.parquet").write_bytes(b"PAR1 cut short")
    with pytest.raises(DataError, match=r"dream\.parquet.*cannot be read"):
        check(broken)


def test_missing_column_is_named(broken):
    path = broken / "persons.parquet"
    pd.read_parquet(path).drop(columns="HERKOMST").to_parquet(path)
    with pytest.raises(DataError, match=r"persons\.parquet.*'HERKOMST'"):
        check(broken)
