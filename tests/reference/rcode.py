"""Named figures for cases that bring R code: by their declared model, or by running the code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from tests.reference import r_figures, r_models, r_survey, r_tests, small_areas
from tests.reference.r_base import BASE
from tests.reference.r_expressions import NotRead, parse
from tests.reference.r_program import SPECIAL, Program
from tests.reference.r_values import List, Matrix, Vector
from tests.reference.r_vectors import VECTORS
from tests.reference.spec import Case, NotBuilt, data_of, design_of

Figures = Mapping[str, Any]
FUNCTIONS: dict[str, Callable[..., Any]] = {
    **BASE,
    **VECTORS,
    **r_figures.FUNCTIONS,
    **r_models.FUNCTIONS,
}
for module in (r_survey, r_tests, r_figures, r_models):
    SPECIAL.update(module.SPECIAL)


def rcode(case: Case) -> Figures:
    """What the program of the case lists, computed by the engine."""
    if case.args.get("model"):
        return small_areas.figures(case)
    try:
        node = parse(case.args["code"])
    except NotRead as problem:
        raise NotBuilt(f"R code: {problem}") from None
    scope: dict[str, Any] = {name: data_of(case, name) for name in case.datasets}
    if case.design:
        scope["des"] = design_of(case)
    found = Program(scope, FUNCTIONS).run(node)
    if not isinstance(found, List):
        raise NotBuilt("R code that gives no list")
    entries = zip(found.names, found.values, strict=True)
    return {name.replace(".", "_"): figure(value) for name, value in entries} | {
        name: figure(value) for name, value in zip(found.names, found.values, strict=True)
    }


def figure(value: Any) -> Any:
    """A value as the cases hold it."""
    value = value.vector() if hasattr(value, "vector") else value
    if isinstance(value, Matrix):
        return value.values
    if isinstance(value, List):
        return [part for entry in value.values for part in np.ravel(figure(entry)).tolist()]
    if not isinstance(value, Vector):
        raise NotBuilt(f"a figure from {type(value).__name__}")
    return value.texts if value.kind in ("text", "factor") else value.values.astype(float)


FIGURES: dict[str, Callable[[Case], Figures]] = {"rcode": rcode}
