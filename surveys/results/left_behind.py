"""Who is left behind (R8): readiness by group of adults, judged for publication like any figure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from analysis import publication
from analysis.indicators.table import TABLE
from analysis.indices.definition import Definition, Weight
from analysis.indices.figures import Figure, figures
from analysis.publication import Rule, Shown, Spread
from surveys.results.cells import Cell, bench_of, judged_cell
from surveys.results.person_groups import NEAR
from surveys.results.recipe import Recipe
from surveys.results.recipes import Weighted
from surveys.results.suppressing import ROUND, Held, Place, hidden_beside

READY: Final = TABLE["equipped"]
NEARBY: Final = replace(
    READY,
    id=NEAR,
    vi="Trong nhà có người sẵn sàng số",
    en="Somebody in the household is equipped",
    rule="at least one member aged 18 or over of the person's household is equipped",
    has_bounds=False,
)
WANTS: Final = TABLE["wants_help"]
SIDES: Final = "sex"  # a kind of domain whose parts add up to the round: so do these groups


@dataclass(frozen=True, slots=True)
class GroupKind:
    """A way to part adults: its column, whose answers carry it, whether it is sensitive."""

    name: str
    column: str
    weight: Weight = Weight.PERSON
    is_sensitive: bool = False


KINDS: Final = (
    GroupKind("sex", "sex_domain"),
    GroupKind("age_group", "age_group"),
    GroupKind("urban_rural", "urban_rural"),
    GroupKind("education", "education", Weight.SELF),
    GroupKind("limitation", "limitation", Weight.SELF, is_sensitive=True),
    GroupKind("poverty", "poverty", is_sensitive=True),
)


def left_behind(
    weighted: Mapping[Weight, Weighted], rule: Rule, recipe: Recipe
) -> list[dict[str, Any]]:
    """One row a group; what may not be told is null and says why."""
    if Weight.PERSON not in weighted:
        return []
    return [row for kind in KINDS for row in _kind(weighted, kind, rule, recipe)]


def _kind(
    weighted: Mapping[Weight, Weighted], kind: GroupKind, rule: Rule, recipe: Recipe
) -> Iterator[dict[str, Any]]:
    source = weighted.get(kind.weight)
    own = weighted.get(Weight.SELF)
    if source is None or kind.column not in source.frame:
        return
    if source.frame[kind.column].nunique() < 2:
        return  # everybody in one group is the round itself
    ready = _cells(source, READY, kind, rule, recipe)
    near = _cells(source, NEARBY, kind, rule, recipe)
    wants = _cells(own, WANTS, kind, rule, recipe) if own is not None else {}
    total = sum(cell.figure.denominator or 0.0 for cell in ready.values())
    missing = sum(_not_ready(cell) for cell in ready.values())
    is_whole = all(_is_shown(cell) for cell in ready.values())
    for group, cell in ready.items():
        if not cell.figure.n:
            continue
        people = cell.figure.denominator or 0.0
        shares_told = not cell.is_confidential and total > 0
        yield {
            "kind": kind.name,
            "group": group,
            "n": None if cell.is_confidential else cell.figure.n,
            "population_share": people / total if shares_told else None,
            # The parts add up: with one of them withheld the others would tell it.
            "of_not_ready": _not_ready(cell) / missing if is_whole and missing > 0 else None,
            "ready": _told(cell),
            "near": _told(near.get(group)),
            "wants_help": _told(wants.get(group)),
        }


def _cells(
    source: Weighted, definition: Definition, kind: GroupKind, rule: Rule, recipe: Recipe
) -> dict[str, Cell]:
    definition = replace(definition, is_sensitive=kind.is_sensitive or definition.is_sensitive)
    if definition.id not in source.frame or kind.column not in source.frame:
        return {}
    found = _adults(_figures(source, definition, kind, recipe))
    pooled = publication.pooled_deff(Spread(each.n, each.se, each.deff) for each in found)
    bench = bench_of(definition, pooled or 1.0, rule, recipe)
    cells = {each.domain: judged_cell(bench, "group", each) for each in found}
    held = {
        Place(SIDES, group): Held(cell.figure.n, cell.is_confidential)
        for group, cell in cells.items()
    }
    held[Place(ROUND, "")] = Held(sum(cell.figure.n for cell in cells.values()), False)
    floor = rule.sensitive_n if definition.is_sensitive else rule.disclosure_n
    for place in hidden_beside(held, {}, floor):
        if place.kind == SIDES:
            cell = cells[place.domain]
            cells[place.domain] = replace(
                cell, verdict=publication.COMPLEMENTARY, is_confidential=True
            )
    return cells


def _figures(
    source: Weighted, definition: Definition, kind: GroupKind, recipe: Recipe
) -> tuple[Figure, ...]:
    return figures(
        source.design,
        definition,
        kind.column,
        interval=recipe.interval,
        confidence=recipe.confidence,
    )


def _adults(found: Iterable[Figure]) -> list[Figure]:
    """Minors have no part in figures of adults."""
    return [each for each in found if each.domain != "15-17"]


def _is_shown(cell: Cell) -> bool:
    return cell.verdict.shown is not Shown.NONE and cell.figure.estimate is not None


def _not_ready(cell: Cell) -> float:
    figure = cell.figure
    return (1 - (figure.estimate or 0.0)) * (figure.denominator or 0.0)


def _told(cell: Cell | None) -> dict[str, Any]:
    """The figure, or why it is not told."""
    if cell is None:
        return {"estimate": None, "lower": None, "upper": None, "caution": False,
                "reason_vi": "", "reason_en": ""}  # fmt: skip
    is_shown = _is_shown(cell)
    figure, verdict = cell.figure, cell.verdict
    return {
        "estimate": figure.estimate if is_shown else None,
        "lower": figure.lower if is_shown else None,
        "upper": figure.upper if is_shown else None,
        "caution": is_shown and verdict.shown is not Shown.PUBLISH,
        "reason_vi": verdict.reason_vi,
        "reason_en": verdict.reason_en,
    }
