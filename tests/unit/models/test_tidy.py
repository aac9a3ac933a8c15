"""What every result offers: a tidy table, a summary and a plot."""

import numpy as np
import pandas as pd
import pytest

import evalbook.models as models
import nychance.models
from evalbook.errors import DataError
from tests.statistics.panels import panel, staggered

DATA = panel()
UNITS = pd.DataFrame(np.random.default_rng(1).normal(size=(20, 2)), columns=["x", "y"])
SPELLS = pd.DataFrame(
    {
        "weeks": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
        "event": [1, 1, 0, 1, 1, 0, 1, 1, 1, 0, 1, 1],
        "x": [0, 1, 0, 1, 1, 0, 0, 1, 0, 1, 1, 0],
    }
)
TREATED = pd.Series(np.arange(20) < 8)


def did(**options):
    return models.difference_in_differences(
        DATA, "y", "unit", "time", "treated", draws=99, **options
    )


RESULTS = {
    "difference_in_differences": did,
    "event_study": lambda: models.event_study(DATA, "y", "unit", "time", "first", draws=39),
    "group_time_att": lambda: models.group_time_att(
        staggered(), "y", "unit", "time", "first", draws=39
    ),
    "aggregate": lambda: models.group_time_att(
        staggered(), "y", "unit", "time", "first", draws=39
    ).aggregate("dynamic"),
    "contrast_changes": lambda: models.contrast_changes(UNITS["y"], TREATED, draws=99),
    "cross_section": lambda: models.cross_section(UNITS, "y", "x"),
    "cox": lambda: models.cox(SPELLS, "weeks", "event", ["x"]),
    "wild": lambda: models.wild_cluster_bootstrap("y ~ x", DATA, "x", "unit", draws=99),
    "randomisation": lambda: models.randomisation_test(
        "y ~ treated", DATA[DATA["time"] == 4], "treated", draws=99
    ),
}


@pytest.mark.parametrize("name", RESULTS)
def test_every_result_is_tidy_and_can_be_told_and_drawn(name):
    found = RESULTS[name]()
    table = found.tidy()
    first = ["term", "estimate", "error", "statistic", "p", "lower", "upper", "n"]
    assert list(table.columns[:8]) == first
    known = table.dropna(subset=["error", "lower"])
    assert known["statistic"].to_numpy() == pytest.approx(known["estimate"] / known["error"])
    assert (known["lower"] <= known["estimate"]).all()
    assert (known["estimate"] <= known["upper"]).all()
    assert found.summary()
    assert found.plot().get_figure() is not None
    axes = found.plot()
    assert found.plot(axes) is axes


def test_tests_are_tidy_too():
    found = models.log_rank(SPELLS["weeks"], SPELLS["event"], SPELLS["x"])
    assert list(found.tidy().columns) == ["term", "statistic", "df", "p"]
    assert found.tidy()["statistic"].item() == found.statistic
    assert found.plot().lines[1].get_xdata()[0] == found.statistic


def test_the_p_and_the_interval_of_a_row_belong_to_one_test():
    found = did(inference=["randomisation"])
    row = found.tidy().iloc[0]
    assert row["p"] == found.p_randomisation
    assert (row["lower"], row["upper"]) == found.interval
    assert row["method"] == "randomisation"


def test_several_fits_in_one_table_with_holms_p():
    fits = {name: did(seed=seed) for seed, name in enumerate(("first", "second"))}
    table = models.tidy(fits, adjust="holm")
    assert table["outcome"].tolist() == ["first", "second"]
    expected = models.holm({name: fit.p for name, fit in fits.items()})["p_holm"]
    assert table["p_adjusted"].tolist() == expected.tolist()
    assert "p_adjusted" not in models.tidy(fits)


def test_what_cannot_be_adjusted_is_refused():
    curve = models.specification_curve(lambda seed: did(seed=seed), {"seed": {"a": 1, "b": 2}})
    with pytest.raises(DataError, match="the p of 'curve' is missing"):
        models.tidy({"curve": curve}, adjust="holm")
    with pytest.raises(DataError, match="no fits"):
        models.tidy({})
    with pytest.raises(DataError, match="no adjustment 'none'"):
        models.tidy({"a": did()}, adjust="none")


def test_ratios_are_exponentiated_on_request_as_in_broom():
    model = models.cox(SPELLS, "weeks", "event", ["x"])
    log, ratio = model.tidy(), model.tidy(exponentiate=True)
    assert np.exp(log[["estimate", "lower", "upper"]]).to_numpy() == pytest.approx(
        ratio[["estimate", "lower", "upper"]].to_numpy()
    )
    assert log["error"].tolist() == ratio["error"].tolist()


def test_the_programmes_models_are_the_engines():
    assert set(models.__all__) <= set(vars(nychance.models))
    assert all(getattr(nychance.models, name) is getattr(models, name) for name in models.__all__)
