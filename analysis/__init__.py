"""Survey estimation: designs, weights, estimators. Pure functions on values, no Django.

>>> from analysis import Design, mean
"""

from analysis.calibration import Calibration
from analysis.design import Design, LonelyPsu
from analysis.errors import (
    AnalysisError,
    DesignError,
    InfeasibleCellError,
    LonelyPsuError,
    WeightingError,
)
from analysis.estimates import Estimate, Estimates, Flag
from analysis.estimators import count, mean, proportion, ratio, total
from analysis.intervals import Interval

__all__ = [
    "AnalysisError",
    "Calibration",
    "Design",
    "DesignError",
    "Estimate",
    "Estimates",
    "Flag",
    "InfeasibleCellError",
    "Interval",
    "LonelyPsu",
    "LonelyPsuError",
    "WeightingError",
    "count",
    "mean",
    "proportion",
    "ratio",
    "total",
]
