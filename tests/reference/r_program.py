"""Runs small R programs: names, calls, indexing, arithmetic; survey functions are the engine's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from analysis import Design
from tests.reference import r_values as r
from tests.reference.r_expressions import Argument, Call, Name, Node, Number, Text
from tests.reference.r_values import Closure, List, Matrix, Quoted, Vector
from tests.reference.spec import NotBuilt

CONSTANTS = {
    "TRUE": Vector(np.ones(1), None, "logical"), "T": Vector(np.ones(1), None, "logical"),
    "FALSE": Vector(np.zeros(1), None, "logical"), "F": Vector(np.zeros(1), None, "logical"),
    "NULL": None, "NA": r.number(np.nan), "NaN": r.number(np.nan), "Inf": r.number(np.inf),
    "pi": r.number(np.pi), "NA_real_": r.number(np.nan),
}  # fmt: skip
PRECEDENCE = {
    "~": 1, "|": 3, "||": 3, "&": 4, "&&": 4, "==": 6, "!=": 6, "<": 6, ">": 6, "<=": 6, ">=": 6,
    "+": 7, "-": 7, "*": 8, "/": 8, "%in%": 9, "%%": 9, "%*%": 9, ":": 10, "^": 12,
}  # fmt: skip


def text_of(node: Node | None, floor: int = 0) -> str:
    """R code of a tree, with the brackets that it needs."""
    if node is None:
        return ""
    if not isinstance(node, Call):
        return _leaf(node)
    rank = PRECEDENCE.get(node.name, 0)
    if rank and len(node.plain) == 2:
        left, right = text_of(node.plain[0], rank - 1), text_of(node.plain[1], rank)
        found = f"{left} {node.name} {right}"
        return f"({found})" if rank <= floor else found
    if node.name in ("-", "+", "!", "~") and len(node.plain) == 1:
        return f"{node.name}{text_of(node.plain[0], 11)}" if node.name != "~" else (
            f"~{text_of(node.plain[0], 1)}"
        )  # fmt: skip
    inside = ", ".join(
        (f"{a.name} = " if a.name else "") + text_of(a.value) for a in node.arguments
    )
    return f"{text_of(node.function)}({inside})"


def _leaf(node: Number | Text | Name) -> str:
    if isinstance(node, Number):
        return f"{node.value:.15g}"
    if isinstance(node, Text):
        return f'"{node.value}"'
    return node.value if node.value.replace(".", "").isidentifier() else f"`{node.value}`"


@dataclass(slots=True)
class Program:
    """Names and what they stand for; functions of R by name, in `functions`."""

    scope: dict[str, Any]
    functions: Mapping[str, Callable[..., Any]]

    def run(self, node: Node | None, columns: pd.DataFrame | None = None) -> Any:
        """The value of an expression; names of `columns` come first."""
        match node:
            case None:
                return None
            case Number(value):
                return r.number(value)
            case Text(value):
                return r.texts([value])
            case Name(value):
                return self.named(value, columns)
        special = SPECIAL.get(node.name)
        if special is not None:
            return special(self, node, columns)
        return self.called(node, columns)

    def named(self, name: str, columns: pd.DataFrame | None) -> Any:
        if columns is not None and name in columns.columns:
            return r.column(columns[name])
        if name in self.scope:
            return self.scope[name]
        if name in CONSTANTS:
            return CONSTANTS[name]
        if name in self.functions or name in SPECIAL:
            return Closure(name)
        raise NotBuilt(f"the R name {name!r}")

    def called(self, node: Call, columns: pd.DataFrame | None) -> Any:
        function = self.scope.get(node.name) if node.name in self.scope else None
        if not node.name and isinstance(node.function, Call) and node.function.name == "::":
            name = text_of(node.function.plain[1])
        elif isinstance(function, Closure):
            return self.apply(function, [self.run(a.value, columns) for a in node.arguments])
        else:
            name = node.name
        if name not in self.functions:
            raise NotBuilt(f"the R function {name or text_of(node.function)!r}")
        given = [self.run(a.value, columns) for a in node.arguments if a.name is None]
        named = {a.name: self.run(a.value, columns) for a in node.arguments if a.name}
        return self.functions[name](
            self, *given, **{k.replace(".", "_"): v for k, v in named.items()}
        )

    def apply(self, function: Closure, given: list[Any]) -> Any:
        if function.call is None:
            if function.name not in self.functions:
                raise NotBuilt(f"{function.name!r} applied to values")
            return self.functions[function.name](self, *given)
        *parameters, body = function.call.arguments
        scope = {**self.scope, **function.scope}
        for at, parameter in enumerate(parameters):
            name = parameter.name or text_of(parameter.value)
            scope[name] = given[at] if at < len(given) else self.run(parameter.value)
        return Program(scope, self.functions).run(body.value)


def _block(program: Program, node: Call, columns: pd.DataFrame | None) -> Any:
    found = None
    for part in node.plain:
        found = program.run(part, columns)
    return found


def _assign(program: Program, node: Call, columns: pd.DataFrame | None) -> Any:
    target, value = node.plain
    found = program.run(value, columns)
    if isinstance(target, Name):
        program.scope[target.value] = found
        return found
    changed = target.name if isinstance(target, Call) else ""
    if changed in ("names", "rownames", "colnames") and isinstance(target.plain[0], Name):
        held = program.scope[target.plain[0].value]
        labels = tuple(found.texts)
        field = {"names": "names", "rownames": "rows", "colnames": "columns"}[changed]
        if isinstance(held, List):
            held = List(labels, held.values)
        else:
            held = replace(held, **{field: labels})
        program.scope[target.plain[0].value] = held
        return found
    raise NotBuilt(f"assignment to {text_of(target)}")


def _quote(program: Program, node: Call, columns: pd.DataFrame | None) -> Any:
    return Quoted(node.plain[0])


def _formula(program: Program, node: Call, columns: pd.DataFrame | None) -> Any:
    return Quoted(node)


def _function(program: Program, node: Call, columns: pd.DataFrame | None) -> Any:
    return Closure("", node, dict(program.scope))


def _member(program: Program, node: Call, columns: pd.DataFrame | None) -> Any:
    held = program.run(node.plain[0], columns)
    key = node.plain[1]
    name = key.value if isinstance(key, (Name, Text)) else text_of(key)
    return member(held, name)


def member(held: Any, name: str) -> Any:
    """`held$name`."""
    if isinstance(held, List):
        return held.at(name)
    if isinstance(held, pd.DataFrame):
        if name not in held.columns:
            raise NotBuilt(f"there is no column {name!r}")
        return r.column(held[name])
    if isinstance(held, Design) and name == "variables":
        return frame_of(held)
    members = getattr(held, "members", None)
    if members is None:
        raise NotBuilt(f"${name} of {type(held).__name__}")
    return members(name)


def frame_of(design: Design) -> pd.DataFrame:
    """The rows that a design looks at."""
    frame = design.frame if design.domain is None else design.frame[design.domain]
    return frame.reset_index(drop=True)


def _update(program: Program, node: Call, columns: pd.DataFrame | None) -> Any:
    held = program.run(node.arguments[0].value, columns)
    frame = held.frame if isinstance(held, Design) else held
    if not isinstance(frame, pd.DataFrame):
        raise NotBuilt(f"update of {type(held).__name__}")
    for argument in node.arguments[1:]:
        value = program.run(argument.value, frame)
        made = r.series(value, len(frame))
        made.index = frame.index
        frame = frame.assign(**{str(argument.name): made})
    return replace(held, frame=frame) if isinstance(held, Design) else frame


def _subset(program: Program, node: Call, columns: pd.DataFrame | None) -> Any:
    held = program.run(node.arguments[0].value, columns)
    where = node.arguments[1].value
    frame = held.frame if isinstance(held, Design) else held
    found = program.run(where, frame)
    mask = np.nan_to_num(found.values.astype(float)) != 0
    if isinstance(held, Design):
        return held.subset(mask)
    return held[mask].reset_index(drop=True)


def _with(program: Program, node: Call, columns: pd.DataFrame | None) -> Any:
    held = program.run(node.arguments[0].value, columns)
    return program.run(
        node.arguments[1].value, frame_of(held) if isinstance(held, Design) else held
    )


def _index(program: Program, node: Call, columns: pd.DataFrame | None) -> Any:
    held = program.run(node.arguments[0].value, columns)
    keys = [a for a in node.arguments[1:] if a.name is None]
    if isinstance(held, Design):
        found = program.run(keys[0].value, held.frame)
        if found.kind != "logical":
            raise NotBuilt("rows of a design by number")
        return held.subset(np.nan_to_num(found.values) != 0)
    return indexed(held, [program.run(key.value, columns) for key in keys], node.name == "[[")


def indexed(held: Any, keys: list[Any], is_double: bool) -> Any:
    """`held[keys]`."""
    if getattr(held, "groups", None) is not None:
        held = held.by_columns
    if isinstance(held, pd.DataFrame):
        held = held if len(keys) == 1 or keys[0] is None else held.iloc[place(keys[0], len(held))]
        at = place(keys[-1], held.shape[1], tuple(map(str, held.columns)))
        names = [held.columns[number] for number in at]
        return r.column(held[names[0]]) if len(names) == 1 else held[names]
    if isinstance(held, List):
        at = place(keys[0], len(held.values), held.names)
        if is_double:
            return held.values[int(at[0])]
        return List(tuple(held.names[i] for i in at), tuple(held.values[i] for i in at))
    if hasattr(held, "vector"):
        held = held.vector()
    if isinstance(held, Matrix):
        return _of_matrix(held, keys)
    if isinstance(held, Vector):
        found = held.take(place(keys[0], len(held), held.names))
        return replace(found, names=None) if is_double else found
    raise NotBuilt(f"[ ] of {type(held).__name__}")


def _of_matrix(held: Matrix, keys: list[Any]) -> Any:
    if len(keys) == 1:
        return Vector(held.values.ravel(order="F")).take(place(keys[0], held.values.size))
    rows, columns = (
        np.arange(size) if key is None else place(key, size, names)
        for key, size, names in zip(keys, held.values.shape, (held.rows, held.columns), strict=True)
    )
    found = held.values[np.ix_(rows, columns)]
    names = [
        None if labels is None else tuple(labels[at] for at in chosen)
        for labels, chosen in ((held.rows, rows), (held.columns, columns))
    ]
    if 1 in found.shape:
        is_column = found.shape[1] == 1
        keep = names[0] if is_column and len(rows) > 1 else names[1]
        return Vector(found.ravel(), keep if len(found.ravel()) > 1 else None)
    return Matrix(found, names[0], names[1])


def place(key: Vector, size: int, names: tuple[str, ...] | None = None) -> np.ndarray:
    """Positions from numbers, negative numbers, logical values or names."""
    if key.kind == "logical":
        return np.flatnonzero(np.resize(np.nan_to_num(key.values), size) != 0)
    if key.kind in ("text", "factor"):
        if names is None or not set(key.texts) <= set(names):
            raise NotBuilt(f"index {key.texts} of {names}")
        return np.array([names.index(text) for text in key.texts])
    numbers = key.values.astype(np.int64)
    if (numbers < 0).any():
        return np.setdiff1d(np.arange(size), -numbers - 1)
    return numbers[numbers > 0] - 1


def _operator(program: Program, node: Call, columns: pd.DataFrame | None) -> Any:
    given = [plain(program.run(part, columns)) for part in node.plain]
    if len(given) == 1:
        return _signed(node.name, given[0])
    return r.arithmetic(node.name, given[0], given[1])


def plain(value: Any) -> Any:
    """Estimates lose their variance in arithmetic, as in R."""
    return value.vector() if hasattr(value, "vector") else value


def _signed(name: str, value: Any) -> Any:
    if name == "!":
        found = np.where(np.isnan(value.values), np.nan, value.values == 0)
        return replace(value, values=found.astype(np.float64), kind="logical")
    sign = -1.0 if name == "-" else 1.0
    if isinstance(value, Matrix):
        return replace(value, values=sign * value.values)
    return Vector(sign * value.numbers, value.names)


def _in(program: Program, node: Call, columns: pd.DataFrame | None) -> Any:
    left, right = (program.run(part, columns) for part in node.plain)
    if left.kind in ("text", "factor"):
        wanted = set(right.texts)
        found = [value in wanted for value in left.values]
    else:
        found = np.isin(left.values, right.numbers)
    return Vector(np.array(found, dtype=np.float64), None, "logical")


def _matrix_product(program: Program, node: Call, columns: pd.DataFrame | None) -> Any:
    left, right = (plain(program.run(part, columns)) for part in node.plain)
    a = left.values[None, :] if isinstance(left, Vector) else left.values
    b = right.values if isinstance(right, Matrix) else right.values[:, None]
    if isinstance(left, Vector) and b.shape[0] == 1 and len(left) != 1:
        a = left.values[:, None]
    return Matrix(a @ b)


def _range(program: Program, node: Call, columns: pd.DataFrame | None) -> Any:
    first, last = (int(program.run(part, columns).values[0]) for part in node.plain)
    step = 1 if last >= first else -1
    return r.numeric(np.arange(first, last + step, step))


def _package(program: Program, node: Call, columns: pd.DataFrame | None) -> Any:
    return program.run(node.plain[1], columns)


SPECIAL: dict[str, Callable[[Program, Call, pd.DataFrame | None], Any]] = {
    "{": _block, "<-": _assign, "=": _assign, "quote": _quote, "~": _formula, "bquote": _quote,
    "function": _function, "$": _member, "@": _member, "[": _index, "[[": _index,
    "update": _update, "transform": _update, "subset": _subset, "with": _with, "%in%": _in,
    "%*%": _matrix_product, ":": _range, "::": _package, "expression": _quote,
    **dict.fromkeys([*r.BINARY, "!"], _operator),
}  # fmt: skip


def arguments_of(node: Node) -> tuple[Argument, ...]:
    return node.arguments if isinstance(node, Call) else ()
