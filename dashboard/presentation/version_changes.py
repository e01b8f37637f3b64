"""What each edit of a record changed: the question, the old answer, the new one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from dashboard.presentation.formats import is_english
from forms import labels
from forms.instance import IDENTITY_COLUMNS
from forms.instance_diff import Change, Step, Value
from forms.schema import Field, FormSchema
from surveys.collection.models import SubmissionVersion
from surveys.collection.schemas import schema_of
from surveys.collection.version_diffs import VersionDiff


@dataclass(frozen=True, slots=True)
class Line:
    """`name` tells the row of a repeat, counted from 1: nguoi[2]/ho_ten."""

    label: str
    name: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class EditShown:
    version: SubmissionVersion
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class _Answer:
    path: tuple[Step, ...]
    text: str

    @property
    def plain(self) -> str:
        return "/".join(step.name for step in self.path)


def shown(diffs: Sequence[VersionDiff]) -> list[EditShown]:
    """The edits, newest first, in the words of their form versions."""
    return [EditShown(each.newer, tuple(_lines(each))) for each in diffs]


def _lines(diff: VersionDiff) -> Iterator[Line]:
    new, old = (
        schema_of(each.form_version_id, each.form_version.md5) for each in (diff.newer, diff.older)
    )
    language = "en" if is_english() else "vi"
    for change in diff.changes:
        before, after = _answers(change, change.old), _answers(change, change.new)
        for path in dict.fromkeys([*before, *after]):
            answer = after.get(path) or before[path]
            if answer.plain in IDENTITY_COLUMNS:
                continue
            field = _field(new, answer.plain) or _field(old, answer.plain)
            yield Line(
                label=labels.label(field, language) if field else path[-1].name,
                name="/".join(_shown_step(step) for step in path),
                old=_text(old, before.get(path), language),
                new=_text(new, after.get(path), language),
            )


def _answers(change: Change, side: Value | None) -> dict[tuple[Step, ...], _Answer]:
    """Single answers of one side: a group or a row that came or went is told one by one."""
    return {each.path: each for each in _below(change.path, side)}


def _below(path: tuple[Step, ...], value: Value | None) -> Iterator[_Answer]:
    if isinstance(value, str):
        yield _Answer(path, value)
    elif isinstance(value, Mapping):
        for name, each in value.items():
            if isinstance(each, str | Mapping):
                yield from _below((*path, Step(name)), each)
            else:
                for place, row in enumerate(each):
                    yield from _below((*path, Step(name, place)), row)


def _field(schema: FormSchema, plain: str) -> Field | None:
    path = f"/{schema.root}/{plain}"
    return next((each for each in schema.fields if each.path == path), None)


def _text(schema: FormSchema, answer: _Answer | None, language: str) -> str:
    if answer is None:
        return ""
    field = _field(schema, answer.plain)
    return labels.answer_text(schema, field, answer.text, language) if field else answer.text


def _shown_step(step: Step) -> str:
    return step.name if step.index is None else f"{step.name}[{step.index + 1}]"
