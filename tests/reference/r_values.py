"""Values of R programs that the cases bring: vectors, matrices, lists, and what is done to them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from analysis.models.columns import label_of
from tests.reference.r_expressions import Call, Node
from tests.reference.spec import NotBuilt


@dataclass(frozen=True, slots=True, eq=False)
class Vector:
    """Numbers (nan: NA), logical values as numbers, or texts (None: NA); factors have levels."""

    values: np.ndarray
    names: tuple[str, ...] | None = None
    kind: str = "number"
    levels: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.values)

    def take(self, at: Any) -> Vector:
        names = None if self.names is None else tuple(np.array(self.names, dtype=object)[at])
        return replace(self, values=self.values[at], names=names)

    @property
    def numbers(self) -> np.ndarray:
        """As R's as.numeric: a factor's codes."""
        if self.kind == "factor":
            place = {level: at + 1.0 for at, level in enumerate(self.levels)}
            return np.array([place.get(value, np.nan) for value in self.values])
        if self.kind == "text":
            return np.array([np.nan if value is None else float(value) for value in self.values])
        return self.values

    @property
    def texts(self) -> list[str]:
        if self.kind in ("text", "factor"):
            return [str(value) for value in self.values]
        is_logical = self.kind == "logical"
        return [label_of(bool(value) if is_logical else float(value)) for value in self.values]


@dataclass(frozen=True, slots=True, eq=False)
class Matrix:
    values: np.ndarray
    rows: tuple[str, ...] | None = None
    columns: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class List:
    """A list by name; entries without a name have an empty one."""

    names: tuple[str, ...]
    values: tuple[Any, ...]

    @classmethod
    def of(cls, **entries: Any) -> List:
        """Entries whose names have `_` for R's dots."""
        return cls(tuple(name.replace("_", ".") for name in entries), tuple(entries.values()))

    def at(self, key: str | int) -> Any:
        if isinstance(key, int):
            return self.values[key]
        if key in self.names:
            return self.values[self.names.index(key)]
        partial = [at for at, name in enumerate(self.names) if name.startswith(key)]
        if len(partial) == 1:
            return self.values[partial[0]]
        raise NotBuilt(f"${key} of a list with {', '.join(self.names)}")


@dataclass(frozen=True, slots=True, eq=False)
class Quoted:
    """Unevaluated code: a formula or quote()."""

    node: Node


@dataclass(frozen=True, slots=True, eq=False)
class Closure:
    """A function: of R by name, or written in the program."""

    name: str
    call: Call | None = None
    scope: dict[str, Any] = field(default_factory=dict)


def number(value: float) -> Vector:
    return Vector(np.array([float(value)]))


def numeric(values: Sequence[float] | np.ndarray, names: Sequence[str] | None = None) -> Vector:
    found = np.asarray(values, dtype=np.float64).ravel()
    return Vector(found, None if names is None else tuple(names))


def texts(values: Sequence[str]) -> Vector:
    return Vector(np.array(list(values), dtype=object), None, "text")


def column(series: pd.Series[Any]) -> Vector:
    """A column of a data frame; texts are factors in alphabetical order."""
    if pd.api.types.is_bool_dtype(series):
        return Vector(series.to_numpy(dtype=np.float64), None, "logical")
    if pd.api.types.is_numeric_dtype(series):
        return Vector(series.to_numpy(dtype=np.float64))
    known = series.notna()
    if isinstance(series.dtype, pd.CategoricalDtype):
        levels = tuple(label_of(level) for level in series.cat.categories)
    else:
        levels = tuple(sorted(map(str, series[known].unique())))
    labels = np.array([label_of(v) if k else None for v, k in zip(series, known, strict=True)])
    return Vector(labels.astype(object), None, "factor", levels)


def series(value: Vector, size: int) -> pd.Series[Any]:
    """A vector as a column of a frame."""
    values = value.values if len(value) == size else np.resize(value.values, size)
    if value.kind == "factor":
        return pd.Series(pd.Categorical(values, categories=list(value.levels)))
    if value.kind == "logical" and not np.isnan(values).any():
        return pd.Series(values.astype(bool))
    return pd.Series(values)


def factor(value: Vector, levels: Sequence[str] | None = None, labels: Any = None) -> Vector:
    if value.kind in ("text", "factor"):
        known = [v for v in value.values if v is not None]
        own = value.levels if value.kind == "factor" else sorted(set(known))
        default = [level for level in own if level in set(known)]
        found = list(value.values)
    else:
        distinct = sorted(set(value.values[~np.isnan(value.values)].tolist()))
        default = Vector(np.array(distinct), None, value.kind).texts
        shown = value.texts
        found = [None if np.isnan(v) else t for v, t in zip(value.values, shown, strict=True)]
    chosen = list(default if levels is None else levels)
    found = [v if v in chosen else None for v in found]
    if labels is not None:
        renamed = dict(zip(chosen, labels, strict=True))
        found = [None if v is None else renamed[v] for v in found]
        chosen = list(dict.fromkeys(renamed[v] for v in chosen))
    return Vector(np.array(found, dtype=object), None, "factor", tuple(chosen))


