"""Distribution functions, quantiles, variances and covariances of variables.

>>> from analysis.distribution import cdf, covariance, quantile, variance
"""

from analysis.distribution.functions import cdf
from analysis.distribution.moments import covariance, variance
from analysis.distribution.quantiles import quantile
from analysis.distribution.rules import QuantileRule

__all__ = ["QuantileRule", "cdf", "covariance", "quantile", "variance"]
