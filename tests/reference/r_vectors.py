"""Functions of R programs on vectors of numbers: laws, orders, extremes, adjusted p-values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from analysis.inference.comparisons import adjusted_p
from tests.reference import r_values as r
from tests.reference.r_base import flat
from tests.reference.r_program import Program, plain
from tests.reference.r_values import Vector
from tests.reference.spec import NotBuilt

ADJUST = {
    "holm": "holm", "bonferroni": "bonferroni", "BH": "benjamini_hochberg",
    "fdr": "benjamini_hochberg", "BY": "benjamini_yekutieli", "none": "none",
}  # fmt: skip


def law(kind: str, name: str) -> Callable[..., Any]:
    of = {"p": ("cdf", "sf"), "q": ("ppf", "isf"), "d": ("pdf", "pdf")}[kind]

    def function(
        program: Program, value: Any, *more: Any, lower_tail: Any = None, **called: Any
    ) -> Any:
        parts = [v.numbers for v in (*more, *called.values())]
        upper = lower_tail is not None and not lower_tail.values[0]
        value = plain(value)
        method = getattr(r.LAWS[name], of[int(upper)])
        return Vector(np.asarray(method(value.numbers, *parts), dtype=np.float64), value.names)

    return function


def adjusted(program: Program, p: Any, method: Any = None, **_: Any) -> Any:
    name = method.texts[0] if method is not None else "holm"
    if name not in ADJUST:
        raise NotBuilt(f"p.adjust with method {name}")
    return Vector(adjusted_p(flat(p).numbers, ADJUST[name]), flat(p).names)


def ordered(program: Program, value: Any, decreasing: Any = None) -> Vector:
    numbers = flat(value).numbers
    is_down = decreasing is not None and bool(decreasing.values[0])
    return r.numeric(np.argsort(-numbers if is_down else numbers, kind="stable") + 1)


def first_of(program: Program, value: Any, n: Any = None) -> Vector:
    found = flat(value)
    return found.take(np.arange(min(len(found), 6 if n is None else int(n.values[0]))))


def which(program: Program, value: Any) -> Vector:
    return r.numeric(np.flatnonzero(np.nan_to_num(value.values)) + 1)


def paired(name: str) -> Callable[..., Any]:
    def function(program: Program, first: Any, second: Any) -> Any:
        a, b = r.recycled(plain(first).numbers, plain(second).numbers)
        return r.numeric(np.minimum(a, b) if name == "pmin" else np.maximum(a, b))

    return function


def extreme(program: Program, *given: Any, **_: Any) -> Vector:
    values = np.concatenate([flat(v).numbers for v in given])
    return r.numeric([values.min(), values.max()])


VECTORS: dict[str, Callable[..., Any]] = {
    "p.adjust": adjusted, "order": ordered, "which": which, "range": extreme, "head": first_of,
    **{kind + name: law(kind, name) for kind in "pqd" for name in r.LAWS},
    **{name: paired(name) for name in ("pmin", "pmax")},
}  # fmt: skip
