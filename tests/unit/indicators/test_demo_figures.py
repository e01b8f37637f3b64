"""A round of the synthetic world gives the numbers that it gave when definitions were Python."""

import json
from pathlib import Path

import pytest

from analysis.indicators.table import TABLE
from analysis.indices.definition import Kind
from analysis.indices.figures import figures
from surveys.results.demo import frames, sample
from surveys.results.demo.population import build
from surveys.results.demo.sample import MIDDLE
from surveys.results.recipe import Recipe
from surveys.results.recipes import weigh

KNOWN = Path(__file__).resolve().parents[2] / "data" / "demo_round_figures.json"
LEVELS = {"round": None, "commune": "commune"}


def near(found: float | None, expected: float | None, relative: float) -> bool:
    if found is None or expected is None:
        return found is expected
    return found == pytest.approx(expected, rel=relative, abs=1e-12)


def test_every_number_of_the_demo_is_what_it_was() -> None:
    world = build(2026)
    drawn = sample.draw(world, MIDDLE, 11)
    found = frames.a_round(world, drawn, frames.benchmarks_of(world, MIDDLE), 12)
    weighted = weigh(found, Recipe())
    known = json.loads(KNOWN.read_text(encoding="utf-8"))
    met = set()
    for definition in TABLE.values():
        for level, column in LEVELS.items():
            for each in figures(weighted[definition.weight].design, definition, column):
                key = f"{each.indicator}|{each.category}|{level}|{each.domain}"
                if key not in known:
                    continue  # a definition that came later
                met.add(key)
                estimate, se, n = known[key]
                assert each.n == n, key
                assert near(each.estimate, estimate, 1e-12), key
                assert near(each.se, se, 1e-10), key
    assert met == set(known)


def test_an_index_knows_its_sub_indices() -> None:
    groups = [part.group for part in TABLE["sat_users"].parts]
    assert list(dict.fromkeys(groups)) == [
        "factor_place",
        "factor_procedure",
        "factor_staff",
        "factor_result",
        "voice_know_users",
    ]
    assert sum(part.coefficient for part in TABLE["sat_users"].parts) == pytest.approx(100)
    assert TABLE["net_3m"].kind is Kind.SHARE
