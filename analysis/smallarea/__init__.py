"""Small areas: model-based estimates, always labelled as such, with the shrinkage shown."""

from analysis.smallarea.areas import AreaEstimate, AreaEstimates, AreaFit, AreaFlag, Scale
from analysis.smallarea.benchmark import Benchmark, BenchmarkMse, benchmark
from analysis.smallarea.between import Method
from analysis.smallarea.bootstrap import bootstrap_mse
from analysis.smallarea.diagnostics import Diagnosis, Fault, diagnosis, judged
from analysis.smallarea.direct import (
    Composite,
    DirectMeans,
    Drawn,
    direct_means,
    post_stratified_synthetic,
    sample_size_dependent,
)
from analysis.smallarea.errors import ErrorCovariance
from analysis.smallarea.fayherriot import fay_herriot
from analysis.smallarea.hierarchical import Prior, hierarchical_bayes
from analysis.smallarea.prediction import synthetic_limits
from analysis.smallarea.scales import back_transformed, on_arcsine, share_model
from analysis.smallarea.smoothing import (
    SmoothedVariances,
    Smoothing,
    pooled_deff,
    smoothed_variances,
)
from analysis.smallarea.spatial import spatial_fay_herriot
from analysis.smallarea.survey import area_model
from analysis.smallarea.unit import unit_model
from analysis.smallarea.unit_bootstrap import unit_bootstrap_mse

__all__ = [
    "AreaEstimate",
    "AreaEstimates",
    "AreaFit",
    "AreaFlag",
    "Benchmark",
    "BenchmarkMse",
    "Composite",
    "Diagnosis",
    "DirectMeans",
    "Drawn",
    "ErrorCovariance",
    "Fault",
    "Method",
    "Prior",
    "Scale",
    "SmoothedVariances",
    "Smoothing",
    "area_model",
    "back_transformed",
    "benchmark",
    "bootstrap_mse",
    "diagnosis",
    "direct_means",
    "fay_herriot",
    "hierarchical_bayes",
    "judged",
    "on_arcsine",
    "pooled_deff",
    "post_stratified_synthetic",
    "sample_size_dependent",
    "share_model",
    "smoothed_variances",
    "spatial_fay_herriot",
    "synthetic_limits",
    "unit_bootstrap_mse",
    "unit_model",
]
