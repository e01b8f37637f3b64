"""Weights from the draw to the benchmarks; each step is a frozen value with its report."""

from analysis.weights.cells import sex_age_margin
from analysis.weights.raking import Margin, rake
from analysis.weights.report import CellMerge, MarginRow, WeightChain, WeightStep, WeightSummary
from analysis.weights.steps import base_weights, nonresponse_adjustment, person_weights

__all__ = [
    "CellMerge",
    "Margin",
    "MarginRow",
    "WeightChain",
    "WeightStep",
    "WeightSummary",
    "base_weights",
    "nonresponse_adjustment",
    "person_weights",
    "rake",
    "sex_age_margin",
]
