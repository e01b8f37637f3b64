"""Replicate weights drawn from strata and PSUs, with the calibrations repeated on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis.errors import DesignError
from analysis.replication import Replication
from analysis.resampling import Resampling, resampled
from analysis.reweighting import repeated

if TYPE_CHECKING:
    from analysis.design import Design


@dataclass(frozen=True, slots=True)
class Drawing:
    """How replicates are drawn and read; see `Design.replicate`."""

    count: int
    seed: int
    rho: float
    is_mse: bool
    recalibrate: bool


def drawn_replication(design: Design, method: Resampling | str, how: Drawing) -> Replication:
    """See `Design.replicate`."""
    if how.seed < 0:
        raise DesignError(f"seed={how.seed} must not be negative")
    if design.within and str(method) == Resampling.MRBBOOTSTRAP:
        raise DesignError(
            "weights were calibrated inside units, which mrbbootstrap would have to repeat; "
            "take a method that draws units of the first stage only"
        )
    found = resampled(
        design.stages,
        method,
        rule=str(design.lonely_psu),
        label=design.stratum_label,
        count=how.count,
        rho=how.rho,
        rng=np.random.default_rng(how.seed),
    )
    again = design.calibrations if how.recalibrate else ()
    made = Replication(
        base=again[0].before if again else design.weights,
        table=found.table,
        unit=found.unit,
        scale=found.scale,
        rscales=found.rscales,
        is_mse=how.is_mse,
        df=found.table.df() if found.df is None else found.df,
        method=str(method),
    )
    return repeated(made, again, design.weights)
