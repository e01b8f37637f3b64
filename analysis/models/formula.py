"""Model formulae, `smartphone ~ area * age + I(income / 1000)`, as R reads them, to matrices.

Operators `+ - * : ^` and brackets, `0`, `1` and `-1`, `offset()`, and the functions of
`columns.evaluate`. Classes get treatment contrasts against their first level (in alphabetical
order, or that of a categorical column); a class whose margin is not in the model, or the first one
of a model without intercept, gets a column per level (the rule of R's model.matrix).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

from analysis.arrays import BoolArray, FloatArray, IntArray
from analysis.errors import AnalysisError
from analysis.expressions import Call, Node, Number, in_order, names_of, parse
from analysis.models.columns import Column, Kind, evaluate, label_of

MOST_TERMS = 500
MOST_CALLS = 300  # the expansion of terms is recursive
Term = frozenset[str]


@dataclass(frozen=True, slots=True, eq=False)
class Formula:
    """A formula read: response, variables by label, terms (sets of labels) in R's order."""

    text: str
    response: Node | None
    variables: Mapping[str, Node]
    terms: tuple[Term, ...]
    offsets: tuple[Node, ...]
    has_intercept: bool

    @classmethod
    def read(cls, text: str) -> Formula:
        """Read a formula.

        Raises
        ------
        AnalysisError
            The text is no formula, or uses what is not read here.

        Examples
        --------
        >>> Formula.read("y ~ a * b - 1").labels
        ('a', 'b', 'a:b')
        """
        tree = parse(text)
        if sum(isinstance(part, Call) for part in in_order(tree)) > MOST_CALLS:
            raise AnalysisError(f"a formula of more than {MOST_CALLS} operators is not read")
        if not (isinstance(tree, Call) and tree.function == "~"):
            raise AnalysisError(f"{text!r} is no formula; write 'answer ~ age + area'")
        right = tree.operands[-1]
        response = tree.operands[0] if len(tree.operands) > 1 else None
        expansion = _Expansion({}, [])
        expansion.add(right, is_kept=True)
        variables = expansion.variables
        terms = tuple(sorted(dict.fromkeys(expansion.terms), key=len))
        if len(terms) > MOST_TERMS:
            raise AnalysisError(f"{text!r} has {len(terms)} terms; at most {MOST_TERMS} are read")
        return cls(
            text, response, variables, terms, tuple(expansion.offsets), expansion.has_intercept
        )

    @property
    def labels(self) -> tuple[str, ...]:
        """The terms as R labels them."""
        return tuple(self.label(term) for term in self.terms)

    def label(self, term: Term) -> str:
        return ":".join(label for label in self.variables if label in term)

    @property
    def names(self) -> tuple[str, ...]:
        """Columns of the data that are used."""
        nodes = [*([self.response] if self.response else []), *self.variables.values()]
        found = [name for node in (*nodes, *self.offsets) for name in names_of(node)]
        return tuple(dict.fromkeys(found))


