"""The schema of a form version: its fields, tables, choices and languages, as plain values.

It is stored as JSON beside the form version, so that a web process reads answers without the form.
Reading it out of an XForm is `forms.xform`'s work; `read_schema` here is its door.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass, field
from typing import Any, Final

from forms.tree import Node, grow

# Stored schemas carry this number; a reader that meets another one must read the form again.
SCHEMA_VERSION: Final = 1

Labels = Mapping[str, str]
"""Text per language as the form names it, e.g. ``{"Tiếng Việt (vi)": "Có"}``; ``""`` = no name."""


class NotAnXForm(ValueError):
    """The bytes are no XForm that can be read; says why in both languages."""

    def __init__(self, reason_vi: str, reason_en: str) -> None:
        super().__init__(reason_en)
        self.reason_vi = reason_vi
        self.reason_en = reason_en


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer of a list."""

    name: str
    labels: Labels


@dataclass(frozen=True, slots=True)
class ChoiceList:
    """The answers a question offers.

    ``source`` names the file or entity list they come from on the phone (``psu.csv``); then
    ``choices`` is empty and any code may be an answer.
    """

    name: str
    choices: tuple[Choice, ...]
    source: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """One question or computed value.

    ``type`` is the type of the bind (`string`, `int`, `dateTime`, `binary`, …), ``control`` what
    the phone shows (`input`, `select1`, `select`, `upload`, `range`, `rank`, `trigger`, or ``""``
    for what is computed). A note is shown and never answered. ``column`` is the path below its
    table and stays the same as long as the question stays where it is.
    """

    path: str
    name: str
    table: str
    type: str
    order: int
    column: str
    control: str = ""
    is_select_multiple: bool = False
    is_binary: bool = False
    is_note: bool = False
    choices: ChoiceList | None = None
    labels: Labels = field(default_factory=dict)
    hint: Labels = field(default_factory=dict)
    saveto: str = ""
    privacy: str = ""  # P1 to P4 or "none", as the bind says; "" = the form does not say


@dataclass(frozen=True, slots=True)
class Group:
    """A group of questions: it has a label and a place, and no value."""

    path: str
    name: str
    table: str
    order: int
    labels: Labels = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Table:
    """The root (name ``""``) or a repeat (its name; `a.b` when it lies inside repeat `a`)."""

    name: str
    path: str
    parent: str | None
    order: int
    labels: Labels = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EntityBlock:
    """A declaration that each row of ``table`` creates or updates an entity of ``dataset``."""

    dataset: str
    path: str
    table: str
    creates: bool
    updates: bool


@dataclass(frozen=True, slots=True)
class MediaFile:
    """A file that the form expects; ``kind`` is `csv`, `file`, `image`, `audio` or `video`."""

    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class SubmissionProfile:
    """What the form says about sending."""

    base64_rsa_public_key: str = ""
    action: str = ""
    auto_send: str = ""
    auto_delete: str = ""


