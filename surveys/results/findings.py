"""What a run finds beyond its figures: what to mend first, what hangs on weights, who differs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from analysis.indices.definition import Weight
from analysis.publication import Rule
from surveys.results.cells import Computed
from surveys.results.group_tests import group_tests
from surveys.results.index_weights import index_weights
from surveys.results.other_things_equal import other_things_equal
from surveys.results.priorities import priorities
from surveys.results.recipe import Recipe
from surveys.results.recipes import Weighted


def findings(
    weighted: Mapping[Weight, Weighted], computed: Sequence[Computed], rule: Rule, recipe: Recipe
) -> dict[str, Any]:
    """As plain JSON; each is made of figures that are shown alone."""
    return {
        "priorities": priorities(weighted, computed, rule, recipe),
        "index_weights": index_weights(weighted, computed, recipe),
        "group_tests": group_tests(weighted, computed, recipe),
        "other_things_equal": other_things_equal(weighted, computed, recipe),
    }
