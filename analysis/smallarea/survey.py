"""From a table of direct estimates to model-based ones, in one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis.arguments import checked
from analysis.arrays import FloatArray, IntArray
from analysis.errors import AnalysisError
from analysis.estimates import Estimates
from analysis.smallarea.areas import AreaEstimates, AreaFlag, Scale
from analysis.smallarea.between import Method
from analysis.smallarea.fayherriot import fay_herriot
from analysis.smallarea.scales import share_model
from analysis.smallarea.smoothing import Smoothing, pooled_deff, smoothed_variances


@dataclass(frozen=True, slots=True, eq=False)
class _Direct:
    value: FloatArray
    variance: FloatArray
    n: IntArray


@checked
def area_model(
    direct: Estimates,
    covariates: pd.DataFrame,
    *,
    scale: Scale | str | None = None,
    variable: str | None = None,
    level: object = None,
    group: Sequence[object] | None = None,
    smoothing: Smoothing | str = Smoothing.POOLED,
    method: Method | str = Method.REML,
    confidence: float = 0.95,
) -> AreaEstimates:
    """Fay and Herriot's model on a table of direct estimates by area.

    Shares are modelled on the arcsine scale with a design effect pooled over areas, all else as it
    is, with smoothed sampling variances.

    Parameters
    ----------
    direct
        What `mean` or `proportion` gave with `by=` the area.
    covariates
        One row per area *of the country or province*, known without error, indexed by the area (by
        tuples if `by` had several columns). Areas without a direct estimate get a synthetic one.
    scale
        `arcsine` (default of shares), `logit`, or `identity`.
    variable, level
        Which of the table's figures, if it holds several.
    group
        One label per row of `covariates`: areas whose sampling variances are alike.

    Raises
    ------
    AnalysisError
        The table holds several figures per area, an area has no covariates, or what `fay_herriot`
        and `smoothed_variances` raise.

    Examples
    --------
    >>> from analysis import Design, proportion
    >>> rng = np.random.default_rng(1)
    >>> people = pd.DataFrame({"commune": np.repeat(range(12), 30)})
    >>> people["village"] = people["commune"] * 3 + np.tile(range(3), 120)
    >>> people["online"] = rng.random(360) < 0.2 + 0.04 * people["commune"]
    >>> design = Design.from_frame(people, ids="village", strata="commune")
    >>> census = pd.DataFrame({"young": np.linspace(0.1, 0.6, 13)}, index=range(13))
    >>> found = area_model(proportion(design, "online", by="commune"), census)
    >>> len(found), AreaFlag.SYNTHETIC in found.at(12).flags, bool(found.at(0).gamma < 1)
    (13, True, True)
    """
    given = _aligned(direct, covariates, variable, level)
    is_share = direct.statistic == "proportion"
    kind = Scale(scale) if scale is not None else Scale.ARCSINE if is_share else Scale.IDENTITY
    area = tuple(covariates.index)
    share = given.value if is_share or kind is not Scale.IDENTITY else None
    if kind is Scale.IDENTITY:
        smooth = smoothed_variances(
            given.variance, given.n, share=share, group=group, how=smoothing
        )
        found = fay_herriot(
            given.value, smooth.variance, covariates,
            area=area, n=given.n, method=method, confidence=confidence,
        )  # fmt: skip
        was_smoothed = np.where(given.n > 0, int(AreaFlag.SMOOTHED), 0)
        return replace(found, flags=found.flags | was_smoothed)
    n_eff = given.n / pooled_deff(given.variance, given.value, given.n)
    return share_model(
        given.value, n_eff, covariates,
        scale=kind, area=area, n=given.n, method=method, confidence=confidence,
    )  # fmt: skip


def _aligned(
    direct: Estimates, covariates: pd.DataFrame, variable: str | None, level: object
) -> _Direct:
    """Direct estimates in the order of the covariates' rows."""
    chosen = [
        number
        for number in range(len(direct))
        if variable in (None, direct.variable[number]) and level in (None, direct.level[number])
    ]
    labels = [direct.domain[at][0] if len(direct.by) == 1 else direct.domain[at] for at in chosen]
    if len(set(labels)) != len(labels):
        raise AnalysisError("the table holds several figures per area: name variable= or level=")
    place = dict(zip(labels, chosen, strict=True))
    known = set(covariates.index)
    for label in labels:
        if label not in known:
            raise AnalysisError(f"area {label!r} has no row among the covariates")
    size = len(covariates)
    value, variance = np.full(size, np.nan), np.full(size, np.nan)
    n = np.zeros(size, dtype=np.int64)
    for row, label in enumerate(covariates.index):
        at = place.get(label)
        if at is not None and direct.n[at] > 0:
            value[row], variance[row] = direct.estimate[at], direct.se[at] ** 2
            n[row] = direct.n[at]
    return _Direct(value, variance, n)
