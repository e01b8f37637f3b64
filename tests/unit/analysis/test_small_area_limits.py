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


def test_limits_of_a_share_beyond_the_end_of_the_scale_do_not_shrink_to_a_point() -> None:
    p, line = np.append(np.linspace(0.05, 0.5, 12), np.nan), np.append(np.arange(12.0), -40)
    found = share_model(p, np.full(13, 300.0), line)
    assert found.linear.upper[-1] < 0  # the regression alone, far outside what a share can be
    assert found.lower[-1] == 0.0 <= found.estimate[-1] < found.upper[-1]
    half = found.linear.upper[-1] - found.linear.estimate[-1]
    assert found.upper[-1] == pytest.approx(np.sin(half) ** 2)
    told = synthetic_limits(found)
    assert told.lower[-1] == 0.0 < found.upper[-1] < told.upper[-1]
