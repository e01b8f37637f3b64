"""From sums and variances to figures: standard errors, design effects, intervals, flags."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from analysis.arrays import BoolArray, FloatArray, IntArray
from analysis.estimates import Estimates, Flag
from analysis.intervals import Evidence, Interval, Limits, check_scale, limits
from analysis.linear import Linear
from analysis.replication import replicate_variance

FEW_DF = 8
NEGATIVE = 1e-12  # a variance below minus this share of the squared value is no rounding
AT_ONCE = 4_096  # domains finished at a time, so that what they need stays in the cache
FLAT = 1e-20  # a variance below this share of the squared value and spread is rounding


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """What was summed, by domains (rows) and items (columns).

    `spread` is the population variance of the linearised value on the scale of the estimate, so
    that `spread / (n - 1)` is the variance under simple random sampling with replacement.
    """

    value: FloatArray
    variance: FloatArray
    spread: FloatArray
    population: FloatArray
    n: FloatArray
    n_psu: FloatArray
    n_strata: FloatArray
    kish: FloatArray
    missing: FloatArray
    df: FloatArray
    flags: IntArray

    @classmethod
    def blank(cls, n_domains: int, n_items: int) -> Table:
        shape = (n_domains, n_items)
        return cls(
            value=np.full(shape, np.nan),
            variance=np.full(shape, np.nan),
            spread=np.full(shape, np.nan),
            population=np.zeros(shape),
            n=np.zeros(shape),
            n_psu=np.zeros(shape),
            n_strata=np.zeros(shape),
            kish=np.zeros(shape),
            missing=np.zeros(shape),
            df=np.zeros(shape),
            flags=np.zeros(shape, dtype=np.int64),
        )

    def part(self, here: slice) -> Table:
        """Some domains, in the same memory."""
        return Table(*(getattr(self, name)[here] for name in self.__slots__))


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    statistic: str
    by: tuple[str, ...]
    domain: tuple[tuple[object, ...], ...]
    variable: tuple[str, ...]
    level: tuple[object, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Precision:
    variance: FloatArray
    deff: FloatArray
    n_eff: FloatArray
    n_plain: FloatArray
    hidden: BoolArray


@dataclass(frozen=True, slots=True)
class _Wanted:
    interval: Interval
    confidence: float
    is_total: bool
    is_share: bool
    is_without_replacement: bool


def finish(
    table: Table,
    labels: Labels,
    linear: Linear,
    *,
    interval: Interval,
    confidence: float,
    is_total: bool,
    is_share: bool,
    is_without_replacement: bool,
) -> Estimates:
    """Pack a table into `Estimates`; what cannot be had becomes nan with a flag.

    The table is used up: its arrays become those of the estimates, some domains at a time.
    """
    wanted = _Wanted(interval, confidence, is_total, is_share, is_without_replacement)
    of_logit = None
    if interval in (Interval.LOGIT, Interval.LIKELIHOOD) and is_share:
        of_logit = _replicated_logit(linear, table)
    ends = Limits(np.empty(table.value.shape), np.empty(table.value.shape))
    for low in range(0, len(table.value), AT_ONCE):
        here = slice(low, low + AT_ONCE)
        found = _finish(table.part(here), wanted, None if of_logit is None else of_logit[here])
        ends.lower[here], ends.upper[here] = found.lower, found.upper
    return _packed(table, labels, linear, ends, wanted)


def _finish(table: Table, wanted: _Wanted, of_logit: FloatArray | None) -> Limits:
    """Limits of some domains; of their table `variance` becomes the standard error, `spread` the
    design effect and `kish` the effective size."""
    is_share = wanted.is_share
    value = np.where((table.n > 0) & np.isfinite(table.value), table.value, np.nan)
    found = _precision(table, value, wanted)
    is_edge = is_share & ((value <= 0) | (value >= 1))
    no_spread = ~found.hidden & (found.variance == 0) & ~is_edge
    evidence = Evidence(
        value, found.variance, table.n, table.df, found.n_plain, wanted.confidence, of_logit
    )
    if not is_share:
        check_scale(wanted.interval, value)
    ends = limits(wanted.interval, evidence)
    table.flags[:] |= _flags(table, is_edge, no_spread)
    if is_share:
        is_capped = found.n_eff > table.n
        np.bitwise_or(table.flags, int(Flag.CAPPED), out=table.flags, where=is_capped)
    else:
        ends = Limits(*(np.where(no_spread, np.nan, end) for end in (ends.lower, ends.upper)))
    table.value[:], table.variance[:] = value, np.sqrt(found.variance)
    table.spread[:], table.kish[:] = found.deff, found.n_eff
    return ends


def _replicated_logit(linear: Linear, table: Table) -> FloatArray | None:
    """Under replicate weights, the variance of the logit as the spread of the logits.

    A replicate in which nobody, or everybody, said yes has none; then the delta method stands.
    """
    replication, value = linear.design.replication, table.value
    values = linear.replicates
    if replication is None or values is None:
        return None
    with np.errstate(divide="ignore", invalid="ignore"):
        logits, centre = special.logit(values), special.logit(value)
    flat = logits.reshape(-1, replication.count)
    found = replicate_variance(replication, flat, centre.ravel()).reshape(value.shape)
    with np.errstate(divide="ignore", invalid="ignore"):
        plain = table.variance / (value * (1 - value)) ** 2
    return np.where(np.isinf(logits).any(axis=2), plain, found)


def _packed(
    table: Table, labels: Labels, linear: Linear, ends: Limits, wanted: _Wanted
) -> Estimates:
    items = len(labels.variable)
    return Estimates(
        statistic=labels.statistic,
        by=labels.by,
        interval=wanted.interval,
        confidence=wanted.confidence,
        domain=_each(labels.domain, items),
        variable=labels.variable * len(labels.domain),
        level=labels.level * len(labels.domain),
        estimate=table.value.ravel(),
        se=table.variance.ravel(),
        lower=ends.lower.ravel(),
        upper=ends.upper.ravel(),
        df=table.df.ravel(),
        deff=table.spread.ravel(),
        n=_whole(table.n),
        n_eff=table.kish.ravel(),
        n_psu=_whole(table.n_psu),
        n_strata=_whole(table.n_strata),
        n_missing=_whole(table.missing),
        flags=table.flags.ravel(),
        collapsed=linear.design.collapsed,
        linear=linear,
    )


def _each(labels: tuple[tuple[object, ...], ...], times: int) -> tuple[tuple[object, ...], ...]:
    """Each label so many times in a row."""
    found: list[tuple[object, ...]] = [()] * (len(labels) * times)
    for at in range(times):
        found[at::times] = labels
    return tuple(found)


def _whole(counts: FloatArray) -> IntArray:
    """Counts as whole numbers, one after the other, in the memory that they were in."""
    found = counts.ravel().view(np.int64)
    found[:] = counts.ravel()
    return found


def _precision(table: Table, value: FloatArray, wanted: _Wanted) -> _Precision:
    """A variance is hidden where it would be made of one answer, or of one PSU's zero."""
    n = table.n
    with np.errstate(divide="ignore", invalid="ignore"):
        flat = table.variance <= FLAT * (value**2 + table.spread)
        hidden = (n <= 0) | np.isnan(value) | ((table.n_psu == 1) & flat)
        if not wanted.is_total:
            hidden |= n == 1
        unknown = hidden | _is_negative(table, value)
        variance = np.where(unknown, np.nan, np.where(flat, 0.0, table.variance))
        deff = variance / (table.spread / (n - 1))
        if wanted.is_without_replacement:
            deff = deff / (1 - n / table.population)
        n_plain = n / table.kish
        has_spread = (table.spread > 0) & ~flat
        n_eff = np.where(has_spread, table.spread / table.variance, n_plain)
        deff = np.where(np.isfinite(deff) & has_spread, deff, np.nan)
    return _Precision(variance, deff, np.where(unknown, np.nan, n_eff), n_plain, hidden)


def _is_negative(table: Table, value: FloatArray) -> BoolArray:
    """Below zero by more than rounding, as unequal probabilities allow."""
    return np.asarray(table.variance < -NEGATIVE * value**2)


def _flags(table: Table, is_edge: BoolArray, no_spread: BoolArray) -> IntArray:
    conditions = {
        Flag.EMPTY: table.n <= 0,
        Flag.ONE_RESPONDENT: table.n == 1,
        Flag.ONE_PSU: table.n_psu == 1,
        Flag.NO_DF: (table.n > 0) & (table.df <= 0),
        Flag.FEW_DF: (table.df > 0) & (table.df < FEW_DF),
        Flag.ALL_OR_NONE: is_edge,
        Flag.NO_DENOMINATOR: (table.n > 0) & ~np.isfinite(table.value),
        Flag.NEGATIVE_VARIANCE: _is_negative(table, table.value),
        Flag.NO_SPREAD: no_spread,
    }
    flags = np.zeros(table.n.shape, dtype=np.int64)
    for flag, condition in conditions.items():
        np.bitwise_or(flags, int(flag), out=flags, where=condition)
    return flags
