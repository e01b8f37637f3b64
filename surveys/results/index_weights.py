"""How much the satisfaction index, and what is said by it, hangs on the weights of its factors.

Equal weights are a choice, not a measurement. The index under other weights tells of its factors,
so that it is made only where the index and all its factors are shown. The worker's alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from analysis.errors import AnalysisError
from analysis.indices.definition import Definition, Kind, Weight
from analysis.indices.sensitivity import group_weights, weight_range
from analysis.intervals import t_quantile
from analysis.publication import Shown
from surveys.results.cells import DIRECT, Cell, Computed
from surveys.results.comparing import (
    Compared,
    against_goal,
    against_round,
    shown_communes,
    shown_whole,
)
from surveys.results.differences import finite
from surveys.results.parts import parts_of
from surveys.results.recipe import Recipe
from surveys.results.recipes import Weighted

INDEX: Final = "sat_users"
SPREAD: Final = 0.5
WITHOUT: Final = "without"
MORE: Final = "more"
LESS: Final = "less"
TIMES: Final[Mapping[str, float]] = {WITHOUT: 0.0, MORE: 1 + SPREAD, LESS: 1 - SPREAD}


@dataclass(frozen=True, slots=True)
class _Variant:
    """The index with one factor left out, or weighing half as much more or less."""

    kind: str
    factor: str

    def of(self, definition: Definition) -> Definition:
        own = group_weights(definition)
        factor = {
            name: share * (TIMES[self.kind] if name == self.factor else 1.0)
            for name, share in own.items()
        }
        total = sum(factor.values())
        return replace(
            definition,
            parts=tuple(
                replace(part, coefficient=part.coefficient * factor[part.group] / total / own_share)
                for part in definition.parts
                for own_share in (own[part.group],)
                if factor[part.group] > 0
            ),
        )


@dataclass(frozen=True, slots=True)
class _Said:
    """Which word is meant: its kind and whom it is about."""

    kind: str
    domain_type: str
    domain: str


def index_weights(
    weighted: Mapping[Weight, Weighted], computed: Sequence[Computed], recipe: Recipe
) -> dict[str, Any]:
    """The index of the round under other weights, and the words that would change.

    `low` and `high` are the ends over all weights within ± 50 % of the chosen ones; `rows` the
    index without each factor; `changed` the words (target, higher or lower than the round) that
    are other ones without a factor, or with one factor half as heavy again or half as light.
    """
    by_id = {each.definition.id: each for each in computed}
    index, source = by_id.get(INDEX), weighted.get(Weight.RESPONDENT)
    if index is None or source is None or index.definition.kind is not Kind.INDEX:
        return {}
    own = group_weights(index.definition)
    factors = {name: _shown_values(by_id.get(name)) for name in own}
    whole = shown_whole(index)
    is_whole = whole is not None and all(("round", "") in each for each in factors.values())
    if not is_whole or index.definition.constant:
        return {}
    try:
        return _report(index, source, recipe, own, factors)
    except AnalysisError:  # too few villages for any error: nothing to be told
        return {}


def _report(
    index: Computed,
    source: Weighted,
    recipe: Recipe,
    own: Mapping[str, float],
    factors: Mapping[str, Mapping[tuple[str, str], float]],
) -> dict[str, Any]:
    reach = weight_range({name: factors[name]["round", ""] for name in own}, own, spread=SPREAD)
    shown = tuple(
        cell
        for cell in shown_communes(index)
        if all(("commune", cell.figure.domain) in each for each in factors.values())
    )
    variants = [_Variant(kind, name) for kind in TIMES for name in own]
    chosen = _words(index, source, shown, recipe)
    others = {
        variant: _words(
            replace(index, definition=variant.of(index.definition)), source, shown, recipe
        )
        for variant in variants
    }
    changed = [_changed(said, word, others) for said, word in chosen.items()]
    return {
        "spread": SPREAD,
        "low": reach.low,
        "high": reach.high,
        "rows": [_row(index.definition, source, name, recipe) for name in own],
        "n_words": len(chosen),
        "n_variants": len(variants),
        "changed": [each for each in changed if each["to"]],
    }


def _changed(
    said: _Said, word: str, others: Mapping[_Variant, Mapping[_Said, str]]
) -> dict[str, Any]:
    """A word, and the other ones that stand there under other weights."""
    return {
        "kind": said.kind,
        "domain_type": said.domain_type,
        "domain": said.domain,
        "from": word,
        "to": [
            {"word": found[said], "kind": variant.kind, "factor": variant.factor}
            for variant, found in others.items()
            if found.get(said, word) != word
        ],
    }


def _row(definition: Definition, source: Weighted, factor: str, recipe: Recipe) -> dict[str, Any]:
    """The index of the round without one factor."""
    whole = parts_of(source.design, _Variant(WITHOUT, factor).of(definition)).whole
    df = np.where(whole.df > 0, whole.df, np.nan)
    half = float((t_quantile(df, (1 + recipe.confidence) / 2) * whole.se)[0])
    value = float(whole.estimate[0])
    return {
        "without": factor,
        "value": finite(value),
        "lower": finite(max(value - half, 0.0)),
        "upper": finite(min(value + half, 100.0)),
        "n": int(whole.n[0]),
    }


def _words(
    index: Computed, source: Weighted, shown: tuple[Cell, ...], recipe: Recipe
) -> dict[_Said, str]:
    parts = parts_of(source.design, index.definition)
    found: list[Compared] = list(against_round(index, parts, shown, recipe))
    if index.definition.id in recipe.targets:
        found += against_goal(index, parts, shown, None, recipe=recipe)
    return {_Said(each.kind, each.domain_type, each.domain): each.verdict for each in found}


def _shown_values(computed: Computed | None) -> dict[tuple[str, str], float]:
    """The figures that are shown, by kind of domain and domain."""
    if computed is None:
        return {}
    return {
        (cell.domain_type, cell.figure.domain): cell.figure.estimate
        for cell in computed.cells
        if cell.method == DIRECT
        and cell.verdict.shown is not Shown.NONE
        and cell.figure.estimate is not None
    }
