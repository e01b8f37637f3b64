"""Small areas: model-based estimates, always labelled as such, with the shrinkage shown."""

from analysis.smallarea.areas import AreaEstimate, AreaEstimates, AreaFit, AreaFlag, Scale
from analysis.smallarea.benchmark import Benchmark, BenchmarkMse, benchmark
from analysis.smallarea.between import Method
from analysis.smallarea.diagnostics import Diagnosis, Fault, diagnosis, judged
from analysis.smallarea.errors import ErrorCovariance
from analysis.smallarea.fayherriot import fay_herriot
from analysis.smallarea.scales import back_transformed, share_model
from analysis.smallarea.smoothing import (
    SmoothedVariances,
    Smoothing,
    pooled_deff,
    smoothed_variances,
)
from analysis.smallarea.survey import area_model

__all__ = [
    "AreaEstimate",
    "AreaEstimates",
    "AreaFit",
    "AreaFlag",
    "Benchmark",
    "BenchmarkMse",
    "Diagnosis",
    "ErrorCovariance",
    "Fault",
    "Method",
    "Scale",
    "SmoothedVariances",
    "Smoothing",
    "area_model",
    "back_transformed",
    "benchmark",
    "diagnosis",
    "fay_herriot",
    "judged",
    "pooled_deff",
    "share_model",
    "smoothed_variances",
]
