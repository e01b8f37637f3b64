"""The examples in the docstrings of `forms` say what the code does."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import forms

MODULES = sorted(module.name for module in pkgutil.iter_modules(forms.__path__, "forms."))


@pytest.mark.parametrize("name", MODULES)
def test_examples_hold(name: str) -> None:
    results = doctest.testmod(
        importlib.import_module(name), optionflags=doctest.IGNORE_EXCEPTION_DETAIL
    )
    assert results.failed == 0
