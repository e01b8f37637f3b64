"""Values of small expressions on the columns of a frame: numbers, yes/no and classes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd

from analysis.arrays import FloatArray, IntArray, sorted_codes
from analysis.errors import AnalysisError
from analysis.expressions import Call, Name, Node, Number, Text


class Kind(StrEnum):
    NUMBER = "number"
    LOGICAL = "logical"
    CLASS = "class"


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One value per row as a number (nan: missing): itself, 0/1, or the place among `levels`."""

    values: FloatArray
    kind: Kind = Kind.NUMBER
    levels: tuple[object, ...] = ()

    def take(self, rows: IntArray) -> Column:
        return replace(self, values=self.values[rows])

    def present(self) -> Column:
        """The same without levels that no row holds; logical values become classes."""
        if self.kind is Kind.NUMBER:
            return self
        levels = self.levels if self.kind is Kind.CLASS else (False, True)
        held = np.unique(self.values[~np.isnan(self.values)]).astype(np.int64)
        position = np.full(len(levels), np.nan)
        position[held] = np.arange(len(held))
        values = np.where(
            np.isnan(self.values), np.nan, position[np.nan_to_num(self.values).astype(np.int64)]
        )
        return Column(values, Kind.CLASS, tuple(levels[at] for at in held))

    def among(self, levels: tuple[object, ...], label: str) -> Column:
        """The same rows by other levels.

        Raises
        ------
        AnalysisError
            A row holds a level that is not among them.
        """
        own = self.levels if self.kind is Kind.CLASS else (False, True)
        place = {label_of(level): at for at, level in enumerate(levels)}
        table = np.array([place.get(label_of(level), -1) for level in own], dtype=np.float64)
        known = ~np.isnan(self.values)
        values = np.full(len(self.values), np.nan)
        values[known] = table[self.values[known].astype(np.int64)]
        if (values == -1).any():
            lost = own[int(self.values[np.flatnonzero(values == -1)[0]])]
            raise AnalysisError(f"{label} = {label_of(lost)} did not occur where the model was fit")
        return Column(values, Kind.CLASS, levels)


def label_of(level: object) -> str:
    """A level as R prints it: 2 for 2.0, TRUE for true."""
    if isinstance(level, (bool, np.bool_)):
        return "TRUE" if level else "FALSE"
    if isinstance(level, (float, np.floating)):
        return f"{level:.15g}"
    return str(level)


def column_of(frame: pd.DataFrame, name: str) -> Column:
    """A column of a frame: numbers stay, yes/no is logical, everything else is a class."""
    if name not in frame.columns:
        raise AnalysisError(f"there is no column {name!r} in the data")
    values = frame[name]
    if pd.api.types.is_bool_dtype(values):
        return Column(_numbers(values), Kind.LOGICAL)
    if pd.api.types.is_numeric_dtype(values):
        return Column(_numbers(values))
    return as_class(values)


def _numbers(values: pd.Series[Any]) -> FloatArray:
    return np.asarray(values.to_numpy(dtype=np.float64, na_value=np.nan))


def as_class(values: pd.Series[Any]) -> Column:
    code, labels = sorted_codes(values)
    return Column(np.where(code < 0, np.nan, code), Kind.CLASS, tuple(labels))


def evaluate(node: Node, frame: pd.DataFrame) -> Column:
    """The value of an expression in every row of a frame.

    Raises
    ------
    AnalysisError
        A column or a function is unknown, or is given what it cannot take.
    """
    done: list[Column] = []
    waiting: list[tuple[Node, bool]] = [(node, False)]  # a stack: sums may have thousands of parts
    while waiting:
        part, is_ready = waiting.pop()
        if not isinstance(part, Call):
            done.append(_leaf(part, frame))
            continue
        used = part.operands[:1] if part.function == "%in%" else part.operands
        if not is_ready:
            waiting.append((part, True))
            waiting.extend((operand, False) for operand in reversed(used))
            continue
        first = len(done) - len(used)
        done[first:] = [_call(part, done[first:])]
    return done[0]


def _leaf(node: Number | Text | Name, frame: pd.DataFrame) -> Column:
    match node:
        case Number(value):
            return Column(np.full(len(frame), value))
        case Text(value):
            return Column(np.zeros(len(frame)), Kind.CLASS, (value,))
        case Name("TRUE" | "FALSE" as value) if value not in frame.columns:
            return Column(np.full(len(frame), float(value == "TRUE")), Kind.LOGICAL)
        case Name(value):
            return column_of(frame, value)


def _call(node: Call, given: list[Column]) -> Column:
    name = node.function
    if name == "%in%":
        return _is_in(node, given[0])
    if name in COMPARE and len(given) == 2:
        return _compare(COMPARE[name], *given, text=str(node))
    if len(given) == 1 and name in CHANGES:
        return CHANGES[name](given[0])
    return _of_numbers(name, given, str(node))


