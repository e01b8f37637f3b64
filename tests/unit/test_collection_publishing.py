"""Forms are created, drafted, published and closed by one function each."""

from hashlib import md5
from unittest import mock

import pytest

from surveys.collection import publishing, publishing_files, rights
from surveys.collection.models import AuditEvent, Form, FormVersion, Submission
from surveys.collection.publishing import PublishRefused
from tests.cast import Cast, make_cast, published, with_file, xform

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def refusal(code: float) -> "pytest.RaisesExc[PublishRefused]":
    return pytest.raises(PublishRefused, check=lambda error: error.code == code)


def test_a_published_form_holds_the_bytes_as_they_came(cast: Cast) -> None:
    form = published(cast.alice.actor, cast.project)
    assert form.current is not None
    assert bytes(form.current.xform) == xform()
    assert form.current.md5 == md5(xform(), usedforsecurity=False).hexdigest()
    assert form.draft is None


def test_a_form_that_is_not_published_has_a_draft_with_a_token(cast: Cast) -> None:
    form = publishing.create_form(cast.alice.actor, cast.project, xform())
    assert form.current is None
    assert form.draft is not None
    assert len(form.draft.draft_token or "") == 64


def test_another_projects_manager_may_not_create_a_form(cast: Cast) -> None:
    with pytest.raises(rights.Forbidden):
        publishing.create_form(cast.bob.actor, cast.project, xform())


def test_a_taken_form_id_is_refused_and_nothing_is_left(cast: Cast) -> None:
    published(cast.alice.actor, cast.project)
    with refusal(409.6):
        published(cast.alice.actor, cast.project)
    assert Form.objects.count() == 1
    assert FormVersion.objects.count() == 1


def test_the_same_form_id_may_stand_in_two_projects(cast: Cast) -> None:
    published(cast.alice.actor, cast.project)
    published(cast.bob.actor, cast.other)
    assert Form.objects.filter(xml_form_id="F").count() == 2


def test_the_id_of_a_deleted_form_may_be_used_again(cast: Cast) -> None:
    publishing.delete_form(cast.alice.actor, published(cast.alice.actor, cast.project))
    published(cast.alice.actor, cast.project)
    assert Form.objects.filter(deleted_at__isnull=True).count() == 1


@pytest.mark.parametrize("form_id", ["a.xml", "b.XLS", "c.xlsx", "d.svc"])
def test_a_form_id_that_looks_like_a_file_is_refused(cast: Cast, form_id: str) -> None:
    with refusal(400.12):
        published(cast.alice.actor, cast.project, form_id)


@pytest.mark.parametrize("form_id", ["a/b", "x" * 201, "a\tb", "..", "."])
def test_a_form_id_that_no_address_can_carry_is_refused(cast: Cast, form_id: str) -> None:
    with refusal(400.17):
        published(cast.alice.actor, cast.project, form_id.replace("\t", "&#9;"))


@pytest.mark.parametrize("data", [b"", b"<a/>", b"PK\x03\x04", b"<!DOCTYPE x []><x/>"])
def test_what_is_no_xform_is_refused_with_a_reason_in_both_languages(
    cast: Cast, data: bytes
) -> None:
    with refusal(400.11) as caught:
        publishing.create_form(cast.alice.actor, cast.project, data)
    assert caught.value.details["reason_vi"] in caught.value.vi
    assert caught.value.details["reason_en"] in caught.value.en


def test_an_unfilled_placeholder_refuses_publishing_but_not_a_draft(cast: Cast) -> None:
    form = publishing.create_form(
        cast.alice.actor, cast.project, xform(title="{{controller}} {{ contact_line }}")
    )
    with refusal(400.13) as caught:
        publishing.publish_draft(cast.alice.actor, form)
    assert caught.value.details["names"] == ["contact_line", "controller"]
    form.refresh_from_db()
    assert form.current is None


def test_a_version_that_exists_is_refused_by_name(cast: Cast) -> None:
    form = published(cast.alice.actor, cast.project)
    publishing.set_draft(cast.alice.actor, form, xform(title="other"))
    with refusal(409.4) as caught:
        publishing.publish_draft(cast.alice.actor, form)
    assert "“1”" in caught.value.vi
    form.refresh_from_db()
    assert form.draft is not None


def test_an_empty_version_may_be_published_once(cast: Cast) -> None:
    form = publishing.create_form(cast.alice.actor, cast.project, xform(version=""), publish=True)
    publishing.set_draft(cast.alice.actor, form)
    with refusal(409.4):
        publishing.publish_draft(cast.alice.actor, form)


def test_a_version_given_at_publishing_is_written_into_the_form(cast: Cast) -> None:
    form = published(cast.alice.actor, cast.project)
    publishing.set_draft(cast.alice.actor, form)
    publishing.publish_draft(cast.alice.actor, form, version='2 "b"')
    assert form.current is not None
    assert form.current.version == '2 "b"'
    assert b'version="2 &quot;b&quot;"' in bytes(form.current.xform)
    assert [row.version for row in publishing.versions_of(form)] == ['2 "b"', "1"]


def test_a_draft_of_another_form_is_refused(cast: Cast) -> None:
    form = published(cast.alice.actor, cast.project)
    with refusal(400.14):
        publishing.set_draft(cast.alice.actor, form, xform("G"))


def test_publishing_without_a_draft_is_refused(cast: Cast) -> None:
    form = published(cast.alice.actor, cast.project)
    with refusal(404.9):
        publishing.publish_draft(cast.alice.actor, form)


