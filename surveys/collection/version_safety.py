"""Whether a version of a form is safe for the data that is there: what it changes, and how many
records each change touches.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.db.models import CharField, Count, F, Q, QuerySet, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Concat, Length, StrIndex
from django.db.models.lookups import GreaterThan

from forms.diff import Effect, FormChange, Kind, facts_of, form_diff
from forms.schema import Field
from surveys.collection import publishing, rights
from surveys.collection.models import Actor, Form, FormVersion, Record
from surveys.collection.publishing_checks import PublishRefused
from surveys.collection.rights import Right

# Kinds whose old answers stand under the same code of the same column.
_OF_A_CHOICE: Final = frozenset({Kind.CHOICE_REMOVED, Kind.CHOICE_RELABELLED})
AT_ONCE: Final = 40


@dataclass(frozen=True, slots=True)
class Touched:
    """A change and how many rows of answers it touches (rows of its repeat, or submissions); None:
    it harms no answer, so nobody counted.
    """

    change: FormChange
    records: int | None

    @property
    def effect(self) -> Effect:
        """None when nobody answered: then nothing is hurt."""
        return self.change.effect if self.records else Effect.NONE


@dataclass(frozen=True, slots=True)
class VersionSafety:
    older: FormVersion
    newer: FormVersion
    changes: tuple[Touched, ...]

    @property
    def effect(self) -> Effect:
        """The worst of all changes."""
        found = {each.effect for each in self.changes}
        return next((each for each in (Effect.HURT, Effect.LOOK) if each in found), Effect.NONE)


def between(older: FormVersion, newer: FormVersion) -> VersionSafety:
    """What `newer` changes of `older`, counted over all living records of the form.

    It reads the answers of the form once for every forty changes: seconds, with a million records.
    """
    found = form_diff(facts_of(bytes(older.xform)), facts_of(bytes(newer.xform)))
    counts = _counts(older.form, [each for each in found if each.effect is not Effect.NONE])
    touched = tuple(Touched(each, counts.get(id(each))) for each in found)
    return VersionSafety(older, newer, touched)


def of_draft(form: Form) -> VersionSafety | None:
    """What publishing the draft would change; None when there is nothing to compare."""
    if form.draft is None or form.current is None:
        return None
    return between(form.current, form.draft)


def publish_looked_at(actor: Actor, form: Form, *, accepts_harm: bool) -> FormVersion:
    """Publish the draft as a person does who has seen what it changes.

    Raises
    ------
    PublishRefused : 409.23 it would hurt answers that are there, and that was not accepted; else
        as `publishing.publish_draft`.
    """
    rights.require(actor, Right.MANAGE_FORMS, form.project)
    safety = of_draft(form)
    if safety is not None and safety.effect is Effect.HURT and not accepts_harm:
        hurt = [each.change.question.name for each in safety.changes if each.effect is Effect.HURT]
        raise PublishRefused(409.23, names=sorted(set(hurt)))
    return publishing.publish_draft(actor, form)


def _counts(form: Form, changes: list[FormChange]) -> dict[int, int]:
    found: dict[int, int] = {}
    for table in sorted({each.question.table for each in changes}):
        rows = Record.objects.filter(
            form=form, table=table, submission__deleted_at=None, submission__is_draft=False
        )
        of_table = [each for each in changes if each.question.table == table]
        for start in range(0, len(of_table), AT_ONCE):
            found |= _count(rows, of_table[start : start + AT_ONCE])
    return found


def _count(rows: QuerySet[Record], changes: Iterable[FormChange]) -> dict[int, int]:
    """One pass over the rows for all changes."""
    numbered = {f"n{number}": each for number, each in enumerate(changes)}
    # With a blank at either end, each code of several stands between blanks.
    texts = {
        f"t{name}": Concat(Value(" "), _text(each.question), Value(" "))
        for name, each in numbered.items()
    }
    asked = {
        name: Count("pk", filter=_is_touched(F(f"t{name}"), each))
        for name, each in numbered.items()
    }
    counted = rows.annotate(**texts).aggregate(**asked)
    return {id(each): counted[name] for name, each in numbered.items()}


def _is_touched(text: F, change: FormChange) -> Q:
    if change.kind in _OF_A_CHOICE:
        # instr and strpos mind letter case, LIKE on SQLite does not.
        return Q(GreaterThan(StrIndex(text, Value(f" {change.choice} ")), 0))
    return Q(GreaterThan(Length(text), 2))


def _text(question: Field) -> Cast:
    return Cast(KeyTextTransform(question.column, F("values")), CharField())
