"""Named figures for cases that bring R code: by their declared model, or by reading the code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.reference.spec import Case

Figures = Mapping[str, Any]
FIGURES: dict[str, Callable[[Case], Figures]] = {}
