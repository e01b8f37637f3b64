"""The small-area model that a recipe names, fitted on direct figures of communes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import numpy as np

from analysis.arrays import FloatArray
from analysis.errors import AnalysisError
from analysis.indices.definition import Definition, Kind
from analysis.smallarea import (
    AreaEstimates,
    AreaFlag,
    Diagnosis,
    benchmark,
    diagnosis,
    fay_herriot,
    hierarchical_bayes,
    judged,
    on_arcsine,
    smoothed_variances,
    spatial_fay_herriot,
    synthetic_limits,
)
from surveys.results.covariates import Known
from surveys.results.recipe import Recipe, SmallArea
from surveys.results.round_area import RoundArea

ARCSINE: Final = "arcsine"
PLAIN: Final = "plain"
# Whose number a population is; of other bases nobody has counted the people.
AGE_OF_BASE: Final = {"persons_15": "15+", "persons_18": "18+", "adults": "18+"}
NO_BORDERS: Final = "no real boundaries of all communes are stored"
AT_THE_END: Final = "the correlation of neighbours is at the end of its range"
WIDEST: Final = 0.98
NOTHING_LEFT: Final = 0.01  # of the variance between communes without neighbours
Fit = Callable[[FloatArray, FloatArray], AreaEstimates]


@dataclass(frozen=True, slots=True, eq=False)
class Observed:
    """Direct figures on 0..1 in the order of the covariates; nan where there is none."""

    value: FloatArray
    variance: FloatArray
    n: FloatArray
    n_eff: FloatArray
    weight: FloatArray  # people in the base as the sample estimates them


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """A fitted model; `met_by` is "all", "sampled" or "": the communes brought to the total."""

    areas: AreaEstimates
    found: Diagnosis
    scale: str
    met_by: str
    why: str  # why not all communes were


def scale_of(definition: Definition, recipe: Recipe) -> str:
    """The arcsine is for shares; an index of several items has no share's variance."""
    is_share = definition.kind is Kind.SHARE
    return ARCSINE if recipe.small_area != SmallArea.PLAIN and is_share else PLAIN


def fit_model(
    observed: Observed,
    known: Known,
    definition: Definition,
    recipe: Recipe,
    *,
    area: RoundArea,
    target: float | None,
) -> Fitted:
    """Fit, check, bring to the total of the round.

    Raises
    ------
    AnalysisError : the communes or their covariates cannot carry the model.
    """
    scale = scale_of(definition, recipe)
    plain = partial(
        fay_herriot,
        x=known.table,
        area=tuple(str(code) for code in known.table.index),
        n=observed.n.astype(np.int64),
        confidence=recipe.confidence,
    )
    fitted = _on_scale(_fit(plain, known, recipe, area), observed, scale)
    # Residuals that neighbours share look too alike or too far for the checks of single communes,
    # so these are made on the same covariates without neighbours.
    is_spatial = recipe.small_area == SmallArea.SPATIAL
    checked = _on_scale(plain, observed, scale) if is_spatial else fitted
    if is_spatial:
        fitted = _with_spread_of(fitted, checked)
    found = diagnosis(checked, known.table)
    met_by, why = _who_meets(known, definition, recipe) if target is not None else ("", "")
    share = _shares(observed, known, definition, met_by)
    if target is None or share is None:
        met_by, moved = "", fitted
    else:
        moved = benchmark(fitted, share, target, bounds=(0.0, 1.0))
    if recipe.small_area != SmallArea.HIERARCHICAL:  # which counts the unknown spread in already
        moved = synthetic_limits(moved)
    return Fitted(judged(moved, found), found, scale, met_by, why)


def _fit(plain: partial[AreaEstimates], known: Known, recipe: Recipe, area: RoundArea) -> Fit:
    if recipe.small_area == SmallArea.HIERARCHICAL:
        return partial(hierarchical_bayes, **plain.keywords)
    if recipe.small_area != SmallArea.SPATIAL:
        return plain
    if area.borders is None:
        raise AnalysisError(NO_BORDERS)
    place = {str(code): at for at, code in enumerate(known.table.index)}
    near = np.zeros((len(place), len(place)))
    for one, other in area.borders:
        if one in place and other in place:
            near[place[one], place[other]] = near[place[other], place[one]] = 1.0
    return partial(spatial_fay_herriot, proximity=near, **plain.keywords)


def _with_spread_of(fitted: AreaEstimates, plain: AreaEstimates) -> AreaEstimates:
    """Where communes do not differ, neighbours have nothing to share; ρ at its end is no estimate.

    Raises
    ------
    AnalysisError : the correlation of neighbours went to the end of its range.
    """
    if abs(fitted.fit.rho) > WIDEST:
        raise AnalysisError(AT_THE_END)
    none = plain.flags & int(AreaFlag.ZERO_VARIANCE)
    if fitted.fit.sigma2 < NOTHING_LEFT * plain.fit.sigma2:
        none = np.full_like(plain.flags, int(AreaFlag.ZERO_VARIANCE))
    return replace(fitted, flags=fitted.flags | none)


def _on_scale(fit: Fit, observed: Observed, scale: str) -> AreaEstimates:
    is_there = np.isfinite(observed.value)
    if scale == ARCSINE:
        return on_arcsine(fit, observed.value, np.where(is_there, observed.n_eff, np.nan))
    smooth = smoothed_variances(observed.variance, np.where(is_there, observed.n, 0.0))
    fitted = fit(observed.value, smooth.variance)
    return replace(fitted, flags=fitted.flags | int(AreaFlag.SMOOTHED))


def _who_meets(known: Known, definition: Definition, recipe: Recipe) -> tuple[str, str]:
    """Which communes are to add up to the figure of the round, and why not all."""
    if not recipe.benchmark:
        return "", ""
    if not known.unsampled:
        return "all", ""
    age = AGE_OF_BASE.get(definition.base.id)
    reasons = {
        "frame": not recipe.frame_covers,
        "strata": not known.reaches_communes,
        "base": age is None,
        "people": age is not None and age not in known.people,
        "lacking": bool(known.lacking),
    }
    why = next((name for name, holds in reasons.items() if holds), "")
    return ("sampled", why) if why else ("all", "")


def _shares(
    observed: Observed, known: Known, definition: Definition, met_by: str
) -> FloatArray | None:
    """The part of the people in each commune; None where somebody's is unknown."""
    if met_by == "all" and known.unsampled:
        people = known.people[AGE_OF_BASE[definition.base.id]]
        weight = np.array([people[str(code)] for code in known.table.index])
    else:
        is_sampled = np.array([str(code) in known.sampled for code in known.table.index])
        weight = np.where(is_sampled, observed.weight, 0.0)
    if not met_by or not np.isfinite(weight).all() or weight.sum() <= 0:
        return None
    return np.asarray(weight / weight.sum(), dtype=np.float64)
