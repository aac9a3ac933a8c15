"""No notebook publishes a percentile, range, amount, model, curve or rate against its rule."""

import json

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pandas as pd
import pytest
from evalbook.sdc.estimates import Estimates
from nbformat.v4 import new_code_cell, new_notebook, new_output

from evalbook.errors import DisclosureError, UsageError
from evalbook.models import cox, kaplan_meier, log_rank
from evalbook.report import Column, Findings
from evalbook.sdc.outputs import check_notebook
from evalbook.text.language import Text
from nychance import charts
from nychance.register.provenance import SYNTHETIC

HOW = Text("optalt", "counted")
WEEKS = np.arange(1.0, 41.0) ** 2


@pytest.fixture
def findings(tmp_path, monkeypatch):
    monkeypatch.setenv("EVALBOOK_FIGURES", str(tmp_path))
    return Findings("method", "2009-03")


def people(n, seed=1):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "weeks": rng.integers(1, 30, n),
            "ended": 1,
            "age": rng.normal(40, 9, n),
            "sex": rng.normal(size=n),
        }
    )


def curve():
    return kaplan_meier(
        [3, 5, 5, 6, 8, 8, 9, 11, 13, 20, 24], [1, 1, 1, 0, 1, 1, 1, 1, 0, 1, 0], by=["a"] * 11
    )


def recorded(findings, *keys):
    findings.close()
    numbers = json.loads((findings.folder / "results.json").read_text())["numbers"]
    return [numbers[key]["value"] for key in keys]


# What each kind of result is, straight from the persons and in a form that its rule forbids.
RAW = {
    "percentile": lambda: float(np.percentile(WEEKS[:8], 50)),
    "minimum": lambda: float(WEEKS.min()) + 0.5,
    "maximum": lambda: float(WEEKS.max()) + 0.5,
    "amount": lambda: float(WEEKS[:2].sum()) + 0.5,
    "coefficient": lambda: float(
        cox(people(7), "weeks", "ended", ["age", "sex"]).to_frame()["hazard_ratio"].iloc[0]
    ),
    "curve": lambda: float(curve()["a"].at(5)),
}


@pytest.mark.parametrize("kind", RAW)
@pytest.mark.parametrize("unit", ["weeks", "ratio", "points", "percent", "p", "share"])
def test_a_raw_result_is_no_number_of_a_notebook(findings, kind, unit):
    value = RAW[kind]()
    with pytest.raises(
        DisclosureError, match="number the-key: it has not passed the gate"
    ) as caught:
        findings.record_number("the-key", value, unit, n=1000, method=HOW, source=SYNTHETIC)
    assert "findings.estimates" in caught.value.remedy
    assert f"{value:.3g}" not in str(caught.value)
    assert not (findings.folder / "results.json").exists()


@pytest.mark.parametrize("kind", RAW)
@pytest.mark.parametrize("unit", ["weeks", "ratio", "number", "share", None])
def test_a_raw_result_stands_in_no_table(findings, kind, unit):
    told = RAW[kind]()
    cell = (
        Text(*[f"omkring {told:.2f}".replace(".", mark) for mark in ",."]) if unit is None else told
    )
    frame = pd.DataFrame({"name": ["a"], "value": [cell]})
    with pytest.raises(DisclosureError, match="table t: row 1, column 'value'"):
        findings.table(
            "t",
            frame,
            {"name": Column(HOW), "value": Column(HOW, unit)},
            source=SYNTHETIC,
        )
    assert not list(findings.folder.glob("t.*"))


def test_a_figure_of_raw_results_is_not_drawn(findings):
    steps = curve()["a"].to_frame()["survival"]

    def draw(values):
        findings.figure(
            "f",
            lambda language: charts.curves(values, {"a": HOW}, HOW, language),
            alt=HOW,
            source=SYNTHETIC,
        )

    with pytest.raises(DisclosureError, match="figure f"):
        draw(pd.DataFrame({"a": steps}))
    assert not list(findings.folder.glob("f.*"))
    draw(findings.estimates.curves(curve(), np.arange(0, 12))["survival"])
    assert list(findings.folder.glob("f.*"))


