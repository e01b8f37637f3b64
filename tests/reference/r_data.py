"""Values of small R expressions on data sets: columns, arithmetic, indices, design matrices.

Just enough to read from a program what a model was given; no model is fitted here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from tests.reference.r_expressions import Argument, Call, Name, NotRead, Number, Text, parse

Scope = dict[str, Any]
OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b,
    "/": lambda a, b: a / b, "^": lambda a, b: a**b, "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b, "<": lambda a, b: a < b, ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b, ">=": lambda a, b: a >= b, "&": lambda a, b: a & b,
    "|": lambda a, b: a | b, "%in%": np.isin,
    ":": lambda a, b: np.arange(a, b + 1),
}  # fmt: skip
FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "sqrt": np.sqrt, "log": np.log, "exp": np.exp, "asin": np.arcsin, "sum": np.sum,
    "mean": np.mean, "nrow": len, "length": len, "abs": np.abs, "I": lambda v: v,
    "qlogis": lambda p: np.log(p / (1 - p)), "as.numeric": np.asarray, "as.vector": np.asarray,
    "as.matrix": np.asarray, "setNames": lambda v, _: v, "is.na": pd.isna, "unique": pd.unique,
    "factor": pd.Categorical, "as.factor": pd.Categorical,
    "c": lambda *v: np.concatenate([np.atleast_1d(part) for part in v]),
    "cbind": lambda *v: np.column_stack([np.asarray(part, dtype=float) for part in v]),
    "matrix": lambda v, rows, columns=1: np.full((int(rows), int(columns)), v, dtype=float),
    "rep": lambda v, times: np.repeat(v, int(times)),
}  # fmt: skip
CONSTANTS = {"TRUE": True, "FALSE": False, "pi": np.pi, "T": True, "F": False}


def value(node: Any, scope: Mapping[str, Any]) -> Any:
    """The value of a tree, or of a text; NotRead where it is not of this grammar."""
    if isinstance(node, str):
        node = parse(node)
    if isinstance(node, Number | Text):
        return node.value
    if isinstance(node, Name):
        if node.value in scope:
            return scope[node.value]
        if node.value in CONSTANTS:
            return CONSTANTS[node.value]
        raise NotRead(f"no value for {node}")
    if not isinstance(node, Call):
        raise NotRead(f"no value for {node}")
    return _call(node, scope)


def _call(node: Call, scope: Mapping[str, Any]) -> Any:
    plain = node.plain
    if node.name in SPECIAL:
        return SPECIAL[node.name](node, scope)
    if node.name in ("-", "!") and len(plain) == 1:
        found = value(plain[0], scope)
        return -found if node.name == "-" else ~found
    if node.name in OPERATORS and len(plain) == 2:
        left, right = (value(part, scope) for part in plain)
        return OPERATORS[node.name](_even(left), _even(right))
    if node.name in FUNCTIONS:
        return FUNCTIONS[node.name](*(value(a.value, scope) for a in node.arguments))
    raise NotRead(f"no value for {node}")


def _matrix(node: Call, scope: Mapping[str, Any]) -> np.ndarray:
    plain = node.plain
    frame = value(plain[1] if len(plain) > 1 else node.named("data"), scope)
    return design_matrix(plain[0], frame, scope)


def _with(node: Call, scope: Mapping[str, Any]) -> Any:
    return value(node.plain[1], {**scope, **columns(value(node.plain[0], scope))})


def _tapply(node: Call, scope: Mapping[str, Any]) -> np.ndarray:
    """Sums or means by group, in the order of the groups' labels."""
    values, group = (value(part, scope) for part in node.plain[:2])
    by = pd.Series(np.asarray(values)).groupby(np.asarray(group), sort=True)
    return by.agg(str(node.plain[2])).to_numpy()


def _even(found: Any) -> Any:
    return found.to_numpy() if isinstance(found, pd.Series) else found


def _dollar(node: Call, scope: Mapping[str, Any]) -> Any:
    frame, name = value(node.plain[0], scope), str(node.plain[1]).strip('"')
    if not isinstance(frame, pd.DataFrame) or name not in frame.columns:
        raise NotRead(f"no column {name}")
    return frame[name].to_numpy()


def columns(frame: pd.DataFrame) -> Scope:
    """The columns of a frame as a scope."""
    return {str(name): frame[name].to_numpy() for name in frame.columns}


