"""What each weighting step leaves behind, as frozen values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis.arrays import FloatArray, IntArray, floats
from analysis.calibration import Calibration
from analysis.errors import WeightingError
from analysis.weights.diagnostics import Diagnostics, kish


@dataclass(frozen=True, slots=True)
class WeightSummary:
    """Distribution of the weights that are not zero."""

    n: int
    sum: float
    min: float
    max: float
    cv: float
    kish_deff: float

    @classmethod
    def of(cls, weights: FloatArray) -> WeightSummary:
        w = weights[weights != 0]
        if not len(w):
            return cls(0, 0.0, *(float("nan"),) * 4)
        total = float(w.sum())
        spread = float(w.std() / w.mean())
        return cls(len(w), total, float(w.min()), float(w.max()), spread, kish(w))


@dataclass(frozen=True, slots=True)
class MarginRow:
    """One benchmark cell before and after raking."""

    margin: str
    cell: str
    benchmark: float
    respondents: int
    before: float
    after: float

    @property
    def factor(self) -> float:
        return self.after / self.before if self.before else float("nan")


@dataclass(frozen=True, slots=True)
class CellMerge:
    """A cell that was too thin and was merged, with the reason."""

    step: str
    cell: str
    into: str
    respondents: int
    reason: str

    def __str__(self) -> str:
        return (
            f"{self.step}: {self.cell} ({self.respondents}) merged with {self.into}: {self.reason}"
        )


@dataclass(frozen=True, slots=True, eq=False)
class WeightStep:
    """One step of the weighting: the weights it gave and the report of how."""

    name: str
    weights: FloatArray
    summary: WeightSummary
    margins: tuple[MarginRow, ...] = ()
    merges: tuple[CellMerge, ...] = ()
    notes: tuple[str, ...] = ()
    diagnostics: Diagnostics | None = None
    calibration: Calibration | None = None

    @classmethod
    def of(cls, name: str, weights: FloatArray, *, notes: Sequence[str] = ()) -> WeightStep:
        return cls(name, weights, WeightSummary.of(weights), notes=tuple(notes))


@dataclass(frozen=True, slots=True, eq=False)
class WeightChain:
    """All steps in order; column w0 is the first step, w1 the second, and so on.

    Examples
    --------
    >>> import numpy as np
    >>> chain = WeightChain().then(WeightStep.of("base", np.array([10.0, 12.0])))
    >>> chain.columns().columns.tolist(), float(chain.final.sum())
    (['w0'], 22.0)
    """

    steps: tuple[WeightStep, ...] = ()

    def then(self, step: WeightStep) -> WeightChain:
        """The chain with one more step; all steps hold the same rows."""
        if self.steps and len(step.weights) != len(self.final):
            raise ValueError(
                f"step {step.name!r} has {len(step.weights)} rows, the chain {len(self.final)}; "
                "take() the rows first"
            )
        return WeightChain((*self.steps, step))

    def take(self, rows: IntArray) -> WeightChain:
        """The chain for other rows, e.g. respondents only, or each household's persons.

        `rows` says for each new row which old row its weights come from. The reports stay those
        of the rows that the step was made for.
        """
        return WeightChain(
            tuple(replace(s, weights=s.weights[rows], calibration=None) for s in self.steps)
        )

    @property
    def final(self) -> FloatArray:
        return self.steps[-1].weights

    @property
    def calibrations(self) -> tuple[Calibration, ...]:
        """For `Design.from_frame(..., calibrations=...)`."""
        return tuple(s.calibration for s in self.steps if s.calibration is not None)

    def columns(self) -> pd.DataFrame:
        return pd.DataFrame({f"w{at}": step.weights for at, step in enumerate(self.steps)})

    def to_frame(self) -> pd.DataFrame:
        """One row per step: n, sum, min, max, CV and Kish's design effect."""
        return pd.DataFrame(
            [
                {
                    "column": f"w{at}",
                    "step": step.name,
                    "n": step.summary.n,
                    "sum": step.summary.sum,
                    "min": step.summary.min,
                    "max": step.summary.max,
                    "cv": step.summary.cv,
                    "kish_deff": step.summary.kish_deff,
                    "merges": len(step.merges),
                }
                for at, step in enumerate(self.steps)
            ]
        )

    def margins(self) -> pd.DataFrame:
        """Benchmark cells of all raking steps, before and after."""
        return pd.DataFrame(
            [
                {
                    "step": step.name,
                    "margin": row.margin,
                    "cell": row.cell,
                    "benchmark": row.benchmark,
                    "respondents": row.respondents,
                    "before": row.before,
                    "after": row.after,
                    "factor": row.factor,
                }
                for step in self.steps
                for row in step.margins
            ]
        )

    def merges(self) -> tuple[CellMerge, ...]:
        return tuple(merge for step in self.steps for merge in step.merges)


def as_floats(values: Sequence[float] | FloatArray | pd.Series, name: str) -> FloatArray:
    """A float array; a missing or infinite value is an error that names the row."""

    try:
        array = floats(values)
    except (TypeError, ValueError):
        raise WeightingError(f"{name}: not all values are numbers") from None
    bad = ~np.isfinite(array)
    if bad.any():
        raise WeightingError(f"{name}: row {int(np.flatnonzero(bad)[0])} is empty or infinite")
    return array
