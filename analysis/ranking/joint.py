"""Limits that hold all ranks at once, for a table that is read as a league."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.arguments import checked
from analysis.arrays import IntArray
from analysis.errors import AnalysisError
from analysis.ranking.draws import Draws


@dataclass(frozen=True, slots=True, eq=False)
class JointRanks:
    """`lower`, `upper` hold every area's true rank together with probability `confidence`."""

    area: tuple[object, ...]
    confidence: float
    lower: IntArray
    upper: IntArray

    def to_frame(self) -> pd.DataFrame:
        """One row per area."""
        return pd.DataFrame({"area": self.area, "lower": self.lower, "upper": self.upper})


@checked
def joint_ranks(draws: Draws, *, confidence: float = 0.90, is_worst_low: bool = True) -> JointRanks:
    """A joint confidence set of all ranks (Klein, Wright and Wieczorek 2020); rank 1 is the worst.

    Simultaneous intervals of the values, estimate ± c sd with c the quantile of the largest
    standardised gap of a draw; an area is surely behind those whose intervals lie wholly before its
    own. Wide where areas are many: that is what a league table is worth.

    Raises
    ------
    AnalysisError
        The confidence is not between 0 and 1.

    Examples
    --------
    >>> from analysis.ranking import normal_draws
    >>> found = joint_ranks(normal_draws([1, 2, 2.1], [0.01, 0.01, 0.01]))
    >>> found.lower.tolist(), found.upper.tolist()
    ([1, 2, 2], [1, 3, 3])
    """
    if not 0 < confidence < 1:
        raise AnalysisError("a confidence lies between 0 and 1")
    centre, sd = draws.values.mean(axis=0), draws.values.std(axis=0)
    scale = np.where(sd > 0, sd, 1.0)
    largest = np.abs((draws.values - centre) / scale).max(axis=1)
    half = np.quantile(largest, confidence) * sd
    low, high = centre - half, centre + half
    if not is_worst_low:
        low, high = -high, -low
    before = np.searchsorted(np.sort(high), low, side="left")
    behind = len(low) - np.searchsorted(np.sort(low), high, side="right")
    return JointRanks(
        area=draws.area,
        confidence=confidence,
        lower=(1 + before).astype(np.int64),
        upper=(len(low) - behind).astype(np.int64),
    )
