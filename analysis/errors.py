"""What the estimation engine raises and warns with. Every message says what is wrong and where."""

from __future__ import annotations


class AnalysisError(ValueError):
    """The answer asked for does not stand; the message names the column, stratum or cell."""


class DesignError(AnalysisError):
    """The sampling design that was described does not fit the data."""


class LonelyPsuError(DesignError):
    """A stratum has one PSU and the rule for that is `fail`."""


class WeightingError(AnalysisError):
    """A weighting step cannot be carried out as asked."""


class InfeasibleCellError(WeightingError):
    """A benchmark is positive where nobody responded, so no weights can meet it."""
