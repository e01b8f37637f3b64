"""Which factor of satisfaction is lowest, and whether that is sure: by contrasts, for intervals
that overlap say nothing of a difference."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import numpy as np
from scipy import stats

from analysis.contrasts import contrast
from analysis.errors import AnalysisError
from analysis.indices.definition import Weight
from analysis.publication import Shown
from surveys.results.cells import Computed
from surveys.results.parts import parts_of, unit_of
from surveys.results.reading.satisfaction import FACTORS
from surveys.results.recipe import Recipe
from surveys.results.recipes import Weighted


def lowest_factor(
    weighted: Mapping[Weight, Weighted], computed: Iterable[Computed], recipe: Recipe
) -> dict[str, Any]:
    """The lowest factor, the next, and whether the lowest lies below every other.

    It is sure where each one-sided test against another factor passes at `error_rate` shared among
    them; empty unless two factors are shown.
    """
    shown: Final = {
        each.definition.id: each.definition
        for each in computed
        if each.definition.id in FACTORS and _is_shown(each)
    }
    if len(shown) < 2:
        return {}
    wholes = {
        name: parts_of(weighted[definition.weight].design, definition).whole
        for name, definition in shown.items()
    }
    value = {
        name: float(whole.estimate[0]) * unit_of(shown[name]) for name, whole in wholes.items()
    }
    first, *others = sorted(value, key=lambda name: value[name])
    try:
        made = contrast(
            wholes,
            {
                other: {first: unit_of(shown[first]), other: -unit_of(shown[other])}
                for other in others
            },
        )
    except AnalysisError:
        return {"indicator": first, "next": others[0], "is_clear": False}
    with np.errstate(divide="ignore", invalid="ignore"):
        p = stats.t.cdf(made.estimate / made.se, np.where(made.df > 0, made.df, np.nan))
    is_clear = bool((p <= recipe.error_rate / len(others)).all())
    return {"indicator": first, "next": others[0], "is_clear": is_clear}


def _is_shown(computed: Computed) -> bool:
    return any(
        cell.domain_type == "round" and cell.verdict.shown is not Shown.NONE
        for cell in computed.cells
    )
