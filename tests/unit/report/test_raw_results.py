"""No notebook publishes a percentile, range, amount, model, curve or rate that nothing protects."""

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from evalbook.errors import DisclosureError, UsageError
from evalbook.models import cox, kaplan_meier, log_rank
from evalbook.report import Report
from evalbook.sdc import Persons
from evalbook.sdc.outputs import check_notebook
from evalbook.text.language import Text
from nychance.register.provenance import SYNTHETIC

HOW = Text("optalt", "counted")
WEEKS = np.arange(1.0, 41.0) ** 2


@pytest.fixture
def report(tmp_path, monkeypatch):
    monkeypatch.setenv("EVALBOOK_FIGURES", str(tmp_path))
    yield Report("method", "2009-03", SYNTHETIC)
    plt.close("all")


def people(n, seed=1):
    rng = np.random.default_rng(seed)
    return Persons(
        {
            "person": np.arange(n),
            "weeks": rng.integers(1, 30, n),
            "ended": 1,
            "age": rng.normal(40, 9, n),
            "sex": rng.normal(size=n),
        }
    )


def fitted(n):
    return cox(people(n).frame(), "weeks", "ended", ["age", "sex"])


def curve():
    return kaplan_meier(
        [3, 5, 5, 6, 8, 8, 9, 11, 13, 20, 24], [1, 1, 1, 0, 1, 1, 1, 1, 0, 1, 0], by=["a"] * 11
    )


# What each kind of result is, straight from the persons.
RAW = {
    "percentile": lambda: float(np.percentile(WEEKS[:8], 50)),
    "minimum": lambda: float(WEEKS.min()) + 0.5,
    "maximum": lambda: float(WEEKS.max()) + 0.5,
    "amount": lambda: float(WEEKS[:2].sum()) + 0.5,
    "coefficient": lambda: float(fitted(7).to_frame()["hazard_ratio"].iloc[0]),
    "curve": lambda: float(curve()["a"].at(5)),
}


@pytest.mark.parametrize("kind", RAW)
@pytest.mark.parametrize("unit", ["weeks", "ratio", "points", "percent", "p", "share"])
def test_a_raw_result_is_no_number_of_a_notebook(report, kind, unit):
    value = RAW[kind]()
    with pytest.raises(DisclosureError, match="number the-key: nothing has protected") as caught:
        report.number("the-key", value, unit, n=1000, method=HOW)
    assert "report.shares" in caught.value.remedy
    assert f"{value:.3g}" not in str(caught.value)
    assert not (report.folder / "results.json").exists()


@pytest.mark.parametrize("kind", RAW)
@pytest.mark.parametrize("told", ["number", "text"])
def test_a_raw_result_stands_in_no_table(report, kind, told):
    value = RAW[kind]()
    cell = value
    if told == "text":
        cell = Text(*[f"omkring {value:.2f}".replace(".", mark) for mark in ",."])
    with pytest.raises(DisclosureError, match="table t") as caught:
        report.table("t", pd.DataFrame({"Estimate": [cell]}, index=pd.Index(["a"], name="role")))
    assert f"{value:.2f}" not in str(caught.value)
    if told == "text":
        assert "row 1, column 'Estimate'" in str(caught.value)
    assert not list(report.folder.glob("t.*"))


def test_a_table_may_say_what_was_published(report):
    spells = people(40).assign(role="method", counted=[1, 0] * 20, out_of=1)
    half = report.shares(spells, "role").loc["method"]
    said = Text(da="Halvdelen: 50,0 pct.", en="One half: 50.0%")
    assert half.estimate == 0.5
    report.table("t", pd.DataFrame({"Estimate": [said]}, index=pd.Index(["a"], name="role")))
    with pytest.raises(DisclosureError, match="fewer than 5 persons"):
        few = Text(da="3 personer", en="3 persons")
        report.table("few", pd.DataFrame({"Estimate": [few]}, index=pd.Index(["a"], name="role")))


def drawn(table):
    _, axes = plt.subplots()
    axes.plot(table["estimate"].to_numpy())
    return axes


