"""Covariates of areas: a matrix with names, in a basis that computes well."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.arrays import BoolArray, FloatArray, IntArray, numbers_in
from analysis.errors import AnalysisError

SAME = 1e-9  # a column with less than this share of its length left beside the others adds nothing


@dataclass(frozen=True, slots=True, eq=False)
class Covariates:
    """`matrix` (areas, p) with the names of its columns."""

    names: tuple[str, ...]
    matrix: FloatArray

    @classmethod
    def of(cls, x: ArrayLike | pd.DataFrame | None, size: int, *, intercept: bool) -> Covariates:
        """From a frame (words and categories become dummies beside their first level) or matrix.

        Raises
        ------
        AnalysisError
            The rows are not one per area, a value is missing, or there is no column at all.
        """
        frame = _frame_of(x, size)
        if len(frame) != size:
            raise AnalysisError(f"covariates have {len(frame)} rows for {size} areas")
        names, columns = _columns(frame)
        if intercept:
            names, columns = ["(intercept)", *names], [np.ones(size), *columns]
        if not names:
            raise AnalysisError("a model needs a covariate or an intercept")
        matrix = np.column_stack(columns)
        missing = ~np.isfinite(matrix).all(axis=0)
        if missing.any():
            raise AnalysisError(
                f"covariate {names[int(np.argmax(missing))]!r} must be known in every area"
            )
        return cls(tuple(names), matrix)

    def orthonormal(self, rows: BoolArray) -> Basis:
        """A basis of the columns that is orthonormal over the areas of the fit.

        Raises
        ------
        AnalysisError
            Too few areas, or a column that the others make up.
        """
        x = self.matrix[rows]
        if len(x) <= x.shape[1]:
            raise AnalysisError(
                f"{len(x)} areas with a direct estimate cannot carry {x.shape[1]} coefficients"
            )
        length = np.sqrt((x**2).sum(axis=0))
        zero = length == 0
        if zero.any():
            raise AnalysisError(
                f"covariate {self.names[int(np.argmax(zero))]!r} is 0 in every area with a sample"
            )
        basis, triangle = np.linalg.qr(x / length)
        lost = np.abs(np.diag(triangle)) < SAME
        if lost.any():
            raise AnalysisError(
                f"covariate {self.names[int(np.argmax(lost))]!r} is made up by those before it; "
                "leave it out"
            )
        back = np.linalg.inv(triangle) / length[:, None]
        return Basis(basis, self.matrix @ back, back)


@dataclass(frozen=True, slots=True, eq=False)
class Basis:
    """The basis in the areas of the fit, in all areas, and the way back to the coefficients."""

    fitted: FloatArray
    everywhere: FloatArray
    back: FloatArray


def _frame_of(x: ArrayLike | pd.DataFrame | None, size: int) -> pd.DataFrame:
    if x is None:
        return pd.DataFrame(index=range(size))
    if isinstance(x, pd.DataFrame):
        return x
    matrix = numbers_in(x, "x", axes=(1, 2))
    matrix = matrix[:, None] if matrix.ndim == 1 else matrix
    return pd.DataFrame(matrix, columns=[f"x{at + 1}" for at in range(matrix.shape[1])])


def _columns(frame: pd.DataFrame) -> tuple[list[str], list[FloatArray]]:
    names: list[str] = []
    columns: list[FloatArray] = []
    for name in frame.columns:
        values = frame[name]
        if pd.api.types.is_numeric_dtype(values):
            names.append(str(name))
            columns.append(values.to_numpy(dtype=np.float64, na_value=np.nan))
            continue
        levels = values.astype("category").cat.remove_unused_categories().cat
        codes = np.asarray(levels.codes, dtype=np.int64)
        for number, level in enumerate(levels.categories[1:], 1):
            names.append(f"{name}={level}")
            columns.append(_dummy(codes, number))
    return names, columns


def _dummy(codes: IntArray, number: int) -> FloatArray:
    return np.where(codes < 0, np.nan, (codes == number).astype(np.float64))
