"""Replicate weights that came with the data: how they are scaled, and which rows move together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.arrays import FloatArray
from analysis.errors import DesignError
from analysis.factors import FactorTable
from analysis.patterns import rows_alike
from analysis.replication import Replication

KINDS = ("BRR", "Fay", "JK1", "JK2", "JKn", "bootstrap", "successive-difference", "ACS", "other")
SAME = 1e-11  # ratios of replicate to full weight that differ by less are one pattern


@dataclass(frozen=True, slots=True, eq=False)
class Scaling:
    """What the maker of the replicates says about them; None: as the method has it."""

    method: str
    scale: float | None
    rscales: FloatArray | None
    rho: float | None
    is_mse: bool


def given_replication(
    base: FloatArray, given: FloatArray, scaling: Scaling, *, is_combined: bool
) -> Replication:
    """Read replicate weights (rows, replicates); `is_combined` says that they hold the weight.

    Rows whose replicate weights are in one ratio to their weight are one unit (a PSU, before any
    calibration of the replicates): the number of different patterns.

    Raises
    ------
    DesignError
        Values that are missing or infinite, another number of rows, an unknown method, or a
        scaling that the method needs and does not have.
    """
    if given.ndim != 2 or given.shape[0] != len(base):
        raise DesignError(f"replicate weights of {len(given)} rows for {len(base)} rows of data")
    if given.shape[1] < 2:
        raise DesignError(f"{given.shape[1]} replicate: a spread needs two or more")
    if not np.isfinite(given).all():
        row, column = np.argwhere(~np.isfinite(given))[0]
        raise DesignError(f"replicate {column + 1}, row {row}: not a finite number")
    if is_combined and (given[base == 0] != 0).any():  # in the survey only by its replicates
        unit, factors, base = np.arange(len(base)), given, np.ones(len(base))
    else:
        ratio = given
        if is_combined:
            ratio = np.divide(
                given, base[:, None], out=np.zeros_like(given), where=base[:, None] != 0
            )
        unit, first = rows_alike(ratio, SAME)
        factors = ratio[first]
    table = FactorTable.of(np.ascontiguousarray(factors))
    scale, rscales = _scale(scaling, factors, given.shape[1], is_combined=is_combined)
    return Replication(
        base=base,
        table=table,
        unit=unit,
        scale=scale,
        rscales=rscales,
        is_mse=scaling.is_mse,
        df=table.df(),
        method=scaling.method,
    )


def as_matrix(
    frame: pd.DataFrame, replicates: Sequence[str] | pd.DataFrame | FloatArray
) -> FloatArray:
    """Replicate weights as numbers, from column names of `frame`, a frame or an array."""
    if isinstance(replicates, pd.DataFrame):
        table: object = replicates.to_numpy()
    elif isinstance(replicates, np.ndarray):
        table = replicates
    else:
        absent = [name for name in replicates if name not in frame.columns]
        if absent:
            raise DesignError(f"there is no column {absent[0]!r} of replicate weights")
        table = frame[list(replicates)].to_numpy()
    try:
        return np.asarray(table, dtype=np.float64)
    except (TypeError, ValueError):
        raise DesignError("replicate weights: not all values are numbers") from None


def _scale(
    scaling: Scaling, factors: FloatArray, count: int, *, is_combined: bool
) -> tuple[float, FloatArray]:
    """What the method fixes, else what was given, else what the method implies (R's rules)."""
    method, rscales = scaling.method, scaling.rscales
    if method not in KINDS:
        raise DesignError(f"method={method!r} is none of: {', '.join(KINDS)}")
    if method == "Fay" and (scaling.rho is None or not 0 <= scaling.rho < 1):
        raise DesignError(f"Fay's method needs rho from 0 to below 1, not {scaling.rho}")
    if method == "other" and scaling.scale is None and rscales is None:
        raise DesignError("replicates of method 'other' need a scale or rscales")
    if method == "JKn" and rscales is None:
        if is_combined:
            raise DesignError("JKn replicates that hold the weight need their rscales")
        rscales = 1 / factors.max(axis=0)
    rho = scaling.rho if method == "Fay" and scaling.rho is not None else 0.0
    fixed = {"BRR": 1 / count, "Fay": 1 / (count * (1 - rho) ** 2), "JK2": 1.0}
    fixed |= dict.fromkeys(("successive-difference", "ACS"), 4 / count)
    implied = {"bootstrap": 1 / (count - 1), "JK1": (count - 1) / count}
    if method == "JK1" and not is_combined and factors[:, 0].max() > 0:
        implied["JK1"] = 1 / factors[:, 0].max()  # the factor n / (n - 1) tells n
    scale = fixed.get(method, scaling.scale)
    scale = implied.get(method, 1.0) if scale is None else float(scale)
    if rscales is None or method in ("JK2", "successive-difference", "ACS"):
        rscales = np.ones(count)
    if rscales.shape not in ((), (1,), (count,)):
        raise DesignError(f"{rscales.size} rscales for {count} replicates")
    rscales = np.broadcast_to(rscales, (count,)).astype(np.float64)
    if not (scale > 0 and np.isfinite(scale) and np.isfinite(rscales).all() and rscales.min() >= 0):
        raise DesignError("scale must be above 0 and rscales not below 0")
    return scale, rscales
