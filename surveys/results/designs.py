"""The design of a weighted frame, as the recipe of the round has it."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd

from analysis.calibrated import Distance, calibrate
from analysis.design import Design
from analysis.lonely import LonelyPsu
from analysis.weights import WeightChain
from surveys.results.calibrating import BOUNDS
from surveys.results.recipe import Calibrating, Recipe, Variance

FPC_FROM: Final = 0.05
NO_FPC: Final = 1e9  # so many units in the population that the fraction is nil


def design_of(frame: pd.DataFrame, chain: WeightChain, *, recipe: Recipe, is_drawn: bool) -> Design:
    """Villages within strata; where they are a large part of their stratum, both stages count.

    With more than 5 % of the villages of a stratum in the sample, drawing without replacement
    matters: the first stage then has its finite population factor and households within villages
    add their part. One adult drawn per household keeps the second stage as if with replacement,
    because persons within a household vary too.

    Raises
    ------
    AnalysisError : the sample does not fit, or no replicate meets the benchmarks.
    """
    made = _sampled(frame, chain, recipe=recipe, is_drawn=is_drawn)
    if recipe.variance == Variance.LINEARISED:
        return made
    return _replicated(made, recipe)


def _sampled(frame: pd.DataFrame, chain: WeightChain, *, recipe: Recipe, is_drawn: bool) -> Design:
    sampled = frame.groupby("stratum")["psu"].transform("nunique")
    total = frame["stratum_psus"].astype(float).clip(lower=sampled)
    is_large = bool((sampled / total > FPC_FROM).any())
    if not (recipe.finite_population and is_large):
        return Design.from_frame(
            frame,
            ids="psu",
            strata="stratum",
            weights=chain.final,
            lonely_psu=LonelyPsu(recipe.lonely_psu),
            calibrations=chain.calibrations,
        )
    met = frame.groupby("psu")["household"].transform("nunique")
    homes = np.full(len(frame), NO_FPC) if is_drawn else frame["n_listed"].clip(lower=met)
    return Design.from_frame(
        frame.assign(_psus=total, _homes=np.asarray(homes, dtype=np.float64)),
        ids=["psu", "household"],
        strata="stratum",
        weights=chain.final,
        fpc=["_psus", "_homes"],
        lonely_psu=LonelyPsu(recipe.lonely_psu),
        calibrations=chain.calibrations,
    )


def _replicated(made: Design, recipe: Recipe) -> Design:
    """Bootstrap weights, each calibrated anew: villages with replacement (Rao, Wu and Yue), or, at
    large fractions, stage by stage without (Preston)."""
    has_fpc = len(made.stages) > 1
    method = "mrbbootstrap" if has_fpc else "subbootstrap"
    if not made.calibrations:
        return made.replicate(method, replicates=recipe.replicates, seed=recipe.seed)
    last = made.calibrations[-1]
    inside = np.asarray(np.abs(last.x).sum(axis=1)).ravel() > 0
    # who is in no cell got the mean factor of the others: that stays as it is
    before = np.where(inside, last.before, made.weights)
    bare = replace(made, weights=before, calibrations=())
    drawn = bare.replicate(method, replicates=recipe.replicates, seed=recipe.seed)
    x = pd.DataFrame(last.x.toarray(), columns=[f"x{at}" for at in range(last.x.shape[1])])
    totals = {str(name): float(made.weights @ x[name].to_numpy()) for name in x}
    is_linear = recipe.calibration == Calibrating.LINEAR
    return calibrate(
        drawn,
        x,
        totals,
        distance=Distance.LINEAR if is_linear else Distance.RAKING,
        bounds=BOUNDS if is_linear else None,
    )
