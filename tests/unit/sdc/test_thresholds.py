"""The rules for single results, around their boundaries."""

import json

import numpy as np
import pytest

from evalbook import plan
from evalbook.errors import DataError
from evalbook.paths import plan_directory
from evalbook.sdc import thresholds as rules
from evalbook.sdc.ledger import Ledger, Row
from nychance.sentences import statements
from tests.conftest import ROOT
from tests.lib.rows import hidden, row

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
        ([50, 35, 5, 5, 5], False),
        ([50, 36, 5, 5, 4], True),
        ([5] * 10, False),
    ],
)
def test_two_largest_may_contribute_85_per_cent(amounts, dominated):
    assert is_hidden_sum(amounts) is dominated


def is_hidden_sum(amounts, minimum=5):
    """Whether a sum over persons is hidden, of a whole of which others have enough."""
    persons = np.arange(len(amounts) + 20)
    weeks = np.array([*amounts, *[0] * 20], dtype=float)
    row = Row("amount", {"n": persons}, {"yes": weeks, "n": np.full(len(persons), 100.0)})
    return Ledger(minimum).publish([row]) == ["too-few"]


def test_acro_finds_the_same_cells_too_small_and_the_same_amounts_dominated():
    flags = [(cell["small"], cell["dominated"]) for cell in ACRO["cells"]]
    assert len(set(flags)) == 4
    assert ACRO["dominance"] == rules.DOMINANCE
    few = [rules.is_small(len(cell["amounts"]), ACRO["minimum"]) for cell in ACRO["cells"]]
    assert few == [cell["small"] for cell in ACRO["cells"]]
    hidden = [is_hidden_sum(cell["amounts"], ACRO["minimum"]) for cell in ACRO["cells"]]
    assert hidden == [small or dominated for small, dominated in flags]


def test_acro_lets_the_same_regressions_through():
    allowed = [each["allowed"] for each in ACRO["regressions"]]
    assert set(allowed) == {True, False}
    assert [
        rules.regression_allowed(each["n"], each["parameters"], ACRO["minimum"])
        for each in ACRO["regressions"]
    ] == allowed


@pytest.mark.parametrize(
    ("n", "parameters", "allowed"), [(10, 10, False), (14, 10, False), (15, 10, True)]
)
def test_a_saturated_regression_is_refused(n, parameters, allowed):
    assert rules.regression_allowed(n, parameters) is allowed


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


def test_a_hidden_share_is_told_as_hidden_in_both_languages():
    target = plan.load().targets[0]
    sentence = statements.verdict_sentence(hidden(), target)
    assert "skjult" in sentence.da
    assert "hidden" in sentence.en
    assert statements.format_share(hidden()).da == rules.HIDDEN
    assert statements.format_share(hidden()).en == rules.HIDDEN
    assert "for få personer" in statements.compare_shares(hidden(), row(30, 100)).da
