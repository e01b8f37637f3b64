"""Named figures of small-area models, by the model that a case declares."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.reference.spec import Case, NotBuilt

Figures = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Model:
    """A family of models: every word occurs in the `args.model` of its cases (in lower case)."""

    words: tuple[str, ...]
    figures: Callable[[Case], Figures]


MODELS: list[Model] = []


def figures(case: Case) -> Figures:
    """The figures of the first model whose words the case declares."""
    declared = str(case.args["model"]).lower()
    for model in MODELS:
        if all(word in declared for word in model.words):
            return model.figures(case)
    raise NotBuilt(f"model {case.args['model']!r}")
