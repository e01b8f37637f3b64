"""Calibrated designs: weights that meet known totals, and what their variance needs.

A design of strata and PSUs gets the residuals of the calibration; replicate weights are calibrated
one by one, as the weights were.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from analysis.arguments import checked
from analysis.arrays import FloatArray
from analysis.design import Design
from analysis.design_columns import rows_in_order
from analysis.errors import WeightingError
from analysis.reweighting import reweighted, reweighted_rows
from analysis.weights.newton import Distance
from analysis.weights.raking import Margin, rake
from analysis.weights.report import WeightStep
from analysis.weights.totals import calibrate_weights
from analysis.weights.trimming import CapRule, weight_caps

__all__ = [
    "Distance",
    "calibrate",
    "post_stratify",
    "rake_design",
    "reweight",
    "trim_and_recalibrate",
]


@checked
def post_stratify(
    design: Design, by: str, totals: Mapping[Any, float], *, partial: bool = False
) -> Design:
    """Scale weights so that the cells of one column meet their population counts.

    `partial` leaves out cells without respondents; else they are an error.

    Examples
    --------
    >>> import pandas as pd
    >>> data = pd.DataFrame({"psu": [1, 2, 3], "sex": ["f", "m", "m"]})
    >>> post_stratify(Design.from_frame(data, ids="psu"), "sex", {"f": 60, "m": 40}).weights
    array([60., 20., 20.])
    """
    return rake_design(design, {by: totals}, partial=partial)


@checked
def rake_design(
    design: Design,
    margins: Mapping[str, Mapping[Any, float]],
    *,
    rescale: bool = False,
    partial: bool = False,
) -> Design:
    """Rake a design to the margins of one or more columns; see `rake` for options and errors.

    Examples
    --------
    >>> import pandas as pd
    >>> data = pd.DataFrame({"sex": list("ffmm"), "area": list("urur")})
    >>> known = {"sex": {"f": 60, "m": 40}, "area": {"u": 50, "r": 50}}
    >>> rake_design(Design.from_frame(data), known).weights
    array([30., 30., 20., 20.])
    """
    for column in margins:
        if column not in design.frame.columns:
            raise WeightingError(f"there is no column {column!r} to rake by")
    asked = [Margin(name, design.frame[name], totals) for name, totals in margins.items()]
    step = rake(design.weights, asked, rescale=rescale, partial=partial)
    return _taken(design, step, has_new_df=True)


@checked
def calibrate(
    design: Design,
    x: pd.DataFrame,
    totals: Mapping[str, float],
    *,
    distance: Distance | str = Distance.LINEAR,
    bounds: tuple[float, float] | None = None,
    trim: tuple[float, float] | None = None,
    same_within: str | None = None,
) -> Design:
    """Move weights as little as possible so that sum w x meets known totals.

    Parameters
    ----------
    design : Design
    x : DataFrame
        Auxiliaries, row by row; put a column of ones in to fix the population size.
    totals : mapping
        Population total of columns of `x`; columns without one are left free.
    distance : Distance or str
    bounds : (low, high), optional
        Limits of w_after / w_before; needed for `logit`.
    trim : (low, high), optional
        Cut factors to these limits afterwards and give the rest evenly to the others: the sum of
        weights is kept, the totals are then met only nearly.
    same_within : str, optional
        Column of clusters whose rows keep one common factor.

    Returns
    -------
    Design
        `calibrations[-1].report` holds the diagnostics.

    Raises
    ------
    WeightingError
        A total has no column, or no weights within the bounds meet the totals.

    Examples
    --------
    >>> import pandas as pd
    >>> data = pd.DataFrame({"psu": [1, 2, 3, 4], "age": [20.0, 30.0, 40.0, 60.0]})
    >>> x = pd.DataFrame({"one": [1.0] * 4, "age": data.age})
    >>> made = calibrate(Design.from_frame(data, ids="psu"), x, {"one": 8, "age": 320})
    >>> round(float((made.weights * data.age).sum()), 6)
    320.0
    """
    if same_within is not None and same_within not in design.frame.columns:
        raise WeightingError(f"there is no column {same_within!r} of clusters")
    step = calibrate_weights(
        design.weights,
        rows_in_order(design.frame, x, "x"),
        totals,
        distance=distance,
        bounds=bounds,
        trim=trim,
        clusters=None if same_within is None else design.frame[same_within],
    )
    is_linear = distance == Distance.LINEAR and bounds is None
    return _taken(design, step, has_new_df=is_linear)


@checked
def reweight(design: Design, step: Callable[[FloatArray], FloatArray]) -> Design:
    """Any other step of the weighting, taken on the weights and on each replicate.

    `step` turns weights of all rows into weights of all rows: trimming, an adjustment for
    non-response. Without replicates the variance does not know of it.

    Examples
    --------
    >>> import pandas as pd
    >>> data = pd.DataFrame({"psu": [1, 2, 3, 4], "w": [1.0, 1.0, 1.0, 9.0]})
    >>> made = Design.from_frame(data, ids="psu", weights="w").replicate("JK1")
    >>> float(reweight(made, lambda w: w.clip(max=4.0)).replication.weights.max())
    4.0
    """
    replication = design.replication
    if replication is not None:
        replication = reweighted_rows(replication, step)
    return replace(design, weights=step(design.weights), replication=replication)


def _taken(design: Design, step: WeightStep, *, has_new_df: bool) -> Design:
    """The design after a calibration step.

    R counts the rank of replicates anew after postStratify, rake and linear calibration, and keeps
    it after the others.
    """
    found = step.calibration
    assert found is not None
    assert found.again is not None
    replication = design.replication
    if replication is not None:
        replication = reweighted(replication, found.again, has_new_df=has_new_df)
    return replace(
        design,
        weights=step.weights,
        calibrations=(*design.calibrations, found),
        replication=replication,
    )


@checked
def trim_and_recalibrate(
    design: Design,
    again: Callable[[Design], Design],
    *,
    rule: CapRule | str = CapRule.MEDIAN_IQR,
    times: float = 3.0,
    strata: str | None = None,
    rounds: int = 20,
) -> Design:
    """Cap outlying weights and calibrate again, in turn, until both hold.

    Caps pull weights off their totals and calibration pushes them over the caps; each round ends
    calibrated (which gives back what was cut), so that totals are met exactly and the cap to 1 %.
    The variance knows of the last calibration.

    Parameters
    ----------
    design : Design
    again : callable
        The calibration, e.g. `lambda d: rake_design(d, margins)`.
    rule, times, strata
        As in `trim_outliers`; `strata` is a column. The caps are those of the first weights.
    rounds : int

    Raises
    ------
    WeightingError
        After `rounds` rounds a weight is still more than 1 % above its cap.

    Examples
    --------
    >>> import pandas as pd
    >>> data = pd.DataFrame({"sex": list("ffffmmmm"), "w": [1.0] * 7 + [20.0]})
    >>> made = trim_and_recalibrate(
    ...     Design.from_frame(data, weights="w"),
    ...     lambda d: post_stratify(d, "sex", {"f": 8, "m": 12}),
    ...     rule="median",
    ...     times=4,
    ... )
    >>> bool(made.weights.max() < 4.04), float(made.weights.sum())
    (True, 20.0)
    """
    if strata is not None and strata not in design.frame.columns:
        raise WeightingError(f"there is no column {strata!r} of strata")
    labels = None if strata is None else design.frame[strata]
    caps = weight_caps(design.weights, rule=rule, times=times, strata=labels)
    earlier = design.calibrations
    for _ in range(rounds):
        capped = reweight(design, lambda w: np.minimum(w, caps))
        design = again(replace(capped, calibrations=earlier))
        if not isinstance(design, Design):
            raise WeightingError("again= must give back a design, such as rake_design(d, margins)")
        if (design.weights <= caps * 1.01).all():
            return design
    worst = int((design.weights / caps).argmax())
    raise WeightingError(
        f"after {rounds} rounds row {worst} still has {design.weights[worst]:.4g} against a cap "
        f"of {caps[worst]:.4g}: raise the cap, or merge the cells that need such weights"
    )
