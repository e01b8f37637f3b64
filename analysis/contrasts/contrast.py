"""Contrasts and smooth functions of estimates, with all covariances between their parts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.arguments import checked
from analysis.arrays import BoolArray, FloatArray, IntArray, group_sum
from analysis.contrasts.joint import Joint, as_joint
from analysis.contrasts.mapped import Mapped
from analysis.contrasts.smooth import read
from analysis.errors import AnalysisError
from analysis.estimates import Estimates, Flag
from analysis.freedom import Freedom, as_freedom, design_df, satterthwaite
from analysis.intervals import Interval, t_quantile
from analysis.residuals import residual_scores

Parts = Estimates | Joint | Mapping[str, Estimates] | Iterable[Estimates]
Coefficients = Mapping[str, float] | Sequence[float]
KEPT = int(Flag.LONELY_PSU | Flag.COLLAPSED)
NOT_INHERITED = int(Flag.CAPPED | Flag.NO_DF | Flag.FEW_DF | Flag.NO_SPREAD)
FEW_DF = 8
ROUNDING = 1e-18  # of the variances of the parts: what is left below it is rounding


@checked
def contrast(
    of: Parts,
    contrasts: Mapping[str, Coefficients],
    *,
    df: Freedom | str | float = Freedom.DOMAIN,
    confidence: float | None = None,
) -> Estimates:
    """Linear contrasts sum c theta, with variance c'Vc and the covariances between them.

    Parameters
    ----------
    of : Estimates, Joint, list or mapping of Estimates
        What is compared: domains and items of one table, or several tables of one design. Labels
        are those of `joint`.
    contrasts : mapping
        Name to coefficients: by label (`{"H": 1, "E": -1}`), or one for each entry in order.
    df : Freedom, str or float
        `domain` counts PSUs minus strata that hold any of the parts; see `Freedom`.
    confidence : float, optional
        That of the estimates by default.

    Returns
    -------
    Estimates
        One entry per contrast; `.vcov()` gives their covariance. A contrast with a part that has
        no standard error has none. `n` and `n_psu` are the smallest of its parts.

    Raises
    ------
    AnalysisError
        A label is unknown, or the tables come from different designs.

    Notes
    -----
    R: `svycontrast(svyby(~api00, ~stype, des, svymean, covmat=TRUE), list(d=c(-1, 1, 0)))`.

    Examples
    --------
    >>> import pandas as pd
    >>> from analysis import Design, mean
    >>> data = pd.DataFrame({"psu": [1, 1, 2, 2], "sex": list("fmfm"), "y": [1.0, 2, 3, 6]})
    >>> by_sex = mean(Design.from_frame(data, ids="psu"), "y", by="sex")
    >>> contrast(by_sex, {"gap": {"m": 1, "f": -1}}).estimate.tolist()
    [2.0]
    """
    parts = as_joint(of)
    matrix = np.zeros((len(contrasts), len(parts)))
    for row, (name, given) in enumerate(contrasts.items()):
        if isinstance(given, Mapping):
            sizes = _listed(name, tuple(given.values()), len(given))
            for label, coefficient in zip(given, sizes, strict=True):
                matrix[row, parts.position(label)] += coefficient
        else:
            matrix[row] = _listed(name, given, len(parts))
        if not matrix[row].any() or not np.isfinite(matrix[row]).all():
            raise AnalysisError(f"contrast {name!r} needs finite coefficients, not all zero")
    value = matrix @ np.where(np.isfinite(parts.estimate), parts.estimate, 0.0)
    value[(matrix != 0) @ ~np.isfinite(parts.estimate)] = np.nan
    made = Combined("contrast", tuple(contrasts), value, matrix, matrix != 0)
    return packed(parts, made, df=df, confidence=confidence)


def _listed(name: str, given: Sequence[float], size: int) -> FloatArray:
    """One coefficient for each estimate, in order."""
    try:
        found = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError):
        raise AnalysisError(f"contrast {name!r}: not all coefficients are numbers") from None
    if found.shape != (size,):
        raise AnalysisError(f"contrast {name!r} has {found.size} coefficients for {size} estimates")
    return found


@checked
def function_of(
    of: Parts,
    functions: Mapping[str, str],
    *,
    df: Freedom | str | float = Freedom.DOMAIN,
    confidence: float | None = None,
) -> Estimates:
    """Smooth functions g(theta) of estimates by the delta method: variance g'V g'^T.

    The expression is read, never executed: `+ - * / ^`, brackets, log, exp, sqrt, logit, expit,
    the circular functions. Labels that are no plain names stand between backticks:
    ``function_of(by_type, {"relative": "`H` / `E` - 1"})``. Gradients are exact. Under replicate
    weights the replicates are linearised too (as R does unless replicates are returned). Other
    parameters, result and errors as in `contrast`; a function that has no finite value or gradient
    at the estimates is nan.

    Notes
    -----
    R: `svycontrast(svytotal(~api.stu+enroll, des), quote(api.stu/enroll))`.

    Examples
    --------
    >>> import pandas as pd
    >>> from analysis import Design, total
    >>> data = pd.DataFrame({"psu": [1, 2, 3], "a": [1, 2, 6], "b": [2, 2, 8]})
    >>> sums = total(Design.from_frame(data, ids="psu"), ["a", "b"])
    >>> function_of(sums, {"share": "a / b"}).estimate.tolist()
    [0.75]
    """
    parts = as_joint(of)
    if not functions:
        raise AnalysisError("name at least one function")
    read_ones = [read(text) for text in functions.values()]
    for one in read_ones:
        if not one.names:
            raise AnalysisError(f"{one.text!r} names no estimate")
    found = [one.at(parts.labels, parts.estimate) for one in read_ones]
    gradient = np.array([dual.gradient for dual in found])
    value = np.array([dual.value for dual in found])
    used = np.array([[label in one.names for label in parts.labels] for one in read_ones])
    broken = ~np.isfinite(value) | ~np.isfinite(gradient).all(axis=1)
    value[broken], gradient[broken] = np.nan, 0.0
    made = Combined("function", tuple(functions), value, gradient, used)
    return packed(parts, made, df=df, confidence=confidence)


@dataclass(frozen=True, slots=True, eq=False)
class Combined:
    """Values and gradients (k, p) of k functions, and the estimates that each is made of."""

    statistic: str
    names: tuple[str, ...]
    value: FloatArray
    gradient: FloatArray
    used: BoolArray


def packed(
    parts: Joint, made: Combined, *, df: Freedom | str | float, confidence: float | None
) -> Estimates:
    """Functions of estimates as `Estimates`, which can be contrasted again."""
    value, used = made.value, made.used
    level = parts.confidence if confidence is None else confidence
    if not 0 < level < 1:
        raise AnalysisError(f"confidence={level} must lie between 0 and 1")
    mapped = parts.mapped(made.gradient)
    if mapped.replicates is not None:  # around the value that stands, not its linear part
        off = value - made.gradient @ np.nan_to_num(parts.estimate)
        mapped = replace(mapped, replicates=mapped.replicates + off[:, None])
    hidden = (used @ ~parts.is_known) | ~np.isfinite(value)
    variance = _variance(parts, made, mapped)
    flags = np.where(variance < 0, int(Flag.NEGATIVE_VARIANCE), 0)
    variance = np.where(hidden | (variance < 0), np.nan, variance)
    freedom = _df(parts, mapped, used, as_freedom(df))
    known = (freedom > 0) & (variance > 0)
    se = np.sqrt(variance)
    half = np.where(known, t_quantile(freedom, (1 + level) / 2) * se, np.nan)
    n_eff = _least(parts.n_eff, used)
    return Estimates(
        statistic=made.statistic,
        by=(),
        interval=Interval.T,
        confidence=level,
        domain=((),) * len(value),
        variable=made.names,
        level=(None,) * len(value),
        estimate=value,
        se=se,
        lower=value - half,
        upper=value + half,
        df=freedom,
        deff=np.full(len(value), np.nan),
        n=_least(parts.n, used).astype(np.int64),
        n_eff=n_eff,
        n_psu=_least(parts.n_psu, used).astype(np.int64),
        n_strata=_least(parts.n_strata, used).astype(np.int64),
        n_missing=-_least(-parts.n_missing, used).astype(np.int64),
        flags=flags | _flags(parts, used, freedom, variance) | _undefined(parts, used, value),
        collapsed=parts.design.collapsed,
        linear=mapped.linear(parts.design),
    )


def _variance(parts: Joint, made: Combined, mapped: Mapped) -> FloatArray:
    """Variances with what is left of parts that cancel taken as zero; they may be negative."""
    variance = mapped.variance(parts.design, made.value)
    own = made.gradient**2 @ np.where(parts.is_known, parts.se**2, 0.0)
    return np.where(np.abs(variance) <= ROUNDING * own, 0.0, variance)


def _least(values: FloatArray | IntArray, used: BoolArray) -> FloatArray:
    table = np.where(used, np.asarray(values, dtype=np.float64), np.inf)
    return np.asarray(np.where(used.any(axis=1), table.min(axis=1, initial=np.inf), np.nan))


def _flags(parts: Joint, used: BoolArray, df: FloatArray, variance: FloatArray) -> IntArray:
    flags = np.zeros(len(used), dtype=np.int64)
    for row, mask in enumerate(used):
        hidden = mask & ~parts.is_known
        flags[row] = np.bitwise_or.reduce(parts.flags[mask] & KEPT, initial=0)
        flags[row] |= np.bitwise_or.reduce(parts.flags[hidden] & ~NOT_INHERITED, initial=0)
    flags |= np.where(df <= 0, int(Flag.NO_DF), 0)
    flags |= np.where((df > 0) & (df < FEW_DF), int(Flag.FEW_DF), 0)
    return flags | np.where(variance == 0, int(Flag.NO_SPREAD), 0)


def _undefined(parts: Joint, used: BoolArray, value: FloatArray) -> IntArray:
    """Functions without a value although all of their parts have one."""
    broken = ~np.isfinite(value) & ~(used @ ~np.isfinite(parts.estimate))
    return np.where(broken, int(Flag.UNDEFINED), 0)


def _df(parts: Joint, mapped: Mapped, used: BoolArray, rule: Freedom | float) -> FloatArray:
    """Degrees of freedom of each contrast."""
    design = parts.design
    if isinstance(rule, float):
        return np.full(len(used), rule)
    if rule is Freedom.DESIGN:
        return np.full(len(used), design_df(design))
    if rule is Freedom.SATTERTHWAITE:
        z = mapped.scores
        if mapped.slopes is not None:
            z = residual_scores(design, z, mapped.slopes)
        return satterthwaite(design, z, mapped.present)
    if design.replication is not None:
        found = _least(parts.df, used)
    else:
        found = _psus_minus_strata(parts, used)
    if rule is Freedom.RESIDUAL:
        found = found + 1 - used.sum(axis=1)
    return found


def _psus_minus_strata(parts: Joint, used: BoolArray) -> FloatArray:
    """PSUs - strata that hold answers to any part of each contrast; at least any part's own."""
    last, first = parts.design.stages[-1], parts.design.stages[0]
    row = np.empty(last.n_units, dtype=np.int64)
    row[last.unit] = np.arange(len(last.unit))
    weighted = np.zeros(last.n_units, dtype=bool)
    weighted[last.unit[parts.design.weights != 0]] = True
    present = (parts.present & weighted[:, None]).astype(np.float64)
    here = (present @ used.T.astype(np.float64)) > 0
    in_psu = group_sum(first.unit[row], first.n_units, here.astype(np.float64)) > 0
    in_stratum = group_sum(first.stratum, first.n_strata, in_psu.astype(np.float64)) > 0
    counted = in_psu.sum(axis=0) - in_stratum.sum(axis=0)
    own = np.where(used, parts.df, -np.inf).max(axis=1)
    return np.asarray(np.maximum(counted, own), dtype=np.float64)
