"""The design of a weighted frame, as the recipe of the round has it."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from analysis.design import Design
from analysis.lonely import LonelyPsu
from analysis.weights import WeightChain
from surveys.results.recipe import Recipe

FPC_FROM: Final = 0.05
NO_FPC: Final = 1e9  # so many units in the population that the fraction is nil


def design_of(frame: pd.DataFrame, chain: WeightChain, *, recipe: Recipe, is_drawn: bool) -> Design:
    """Villages within strata; where they are a large part of their stratum, both stages count.

    With more than 5 % of the villages of a stratum in the sample, drawing without replacement
    matters: the first stage then has its finite population factor and households within villages
    add their part. One adult drawn per household keeps the second stage as if with replacement,
    because persons within a household vary too.
    """
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
