"""Named figures for tests, models, agreement."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.reference.spec import Case

Figures = Mapping[str, Any]
FIGURES: dict[str, Callable[[Case], Figures]] = {}