@dataclass(frozen=True, slots=True)
class FormSchema:
    """Everything that reading, showing and exporting answers of a form version needs."""

    form_id: str
    version: str
    title: str
    default_language: str
    languages: tuple[str, ...]
    fields: tuple[Field, ...]
    tables: tuple[Table, ...]
    groups: tuple[Group, ...] = ()
    entities: tuple[EntityBlock, ...] = ()
    entities_version: str = ""
    media: tuple[MediaFile, ...] = ()
    submission: SubmissionProfile = field(default_factory=SubmissionProfile)
    root: str = "data"
    # Derived from the rest on first use; not part of the value.
    _tree: list[Node] = field(default_factory=list, repr=False, compare=False)
    _by_column: dict[tuple[str, str], Field] = field(
        default_factory=dict, repr=False, compare=False
    )

    @property
    def media_names(self) -> tuple[str, ...]:
        """Names of the files that the form expects, in order of first mention."""
        return tuple(file.name for file in self.media)

    @property
    def is_encrypted(self) -> bool:
        """Whether phones encrypt what they send."""
        return bool(self.submission.base64_rsa_public_key)

    def find(self, column: str, table: str = "") -> Field | None:
        """The field of a column (``"g_id/hh"``) in a table (``""`` = root), if there is one."""
        if not self._by_column and self.fields:
            self._by_column.update({(each.table, each.column): each for each in self.fields})
        return self._by_column.get((table, column))

    def fields_of(self, table: str) -> tuple[Field, ...]:
        """The fields of one table, in the order of the form."""
        return tuple(each for each in self.fields if each.table == table)

    def tree(self) -> Node:
        """The instance as a tree of nodes, for reading records."""
        if not self._tree:
            self._tree.append(grow(self.tables, self.fields, self.groups, self.entities))
        return self._tree[0]

    def to_json(self) -> dict[str, Any]:
        """A JSON-ready value; choice lists are stored once and named by their fields."""
        lists = {each.choices.name: each.choices for each in self.fields if each.choices}
        return {
            "schema": SCHEMA_VERSION,
            "form_id": self.form_id,
            "version": self.version,
            "title": self.title,
            "default_language": self.default_language,
            "languages": list(self.languages),
            "root": self.root,
            "lists": [
                [each.name, each.source, [[c.name, dict(c.labels)] for c in each.choices]]
                for each in lists.values()
            ],
            "fields": [_field_row(each) for each in self.fields],
            "tables": [[t.name, t.path, t.parent, t.order, dict(t.labels)] for t in self.tables],
            "groups": [[g.path, g.name, g.table, g.order, dict(g.labels)] for g in self.groups],
            "entities": [[e.dataset, e.path, e.table, e.creates, e.updates] for e in self.entities],
            "entities_version": self.entities_version,
            "media": [[m.name, m.kind] for m in self.media],
            "submission": list(astuple(self.submission)),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> FormSchema:
        """The schema back from what ``to_json`` gave.

        Raises
        ------
        ValueError : it was stored by another version of this code; read the form again.
        """
        if stored.get("schema") != SCHEMA_VERSION:
            raise ValueError(
                f"schema stored as version {stored.get('schema')}; read the form again"
            )
        lists = {
            name: ChoiceList(name, tuple(Choice(*choice) for choice in choices), source)
            for name, source, choices in stored["lists"]
        }
        return cls(
            form_id=stored["form_id"],
            version=stored["version"],
            title=stored["title"],
            default_language=stored["default_language"],
            languages=tuple(stored["languages"]),
            root=stored["root"],
            fields=tuple(_field_from(row, lists) for row in stored["fields"]),
            tables=tuple(Table(*row) for row in stored["tables"]),
            groups=tuple(Group(*row) for row in stored["groups"]),
            entities=tuple(EntityBlock(*row) for row in stored["entities"]),
            entities_version=stored["entities_version"],
            media=tuple(MediaFile(*row) for row in stored["media"]),
            submission=SubmissionProfile(*stored["submission"]),
        )


def read_schema(xform: bytes) -> FormSchema:
    """Read the schema of an XForm.

    Parameters
    ----------
    xform : the form as it is published.

    Raises
    ------
    NotAnXForm : not XML, a DOCTYPE, no model, no instance, no form id.

    Examples
    --------
    >>> read_schema(b"<a/>")
    Traceback (most recent call last):
    forms.schema.NotAnXForm: This XML has no <model>: it is not an XForm.
    """
    from forms.xform import schema_of  # noqa: PLC0415 - the dataclasses load without lxml

    return schema_of(xform)


def _field_row(each: Field) -> list[Any]:
    return [
        each.path,
        each.name,
        each.table,
        each.type,
        each.order,
        each.column,
        each.control,
        each.is_select_multiple,
        each.is_binary,
        each.is_note,
        each.choices.name if each.choices else None,
        dict(each.labels),
        dict(each.hint),
        each.saveto,
        each.privacy,
    ]


def _field_from(row: list[Any], lists: Mapping[str, ChoiceList]) -> Field:
    choices = lists[row[10]] if row[10] is not None else None
    return Field(
        path=row[0],
        name=row[1],
        table=row[2],
        type=row[3],
        order=row[4],
        column=row[5],
        control=row[6],
        is_select_multiple=row[7],
        is_binary=row[8],
        is_note=row[9],
        choices=choices,
        labels=row[11],
        hint=row[12],
        saveto=row[13],
        privacy=row[14] if len(row) > 14 else "",  # forms that were stored before classes
    )