def _frame(node: Call, scope: Mapping[str, Any]) -> pd.DataFrame:
    found = {}
    for argument in node.arguments:
        label = argument.name or str(argument.value).split("$")[-1]
        if isinstance(argument.value, Call) and argument.value.name == "$":
            label = argument.name or str(argument.value.plain[1])
        found[label] = value(argument.value, scope)
    return pd.DataFrame(found)


def _indexed(node: Call, scope: Mapping[str, Any]) -> Any:
    """`x[i]`, `frame[rows, columns]`: numbers from one, negative ones leave out, or a mask."""
    frame = value(node.arguments[0].value, scope)
    picks = [None if a.value is None else value(a.value, scope) for a in node.arguments[1:]]
    if len(picks) == 1:
        if isinstance(frame, pd.DataFrame):
            return frame[list(np.atleast_1d(picks[0]))]
        return np.asarray(frame)[_places(picks[0], len(frame))]
    rows, columns_ = picks
    found = frame if rows is None else frame.iloc[_places(rows, len(frame))]
    if columns_ is None:
        return found
    names = np.atleast_1d(columns_)
    if names.dtype.kind in "fi":
        names = np.asarray(found.columns)[_places(names, found.shape[1])]
    return found[list(names)] if len(names) > 1 else found[names[0]].to_numpy()


def _places(pick: Any, size: int) -> np.ndarray:
    at = np.atleast_1d(_even(pick))
    if at.dtype == bool:
        return np.flatnonzero(at)
    at = at.astype(int)
    return np.setdiff1d(np.arange(size), -at - 1) if (at < 0).any() else at - 1


SPECIAL: Mapping[str, Callable[[Call, Mapping[str, Any]], Any]] = {
    "$": _dollar, "[": _indexed, "model.matrix": _matrix, "data.frame": _frame, "with": _with,
    "tapply": _tapply,
}  # fmt: skip


def terms_of(node: Any) -> tuple[list[Any], bool]:
    """Terms on the right of a formula, and whether it has an intercept."""
    if isinstance(node, Call) and node.name == "~":
        return terms_of(node.plain[-1])
    if isinstance(node, Call) and node.name in ("+", "-") and len(node.plain) == 2:
        left, has = terms_of(node.plain[0])
        right, keeps = terms_of(node.plain[1])
        if node.name == "-":
            return left, has and node.plain[1] != Number(1)
        return left + right, has and keeps
    if isinstance(node, Call) and node.name == "-":
        return [], node.plain[0] != Number(1)
    if isinstance(node, Number):
        return [], node.value != 0
    return [node], True


def design_matrix(formula: Any, frame: pd.DataFrame, scope: Mapping[str, Any]) -> np.ndarray:
    """The matrix of a formula: treatment dummies for factors and words, all of them if the first
    factor stands without an intercept.
    """
    terms, has_intercept = terms_of(formula)
    within = {**scope, **columns(frame)}
    found = [np.ones(len(frame))] if has_intercept else []
    is_full = not has_intercept
    for term in terms:
        values = value(term, within)
        if not isinstance(values, pd.Categorical) and np.asarray(values).dtype.kind not in "OUS":
            found.append(np.asarray(values, dtype=float))
            continue
        levels = pd.Categorical(values)
        start = 0 if is_full else 1
        is_full = False
        found += [
            (levels.codes == number).astype(float)
            for number in range(start, len(levels.categories))
        ]
    return np.column_stack(found)


def walk(node: Any) -> Iterator[Call]:
    """All calls of a tree, outer ones first; the bodies of functions are left out."""
    if isinstance(node, Call):
        yield node
        for argument in node.arguments:
            if node.name != "function":
                yield from walk(argument.value)


def assigned(program: Any, scope: Scope) -> Scope:
    """The scope with every name that the program assigns and that has a value here."""
    found = dict(scope)
    for call in walk(program):
        if call.name == "<-" and isinstance(call.plain[0], Name):
            try:
                found[call.plain[0].value] = value(call.plain[1], found)
            except (NotRead, TypeError, ValueError, KeyError, AttributeError):
                continue  # a model, a function: not a value of this grammar
    return found


def argument(call: Call, name: str, place: int | None = None) -> Any:
    """An argument by name or, R's way, by its place among those without one."""
    named = call.named(name)
    if named is not None or place is None:
        return named
    without = [a for a in call.arguments if a.name is None]
    return without[place].value if place < len(without) else None


__all__ = [
    "Argument", "Scope", "argument", "assigned", "columns", "design_matrix", "terms_of", "value",
    "walk",
]  # fmt: skip
