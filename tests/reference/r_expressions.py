"""Reads the small R expressions of the cases into a tree: calls, names, numbers, strings.

Everything that R writes between operands is a call, as in R itself: `a + b` is `+`(a, b), `~x` is
`~`(x), `x[i, j]` is `[`(x, i, j), `{a; b}` is `{`(a, b), `d <- f(x)` is `<-`(d, f(x)).

>>> str(parse("svyby(~own+score, ~wave, des, svymean, covmat=TRUE)"))
'svyby(~(+(own, score)), ~(wave), des, svymean, covmat=TRUE)'
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass


class NotRead(ValueError):
    """The text is no expression of the grammar that is read here."""


@dataclass(frozen=True, slots=True)
class Number:
    value: float

    def __str__(self) -> str:
        return f"{self.value:.15g}"


@dataclass(frozen=True, slots=True)
class Text:
    value: str

    def __str__(self) -> str:
        return f'"{self.value}"'


@dataclass(frozen=True, slots=True)
class Name:
    value: str

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of a call; `value` is None where R leaves it empty, as in `x[, 1]`."""

    name: str | None
    value: Node | None

    def __str__(self) -> str:
        value = "" if self.value is None else str(self.value)
        return value if self.name is None else f"{self.name}={value}"


@dataclass(frozen=True, slots=True)
class Call:
    function: Node
    arguments: tuple[Argument, ...]

    def __str__(self) -> str:
        return f"{self.function}({', '.join(map(str, self.arguments))})"

    @property
    def name(self) -> str:
        """The function's name; empty where the function is itself a call."""
        return self.function.value if isinstance(self.function, Name) else ""

    @property
    def plain(self) -> tuple[Node, ...]:
        """Values of the arguments without a name."""
        return tuple(a.value for a in self.arguments if a.name is None and a.value is not None)

    def named(self, name: str) -> Node | None:
        """Value of the argument called `name`, if it was given."""
        return next((a.value for a in self.arguments if a.name == name), None)


Node = Number | Text | Name | Call

TOKEN = re.compile(
    r"""\s*(?:
      (?P<number>0[xX][0-9a-fA-F]+L?|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?L?)
    | (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    | (?P<name>`[^`]+`|(?:[^\W\d_]|\.(?!\d))[\w.]*)
    | (?P<mark>%[^%\s]*%|<-|->|<=|>=|==|!=|&&|\|\||::|\[\[|\]\]|[-+*/^<>=!&|~?:$@(){}\[\],;])
    )""",
    re.VERBOSE,
)
LEFT = {
    "::": 95, "$": 90, "@": 90, "^": 80, ":": 65, "*": 55, "/": 55, "+": 50, "-": 50,
    "<": 45, ">": 45, "<=": 45, ">=": 45, "==": 45, "!=": 45, "&": 38, "&&": 38, "|": 35,
    "||": 35, "~": 30, "->": 25, "<-": 20, "=": 15,
}  # fmt: skip
SPECIAL = 60  # %in%, %*%
PREFIX = {"-": 70, "+": 70, "!": 40, "~": 30}
RIGHT = {"^", "<-", "="}
OPENING = 100


@dataclass(frozen=True, slots=True)
class Token:
    kind: str
    text: str


def parse(text: str) -> Node:
    """The tree of one expression; several, parted by `;`, become one `{`.

    Raises NotRead where the text does not fit the grammar.
    """
    reader = _Reader([*_tokens(text), Token("end", "")])
    found = reader.expressions("")
    if not found:
        raise NotRead("no expression")
    return found[0] if len(found) == 1 else _call("{", *found)


def arguments(text: str) -> tuple[Argument, ...]:
    """The arguments that stand between the brackets of a call, such as `deff=TRUE, level=0.9`."""
    node = parse(f"call({text})")
    return node.arguments if isinstance(node, Call) else ()


def symbols(node: Node) -> tuple[str, ...]:
    """Names of the variables in a tree, in order of appearance; names of functions are left out."""
    if isinstance(node, Name):
        return (node.value,)
    if not isinstance(node, Call):
        return ()
    found = [name for a in node.arguments if a.value is not None for name in symbols(a.value)]
    if not node.name:
        found = [*symbols(node.function), *found]
    return tuple(dict.fromkeys(found))


