"""From a filled instance to rows: the root and one row per repeat, as lexical strings by column."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from lxml import etree

from forms.instance import MalformedInstance, is_envelope, parse_instance
from forms.schema import FormSchema
from forms.tree import Node
from forms.xmlsafe import local_name

NO_COLUMNS: Final[frozenset[str]] = frozenset()


class UnreadableRecord(ValueError):
    """The instance cannot be turned into rows; ``reason`` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class RecordRow:
    """One row of one table.

    ``ordinal`` counts the rows of the table within the instance from 0, in document order;
    ``parent_ordinal`` is the ordinal of the row of the parent table (None for the root).
    ``values`` holds what the instance holds: an absent node is absent, an empty one is ``""``.
    What the schema does not know stands under ``"?"`` and its path, so that nothing is lost.
    """

    table: str
    ordinal: int
    parent_ordinal: int | None
    values: Mapping[str, str]


def flatten(
    schema: FormSchema,
    xml: bytes | etree._Element,
    *,
    never_stored: frozenset[str] = NO_COLUMNS,
) -> tuple[RecordRow, ...]:
    """The rows of an instance, the root first, in document order.

    Parameters
    ----------
    schema : of the form version that filled it.
    xml : the bytes, or the element that `forms.instance.parse_instance` gave.
    never_stored : columns to leave out wherever they stand, as ``"m_call"`` or, when the name
        alone would say too much, with the table: ``"member/m_call"``.

    Returns
    -------
    Rows; of an encrypted envelope only the root with its meta block.

    Raises
    ------
    UnreadableRecord : not XML, a DOCTYPE.

    Examples
    --------
    >>> from forms.schema import Field, Table
    >>> plain = FormSchema("f", "1", "f", "", (),
    ...     (Field("/d/a", "a", "", "string", 1, "a"),), (Table("", "/d", None, 0),))
    >>> flatten(plain, b"<d id='f'><a>1</a><new>2</new></d>")[0].values
    {'a': '1', '?new': '2'}
    """
    root = _element(xml)
    walk = _Walk(never_stored)
    if is_envelope(root):
        walk.take_meta(root)
    else:
        walk.start(root, schema.tree())
    return tuple(walk.rows)


def expected_attachments(schema: FormSchema, xml: bytes | etree._Element) -> tuple[str, ...]:
    """Names of the files that belong to an instance, each once, in document order.

    They are the values of binary fields and of the audit log; of an encrypted envelope its media
    and then the encrypted record.

    Parameters
    ----------
    schema : of the form version that filled it.
    xml : the bytes, or the parsed element.

    Raises
    ------
    UnreadableRecord : not XML, a DOCTYPE.

    Examples
    --------
    >>> from forms.schema import Field, Table
    >>> photo = Field("/d/p", "p", "", "binary", 1, "p", is_binary=True)
    >>> form = FormSchema("f", "1", "f", "", (), (photo,), (Table("", "/d", None, 0),), root="d")
    >>> expected_attachments(form, b"<d><p> 1.jpg </p><meta><audit>a.csv</audit></meta></d>")
    ('1.jpg', 'a.csv')
    """
    root = _element(xml)
    if is_envelope(root):
        names = [*root.iterfind("{*}media/{*}file"), *root.iterfind("{*}encryptedXmlFile")]
        return _unique(each.text for each in names)
    binary = {each.path for each in schema.fields if each.is_binary}
    wanted = {path.rpartition("/")[2] for path in binary} | {"audit"}
    top = "/" + schema.root
    found = []
    for element in root.iter(*(f"{{*}}{name}" for name in sorted(wanted))):
        path = _path_below(element, root)
        if top + path in binary or path == "/meta/audit":
            found.append(element.text)
    return _unique(found)


@dataclass(frozen=True, slots=True)
class _Row:
    """The row being filled."""

    table: str
    ordinal: int
    values: dict[str, str]