def test_a_new_draft_replaces_the_former_and_its_token(cast: Cast) -> None:
    form = publishing.create_form(cast.alice.actor, cast.project, xform())
    assert form.draft is not None
    former = form.draft.draft_token
    publishing.set_draft(cast.alice.actor, form, xform(version="2"))
    assert form.draft.draft_token != former
    assert FormVersion.objects.filter(form=form).count() == 1


def test_test_records_go_when_the_draft_is_published(cast: Cast) -> None:
    form = publishing.create_form(cast.alice.actor, cast.project, xform())
    Submission.objects.create(form=form, is_draft=True, instance_id="uuid:test")
    publishing.publish_draft(cast.alice.actor, form)
    assert not Submission.objects.exists()


def test_files_go_forward_to_the_next_version_by_name(cast: Cast) -> None:
    actor = cast.alice.actor
    form = publishing.create_form(actor, cast.project, xform(body=with_file("psu.csv")))
    publishing_files.attach_to_draft(actor, form, "psu.csv", b"name,label\n1,A\n", "text/csv")
    publishing.publish_draft(actor, form)
    body = with_file("psu.csv") + with_file("more.csv")
    draft = publishing.set_draft(actor, form, xform(version="2", body=body))
    held = {slot.name: slot.blob_id for slot in draft.attachments.all()}
    assert held["psu.csv"]
    assert held["more.csv"] is None


def test_a_file_that_the_form_does_not_name_is_refused(cast: Cast) -> None:
    form = publishing.create_form(cast.alice.actor, cast.project, xform())
    with pytest.raises(publishing_files.FileRefused) as caught:
        publishing_files.attach_to_draft(cast.alice.actor, form, "x.png", b"")
    assert caught.value.code == 404.6


def test_a_generated_list_takes_the_place_of_a_file(cast: Cast) -> None:
    actor = cast.alice.actor
    form = publishing.create_form(actor, cast.project, xform(body=with_file("sampled_hh.csv")))
    publishing_files.attach_to_draft(actor, form, "sampled_hh.csv", b"a")
    slot = publishing_files.link_list_to_draft(actor, form, "sampled_hh.csv", "sampled_hh")
    assert (slot.blob_id, slot.entity_list) == (None, "sampled_hh")


def test_every_change_leaves_its_audit_event(cast: Cast) -> None:
    actor = cast.alice.actor
    form = published(actor, cast.project)
    publishing.set_state(actor, form, Form.State.CLOSED)
    publishing.delete_form(actor, form)
    seen = AuditEvent.objects.filter(form_id=form.pk, actor=actor).order_by("id")
    assert [event.action for event in seen] == [
        "form.create",
        "form.draft",
        "form.publish",
        "form.state",
        "form.delete",
    ]
    assert {event.project_id for event in seen} == {cast.project.pk}


def test_a_change_whose_audit_fails_is_not_made(cast: Cast) -> None:
    form = published(cast.alice.actor, cast.project)
    with (
        mock.patch("surveys.collection.audit.record", side_effect=RuntimeError),
        pytest.raises(RuntimeError),
    ):
        publishing.delete_form(cast.alice.actor, form)
    form.refresh_from_db()
    assert form.deleted_at is None


def test_a_deleted_draft_of_an_unpublished_form_takes_the_form_along(cast: Cast) -> None:
    form = publishing.create_form(cast.alice.actor, cast.project, xform())
    publishing.delete_draft(cast.alice.actor, form)
    assert form.deleted_at is not None
    assert not FormVersion.objects.exists()


def test_a_draft_that_was_published_meanwhile_is_not_taken_away(cast: Cast) -> None:
    form = publishing.create_form(cast.alice.actor, cast.project, xform())
    seen_before = Form.objects.select_related("draft").get(pk=form.pk)
    publishing.publish_draft(cast.alice.actor, form)
    publishing.set_draft(cast.alice.actor, seen_before, xform(version="2"))
    assert [row.version for row in publishing.versions_of(form)] == ["1"]
    assert FormVersion.objects.filter(form=form).count() == 2


def test_a_file_never_reaches_a_version_that_was_published_meanwhile(cast: Cast) -> None:
    actor = cast.alice.actor
    form = publishing.create_form(actor, cast.project, xform(body=with_file("psu.csv")))
    seen_before = Form.objects.get(pk=form.pk)
    publishing.publish_draft(actor, form)
    with pytest.raises(publishing_files.FileRefused):
        publishing_files.attach_to_draft(actor, seen_before, "psu.csv", b"late")


def test_a_deleted_form_takes_no_draft(cast: Cast) -> None:
    form = published(cast.alice.actor, cast.project)
    seen_before = Form.objects.get(pk=form.pk)
    publishing.delete_form(cast.alice.actor, form)
    with refusal(404.3):
        publishing.set_draft(cast.alice.actor, seen_before, xform(version="2"))


def test_a_version_is_not_written_into_a_form_that_is_not_utf8(cast: Cast) -> None:
    wide = xform().decode().replace('<?xml version="1.0"?>', "").encode("utf-16")
    form = publishing.create_form(cast.alice.actor, cast.project, wide)
    with refusal(400.11):
        publishing.publish_draft(cast.alice.actor, form, version="2")
    publishing.publish_draft(cast.alice.actor, form)
    assert form.current is not None
    assert bytes(form.current.xform) == wide
