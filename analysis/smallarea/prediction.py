"""Limits for areas without a sample, by Student's t."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import stats

from analysis.smallarea.areas import AreaEstimates, AreaFlag
from analysis.smallarea.scales import LINKS

FEWEST_DF = 5.0  # degrees of freedom


def synthetic_limits(areas: AreaEstimates) -> AreaEstimates:
    """The areas with wider limits where there is no direct estimate.

    There the error is nearly all A, the variance between areas, which few areas tell badly; normal
    limits take it for known and cover too little. Satterthwaite's rule on var(A) = 2 / sum 1/(A +
    psi)^2 gives t with (1 - p/m) sum gamma^2 degrees of freedom: m - p where the direct estimates
    have no error. At least five are taken: where A is told worse than that, it is also kept above
    0, and the rule would be far too careful (99 to 100 % for 95 in simulations). Areas with a
    direct estimate keep their limits, all keep estimate and MSE.

    Examples
    --------
    >>> from analysis.smallarea import fay_herriot
    >>> found = fay_herriot([4, 6, 9, 7, 3, 8, None], [1, 1, 2, 1, 1, 1, None])
    >>> wide = synthetic_limits(found)
    >>> (wide.upper - found.upper).round(2).tolist()
    [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.35]
    """
    linear = areas.linear
    alone = (linear.flags & int(AreaFlag.SYNTHETIC)) != 0
    gamma = linear.gamma[~alone]
    part = 1 - len(linear.fit.beta) / len(gamma)
    df = max(part * float((gamma**2).sum()), FEWEST_DF)
    half = stats.t.ppf((1 + areas.confidence) / 2, df) * linear.rmse
    lower = np.where(alone, linear.estimate - half, linear.lower)
    upper = np.where(alone, linear.estimate + half, linear.upper)
    wider = replace(linear, lower=lower, upper=upper)
    if areas.on_scale is None:
        return wider
    low, high = LINKS[areas.scale].limits(linear.estimate, lower, upper)
    return replace(
        areas,
        lower=np.where(alone, low, areas.lower),
        upper=np.where(alone, high, areas.upper),
        on_scale=wider,
    )
