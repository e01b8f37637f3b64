"""Named figures for cases that bring R code: by their declared model, or by reading the code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.reference import small_areas
from tests.reference.spec import Case, NotBuilt

Figures = Mapping[str, Any]


def rcode(case: Case) -> Figures:
    """What the program of the case lists, computed by the engine."""
    if case.args.get("model"):
        return small_areas.figures(case)
    raise NotBuilt(f"R code {case.args['code']!r}")


FIGURES: dict[str, Callable[[Case], Figures]] = {"rcode": rcode}
