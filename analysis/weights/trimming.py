"""Trimming: a small bias taken on purpose so that single weights do not rule an estimate."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.arrays import FloatArray
from analysis.errors import WeightingError
from analysis.weights.report import WeightStep, as_floats

ROUNDS = 100


def trim(
    w: Sequence[float] | FloatArray | pd.Series,
    lower: float,
    upper: float,
    *,
    is_strict: bool = True,
) -> WeightStep:
    """Cap weights to [lower, upper] and give what was cut evenly to the others.

    With `is_strict` this repeats until no weight is outside; without, weights that received
    something may end a little above the cap (the two forms of R's `trimWeights`). The sum is kept.
    See Potter (1990).

    Raises
    ------
    WeightingError
        The bounds are too tight for the sum of the weights.

    Examples
    --------
    >>> trim([1.0, 1.0, 4.0], 0, 3).weights.tolist()
    [1.5, 1.5, 3.0]
    """
    weights = as_floats(w, "w")
    if not lower < upper:
        raise WeightingError(f"lower={lower:g} must be below upper={upper:g}")
    cut = np.zeros(len(weights), dtype=bool)
    for _ in range(ROUNDS if is_strict else 1):
        outside = (weights < lower) | (weights > upper)
        if not outside.any():
            break
        cut |= outside
        if cut.all():
            raise WeightingError(f"all weights are cut to [{lower:g}, {upper:g}]")
        capped = np.clip(weights, lower, upper)
        spare = (weights - capped).sum() / (~cut).sum()
        weights = np.where(cut, capped, weights + spare)
    else:
        if is_strict:
            raise WeightingError(f"weights cannot all lie in [{lower:g}, {upper:g}] at this sum")
    return WeightStep.of("trimming", weights, notes=[f"{int(cut.sum())} weights trimmed"])
