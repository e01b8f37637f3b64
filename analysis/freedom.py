"""Degrees of freedom: how many PSUs, beyond one per stratum, speak about a variance."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from analysis.arrays import BoolArray, FloatArray, group_sum
from analysis.design import Design
from analysis.errors import AnalysisError
from analysis.residuals import residual_scores
from analysis.variance import root_terms

if TYPE_CHECKING:
    from analysis.figures import Table
    from analysis.linear import Linear

DENSE = 4_000_000  # scores formed at once


class Freedom(StrEnum):
    """How degrees of freedom are counted; a number may be given instead (`inf`: the normal).

    `domain` PSUs minus strata with members of the domain (R: `degf` of the subset), the default.
    `answers` the same of those who answered the item (R after `na.rm` took the others out).
    `design` PSUs minus strata of the whole sample. `residual` R's `df.residual` of the regression
    on the domains: that of the whole minus one for each domain beyond the first.
    `satterthwaite` (sum a_h)^2 / sum(a_h^2 / (n_h - 1)) with a_h what stratum h adds to the
    variance (Satterthwaite 1946): less than `domain` where few strata make most of the variance.
    """

    DOMAIN = "domain"
    ANSWERS = "answers"
    DESIGN = "design"
    RESIDUAL = "residual"
    SATTERTHWAITE = "satterthwaite"


def as_freedom(given: Freedom | str | float) -> Freedom | float:
    """A rule from its name, or a number.

    Raises
    ------
    AnalysisError
        It is neither, or no positive number.
    """
    if isinstance(given, str):
        try:
            return Freedom(given)
        except ValueError:
            raise AnalysisError(f"df={given!r} is none of: {', '.join(Freedom)}") from None
    if not given > 0:
        raise AnalysisError(f"df={given} must be positive")
    return float(given)


def design_df(design: Design) -> float:
    """PSUs minus strata that hold rows with a weight; under replicate weights their rank less 1."""
    if design.replication is not None:
        return float(design.replication.df)
    first = design.stages[0]
    psu = np.unique(first.unit[design.weights != 0])
    return float(len(psu) - len(np.unique(first.stratum[psu])))


def set_df(table: Table, linear: Linear, rule: Freedom | float) -> None:
    """Put degrees of freedom by another rule than `domain`, which stands there, into a table."""
    design, none = linear.design, table.df <= 0
    if isinstance(rule, float):
        table.df[:] = rule
    elif rule is Freedom.DESIGN:
        table.df[:] = design_df(design)
    elif rule is Freedom.ANSWERS and design.replication is None:
        table.df[:] = table.n_psu - table.n_strata
    elif rule is Freedom.RESIDUAL:
        table.df[:] = design_df(design) - (linear.n_domains - 1)
    elif rule is Freedom.SATTERTHWAITE:
        table.df[:] = _satterthwaite_of(linear)
    if not isinstance(rule, float):
        table.df[none & (rule is not Freedom.DESIGN)] = 0.0


def _satterthwaite_of(linear: Linear) -> FloatArray:
    found = np.zeros((linear.n_domains, linear.n_items))
    units = linear.design.stages[-1].n_units
    width = max(1, DENSE // units)
    for block in linear.blocks:
        unit = linear.design.stages[-1].unit[block.scores.row]
        order = np.argsort(block.scores.domain, kind="stable")
        starts = np.searchsorted(block.scores.domain[order], np.arange(linear.n_domains + 1))
        for low in range(0, linear.n_domains, width):
            high = min(low + width, linear.n_domains)
            part = order[starts[low] : starts[high]]
            place = unit[part], block.scores.domain[part] - low
            present = np.zeros((units, high - low), dtype=bool)
            present[place] = True
            for position, item in enumerate(block.items):
                z = np.zeros(present.shape)
                z[place] = block.scores.values[part, position]
                here = present
                if block.slopes is not None:
                    z = residual_scores(linear.design, z, block.slopes[position][:, low:high])
                    here = np.ones_like(present)
                found[low:high, item] = satterthwaite(linear.design, z, here)
    return found


def satterthwaite(design: Design, z: FloatArray, present: BoolArray) -> FloatArray:
    """Satterthwaite's degrees of freedom for each column of scores (last-stage units, columns).

    Raises
    ------
    AnalysisError
        Replicate weights hide the strata, or PSUs were drawn with unequal probabilities.
    """
    if design.replication is not None:
        raise AnalysisError("df='satterthwaite' needs strata and PSUs, not replicate weights")
    if any(stage.pps is not None for stage in design.stages):
        raise AnalysisError("df='satterthwaite' knows no unequal probabilities; use df='domain'")
    above, below = np.zeros(z.shape[1]), np.zeros(z.shape[1])
    for stage, root in zip(design.stages, root_terms(design, z, present), strict=True):
        part = group_sum(stage.stratum, stage.n_strata, root**2)
        above += part.sum(axis=0)
        below += (part**2 / np.maximum(stage.sampled - 1, 1)[:, None]).sum(axis=0)
    return np.divide(above**2, below, out=np.zeros(len(above)), where=below > 0)