def _place(column: Column) -> Column:
    """Numbers of classes are the places of their levels, as in R."""
    return Column(column.values + (column.kind is Kind.CLASS))


def _is_missing(column: Column) -> Column:
    return Column(np.isnan(column.values).astype(np.float64), Kind.LOGICAL)


def _of_numbers(name: str, given: list[Column], text: str) -> Column:
    if any(column.kind is Kind.CLASS for column in given):
        raise AnalysisError(f"{text}: a classification is no number")
    values = [column.values for column in given]
    with np.errstate(all="ignore"):
        if name in LOGIC and len(values) == 2:
            return Column(LOGIC[name](*values), Kind.LOGICAL)
        if name == "!" and len(values) == 1:
            return Column(np.where(np.isnan(values[0]), np.nan, values[0] == 0), Kind.LOGICAL)
        if name in ARITHMETIC and len(values) == 2:
            return Column(ARITHMETIC[name](*values))
        if name in FUNCTIONS and len(values) == 1:
            return Column(np.asarray(FUNCTIONS[name](values[0]), dtype=np.float64))
        if name == "ifelse" and len(values) == 3:
            chosen = np.where(values[0] != 0, values[1], values[2])
            return Column(np.where(np.isnan(values[0]), np.nan, chosen))
    known = sorted(name for name in {*FUNCTIONS, *CHANGES, "ifelse"} if name[0].isalpha())
    raise AnalysisError(f"{text}: {name!r} is not known here; there are {', '.join(known)}")


def _factor(column: Column) -> Column:
    is_number = column.kind is Kind.NUMBER
    return as_class(pd.Series(column.values)) if is_number else column.present()


def _compare(
    compare: Callable[[FloatArray, FloatArray], FloatArray],
    left: Column,
    right: Column,
    *,
    text: str,
) -> Column:
    missing = np.isnan(left.values) | np.isnan(right.values)
    if Kind.CLASS in (left.kind, right.kind):
        if compare not in (np.equal, np.not_equal):
            raise AnalysisError(f"{text}: classes have no order; compare them by == or !=")
        found = compare(_labels(left), _labels(right))
    else:
        found = compare(left.values, right.values)
    return Column(np.where(missing, np.nan, found).astype(np.float64), Kind.LOGICAL)


def _labels(column: Column) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    if column.kind is Kind.CLASS:
        levels = np.array([label_of(level) for level in column.levels] + [""], dtype=object)
        return levels[np.nan_to_num(column.values, nan=-1).astype(np.int64)]
    return np.array([label_of(value) for value in column.values], dtype=object)


def _is_in(node: Call, column: Column) -> Column:
    wanted = node.operands[1]
    listed = wanted.operands if isinstance(wanted, Call) and wanted.function == "c" else (wanted,)
    texts = {str(part.value) if isinstance(part, Text) else str(part) for part in listed}
    return Column(np.isin(_labels(column), list(texts)).astype(np.float64), Kind.LOGICAL)


def _and(a: FloatArray, b: FloatArray) -> FloatArray:
    unknown = np.where(np.isnan(a) | np.isnan(b), np.nan, 1.0)
    return np.where((a == 0) | (b == 0), 0.0, unknown)


def _or(a: FloatArray, b: FloatArray) -> FloatArray:
    unknown = np.where(np.isnan(a) | np.isnan(b), np.nan, 0.0)
    yes = (np.nan_to_num(a) != 0) | (np.nan_to_num(b) != 0)
    return np.where(yes, 1.0, unknown)


CHANGES: dict[str, Callable[[Column], Column]] = {
    "(": lambda column: column, "I": lambda column: column, "factor": _factor,
    "as.factor": _factor, "is.na": _is_missing, "as.numeric": _place, "as.integer": _place,
}  # fmt: skip
COMPARE: dict[str, Callable[[FloatArray, FloatArray], FloatArray]] = {
    "==": np.equal, "!=": np.not_equal, "<": np.less, ">": np.greater,
    "<=": np.less_equal, ">=": np.greater_equal,
}  # fmt: skip
LOGIC: dict[str, Callable[[FloatArray, FloatArray], FloatArray]] = {
    "&": _and, "&&": _and, "|": _or, "||": _or,
}  # fmt: skip
ARITHMETIC: dict[str, Callable[[FloatArray, FloatArray], FloatArray]] = {
    "+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "^": np.power,
    "%%": np.mod, "%/%": np.floor_divide, "pmin": np.minimum, "pmax": np.maximum,
}  # fmt: skip
FUNCTIONS: dict[str, Callable[[FloatArray], FloatArray]] = {
    "-": np.negative, "+": np.positive, "log": np.log, "log10": np.log10, "log2": np.log2,
    "log1p": np.log1p, "exp": np.exp, "sqrt": np.sqrt, "abs": np.abs, "floor": np.floor,
    "ceiling": np.ceil, "round": np.round,
}  # fmt: skip
