"""Smooth functions written as text, with their exact gradients.

Numbers, names (`api.stu`, or anything between backticks), `+ - * / ^ **`, brackets, and the
functions of `FUNCTIONS`. Values carry their gradient along (forward differentiation), so that no
step width has to be chosen; the tree is walked with a stack, however many parts are added up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from analysis.arrays import FloatArray
from analysis.errors import AnalysisError
from analysis.expressions import Call, Name, Node, Number, in_order, names_of, parse


@dataclass(frozen=True, slots=True, eq=False)
class Dual:
    """A value and its gradient."""

    value: float
    gradient: FloatArray

    def through(self, value: float, slope: float) -> Dual:
        """A function of this value: chain rule."""
        return Dual(value, slope * self.gradient)


def _logistic(x: float) -> float:
    return float(1 / (1 + np.exp(-x)))


FUNCTIONS: dict[str, Callable[[Dual], Dual]] = {
    "log": lambda a: a.through(float(np.log(a.value)), float(np.float64(1) / a.value)),
    "exp": lambda a: a.through(float(np.exp(a.value)), float(np.exp(a.value))),
    "sqrt": lambda a: a.through(float(np.sqrt(a.value)), float(np.float64(0.5) / np.sqrt(a.value))),
    "sin": lambda a: a.through(float(np.sin(a.value)), float(np.cos(a.value))),
    "cos": lambda a: a.through(float(np.cos(a.value)), -float(np.sin(a.value))),
    "tan": lambda a: a.through(float(np.tan(a.value)), float(1 / np.cos(a.value) ** 2)),
    "asin": lambda a: a.through(
        float(np.arcsin(a.value)), float(1 / np.sqrt(np.float64(1 - a.value**2)))
    ),
    "acos": lambda a: a.through(
        float(np.arccos(a.value)), -float(1 / np.sqrt(np.float64(1 - a.value**2)))
    ),
    "atan": lambda a: a.through(float(np.arctan(a.value)), 1 / (1 + a.value**2)),
    "tanh": lambda a: a.through(float(np.tanh(a.value)), 1 - float(np.tanh(a.value)) ** 2),
    "logit": lambda a: a.through(
        float(np.log(np.float64(a.value) / (1 - a.value))),
        float(1 / (np.float64(a.value) * (1 - a.value))),
    ),
    "expit": lambda a: a.through(_logistic(a.value), _logistic(a.value) * (1 - _logistic(a.value))),
}


@dataclass(frozen=True, slots=True, eq=False)
class Smooth:
    """An expression that was read: the names it needs, and the function that it is."""

    text: str
    names: tuple[str, ...]
    tree: Node

    def at(self, labels: tuple[str, ...], values: FloatArray) -> Dual:
        """Value and gradient (one entry per label) where the names have these values.

        >>> read("a / b").at(("a", "b"), np.array([1.0, 4.0])).gradient.tolist()
        [0.25, -0.0625]
        """
        place = {label: number for number, label in enumerate(labels)}
        if len(place) < len(labels):
            raise AnalysisError("two estimates have one label; name them apart")
        missing = [name for name in self.names if name not in place]
        if missing:
            known = ", ".join(labels[:8])
            raise AnalysisError(f"{self.text!r}: {missing[0]!r} was not estimated (but {known})")
        unit = np.eye(len(labels))
        given = {name: Dual(float(values[place[name]]), unit[place[name]]) for name in self.names}
        with np.errstate(all="ignore"):
            return _value(self.tree, given, np.zeros(len(labels)))


def read(text: str) -> Smooth:
    """Read an expression.

    Raises
    ------
    AnalysisError
        The text does not fit the grammar, or names a function that is not in `FUNCTIONS`.
    """
    tree = parse(text)
    for part in in_order(tree):
        if isinstance(part, Call):
            _check(part, text)
        elif not isinstance(part, Name | Number):
            raise AnalysisError(f"{text!r}: {part} was not expected")
    return Smooth(text, names_of(tree), tree)


def _check(part: Call, text: str) -> None:
    size = len(part.operands)
    if not part.is_operator and part.function not in FUNCTIONS:
        known = ", ".join(FUNCTIONS)
        raise AnalysisError(f"there is no function {part.function!r}; known: {known}")
    known_operators = {1: ("(", "+", "-"), 2: tuple(PAIRS)}.get(size, ())
    if part.is_operator and part.function not in known_operators:
        raise AnalysisError(f"{text!r}: {part.function!r} was not expected")
    if not part.is_operator and size != 1:
        raise AnalysisError(f"{text!r}: {part.function} takes one value")


def _value(tree: Node, known: dict[str, Dual], flat: FloatArray) -> Dual:
    """The value of a tree; what was computed waits on a stack for the call that takes it."""
    done: list[Dual] = []
    for part in in_order(tree):
        if isinstance(part, Number):
            done.append(Dual(part.value, flat))
        elif isinstance(part, Name):
            done.append(known[part.value])
        elif isinstance(part, Call) and len(part.operands) == 2:
            right, left = done.pop(), done.pop()
            done.append(PAIRS[part.function](left, right))
        elif isinstance(part, Call) and part.function == "-":
            done.append(_negative(done.pop()))
        elif isinstance(part, Call) and not part.is_operator:
            done.append(FUNCTIONS[part.function](done.pop()))
    return done[0]


def _negative(a: Dual) -> Dual:
    return a.through(-a.value, -1.0)


def _sum(a: Dual, b: Dual) -> Dual:
    return Dual(a.value + b.value, a.gradient + b.gradient)


def _difference(a: Dual, b: Dual) -> Dual:
    return Dual(a.value - b.value, a.gradient - b.gradient)


def _product(a: Dual, b: Dual) -> Dual:
    return Dual(a.value * b.value, a.gradient * b.value + b.gradient * a.value)


def _quotient(a: Dual, b: Dual) -> Dual:
    value = float(np.float64(a.value) / b.value)
    return Dual(value, (a.gradient - value * b.gradient) / np.float64(b.value))


def _power(a: Dual, b: Dual) -> Dual:
    value = float(np.float64(a.value) ** b.value)
    gradient = b.value * np.float64(a.value) ** (b.value - 1) * a.gradient
    if b.gradient.any():
        gradient = gradient + value * np.log(np.float64(a.value)) * b.gradient
    return Dual(value, np.asarray(gradient))


PAIRS: dict[str, Callable[[Dual, Dual], Dual]] = {
    "+": _sum, "-": _difference, "*": _product, "/": _quotient, "^": _power,
}  # fmt: skip
