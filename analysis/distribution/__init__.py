"""Distribution functions, quantiles, variances and covariances of variables.

>>> from analysis.distribution import cdf, covariance_of, quantile, variance_of
"""

from analysis.distribution.functions import cdf
from analysis.distribution.moments import covariance_of, variance_of
from analysis.distribution.quantiles import quantile
from analysis.distribution.rules import QuantileRule

__all__ = ["QuantileRule", "cdf", "covariance_of", "quantile", "variance_of"]
