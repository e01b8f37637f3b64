"""Against a target: met, not met, or cannot tell, at a stated error rate."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import special, stats

from analysis.arguments import checked
from analysis.arrays import FloatArray
from analysis.errors import AnalysisError
from analysis.estimates import Estimates
from analysis.smallarea.areas import AreaEstimates, Scale
from analysis.smallarea.scales import LINKS, expected


class Met(StrEnum):
    """The word on an area."""

    MET = "met"
    NOT_MET = "not met"
    CANNOT_TELL = "cannot tell"


class ErrorRate(StrEnum):
    """What the error rate is of: each area's word, or any word at all (Holm 1979)."""

    EACH = "each"
    FAMILY = "family"


@dataclass(frozen=True, slots=True, eq=False)
class Targets:
    """`probability` is that of the target being met, or, for direct estimates, one minus the
    p-value of "not met". `expected_wrong` is how many of the words said are likely wrong.
    """

    area: tuple[object, ...]
    target: FloatArray
    error: float
    rate: ErrorRate
    probability: FloatArray
    word: tuple[Met, ...]

    @property
    def expected_wrong(self) -> float:
        wrong = np.minimum(self.probability, 1 - self.probability)
        return float(sum(p for p, word in zip(wrong, self.word, strict=True) if word is not UNSURE))

    def to_frame(self) -> pd.DataFrame:
        """One row per area."""
        return pd.DataFrame(
            {
                "area": self.area,
                "target": self.target,
                "probability": self.probability,
                "word": [str(word) for word in self.word],
            }
        )


UNSURE = Met.CANNOT_TELL


@checked
def against_target(
    estimates: AreaEstimates | Estimates,
    target: ArrayLike,
    *,
    error: float = 0.05,
    rate: ErrorRate | str = ErrorRate.EACH,
    is_good_high: bool = True,
) -> Targets:
    """Whether each area has met its target, where the data can tell.

    An area is `met` if the chance of the contrary is at most `error`, `not met` likewise, else
    `cannot tell`. Model-based estimates are normal on the scale of the model; direct ones go by t
    with their degrees of freedom (shares on the logit), and without a standard error nothing can
    be told.

    Parameters
    ----------
    target
        One for all, or one per area.

    Raises
    ------
    AnalysisError
        The error rate is not between 0 and 1/2, or targets do not fit.

    Examples
    --------
    >>> from analysis.smallarea import fay_herriot
    >>> found = against_target(fay_herriot([2, 6, 9], [0.1, 0.1, 0.1]), 6.0)
    >>> [str(word) for word in found.word]
    ['not met', 'cannot tell', 'met']
    """
    if not 0 < error < 0.5:
        raise AnalysisError("an error rate lies between 0 and 1/2")
    size = len(estimates)
    goal = np.broadcast_to(np.asarray(target, dtype=np.float64), (size,)).copy()
    if isinstance(estimates, AreaEstimates):
        area, above = estimates.area, _model_probability(estimates, goal)
    else:
        area, above = estimates.domain, _direct_probability(estimates, goal)
    probability = above if is_good_high else 1 - above
    kind = ErrorRate(rate)
    bound = _bounds(probability, error, kind)
    word = tuple(
        UNSURE if not min(p, 1 - p) <= limit else Met.MET if p > 0.5 else Met.NOT_MET
        for p, limit in zip(probability.tolist(), bound.tolist(), strict=True)
    )
    return Targets(area, goal, error, kind, probability, word)


def _model_probability(areas: AreaEstimates, goal: FloatArray) -> FloatArray:
    linear, link = areas.linear, LINKS[areas.scale]
    aim = goal
    if areas.scale is not Scale.IDENTITY:
        moved = areas.estimate - expected(link, linear.estimate, np.sqrt(linear.g1))
        aim = link.to(np.clip(goal - moved, 0.0, 1.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(special.ndtr((linear.estimate - aim) / linear.rmse))


def _direct_probability(direct: Estimates, goal: FloatArray) -> FloatArray:
    value, se = direct.estimate, direct.se
    with np.errstate(divide="ignore", invalid="ignore"):
        if direct.statistic == "proportion":
            se = se / (value * (1 - value))
            value, goal = special.logit(value), special.logit(goal)
        found = stats.t.cdf((value - goal) / se, np.where(direct.df > 0, direct.df, np.nan))
    return np.asarray(np.where(se > 0, found, np.nan), dtype=np.float64)


def _bounds(probability: FloatArray, error: float, rate: ErrorRate) -> FloatArray:
    """The chance of being wrong that each area's word may have."""
    if rate is ErrorRate.EACH:
        return np.full(len(probability), error)
    wrong = np.minimum(probability, 1 - probability)
    known = np.isfinite(wrong)
    order = np.argsort(np.where(known, wrong, np.inf), kind="stable")
    steps = error / np.arange(int(known.sum()), 0, -1)
    bound = np.full(len(probability), -1.0)
    for at, limit in zip(order.tolist(), steps.tolist(), strict=False):
        if wrong[at] > limit:  # Holm stops at the first that fails
            break
        bound[at] = limit
    return bound
