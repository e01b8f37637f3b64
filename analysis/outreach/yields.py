"""How many people so many days reach, and fewer with each day as they run out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.outreach.scenario import KINDS, Scenario

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Needs:
    """People in need by area and kind of help, as joint draws of what is known of them.

    `persons` has the shape (draws, areas, kinds); all of an area is nan where nothing is known.
    """

    areas: tuple[str, ...]
    persons: Floats

    @property
    def is_known(self) -> NDArray[np.bool_]:
        return np.asarray(~np.isnan(self.persons).any(axis=(0, 2)), dtype=np.bool_)

    def draw(self, number: int) -> Needs:
        """One draw alone, as if it were the truth."""
        return Needs(self.areas, self.persons[number : number + 1])


def reached(persons: Floats, rate: float, days: Floats | Ints | float) -> Floats:
    """N (1 − (1 − h/N)^d) with h = min(rate, N): each day meets h × the part not yet helped.

    A team that comes again meets people whom it has helped already, so each day adds less; no
    number of days reaches more than N. Where nothing is known the answer is 0.

    Examples
    --------
    >>> reached(np.array([100.0, 100.0, 8.0]), 10.0, np.array([1, 2, 1])).round(9).tolist()
    [10.0, 19.0, 8.0]
    """
    people = np.nan_to_num(persons)
    with np.errstate(divide="ignore", invalid="ignore"):
        left = np.where(people > 0, 1.0 - np.minimum(rate, people) / people, 0.0)
    return np.asarray(people * (1.0 - left ** np.asarray(days, dtype=float)), dtype=np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """What each further day in an area adds when it goes to the kind that gains most.

    `gain` and `kind` (number in KINDS) have the shape (areas, most days); gains never grow.
    """

    gain: Floats
    kind: Ints

    def value(self, days: Ints) -> float:
        """The expected number of people that so many days in each area reach."""
        taken = np.arange(self.gain.shape[1])[None, :] < days[:, None]
        return float((self.gain * taken).sum())

    def by_kind(self, days: Ints) -> Ints:
        """Days by area and kind, shape (areas, kinds)."""
        taken = np.arange(self.gain.shape[1])[None, :] < days[:, None]
        return np.stack([((self.kind == k) & taken).sum(axis=1) for k in range(len(KINDS))], axis=1)


def steps_of(needs: Needs, scenario: Scenario) -> Steps:
    """Gains averaged over the draws, best kind first.

    Within a kind gains fall from day to day, so the sorted gains of all kinds keep each kind's own
    order and the best use of d days is the first d of them.
    """
    most = scenario.most_days
    gains = np.zeros((len(needs.areas), len(KINDS), most))
    for number, kind in enumerate(KINDS):
        rate = scenario.helped.get(kind, 0.0)
        before = np.zeros(len(needs.areas))
        for day in range(1, most + 1):
            now = reached(scenario.comes * needs.persons[:, :, number], rate, day).mean(axis=0)
            gains[:, number, day - 1] = now - before
            before = now
    flat = gains.reshape(len(needs.areas), -1)
    order = np.argsort(-flat, axis=1, kind="stable")[:, :most]
    return Steps(np.take_along_axis(flat, order, axis=1), (order // most).astype(np.int64))


def reach_of(needs: Needs, scenario: Scenario, by_kind: Ints) -> Floats:
    """People reached in each draw, by area and kind: shape (draws, areas, kinds)."""
    rates: Sequence[float] = [scenario.helped.get(kind, 0.0) for kind in KINDS]
    return np.stack(
        [
            reached(scenario.comes * needs.persons[:, :, k], rate, by_kind[None, :, k])
            for k, rate in enumerate(rates)
        ],
        axis=2,
    )
