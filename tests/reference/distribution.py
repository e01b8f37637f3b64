"""Named figures for quantiles, distribution functions, variances, contrasts, standardised rates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.reference.spec import Case

Figures = Mapping[str, Any]
FIGURES: dict[str, Callable[[Case], Figures]] = {}
