"""What may be said of communes against the round, targets and each other: words, never ranks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Final

import numpy as np

from analysis.contrasts import contrast
from analysis.errors import AnalysisError
from analysis.indices.definition import Definition, Weight
from analysis.publication import Shown
from analysis.ranking import Met, Targets, against_target, draws_of, normal_draws, ranking
from surveys.results.cells import DIRECT, Cell, Computed
from surveys.results.differences import differences, finite
from surveys.results.modelled import MODEL, MODELLED, Modelled
from surveys.results.parts import Parts, parts_of, top_of, unit_of
from surveys.results.recipe import Recipe
from surveys.results.recipes import Weighted

PROVINCE: Final = "province"
TARGET: Final = "target"
LOWEST: Final = "lowest"
WORDS: Final[Mapping[Met, str]] = {
    Met.MET: "met",
    Met.NOT_MET: "not_met",
    Met.CANNOT_TELL: "unclear",
}
FEWEST_RANKED: Final = 3


@dataclass(frozen=True, slots=True)
class Compared:
    """One comparison, in the unit of its indicator."""

    kind: str
    indicator: str
    domain_type: str
    domain: str
    method: str = DIRECT
    estimate: float | None = None
    reference: float | None = None
    difference: float | None = None
    se: float | None = None
    lower: float | None = None
    upper: float | None = None
    p_value: float | None = None
    probability: float | None = None
    verdict: str = ""


def comparisons(
    weighted: Mapping[Weight, Weighted],
    computed: tuple[Computed, ...],
    models: Mapping[str, Modelled],
    recipe: Recipe,
) -> tuple[Compared, ...]:
    """Every comparison of the indicators that pages show by commune.

    Only figures that are shown are compared: a difference would tell of one that is not.
    """
    out: list[Compared] = []
    for each in computed:
        definition = each.definition
        if definition.id not in MODELLED or definition.round_only:
            continue
        parts = parts_of(weighted[definition.weight].design, definition)
        shown = shown_communes(each)
        out += against_round(each, parts, shown, recipe)
        if definition.id in recipe.targets:
            out += against_goal(each, parts, shown, models.get(definition.id), recipe=recipe)
        out += _lowest(each, parts, shown, models.get(definition.id), recipe=recipe)
    return tuple(out)


def shown_communes(computed: Computed) -> tuple[Cell, ...]:
    """Direct figures of communes that are shown with an error."""
    return tuple(
        cell
        for cell in computed.cells
        if cell.domain_type == "commune"
        and cell.method == DIRECT
        and cell.verdict.shown is not Shown.NONE
        and cell.figure.se is not None
    )


def shown_whole(computed: Computed) -> Cell | None:
    """The figure of the round, if it is shown."""
    found = [cell for cell in computed.cells if cell.domain_type == "round"]
    shown = [cell for cell in found if cell.verdict.shown is not Shown.NONE]
    return shown[0] if shown else None


def against_round(
    computed: Computed, parts: Parts, shown: tuple[Cell, ...], recipe: Recipe
) -> Iterator[Compared]:
    """Whether each commune that is shown differs from the round."""
    whole = shown_whole(computed)
    if whole is None or len(parts.by_commune) < 2 or not shown:
        return
    definition = computed.definition
    labels = {f"commune:{cell.figure.domain}": 1.0 for cell in shown}
    wanted = {label: {label: 1.0, "whole": -1.0} for label in labels}
    try:
        made = contrast({"commune": parts.by_commune, "whole": parts.whole}, wanted)
    except AnalysisError:  # one village, or scores that do not fit: nothing can be told apart
        return
    for cell, told in zip(shown, differences(made, definition, recipe), strict=True):
        yield Compared(
            PROVINCE,
            definition.id,
            "commune",
            cell.figure.domain,
            estimate=cell.figure.estimate,
            reference=whole.figure.estimate,
            **asdict(told),
        )


def against_goal(
    computed: Computed,
    parts: Parts,
    shown: tuple[Cell, ...],
    model: Modelled | None,
    *,
    recipe: Recipe,
) -> Iterator[Compared]:
    """Met, not met or cannot tell; each word is wrong with at most `error_rate`."""
    definition = computed.definition
    goal = recipe.targets[definition.id] / 100 * top_of(definition)
    on_parts = goal / unit_of(definition)
    whole = shown_whole(computed)
    if whole is not None:
        found = against_target(parts.whole, on_parts, error=recipe.error_rate)
        yield _word(definition, whole, goal=goal, found=found, at=0)
    if shown:
        found = against_target(parts.by_commune, on_parts, error=recipe.error_rate)
        for cell in shown:
            at = parts.place(cell.figure.domain)
            yield _word(definition, cell, goal=goal, found=found, at=at)
    if model is not None and model.areas is not None:
        found = against_target(model.areas, goal / top_of(definition), error=recipe.error_rate)
        for at, cell in enumerate(model.cells):
            if cell.method == MODEL and cell.verdict.shown is not Shown.NONE:
                yield _word(definition, cell, goal=goal, found=found, at=at)


def _word(definition: Definition, cell: Cell, *, goal: float, found: Targets, at: int) -> Compared:
    return Compared(
        TARGET,
        definition.id,
        cell.domain_type,
        cell.figure.domain,
        method=cell.method,
        estimate=cell.figure.estimate,
        reference=goal,
        probability=finite(float(found.probability[at])),
        verdict=WORDS[found.word[at]],
    )


def _lowest(
    computed: Computed,
    parts: Parts,
    shown: tuple[Cell, ...],
    model: Modelled | None,
    *,
    recipe: Recipe,
) -> Iterator[Compared]:
    """The chance of each sampled commune to be among their lowest, from joint draws of them all.

    By the model where all its figures are shown, else by the direct figures where all are; some
    communes alone would be ranked among themselves, which says nothing of the round. Communes
    without answers have no part: their synthetic figures would order what is known of them.
    """
    communes = len(parts.by_commune)
    k = min(recipe.lowest, communes - 1)
    if communes < FEWEST_RANKED or k < 1:
        return
    areas = None if model is None else model.areas
    rows = [at for at, cell in enumerate(model.cells) if cell.method == MODEL] if model else []
    cells = tuple(model.cells[at] for at in rows) if model else ()
    all_shown = all(cell.verdict.shown is not Shown.NONE for cell in cells)
    if areas is not None and len(cells) == communes and all_shown:
        found = ranking(draws_of(areas.take(rows), seed=recipe.seed), k=k)
        method = MODEL
    elif len(shown) == communes:
        cells, method = shown, DIRECT
        value = np.array([cell.figure.estimate for cell in cells], dtype=np.float64)
        variance = np.array([cell.figure.se for cell in cells], dtype=np.float64) ** 2
        found = ranking(normal_draws(value, variance, seed=recipe.seed), k=k)
    else:
        return
    for cell, chance in zip(cells, found.among_worst.tolist(), strict=True):
        yield Compared(
            LOWEST,
            computed.definition.id,
            "commune",
            cell.figure.domain,
            method=method,
            estimate=cell.figure.estimate,
            reference=float(k),
            probability=chance,
        )
