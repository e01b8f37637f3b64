"""Replicate weights made from a design: jackknife, balanced halves, bootstraps.

Factors are per sampling unit: rows of one PSU share them. Sources: Wolter (2007) for the jackknife,
McCarthy (1966) and Judkins (1990) for balanced halves, Rao, Wu and Yue (1992) for the bootstrap of
PSUs, Preston (2009) for that of all stages.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.arrays import BoolArray, FloatArray, IntArray
from analysis.errors import DesignError, LonelyPsuError
from analysis.factors import FactorTable
from analysis.hadamard import hadamard
from analysis.stages import CERTAIN, Stage

MOST_DELETED = 4_000  # PSUs of a jackknife: as many replicates, and their square in memory
LARGEST = 200_000_000  # factors held in memory: 1.6 GB
DRAWN = 250_000  # units drawn at a time
SORTED = 4_000_000  # random keys sorted at a time
Labels = Callable[[int], str]


class Resampling(StrEnum):
    """How replicates are made.

    `JK1` and `JKn` leave out one PSU at a time (without and with strata); `BRR` and `Fay` weigh
    one PSU of each pair up and the other down; `subbootstrap` draws n - 1 of the n PSUs of each
    stratum with replacement; `mrbbootstrap` draws half the units of every stage without.
    """

    JK1 = "JK1"
    JKN = "JKn"
    BRR = "BRR"
    FAY = "Fay"
    SUBBOOTSTRAP = "subbootstrap"
    MRBBOOTSTRAP = "mrbbootstrap"


@dataclass(frozen=True, slots=True, eq=False)
class Factors:
    """Factors (units, replicates), the unit of each row, and the scaling of the spread.

    `df` is the rank of the factors less one where it is known without looking.
    """

    table: FactorTable
    unit: IntArray
    scale: float
    rscales: FloatArray
    df: float | None = None


def resampled(
    stages: tuple[Stage, ...],
    method: Resampling | str,
    *,
    rule: str,
    label: Labels,
    count: int,
    rho: float,
    rng: np.random.Generator,
) -> Factors:
    """Factors of a method for the stages of a design; see `Design.replicate`."""
    try:
        asked = Resampling(method)
    except ValueError:
        raise DesignError(f"method={method!r} is none of: {', '.join(Resampling)}") from None
    if any(stage.pps is not None for stage in stages):
        raise DesignError(
            "there are no replicates for unequal probabilities without replacement; describe the "
            "design without pps and fpc, as if drawn with replacement"
        )
    match asked:
        case Resampling.JK1 | Resampling.JKN:
            if asked is Resampling.JK1 and stages[0].n_strata > 1:
                raise DesignError(
                    f"JK1 is for designs without strata, this one has {stages[0].n_strata}: JKn"
                )
            return jackknife(stages[0], rule=rule, label=label)
        case Resampling.BRR:
            return balanced_halves(stages[0], 0.0, label)
        case Resampling.FAY:
            return balanced_halves(stages[0], rho, label)
        case Resampling.SUBBOOTSTRAP:
            return bootstrap_of_psus(stages[0], count, rng, rule=rule, label=label)
        case Resampling.MRBBOOTSTRAP:
            return bootstrap_of_stages(stages, count, rng, rule=rule, label=label)


def jackknife(stage: Stage, *, rule: str, label: Labels) -> Factors:
    """Delete-one factors n_h / (n_h - 1); each replicate counts (1 - f_h) (n_h - 1) / n_h.

    Lonely PSUs: `remove`, `certainty` leave them in every replicate; `average` scales the rest up
    by PSUs / replicates; `adjust` deletes the PSU against all other strata (R's forms).
    """
    if stage.n_units < 2:
        raise DesignError("a jackknife needs two PSUs or more")
    h, n = stage.stratum, stage.sampled
    deleted = np.flatnonzero(n[h] > 1)
    lonely = np.flatnonzero(stage.is_lonely[h])
    _refuse_lonely(stage, rule, label)
    if stage.n_units > MOST_DELETED:
        raise DesignError(
            f"a jackknife of {stage.n_units} PSUs takes as many replicates; use a bootstrap of 200"
        )
    values = np.ones((stage.n_units, len(deleted)))
    for column, unit in enumerate(deleted):
        mates = h == h[unit]
        values[mates, column] = n[h[unit]] / (n[h[unit]] - 1)
        values[unit, column] = 0.0
    rest = np.where(1 - stage.fraction < CERTAIN, 0.0, 1 - stage.fraction)
    rscales, scale = (rest * (n - 1) / n)[h[deleted]], 1.0
    if rule == "adjust" and len(lonely):
        strata = stage.n_strata
        alone = np.full((stage.n_units, len(lonely)), strata / max(strata - 1, 1))
        alone[lonely, np.arange(len(lonely))] = 0.0
        values = np.hstack([values, alone])
        rscales = np.concatenate([rscales, np.full(len(lonely), (strata - 1) / strata)])
    if rule == "average" and len(lonely) and len(deleted):
        scale = stage.n_units / len(deleted)
    if not values.shape[1]:
        raise DesignError("no stratum has two PSUs, so that a jackknife has nothing to leave out")
    is_plain = rule != "adjust" or not len(lonely)
    df = float(np.maximum(n - 1, 0).sum()) if is_plain else None
    return Factors(FactorTable.of(values), stage.unit, scale, rscales, df)


def balanced_halves(stage: Stage, rho: float, label: Labels) -> Factors:
    """Factors 2 - rho and rho on the halves of each pair, signs from a Hadamard matrix.

    A stratum of more PSUs, if their number is even, counts as several pairs in order of
    appearance. There is no finite population correction.
    """
    if not 0 <= rho < 1:
        raise DesignError(f"rho={rho:g} must be at least 0 and below 1")
    odd = np.flatnonzero(stage.sampled % 2 == 1)
    if len(odd):
        raise DesignError(
            f"stratum {label(int(odd[0]))} has {stage.sampled[odd[0]]:g} PSUs; balanced halves "
            "need pairs: use JKn or a bootstrap, or collapse strata"
        )
    if np.isfinite(stage.population).any():
        raise DesignError(
            "balanced halves know no finite population correction: describe the design without "
            "fpc, or use JKn"
        )
    order = np.argsort(stage.stratum, kind="stable")
    pair, side = np.empty_like(order), np.empty_like(order)
    pair[order], side[order] = np.divmod(np.arange(stage.n_units), 2)
    signs = hadamard(stage.n_units // 2 + 1)[1:]
    up = signs[pair] == np.where(side == 0, 1, -1)[:, None]
    count = signs.shape[1]
    scale = 1 / (count * (1 - rho) ** 2)
    one = np.ones(stage.n_units)
    table = FactorTable.of_draws(up, rho * one, (2 - 2 * rho) * one)
    return Factors(table, stage.unit, scale, np.ones(count))


def bootstrap_of_psus(
    stage: Stage, count: int, rng: np.random.Generator, *, rule: str, label: Labels
) -> Factors:
    """n_h - 1 PSUs drawn with replacement: 1 + sqrt(1 - f) (n / (n - 1) x times drawn - 1).

    R's `subbootstrap` is the case f = 0. A lonely PSU stays as it is in every replicate.
    """
    _check_count(count)
    _check_size(stage.n_units, count)
    _refuse_lonely(stage, rule, label)
    n = stage.sampled.astype(np.int64)
    times: NDArray[Any] = np.zeros((stage.n_units, count), dtype=np.uint8)
    members, first = np.argsort(stage.stratum, kind="stable"), np.cumsum(n) - n
    for size in np.unique(n[n > 1]):
        units = members[first[n == size][:, None] + np.arange(size)]
        width = max(1, DRAWN // (int(size) * count))
        for low in range(0, len(units), width):
            part = units[low : low + width]
            drawn = _times_drawn(len(part), int(size), count, rng)
            if drawn.max() > np.iinfo(times.dtype).max:
                times = times.astype(np.int32)
            times[part.ravel()] = drawn
    rest = np.sqrt(np.where(1 - stage.fraction < CERTAIN, 0.0, 1 - stage.fraction))
    rest = np.where(n == 1, 0.0, rest)
    step = rest * n / np.maximum(n - 1, 1)
    table = FactorTable.of_draws(times, (1 - rest)[stage.stratum], step[stage.stratum])
    free = float(((n - 1) * (rest > 0)).sum())  # dimensions in which replicates can differ
    df = count - 1.0 if free >= 2 * count else None  # so many of them are never dependent
    return Factors(table, stage.unit, 1 / (count - 1), np.ones(count), df)


def _times_drawn(strata: int, size: int, count: int, rng: np.random.Generator) -> IntArray:
    """How often size - 1 draws from each of some strata of one size hit each unit."""
    place = rng.integers(0, size, (strata, size - 1, count), dtype=np.int32)
    place += np.arange(0, strata * size, size, dtype=np.int32)[:, None, None]
    place *= np.int32(count)
    place += np.arange(count, dtype=np.int32)
    return np.bincount(place.ravel(), minlength=strata * size * count).reshape(-1, count)


def bootstrap_of_stages(
    stages: tuple[Stage, ...], count: int, rng: np.random.Generator, *, rule: str, label: Labels
) -> Factors:
    """Preston's bootstrap: at each stage half of the units, without replacement.

    1 + sum over stages of lambda (n/m x kept - 1) x what the halves before left, with
    lambda = sqrt(carried m (1 - f) / (n - m)), m = n // 2. A unit that is alone in its stratum is
    kept in every replicate and adds nothing itself, so that the stages inside it still count (in
    R they are lost).
    """
    _check_count(count)
    last = stages[-1]
    _check_size(last.n_units, count)
    _refuse_lonely(stages[0], rule, label)
    row = np.empty(last.n_units, dtype=np.int64)
    row[last.unit] = np.arange(len(last.unit))
    values = np.ones((last.n_units, count))
    width = max(1, SORTED // last.n_units)
    for low in range(0, count, width):
        part = slice(low, min(low + width, count))
        carry = np.ones((last.n_units, part.stop - part.start))
        for stage in stages:
            unit = stage.unit[row]
            kept = _halves(stage, carry.shape[1], rng)[unit]
            own, inner = _half_factors(stage, unit, kept)
            values[:, part] += own * carry
            carry *= inner
    return Factors(FactorTable.of(values), last.unit, 1.0, np.full(count, 1 / (count - 1)))


def _halves(stage: Stage, count: int, rng: np.random.Generator) -> BoolArray:
    """For each unit and replicate: is it in the drawn half of its stratum?"""
    n = stage.sampled.astype(np.int64)
    half = np.where(n == 1, 1, n // 2)
    keys = stage.stratum[:, None] + rng.random((stage.n_units, count))
    order = np.argsort(keys, axis=0)
    first = np.cumsum(n) - n
    place = np.arange(stage.n_units) - np.repeat(first, n)
    kept = np.empty(keys.shape, dtype=bool)
    chosen = (place < np.repeat(half, n))[:, None]
    np.put_along_axis(kept, order, np.broadcast_to(chosen, keys.shape), axis=0)
    return kept


def _half_factors(stage: Stage, unit: IntArray, kept: BoolArray) -> tuple[FloatArray, FloatArray]:
    n = stage.sampled
    half = np.where(n == 1, 1, n // 2)
    rest = np.where(1 - stage.fraction < CERTAIN, 0.0, 1 - stage.fraction)
    spread = np.where(n > 1, half / np.maximum(n - half, 1), 0.0)
    size = np.sqrt(stage.carried * rest * spread)
    h = stage.stratum[unit]
    grown = (n / half)[h][:, None]
    own = size[h][:, None] * (grown * kept - 1)
    return own, np.sqrt(grown) * kept


def _refuse_lonely(stage: Stage, rule: str, label: Labels) -> None:
    if rule in ("fail", "collapse") and stage.is_lonely.any():
        at = int(np.flatnonzero(stage.is_lonely)[0])
        raise LonelyPsuError(
            f"stratum {label(at)} has only one PSU; choose lonely_psu='collapse' (or another "
            "rule), or merge strata in the data"
        )


def _check_count(count: int) -> None:
    if count < 2:
        raise DesignError(f"{count} replicates: a bootstrap needs two or more (200 is usual)")


def _check_size(units: int, count: int) -> None:
    if units * count > LARGEST:
        raise DesignError(
            f"{count} replicates of {units} units do not fit into memory; use a bootstrap with "
            "fewer replicates"
        )
