"""Several comparisons with one stated error rate: which communes differ from the province?"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from analysis.arguments import checked
from analysis.arrays import BoolArray, FloatArray, numbers_in
from analysis.contrasts.joint import labels_of
from analysis.errors import AnalysisError
from analysis.estimates import Estimates
from analysis.inference.differences import Differences, smallest_p

SEED = 20_240_601


class ErrorRate(StrEnum):
    """Which error is kept below the level, over all comparisons together.

    `holm` and `bonferroni`: the probability of a single false finding (family-wise), whatever the
    dependence. `max_t`: the same, sharper, from the joint covariance of all differences.
    `benjamini_hochberg`: the expected share of false ones among the findings (false discovery
    rate), under independence or positive dependence; `benjamini_yekutieli` under any. `none`:
    each comparison for itself.
    """

    HOLM = "holm"
    BONFERRONI = "bonferroni"
    MAX_T = "max_t"
    BENJAMINI_HOCHBERG = "benjamini_hochberg"
    BENJAMINI_YEKUTIELI = "benjamini_yekutieli"
    NONE = "none"


@dataclass(frozen=True, slots=True, eq=False)
class Comparisons:
    """One entry per estimate: its difference from the reference and what that is worth.

    `p_value` is for the single comparison, `adjusted` for all of them by `error_rate`; `differs`
    where adjusted <= level. Limits hold simultaneously with probability 1 - level for `max_t`,
    `bonferroni` and `holm` (Bonferroni's), and one by one for the other rates. Estimates without
    a standard error are nan, and count in none of the rates.
    """

    error_rate: ErrorRate
    level: float
    label: tuple[str, ...]
    difference: FloatArray
    se: FloatArray
    df: FloatArray
    p_value: FloatArray
    adjusted: FloatArray
    lower: FloatArray
    upper: FloatArray
    differs: BoolArray

    def __len__(self) -> int:
        return len(self.label)

    def to_frame(self) -> pd.DataFrame:
        """A frame with one row per comparison."""
        names = [name for name in self.__slots__ if name not in ("error_rate", "level")]
        frame = pd.DataFrame({name: getattr(self, name) for name in names})
        return frame.assign(error_rate=str(self.error_rate), level=self.level)


@checked
def differs_from(
    estimates: Estimates,
    reference: Estimates | float,
    *,
    error_rate: ErrorRate | str = ErrorRate.HOLM,
    level: float = 0.05,
    df: float | None = None,
    rng: np.random.Generator | None = None,
) -> Comparisons:
    """Which of these estimates differ from a reference, with one error rate for all?

    Differences have the variance of their own scores, so that communes that are part of the
    province, or share villages with other communes, are compared rightly; overlapping intervals
    are never looked at. t on the smaller of the two degrees of freedom.

    Parameters
    ----------
    estimates : Estimates
        The domains (or contrasts of them, against 0).
    reference : Estimates or float
        One estimate of the same design, such as the province, or a number that is known.
    error_rate : ErrorRate or str
        Holm (1979) by default; Benjamini and Hochberg (1995), Benjamini and Yekutieli (2001);
        `max_t` by the distribution of the largest of correlated statistics.
    level : float
    df : float, optional
        Degrees of freedom of every difference instead (`inf`: the normal).
    rng : Generator, optional
        For `max_t`, whose distribution is simulated; a fixed seed by default.

    Returns
    -------
    Comparisons

    Raises
    ------
    AnalysisError
        The reference holds several estimates, or comes from another design.

    Examples
    --------
    >>> import pandas as pd
    >>> from analysis import Design, mean
    >>> data = pd.DataFrame({"psu": range(12), "commune": list("aaaabbbbcccc"),
    ...                      "own": [1, 1, 1, 2, 8, 8, 8, 9, 4, 5, 4, 5.0]})
    >>> design = Design.from_frame(data, ids="psu", strata="commune")
    >>> found = differs_from(mean(design, "own", by="commune"), mean(design, "own"))
    >>> found.label, found.differs.tolist()
    (('a', 'b', 'c'), [True, True, False])
    """
    try:
        rate = ErrorRate(error_rate)
    except ValueError:
        known_rates = ", ".join(ErrorRate)
        raise AnalysisError(f"error_rate={error_rate!r} is none of: {known_rates}") from None
    if not 0 < level < 1:
        raise AnalysisError(f"level={level} must lie between 0 and 1")
    return _compared(Differences.of(estimates, reference), rate, level, df=df, rng=rng)


def _compared(
    found: Differences,
    rate: ErrorRate,
    level: float,
    *,
    df: float | None,
    rng: np.random.Generator | None,
) -> Comparisons:
    variance = found.variance()
    known = np.isfinite(found.estimates.se) & np.isfinite(found.value)
    known &= (found.df > 0) & (variance > 0)
    se = np.sqrt(np.where(known, variance, np.nan))
    freedom = found.df if df is None else np.full(len(se), float(df))
    safe = np.maximum(freedom, 1e-9)
    p = np.where(known, 2 * stats.t.sf(np.abs(found.value / se), safe), np.nan)
    adjusted, cut = np.full(len(p), np.nan), level
    if rate is ErrorRate.MAX_T:
        smallest = smallest_p(found, known, se, rng or np.random.default_rng(SEED))
        adjusted[known] = np.searchsorted(smallest, p[known], side="right") / len(smallest)
        cut = float(np.quantile(smallest, level))
    else:
        adjusted[known] = adjusted_p(p[known], rate)
        if rate in (ErrorRate.HOLM, ErrorRate.BONFERRONI):
            cut = level / max(int(known.sum()), 1)
    half = np.where(known, stats.t.isf(cut / 2, safe), np.nan) * se
    return Comparisons(
        error_rate=rate,
        level=level,
        label=labels_of(found.estimates),
        difference=found.value,
        se=se,
        df=freedom,
        p_value=p,
        adjusted=adjusted,
        lower=found.value - half,
        upper=found.value + half,
        differs=np.nan_to_num(adjusted, nan=2.0) <= level,
    )


@checked
def adjusted_p(p: ArrayLike, error_rate: ErrorRate | str) -> FloatArray:
    """p-values adjusted for their number; R: `p.adjust`. Those that are nan stay so, uncounted.

    Raises
    ------
    AnalysisError
        A value lies outside 0..1, or the error rate is unknown or `max_t`.

    Examples
    --------
    >>> import numpy as np
    >>> adjusted_p(np.array([0.01, 0.02, 0.04]), "holm").round(3).tolist()
    [0.03, 0.04, 0.04]
    """
    try:
        rate = ErrorRate(error_rate)
    except ValueError:
        raise AnalysisError(
            f"error_rate={error_rate!r} is none of: {', '.join(ErrorRate)}"
        ) from None
    if rate is ErrorRate.MAX_T:
        raise AnalysisError("max_t needs the joint covariance; use differs_from")
    values = numbers_in(p, "p", axes=(0, 1, 2))
    if ((values < 0) | (values > 1)).any():
        raise AnalysisError("p-values lie between 0 and 1")
    found = np.full(values.shape, np.nan)
    known = ~np.isnan(values)
    found[known] = _adjusted(values[known], rate)
    return found


def _adjusted(p: FloatArray, rate: ErrorRate) -> FloatArray:
    m = len(p)
    if rate is ErrorRate.NONE or m == 0:
        return p.copy()
    if rate is ErrorRate.BONFERRONI:
        return np.minimum(p * m, 1.0)
    order = np.argsort(p, kind="stable")
    found = np.empty(m)
    if rate is ErrorRate.HOLM:
        steps = np.maximum.accumulate(p[order] * (m - np.arange(m)))
    else:
        factor = (1 / np.arange(1, m + 1)).sum() if rate is ErrorRate.BENJAMINI_YEKUTIELI else 1.0
        raw = p[order] * factor * m / np.arange(1, m + 1)
        steps = np.minimum.accumulate(raw[::-1])[::-1]
    found[order] = np.minimum(steps, 1.0)
    return found
