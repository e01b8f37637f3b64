"""From linearised values to variances, covariances and linear combinations of estimates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from analysis.arrays import FloatArray, IntArray, codes_of, cross, group_sum
from analysis.calibration import slopes
from analysis.design import Design
from analysis.errors import AnalysisError
from analysis.replication import Replication, replicate_covariance
from analysis.residuals import residual_scores, residual_variance
from analysis.variance import Scores, covariance, domain_variance, scores

if TYPE_CHECKING:
    from analysis.estimates import Estimates

MATRIX_LIMIT = 200_000_000  # numbers in a dense matrix of scores: 1.6 GB


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Scores of items that were answered by the same rows.

    `items` are positions among the items of the estimate; `slopes` (items, auxiliaries, domains)
    are there when the weights were calibrated.
    """

    items: tuple[int, ...]
    scores: Scores
    slopes: FloatArray | None


class Remade(Protocol):
    """Replicate values that are made anew when a contrast asks for them."""

    def values(self) -> FloatArray | None:
        """(domains, items, replicates), or None where that would not fit."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Linear:
    """The linearised estimates: what any later contrast or covariance needs.

    Under replicate weights `replicated` gives each estimate in each replicate, or says how to make
    it, and covariances come from these.
    """

    design: Design
    n_domains: int
    n_items: int
    blocks: tuple[Block, ...]
    replicated: FloatArray | Remade | None = None

    @property
    def replicates(self) -> FloatArray | None:
        """Each estimate in each replicate (domains, items, replicates)."""
        held = self.replicated
        return held if held is None or isinstance(held, np.ndarray) else held.values()


def linear_block(
    design: Design,
    items: tuple[int, ...],
    rows: IntArray,
    domain: IntArray,
    u: FloatArray,
    *,
    n_domains: int,
) -> Block:
    """Sum linearised values (without weight) of some rows to the sampling units."""
    w = design.weights if len(rows) == design.n_rows else design.weights[rows]
    weighted = w[:, None] * u
    found = scores(design, rows, domain, weighted, n_domains)
    if not design.calibrations or design.replication is not None:
        return Block(items, found, None)
    return Block(items, found, slopes(design, rows, domain, u, n_domains))


def block_variance(design: Design, block: Block, n_domains: int) -> FloatArray:
    """Variances of a block, as (domains, items)."""
    if block.slopes is None:
        return domain_variance(design, block.scores, n_domains)
    return residual_variance(design, block.scores, block.slopes, n_domains)


def covariance_of(estimates: Estimates) -> FloatArray:
    """Covariance matrix of all entries of an `Estimates`."""
    linear = estimates.linear
    if linear is None:
        raise AnalysisError("these estimates were made without their scores; estimate them again")
    if linear.design.replication is not None:
        return _replicate_covariance(estimates, linear, linear.design.replication)
    units, cells = linear.design.stages[-1].n_units, linear.n_domains * linear.n_items
    if units * cells > MATRIX_LIMIT or cells * cells > MATRIX_LIMIT:
        raise AnalysisError(
            f"a covariance matrix of {cells} estimates does not fit; estimate fewer domains"
        )
    z = np.zeros((units, cells))
    present = np.zeros((units, cells), dtype=bool)
    for block in linear.blocks:
        unit = linear.design.stages[-1].unit[block.scores.row]
        for position, item in enumerate(block.items):
            column = block.scores.domain * linear.n_items + item
            z[unit, column] = block.scores.values[:, position]
            present[unit, column] = True
    if linear.design.calibrations:
        every = np.zeros((_slopes_of(linear.blocks[0]).shape[1], cells))
        for block in linear.blocks:
            for position, item in enumerate(block.items):
                every[:, item :: linear.n_items] = _slopes_of(block)[position]
        z = residual_scores(linear.design, z, every)
        present = np.ones_like(present)
    found = covariance(linear.design, z, present)
    blank = np.isnan(estimates.se)
    found[blank, :] = np.nan
    found[:, blank] = np.nan
    return found


def _replicate_covariance(
    estimates: Estimates, linear: Linear, replication: Replication
) -> FloatArray:
    values = linear.replicates if len(estimates) ** 2 <= MATRIX_LIMIT else None
    if values is None:
        raise AnalysisError(
            f"a covariance matrix of {len(estimates)} estimates does not fit; estimate fewer "
            "domains"
        )
    flat = values.reshape(len(estimates), -1)
    found = replicate_covariance(replication, flat.T, estimates.estimate)
    blank = np.isnan(estimates.se)
    found[blank, :] = np.nan
    found[:, blank] = np.nan
    return found


def _slopes_of(block: Block) -> FloatArray:
    if block.slopes is None:
        raise AnalysisError("scores of a calibrated design lack their regression coefficients")
    return block.slopes


def combined_block(linear: Linear, coefficients: FloatArray) -> Block:
    """Scores of linear combinations: `coefficients` is (combinations, items)."""
    parts = [
        (block.scores, block.scores.values @ coefficients[:, list(block.items)].T)
        for block in linear.blocks
    ]
    last = linear.design.stages[-1]
    domain = np.concatenate([scores.domain for scores, _ in parts])
    row = np.concatenate([scores.row for scores, _ in parts])
    pair, keys = codes_of(cross(domain, last.unit[row], last.n_units))
    first = np.empty(len(keys), dtype=np.int64)
    first[pair[::-1]] = np.arange(len(pair) - 1, -1, -1)
    values = group_sum(pair, len(keys), np.vstack([values for _, values in parts]))
    merged = Scores(row[first], domain[first], values)
    if not linear.design.calibrations or linear.design.replication is not None:
        return Block(tuple(range(len(coefficients))), merged, None)
    sums = np.zeros((len(coefficients), *_slopes_of(linear.blocks[0]).shape[1:]))
    for block in linear.blocks:
        sums += np.tensordot(coefficients[:, list(block.items)], _slopes_of(block), axes=1)
    return Block(tuple(range(len(coefficients))), merged, sums)
