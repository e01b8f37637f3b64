"""Tables under replicate weights: unit totals times factors, one matrix product per item.

A mean, share, ratio or total needs of each replicate no more than sums of w, w x and w y over
(domain, unit); only these are multiplied with the factors of the replicates (Rao and Wu 1988 use
the same sums), so that thousands of domains cost as much as the pairs that occur.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from analysis.arrays import FloatArray, IntArray, codes_of, cross
from analysis.design import Design
from analysis.domains import Answered, Domains
from analysis.estimates import Flag
from analysis.figures import Table
from analysis.items import Items
from analysis.replication import Replication, domain_df, replicate_variance

KEPT = 50_000_000  # replicate values held for later contrasts: 400 MB


@dataclass(frozen=True, slots=True, eq=False)
class Replicated:
    """Replicate values (domains, items, replicates), or none where they would not fit."""

    values: FloatArray | None

    @classmethod
    def blank(cls, replication: Replication, n_domains: int, n_items: int) -> Replicated:
        shape = (n_domains, n_items, replication.count)
        return cls(np.full(shape, np.nan) if np.prod(shape) <= KEPT else None)


@dataclass(frozen=True, slots=True, eq=False)
class _Sums:
    """Sums over the units of each domain, replicate by replicate."""

    replication: Replication
    base: FloatArray
    pair: IntArray
    table: sparse.csr_array

    @classmethod
    def of(cls, replication: Replication, rows: IntArray, domain: IntArray, size: int) -> _Sums:
        units = len(replication.factors)
        unit = replication.unit[rows]
        pair, keys = codes_of(unit if size == 1 else cross(domain, unit, units))
        order = np.argsort(keys, kind="stable")
        place = np.empty_like(order)
        place[order] = np.arange(len(order))
        owner, column = np.divmod(keys[order], units)
        start = np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=size))])
        shape = (size, units)
        table = sparse.csr_array((np.ones(len(keys)), column, start), shape=shape)
        return cls(replication, replication.base[rows], place[pair], table)

    def __call__(self, values: FloatArray | None = None) -> FloatArray:
        """sum w_r v per domain and replicate, (domains, replicates); of the weights by default."""
        weighted = self.base if values is None else self.base * values
        summed = np.bincount(self.pair, weighted, self.table.nnz)
        if self.table.shape[0] == 1:
            units = np.zeros(self.table.shape[1])
            units[self.table.indices] = summed
            return np.asarray(units @ self.replication.factors)[None, :]
        table = sparse.csr_array(
            (summed, self.table.indices, self.table.indptr), shape=self.table.shape
        )
        return np.asarray(table @ self.replication.factors)


def replicate_group(
    design: Design,
    items: Items,
    group: Answered,
    domains: Domains,
    table: Table,
    *,
    is_total: bool,
    kept: Replicated,
) -> None:
    """Variances of the items of a group, and whether replicates were lost, into a table."""
    replication = design.replication
    assert replication is not None
    rows = group.rows
    sums = _Sums.of(replication, rows, domains.code[rows], len(domains))
    population = sums() if items.x is None and not is_total else np.ones(1)
    used = replication.rscales > 0
    for item in group.items:
        values = sums(items.y[rows, item])
        if not is_total:
            below = population if items.x is None else sums(items.x[rows, item])
            with np.errstate(divide="ignore", invalid="ignore"):
                values = values / below
        if kept.values is not None:
            kept.values[:, item] = values
        table.variance[:, item] = replicate_variance(replication, values, table.value[:, item])
        lost = ~np.isfinite(values[:, used]).all(axis=1)
        table.flags[:, item] |= np.where(lost, int(Flag.REPLICATES_LOST), 0)


def members_df(design: Design, domains: Domains) -> FloatArray:
    """Degrees of freedom per domain: rank of the replicate weights of its members, less one."""
    replication = design.replication
    assert replication is not None
    rows = np.flatnonzero((domains.code >= 0) & (design.weights != 0))
    if len(domains) == 1 and len(rows) == np.count_nonzero(design.weights):
        return np.array([replication.df])
    return domain_df(replication, rows, domains.code[rows], len(domains))


def combined_values(values: FloatArray, coefficients: FloatArray) -> FloatArray:
    """Linear combinations (combinations, items) of replicate values (domains, items, replicates).

    A replicate without a figure for one part has none for the combination.
    """
    found = np.empty((values.shape[0], len(coefficients), values.shape[2]))
    for at, row in enumerate(coefficients):
        used = np.flatnonzero(row)
        found[:, at] = np.einsum("i,dir->dr", row[used], values[:, used])
    return found


def values_variance(
    replication: Replication, values: FloatArray, estimate: FloatArray
) -> FloatArray:
    """Variances (domains, items) of replicate values (domains, items, replicates)."""
    flat = replicate_variance(replication, values.reshape(-1, values.shape[2]), estimate.ravel())
    return flat.reshape(estimate.shape)
