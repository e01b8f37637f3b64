"""Weights from the draw to the benchmarks; each step is a frozen value with its report."""

from analysis.weights.cells import sex_age_margin
from analysis.weights.diagnostics import Diagnostics
from analysis.weights.doctor import Finding
from analysis.weights.examine import examine_margins
from analysis.weights.newton import Distance
from analysis.weights.propensity import Propensity, PropensityStep, propensity_adjustment
from analysis.weights.raking import Margin, rake
from analysis.weights.report import CellMerge, MarginRow, WeightChain, WeightStep, WeightSummary
from analysis.weights.steps import base_weights, nonresponse_adjustment, person_weights
from analysis.weights.totals import calibrate_weights
from analysis.weights.trimming import trim, trim_outliers

__all__ = [
    "CellMerge",
    "Diagnostics",
    "Distance",
    "Finding",
    "Margin",
    "MarginRow",
    "Propensity",
    "PropensityStep",
    "WeightChain",
    "WeightStep",
    "WeightSummary",
    "base_weights",
    "calibrate_weights",
    "examine_margins",
    "nonresponse_adjustment",
    "person_weights",
    "propensity_adjustment",
    "rake",
    "sex_age_margin",
    "trim",
    "trim_outliers",
]
