"""Direct and composite estimators of domain means where only the domains' sizes are known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.arguments import checked
from analysis.arrays import FloatArray, IntArray
from analysis.errors import AnalysisError


class Drawn(StrEnum):
    """How units were drawn within a domain, which says what variance the mean has.

    `poisson`: second-order inclusion probabilities taken as products of the first-order ones,
    sum w (w - 1) y^2 / N^2. `with_replacement`: sum (n w y / N - mean)^2 / (n (n - 1)), Hansen and
    Hurwitz. `simple`, `simple_with_replacement`: equal weights, (1 - n/N) s^2/n and s^2/n.
    """

    POISSON = "poisson"
    WITH_REPLACEMENT = "with_replacement"
    SIMPLE = "simple"
    SIMPLE_WITH_REPLACEMENT = "simple_with_replacement"


@dataclass(frozen=True, slots=True, eq=False)
class DirectMeans:
    """One entry per domain, in the order of their labels; nan where nobody was drawn."""

    domain: tuple[object, ...]
    n: IntArray
    estimate: FloatArray
    se: FloatArray

    @property
    def cv(self) -> FloatArray:
        """Relative standard error."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(self.se / np.abs(self.estimate))

    def to_frame(self) -> pd.DataFrame:
        """One row per domain."""
        return pd.DataFrame(
            {
                "domain": self.domain,
                "n": self.n,
                "estimate": self.estimate,
                "se": self.se,
                "cv": self.cv,
            }
        )


@checked
def direct_means(
    y: ArrayLike,
    domain: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    sizes: Mapping[object, float] | None = None,
    drawn: Drawn | str | None = None,
) -> DirectMeans:
    """Horvitz and Thompson's domain means with known domain sizes, without a design.

    For an area model's input when a file has weights but no PSUs; where the design is known,
    `mean(design, by=...)` has a better variance. Rows with a missing value are left out. Equal to
    `direct` of R's sae; except that its variance with replacement and weights lacks the division by
    n - 1.

    Parameters
    ----------
    weights
        Sampling weights; equal within domains if not given.
    sizes
        Population of each domain; domains that nobody was drawn from come out as nan.
    drawn
        `poisson` by default with weights, `simple` without.

    Raises
    ------
    AnalysisError
        A domain without a size, sizes or weights that the rule needs, or different lengths.

    Examples
    --------
    >>> found = direct_means([1, 3, 5], ["a", "a", "b"], weights=[2, 2, 2], sizes={"a": 4, "b": 2})
    >>> found.estimate.tolist(), found.se.round(3).tolist()
    ([2.0, 5.0], [1.118, 3.536])
    """
    rule = Drawn(drawn) if drawn else Drawn.SIMPLE if weights is None else Drawn.POISSON
    columns: dict[str, object] = {"y": np.asarray(y, dtype=np.float64), "d": np.asarray(domain)}
    columns["w"] = 1.0 if weights is None else np.asarray(weights, dtype=np.float64)
    try:
        frame = pd.DataFrame(columns).dropna()
    except ValueError as error:
        raise AnalysisError(f"values, domains and weights differ in length: {error}") from error
    is_weighted = rule in (Drawn.POISSON, Drawn.WITH_REPLACEMENT)
    if is_weighted and weights is None:
        raise AnalysisError(f"drawn={str(rule)!r} needs weights")
    if sizes is None and rule is not Drawn.SIMPLE_WITH_REPLACEMENT:
        raise AnalysisError(f"drawn={str(rule)!r} needs the sizes of the domains")
    labels = sorted({*frame["d"], *(sizes or ())})
    code = frame["d"].map({label: at for at, label in enumerate(labels)}).to_numpy(dtype=np.int64)
    population = _sizes(labels, sizes, np.bincount(code, minlength=len(labels)))
    return _means(tuple(labels), code, frame, population, rule)


def _sizes(labels: list[object], sizes: Mapping[object, float] | None, n: IntArray) -> FloatArray:
    if sizes is None:
        return np.full(len(labels), np.nan)
    for label, count in zip(labels, n.tolist(), strict=True):
        if label not in sizes:
            raise AnalysisError(f"domain {label!r} has no size")
        if not sizes[label] >= count:
            raise AnalysisError(f"domain {label!r} has {count} respondents of {sizes[label]}")
    return np.array([float(sizes[label]) for label in labels])


