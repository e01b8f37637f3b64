"""All figures of a run: direct, grouped and model-based, each by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from analysis.indices.definition import Definition, Weight
from analysis.publication import Rule
from surveys.results.cells import Computed, compute
from surveys.results.comparing import Compared, comparisons
from surveys.results.covariates import Known, covariates
from surveys.results.extract import RoundFrames
from surveys.results.grouped import with_groups
from surveys.results.modelled import Modelled, modelled
from surveys.results.own_definitions import definitions_of
from surveys.results.recipe import Recipe, SmallArea
from surveys.results.recipes import Weighted
from surveys.results.run_sample import populations


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """Indicators with all their cells, and the models that some of them have."""

    computed: tuple[Computed, ...]
    models: tuple[Modelled, ...] = ()
    comparisons: tuple[Compared, ...] = ()


def estimate_all(
    found: RoundFrames,
    weighted: Mapping[Weight, Weighted],
    rule: Rule,
    recipe: Recipe,
    tell: Callable[[float, Definition], None] | None = None,
) -> Figures:
    """Every figure of a run.

    Raises
    ------
    AnalysisError : the design or the answers allow no estimate.
    """
    direct = compute(
        weighted, rule, recipe, definitions=definitions_of(found.own_definitions), tell=tell
    )
    computed = with_groups(weighted, direct, rule, recipe)
    models: dict[str, Modelled] = {}
    if recipe.small_area != SmallArea.NONE:
        known = _known(found, weighted, recipe)
        made = (
            modelled(each, weighted[weight], known[weight], recipe, found.area)
            for each in computed
            for weight in (each.definition.weight,)
        )
        models = {each.indicator: each for each in made if each is not None}
    return Figures(
        tuple(
            replace(each, cells=(*each.cells, *models[each.definition.id].cells))
            if each.definition.id in models
            else each
            for each in computed
        ),
        tuple(models.values()),
        comparisons(weighted, computed, models, recipe),
    )


def _known(
    found: RoundFrames, weighted: Mapping[Weight, Weighted], recipe: Recipe
) -> dict[Weight, Known]:
    """Covariates for each weight: the sampled communes of its form."""
    people = populations(weighted.get(Weight.PERSON), found.benchmarks)
    cases: dict[Weight, pd.DataFrame] = {}
    for weight in weighted:
        form = found.satisfaction if weight is Weight.RESPONDENT else found.digital
        if form is not None:
            cases[weight] = form.cases
    return {
        weight: covariates(table, people, recipe, found.area) for weight, table in cases.items()
    }
