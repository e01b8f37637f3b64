"""Differences of many estimates from one: their variances, and draws of all of them together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import special

from analysis.arrays import BoolArray, FloatArray, IntArray
from analysis.contrasts.joint import joint, same_sample
from analysis.contrasts.mapped import Mapped
from analysis.design import Design
from analysis.errors import AnalysisError
from analysis.estimates import Estimates
from analysis.inference.one_form import OneForm, score_table, scores_of_one

DRAWS = 20_000
AT_ONCE = 4_000_000  # normal draws kept at a time
BLOCK = 256  # differences whose covariance is formed together
MOST_JOINT = 6_000
ROUNDING = 1e-12  # a variance below this share of what it is the difference of is rounding


@dataclass(frozen=True, slots=True, eq=False)
class Differences:
    """Differences of estimates from one estimate, or from a number."""

    estimates: Estimates
    reference: Estimates | None
    value: FloatArray
    df: FloatArray

    @classmethod
    def of(cls, estimates: Estimates, reference: Estimates | float) -> Differences:
        if not isinstance(reference, Estimates):
            value = estimates.estimate - float(reference)
            return cls(estimates, None, value, estimates.df)
        if len(reference) != 1:
            raise AnalysisError(f"the reference holds {len(reference)} estimates; give one")
        if np.isnan(reference.se[0]):
            raise AnalysisError("the reference has no standard error")
        value = estimates.estimate - reference.estimate[0]
        return cls(estimates, reference, value, np.minimum(estimates.df, reference.df[0]))

    @property
    def design(self) -> Design:
        return _design_of(self.estimates)

    def variance(self) -> FloatArray:
        own = self.estimates.se**2
        if self.reference is None:
            return own
        form = OneForm.of(self.design)
        if form is None:
            return self.each_variance()
        if not same_sample(self.design, _design_of(self.reference)):
            raise AnalysisError("the estimates come from different designs; make both from one")
        whole = self.reference.se[0] ** 2
        shared = score_table(self.estimates) @ form.times(scores_of_one(self.reference))
        found = own + whole - 2 * shared
        return np.where(found > ROUNDING * (own + whole), found, 0.0)

    def each_variance(self) -> FloatArray:
        """By the scores of each difference, which any design allows."""
        whole, size = self.mapped(), len(self.value)
        found = np.empty(size)
        for low in range(0, size, BLOCK):
            part = slice(low, low + BLOCK)
            mapped = Mapped(
                scores=whole.scores[:, part],
                present=whole.present[:, part],
                slopes=None if whole.slopes is None else whole.slopes[:, part],
                replicates=None if whole.replicates is None else whole.replicates[part],
            )
            found[part] = np.diag(mapped.covariance(self.design, self.value[part]))
        return found

    def mapped(self) -> Mapped:
        """Scores of all differences, side by side."""
        if self.reference is None:
            return joint(self.estimates).unmapped
        both, m = joint(self.estimates, self.reference), len(self.value)
        values = both.replicates
        return Mapped(
            scores=both.scores[:, :m] - both.scores[:, m:],
            present=both.present[:, :m] | both.present[:, m:],
            slopes=None if both.slopes is None else both.slopes[:, :m] - both.slopes[:, m:],
            replicates=None if values is None else values[:m] - values[m:],
        )


def _design_of(estimates: Estimates) -> Design:
    if estimates.linear is None:
        raise AnalysisError("these estimates were made without their scores; estimate them again")
    return estimates.linear.design


def smallest_p(
    differences: Differences, known: BoolArray, se: FloatArray, rng: np.random.Generator
) -> FloatArray:
    """Sorted draws of the smallest p-value when nothing differs: 2 Phi(-max |z|), z ~ N(0, R)."""
    at = np.flatnonzero(known)
    draw = _sparse_draws(differences) or _dense_draws(differences, at)
    width = max(1, AT_ONCE // max(len(known), differences.design.stages[-1].n_units))
    largest = []
    for low in range(0, DRAWS, width):
        z = draw(rng, min(width, DRAWS - low))[at] / se[at][:, None]
        largest.append(np.abs(z).max(axis=0, initial=0.0))
    return np.sort(2 * special.ndtr(-np.concatenate(largest)))


Draw = Callable[[np.random.Generator, int], FloatArray]


def _sparse_draws(differences: Differences) -> Draw | None:
    """Draws (estimates, number) of all differences through those of the units."""
    form = OneForm.of(differences.design)
    if form is None:
        return None
    table = score_table(differences.estimates)
    reference = differences.reference
    whole = None if reference is None else scores_of_one(reference)

    def draw(rng: np.random.Generator, count: int) -> FloatArray:
        q = form.draws(rng, count)
        own = table @ q
        return np.asarray(own if whole is None else own - whole.T @ q)

    return draw


def _dense_draws(differences: Differences, at: IntArray) -> Draw:
    if len(at) > MOST_JOINT:
        raise AnalysisError(
            f"the joint covariance of {len(at)} comparisons does not fit; use error_rate='holm'"
        )
    size = len(differences.value)
    covariance = differences.mapped().covariance(differences.design, differences.value)
    values, vectors = np.linalg.eigh(covariance[np.ix_(at, at)])
    root = vectors * np.sqrt(np.maximum(values, 0.0))

    def draw(rng: np.random.Generator, count: int) -> FloatArray:
        found = np.zeros((size, count))
        found[at] = root @ rng.standard_normal((len(at), count))
        return found

    return draw
