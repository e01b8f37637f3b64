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
from analysis.calibrated_units import calibrate_within
from analysis.calibration import Calibration
from analysis.contrasts import Against, change, contrast, difference, function_of, joint
from analysis.crosstabs import Base, crosstab
from analysis.design import Design
from analysis.distribution import QuantileRule, cdf, covariance_of, quantile, variance_of
from analysis.errors import (
    AnalysisError,
    DesignError,
    InfeasibleCellError,
    LonelyPsuError,
    WeightingError,
)
from analysis.estimates import Estimate, Estimates, Flag
from analysis.estimators import count, mean, proportion, ratio, total
from analysis.freedom import Freedom
from analysis.intervals import Interval
from analysis.lonely import LonelyPsu
from analysis.pps import Pps
from analysis.resampling import Resampling
from analysis.standardised import standardise
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
    "Against",
    "AnalysisError",
    "Base",
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
    "Freedom",
    "InfeasibleCellError",
    "Interval",
    "LonelyPsu",
    "LonelyPsuError",
    "Margin",
    "Pps",
    "QuantileRule",
    "Resampling",
    "WeightChain",
    "WeightStep",
    "WeightingError",
    "base_weights",
    "calibrate",
    "calibrate_weights",
    "calibrate_within",
    "cdf",
    "change",
    "contrast",
    "count",
    "covariance_of",
    "crosstab",
    "difference",
    "examine_margins",
    "function_of",
    "joint",
    "mean",
    "nonresponse_adjustment",
    "person_weights",
    "post_stratify",
    "propensity_adjustment",
    "proportion",
    "quantile",
    "rake",
    "rake_design",
    "ratio",
    "reweight",
    "sex_age_margin",
    "stack",
    "standardise",
    "total",
    "trim",
    "trim_and_recalibrate",
    "trim_outliers",
    "variance_of",
]