def arithmetic(name: str, left: Any, right: Any) -> Any:
    """An operator on vectors and matrices, with R's recycling."""
    if isinstance(left, Matrix) or isinstance(right, Matrix):
        shape = left if isinstance(left, Matrix) else right
        a, b = (v.values if isinstance(v, Matrix) else np.resize(v.numbers, shape.values.T.shape).T
                for v in (left, right))  # fmt: skip
        return replace(shape, values=BINARY[name](a, b))
    names = left.names if len(left) >= len(right) and left.names else right.names
    names = names if names and len(names) == max(len(left), len(right)) else left.names
    if name in COMPARISON:
        return compared(name, left, right)
    a, b = recycled(left.numbers, right.numbers)
    with np.errstate(all="ignore"):
        found = BINARY[name](a, b)
    kind = "logical" if name in ("&", "&&", "|", "||") else "number"
    return Vector(np.asarray(found, dtype=np.float64), names, kind)


def compared(name: str, left: Vector, right: Vector) -> Vector:
    is_text = any(v.kind in ("text", "factor") for v in (left, right))
    if is_text:
        a, b = (np.array([None if m else t for t, m in zip(v.texts, missing(v), strict=True)],
                         dtype=object) for v in (left, right))  # fmt: skip
        a, b = recycled(a, b)
        gap = np.array([x is None or y is None for x, y in zip(a, b, strict=True)])
    else:
        a, b = recycled(left.values, right.values)
        gap = np.isnan(a) | np.isnan(b)
    found = np.full(len(a), np.nan)
    found[~gap] = COMPARISON[name](a[~gap], b[~gap])
    return Vector(found, left.names, "logical")


def missing(value: Vector) -> np.ndarray:
    if value.kind in ("text", "factor"):
        return np.array([v is None for v in value.values], dtype=bool)
    return np.isnan(value.values)


def recycled(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    size = 0 if not len(a) or not len(b) else max(len(a), len(b))
    return np.resize(a, size), np.resize(b, size)


def _both(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    unknown = np.where(np.isnan(a) | np.isnan(b), np.nan, 1.0)
    return np.where((a == 0) | (b == 0), 0.0, unknown)


def _either(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    unknown = np.where(np.isnan(a) | np.isnan(b), np.nan, 0.0)
    yes = (np.nan_to_num(a) != 0) | (np.nan_to_num(b) != 0)
    return np.where(yes, 1.0, unknown)


COMPARISON: dict[str, Callable[..., Any]] = {
    "==": np.equal, "!=": np.not_equal, "<": np.less, ">": np.greater,
    "<=": np.less_equal, ">=": np.greater_equal,
}  # fmt: skip
BINARY: dict[str, Callable[..., Any]] = {
    "+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "^": np.power,
    "%%": np.mod, "%/%": np.floor_divide, "&": _both, "&&": _both, "|": _either, "||": _either,
    **COMPARISON,
}  # fmt: skip
UNARY: dict[str, Callable[..., Any]] = {
    "sqrt": np.sqrt, "exp": np.exp, "abs": np.abs, "log10": np.log10, "log2": np.log2,
    "log1p": np.log1p, "floor": np.floor, "ceiling": np.ceil, "cumsum": np.cumsum, "rev": np.flip,
    "sort": np.sort, "diff": np.diff, "trunc": np.trunc, "plogis": lambda x: 1 / (1 + np.exp(-x)),
    "qlogis": lambda p: np.log(p / (1 - p)), "asin": np.arcsin, "sin": np.sin, "cos": np.cos,
    "cumprod": np.cumprod, "expm1": np.expm1, "tanh": np.tanh, "atanh": np.arctanh,
}  # fmt: skip
SUMMARY: dict[str, Callable[..., Any]] = {
    "sum": np.sum, "mean": np.mean, "max": np.max, "min": np.min, "prod": np.prod,
    "median": np.median, "var": lambda x: np.var(x, ddof=1), "sd": lambda x: np.std(x, ddof=1),
    "any": lambda x: float(np.any(x != 0)), "all": lambda x: float(np.all(x != 0)),
}  # fmt: skip
LAWS: dict[str, Any] = {
    "norm": stats.norm, "t": stats.t, "chisq": stats.chi2, "f": stats.f, "beta": stats.beta,
    "binom": stats.binom,
}  # fmt: skip
