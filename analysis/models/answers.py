"""What a regression explains: the response as numbers."""

from __future__ import annotations

import numpy as np

from analysis.arrays import FloatArray
from analysis.errors import AnalysisError
from analysis.models.columns import Column, Kind


def answers_of(response: Column, text: str, family: str) -> FloatArray:
    """Numbers as they are; of a classification all levels but the first are successes, as in R."""
    if response.kind is not Kind.CLASS:
        return response.values
    if family != "binomial":
        raise AnalysisError(f"{text!r}: a classification is answered; use family='binomial'")
    return (response.values > 0).astype(np.float64)