def test_a_figure_of_raw_results_is_not_drawn(report):
    steps = curve()["a"].to_frame()[["survival"]].set_axis(["estimate"], axis="columns")
    with pytest.raises(DisclosureError, match="figure f"):
        report.figure("f", drawn(steps), finding=HOW, data=steps)
    assert not list(report.folder.glob("f.*"))
    spells = people(400).assign(origin="danish")
    plain = spells.frame()
    fit = kaplan_meier(plain["weeks"], plain["ended"], by=plain["origin"])
    read = report.curves(fit, spells, "origin", np.arange(2, 20))
    report.figure("f", drawn(read), finding=HOW, data=read)
    assert list(report.folder.glob("f.*"))


def test_a_figure_that_lays_no_results_behind_it_is_not_drawn(report):
    axes = drawn(pd.DataFrame({"estimate": WEEKS}))
    with pytest.raises(DisclosureError, match="figure f: it draws persons"):
        report.figure("f", axes, finding=HOW)
    assert not list(report.folder.glob("f.*"))


def test_a_figure_of_municipalities_needs_none(report):
    report.figure(
        "f", drawn(pd.DataFrame({"estimate": WEEKS})), finding=HOW, counted="municipalities"
    )
    assert list(report.folder.glob("f.*"))


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        ({"text/plain": "np.float64(17.5)"}, "text/plain"),
        ({"text/plain": fitted(7).summary()}, "text/plain"),
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


def test_what_is_let_through_may_be_published(report):
    model = report.model(fitted(40), people(40)[["person", "ended"]], events="ended")
    ratio = model.to_frame().loc["age", "hazard_ratio"]
    report.number("ratio", ratio, "ratio", n=40, method=HOW)
    with pytest.raises(DisclosureError, match="number other"):
        report.number("other", ratio + 0.01, "ratio", n=40, method=HOW)


class Model:
    n = 1000

    def __init__(self, events):
        self.events = events

    def to_frame(self):
        return pd.DataFrame(
            {"hazard_ratio": np.arange(10.0), "lower": 0.0, "upper": 20.0},
            index=[f"term {i}" for i in range(10)],
        )


# Fourteen events and ten terms leave four degrees of freedom, fifteen leave five.
@pytest.mark.parametrize(("events", "stopped"), [(10, True), (14, True), (15, False), (40, False)])
def test_a_model_with_too_few_degrees_of_freedom_is_not_told(report, events, stopped):
    persons = Persons({"person": np.arange(1000), "ended": 1})
    if stopped:
        with pytest.raises(DisclosureError, match="10 terms"):
            report.model(Model(events), persons)
    else:
        report.model(Model(events), persons)
    ratios = report.ratios(Model(events), persons)
    assert (ratios["status"] == ("too-few" if stopped else "")).all()
    assert ratios["estimate"].isna().all() == stopped


def test_a_model_in_which_nothing_could_be_estimated_has_no_ratios(report):
    class Nothing(Model):
        def to_frame(self):
            return super().to_frame().iloc[:0]

    found = report.ratios(Nothing(40), Persons({"person": np.arange(1000), "ended": 1}))
    assert found.empty and found.index.names == ["covariate", "level"]


@pytest.mark.parametrize(("events", "stopped"), [(6, True), (7, False)])
def test_a_test_of_groups_needs_enough_events_beside_its_degrees_of_freedom(
    report, events, stopped
):
    happened = np.arange(40) < events
    found = log_rank(
        np.arange(40) % 9 + 1,
        happened[np.argsort(np.arange(40) % 7, kind="stable")],
        np.arange(40) % 3,
    )
    if stopped:
        with pytest.raises(DisclosureError, match="test of 3 groups"):
            report.test(found)
        assert found.p not in report.released
    else:
        assert report.test(found).p in report.released


def test_counting_something_else_is_no_way_round_protection(report):
    for counted in ("spells", "ratios", "cases"):
        with pytest.raises(UsageError, match="may be persons"):
            report.number("n", 3, "count", method=HOW, counted=counted)
