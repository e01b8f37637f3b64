"""From cells to a table: estimates, their scores, respondents, PSUs, degrees of freedom, flags."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.arrays import BoolArray, FloatArray, IntArray, codes_of, cross, sums_by
from analysis.cells import Cells
from analysis.design import Design
from analysis.estimates import Flag
from analysis.figures import Table
from analysis.variance import Scores


@dataclass(frozen=True, slots=True, eq=False)
class Linearised:
    """Scores of the cells, and what makes them of rows: u = (y - value x) scale.

    `value` (the mean or ratio, zero for totals) and `scale` are (domains, items).
    """

    scores: Scores
    value: FloatArray
    scale: FloatArray


def linearise(table: Table, items: tuple[int, ...], cells: Cells, *, is_total: bool) -> Linearised:
    """Estimates of some items into the table, and the scores whose variance is theirs.

    The scores take the place of the cells' sums `e`.
    """
    domain, size = cells.domain, len(table.value)
    shape = (size, len(items))
    z, subtracted, scales = cells.e, np.zeros(shape), np.ones(shape)
    population = sums_by(domain, size, cells.w)
    with np.errstate(divide="ignore", invalid="ignore"):
        for at, column in enumerate(items):
            e, centre = cells.e[:, at], cells.centre[at]
            x = cells.w if cells.ratio is None else cells.ratio.x[:, at]
            sum_e, sum_ee = sums_by(domain, size, e), sums_by(domain, size, cells.ee[:, at])
            sum_x, sum_ex, sum_xx = population, sum_e, population
            if cells.ratio is not None:
                sum_x = sums_by(domain, size, x)
                sum_ex = sums_by(domain, size, cells.ratio.ex[:, at])
                sum_xx = sums_by(domain, size, cells.ratio.xx[:, at])
            rest, scale = sum_e / sum_x, np.ones(size) if is_total else 1 / sum_x
            spread = np.maximum(sum_ee - rest * (2 * sum_ex - rest * sum_xx), 0.0) / population
            if is_total:
                table.value[:, column] = sum_e + centre * sum_x
                if centre:
                    z[:, at] += centre * x
            else:
                table.value[:, column] = subtracted[:, at] = rest + centre
                scales[:, at] = scale
                z[:, at] = (e - rest[domain] * x) * scale[domain]
            table.spread[:, column] = spread * (population * scale) ** 2
    if cells.ratio is not None or not population.all():
        z[~np.isfinite(z)] = 0.0  # domains without weight, or ratios to nothing: flagged later
    table.population[:, list(items)] = population[:, None]
    return Linearised(Scores(cells.row, domain, z), subtracted, scales)


def describe(design: Design, table: Table, items: tuple[int, ...], cells: Cells) -> None:
    """Respondents, PSUs, strata, Kish's design effect and the flags of the design."""
    at, size = list(items), len(table.value)
    held = slice(None) if cells.n.all() else cells.n > 0
    are_pairs = len(design.stages) == 1
    units = Units.of(design, cells.row[held], cells.domain[held], are_pairs=are_pairs)
    n = sums_by(cells.domain, size, cells.n)
    first = design.stages[0]
    flags = np.zeros(size, dtype=np.int64)
    lonely = units.stratum_domain[first.is_lonely[units.stratum]]
    np.bitwise_or.at(flags, lonely, int(Flag.LONELY_PSU))
    if design.collapsed:
        merged = _is_collapsed(design)[units.stratum]
        np.bitwise_or.at(flags, units.stratum_domain[merged], int(Flag.COLLAPSED))
    with np.errstate(divide="ignore", invalid="ignore"):
        kish = n * sums_by(cells.domain, size, cells.ww) / sums_by(cells.domain, size, cells.w) ** 2
    table.n[:, at] = n[:, None]
    table.n_psu[:, at] = np.bincount(units.psu_domain, minlength=size)[:, None]
    table.n_strata[:, at] = np.bincount(units.stratum_domain, minlength=size)[:, None]
    table.kish[:, at] = kish[:, None]
    table.flags[:, at] |= flags[:, None]


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """The PSUs and strata that hold rows of each domain: one entry per pair."""

    psu_domain: IntArray
    stratum_domain: IntArray
    stratum: IntArray

    @classmethod
    def of(
        cls, design: Design, rows: IntArray, domain: IntArray, *, are_pairs: bool = False
    ) -> Units:
        """`are_pairs`: no PSU stands twice in a domain."""
        first = design.stages[0]
        psu = first.unit[rows]
        if not are_pairs:
            _, keys = codes_of(cross(domain, psu, first.n_units))
            domain, psu = np.divmod(keys, first.n_units)
        _, keys = codes_of(cross(domain, first.stratum[psu], first.n_strata))
        stratum_domain, stratum = np.divmod(keys, first.n_strata)
        return cls(domain, stratum_domain, stratum)


def _is_collapsed(design: Design) -> BoolArray:
    merged = {name for pair in design.collapsed for name in (pair.stratum, pair.merged_into)}
    first = design.stages[0]
    is_member = design.frame[design.strata[0]].astype(str).isin(merged).to_numpy()
    found = np.zeros(first.n_strata, dtype=bool)
    found[first.stratum[first.unit[is_member]]] = True
    return found


def count_members(
    design: Design, table: Table, rows: IntArray, domain: IntArray, members: FloatArray
) -> None:
    """Who did not answer, and the degrees of freedom: PSUs - strata that hold members.

    `rows` and their `domain` hold all members, `members` counts them per domain. Members who
    skipped the item count (as in R), unless all answers come from strata with one PSU.
    """
    of_answers = table.n_psu - table.n_strata
    table.missing[:] = members[:, None] - table.n
    table.df[:] = of_answers
    if not table.missing.any():
        return
    units, size = Units.of(design, rows, domain), len(members)
    psus = np.bincount(units.psu_domain, minlength=size)
    of_members = psus - np.bincount(units.stratum_domain, minlength=size)
    table.df[:] = np.where(of_answers > 0, of_members[:, None], of_answers)
