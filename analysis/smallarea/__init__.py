"""Small areas: model-based estimates, always labelled as such, with the shrinkage shown."""

from analysis.smallarea.areas import AreaEstimate, AreaEstimates, AreaFit, AreaFlag, Scale
from analysis.smallarea.between import Method
from analysis.smallarea.fayherriot import fay_herriot

__all__ = [
    "AreaEstimate",
    "AreaEstimates",
    "AreaFit",
    "AreaFlag",
    "Method",
    "Scale",
    "fay_herriot",
]
