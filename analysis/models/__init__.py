"""Models of answers: regressions, ordered answers, margins, agreement, reliability of scales.

>>> from analysis.models import regression, term_test
"""

from analysis.models.agreement import Coefficient, alpha, kappa
from analysis.models.margins import Predictions, predict, predictive_means
from analysis.models.ordinal import OrdinalRegression, ordinal_regression
from analysis.models.regression import Regression, regression
from analysis.models.terms import pseudo_r2, term_test

__all__ = [
    "Coefficient",
    "OrdinalRegression",
    "Predictions",
    "Regression",
    "alpha",
    "kappa",
    "ordinal_regression",
    "predict",
    "predictive_means",
    "pseudo_r2",
    "regression",
    "term_test",
]
