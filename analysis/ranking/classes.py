"""Classes of a map with the probability that an area belongs to its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.arguments import checked
from analysis.arrays import BoolArray, FloatArray, IntArray
from analysis.errors import AnalysisError
from analysis.ranking.draws import Draws

SURE = 0.6


@dataclass(frozen=True, slots=True, eq=False)
class MapClasses:
    """`probability` (areas, classes) over the intervals between `breaks`; rows sum to one.

    An area is grey where its likeliest class has less than `sure`: a colour would claim too much.
    """

    area: tuple[object, ...]
    breaks: tuple[float, ...]
    sure: float
    probability: FloatArray
    likeliest: IntArray
    is_grey: BoolArray

    def to_frame(self) -> pd.DataFrame:
        """One row per area, one column per class."""
        columns = {f"class_{at}": values for at, values in enumerate(self.probability.T)}
        return pd.DataFrame(
            {"area": self.area, **columns, "likeliest": self.likeliest, "is_grey": self.is_grey}
        )


@checked
def map_classes(draws: Draws, breaks: Sequence[float], *, sure: float = SURE) -> MapClasses:
    """Probabilities of the classes below, between and above the breaks; a break begins its class.

    Raises
    ------
    AnalysisError
        Breaks do not rise.

    Examples
    --------
    >>> from analysis.ranking import normal_draws
    >>> found = map_classes(normal_draws([0.2, 0.5], [1e-4, 1e-4]), [0.5])
    >>> found.likeliest[0].item(), found.is_grey.tolist()
    (0, [False, True])
    """
    cuts = np.asarray(breaks, dtype=np.float64)
    if not len(cuts) or not np.isfinite(cuts).all() or (np.diff(cuts) <= 0).any():
        raise AnalysisError("breaks of classes must rise")
    at_least = np.stack([(draws.values >= cut).mean(axis=0) for cut in cuts], axis=1)
    edges = np.column_stack([np.ones(len(draws.area)), at_least, np.zeros(len(draws.area))])
    probability = edges[:, :-1] - edges[:, 1:]
    likeliest = probability.argmax(axis=1).astype(np.int64)
    return MapClasses(
        area=draws.area,
        breaks=tuple(cuts.tolist()),
        sure=sure,
        probability=probability,
        likeliest=likeliest,
        is_grey=probability.max(axis=1) < sure,
    )
