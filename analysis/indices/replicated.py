"""An index under replicate weights: computed anew from the sums of every replicate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from analysis import estimators
from analysis.arrays import BoolArray, FloatArray
from analysis.design import Design
from analysis.estimates import Estimates, Flag
from analysis.indices.definition import Part
from analysis.intervals import t_quantile
from analysis.replication import replicate_variance


def replicated(
    design: Design,
    parts: Sequence[Part],
    pools: Sequence[Sequence[int]],
    *,
    inside: BoolArray,
    by: str | None,
    linearised: Estimates,
) -> Estimates:
    """The linearised scores with the standard errors of the replicated index.

    What is linear in a replicate's weights misses how its denominators move: of few villages a
    bootstrap of the index itself is the wider one. Where the values of all replicates would not
    fit into memory the linearised ones stand.
    """
    replication = design.replication
    if replication is None:
        return linearised
    frame, names = design.frame, []
    for number, part in enumerate(parts):
        y = frame[part.column].to_numpy(dtype=np.float64)
        known = ~np.isnan(y) & inside
        frame = frame.assign(
            **{f"y {number}": np.where(known, y, 0.0), f"n {number}": known.astype(np.float64)}
        )
        names += [f"y {number}", f"n {number}"]
    sums = estimators.total(replace(design, frame=frame), names, by=by, where=inside)
    linear = sums.linear
    values = None if linear is None else linear.replicates
    if values is None:
        return linearised
    centre = _combined(sums.estimate.reshape(len(linearised), -1, 1), parts, pools)[:, 0]
    theta = _combined(values, parts, pools)
    variance = replicate_variance(replication, theta, centre)
    variance = np.where(np.isnan(linearised.se), np.nan, variance)
    se = np.sqrt(variance)
    with np.errstate(divide="ignore", invalid="ignore"):
        deff = linearised.deff * variance / linearised.se**2
    half = t_quantile(linearised.df, (1 + linearised.confidence) / 2) * se
    lost = ~np.isfinite(theta[:, replication.rscales > 0]).all(axis=1)
    return replace(
        linearised,
        se=se,
        deff=deff,
        lower=linearised.estimate - half,
        upper=linearised.estimate + half,
        flags=linearised.flags | np.where(lost, int(Flag.REPLICATES_LOST), 0),
    )


def _combined(
    sums: FloatArray, parts: Sequence[Part], pools: Sequence[Sequence[int]]
) -> FloatArray:
    """The index, less its constant, of sums (domains, answers and counts in turn, replicates)."""
    found = np.zeros((sums.shape[0], sums.shape[2]))
    for pool in pools:
        whole = sum(parts[at].coefficient for at in pool)
        above = sum(parts[at].coefficient * sums[:, 2 * at] for at in pool)
        below = sum(parts[at].coefficient * sums[:, 2 * at + 1] for at in pool)
        with np.errstate(divide="ignore", invalid="ignore"):
            found += whole * np.asarray(above / below)
    return found
