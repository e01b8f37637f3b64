"""The speed that is near for one estimator: plain numpy, nothing checked, nothing but an SE.

No flags, degrees of freedom, design effects, lonely PSUs, later stages or missing answers.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.arrays import FloatArray, IntArray
from tests.bench.estimation_parts.survey_data import ITEMS, MARGINS

REPLICATES = 200


class Yardstick:
    """One survey in arrays; each method is one row of the bench."""

    def __init__(self, frame: pd.DataFrame, totals: dict[str, dict[int, float]]) -> None:
        self.frame, self.totals = frame, totals
        self.w = frame["w"].to_numpy()
        self.y = [frame[item].to_numpy(np.float64) for item in ITEMS]

    def mean(self) -> tuple[FloatArray, FloatArray]:
        psu, stratum, drawn = self._psus()
        people = self.w.sum()
        value = np.array([self.w @ y for y in self.y]) / people
        variance = []
        for y, p in zip(self.y, value, strict=True):
            z = np.bincount(psu, self.w * (y - p)) / people
            sums, squares = np.bincount(stratum, z), np.bincount(stratum, z * z)
            variance.append((drawn / (drawn - 1) * (squares - sums**2 / drawn)).sum())
        return value, np.sqrt(variance)

    def by(self, column: str) -> tuple[FloatArray, FloatArray]:
        """Means by a column that need not follow villages or strata."""
        psu, stratum, drawn = self._psus()
        labels, code = np.unique(self.frame[column].to_numpy(), return_inverse=True)
        people = np.bincount(code, self.w)
        pairs, pair = np.unique(code * len(stratum) + psu, return_inverse=True)
        domain, h = pairs // len(stratum), stratum[pairs % len(stratum)]
        groups, group = np.unique(domain * len(drawn) + h, return_inverse=True)
        group_domain, n = groups // len(drawn), drawn[groups % len(drawn)]
        value, se = np.empty((len(labels), len(self.y))), np.empty((len(labels), len(self.y)))
        for item, y in enumerate(self.y):
            p = np.bincount(code, self.w * y) / people
            z = np.bincount(pair, self.w * (y - p[code])) / people[domain]
            sums, squares = np.bincount(group, z), np.bincount(group, z * z)
            terms = n / (n - 1) * (squares - sums**2 / n)
            variance = np.bincount(group_domain, terms)
            value[:, item], se[:, item] = p, np.sqrt(np.maximum(variance, 0))
        return value, se

    def rake(self) -> FloatArray:
        codes = [np.unique(self.frame[name].to_numpy(), return_inverse=True)[1] for name in MARGINS]
        target = [np.array([self.totals[n][c] for c in sorted(self.totals[n])]) for n in MARGINS]
        shape = tuple(len(each) for each in target)
        cell = np.ravel_multi_index(codes, shape)
        start = np.bincount(cell, self.w, int(np.prod(shape))).reshape(shape)
        table = start.copy()
        for _ in range(500):
            for axis, wanted in enumerate(target):
                others = tuple(each for each in range(len(shape)) if each != axis)
                place = [1] * len(shape)
                place[axis] = -1
                table *= (wanted / table.sum(others)).reshape(place)
            gaps = [
                np.abs(table.sum(tuple({0, 1, 2} - {axis})) / wanted - 1).max()
                for axis, wanted in enumerate(target)
            ]
            if max(gaps) < 1e-10:
                break
        factor = np.divide(table, start, out=np.ones(shape), where=start > 0).ravel()
        return self.w * factor[cell]

    def bootstrap(self) -> FloatArray:
        """Rao and Wu's bootstrap with n - 1 draws: standard errors of the means."""
        psu, stratum, drawn = self._psus()
        times = self._draws(stratum, drawn)
        totals = np.stack(
            [np.bincount(psu, self.w)] + [np.bincount(psu, self.w * y) for y in self.y]
        )
        replicate = totals @ times
        return (replicate[1:] / replicate[0]).std(axis=1, ddof=1)

    def bootstrap_by(self, column: str) -> FloatArray:
        psu, stratum, drawn = self._psus()
        times = self._draws(stratum, drawn)
        code = np.unique(self.frame[column].to_numpy(), return_inverse=True)[1]
        pairs, pair = np.unique(code * len(stratum) + psu, return_inverse=True)
        at = np.searchsorted(pairs // len(stratum), np.arange(code.max() + 1))
        drawn_times = times[pairs % len(stratum)]
        people = np.add.reduceat(drawn_times * np.bincount(pair, self.w)[:, None], at)
        people[people == 0] = np.nan
        found = []
        for y in self.y:
            yes = np.bincount(pair, self.w * y)[:, None]
            found.append(np.nanstd(np.add.reduceat(drawn_times * yes, at) / people, axis=1, ddof=1))
        return np.stack(found, axis=1)

    def _psus(self) -> tuple[IntArray, IntArray, IntArray]:
        _, first, psu = np.unique(
            self.frame["village"].to_numpy(), return_index=True, return_inverse=True
        )
        stratum = np.unique(self.frame["stratum"].to_numpy()[first], return_inverse=True)[1]
        return psu, stratum, np.bincount(stratum)

    def _draws(self, stratum: IntArray, drawn: IntArray) -> FloatArray:
        rng = np.random.default_rng(1)
        times = np.empty((len(stratum), REPLICATES))
        for h, n in enumerate(drawn):
            picked = rng.multinomial(n - 1, np.full(n, 1 / n), REPLICATES)
            times[stratum == h] = picked.T * (n / (n - 1))
        return times