def _means(
    labels: tuple[object, ...], code: IntArray, frame: pd.DataFrame, size: FloatArray, rule: Drawn
) -> DirectMeans:
    y, w = frame["y"].to_numpy(), frame["w"].to_numpy()
    n = np.bincount(code, minlength=len(labels)).astype(np.float64)

    def sums(values: FloatArray) -> FloatArray:
        return np.bincount(code, values, len(labels)).astype(np.float64)

    with np.errstate(divide="ignore", invalid="ignore"):
        if rule in (Drawn.POISSON, Drawn.WITH_REPLACEMENT):
            estimate = sums(w * y) / size
        else:
            estimate = sums(y) / n
        if rule is Drawn.POISSON:
            variance = sums(w * (w - 1) * y**2) / size**2
        elif rule is Drawn.WITH_REPLACEMENT:
            part = (n / size)[code] * w * y - estimate[code]
            variance = sums(part**2) / (n * (n - 1))
        else:
            variance = sums((y - estimate[code]) ** 2) / (n * (n - 1))
            if rule is Drawn.SIMPLE:
                variance *= 1 - n / size
    has = n > 0
    se = np.sqrt(np.where(has & np.isfinite(variance) & (variance >= 0), variance, np.nan))
    return DirectMeans(labels, n.astype(np.int64), np.where(has, estimate, np.nan), se)


@dataclass(frozen=True, slots=True, eq=False)
class Composite:
    """`weight` is that of the direct estimate."""

    estimate: FloatArray
    weight: FloatArray


@checked
def sample_size_dependent(
    direct: ArrayLike,
    synthetic: ArrayLike,
    estimated_size: ArrayLike,
    size: ArrayLike,
    *,
    delta: float = 1.0,
) -> Composite:
    """Direct where the weights add up to the domain's size, else composed with the synthetic.

    The direct estimate's weight is min(1, N^ / (delta N)) (Drew, Singh and Choudhry 1982; `ssd` of
    R's sae). No variance: the bias of the synthetic part is unknown.

    Raises
    ------
    AnalysisError
        delta is not positive.

    Examples
    --------
    >>> sample_size_dependent([4.0], [8.0], [50], [100]).estimate.tolist()
    [6.0]
    """
    if delta <= 0:
        raise AnalysisError("delta is positive: 1 trusts a domain that was drawn as planned")
    found, other = np.asarray(direct, dtype=np.float64), np.asarray(synthetic, dtype=np.float64)
    have, known = np.asarray(estimated_size, np.float64), np.asarray(size, np.float64)
    weight = np.where(np.isfinite(found), np.minimum(1.0, have / (delta * known)), 0.0)
    return Composite(np.where(weight > 0, weight * found, 0.0) + (1 - weight) * other, weight)


@checked
def post_stratified_synthetic(
    y: ArrayLike, stratum: ArrayLike, sizes: pd.DataFrame, *, weights: ArrayLike | None = None
) -> pd.Series[float]:
    """Means of domains if each post-stratum were everywhere as it is over all.

    sum_h N_dh ybar_h / N_d, ybar_h the weighted mean of post-stratum h (an age group, say) over all
    domains; for domains without a sample. No variance: its error is the bias (`pssynt` of R's sae).

    Parameters
    ----------
    sizes
        Populations, a row per domain and a column per post-stratum.

    Raises
    ------
    AnalysisError
        A post-stratum that somebody lives in and nobody was drawn from, or different lengths.

    Examples
    --------
    >>> sizes = pd.DataFrame({"young": [30, 10], "old": [10, 30]}, index=["a", "b"])
    >>> post_stratified_synthetic([1, 1, 5], ["young", "young", "old"], sizes).tolist()
    [2.0, 4.0]
    """
    columns: dict[str, object] = {"y": np.asarray(y, dtype=np.float64), "h": np.asarray(stratum)}
    columns["w"] = 1.0 if weights is None else np.asarray(weights, dtype=np.float64)
    try:
        frame = pd.DataFrame(columns).dropna()
    except ValueError as error:
        raise AnalysisError(f"values, strata and weights differ in length: {error}") from error
    sums = frame.assign(y=frame["w"] * frame["y"]).groupby("h")[["y", "w"]].sum()
    level = (sums["y"] / sums["w"]).reindex(sizes.columns)
    for name in sizes.columns:
        if sizes[name].sum() > 0 and not np.isfinite(level[name]):
            raise AnalysisError(f"nobody was drawn from post-stratum {name!r}")
    return (sizes * level.fillna(0.0)).sum(axis=1) / sizes.sum(axis=1)