class _Walk:
    """Collects rows on the way through an instance."""

    def __init__(self, never_stored: frozenset[str]) -> None:
        self.rows: list[RecordRow] = []
        self._counts: dict[str, int] = {}
        self._copies: dict[tuple[int, str], int] = {}
        self._never = never_stored
        self._never_names = {each.rpartition("/")[2] for each in never_stored}

    def start(self, root: etree._Element, node: Node) -> None:
        self._table(root, node, "", None)

    def take_meta(self, root: etree._Element) -> None:
        """The meta block of an encrypted envelope, which is all of it that can be read."""
        values: dict[str, str] = {}
        for block in root:
            if local_name(block) == "meta":
                for child in block:
                    values[f"meta/{local_name(child)}"] = child.text or ""
        self.rows.append(RecordRow("", 0, None, values))

    def _keep(self, values: dict[str, str], key: str, text: str) -> None:
        """Store under the key, or under key[2], key[3] … where that is taken."""
        # Counted, not tried one by one: a hostile instance may hold one name 100,000 times.
        number = self._copies.get((id(values), key), 0) + 1
        self._copies[id(values), key] = number
        free = key if number == 1 else f"{key}[{number}]"
        values[free] = text

    def _table(
        self, element: etree._Element, node: Node, name: str, parent_ordinal: int | None
    ) -> None:
        ordinal = self._counts.get(name, 0)
        self._counts[name] = ordinal + 1
        row = _Row(name, ordinal, {})
        self.rows.append(RecordRow(name, ordinal, parent_ordinal, row.values))
        self._children(element, node, "", row)

    def _children(self, element: etree._Element, node: Node, path: str, row: _Row) -> None:
        if element.text and not element.text.isspace():  # words where only questions may stand
            self._keep(row.values, "?" + path.rstrip("/"), element.text)
        for child in element:
            if child.tail and not child.tail.isspace():
                self._keep(row.values, "?" + path.rstrip("/"), child.tail)
            tag: object = child.tag
            if not isinstance(tag, str):  # a comment
                continue
            name = tag.rpartition("}")[2]
            below = node.children.get(name)
            if below is None:
                self._unknown(child, path + name, row.values)
            elif below.is_entity:
                continue  # `forms.entities` reads these; they are no answers
            elif below.table is not None:
                self._table(child, below, below.table, row.ordinal)
            elif below.column is not None:
                self._value(child, below.column, row)
            else:
                self._children(child, below, path + name + "/", row)

    def _value(self, element: etree._Element, column: str, row: _Row) -> None:
        values = row.values
        name = column.rpartition("/")[2]
        if name in self._never_names and not self._never.isdisjoint(
            {name, column, f"{row.table}/{column}"}
        ):
            return
        text = element.text or ""
        if column in values:  # the same question twice in one row: the form never does this
            self._keep(values, "?" + column, text)
        else:
            values[column] = text
        for child in element:
            self._within(child, column, values)

    def _within(self, child: etree._Element, path: str, values: dict[str, str]) -> None:
        """Markup inside an answer, and the words after it."""
        if child.tail and not child.tail.isspace():
            self._keep(values, "?" + path, child.tail)
        if local_name(child):
            self._unknown(child, f"{path}/{local_name(child)}", values)

    def _unknown(self, element: etree._Element, path: str, values: dict[str, str]) -> None:
        name = path.rpartition("/")[2]
        if name in self._never or path in self._never:
            return
        text = element.text or ""
        if len(element) == 0 or not (text == "" or text.isspace()):
            self._keep(values, "?" + path, text)
        for child in element:
            self._within(child, path, values)


def _element(xml: bytes | etree._Element) -> etree._Element:
    if not isinstance(xml, bytes):
        return xml
    try:
        return parse_instance(xml)
    except MalformedInstance as fault:
        raise UnreadableRecord(str(fault)) from fault


def _path_below(element: etree._Element, root: etree._Element) -> str:
    names = []
    here: etree._Element | None = element
    while here is not None and here is not root:
        names.append(local_name(here))
        here = here.getparent()
    return "".join("/" + name for name in reversed(names))


def _unique(texts: Iterable[str | None]) -> tuple[str, ...]:
    names: dict[str, None] = {}
    for text in texts:
        name = (text or "").strip()
        if name:
            names.setdefault(name)
    return tuple(names)
