"""The shape in which every test answers."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True, slots=True)
class TestResult:
    """One test: what was computed, against which law, and the p-value.

    `df` and `ddf` are the degrees of freedom of the law (ddf is inf where it is a chi-square, nan
    where the law is a weighted sum of chi-squares). `estimate`, `lower` and `upper` are those of
    the difference or mean that a t test is about, else nan. `notes` say what was left out.
    """

    __test__ = False  # no class of tests, whatever pytest makes of the name

    method: str
    statistic: float
    df: float
    ddf: float
    p_value: float
    n: int
    estimate: float = float("nan")
    se: float = float("nan")
    lower: float = float("nan")
    upper: float = float("nan")
    confidence: float = float("nan")
    scale: float = 1.0
    notes: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """A frame with one row."""
        columns = {name: [getattr(self, name)] for name in self.__slots__ if name != "notes"}
        return pd.DataFrame({**columns, "notes": ["; ".join(self.notes)]})
