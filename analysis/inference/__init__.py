"""Tests: tables, means, ranks, and several comparisons with one error rate.

>>> from analysis.inference import differs_from, independence
"""

from analysis.inference.comparisons import Comparisons, ErrorRate, adjusted_p, differs_from
from analysis.inference.fit import goodness_of_fit
from analysis.inference.ranks import RankScore, rank_test
from analysis.inference.results import TestResult
from analysis.inference.t_tests import difference_test, mean_test
from analysis.inference.tables import TableTest, independence

__all__ = [
    "Comparisons",
    "ErrorRate",
    "RankScore",
    "TableTest",
    "TestResult",
    "adjusted_p",
    "difference_test",
    "differs_from",
    "goodness_of_fit",
    "independence",
    "mean_test",
    "rank_test",
]
