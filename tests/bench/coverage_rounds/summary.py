"""What many rounds say of an estimator: bias, variance, coverage, each with its own error.

Figures of one round hang together, so that every Monte-Carlo error here is one between rounds.
Errors are in units of the true standard error of the cell (its spread over all rounds), so that
shares, scores and points can be put together.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.indicators.table import TABLE
from analysis.indices.definition import Unit
from tests.bench.coverage_rounds.simulation import CLASSES, Floats, Rounds

Flags = NDArray[np.bool_]
LEAST = 30  # figures that a summary needs
NARROW = 0.10


@dataclass(frozen=True, slots=True)
class Ratio:
    """A mean over figures with its Monte-Carlo error."""

    value: float
    error: float


@dataclass(frozen=True, slots=True)
class Quality:
    """One group of figures."""

    figures: int
    bias: Ratio  # mean error / true SE
    points: float  # mean error on the scale of the indicator
    variance: float  # mean estimated variance / true variance
    coverage: Ratio  # share of 95 % intervals that hold the truth


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """Rounds with everything that the groups are summed from."""

    rounds: Rounds
    spread: Floats  # true SE, per cell
    error: Floats
    covered: Floats

    @classmethod
    def of(cls, rounds: Rounds) -> "Measured":
        count = np.isfinite(rounds.estimate).sum(axis=0)
        mean = np.nansum(rounds.estimate, axis=0) / np.maximum(count, 1)
        squares = np.nansum((rounds.estimate - mean) ** 2, axis=0)
        spread = np.sqrt(squares / np.maximum(count - 1, 1))
        spread[(count < LEAST) | (spread == 0)] = np.nan
        has_interval = np.isfinite(rounds.lower) & np.isfinite(rounds.upper)
        held = (rounds.lower <= rounds.truth) & (rounds.truth <= rounds.upper)
        return cls(
            rounds,
            spread,
            rounds.estimate - rounds.truth,
            np.where(has_interval, held.astype(float), np.nan),
        )

    def cells(self, level: str, indicator: str | None = None, category: str | None = None) -> Flags:
        return np.array(
            [
                key.level == level
                and indicator in (None, key.indicator)
                and category in (None, key.category)
                for key in self.rounds.keys
            ]
        )

    def is_shown(self) -> Flags:
        return np.asarray(self.rounds.shown > 0)

    def is_class(self, name: str) -> Flags:
        at = [each.value for each in CLASSES].index(name)
        return np.asarray(self.rounds.shown == at)

    def is_narrow(self) -> Flags:
        """Intervals of at most ±10 points: the rule on the result that this house does not use."""
        scale = [
            1.0 if TABLE[key.indicator].unit is Unit.SHARE else 100 for key in self.rounds.keys
        ]
        with np.errstate(invalid="ignore"):
            half = (self.rounds.upper - self.rounds.lower) / 2
            return np.asarray(half <= NARROW * np.array(scale))

    def quality(self, cells: Flags, which: Flags) -> Quality | None:
        """Of the figures of these cells in the rounds where `which` holds."""
        chosen = which & cells & np.isfinite(self.spread)
        usable = chosen & np.isfinite(self.error)
        if usable.sum() < LEAST:
            return None
        with np.errstate(invalid="ignore"):
            squares = self.rounds.se**2 / self.spread**2
        return Quality(
            int(usable.sum()),
            ratio(self.error / self.spread, usable),
            float(self.error[usable].mean()),
            float(squares[usable & np.isfinite(squares)].mean()),
            ratio(self.covered, chosen & np.isfinite(self.covered)),
        )

    def difference(self, cells: Flags) -> Ratio | None:
        """Mean error where a cell is shown less that where the same cell is not, in true SE."""
        usable = cells & np.isfinite(self.spread) & np.isfinite(self.error)
        shown, hidden = usable & self.is_shown(), usable & ~self.is_shown()
        n_shown, n_hidden = shown.sum(axis=0), hidden.sum(axis=0)
        both = (n_shown >= LEAST) & (n_hidden >= LEAST)
        if not both.any():
            return None
        weight = np.where(both, n_shown * n_hidden / np.maximum(n_shown + n_hidden, 1), 0.0)
        weight /= weight.sum()
        score = np.where(usable, self.error / self.spread, 0.0)
        sides = []
        for side, count in ((shown, n_shown), (hidden, n_hidden)):
            mean = np.where(side, score, 0).sum(axis=0) / np.maximum(count, 1)
            share = weight / np.maximum(count, 1)
            sides.append((mean, np.where(side, (score - mean) * share, 0).sum(axis=1)))
        (one, rest_one), (other, rest_other) = sides
        error = float(np.sqrt(((rest_one - rest_other) ** 2).sum()))
        return Ratio(float((weight * (one - other)).sum()), error)


def ratio(values: Floats, which: Flags) -> Ratio:
    """Mean over the chosen figures; its error from the sums of rounds (ratio estimator)."""
    count = which.sum(axis=1).astype(float)
    if not count.sum():
        return Ratio(float("nan"), float("nan"))
    total = np.where(which, values, 0.0).sum(axis=1)
    mean = total.sum() / count.sum()
    rest = total - mean * count
    rounds = len(count)
    error = np.sqrt((rest**2).sum() * rounds / max(rounds - 1, 1)) / count.sum()
    return Ratio(float(mean), float(error))
