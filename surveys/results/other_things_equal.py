"""Who is left behind, other things equal: predictive margins of a logistic regression.

A village of old people is also a rural one. The share that each group would have if all groups
were alike in the other respects tells these apart, as far as the model goes. The worker's alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from analysis.design import Design
from analysis.errors import AnalysisError
from analysis.indices.definition import Definition, Weight
from analysis.inference import adjusted_p
from analysis.models import predictive_means, regression, term_test
from surveys.results.cells import Computed
from surveys.results.differences import finite
from surveys.results.group_tests import COLUMNS, GROUP_TYPES, shown_groups
from surveys.results.recipe import Recipe
from surveys.results.recipes import Weighted

MODELLED: Final = ("equipped", "sat_overall")
FEWEST: Final = 2


def other_things_equal(
    weighted: Mapping[Weight, Weighted], computed: Sequence[Computed], recipe: Recipe
) -> list[dict[str, Any]]:
    """A model of each indicator: of each kind of group its test, and every group's margin.

    Groups whose own figure is not shown are left out with their people, so that a margin tells of
    none of them. P-values are adjusted over all terms of all models (Holm 1979).
    """
    by_id = {each.definition.id: each for each in computed}
    found = [_modelled(by_id[each], weighted, recipe) for each in MODELLED if each in by_id]
    models = [each for each in found if each]
    terms = [term for model in models for term in model.get("terms", [])]
    p = np.array([np.nan if t["p_value"] is None else t["p_value"] for t in terms], dtype=float)
    for term, adjusted in zip(terms, adjusted_p(p, "holm").tolist(), strict=True):
        term["p_adjusted"] = finite(adjusted)
        term["differs"] = bool(adjusted <= recipe.error_rate)
    return models


def _modelled(
    computed: Computed, weighted: Mapping[Weight, Weighted], recipe: Recipe
) -> dict[str, Any]:
    definition = computed.definition
    source = weighted[definition.weight]
    groups = {kind: shown_groups(computed, kind) for kind in GROUP_TYPES}
    kinds = [kind for kind, held in groups.items() if len(held) >= FEWEST]
    if len(kinds) < FEWEST:  # nothing else to be held equal
        return {}
    inside = source.frame[definition.base.id].eq(1)
    for kind in kinds:
        inside &= source.frame[str(COLUMNS[kind])].isin(groups[kind])
    try:
        return _fitted(source.design.subset(inside), definition, kinds, recipe)
    except AnalysisError as error:
        return {"indicator": definition.id, "refused": str(error)[:200]}


def _fitted(
    design: Design, definition: Definition, kinds: Sequence[str], recipe: Recipe
) -> dict[str, Any]:
    columns = {kind: str(COLUMNS[kind]) for kind in kinds}
    answer = definition.columns[0]

    def formula(without: str = "") -> str:
        return f"{answer} ~ " + " + ".join(c for kind, c in columns.items() if kind != without)

    full = regression(design, formula(), family="binomial", confidence=recipe.confidence)
    terms = []
    for kind, column in columns.items():
        test = term_test(full, column)
        rest = regression(design, formula(kind), family="binomial", confidence=recipe.confidence)
        margins = predictive_means(rest, column)
        lower, upper = np.clip(margins.lower, 0.0, 1.0), np.clip(margins.upper, 0.0, 1.0)
        terms.append(
            {
                "domain_type": kind,
                "statistic": finite(test.statistic),
                "df": finite(test.df),
                "ddf": finite(test.ddf),
                "p_value": finite(test.p_value),
                "groups": [
                    {
                        "domain": label,
                        "margin": finite(definition.scale * margins.estimate[at]),
                        "lower": finite(definition.scale * lower[at]),
                        "upper": finite(definition.scale * upper[at]),
                    }
                    for at, label in enumerate(margins.label)
                ],
            }
        )
    return {"indicator": definition.id, "n": full.n, "terms": terms}
