"""docs/publication.md is true: its examples run, and it names what is public."""

import doctest
from pathlib import Path

import pytest

from analysis import publication

PAGE = Path(__file__).resolve().parents[3] / "docs" / "publication.md"


def test_the_examples_on_the_page_run() -> None:
    assert doctest.testfile(str(PAGE), module_relative=False).failed == 0


@pytest.mark.parametrize(
    "name",
    [
        *(name for name in publication.__all__ if name[0].islower()),
        *(str(standard) for standard in publication.Standard),
    ],
)
def test_the_page_names_every_public_word(name: str) -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert f"`{name}" in text or f" {name}" in text
