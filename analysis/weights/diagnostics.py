"""What a calibration did to the weights, in numbers that a reviewer asks for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.arrays import FloatArray

FAR = 0.5  # a cell whose total moves by more than this share is worth a look


@dataclass(frozen=True, slots=True)
class Diagnostics:
    """How far weights moved, g = after / before over rows with weight.

    `max_residual` is the largest relative distance from a total that was to be met, `at_bounds`
    counts rows whose g lies at a bound, `far_cells` names cells with |g - 1| > 0.5, Kish's design
    effects say what the unequal weights cost. `is_met`: every total is met.
    """

    iterations: int
    max_residual: float
    g_min: float
    g_max: float
    g_cv: float
    deff_before: float
    deff_after: float
    at_bounds: int = 0
    far_cells: tuple[str, ...] = ()
    is_met: bool = True

    @classmethod
    def of(
        cls,
        before: FloatArray,
        after: FloatArray,
        *,
        iterations: int = 0,
        max_residual: float = 0.0,
        at_bounds: int = 0,
        far_cells: tuple[str, ...] = (),
        is_met: bool = True,
    ) -> Diagnostics:
        used = before != 0
        if not used.all():
            before, after = before[used], after[used]
        g = after / before if len(before) else np.full(1, np.nan)
        return cls(
            iterations=iterations,
            max_residual=max_residual,
            g_min=float(g.min()),
            g_max=float(g.max()),
            g_cv=float(g.std() / abs(g.mean())) if g.mean() else float("nan"),
            deff_before=kish(before),
            deff_after=kish(after),
            at_bounds=at_bounds,
            far_cells=far_cells,
            is_met=is_met,
        )


def kish(weights: FloatArray) -> float:
    """n sum w^2 / (sum w)^2: what unequal weights cost if they explain nothing (Kish 1965).

    >>> import numpy as np
    >>> kish(np.array([1.0, 1.0, 2.0]))
    1.125
    """
    total = float(weights.sum())
    squares = float(weights @ weights)
    return len(weights) * squares / total**2 if total else float("nan")
