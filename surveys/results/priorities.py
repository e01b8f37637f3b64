"""What to mend first: items of satisfaction by how few are satisfied, and by how much each goes
with the overall judgement. An association, no cause. The worker's alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from scipy import stats

from analysis.arrays import FloatArray
from analysis.errors import AnalysisError
from analysis.indicators.table import TABLE
from analysis.indices.definition import Weight
from analysis.indices.importance import ImportancePerformance
from analysis.indices.importance_by_item import ItemColumns, importance_by_item
from analysis.intervals import t_quantile
from analysis.publication import Rule, Shown
from surveys.results.cells import DIRECT, Computed
from surveys.results.differences import adjusted_p, finite
from surveys.results.recipe import Recipe
from surveys.results.recipes import Weighted

ITEM: Final = "item_sat_"
STEPS: Final = "mean_score_"
INDEX: Final = "sat_users"
OVERALL: Final = "sat_overall"
OVERALL_STEPS: Final = "mean_score_overall"
FEWEST: Final = 2
ABOVE: Final = "above"
BELOW: Final = "below"
UNCLEAR: Final = "unclear"
WORDS: Final[Mapping[tuple[str, str], str]] = {  # by satisfaction, by importance
    (BELOW, ABOVE): "mend_first",
    (BELOW, UNCLEAR): "low",
    (BELOW, BELOW): "later",
    (ABOVE, ABOVE): "keep_up",
    (ABOVE, UNCLEAR): "high",
    (ABOVE, BELOW): "enough",
}


def priorities(
    weighted: Mapping[Weight, Weighted], computed: Sequence[Computed], rule: Rule, recipe: Recipe
) -> dict[str, Any]:
    """Every item that may be shown, with its place; empty where there is nothing to compare.

    Of all "above" and "below" at most `error_rate` are wrong on average (Benjamini and Hochberg,
    over both sides of all items together).
    """
    source = weighted.get(Weight.RESPONDENT)
    shown = {each.definition.id for each in computed if _is_shown(each)}
    if source is None or OVERALL not in shown:
        return {}
    of_index = [part.column for part in TABLE[INDEX].parts if part.column.startswith(ITEM)]
    items = {
        name: ItemColumns(STEPS + name.removeprefix(ITEM), name)
        for name in of_index
        if name in shown and _pairs(source, name) >= rule.caution_n
    }
    if len(items) < FEWEST:
        return {}
    try:
        found = importance_by_item(
            source.design,
            OVERALL_STEPS,
            items,
            where=source.frame[TABLE[INDEX].base.id].eq(1),
            confidence=recipe.confidence,
        )
    except AnalysisError as error:
        return {"items": [], "refused": str(error)[:200]}
    return {
        "items": _items(found, recipe),
        "n": found.n,
        "left_out": [name for name in of_index if name not in items],
        "mean_satisfied": float(found.performance.mean()),
        "mean_importance": float(found.importance.mean()),
    }


def _items(found: ImportancePerformance, recipe: Recipe) -> list[dict[str, Any]]:
    t = float(t_quantile(np.array([found.df]), (1 + recipe.confidence) / 2)[0])
    p = np.concatenate(
        [
            _p(found.above_performance, found.above_performance_half / t, found.df),
            _p(found.above_importance, found.above_importance_half / t, found.df),
        ]
    )
    adjusted = adjusted_p(p)
    away = np.concatenate([found.above_performance, found.above_importance])
    sides = [
        UNCLEAR if not p_value <= recipe.error_rate else ABOVE if value > 0 else BELOW
        for p_value, value in zip(adjusted.tolist(), away.tolist(), strict=True)
    ]
    k = len(found.item)
    return [
        {
            "indicator": name,
            "importance": finite(found.importance[at]),
            "lower": finite(max(found.importance_lower[at], -1.0)),
            "upper": finite(min(found.importance_upper[at], 1.0)),
            "n": int(found.answered[at]),
            "satisfied": sides[at],
            "matters": sides[k + at],
            "p_satisfied": finite(adjusted[at]),
            "p_matters": finite(adjusted[k + at]),
            "word": WORDS.get((sides[at], sides[k + at]), UNCLEAR),
        }
        for at, name in enumerate(found.item)
    ]


def _p(away: FloatArray, se: FloatArray, df: float) -> FloatArray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(2 * stats.t.sf(np.abs(away / se), df), dtype=np.float64)


def _pairs(source: Weighted, item: str) -> int:
    """How many of the base answered the item and the overall question."""
    frame = source.frame
    both = frame[item].notna() & frame[OVERALL_STEPS].notna()
    return int((both & frame[TABLE[INDEX].base.id].eq(1)).sum())


def _is_shown(computed: Computed) -> bool:
    return any(
        cell.domain_type == "round"
        and cell.method == DIRECT
        and cell.verdict.shown is not Shown.NONE
        for cell in computed.cells
    )
