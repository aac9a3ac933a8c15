"""The rules for single results, around their boundaries."""

import json
from datetime import date

import numpy as np
import pytest

from evalbook import plan
from evalbook.errors import DataError, UsageError
from evalbook.models.shares.proportions import ratio, share
from evalbook.paths import plan_directory
from evalbook.sdc import thresholds as rules
from nychance import charts
from nychance.sentences import statements
from tests.conftest import ROOT

ACRO = json.loads((ROOT / "tests/fixtures/acro.json").read_text())


@pytest.mark.parametrize(
    ("count", "small"),
    [(0, False), (1, True), (2, True), (3, True), (4, True), (5, False), (6, False)],
)
def test_one_to_four_persons_are_too_few(count, small):
    assert rules.is_small(count, 5) is small


# 85 per cent for the two largest together: CBS-SI/DST README (rules of Statistics Denmark).
@pytest.mark.parametrize(
    ("amounts", "dominated"),
    [
        ([50, 35, 15], False),
        ([50, 36, 14], True),
        ([10, 10], True),
        ([0, 0, 0], False),
        ([5] * 10, False),
        ([100], True),
    ],
)
def test_two_largest_may_contribute_85_per_cent(amounts, dominated):
    assert rules.is_dominated(amounts) is dominated


def test_acro_finds_the_same_cells_too_small_and_the_same_amounts_dominated():
    flags = [(cell["small"], cell["dominated"]) for cell in ACRO["cells"]]
    assert len(set(flags)) == 4
    found = [
        (
            rules.is_small(len(cell["amounts"]), ACRO["minimum"]),
            rules.is_dominated(cell["amounts"], ACRO["dominance"]),
        )
        for cell in ACRO["cells"]
    ]
    assert found == flags


def test_acro_lets_the_same_regressions_through():
    allowed = [each["allowed"] for each in ACRO["regressions"]]
    assert set(allowed) == {True, False}
    assert [
        rules.regression_allowed(each["n"], each["parameters"], ACRO["minimum"])
        for each in ACRO["regressions"]
    ] == allowed


@pytest.mark.parametrize(
    ("n", "percentile", "allowed"),
    [
        (10, 50, True),
        (9, 50, False),
        (50, 10, True),
        (49, 10, False),
        (1000, 0, False),
        (1000, 100, False),
        (20, 75, True),
    ],
)
def test_percentiles_need_enough_persons_on_either_side(n, percentile, allowed):
    assert rules.percentile_allowed(n, percentile) is allowed


@pytest.mark.parametrize(
    ("persons", "single_person", "allowed"),
    [(1, True, False), (5, True, True), (4, False, False), (5, False, True)],
)
def test_an_end_of_a_range_needs_persons_behind_it(persons, single_person, allowed):
    assert rules.ends_allowed(persons, single_person=single_person) is allowed


@pytest.mark.parametrize(
    ("n", "parameters", "allowed"), [(10, 10, False), (14, 10, False), (15, 10, True)]
)
def test_a_saturated_regression_is_refused(n, parameters, allowed):
    assert rules.regression_allowed(n, parameters) is allowed


def test_a_share_of_time_that_two_persons_make_up_is_refused():
    weeks = np.full(20, 26)
    two_of_many = np.array([26, 26, *[1] * 6, *[0] * 12])
    alike = np.array([13] * 20)
    assert not rules.time_share_allowed(ratio(two_of_many, weeks))
    assert rules.time_share_allowed(ratio(alike, weeks))


def test_the_floor_is_three_persons(tmp_path):
    for path in plan_directory().glob("*.yml"):
        (tmp_path / path.name).write_text(path.read_text())
    targets = tmp_path / "protection.yml"
    at = "minimum_count: 5"
    assert at in targets.read_text()
    targets.write_text(targets.read_text().replace(at, "minimum_count: 3"))
    assert plan.load(tmp_path).protection.minimum_count == 3
    targets.write_text(targets.read_text().replace("minimum_count: 3", "minimum_count: 2"))
    with pytest.raises(DataError, match="minimum_count"):
        plan.load(tmp_path)


def test_sentences_and_charts_refuse_a_share_that_has_not_passed():
    raw = share(30, 100)
    target = plan.load().targets[0]
    for tell in (
        lambda: statements.format_share(raw),
        lambda: statements.verdict_of(raw, target),
        lambda: statements.verdict_sentence(raw, target),
        lambda: statements.compare_shares(raw, None),
        lambda: charts.target_bullets([charts.Bullet(target.name, 0.25, {"method": raw})], "da"),
        lambda: charts.share_over_time(
            {"method": {date(2008, 3, 31): raw}, "comparison": {}}, "da"
        ),
    ):
        with pytest.raises(UsageError, match="gate"):
            tell()


def test_a_hidden_share_is_told_as_hidden_in_both_languages():
    target = plan.load().targets[0]
    sentence = statements.verdict_sentence(None, target)
    assert "skjult" in sentence.da
    assert "hidden" in sentence.en
    assert statements.format_share(None).da == statements.format_share(None).en == rules.HIDDEN
    assert "for få personer" in statements.compare_shares(None, rules.shown(share(30, 100))).da
