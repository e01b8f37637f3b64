"""Groups of communes that are too small, and what they must not give away."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.indices.definition import Weight
from analysis.publication import Rule, Shown
from surveys.results.cells import Cell, Computed, compute
from surveys.results.extract import RoundFrames
from surveys.results.grouped import with_groups
from surveys.results.recipe import Recipe
from surveys.results.recipes import Weighted, weigh
from tests.unit.results.test_recipes import cases, form

PLAIN = Recipe(calibration="none")


def world(sizes: dict[str, tuple[int, int]]) -> dict[Weight, Weighted]:
    """Communes with so many answers in so many villages."""
    parts = [cases(["I"] * n, stratum=name, psus=psus) for name, (n, psus) in sizes.items()]
    table = pd.concat(parts, ignore_index=True)
    table["submission"] = pd.array(np.arange(len(table)), dtype="Int64")
    random = np.random.default_rng(7)

    def said(codes: str) -> list[str]:
        return [codes[at] for at in random.integers(0, len(codes), len(table))]

    items: dict[str, Any] = {f"f{a}_{b}": said("4254") for a in (1, 2, 3, 4) for b in range(6)}
    know = [{"y": "yes", "n": "no"}[code] for code in said("yn")]
    answers = form(table, None, n_a18=1, used="self", overall=said("4254"), f5_know=know, **items)
    return weigh(RoundFrames(None, answers, (), "x"), PLAIN)


def of(sizes: dict[str, tuple[int, int]], recipe: Recipe = PLAIN) -> Computed:
    weighted = world(sizes)
    wanted = ("sat_users", "sat_overall")
    computed = compute(weighted, Rule(), recipe, indicators=wanted)
    found = with_groups(weighted, computed, Rule(), recipe)
    return {each.definition.id: each for each in found}["sat_overall"]


def cells(found: Computed, method: str) -> dict[str, Cell]:
    return {
        cell.figure.domain: cell
        for cell in found.cells
        if cell.domain_type == "commune" and cell.method == method
    }


SMALL = {"c1": (40, 3), "c2": (45, 3), "c3": (200, 10), "c4": (48, 4)}


def test_a_commune_too_small_is_shown_with_its_group() -> None:
    found = of(SMALL)
    grouped = cells(found, "grouped")
    assert grouped["c1"].members == ("c1", "c2")
    assert grouped["c1"].verdict.shown is Shown.PUBLISH
    assert grouped["c1"].figure.n == 85
    assert grouped["c1"].figure.estimate == grouped["c2"].figure.estimate


def test_a_commune_that_stands_alone_has_no_grouped_figure() -> None:
    found = of(SMALL)
    assert cells(found, "direct")["c3"].verdict.shown is Shown.PUBLISH
    assert "c3" not in cells(found, "grouped")


def test_direct_figures_are_those_without_grouping() -> None:
    without = of(SMALL, Recipe(calibration="none", group_small=False))
    assert not cells(without, "grouped")
    assert cells(without, "direct") == cells(of(SMALL), "direct")


def test_a_group_that_would_give_a_commune_away_is_not_shown() -> None:
    """c1 holds three persons; its group less c2, which is shown, would be c1 alone."""
    sizes = {"c1": (3, 1), "c2": (200, 10), "c3": (210, 10)}
    found = of(sizes)
    direct, grouped = cells(found, "direct"), cells(found, "grouped")
    assert direct["c1"].is_confidential
    for cell in grouped.values():
        left = [c for c in cell.members if direct[c].verdict.shown is Shown.NONE]
        assert cell.verdict.shown is Shown.NONE or len(left) > 1


@pytest.mark.parametrize("tiny", [1, 2, 4])
def test_what_is_left_of_the_round_never_is_one_confidential_commune(tiny: int) -> None:
    sizes = {"c1": (tiny, 1), "c2": (38, 3), "c3": (44, 3), "c4": (200, 10), "c5": (41, 3)}
    found = of(sizes)
    direct, grouped = cells(found, "direct"), cells(found, "grouped")
    shown_in_group = {c for c, cell in grouped.items() if cell.verdict.shown is not Shown.NONE}
    left = [
        cell
        for name, cell in direct.items()
        if cell.verdict.shown is Shown.NONE and name not in shown_in_group
    ]
    confidential = any(cell.is_confidential for cell in left)
    assert not confidential or (len(left) > 1 and sum(c.figure.n for c in left) >= 5)
