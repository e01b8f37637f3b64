"""What changed between two versions of a form, and what that does to answers already given.

A field is known by its column: `a/b` and `c/b` are two columns, so a question that moves leaves its
old answers behind. A question that went and one that came with the same words and the same type
is told as one renamed question.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from forms.schema import Choice, Field, FormSchema, read_schema
from forms.xform_paths import resolve
from forms.xmlsafe import parse

# An answer of the type on the left is one of the type on the right as well.
_WIDER: Final = frozenset({("int", "decimal"), ("date", "dateTime")})
_LOGIC: Final = ("constraint", "relevant", "required", "calculate")


class Kind(Enum):
    """What is different."""

    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"  # or moved to another group: another column
    TYPE = "type"
    CONTROL = "control"  # one answer became several, or the other way round
    CHOICE_ADDED = "choice_added"
    CHOICE_REMOVED = "choice_removed"
    CHOICE_RELABELLED = "choice_relabelled"
    LABEL = "label"
    CONSTRAINT = "constraint"
    RELEVANT = "relevant"
    REQUIRED = "required"
    CALCULATE = "calculate"


class Effect(Enum):
    """What it does to answers that are there, if there are any."""

    NONE = "none"
    LOOK = "look"  # they stay, and may no longer mean or fit what the form says
    HURT = "hurt"  # they no longer stand where the new version puts its answers


EFFECTS: Final[Mapping[Kind, Effect]] = {
    Kind.ADDED: Effect.NONE,
    Kind.REMOVED: Effect.HURT,
    Kind.RENAMED: Effect.HURT,
    Kind.TYPE: Effect.HURT,
    Kind.CONTROL: Effect.HURT,
    Kind.CHOICE_ADDED: Effect.NONE,
    Kind.CHOICE_REMOVED: Effect.HURT,
    Kind.CHOICE_RELABELLED: Effect.LOOK,
    Kind.LABEL: Effect.NONE,
    Kind.CONSTRAINT: Effect.LOOK,
    Kind.RELEVANT: Effect.LOOK,
    Kind.REQUIRED: Effect.NONE,
    Kind.CALCULATE: Effect.LOOK,
}


@dataclass(frozen=True, slots=True)
class FormChange:
    """One difference. `old` and `new` are what stood there and what stands there; `choice` is the
    code that a change of choices is about.
    """

    kind: Kind
    question: Field  # of the old version; an added one of the new
    old: str = ""
    new: str = ""
    choice: str = ""
    effect: Effect = Effect.NONE


@dataclass(frozen=True, slots=True)
class FormFacts:
    """A version as the comparison reads it."""

    schema: FormSchema
    logic: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # by path


def facts_of(xform: bytes) -> FormFacts:
    """Read the schema and the logic of a form.

    Raises
    ------
    NotAnXForm : see `forms.schema.read_schema`.
    """
    schema = read_schema(xform)
    root = parse(xform, huge=True)
    logic = {}
    for bind in root.iterfind(".//{*}model/{*}bind"):
        path = resolve(bind.get("nodeset") or bind.get("ref") or "", f"/{schema.root}")
        logic[path] = {name: " ".join((bind.get(name) or "").split()) for name in _LOGIC}
    return FormFacts(schema, logic)


def form_diff(old: FormFacts, new: FormFacts) -> tuple[FormChange, ...]:
    """What the new version changed, in the order of the old one, then what it added.

    Notes and groups hold no answers and are not compared.

    Examples
    --------
    >>> from forms.schema import Field, FormSchema
    >>> def version(*names: str) -> FormFacts:
    ...     fields = tuple(Field(f"/d/{n}", n, "", "int", 1, n) for n in names)
    ...     return FormFacts(FormSchema("f", "1", "f", "", (), fields, ()))
    >>> [(c.kind.value, c.question.name) for c in form_diff(version("a"), version("a", "b"))]
    [('added', 'b')]
    """
    before, after = _answered(old.schema), _answered(new.schema)
    gone = [each for key, each in before.items() if key not in after]
    came = [each for key, each in after.items() if key not in before]
    renamed = _renamed(gone, came)
    changes: list[FormChange] = []
    for key, each in before.items():
        other = after.get(key) or renamed.get(key)
        if other is None:
            changes.append(_change(Kind.REMOVED, each))
            continue
        if key in renamed:
            changes.append(_change(Kind.RENAMED, each, _place(each), _place(other)))
        changes += _of_field(each, other, old.logic, new.logic)
    found = {(other.table, other.column) for other in renamed.values()}
    changes += [
        _change(Kind.ADDED, each) for each in came if (each.table, each.column) not in found
    ]
    return tuple(changes)


Key = tuple[str, str]


def _answered(schema: FormSchema) -> dict[Key, Field]:
    return {(each.table, each.column): each for each in schema.fields if not each.is_note}


def _place(each: Field) -> str:
    return f"{each.table}/{each.column}" if each.table else each.column


def _renamed(gone: list[Field], came: list[Field]) -> dict[Key, Field]:
    """Which new question an old one became: the same name elsewhere, else the same words. Where
    two could be meant, none is.
    """
    found: dict[Key, Field] = {}
    signs: tuple[Callable[[Field], object], ...] = (
        lambda each: (each.name, each.type),
        lambda each: (tuple(sorted(each.labels.items())), each.type) if each.labels else None,
    )
    for sign in signs:
        for each in gone:
            wanted = sign(each)
            twins = [one for one in gone if sign(one) == wanted]
            taken = {id(one) for one in found.values()}
            fits = [one for one in came if id(one) not in taken and sign(one) == wanted]
            key = (each.table, each.column)
            if wanted is not None and key not in found and len(twins) == len(fits) == 1:
                found[key] = fits[0]
    return found


def _of_field(
    old: Field,
    new: Field,
    old_logic: Mapping[str, Mapping[str, str]],
    new_logic: Mapping[str, Mapping[str, str]],
) -> Iterator[FormChange]:
    if old.type != new.type:
        wider = (old.type, new.type) in _WIDER or new.type == "string"
        effect = Effect.LOOK if wider else Effect.HURT
        yield FormChange(Kind.TYPE, old, old.type, new.type, effect=effect)
    if old.is_select_multiple != new.is_select_multiple or old.is_binary != new.is_binary:
        # A single answer is a list of one; a list of two is no single answer.
        effect = Effect.LOOK if new.is_select_multiple and not old.is_binary else Effect.HURT
        yield FormChange(Kind.CONTROL, old, old.control, new.control, effect=effect)
    yield from _of_choices(old, new)
    if _words(old.labels) != _words(new.labels):
        yield _change(Kind.LABEL, old, _words(old.labels), _words(new.labels))
    before, after = old_logic.get(old.path, {}), new_logic.get(new.path, {})
    for name in _LOGIC:
        if before.get(name, "") != after.get(name, ""):
            yield _change(Kind(name), old, before.get(name, ""), after.get(name, ""))


def _of_choices(old: Field, new: Field) -> Iterator[FormChange]:
    """Lists out of files are not compared: they change without the form."""
    if old.choices is None or new.choices is None or old.choices.source or new.choices.source:
        return
    before = {each.name: each for each in old.choices.choices}
    after = {each.name: each for each in new.choices.choices}
    for name, choice in before.items():
        other = after.get(name)
        if other is None:
            yield _choice(Kind.CHOICE_REMOVED, old, choice, None)
        elif _words(choice.labels) != _words(other.labels):
            yield _choice(Kind.CHOICE_RELABELLED, old, choice, other)
    for name, choice in after.items():
        if name not in before:
            yield _choice(Kind.CHOICE_ADDED, old, None, choice)


def _choice(kind: Kind, question: Field, old: Choice | None, new: Choice | None) -> FormChange:
    either = old or new
    assert either is not None
    return FormChange(
        kind,
        question,
        _words(old.labels) if old else "",
        _words(new.labels) if new else "",
        choice=either.name,
        effect=EFFECTS[kind],
    )


def _change(kind: Kind, question: Field, old: str = "", new: str = "") -> FormChange:
    return FormChange(kind, question, old, new, effect=EFFECTS[kind])


def _words(labels: Mapping[str, str]) -> str:
    """All languages in one line, in the order of their names."""
    return " / ".join(dict.fromkeys(text for _, text in sorted(labels.items()) if text))
