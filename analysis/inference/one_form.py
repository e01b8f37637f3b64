"""The quadratic form of a design, where one matrix M gives the variance z'Mz of any scores z.

It is never written out: M z and draws q with q'z ~ N(0, z'Mz) cost as much as the units, so that
thousands of estimates with few units each are compared for what their own scores cost.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from analysis.arrays import FloatArray, IntArray, group_sum
from analysis.contrasts.joint import joint
from analysis.design import Design
from analysis.errors import AnalysisError
from analysis.estimates import Estimates
from analysis.lonely import LonelyPsu
from analysis.stages import Stage


@dataclass(frozen=True, slots=True, eq=False)
class OneForm:
    """A design without replicates, calibration, unequal probabilities or lonely strata that look
    at the domain."""

    design: Design
    row: IntArray

    @classmethod
    def of(cls, design: Design) -> OneForm | None:
        """The form of a design, if it has one."""
        looks = design.lonely_psu in (LonelyPsu.ADJUST, LonelyPsu.AVERAGE)
        fits = all(s.pps is None and not (looks and s.is_lonely.any()) for s in design.stages)
        is_other = design.replication is not None or design.calibrations or design.within
        if is_other or design.adjust_domain_lonely or not fits:
            return None
        last = design.stages[-1]
        row = np.empty(last.n_units, dtype=np.int64)
        row[last.unit] = np.arange(len(last.unit))
        return cls(design, row)

    def times(self, z: FloatArray) -> FloatArray:
        """M z for scores z of the last-stage units, as one column."""
        found = np.zeros((len(z), 1))
        for stage in self.design.stages:
            totals = group_sum(stage.unit[self.row], stage.n_units, z)
            moved = stage.scale[stage.stratum][:, None] * _centred(stage, totals)
            found += moved[stage.unit[self.row]]
        return found[:, 0]

    def draws(self, rng: np.random.Generator, count: int) -> FloatArray:
        """(last-stage units, count): each column q gives q'z ~ N(0, z'Mz), jointly for all z."""
        found = np.zeros((len(self.row), count))
        for stage in self.design.stages:
            q = rng.standard_normal((stage.n_units, count))
            q *= np.sqrt(stage.scale)[stage.stratum][:, None]
            ones, place = np.ones(stage.n_units), np.arange(stage.n_units)
            strata = sparse.csr_array(
                (ones, (stage.stratum, place)), shape=(stage.n_strata, stage.n_units)
            )
            q -= ((strata @ q) / stage.sampled[:, None])[stage.stratum]
            found += q[stage.unit[self.row]]
        return found


def _centred(stage: Stage, values: FloatArray) -> FloatArray:
    mean = group_sum(stage.stratum, stage.n_strata, values) / stage.sampled[:, None]
    return np.asarray(values - mean[stage.stratum])


def score_table(estimates: Estimates) -> sparse.csr_array:
    """Scores as a sparse (estimates, last-stage units) table.

    Raises
    ------
    AnalysisError
        The estimates were made without their scores.
    """
    linear = estimates.linear
    if linear is None:
        raise AnalysisError("these estimates were made without their scores; estimate them again")
    last = linear.design.stages[-1]
    places, units, values = [], [], []
    for block in linear.blocks:
        for position, item in enumerate(block.items):
            places.append(block.scores.domain * linear.n_items + item)
            units.append(last.unit[block.scores.row])
            values.append(block.scores.values[:, position])
    entries = np.concatenate(values), (np.concatenate(places), np.concatenate(units))
    return sparse.csr_array(entries, shape=(len(estimates), last.n_units))


def scores_of_one(estimates: Estimates) -> FloatArray:
    """Scores of a single estimate, as one column of all units."""
    return joint(estimates).scores