def _tokens(text: str) -> Iterator[Token]:
    text = re.sub(r"#[^\n]*", "", text).strip()
    depth: list[str] = []
    at = 0
    while at < len(text):
        # a line's end ends an expression only outside brackets, as in R
        if (not depth or depth[-1] == "{") and re.match(r"[ \t]*\n", text[at:]):
            yield Token("mark", ";")
        found = TOKEN.match(text, at)
        if not found or found.lastgroup is None:
            raise NotRead(f"cannot read {text[at : at + 20]!r}")
        kind, value, at = found.lastgroup, found[found.lastgroup], found.end()
        if value == "]]" and depth and depth[-1] == "[":
            value, at = "]", at - 1  # a[b[1]]: two brackets that close one each
        if kind == "mark" and value in ("(", "{", "[", "[["):
            depth.append(value)
        elif kind == "mark" and value in (")", "}", "]", "]]") and depth:
            depth.pop()
        yield Token(kind, value)


class _Reader:
    def __init__(self, tokens: list[Token]) -> None:
        self.tokens, self.at = tokens, 0

    @property
    def peek(self) -> Token:
        return self.tokens[self.at]

    def take(self, text: str | None = None) -> Token:
        token = self.peek
        if text is not None and token.text != text:
            raise NotRead(f"{text!r} was expected where {token.text!r} stands")
        self.at += 1
        return token

    def skip_ends(self) -> None:
        while self.peek.text == ";":
            self.at += 1

    def expression(self, power: int) -> Node:
        left = self.operand()
        while True:
            token = self.peek
            if token.kind != "mark":
                return left
            if token.text in ("(", "[", "[["):
                left = self.call(left)
                continue
            binding = SPECIAL if token.text.startswith("%") else LEFT.get(token.text, -1)
            if binding < power or binding < 0:
                return left
            self.take()
            if token.text in ("$", "@", "::"):  # a name stands there; what follows is of the whole
                right = self.operand()
            else:
                right = self.expression(binding if token.text in RIGHT else binding + 1)
            left = _call(token.text, left, right)

    def operand(self) -> Node:
        token = self.take()
        if token.kind == "number":
            text = token.text.rstrip("L")
            return Number(float(int(text, 16)) if "x" in text.lower() else float(text))
        if token.kind == "text":
            return Text(re.sub(r"\\(.)", r"\1", token.text[1:-1]))
        if token.kind == "name":
            return self.function() if token.text == "function" else Name(token.text.strip("`"))
        return self.marked(token.text)

    def marked(self, mark: str) -> Node:
        """An operand that starts with a mark: brackets, a block, a prefix."""
        if mark == "(":
            inner = self.expression(0)
            self.take(")")
            return inner
        if mark == "{":
            return _call("{", *self.expressions("}"))
        if mark in PREFIX:
            return _call(mark, self.expression(PREFIX[mark]))
        raise NotRead(f"{mark or 'the end'!r} was not expected")

    def call(self, function: Node) -> Call:
        opening = self.take().text
        closing = {"(": ")", "[": "]", "[[": "]]"}[opening]
        arguments = self.arguments(closing)
        if opening == "(":
            return Call(function, arguments)
        return Call(Name(opening), (Argument(None, function), *arguments))

    def arguments(self, closing: str) -> tuple[Argument, ...]:
        found: list[Argument] = []
        while self.peek.text != closing:
            if self.peek.text == ",":
                found.append(Argument(None, None))
            else:
                found.append(self.argument())
            if self.peek.text == closing:
                break
            self.take(",")
            if self.peek.text == closing and closing != ")":
                found.append(Argument(None, None))  # x[1, ]
        self.take(closing)
        return tuple(found)

    def argument(self) -> Argument:
        token, after = self.peek, self.tokens[self.at + 1]
        if token.kind in ("name", "text") and after.text == "=":
            self.at += 2
            name = token.text.strip("`\"'")
            if self.peek.text in (",", ")"):
                return Argument(name, None)
            return Argument(name, self.expression(LEFT["="] + 1))
        return Argument(None, self.expression(0))

    def expressions(self, closing: str) -> list[Node]:
        """Expressions up to the closing mark (or the end), which is taken."""
        found = []
        self.skip_ends()
        while self.peek.text != closing:
            found.append(self.expression(0))
            if self.peek.text != closing:
                self.take(";")
            self.skip_ends()
        self.take(closing)
        return found

    def function(self) -> Call:
        self.take("(")
        parameters = self.arguments(")")
        return Call(Name("function"), (*parameters, Argument("body", self.expression(0))))


def _call(name: str, *operands: Node) -> Call:
    return Call(Name(name), tuple(Argument(None, operand) for operand in operands))
