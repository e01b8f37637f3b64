"""Calibration to totals of auxiliaries, for one set of weights or many replicates.

w = d F(x'lambda) with sum w x = T (Deville and Sarndal 1992). Weights enter only through their
totals over rows of equal x, so that dummies of ten cells are ten groups and not a million rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from analysis.arrays import BoolArray, FloatArray, IntArray, solve_symmetric
from analysis.errors import WeightingError

TOLERANCE = 1e-11
MET = 1e-8
ROUNDS = 200


class Distance(StrEnum):
    """How weights may move: w = d F(x'lambda) (Deville and Sarndal 1992).

    `linear` F = 1 + u (the regression estimator; weights can turn negative), `raking` F = exp(u),
    `logit` keeps factors strictly inside bounds; `linear` and `raking` with bounds clip them.
    """

    LINEAR = "linear"
    RAKING = "raking"
    LOGIT = "logit"


@dataclass(frozen=True, slots=True)
class Force:
    """F(u) and its derivative, between bounds."""

    distance: Distance
    low: float = -np.inf
    high: float = np.inf

    def __post_init__(self) -> None:
        if not self.low < 1 < self.high:
            raise WeightingError(f"bounds ({self.low:g}, {self.high:g}) must enclose 1")
        if self.distance is Distance.LOGIT and not np.isfinite(self.high - self.low):
            raise WeightingError("distance 'logit' needs bounds")

    def value(self, u: FloatArray) -> FloatArray:
        if self.distance is Distance.LOGIT:
            grown = np.exp(np.clip(self._rate * u, -500, 500))
            above, below = self.high - 1, 1 - self.low
            return np.asarray(
                (self.low * above + self.high * below * grown) / (above + below * grown)
            )
        return np.clip(self._raw(u), self.low, self.high)

    def slope(self, u: FloatArray) -> FloatArray:
        if self.distance is Distance.LOGIT:
            found = self.value(u)
            return np.asarray(
                (found - self.low) * (self.high - found) * self._rate / (self.high - self.low)
            )
        raw = self._raw(u)
        rise = raw if self.distance is Distance.RAKING else np.ones_like(raw)
        return np.where((raw >= self.low) & (raw <= self.high), rise, 0.0)

    @property
    def _rate(self) -> float:
        return (self.high - self.low) / ((1 - self.low) * (self.high - 1))

    def _raw(self, u: FloatArray) -> FloatArray:
        if self.distance is Distance.RAKING:
            return np.asarray(np.exp(np.clip(u, -500, 500)))
        return 1 + u


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """Factors per group and the relative distance from each total."""

    factors: FloatArray
    multiplier: FloatArray
    gap: FloatArray
    iterations: int

    @property
    def is_met(self) -> bool:
        return bool(np.abs(self.gap).max(initial=0.0) <= MET)


@dataclass(frozen=True, slots=True, eq=False)
class Calibrating:
    """Auxiliaries of groups of equal rows (groups, columns), their totals, and how to move.

    `trim` cuts factors afterwards and gives the rest evenly to the others (R's `trim=`).
    """

    x: FloatArray
    target: FloatArray
    force: Force
    group: IntArray
    trim: tuple[float, float] | None = None

    @property
    def n_groups(self) -> int:
        return len(self.x)

    def factors(self, totals: FloatArray) -> FloatArray:
        """Factors (groups, replicates); nan where a replicate cannot meet the totals."""
        found = np.full_like(totals, np.nan)
        start = np.zeros(len(self.target))
        for at, d in enumerate(totals.T):
            made = self.solve(d, start)
            if not made.is_met and start.any():
                made = self.solve(d)
            if made.is_met:
                start = made.multiplier
                found[:, at] = self.trimmed(made.factors, d)
        return found

    def solve(self, d: FloatArray, start: FloatArray | None = None) -> Solution:
        """Newton with step halving for sum d F(x'lambda) x = target."""
        x, force = self.x, self.force
        size = np.maximum(np.abs(x).T @ np.abs(d), 1e-300)
        multiplier = np.zeros(len(self.target)) if start is None else start
        current = self._gap(d, multiplier)
        rounds = 0
        while rounds < ROUNDS:
            error = float(np.abs(current / size).max(initial=0.0))
            if error < TOLERANCE:
                break
            rounds += 1
            weight = d * force.slope(x @ multiplier)
            step = solve_symmetric((x * weight[:, None]).T @ x, current)
            for halving in range(30):
                tried = self._gap(d, multiplier + step / 2**halving)
                if np.abs(tried / size).max() < error:
                    break
            else:
                break
            multiplier, current = multiplier + step / 2**halving, tried
        return Solution(force.value(x @ multiplier), multiplier, current / size, rounds)

    def trimmed(self, factors: FloatArray, d: FloatArray) -> FloatArray:
        if self.trim is None:
            return factors
        cut = np.clip(factors, *self.trim)
        inside = (cut == factors) & (d != 0)
        if not inside.any():
            raise WeightingError(f"every factor lies outside trim={self.trim}")
        spare = float(((factors - cut) * d).sum() / d[inside].sum())
        return np.asarray(np.where(cut == factors, cut + spare, cut))

    def at_bounds(self, factors: FloatArray) -> BoolArray:
        ends = np.array([self.force.low, self.force.high])
        return np.asarray((np.abs(factors[:, None] - ends) < 1e-9).any(axis=1))

    def _gap(self, d: FloatArray, multiplier: FloatArray) -> FloatArray:
        moved = d * self.force.value(self.x @ multiplier)
        return np.asarray(self.target - self.x.T @ moved)
