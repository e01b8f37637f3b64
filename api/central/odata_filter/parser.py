"""From the text of a filter to its tree."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from api.central.odata_filter.syntax import (
    Among,
    Call,
    Comparison,
    Literal,
    Logical,
    Negation,
    Node,
    Property,
)
from api.central.odata_filter.tokens import Token, tokens, unreadable

COMPARISONS: Final = frozenset({"eq", "ne", "lt", "le", "gt", "ge"})
DEEPEST: Final = 50  # of brackets and functions within each other
MOST: Final = 900  # comparisons: SQLite takes no expression that is deeper than 1000


def parse(text: str) -> Node:
    """The tree of a filter; ``or`` binds least, then ``and``, ``not``, comparisons.

    ``not a eq b`` is read as ``not (a eq b)``, as clients of Central write it.

    Raises
    ------
    ProblemRaised : 400.51 where the text is no filter.

    Examples
    --------
    >>> parse("age ge 18")
    Comparison(operator='ge', left=Property(path='age', at=0), \
right=Literal(value=Decimal('18'), text='18', at=7), at=4)
    """
    reader = _Reader(text)
    found = reader.either()
    reader.expect_end()
    return found


class _Reader:
    """Recursive descent, one token ahead."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = list(tokens(text))
        self.place = 0
        self.depth = 0
        self.comparisons = 0

    @property
    def next(self) -> Token:
        return self.tokens[self.place]

    def take(self) -> Token:
        taken = self.tokens[self.place]
        self.place = min(self.place + 1, len(self.tokens) - 1)
        return taken

    def is_word(self, *words: str) -> bool:
        return self.next.kind == "word" and self.next.text in words

    def is_mark(self, mark: str) -> bool:
        return self.next.kind == "mark" and self.next.text == mark

    def expect(self, mark: str) -> None:
        if not self.is_mark(mark):
            raise unreadable(self.text, self.next.at)
        self.take()

    def expect_end(self) -> None:
        if self.next.kind != "end":
            raise unreadable(self.text, self.next.at)

    def either(self) -> Node:
        return self._chain("or", self.both)

    def both(self) -> Node:
        return self._chain("and", self.unary)

    def _chain(self, operator: str, read: Callable[[], Node]) -> Node:
        parts = [read()]
        at = self.next.at
        while self.is_word(operator):
            self.take()
            parts.append(read())
        return Logical(operator, tuple(parts), at) if len(parts) > 1 else parts[0]

    def unary(self) -> Node:
        if self.is_word("not"):
            at = self.take().at
            return Negation(self._deeper(self.unary), at)
        return self.comparison()

    def comparison(self) -> Node:
        self.comparisons += 1
        if self.comparisons > MOST:
            raise unreadable(self.text, self.next.at)
        left = self.operand()
        if self.is_word(*COMPARISONS):
            operator = self.take()
            return Comparison(operator.text, left, self.operand(), operator.at)
        if self.is_word("in"):
            at = self.take().at
            self.expect("(")
            return Among(left, self._list(), at)
        return left

    def operand(self) -> Node:
        token = self.take()
        if token.kind == "constant":
            return Literal(token.value, token.text, token.at)
        if token.kind == "mark" and token.text == "(":
            inner = self._deeper(self.either)
            self.expect(")")
            return inner
        if token.kind == "word":
            if not self.is_mark("("):
                return Property(token.text, token.at)
            self.take()
            return Call(token.text.lower(), self._list(), token.at)
        raise unreadable(self.text, token.at)

    def _list(self) -> tuple[Node, ...]:
        found: list[Node] = []
        while not self.is_mark(")"):
            if found:
                self.expect(",")
            found.append(self._deeper(self.either))
        self.take()
        return tuple(found)

    def _deeper(self, read: Callable[[], Node]) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            raise unreadable(self.text, self.next.at)
        found = read()
        self.depth -= 1
        return found
