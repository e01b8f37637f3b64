"""Survey estimation: designs, weights, estimators. Pure functions on values, no Django.

>>> from analysis import Design, mean
"""

from analysis.calibrated import (
    calibrate,
    post_stratify,
    rake_design,
    reweight,
    trim_and_recalibrate,
)
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
from analysis.pps import Pps
from analysis.resampling import Resampling
from analysis.waves import stack
from analysis.weights import (
    CellMerge,
    Diagnostics,
    Distance,
    Finding,
    Margin,
    WeightChain,
    WeightStep,
    base_weights,
    calibrate_weights,
    examine_margins,
    nonresponse_adjustment,
    person_weights,
    propensity_adjustment,
    rake,
    sex_age_margin,
    trim,
    trim_outliers,
)

__all__ = [
    "AnalysisError",
    "Calibration",
    "CellMerge",
    "Design",
    "DesignError",
    "Diagnostics",
    "Distance",
    "Estimate",
    "Estimates",
    "Finding",
    "Flag",
    "InfeasibleCellError",
    "Interval",
    "LonelyPsu",
    "LonelyPsuError",
    "Margin",
    "Pps",
    "Resampling",
    "WeightChain",
    "WeightStep",
    "WeightingError",
    "base_weights",
    "calibrate",
    "calibrate_weights",
    "count",
    "examine_margins",
    "mean",
    "nonresponse_adjustment",
    "person_weights",
    "post_stratify",
    "propensity_adjustment",
    "proportion",
    "rake",
    "rake_design",
    "ratio",
    "reweight",
    "sex_age_margin",
    "stack",
    "total",
    "trim",
    "trim_and_recalibrate",
    "trim_outliers",
]
