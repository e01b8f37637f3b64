"""Staff say of a form's questions how personal their answers are, above what the workbook says."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from forms.schema import Field
from surveys.collection import answer_text, audit, retention, rights
from surveys.collection.models import Actor, Form
from surveys.collection.privacy import OPEN, WORDS, Classes, PrivacyClass, classes_of
from surveys.collection.refusal import Refused
from surveys.collection.rights import Right
from surveys.collection.schemas import schema_of


class PrivacyRefused(Refused):
    """400.42 no such class or question."""


@dataclass(frozen=True, slots=True)
class Classed:
    """A question and who says what about it."""

    field: Field
    effective: PrivacyClass | None
    workbook: str  # what the form says itself; "" = nothing
    page: str  # what stands above it; "" = nothing

    @property
    def is_guess(self) -> bool:
        return not (self.workbook or self.page)


def classed(form: Form) -> list[Classed]:
    """The questions and computed values of the version in use, in the order of the form."""
    version = form.current or form.draft
    if version is None:
        return []
    given = classes_of(form)
    return [
        Classed(each, given.of(each), each.privacy, given.overrides.get(each.path, ""))
        for each in schema_of(version.pk, version.md5).fields
        if not each.is_note
    ]


def set_classes(actor: Actor, form: Form, words: Mapping[str, str]) -> int:
    """Set the classes of questions by their paths; "" takes the page's word back.

    Returns how many changed. From now on pages, `/v1` and exports go by it, and the clocks begin
    anew with the form.

    Raises
    ------
    rights.Forbidden : the actor does not manage the project's forms.
    PrivacyRefused : 400.42; then nothing is changed.
    """
    rights.require(actor, Right.MANAGE_FORMS, form.project)
    fields = {each.field.path: each.field for each in classed(form)}
    with transaction.atomic():
        locked = Form.objects.select_for_update().get(pk=form.pk)
        before = Classes(locked.privacy)
        after = dict(locked.privacy)
        changed = {}
        for path, word in words.items():
            if path not in fields or (word and word not in WORDS):
                raise PrivacyRefused(400.42, value=word[:40], field=path[-80:])
            if after.get(path, "") == word:
                continue
            after.pop(path, None)
            if word:
                after[path] = word
            changed[fields[path].column] = [before.word(fields[path]) or OPEN, word]
        if changed:
            Form.objects.filter(pk=form.pk).update(privacy=after)
            answer_text.mark_stale(form)  # an answer that is restricted now is in no open text
            retention.forget_progress(form)
            audit.record("form.privacy", actor=actor, form=form, changed=changed)
    form.privacy = after
    return len(changed)
