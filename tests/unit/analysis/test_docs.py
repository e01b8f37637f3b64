"""docs/statistics.md is true: its example runs, and it names what is public."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest

import analysis
from analysis import Flag, Interval, LonelyPsu, inference, models, ranking, smallarea

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "statistics.md"


def test_the_examples_on_the_page_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert doctest.testfile(str(PAGE), module_relative=False).failed == 0


@pytest.mark.parametrize(
    "name",
    [
        *(n for n in analysis.__all__ if n[0].islower()),
        *(str(rule) for rule in LonelyPsu),
        *(str(method) for method in Interval if method is not Interval.NONE),
        *(flag.name.lower() for flag in Flag if flag.name),
    ],
)
def test_the_page_names_every_public_word(name: str) -> None:
    assert f"`{name}" in PAGE.read_text(encoding="utf-8")


SMALL_AREAS = ROOT / "docs" / "small-areas.md"


def test_the_examples_on_the_page_of_small_areas_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert doctest.testfile(str(SMALL_AREAS), module_relative=False).failed == 0


@pytest.mark.parametrize(
    "name",
    [
        *(n for n in (*smallarea.__all__, *ranking.__all__) if n[0].islower()),
        *(flag.name.lower() for flag in smallarea.AreaFlag if flag.name),
        *(str(word) for word in ranking.Met),
        *(str(rule) for rule in smallarea.Benchmark),
    ],
)
def test_the_page_of_small_areas_names_every_public_word(name: str) -> None:
    text = SMALL_AREAS.read_text(encoding="utf-8")
    assert any(f"{before}{name}" in text for before in ("`", " "))


MODELS = ROOT / "docs" / "tests-and-models.md"


def test_the_examples_on_the_page_of_models_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert doctest.testfile(str(MODELS), module_relative=False).failed == 0


@pytest.mark.parametrize(
    "name",
    [
        *(n for n in (*inference.__all__, *models.__all__) if n[0].islower()),
        *(str(rate) for rate in inference.ErrorRate),
        *(str(test) for test in inference.TableTest),
        *(str(score) for score in inference.RankScore),
    ],
)
def test_the_page_of_models_names_every_public_word(name: str) -> None:
    text = MODELS.read_text(encoding="utf-8")
    assert any(f"{before}{name}" in text for before in ("`", '"'))
