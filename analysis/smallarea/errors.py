"""How the errors of areas hang together, without ever writing a matrix of areas by areas."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from analysis.arrays import FloatArray, IntArray


def _none() -> FloatArray:
    return np.zeros((0, 0))


@dataclass(frozen=True, slots=True, eq=False)
class ErrorCovariance:
    """P (diag(own) + shared shared') P', P = I - gain weights'.

    `shared` (areas, k) is what areas have in common: coefficients, or neighbours. A benchmark that
    counts as knowledge takes away `gain weights'` (areas, constraints); without one both are empty.
    """

    own: FloatArray
    shared: FloatArray
    gain: FloatArray = field(default_factory=_none)
    weights: FloatArray = field(default_factory=_none)

    def diagonal(self) -> FloatArray:
        """Variances."""
        plain = self.own + (self.shared**2).sum(axis=1)
        if not self.gain.size:
            return np.asarray(plain)
        whole = self._plain_times(self.weights)
        inner = self.weights.T @ whole
        less = 2 * (self.gain * whole).sum(axis=1)
        return np.asarray(plain - less + ((self.gain @ inner) * self.gain).sum(axis=1))

    def times(self, columns: FloatArray) -> FloatArray:
        """The matrix by some columns."""
        if not self.gain.size:
            return self._plain_times(columns)
        found = self._plain_times(columns - self.weights @ (self.gain.T @ columns))
        return np.asarray(found - self.gain @ (self.weights.T @ found))

    def constrained(self, gain: FloatArray, weights: FloatArray) -> ErrorCovariance:
        """What is left when weights' error is known to be 0."""
        return ErrorCovariance(self.own, self.shared, gain, weights)

    def scaled(self, factor: FloatArray) -> ErrorCovariance:
        """For estimates that are multiplied by `factor`, area by area (before any constraint)."""
        return ErrorCovariance(self.own * factor**2, self.shared * factor[:, None])

    def with_diagonal(self, variance: FloatArray) -> ErrorCovariance:
        """Each area's own part raised or lowered so that its variance is this one."""
        own = np.maximum(self.own + variance - self.diagonal(), 0.0)
        return ErrorCovariance(own, self.shared, self.gain, self.weights)

    def take(self, rows: IntArray) -> ErrorCovariance:
        """Of some areas; a constraint's part is spread over their own."""
        plain = ErrorCovariance(self.own[rows], self.shared[rows])
        return plain.with_diagonal(self.diagonal()[rows]) if self.gain.size else plain

    def draw(self, count: int, rng: np.random.Generator) -> FloatArray:
        """Errors (count, areas), normal."""
        size = len(self.own)
        found = rng.standard_normal((count, size)) * np.sqrt(np.maximum(self.own, 0.0))
        if self.shared.shape[1]:
            found += rng.standard_normal((count, self.shared.shape[1])) @ self.shared.T
        if self.gain.size:
            found -= (found @ self.weights) @ self.gain.T
        return found

    def _plain_times(self, columns: FloatArray) -> FloatArray:
        return np.asarray(self.own[:, None] * columns + self.shared @ (self.shared.T @ columns))
