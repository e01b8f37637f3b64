"""Limits of areas without a sample."""

import numpy as np
import pytest
from scipy import stats

from analysis.smallarea import fay_herriot, share_model, synthetic_limits


def test_limits_without_a_sample_are_wider_by_what_few_areas_leave_open() -> None:
    rng = np.random.default_rng(3)
    y = np.append(rng.normal(size=12), np.nan)
    exact = fay_herriot(y, np.append(np.full(12, 1e-6), np.nan))
    wide = synthetic_limits(exact)
    # direct estimates without error: t with m - p degrees of freedom
    assert (wide.upper[-1] - wide.estimate[-1]) / wide.rmse[-1] == pytest.approx(
        stats.t.ppf(0.975, 11), rel=1e-4
    )
    assert (wide.upper[:-1] == exact.upper[:-1]).all()
    p = np.append(rng.uniform(0.3, 0.7, 12), np.nan)
    shares = share_model(p, np.full(13, 200.0))
    told = synthetic_limits(shares)
    assert told.lower[-1] < shares.lower[-1] < shares.upper[-1] < told.upper[-1]
    assert (told.mse == shares.mse).all()