def test_a_figure_that_lays_no_numbers_behind_it_is_not_drawn(findings):
    def draw(language):
        figure, axes = plt.subplots()
        axes.plot([1, 2, 3])
        return figure

    with pytest.raises(DisclosureError, match="figure f: it draws persons"):
        findings.figure("f", draw, alt=HOW, source=SYNTHETIC)
    assert not list(findings.folder.glob("f.*"))


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        ({"text/plain": "np.float64(17.5)"}, "text/plain"),
        ({"text/plain": cox(people(7), "weeks", "ended", ["age"]).summary()}, "text/plain"),
        ({"text/html": curve().to_frame().to_html()}, "text/html"),
        ({"image/png": "aGVq", "text/plain": "<Figure size 640x480 with 1 Axes>"}, "image/png"),
    ],
)
def test_none_of_them_stays_in_the_notebook_that_readers_download(tmp_path, data, kind):
    path = tmp_path / "n.ipynb"
    output = new_output("execute_result", data=data, execution_count=1)
    nbformat.write(
        new_notebook(cells=[new_code_cell("median", outputs=[output], id="the-cell")]), path
    )
    with pytest.raises(DisclosureError, match=f"cell the-cell.*{kind}"):
        check_notebook(path)


def test_what_is_let_through_is_recorded(findings):
    found = findings.estimates
    model = found.model(cox(people(40), "weeks", "ended", ["age", "sex"])).to_frame().loc["age"]
    told = {
        "median": (found.percentile(WEEKS, 50), "weeks"),
        "few": (found.percentile(WEEKS[:8], 50), "weeks"),
        "longest": (found.end(WEEKS, greatest=True), "weeks"),
        "shared": (found.end([*WEEKS, *[0.0] * 5], greatest=False), "weeks"),
        "mean": (found.mean(WEEKS), "weeks"),
        "two": (found.total([40, 30, 1, 1, 1, 1]), "weeks"),
        "ratio": (model["hazard_ratio"], "ratio"),
    }
    for key, (value, unit) in told.items():
        findings.record_number(key, value, unit, method=HOW, source=SYNTHETIC)
    median, mean = float(np.median(WEEKS)), float(WEEKS.mean())
    assert recorded(findings, *told) == [median, None, None, 0.0, mean, None, model["hazard_ratio"]]


# Fourteen events and ten terms leave four degrees of freedom, fifteen leave five.
@pytest.mark.parametrize(("events", "stopped"), [(10, True), (14, True), (15, False), (40, False)])
def test_a_model_with_too_few_degrees_of_freedom_stops_the_notebook(events, stopped):
    class Model:
        n = 1000

        def __init__(self, events):
            self.events = events

        def to_frame(self):
            return pd.DataFrame(
                {"estimate": np.arange(10.0)}, index=[f"term {i}" for i in range(10)]
            )

    sdc = Estimates()
    if stopped:
        with pytest.raises(DisclosureError, match="10 terms"):
            sdc.model(Model(events))
    else:
        sdc.model(Model(events))


@pytest.mark.parametrize(("events", "stopped"), [(6, True), (7, False)])
def test_a_test_of_groups_needs_enough_events_beside_its_degrees_of_freedom(events, stopped):
    happened = np.arange(40) < events
    found = log_rank(
        np.arange(40) % 9 + 1,
        happened[np.argsort(np.arange(40) % 7, kind="stable")],
        np.arange(40) % 3,
    )
    given_out: set[float] = set()
    if stopped:
        with pytest.raises(DisclosureError, match="test of 3 groups"):
            Estimates(5, given_out).test(found)
    else:
        assert Estimates(5, given_out).test(found).p in given_out


def test_curves_are_read_in_steps_of_enough_events():
    given_out = set()
    read = Estimates(5, given_out).curves(curve(), np.arange(0, 25))["survival"]["a"]
    # Five events come by week 8, the next five never: the curve falls once, and ends there.
    assert read.dropna().nunique() == 2
    assert read.dropna().index.max() == 8
    assert curve()["a"].at(5) not in given_out


def test_rates_of_few_events_are_hidden():
    table = pd.DataFrame(
        {
            "returns": [40, 4, 9],
            "persons": [50, 50, 4],
            "hazard": [0.1, 0.2, 0.3],
            "lower": [0.0] * 3,
            "upper": [1.0] * 3,
        }
    )
    given_out = set()
    assert Estimates(5, given_out).rates(table)["hazard"].isna().tolist() == [False, True, True]
    assert 0.2 not in given_out


def test_counting_something_else_is_no_way_round_the_gate(findings):
    for counted in ("spells", "ratios", "cases"):
        with pytest.raises(UsageError, match="may be persons"):
            findings.record_number("n", 3, "count", method=HOW, source=SYNTHETIC, counted=counted)
