"""Smooth functions written as text, with their exact gradients.

A small grammar is read by hand; nothing is ever executed: numbers, names (`api.stu`, or anything
between backticks), `+ - * / ^ **`, brackets, and the functions of `FUNCTIONS`. Values carry their
gradient along (forward differentiation), so that no step width has to be chosen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from analysis.arrays import FloatArray
from analysis.errors import AnalysisError

TOKEN = re.compile(
    r"""\s*(?:
      (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
    | (?P<name>`[^`]+`|[^\W\d][\w.]*)
    | (?P<mark>\*\*|[-+*/^(),])
    )""",
    re.VERBOSE,
)
LONGEST = 10_000  # characters of one expression
DEEPEST = 50  # brackets within brackets


@dataclass(frozen=True, slots=True, eq=False)
class Dual:
    """A value and its gradient."""

    value: float
    gradient: FloatArray

    def through(self, value: float, slope: float) -> Dual:
        """A function of this value: chain rule."""
        return Dual(value, slope * self.gradient)


Environment = Mapping[str, Dual]
Term = Callable[[Environment], Dual]


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
    term: Term

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
        known_values = {
            name: Dual(float(values[place[name]]), unit[place[name]]) for name in self.names
        }
        known_values[""] = Dual(0.0, np.zeros(len(labels)))
        with np.errstate(all="ignore"):
            return self.term(known_values)


def read(text: str) -> Smooth:
    """Read an expression.

    Raises
    ------
    AnalysisError
        The text does not fit the grammar, or names a function that is not in `FUNCTIONS`.
    """
    if not isinstance(text, str):
        raise AnalysisError(f"a function of estimates is a text such as 'a / b', not {text!r}")
    if len(text) > LONGEST:
        raise AnalysisError(f"an expression of {len(text)} characters is too long")
    reader = _Reader(text)
    term = reader.sum()
    if reader.peek[0] != "end":
        raise AnalysisError(f"{text!r}: {reader.peek[1]!r} was not expected")
    return Smooth(text, tuple(dict.fromkeys(reader.names)), term)


class _Reader:
    """Recursive descent: sums of products of signed powers of operands."""

    def __init__(self, text: str) -> None:
        self.text, self.at, self.depth = text, 0, 0
        self.names: list[str] = []
        self.tokens = self._tokens()

    def _tokens(self) -> list[tuple[str, str]]:
        found, at = [], 0
        end = len(self.text.rstrip())
        while at < end:
            token = TOKEN.match(self.text, at)
            if not token or token.lastgroup is None:
                raise AnalysisError(f"{self.text!r}: cannot read {self.text[at : at + 10]!r}")
            found.append((token.lastgroup, token[token.lastgroup]))
            at = token.end()
        return [*found, ("end", "")]

    @property
    def peek(self) -> tuple[str, str]:
        return self.tokens[self.at]

    def take(self) -> tuple[str, str]:
        self.at += 1
        return self.tokens[self.at - 1]

    def expect(self, mark: str) -> None:
        if self.take() != ("mark", mark):
            raise AnalysisError(f"{self.text!r}: {mark!r} was expected")

    def is_next(self, *marks: str) -> bool:
        return self.peek[0] == "mark" and self.peek[1] in marks

    def sum(self) -> Term:
        self.depth += 1
        if self.depth > DEEPEST:
            raise AnalysisError("an expression with so many brackets is not read")
        left = self.product()
        while self.is_next("+", "-"):
            sign = 1.0 if self.take()[1] == "+" else -1.0
            left = _sum(left, self.product(), sign)
        self.depth -= 1
        return left

    def product(self) -> Term:
        left = self.signed()
        while self.is_next("*", "/"):
            combine = _product if self.take()[1] == "*" else _quotient
            left = combine(left, self.signed())
        return left

    def signed(self) -> Term:
        sign = 1.0
        while self.is_next("+", "-"):
            sign *= 1.0 if self.take()[1] == "+" else -1.0
        found = self.power()
        return found if sign > 0 else _product(_number(-1.0), found)

    def power(self) -> Term:
        base = self.operand()
        if not self.is_next("^", "**"):
            return base
        self.take()
        self.depth += 1
        if self.depth > DEEPEST:
            raise AnalysisError("an expression with so many powers is not read")
        exponent = self.signed()
        self.depth -= 1
        return _power(base, exponent)

    def operand(self) -> Term:
        kind, text = self.take()
        if kind == "number":
            return _number(float(text))
        if kind == "mark" and text == "(":
            inner = self.sum()
            self.expect(")")
            return inner
        if kind != "name":
            raise AnalysisError(f"{self.text!r}: {text or 'the end'!r} was not expected")
        if self.is_next("("):
            return self.call(text)
        name = text.strip("`")
        self.names.append(name)
        return lambda known: known[name]

    def call(self, name: str) -> Term:
        if name not in FUNCTIONS:
            raise AnalysisError(f"there is no function {name!r}; known: {', '.join(FUNCTIONS)}")
        self.take()
        inner = self.sum()
        self.expect(")")
        function = FUNCTIONS[name]
        return lambda known: function(inner(known))


def _number(value: float) -> Term:
    return lambda known: Dual(value, np.zeros_like(known[""].gradient))


def _sum(left: Term, right: Term, sign: float) -> Term:
    def term(known: Environment) -> Dual:
        a, b = left(known), right(known)
        return Dual(a.value + sign * b.value, a.gradient + sign * b.gradient)

    return term


def _product(left: Term, right: Term) -> Term:
    def term(known: Environment) -> Dual:
        a, b = left(known), right(known)
        return Dual(a.value * b.value, a.gradient * b.value + b.gradient * a.value)

    return term


def _quotient(left: Term, right: Term) -> Term:
    def term(known: Environment) -> Dual:
        a, b = left(known), right(known)
        value = float(np.float64(a.value) / b.value)
        return Dual(value, (a.gradient - value * b.gradient) / np.float64(b.value))

    return term


def _power(base: Term, exponent: Term) -> Term:
    def term(known: Environment) -> Dual:
        a, b = base(known), exponent(known)
        value = float(np.float64(a.value) ** b.value)
        gradient = b.value * np.float64(a.value) ** (b.value - 1) * a.gradient
        if b.gradient.any():
            gradient = gradient + value * np.log(np.float64(a.value)) * b.gradient
        return Dual(value, np.asarray(gradient))

    return term
