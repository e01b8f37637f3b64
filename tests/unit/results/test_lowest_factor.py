"""The lowest factor is sure only where every other lies above it beyond chance."""

from typing import Any

import numpy as np
import pandas as pd

from analysis.indices.definition import Weight
from analysis.publication import Rule
from surveys.results.cells import compute
from surveys.results.extract import RoundFrames
from surveys.results.lowest_factor import lowest_factor
from surveys.results.recipe import Recipe
from surveys.results.recipes import Weighted, weigh
from tests.unit.results.test_recipes import cases, form

PLAIN = Recipe(calibration="none")
FACTORS = ("factor_place", "factor_procedure", "factor_staff", "factor_result", "voice_know_users")


def world(low: float) -> dict[Weight, Weighted]:
    """400 users in 20 villages; staff satisfies the share `low`, all else 80 %."""
    table = cases(["I"] * 400, psus=20)
    table["submission"] = pd.array(np.arange(400), dtype="Int64")
    random = np.random.default_rng(11)

    def said(share: float) -> list[str]:
        return ["4" if yes else "2" for yes in random.random(400) < share]

    items: dict[str, Any] = {
        f"f{a}_{b}": said(low if a == 3 else 0.8) for a in (1, 2, 3, 4) for b in range(6)
    }
    know = ["yes" if yes else "no" for yes in random.random(400) < 0.8]
    answers = form(table, None, n_a18=1, used="self", overall=said(0.8), f5_know=know, **items)
    return weigh(RoundFrames(None, answers, (), "x"), PLAIN)


def of(low: float) -> dict[str, object]:
    weighted = world(low)
    return lowest_factor(weighted, compute(weighted, Rule(), PLAIN, indicators=FACTORS), PLAIN)


def test_a_factor_far_below_the_others_is_surely_lowest() -> None:
    found = of(0.4)
    assert (found["indicator"], found["is_clear"]) == ("factor_staff", True)


def test_among_factors_alike_none_is_surely_lowest() -> None:
    assert of(0.8)["is_clear"] is False


def test_where_no_two_factors_are_shown_nothing_is_said() -> None:
    weighted = world(0.8)
    strict = Rule(publish_n=9999, caution_n=9999)
    computed = compute(weighted, strict, PLAIN, indicators=FACTORS)
    assert lowest_factor(weighted, computed, PLAIN) == {}
