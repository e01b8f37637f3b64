"""Tables under replicate weights: unit totals times factors, a block of domains at a time.

A mean, share, ratio or total needs of each replicate no more than sums of w, w x and w y over
(domain, unit); only these are multiplied with the factors of the replicates (Rao and Wu 1988 use
the same sums), so that thousands of domains cost as much as the pairs that occur. The replicates
of a figure are forgotten when its variance is known: a contrast makes them again from the sums.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from analysis.arrays import FloatArray, IntArray, codes_of, cross
from analysis.design import Design
from analysis.domains import Answered, Domains
from analysis.estimates import Flag
from analysis.factors import BLOCK
from analysis.figures import Table
from analysis.items import Items, LevelItems
from analysis.replication import Replication, domain_df, replicate_variance

KEPT = 50_000_000  # replicate values held for a contrast: 400 MB


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Replicate values (domains, items, replicates) of the domains from `low` on."""

    low: int
    high: int
    values: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class GroupSums:
    """Sums over pairs of domain and unit (in this order) of items that the same people answered.

    `above` is (items, pairs); `below` too, or (1, pairs) where all items divide by the weights, or
    none where they are totals. The pairs of a domain are those from `start` of it on.
    """

    items: tuple[int, ...]
    unit: IntArray
    start: IntArray
    above: FloatArray
    below: FloatArray | None

    @classmethod
    def of(
        cls,
        replication: Replication,
        items: Items | LevelItems,
        group: Answered,
        domains: Domains,
        *,
        is_total: bool,
    ) -> GroupSums:
        units, rows, size = replication.table.n_units, group.rows, len(domains)
        every = len(rows) == len(domains.code)
        pick: IntArray | slice = slice(None) if every else rows
        unit, base = replication.unit[pick], replication.base[pick]
        pair, keys = codes_of(unit if size == 1 else cross(domains.code[pick], unit, units))
        order = np.argsort(keys, kind="stable")
        owner, of_pair = np.divmod(keys[order], units)
        start = np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=size))])

        def summed(values: FloatArray | None) -> FloatArray:
            weighted = base if values is None else base * values
            return np.bincount(pair, weighted, len(keys)).astype(np.float64, copy=False)[order]

        below = None
        if items.x is not None:
            below = np.stack([summed(items.x[pick, item]) for item in group.items])
        elif not is_total:
            below = summed(None)[None]
        above = np.stack([summed(items.column(item, pick)) for item in group.items])
        return cls(group.items, of_pair, start, above, below)

    def parts(self, replication: Replication) -> Iterator[Part]:
        """Replicate values, some domains at a time."""
        sums = self.above if self.below is None else np.vstack([self.above, self.below])
        count, size = len(self.items), len(self.start) - 1
        most = max(1, BLOCK // replication.count)
        low = 0
        while low < size:
            high = int(np.searchsorted(self.start, self.start[low] + most, side="right")) - 1
            high = min(max(high, low + 1), low + max(1, 2 * most // len(sums)), size)
            totals = self._totals(replication, sums, low, high)
            values = totals[:count]
            if self.below is not None:
                with np.errstate(divide="ignore", invalid="ignore"):
                    values = values / totals[count:]
            yield Part(low, high, values.transpose(1, 0, 2))
            low = high

    def _totals(
        self, replication: Replication, sums: FloatArray, low: int, high: int
    ) -> FloatArray:
        """Sums (kinds, domains, replicates) of the domains from `low` on."""
        pairs = slice(self.start[low], self.start[high])
        some = replication.table.only(self.unit[pairs])
        if high == low + 1:
            return some.times(sums[:, pairs])[:, None]
        kinds, within = len(sums), self.start[low : high + 1] - self.start[low]
        ends = (np.arange(kinds) * within[-1])[:, None] + within[1:]
        table = sparse.csr_array(
            (
                sums[:, pairs].ravel(),
                np.tile(np.arange(within[-1]), kinds),
                np.concatenate([[0], ends.ravel()]),
            ),
            shape=(kinds * (high - low), some.n_units),
        )
        return np.asarray(table @ some.rows()).reshape(kinds, high - low, -1)


@dataclass(frozen=True, slots=True, eq=False)
class ReplicateSums:
    """All that the replicates of a table are made of."""

    replication: Replication
    n_domains: int
    n_items: int
    groups: tuple[GroupSums, ...]

    def values(self) -> FloatArray | None:
        """Replicate values (domains, items, replicates), or None where they would not fit."""
        shape = (self.n_domains, self.n_items, self.replication.count)
        if np.prod(shape) > KEPT:
            return None
        found = np.full(shape, np.nan)
        for group in self.groups:
            for part in group.parts(self.replication):
                found[part.low : part.high, list(group.items)] = part.values
        return found

    def fill(self, table: Table) -> None:
        """Variances, and whether replicates were lost, into a table."""
        used = self.replication.rscales > 0
        for group in self.groups:
            at = list(group.items)
            for part in group.parts(self.replication):
                here = slice(part.low, part.high)
                estimate = table.value[here, at]
                table.variance[here, at] = values_variance(self.replication, part.values, estimate)
                lost = ~np.isfinite(part.values).all(axis=2, where=used)
                table.flags[here, at] |= np.where(lost, int(Flag.REPLICATES_LOST), 0)


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
