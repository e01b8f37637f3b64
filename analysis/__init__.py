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
from analysis.weights import (
    CellMerge,
    Margin,
    WeightChain,
    WeightStep,
    base_weights,
    nonresponse_adjustment,
    person_weights,
    rake,
    sex_age_margin,
)

__all__ = [
    "AnalysisError",
    "Calibration",
    "CellMerge",
    "Design",
    "DesignError",
    "Estimate",
    "Estimates",
    "Flag",
    "InfeasibleCellError",
    "Interval",
    "LonelyPsu",
    "LonelyPsuError",
    "Margin",
    "WeightChain",
    "WeightStep",
    "WeightingError",
    "base_weights",
    "count",
    "mean",
    "nonresponse_adjustment",
    "person_weights",
    "proportion",
    "rake",
    "ratio",
    "sex_age_margin",
    "total",
]
