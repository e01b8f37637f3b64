"""The examples in the docstrings of maps run and say the truth."""

import doctest
import importlib

import pytest

MODULES = (
    "boundaries", "boundary_files", "boundary_placing", "boundary_report", "classes", "locator",
    "numbers", "page", "data_files", "print_files", "print_sheet", "print_text", "specification",
    "still", "tiles", "topology", "views", "webmap",
)  # fmt: skip


@pytest.mark.parametrize("name", MODULES)
def test_every_example_is_true(name: str) -> None:
    module = importlib.import_module(f"maps.{name}")
    assert doctest.testmod(module).failed == 0
