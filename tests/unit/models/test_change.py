"""The contrast of changes against closed forms and its size under no effect."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from evalbook.errors import DataError
from evalbook.models import contrast_changes


def panel(seed, effect=0.0, treated=8, comparison=24):
    random = np.random.default_rng(seed)
    mask = pd.Series([True] * treated + [False] * comparison)
    return pd.Series(random.normal(size=len(mask))) + effect * mask, mask


def test_estimate_and_interval_equal_regression_with_unequal_variances():
    changes, mask = panel(1, effect=0.5)
    found = contrast_changes(changes, mask, draws=99)
    fit = sm.OLS(changes, sm.add_constant(mask.astype(float))).fit(cov_type="HC2")
    assert found.estimate == pytest.approx(fit.params.iloc[1], abs=1e-12)
    assert np.mean(found.interval) == pytest.approx(found.estimate)


def test_every_assignment_is_used_when_there_are_few():
    changes, mask = panel(2, treated=2, comparison=4)
    assert contrast_changes(changes, mask).assignments == 15


def test_order_of_rows_does_not_matter():
    changes, mask = panel(3, effect=1)
    mixed = changes.sample(frac=1, random_state=0).index
    assert contrast_changes(changes, mask, draws=999) == contrast_changes(
        changes[mixed], mask[mixed], draws=999
    )


def test_size_is_five_per_cent_when_nothing_happens():
    rejected = sum(
        contrast_changes(*panel(seed), draws=199, seed=seed).p_randomisation <= 0.05
        for seed in range(400)
    )
    # Binomial(400, 0.05) has a standard deviation of 4.4; three of them on either side.
    assert 7 <= rejected <= 33


def test_missing_change_is_refused():
    changes, mask = panel(4)
    changes.iloc[0] = np.nan
    with pytest.raises(DataError, match="missing"):
        contrast_changes(changes, mask)
