"""Small expressions as R writes them: `I(a - b)`, `log(x + 1)`, `factor(q)`, `a / b - 1`.

The one reader of formulas, of conditions on columns, and of functions of estimates. Read by
operator precedence (Pratt 1973); what the trees mean is said where they are used, by closed lists
of functions. Nothing of the text is ever run.

>>> str(parse("I(api00-api99)"))
'I(api00 - api99)'
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from analysis.errors import AnalysisError

LONGEST = 10_000  # characters
DEEPEST = 60  # brackets, powers and signs within one another
TOKEN = re.compile(
    r"""\s*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?L?)
    |(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    |(?P<name>`[^`]+`|(?:[^\W\d]|\.(?!\d))[\w.]*)
    |(?P<mark>%in%|%%|%/%|\*\*|<=|>=|==|!=|&&|\|\||[-+*/^<>=!&|~():,]))""",
    re.VERBOSE,
)
INFIX = {
    "~": 1, "|": 3, "||": 3, "&": 4, "&&": 4, "==": 6, "!=": 6, "<": 6, ">": 6, "<=": 6, ">=": 6,
    "+": 7, "-": 7, "*": 8, "/": 8, "%in%": 9, "%%": 9, "%/%": 9, ":": 10, "^": 12,
    "**": 12,
}  # fmt: skip
PREFIX = {"~": 1, "!": 5, "-": 11, "+": 11}
TIGHT = (":", "^", "/", "%%", "%/%")
PLAIN_NAME = re.compile(r"(?:[^\W\d_]|\.(?!\d))[\w.]*")


@dataclass(frozen=True, slots=True)
class Number:
    value: float

    def __str__(self) -> str:
        return f"{self.value:.15g}"


@dataclass(frozen=True, slots=True)
class Text:
    value: str

    def __str__(self) -> str:
        return '"' + self.value.replace("\\", "\\\\").replace('"', '\\"') + '"'


@dataclass(frozen=True, slots=True)
class Name:
    value: str

    def __str__(self) -> str:
        return self.value if PLAIN_NAME.fullmatch(self.value) else f"`{self.value}`"


@dataclass(frozen=True, slots=True)
class Call:
    """A function of operands; operators are functions, `(` is that of one operand."""

    function: str
    operands: tuple[Node, ...]
    is_operator: bool = False

    def __str__(self) -> str:
        done: list[str] = []
        for part in in_order(self):
            if isinstance(part, Call):
                first = len(done) - len(part.operands)
                done[first:] = [part.written(done[first:])]
            else:
                done.append(str(part))
        return done[0]

    def written(self, parts: list[str]) -> str:
        """The call in words, with its operands as they are written."""
        if not self.is_operator:
            return f"{self.function}({', '.join(parts)})"
        if self.function == "(":
            return f"({parts[0]})"
        if len(parts) == 1:
            return self.function + parts[0]
        gap = "" if self.function in TIGHT else " "
        return f"{parts[0]}{gap}{self.function}{gap}{parts[1]}"


Node = Number | Text | Name | Call


def parse(text: str) -> Node:
    """The tree of one expression.

    A sum of thousands of parts is a tree as deep: walk it by `in_order`, which needs no recursion.

    Raises
    ------
    AnalysisError
        The text is too long or is no expression; the message shows where reading stopped.
    """
    if not isinstance(text, str):
        raise AnalysisError(f"an expression is a text such as 'a / b', not {text!r}")
    if len(text) > LONGEST:
        raise AnalysisError(f"an expression of {len(text)} characters is too long")
    reader = _Reader(text)
    found = reader.expression(0)
    reader.finish()
    return found


def operator(function: str, *operands: Node) -> Call:
    return Call(function, operands, is_operator=True)


def names_of(node: Node) -> tuple[str, ...]:
    """Columns that an expression uses, in order of appearance."""
    return tuple(dict.fromkeys(part.value for part in in_order(node) if isinstance(part, Name)))


def in_order(node: Node) -> Iterator[Node]:
    """Every part of a tree, operands (from the left) before the call that takes them."""
    waiting, done = [node], []
    while waiting:  # parents before their operands, from the right: the order asked for, reversed
        part = waiting.pop()
        done.append(part)
        if isinstance(part, Call):
            waiting.extend(part.operands)
    return reversed(done)


class _Reader:
    def __init__(self, text: str) -> None:
        self.text, self.at, self.depth = text, 0, 0
        self.kind, self.piece = "", ""
        self.advance()

    def advance(self) -> None:
        if not self.text[self.at :].strip():
            self.kind, self.piece = "end", ""
            return
        found = TOKEN.match(self.text, self.at)
        if found is None or found.lastgroup is None:
            raise AnalysisError(f"cannot read the expression at {self.text[self.at :][:30]!r}")
        self.kind, self.piece, self.at = found.lastgroup, found[found.lastgroup], found.end()

    def finish(self) -> None:
        if self.kind != "end":
            raise AnalysisError(f"{self.text!r}: {self.piece!r} was not expected")

    def take(self, mark: str) -> None:
        if self.kind != "mark" or self.piece != mark:
            place = repr(self.piece) if self.piece else "the end"
            raise AnalysisError(f"{mark!r} expected, found {place} in {self.text!r}")
        self.advance()

    def expression(self, floor: int) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            raise AnalysisError("an expression nests too deeply: brackets, powers or signs")
        left = self.operand()
        while self.kind == "mark" and INFIX.get(self.piece, 0) > floor:
            mark = "^" if self.piece == "**" else self.piece
            self.advance()
            left = operator(mark, left, self.expression(INFIX[mark] - (mark == "^")))
        self.depth -= 1
        return left

    def operand(self) -> Node:
        kind, token = self.kind, self.piece
        if kind == "number":
            self.advance()
            return Number(float(token.rstrip("L")))
        if kind == "text":
            self.advance()
            return Text(re.sub(r"\\(.)", r"\1", token[1:-1]))
        if kind == "name":
            self.advance()
            if self.kind == "mark" and self.piece == "(":
                return Call(token.strip("`"), self.operands())
            return Name(token.strip("`"))
        if kind == "mark" and token in PREFIX:
            self.advance()
            return operator(token, self.expression(PREFIX[token]))
        self.take("(")
        inner = self.expression(0)
        self.take(")")
        return operator("(", inner)

    def operands(self) -> tuple[Node, ...]:
        self.take("(")
        found: list[Node] = []
        while not (self.kind == "mark" and self.piece == ")"):
            found.append(self.expression(0))
            if self.kind == "mark" and self.piece == ",":
                self.advance()
            elif self.piece != ")":
                self.take(")")
        self.take(")")
        return tuple(found)
