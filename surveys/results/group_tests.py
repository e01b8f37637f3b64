"""Do groups differ? One test per table by group, with one error rate over all tables of a page.

Only groups whose figures are shown are compared. The worker's alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from scipy import stats

from analysis.contrasts import contrast
from analysis.errors import AnalysisError
from analysis.indices.definition import Definition, Kind, Weight
from analysis.inference import adjusted_p, independence
from analysis.inference.moments import degrees_of_freedom, solved
from analysis.publication import Shown
from surveys.results.cells import DIRECT, DOMAIN_TYPES, Computed
from surveys.results.differences import finite
from surveys.results.parts import estimates_by
from surveys.results.recipe import Recipe
from surveys.results.recipes import Weighted

GROUP_TYPES: Final = ("urban_rural", "sex", "age_group")
COLUMNS: Final = {each.name: each.column for each in DOMAIN_TYPES}
# What stands in the tables by group of each page.
PAGES: Final[Mapping[str, tuple[str, ...]]] = {
    "satisfaction": ("sat_users", "sat_overall"),
    "readiness": (
        "smartphone_own",
        "net_3m",
        "bank_account",
        "account_any",
        "vneid_level2",
        "equipped",
    ),
}
RAO_SCOTT: Final = "rao_scott_f"
WALD: Final = "adjusted_wald"


@dataclass(frozen=True, slots=True)
class GroupTest:
    """Whether the groups of one kind differ in one indicator; `p_value` is of this test alone."""

    indicator: str
    domain_type: str
    groups: tuple[str, ...]
    test: str
    statistic: float
    df: float
    ddf: float
    p_value: float


def group_tests(
    weighted: Mapping[Weight, Weighted], computed: Sequence[Computed], recipe: Recipe
) -> dict[str, Any]:
    """The tests of each page. "Differ" is said of none wrongly with 1 - `error_rate` (Holm 1979,
    over all tests of the page together)."""
    by_id = {each.definition.id: each for each in computed}
    found: dict[str, Any] = {}
    for page, indicators in PAGES.items():
        tests = [
            test
            for each in indicators
            if each in by_id
            for kind in GROUP_TYPES
            for test in _tested(by_id[each], kind, weighted)
        ]
        adjusted = adjusted_p(np.array([test.p_value for test in tests]), "holm")
        found[page] = [
            {
                "indicator": test.indicator,
                "domain_type": test.domain_type,
                "groups": list(test.groups),
                "test": test.test,
                "statistic": finite(test.statistic),
                "df": finite(test.df),
                "ddf": finite(test.ddf),
                "p_value": finite(test.p_value),
                "p_adjusted": finite(p),
                "differs": bool(p <= recipe.error_rate),
            }
            for test, p in zip(tests, adjusted.tolist(), strict=True)
        ]
    return found


def shown_groups(computed: Computed, kind: str) -> tuple[str, ...]:
    """The groups of one kind whose direct figures are shown with an error."""
    return tuple(
        cell.figure.domain
        for cell in computed.cells
        if cell.domain_type == kind
        and cell.method == DIRECT
        and cell.verdict.shown is not Shown.NONE
        and cell.figure.se is not None
    )


def _tested(computed: Computed, kind: str, weighted: Mapping[Weight, Weighted]) -> list[GroupTest]:
    """One test, or none where fewer than two groups are shown or nothing can be tested."""
    groups = shown_groups(computed, kind)
    if len(groups) < 2:
        return []
    source = weighted[computed.definition.weight]
    is_index = computed.definition.kind is Kind.INDEX
    try:
        made = (_wald if is_index else _rao_scott)(source, computed.definition, kind, groups)
    except AnalysisError:  # everybody answered alike, or too few villages
        return []
    return [made] if np.isfinite(made.p_value) else []


def _rao_scott(
    source: Weighted, definition: Definition, kind: str, groups: tuple[str, ...]
) -> GroupTest:
    """Independence of group and answer (Rao and Scott 1984)."""
    column = str(COLUMNS[kind])
    inside = source.frame[column].isin(groups) & source.frame[definition.base.id].eq(1)
    found = independence(source.design.subset(inside), column, definition.columns[0])
    return GroupTest(
        definition.id,
        kind,
        groups,
        RAO_SCOTT,
        found.statistic,
        found.df,
        found.ddf,
        found.p_value,
    )


def _wald(
    source: Weighted, definition: Definition, kind: str, groups: tuple[str, ...]
) -> GroupTest:
    """All differences from the first group at once: F = (nu - k + 1) / (nu k) d'V⁻¹d on
    (k, nu - k + 1), as Fellegi (1980) has it for few villages."""
    column = str(COLUMNS[kind])
    found = estimates_by(source.design, definition, column)
    first, *others = groups
    made = contrast(found, {each: {each: 1.0, first: -1.0} for each in others})
    inside = source.frame[column].isin(groups) & source.frame[definition.base.id].eq(1)
    nu = degrees_of_freedom(source.design, np.flatnonzero(inside))
    k = len(others)
    if nu < k:
        raise AnalysisError("more groups than degrees of freedom")
    w = float(made.estimate @ solved(made.vcov(), made.estimate, kind))
    statistic = w * (nu - k + 1) / (nu * k)
    p = float(stats.f.sf(statistic, k, nu - k + 1))
    return GroupTest(definition.id, kind, groups, WALD, statistic, k, nu - k + 1, p)