class _Expansion:
    """Terms of the right-hand side in order of appearance."""

    def __init__(self, variables: dict[str, Node], offsets: list[Node]) -> None:
        self.variables, self.offsets = variables, offsets
        self.terms: list[Term] = []
        self.has_intercept = True

    def add(self, node: Node, *, is_kept: bool) -> None:
        if isinstance(node, Number) and node.value in (0, 1):
            self.has_intercept = is_kept == (node.value == 1)
        elif isinstance(node, Call) and node.is_operator and node.function in "+-(":
            *first, last = node.operands
            for part in first:
                self.add(part, is_kept=is_kept)
            self.add(last, is_kept=is_kept != (node.function == "-"))
        elif isinstance(node, Call) and node.function == "offset" and len(node.operands) == 1:
            self.offsets += [node.operands[0]] if is_kept else []
        else:
            found = self.terms_of(node)
            if is_kept:
                self.terms += found
            else:
                self.terms = [term for term in self.terms if term not in found]

    def terms_of(self, node: Node) -> list[Term]:
        if isinstance(node, Call) and node.is_operator:
            match node.function:
                case "(":
                    return self.terms_of(node.operands[0])
                case "+" if len(node.operands) == 2:
                    return [term for part in node.operands for term in self.terms_of(part)]
                case ":" | "*":
                    left, right = (self.terms_of(part) for part in node.operands)
                    if len(left) * len(right) > MOST_TERMS**2:
                        raise AnalysisError(f"a product of over {MOST_TERMS**2:,} terms")
                    crossed = list(dict.fromkeys(a | b for a, b in product(left, right)))
                    return crossed if node.function == ":" else [*left, *right, *crossed]
                case "^":
                    return self._power(node)
        if isinstance(node, Number):
            raise AnalysisError(f"the number {node} is no term of a model")
        label = str(node)
        self.variables.setdefault(label, node)
        return [frozenset({label})]

    def _power(self, node: Call) -> list[Term]:
        base, power = node.operands
        if not (isinstance(power, Number) and power.value in range(1, 6)):
            raise AnalysisError(f"{node}: write I({node}) for a power of values")
        once = self.terms_of(base)
        found = once
        for _ in range(int(power.value) - 1):
            found = list(dict.fromkeys([*found, *(a | b for a, b in product(found, once))]))
            if len(found) > MOST_TERMS:
                raise AnalysisError(f"{node} has more than {MOST_TERMS} terms")
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Matrix:
    """`x` (rows, columns) with the name of each column and the term it is of (-1: intercept)."""

    x: FloatArray
    names: tuple[str, ...]
    term: tuple[int, ...]

    def only(self, kept: BoolArray) -> Matrix:
        """Some of the columns."""
        at = np.flatnonzero(kept)
        return Matrix(
            self.x[:, at], tuple(self.names[i] for i in at), tuple(self.term[i] for i in at)
        )

    def named(self, names: tuple[str, ...]) -> Matrix:
        """The columns with these names."""
        return self.only(np.isin(np.array(self.names, dtype=object), np.array(names, dtype=object)))


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """The variables of a formula for the rows that have them all, with the levels in use."""

    formula: Formula
    rows: IntArray
    response: Column | None
    variables: Mapping[str, Column]
    offset: FloatArray

    @classmethod
    def of(cls, formula: Formula, data: pd.DataFrame, rows: IntArray) -> Frame:
        """Evaluate a formula on `rows` of the data, leaving out those with a missing value.

        Raises
        ------
        AnalysisError
            No row is left, a value is infinite, or a class has one level only.
        """
        missing = [name for name in formula.names if name not in data.columns]
        constants = {"TRUE", "FALSE"}
        lost = [name for name in missing if name not in constants]
        if lost:
            raise AnalysisError(f"there is no column {lost[0]!r} in the data ({formula.text})")
        part = data.iloc[rows]
        columns = {label: evaluate(node, part) for label, node in formula.variables.items()}
        response = evaluate(formula.response, part) if formula.response else None
        offset = np.zeros(len(rows))
        for node in formula.offsets:
            offset = offset + evaluate(node, part).values
        every = [*columns.values(), *([response] if response else [])]
        known = ~np.isnan(offset)
        for column in every:
            known &= ~np.isnan(column.values)
        if not known.any():
            raise AnalysisError(f"nobody has answered all of {formula.text!r}")
        kept = np.flatnonzero(known)
        used = {label: column.take(kept).present() for label, column in columns.items()}
        for label, column in used.items():
            if np.isinf(column.values).any():
                raise AnalysisError(f"{label} is infinite in some rows")
            if column.kind is Kind.CLASS and len(column.levels) < 2:
                raise AnalysisError(
                    f"{label} has the single level {label_of(column.levels[0])} among those who "
                    "answered; leave it out of the model"
                )
        return cls(
            formula, rows[kept], response.take(kept) if response else None, used, offset[kept]
        )

    def on(self, data: pd.DataFrame, *, instead: Mapping[str, Column] | None = None) -> Frame:
        """The same variables in other rows, by the levels of this frame; missing stays missing."""
        found = {}
        for label, node in self.formula.variables.items():
            own = self.variables[label]
            column = (instead or {}).get(label) or evaluate(node, data)
            is_class = own.kind is Kind.CLASS
            if is_class and column.kind is Kind.NUMBER:
                raise AnalysisError(f"{label} is a classification in the model, here a number")
            found[label] = column.among(own.levels, label) if is_class else column
        offset = np.zeros(len(data))
        for node in self.formula.offsets:
            offset = offset + evaluate(node, data).values
        return Frame(self.formula, np.arange(len(data)), None, found, offset)

    def matrix(self) -> Matrix:
        """The columns of all terms, in R's order and with R's names."""
        formula = self.formula
        size = len(self.offset)
        blocks = [np.ones((size, 1))] if formula.has_intercept else []
        names = ["(Intercept)"] if formula.has_intercept else []
        at = [-1] * len(names)
        is_first_class = not formula.has_intercept
        for number, term in enumerate(formula.terms):
            labels = [label for label in formula.variables if label in term]
            block, block_names = np.ones((size, 1)), [""]
            for label in labels:
                is_class = self.variables[label].kind is Kind.CLASS
                is_full = is_class and (is_first_class or self._is_full(number, label))
                is_first_class = is_first_class and not is_class
                part, part_names = _coded(label, self.variables[label], is_full=is_full)
                block = (part[:, :, None] * block[:, None, :]).reshape(size, -1)
                block_names = [
                    f"{old}:{new}" if old else new for new in part_names for old in block_names
                ]
            blocks.append(block)
            names += block_names
            at += [number] * len(block_names)
        if not blocks:
            raise AnalysisError(f"{formula.text!r} has neither an intercept nor a term")
        return Matrix(np.hstack(blocks), tuple(names), tuple(at))

    def _is_full(self, number: int, label: str) -> bool:
        """Whether a class needs a column per level: no earlier term holds the rest of its term."""
        rest = self.formula.terms[number] - {label}
        return bool(rest) and not any(rest <= other for other in self.formula.terms[:number])


def _coded(label: str, column: Column, *, is_full: bool) -> tuple[FloatArray, list[str]]:
    if column.kind is not Kind.CLASS:
        return column.values[:, None], [label]
    first = 0 if is_full else 1
    levels = range(first, len(column.levels))
    missing = np.isnan(column.values)
    dummies = np.column_stack([(column.values == at).astype(np.float64) for at in levels])
    dummies[missing] = np.nan
    return dummies, [label + label_of(column.levels[at]) for at in levels]
