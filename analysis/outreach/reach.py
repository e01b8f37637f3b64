"""A number of people with what is known of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from analysis.outreach.yields import Floats

LIMITS: Final = (0.025, 0.975)


@dataclass(frozen=True, slots=True)
class Reach:
    """An expected number of people with the interval that holds 95 % of the draws."""

    value: float
    lower: float
    upper: float

    @classmethod
    def of(cls, draws: Floats) -> Reach:
        low, high = np.quantile(draws, LIMITS)
        return cls(float(draws.mean()), float(low), float(high))
