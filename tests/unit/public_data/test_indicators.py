"""The brief's own measures replace the nearest ones once fetched, from when they are known."""

import shutil

import pytest

from evalbook import plan
from nychance.public_data import indicators as national
from nychance.public_data import tables as public
from nychance.public_data.statbank.refresh import fetch
from nychance.public_data.statbank.service import StatBank
from tests.conftest import ROOT
from tests.lib.statbank_server import serving
from tests.lib.statbank_tables import service as tables


@pytest.fixture(scope="module")
def refreshed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("refreshed") / "public"
    shutil.copytree(ROOT / "data" / "public", folder)
    codes = [f"{code:03d}" for code in public.municipalities().index]
    with serving(tables(codes)) as service:
        bank = StatBank(folder.parent / "cache", service.url, patience=0)
        assert all(outcome.replaced for outcome in fetch(bank, folder, ["FOLK1E", "RAS200"]))
    return folder


@pytest.fixture
def use(monkeypatch):
    return lambda folder: monkeypatch.setattr(public, "public_directory", lambda: folder)


def at(month):
    return plan.load().checkpoint(month)


def test_without_fetched_tables_the_nearest_figures_are_used():
    assert national.figures("minority", at("2009-03")).indicator == national.MINORITY
    assert national.figures("employment", at("2009-03")).indicator == national.EMPLOYMENT


def test_with_fetched_tables_the_briefs_measures_are_used(refreshed, use):
    use(refreshed)
    minority = national.figures("minority", at("2009-03"))
    assert minority.indicator == national.MINORITY_16_64
    assert minority.when.en == "1 January 2009"
    # The made-up table has 2 x 275 of 11,010 persons of non-western origin at each age in
    # municipality 101.
    assert minority.values.loc[101] == pytest.approx(100 * 2 * 275 / 11010)
    assert national.figures("employment", at("2009-03")).indicator == national.EMPLOYMENT_MINORITY


def test_a_checkpoint_before_the_briefs_measure_begins_has_the_nearest(refreshed, use):
    use(refreshed)
    assert national.figures("minority", at("2007-09")).indicator == national.MINORITY
    assert (
        national.figures("employment", at("2008-09")).indicator == national.EMPLOYMENT
    )  # no figure of either yet
    assert not len(national.figures("employment", at("2008-09")).values)
