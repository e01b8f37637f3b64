"""Functions of base R that the programs of the cases call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from analysis import Design
from tests.reference import r_values as r
from tests.reference.r_program import Program, frame_of, indexed, plain
from tests.reference.r_values import List, Matrix, Vector
from tests.reference.spec import NotBuilt


def listed(program: Program, *given: Any, **named: Any) -> List:
    names = tuple("" for _ in given) + tuple(name.replace("_", ".") for name in named)
    return List(names, (*given, *named.values()))


def combine(program: Program, *given: Any, **named: Any) -> Any:
    parts = [*((None, v) for v in given), *named.items()]
    parts = [(name, plain(value)) for name, value in parts if value is not None]
    if any(isinstance(value, List) for _, value in parts):
        names = [n or "" for n, _ in parts]
        return List(tuple(names), tuple(value for _, value in parts))
    vectors = [(n, flat(v)) for n, v in parts]
    is_text = any(v.kind in ("text", "factor") for _, v in vectors)
    is_logical = bool(vectors) and all(v.kind == "logical" for _, v in vectors)
    labels: list[str] = []
    for name, vector in vectors:
        own = vector.names or ("",) * len(vector)
        if name and len(vector) == 1:
            labels.append(name.replace("_", "."))
        else:
            labels += [f"{name}.{label}" if name and label else label for label in own]
    names = tuple(labels) if any(labels) else None
    if is_text:
        values = np.array([t for _, v in vectors for t in v.texts], dtype=object)
        return Vector(values, names, "text")
    joined = np.concatenate([v.numbers for _, v in vectors]) if vectors else np.zeros(0)
    return Vector(joined, names, "logical" if is_logical else "number")


def flat(value: Any) -> Vector:
    value = plain(value)
    if isinstance(value, Matrix):
        return r.numeric(value.values.ravel(order="F"))
    if isinstance(value, List):
        return combine(None, *value.values)  # type: ignore[arg-type]
    if not isinstance(value, Vector):
        raise NotBuilt(f"a vector from {type(value).__name__}")
    return value


def as_numeric(program: Program, value: Any) -> Vector:
    return Vector(np.asarray(flat(value).numbers, dtype=np.float64))


def as_vector(program: Program, value: Any) -> Any:
    found = flat(value)
    return replace(found, names=None) if isinstance(plain(value), Matrix) else found


def unnamed(program: Program, value: Any) -> Any:
    value = plain(value)
    if isinstance(value, Matrix):
        return Matrix(value.values)
    return replace(flat(value), names=None)


def named(program: Program, value: Any, labels: Any = None) -> Any:
    if isinstance(value, List):
        return List(tuple(labels.texts), value.values)
    return replace(flat(value), names=tuple(labels.texts))


def as_character(program: Program, value: Any) -> Vector:
    return r.texts(flat(value).texts)


def names(program: Program, value: Any) -> Any:
    if isinstance(value, List):
        return r.texts(value.names)
    if isinstance(value, pd.DataFrame):
        return r.texts(list(map(str, value.columns)))
    found = flat(value).names
    return None if found is None else r.texts(found)


def row_names(program: Program, value: Any) -> Any:
    found = plain(value).rows
    return None if found is None else r.texts(found)


def column_names(program: Program, value: Any) -> Any:
    if isinstance(value, pd.DataFrame):
        return r.texts(list(map(str, value.columns)))
    found = plain(value).columns
    return None if found is None else r.texts(found)


def length(program: Program, value: Any) -> Vector:
    value = plain(value)
    return r.number(len(value.values) if isinstance(value, List) else len(flat(value)))


def rows(program: Program, value: Any) -> Vector:
    if isinstance(value, Design):
        return r.number(len(frame_of(value)))
    return r.number(len(value) if isinstance(value, pd.DataFrame) else value.values.shape[0])


def columns(program: Program, value: Any) -> Vector:
    return r.number(value.shape[1] if isinstance(value, pd.DataFrame) else value.values.shape[1])


def summarised(name: str) -> Callable[..., Any]:
    def function(program: Program, *given: Any, na_rm: Any = None) -> Vector:
        values = np.concatenate([flat(v).numbers for v in given])
        if na_rm is not None and na_rm.values[0]:
            values = values[~np.isnan(values)]
        return r.number(float(r.SUMMARY[name](values)))

    return function


def mapped(name: str) -> Callable[..., Any]:
    def function(program: Program, value: Any, **_: Any) -> Any:
        value = plain(value)
        with np.errstate(all="ignore"):
            if isinstance(value, Matrix):
                return replace(value, values=r.UNARY[name](value.values))
            found = np.asarray(r.UNARY[name](value.numbers), dtype=np.float64)
        keep = value.names if value.names and len(found) == len(value.names) else None
        if name in ("rev", "sort") and value.names:
            order = np.arange(len(found))[::-1] if name == "rev" else np.argsort(value.numbers)
            return value.take(order)
        return Vector(found, keep)

    return function


def log(program: Program, value: Any, base: Any = None) -> Any:
    value = plain(value)
    with np.errstate(all="ignore"):
        found = np.log(value.numbers)
    return Vector(found / np.log(base.values[0]) if base is not None else found, value.names)


def rounded(program: Program, value: Any, digits: Any = None) -> Any:
    value = plain(value)
    return replace(value, values=np.round(value.values, int(digits.values[0]) if digits else 0))


def applied(program: Program, values: Any, function: Any, *more: Any, **_: Any) -> Any:
    parts = _parts(values)
    found = [program.apply(function, [part, *more]) for part in parts]
    labels = values.names if isinstance(values, (List, Vector)) else None
    if labels is None and isinstance(values, Vector) and values.kind == "text":
        labels = tuple(values.texts)
    vectors = [plain(value) for value in found]
    if all(isinstance(v, Vector) and len(v) == 1 for v in vectors):
        return replace(combine(program, *vectors), names=labels)
    if all(isinstance(v, Vector) for v in vectors) and len({len(v) for v in vectors}) == 1:
        return Matrix(np.column_stack([v.numbers for v in vectors]), vectors[0].names, labels)
    return List(labels or ("",) * len(found), tuple(found))


def _parts(values: Any) -> list[Any]:
    if isinstance(values, List):
        return list(values.values)
    if isinstance(values, pd.DataFrame):
        return [r.column(values[name]) for name in values.columns]
    vector = flat(values)
    return [replace(vector.take(np.array([at])), names=None) for at in range(len(vector))]


def list_applied(program: Program, values: Any, function: Any, *more: Any) -> List:
    parts = _parts(values)
    labels = values.names if isinstance(values, (List, Vector)) and values.names else None
    found = tuple(program.apply(function, [part, *more]) for part in parts)
    return List(labels or ("",) * len(found), found)


def unlisted(program: Program, value: Any, **_: Any) -> Any:
    if not isinstance(value, List):
        return flat(value)
    given = [v for n, v in zip(value.names, value.values, strict=True) if not n]
    called = {n: v for n, v in zip(value.names, value.values, strict=True) if n}
    return combine(program, *given, **called)


def bound(program: Program, *given: Any, is_column: bool, **called: Any) -> Matrix:
    parts = [plain(v) for v in (*given, *called.values())]
    labels = ["" for _ in given] + list(called)
    blocks = []
    for part in parts:
        values = part.values if isinstance(part, Matrix) else part.numbers[:, None]
        blocks.append(values if is_column or not isinstance(part, Vector) else values.T)
    first = next((p for p in parts if isinstance(p, Vector) and p.names), None)
    kept = first.names if first is not None else None
    made = np.hstack(blocks) if is_column else np.vstack(blocks)
    shown = tuple(labels) if any(labels) and len(labels) == made.shape[int(is_column)] else None
    return Matrix(made, kept, shown) if is_column else Matrix(made, shown, kept)


def matrix(program: Program, data: Any, nrow: Any = None, ncol: Any = None, byrow: Any = None,
           **_: Any) -> Matrix:  # fmt: skip
    values = flat(data).numbers
    n_row = int(nrow.values[0]) if nrow is not None else None
    n_col = int(ncol.values[0]) if ncol is not None else None
    if n_row is None:
        n_row = -(-len(values) // n_col) if n_col else len(values)
    n_col = n_col or -(-len(values) // n_row)
    order = "C" if byrow is not None and byrow.values[0] else "F"
    return Matrix(np.resize(values, n_row * n_col).reshape(n_row, n_col, order=order))


def solved(program: Program, a: Matrix, b: Any = None) -> Any:
    if b is None:
        return Matrix(np.linalg.inv(a.values), a.columns, a.rows)
    found = np.linalg.solve(a.values, b.values)
    return Matrix(found) if isinstance(b, Matrix) else r.numeric(found)


def diagonal(program: Program, value: Any) -> Any:
    if isinstance(value, Matrix):
        return r.numeric(np.diag(value.values), value.rows)
    numbers = flat(value).numbers
    return Matrix(np.eye(int(numbers[0])) if len(numbers) == 1 else np.diag(numbers))


def transposed(program: Program, value: Any) -> Matrix:
    value = plain(value)
    if isinstance(value, Vector):
        return Matrix(value.values[None, :], None, value.names)
    return Matrix(value.values.T, value.columns, value.rows)


def data_frame(program: Program, **called: Any) -> pd.DataFrame:
    size = max(len(flat(value)) for value in called.values())
    return pd.DataFrame(
        {name.replace("_", "."): r.series(flat(value), size) for name, value in called.items()}
    )


def factored(program: Program, value: Any, levels: Any = None, labels: Any = None, **_: Any) -> Any:
    return r.factor(
        flat(value),
        None if levels is None else levels.texts,
        None if labels is None else labels.texts,
    )


def cut(
    program: Program,
    value: Any,
    breaks: Any,
    *,
    labels: Any = None,
    right: Any = None,
    include_lowest: Any = None,
    **_: Any,
) -> Any:
    is_right = right is None or bool(right.values[0])
    lowest = include_lowest is not None and bool(include_lowest.values[0])
    edges = breaks.numbers
    found = pd.cut(value.numbers, edges, right=is_right, include_lowest=lowest, labels=False)
    if labels is None or labels.kind == "logical":
        ends = [f"{edge:g}" for edge in edges]
        shape = "({},{}]" if is_right else "[{},{})"
        shown = [shape.format(a, b) for a, b in pairwise(ends)]
    else:
        shown = labels.texts
    texts = [None if np.isnan(at) else shown[int(at)] for at in found]
    return Vector(np.array(texts, dtype=object), None, "factor", tuple(shown))


def interaction(program: Program, *given: Any, **_: Any) -> Any:
    parts = [r.factor(flat(value)) for value in given]
    levels = [""]
    for number, part in enumerate(parts):
        joint = "." if number else ""
        levels = [f"{a}{joint}{b}" for b in part.levels for a in levels]
    found = [None if None in row else ".".join(row)
             for row in zip(*(part.values for part in parts), strict=True)]  # fmt: skip
    return Vector(np.array(found, dtype=object), None, "factor", tuple(levels))


def chosen(program: Program, test: Any, yes: Any, no: Any) -> Any:
    size = len(test)
    picked = np.nan_to_num(test.values) != 0
    gap = np.isnan(test.values)
    if yes.kind == "text" or no.kind == "text":
        a, b = np.resize(yes.texts, size), np.resize(no.texts, size)
        found = np.where(picked, a, b).astype(object)
        found[gap] = None
        return Vector(found, None, "text")
    found = np.where(picked, np.resize(yes.numbers, size), np.resize(no.numbers, size))
    return Vector(np.where(gap, np.nan, found), test.names)


def is_missing(program: Program, value: Any) -> Vector:
    found = flat(value)
    return Vector(r.missing(found).astype(np.float64), found.names, "logical")


def sequence(program: Program, first: Any, last: Any = None, by: Any = None,
             length_out: Any = None) -> Vector:  # fmt: skip
    if last is None:
        return r.numeric(np.arange(1, int(first.values[0]) + 1))
    low, high = float(first.values[0]), float(last.values[0])
    if length_out is not None:
        return r.numeric(np.linspace(low, high, int(length_out.values[0])))
    step = float(by.values[0]) if by is not None else 1.0
    return r.numeric(low + step * np.arange(int(np.floor((high - low) / step + 1e-10)) + 1))


def repeated(program: Program, value: Any, times: Any = None, each: Any = None) -> Vector:
    found = flat(value)
    if each is not None:
        return found.take(np.repeat(np.arange(len(found)), int(each.values[0])))
    counts = times.numbers.astype(np.int64)
    at = np.repeat(np.arange(len(found)), counts) if len(counts) > 1 else np.tile(
        np.arange(len(found)), counts[0])  # fmt: skip
    return found.take(at)


def pasted(
    program: Program, *given: Any, sep: Any = None, collapse: Any = None, joint: str = " "
) -> Any:
    between = sep.texts[0] if sep is not None else joint
    parts = [flat(value).texts for value in given]
    size = max(map(len, parts))
    found = [between.join(part[at % len(part)] for part in parts) for at in range(size)]
    return r.texts([collapse.texts[0].join(found)] if collapse is not None else found)


def across(name: str) -> Callable[..., Any]:
    def function(program: Program, value: Any, na_rm: Any = None) -> Vector:
        values = (np.column_stack([r.column(value[c]).numbers for c in value.columns])
                  if isinstance(value, pd.DataFrame) else value.values)  # fmt: skip
        axis = 1 if name.startswith("row") else 0
        skips = na_rm is not None and bool(na_rm.values[0])
        is_mean = name.endswith("Means")
        if skips:
            return r.numeric((np.nanmean if is_mean else np.nansum)(values, axis=axis))
        return r.numeric((np.mean if is_mean else np.sum)(values, axis=axis))

    return function


def identity(program: Program, value: Any, *_: Any, **__: Any) -> Any:
    return value


BASE: dict[str, Callable[..., Any]] = {
    "list": listed, "c": combine, "as.numeric": as_numeric, "as.double": as_numeric,
    "as.integer": as_numeric, "as.vector": as_vector, "unname": unnamed, "setNames": named,
    "as.character": as_character, "names": names, "rownames": row_names, "colnames": column_names,
    "row.names": row_names, "length": length, "nrow": rows, "NROW": rows, "ncol": columns,
    "log": log, "round": rounded, "signif": identity, "sapply": applied, "lapply": list_applied,
    "vapply": applied, "unlist": unlisted, "matrix": matrix, "solve": solved, "diag": diagonal,
    "t": transposed, "data.frame": data_frame, "factor": factored, "as.factor": factored,
    "cut": cut, "interaction": interaction, "ifelse": chosen, "is.na": is_missing,
    "seq": sequence, "seq_len": sequence, "rep": repeated, "paste": pasted,
    "paste0": lambda p, *v, **k: pasted(p, *v, joint="", **k),
    "I": identity, "invisible": identity, "suppressWarnings": identity, "print": identity,
    "suppressMessages": identity, "drop": identity, "as.matrix": identity, "as.list": identity,
    "levels": lambda p, v: r.texts(v.levels), "nlevels": lambda p, v: r.number(len(v.levels)),
    "seq_along": lambda p, v: r.numeric(np.arange(1, len(flat(v)) + 1)),
    "unique": lambda p, v: v.take(np.sort(np.unique(v.texts, return_index=True)[1])),
    "cbind": lambda p, *v, **k: bound(p, *v, is_column=True, **k),
    "rbind": lambda p, *v, **k: bound(p, *v, is_column=False, **k),
    "getElement": lambda p, v, k: indexed(v, [k], is_double=True),
    "crossprod": lambda p, a: Matrix(a.values.T @ a.values),
    **{name: summarised(name) for name in r.SUMMARY}, **{name: mapped(name) for name in r.UNARY},
    **{name: across(name) for name in ("rowMeans", "rowSums", "colMeans", "colSums")},
}  # fmt: skip
