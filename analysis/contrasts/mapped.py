"""Scores or replicates of combinations of estimates, and the variances that they make."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.arrays import BoolArray, FloatArray
from analysis.design import Design
from analysis.errors import AnalysisError
from analysis.linear import Block, Linear
from analysis.replication import replicate_covariance, replicate_variance
from analysis.residuals import residual_scores
from analysis.variance import Scores, column_variances, covariance


@dataclass(frozen=True, slots=True, eq=False)
class Mapped:
    """Scores (units, k), or replicates (k, replicates), of k combinations."""

    scores: FloatArray
    present: BoolArray
    slopes: FloatArray | None
    replicates: FloatArray | None

    def covariance(self, design: Design, value: FloatArray) -> FloatArray:
        """Covariance (k, k); `value` are the combinations in the full sample."""
        if design.replication is not None:
            if self.replicates is None:
                raise AnalysisError("too many replicate values to keep; estimate fewer domains")
            return replicate_covariance(design.replication, self.replicates.T, value)
        z, present = self.scores, self.present
        if self.slopes is not None:
            z, present = residual_scores(design, z, self.slopes), np.ones_like(present)
        return covariance(design, z, present)

    def variance(self, design: Design, value: FloatArray) -> FloatArray:
        """The diagonal of `covariance`, without the rest of it."""
        if design.replication is not None:
            if self.replicates is None:
                raise AnalysisError("too many replicate values to keep; estimate fewer domains")
            return replicate_variance(design.replication, self.replicates, value)
        z, present = self.scores, self.present
        if self.slopes is not None:
            z, present = residual_scores(design, z, self.slopes), np.ones_like(present)
        return column_variances(design, z, present)

    def linear(self, design: Design) -> Linear:
        """These scores as those of one domain with k items, for later contrasts."""
        last = design.stages[-1]
        row = np.empty(last.n_units, dtype=np.int64)
        row[last.unit] = np.arange(len(last.unit))
        some = np.flatnonzero(self.present.any(axis=1))
        count = self.scores.shape[1]
        scores = Scores(row[some], np.zeros(len(some), dtype=np.int64), self.scores[some])
        slopes = None if self.slopes is None else self.slopes.T[:, :, None]
        replicates = None if self.replicates is None else self.replicates[None]
        return Linear(design, 1, count, (Block(tuple(range(count)), scores, slopes),), replicates)
