"""Whether a new version is safe for the answers that are there."""

import pytest

from forms.diff import Effect, Kind
from surveys.collection import intake, publishing, version_safety
from surveys.collection.arrival import Arrival
from surveys.collection.models import Form, Record, Submission
from surveys.collection.publishing import PublishRefused
from surveys.fieldwork import pipeline, record_changes
from tests.cast import Cast, filled, make_cast, published, xform

pytestmark = pytest.mark.django_db
CHOICES = '<{control} ref="/data/name"><label>Tên</label>{items}</{control}>'


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def form(cast: Cast) -> Form:
    return published(cast.alice.actor, cast.project)


def choosing(form_xml: bytes, *codes: str, control: str = "select1") -> bytes:
    """The small form whose name is chosen from a list."""
    items = "".join(f"<item><label>{code}</label><value>{code}</value></item>" for code in codes)
    plain = b'<input ref="/data/name"><label>T\xc3\xaan</label></input>'
    assert plain in form_xml
    return form_xml.replace(plain, CHOICES.format(control=control, items=items).encode())


def send(cast: Cast, number: int, answers: str) -> Submission:
    receipt = intake.receive(
        Arrival(
            cast.project.pk,
            cast.alice.actor_id,
            filled(instance_id=f"uuid:{number}", answers=answers),
        )
    )
    assert receipt.submission_id is not None
    pipeline.derive(receipt.submission_id)
    return Submission.objects.get(pk=receipt.submission_id)


def draft(cast: Cast, form: Form, body: bytes) -> version_safety.VersionSafety:
    publishing.set_draft(cast.alice.actor, form, body)
    form.refresh_from_db()
    found = version_safety.of_draft(form)
    assert found is not None
    return found


def without_age() -> bytes:
    return (
        xform(version="2")
        .replace(b"<age/>", b"")
        .replace(b'<bind nodeset="/data/age" type="int"/>', b"")
        .replace('<input ref="/data/age"><label>Tuổi</label></input>'.encode(), b"")
    )


def test_a_removed_question_touches_the_records_that_answered_it(cast: Cast, form: Form) -> None:
    send(cast, 1, "<name>A</name><age>3</age>")
    send(cast, 2, "<name>B</name><age/>")
    send(cast, 3, "<name>C</name>")
    found = draft(cast, form, without_age())
    (removed,) = found.changes
    assert (removed.change.kind, removed.change.question.name) == (Kind.REMOVED, "age")
    assert removed.records == 1
    assert found.effect is Effect.HURT


def test_what_nobody_answered_hurts_nobody(cast: Cast, form: Form) -> None:
    send(cast, 1, "<name>A</name>")
    found = draft(cast, form, without_age())
    assert found.effect is Effect.NONE
    version_safety.publish_looked_at(cast.alice.actor, form, accepts_harm=False)
    assert form.current is not None
    assert form.current.version == "2"


def test_deleted_records_do_not_count(cast: Cast, form: Form) -> None:
    record_changes.delete_submission(cast.alice.actor, send(cast, 1, "<age>3</age>"))
    assert draft(cast, form, without_age()).effect is Effect.NONE


@pytest.mark.parametrize("control", ["select1", "select"])
def test_a_removed_choice_touches_the_records_that_chose_it(cast: Cast, control: str) -> None:
    first = choosing(xform(), "a", "ab", "b", control=control)
    form = publishing.create_form(cast.alice.actor, cast.project, first, publish=True)
    answers = ["a", "ab", "b", "A"] if control == "select1" else ["a b", "ab b", "b a", "A"]
    for number, answer in enumerate(answers):
        send(cast, number, f"<name>{answer}</name>")
    found = draft(cast, form, choosing(xform(version="2"), "ab", "b", control=control))
    (removed,) = found.changes
    assert (removed.change.kind, removed.change.choice) == (Kind.CHOICE_REMOVED, "a")
    assert removed.records == (1 if control == "select1" else 2)


def test_publishing_what_hurts_has_to_be_accepted(cast: Cast, form: Form) -> None:
    send(cast, 1, "<age>3</age>")
    draft(cast, form, without_age())
    with pytest.raises(PublishRefused) as refused:
        version_safety.publish_looked_at(cast.alice.actor, form, accepts_harm=False)
    assert refused.value.code == 409.23
    assert refused.value.details["names"] == ["age"]
    version_safety.publish_looked_at(cast.alice.actor, form, accepts_harm=True)
    assert Record.objects.get().values["age"] == "3"  # kept all the same


def test_a_form_without_a_published_version_has_nothing_to_compare(cast: Cast) -> None:
    form = publishing.create_form(cast.alice.actor, cast.project, xform())
    assert version_safety.of_draft(form) is None
    version_safety.publish_looked_at(cast.alice.actor, form, accepts_harm=False)
    assert form.current is not None
