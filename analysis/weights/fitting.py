"""Iterative proportional fitting of group totals, for one set of weights or many replicates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from analysis.arrays import BoolArray, FloatArray, IntArray, codes_of, cross


@dataclass(frozen=True, slots=True, eq=False)
class CodedMargin:
    """A margin with its rows coded (-1: in no cell) and a target per label."""

    name: str
    labels: tuple[Any, ...]
    code: IntArray
    target: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """Factors per group, rounds taken, largest relative distance and the cell where it is."""

    factors: FloatArray
    iterations: int
    error: float
    worst: str


@dataclass(frozen=True, slots=True, eq=False)
class Raking:
    """Rows grouped by their cells in all margins; rows in none get their peers' mean factor.

    `cell` (per group) is the combination of margin cells, -1 outside; `place` says in which cell
    of each margin a combination lies; `peers` (per group) whose mean the outside groups take.
    """

    margins: tuple[CodedMargin, ...]
    group: IntArray
    cell: IntArray
    peers: IntArray
    place: tuple[IntArray, ...]
    tolerance: float
    rounds: int

    @classmethod
    def of(
        cls,
        margins: tuple[CodedMargin, ...],
        inside: BoolArray,
        peers: IntArray | None,
        *,
        tolerance: float,
        rounds: int,
    ) -> Raking:
        everybody = bool(inside.all())
        key = np.zeros(int(inside.sum()), dtype=np.int64)
        for margin in margins:
            code = margin.code if everybody else margin.code[inside]
            key = cross(key, code, len(margin.labels))
        dense, keys = codes_of(key)
        place = []
        for margin in reversed(margins):
            keys, part = np.divmod(keys, len(margin.labels))
            place.append(part)
        if everybody:
            group, members = dense, np.arange(len(place[0]))
            owner = np.zeros(len(members), dtype=np.int64)
        else:
            cell = np.full(len(inside), -1, dtype=np.int64)
            cell[inside] = dense
            peer = np.zeros(len(inside), dtype=np.int64) if peers is None else peers
            size = int(peer.max()) + 1
            group, found = codes_of(cross(cell + 1, peer, size))
            members, owner = np.divmod(found, size)
            members -= 1
        return cls(margins, group, members, owner, tuple(reversed(place)), tolerance, rounds)

    @property
    def n_groups(self) -> int:
        return len(self.cell)

    def factors(self, totals: FloatArray) -> FloatArray:
        """Factors (groups, replicates); nan where a replicate cannot meet the margins."""
        return self.fit(totals).factors

    def fit(self, totals: FloatArray) -> Fit:
        inside = self.cell >= 0
        cells = len(self.place[0])
        start = _sums(self.cell[inside], cells, totals[inside])
        fitted = start.copy()
        tables = [
            _incidence(place, len(margin.labels))
            for margin, place in zip(self.margins, self.place, strict=True)
        ]
        error, worst, rounds = np.full(totals.shape[1], np.inf), "", 0
        with np.errstate(divide="ignore", invalid="ignore"):
            while rounds < self.rounds and (error >= self.tolerance).any():
                rounds += 1
                for margin, place, table in zip(self.margins, self.place, tables, strict=True):
                    held = np.asarray(table @ fitted)
                    ratio = np.where(
                        (held == 0) & (margin.target == 0)[:, None],
                        1.0,
                        margin.target[:, None] / held,
                    )
                    fitted *= ratio[place]
                error, worst = self._gap(tables, fitted)
            fitted[:, error >= self.tolerance] = np.nan
            blank = np.where(np.isnan(fitted), np.nan, 1.0)
            factor = np.where(start > 0, fitted / start, blank)
        known = error[np.isfinite(error)]
        largest = float(known.max(initial=0.0)) if len(known) else float("nan")
        return Fit(self._spread(factor, totals, inside), rounds, largest, worst)

    def _gap(self, tables: list[sparse.csr_array], fitted: FloatArray) -> tuple[FloatArray, str]:
        largest, worst = np.zeros(fitted.shape[1]), ""
        for margin, table in zip(self.margins, tables, strict=True):
            target = margin.target[:, None]
            gap = np.abs(np.asarray(table @ fitted) - target) / np.where(target > 0, target, 1.0)
            here = gap.max(axis=0)
            if len(here) and np.nanmax(here, initial=0.0) > np.nanmax(largest, initial=0.0):
                label = margin.labels[int(np.nanmax(gap, axis=1, initial=0.0).argmax())]
                worst = f"{label!r} of margin {margin.name!r}"
            largest = np.maximum(largest, here)
        return largest, worst

    def _spread(self, factor: FloatArray, totals: FloatArray, inside: BoolArray) -> FloatArray:
        found = np.ones_like(totals)
        found[inside] = factor[self.cell[inside]]
        if inside.all():
            return found
        size = int(self.peers.max()) + 1
        before = totals[inside]
        held = _sums(self.peers[inside], size, before)
        after = _sums(self.peers[inside], size, before * found[inside])
        with np.errstate(divide="ignore", invalid="ignore"):
            mean = np.where(held > 0, after / held, after.sum(axis=0) / held.sum(axis=0))
        found[~inside] = mean[self.peers[~inside]]
        return found


def _incidence(code: IntArray, size: int) -> sparse.csr_array:
    every = np.arange(len(code))
    return sparse.csr_array((np.ones(len(code)), (code, every)), shape=(size, len(code)))


def _sums(code: IntArray, size: int, values: FloatArray) -> FloatArray:
    return np.asarray(_incidence(code, size) @ values)
