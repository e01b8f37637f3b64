"""Unequal probabilities without replacement: the variance as a quadratic form in unit totals.

With z the weighted totals of units, V = sum_ij D_ij z_i z_j (Horvitz and Thompson 1952) or
V = -1/2 sum_ij D_ij (z_i - z_j)^2 (Yates and Grundy 1953; Sen 1953), D_ij = (pi_ij - pi_i pi_j) /
pi_ij. Joint probabilities pi_ij are given, or approximated within strata of n units:

- Overton (1985):            D_ij = ((pi_i + pi_j) / 2 - 1) / (n - 1)
- Hartley and Rao (1962):    D_ij = (pi_i + pi_j - 1 - c) / (n - 1), c = sum of pi^2 over the
  population / n, or the sample's mean of pi where that is not known
- Brewer (2002, eq. 9.21):   V = sum_i (1 - pi_i) n / (n - 1) (z_i - mean)^2

The approximations are sums over units and strata, so that domains cost what occurs in them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np

from analysis.arrays import BoolArray, FloatArray, IntArray, group_sum
from analysis.errors import DesignError

CERTAIN = 1 - 1e-7
DENSE = 20_000_000  # numbers of a block of joint probabilities times domains


class PpsMethod(StrEnum):
    """Where the joint probabilities come from."""

    BREWER = "brewer"
    OVERTON = "overton"
    HARTLEY_RAO = "HR"
    JOINT = "joint"


class PpsVariance(StrEnum):
    """Horvitz and Thompson's form, or Yates, Grundy and Sen's (for samples of fixed size)."""

    HT = "HT"
    YG = "YG"


@dataclass(frozen=True, slots=True, eq=False)
class Pps:
    """How units were drawn with unequal probabilities, without replacement.

    Parameters
    ----------
    method : PpsMethod or str
    variance : PpsVariance or str
        Brewer's is a form of its own.
    joint : array, optional
        Joint probabilities of the PSUs, in order of their first row; `method="joint"`.
    sum_p2_over_n : float or mapping of stratum to float, optional
        Hartley and Rao's c, from the population.

    Examples
    --------
    >>> Pps("brewer").variance.value
    'HT'
    """

    method: PpsMethod | str = PpsMethod.BREWER
    variance: PpsVariance | str = PpsVariance.HT
    joint: FloatArray | None = field(default=None, repr=False)
    sum_p2_over_n: float | Mapping[Any, float] | None = None

    def __post_init__(self) -> None:
        for name, kind in (("method", PpsMethod), ("variance", PpsVariance)):
            try:
                object.__setattr__(self, name, kind(getattr(self, name)))
            except ValueError:
                known = ", ".join(kind)
                raise DesignError(
                    f"pps {name} {getattr(self, name)!r} is none of: {known}"
                ) from None
        if (self.joint is not None) != (self.method is PpsMethod.JOINT):
            raise DesignError(
                "joint probabilities go with the pps method 'joint', and only with it"
            )


@dataclass(frozen=True, slots=True, eq=False)
class Quadratic:
    """q_i on the diagonal, alpha_h + beta_h (pi_i + pi_j) / 2 everywhere, or a full matrix.

    `pi`, `q`, `certain` are per unit; `alpha`, `beta` per stratum, `stratum` of each unit. Pairs of
    two certain units are no part of the sum.
    """

    pi: FloatArray
    stratum: IntArray
    q: FloatArray
    alpha: FloatArray
    beta: FloatArray
    certain: BoolArray
    matrix: FloatArray | None = None

    def times(self, unit: IntArray, group: IntArray, size: int, values: FloatArray) -> FloatArray:
        """D z for the units that occur in groups (of one stratum and domain each)."""
        if self.matrix is not None:
            return _matrix_times(self.matrix, unit, group, size, values)
        h, pi = self.stratum[unit], self.pi[unit][:, None]
        sums = group_sum(group, size, values)[group]
        weighted = group_sum(group, size, pi * values)[group]
        found = self.q[unit][:, None] * values + self.alpha[h][:, None] * sums
        found += self.beta[h][:, None] / 2 * (weighted + pi * sums)
        sure = self.certain[unit][:, None]
        if sure.any():
            gamma = (self.alpha + self.beta)[h][:, None]
            found -= sure * gamma * group_sum(group, size, values * sure)[group]
        return np.asarray(found)


def quadratic(pps: Pps, pi: FloatArray, stratum: IntArray, labels: tuple[object, ...]) -> Quadratic:
    """The form of a stage from its inclusion probabilities (per unit) and strata."""
    n = np.bincount(stratum).astype(np.float64)
    alone = n <= 1
    rest = np.maximum(n - 1, 1)
    certain = pi >= CERTAIN
    match pps.method:
        case PpsMethod.JOINT:
            return _from_joint(pps, pi, stratum)
        case PpsMethod.BREWER:
            scale = np.where(alone, 0.0, n / rest)
            per_unit = scale[stratum] * (1 - pi)
            spread = np.bincount(stratum, per_unit) / n**2
            # sum s (z - S/n)^2 = sum s z^2 - (2/n) S sum s z + (S/n)^2 sum s, with s = k (1 - pi)
            return Quadratic(
                pi,
                stratum,
                per_unit,
                spread - 2 * scale / n,
                2 * scale / n,
                np.zeros_like(certain),
            )
        case PpsMethod.OVERTON:
            c0, c1 = -1 / rest, 0.5 / rest
        case _:
            c0, c1 = (-1 - _mean_p(pps, pi, stratum, labels)) / rest, 1 / rest
    c0, c1 = np.where(alone, 0.0, c0), np.where(alone, 0.0, c1)
    own = c0[stratum] + 2 * c1[stratum] * pi
    q = np.where(alone[stratum], 0.0, 1 - pi - own)
    q = q + np.where(certain, (c0 + 2 * c1)[stratum], 0.0)
    form = Quadratic(pi, stratum, q, c0, 2 * c1, certain)
    if pps.variance is PpsVariance.YG:
        every = np.arange(len(pi))
        sums = form.times(every, stratum, len(n), np.ones((len(pi), 1)))[:, 0]
        form = Quadratic(pi, stratum, q - sums, c0, 2 * c1, certain)
    return form


def _mean_p(pps: Pps, pi: FloatArray, stratum: IntArray, labels: tuple[object, ...]) -> FloatArray:
    given = pps.sum_p2_over_n
    if given is None:
        return np.asarray(np.bincount(stratum, pi) / np.bincount(stratum))
    if not isinstance(given, Mapping):
        try:
            return np.full(int(stratum.max()) + 1, float(given))
        except (TypeError, ValueError):
            raise DesignError(f"sum_p2_over_n={given!r} is no number") from None
    absent = [label for label in labels if label not in given]
    if absent:
        raise DesignError(f"sum_p2_over_n has no value for stratum {absent[0]!r}")
    return np.array([float(given[label]) for label in labels])


def _from_joint(pps: Pps, pi: FloatArray, stratum: IntArray) -> Quadratic:
    joint = np.asarray(pps.joint, dtype=np.float64)
    size = len(pi)
    if joint.shape != (size, size):
        raise DesignError(f"joint probabilities of shape {joint.shape} for {size} PSUs")
    if not np.isfinite(joint).all() or (joint <= 0).any() or (joint > 1 + 1e-9).any():
        raise DesignError("joint probabilities must lie above 0 and not above 1")
    if not np.allclose(joint, joint.T, rtol=1e-6):
        row, column = np.argwhere(~np.isclose(joint, joint.T, rtol=1e-6))[0]
        raise DesignError(f"joint probabilities of PSUs {row} and {column} differ by order")
    off = np.flatnonzero(~np.isclose(np.diag(joint), pi, rtol=1e-6))
    if len(off):
        raise DesignError(
            f"PSU {off[0]}: the diagonal of the joint probabilities is {joint[off[0], off[0]]:g}, "
            f"the fpc column says {pi[off[0]]:g}"
        )
    matrix = (joint - np.outer(pi, pi)) / joint
    matrix = np.where(stratum[:, None] == stratum, (matrix + matrix.T) / 2, 0.0)
    if pps.variance is PpsVariance.YG:
        matrix = matrix - np.diag(matrix.sum(axis=1))
    none = np.zeros(int(stratum.max()) + 1)
    return Quadratic(pi, stratum, np.zeros(size), none, none, pi >= CERTAIN, matrix)


def _matrix_times(
    matrix: FloatArray, unit: IntArray, group: IntArray, size: int, values: FloatArray
) -> FloatArray:
    found = np.empty_like(values)
    width = max(1, DENSE // len(matrix))
    for low in range(0, size, width):
        here = np.flatnonzero((group >= low) & (group < low + width))
        for item in range(values.shape[1]):
            dense = np.zeros((len(matrix), min(width, size - low)))
            dense[unit[here], group[here] - low] = values[here, item]
            found[here, item] = (matrix @ dense)[unit[here], group[here] - low]
    return found
