"""Erasing: what goes, what stays, and that nothing of it comes back.

R1. Every version, file and quarantined copy loses the answers; records are made anew.
R2. The original's sha256 stays: a resend is received as before and stores nothing.
R3. Who withdrew is not called on again, and what identifies the household stays.
R4. The audit event holds numbers, never what was said.
"""

import os
import time

import pytest

from surveys.collection import blob_sweep, blobs, erasure, intake, rights
from surveys.collection.arrival import Arrival, FileArrived, Outcome, Receipt
from surveys.collection.models import (
    AuditEvent,
    Blob,
    Comment,
    Erasure,
    Form,
    Quarantined,
    Role,
    Submission,
    SubmissionVersion,
)
from surveys.collection.publishing import create_form
from surveys.fieldwork import erasing, pipeline
from tests.cast import Cast, make_cast, make_user

pytestmark = pytest.mark.django_db
ALL, PERSONAL = Erasure.Extent.ALL, Erasure.Extent.PERSONAL
TEL = "0912345678"
PRIVATE = "urn:khaosat:xforms"


def personal_form(cast: Cast, form_id: str = "P") -> Form:
    xform = f"""<h:html xmlns="http://www.w3.org/2002/xforms"
        xmlns:h="http://www.w3.org/1999/xhtml" xmlns:khaosat="{PRIVATE}">
      <h:head><h:title>P</h:title><model>
        <instance><data id="{form_id}" version="1"><hh/><tel/><age/><photo/>
          <meta><instanceID/><instanceName/></meta></data></instance>
        <bind nodeset="/data/hh" type="string" khaosat:privacy="none"/>
        <bind nodeset="/data/tel" type="string" khaosat:privacy="P1"/>
        <bind nodeset="/data/age" type="int"/>
        <bind nodeset="/data/photo" type="binary" khaosat:privacy="p2"/>
      </model></h:head>
      <h:body><input ref="/data/hh"><label>h</label></input>
        <input ref="/data/tel"><label>t</label></input>
        <input ref="/data/age"><label>a</label></input>
        <upload ref="/data/photo" mediatype="image/*"><label>p</label></upload></h:body>
    </h:html>"""
    return create_form(cast.admin.actor, cast.project, xform.encode(), publish=True)


def record(instance_id: str = "uuid:1", *, replaces: str = "", tel: str = TEL) -> bytes:
    deprecated = f"<deprecatedID>{replaces}</deprecatedID>" if replaces else ""
    return (
        f'<data id="P" version="1"><hh>h1</hh><tel>{tel}</tel><age>34</age><photo>a.jpg</photo>'
        f"<meta><instanceID>{instance_id}</instanceID>{deprecated}"
        f"<instanceName>{tel}</instanceName></meta></data>"
    ).encode()


def receive(cast: Cast, xml: bytes, content: bytes = b"picture") -> Receipt:
    stored = blobs.store(content)
    old = time.time() - 3 * 3600
    os.utime(blobs.path(stored.sha256), (old, old))
    receipt = intake.receive(
        Arrival(
            project_id=cast.project.pk,
            actor_id=cast.admin.actor_id,
            xml=xml,
            files=(FileArrived("a.jpg", "image/jpeg", stored),),
        )
    )
    if receipt.outcome in {Outcome.CREATED, Outcome.EDITED}:
        assert receipt.submission_id is not None
        pipeline.derive(receipt.submission_id)
    return receipt


def stored(cast: Cast, xml: bytes) -> Submission:
    receipt = receive(cast, xml)
    assert receipt.submission_id is not None
    return Submission.objects.get(pk=receipt.submission_id)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def sent(cast: Cast) -> Submission:
    personal_form(cast)
    return stored(cast, record())


def values(submission: Submission) -> dict[str, str]:
    found: dict[str, str] = submission.records.get(table="").values
    return found


def test_personal_answers_go_and_the_others_stay(cast: Cast, sent: Submission) -> None:
    erasing.erase(cast.alice.actor, sent, PERSONAL, "CV 12")
    sent.refresh_from_db()
    said = values(sent)
    assert (said["hh"], said["age"], said["tel"], said["photo"]) == ("h1", "34", "", "")
    assert TEL.encode() not in bytes(sent.versions.get().xml)
    assert sent.instance_name == ""


def test_everything_goes_but_the_household(cast: Cast, sent: Submission) -> None:
    Comment.objects.create(submission=sent, actor=cast.alice.actor, body=TEL)
    erasing.erase(cast.alice.actor, sent, ALL, "CV 12")
    assert {name: text for name, text in values(sent).items() if text} == {
        "hh": "h1",
        "meta/instanceID": "uuid:1",
    }
    assert not sent.comments.exists()


def test_older_versions_lose_the_answers_too(cast: Cast, sent: Submission) -> None:
    receive(cast, record("uuid:2", replaces="uuid:1", tel="0987654321"))
    erasing.erase(cast.alice.actor, sent, PERSONAL, "CV 12")
    for version in SubmissionVersion.objects.filter(submission=sent):
        assert b"09" not in bytes(version.xml)


def test_a_file_that_nothing_else_names_leaves_the_disk(cast: Cast, sent: Submission) -> None:
    sha256 = Blob.objects.get().sha256
    erasing.erase(cast.alice.actor, sent, PERSONAL, "CV 12")
    assert not Blob.objects.exists()
    assert not blobs.path(sha256).exists()


def test_a_file_of_another_record_stays(cast: Cast, sent: Submission) -> None:
    receive(cast, record("uuid:other", tel=""))
    erasing.erase(cast.alice.actor, sent, ALL, "CV 12")
    assert Blob.objects.count() == 1


@pytest.mark.parametrize("extent", [PERSONAL, ALL])
def test_a_resend_is_received_and_stores_nothing(
    cast: Cast, sent: Submission, extent: Erasure.Extent
) -> None:
    erasing.erase(cast.alice.actor, sent, extent, "CV 12")
    receipt = receive(cast, record(), b"another picture")
    assert receipt.outcome is Outcome.UNCHANGED
    assert not sent.versions.get().attachments.exists()
    assert blob_sweep.free_unused() == 1
    assert TEL.encode() not in bytes(sent.versions.get().xml)


def test_an_edit_of_an_erased_record_waits_for_staff(cast: Cast, sent: Submission) -> None:
    erasing.erase(cast.alice.actor, sent, ALL, "CV 12")
    receipt = receive(cast, record("uuid:2", replaces="uuid:1"))
    assert (receipt.outcome, receipt.problem) == (Outcome.QUARANTINED, 202.6)
    assert sent.versions.count() == 1


def test_a_copy_in_quarantine_is_emptied_and_known_when_it_comes_again(
    cast: Cast, sent: Submission
) -> None:
    receive(cast, record(tel="0999999999"))  # the same id, other bytes
    copy = Quarantined.objects.get()
    erasing.erase(cast.alice.actor, sent, ALL, "CV 12")
    receive(cast, record(tel="0999999999"))
    copy.refresh_from_db()
    assert (bytes(copy.xml), copy.resolution) == (b"", "erased")
    assert copy.files == []
    assert Quarantined.objects.count() == 1


def test_the_audit_event_holds_no_answer(cast: Cast, sent: Submission) -> None:
    erasing.erase(cast.alice.actor, sent, ALL, "CV 12")
    event = AuditEvent.objects.get(action="submission.erase")
    assert event.details == {"extent": "all", "answers": 4, "files": 1, "copies": 0}


def test_erasing_twice_says_that_nothing_is_left(cast: Cast, sent: Submission) -> None:
    erasing.erase(cast.alice.actor, sent, ALL, "CV 12")
    with pytest.raises(erasure.ErasureRefused) as caught:
        erasing.erase(cast.alice.actor, sent, ALL, "CV 12")
    assert caught.value.code == 409.52
    assert Erasure.objects.count() == 1


def test_a_reason_is_asked_for(cast: Cast, sent: Submission) -> None:
    with pytest.raises(erasure.ErasureRefused) as caught:
        erasing.erase(cast.alice.actor, sent, ALL, "  ")
    assert caught.value.code == 400.41
    assert values(sent)["tel"] == TEL


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.ANALYST, Role.VIEWER, Role.ENUMERATOR])
def test_only_managers_find_and_erase(cast: Cast, sent: Submission, role: Role) -> None:
    other = make_user("eve", role, cast.project)
    with pytest.raises(rights.Forbidden):
        erasing.erase(other.actor, sent, ALL, "CV 12")
    with pytest.raises(rights.Forbidden):
        erasing.find(other.actor, cast.project, TEL)
    assert values(sent)["tel"] == TEL


@pytest.mark.parametrize("asked", ["uuid:1", TEL, "0912 345 678", "+84912345678", "84 912345678"])
def test_a_person_is_found_by_id_or_number(cast: Cast, sent: Submission, asked: str) -> None:
    found = erasing.find(cast.alice.actor, cast.project, asked)
    assert found.submissions == (sent,)
    noted = AuditEvent.objects.get(action="person.find")
    assert "912" not in str(noted.details)


@pytest.mark.parametrize("typed", ["0912 345 678", "+84 912.345-678", "(091) 2345678", "912345678"])
def test_a_number_is_found_however_the_form_was_filled(cast: Cast, typed: str) -> None:
    personal_form(cast)
    receive(cast, record("uuid:7", tel=typed))
    receive(cast, record("uuid:7", tel=f"{typed} "))  # the same id, other bytes: kept
    found = erasing.find(cast.alice.actor, cast.project, TEL)
    assert [each.instance_id for each in found.submissions] == ["uuid:7"]
    assert len(found.kept) == 1


@pytest.mark.parametrize("asked", ["", "  ", "uuid:9", "0911111111", "h'; --", "\x00", "34"])
def test_nothing_else_is_found(cast: Cast, sent: Submission, asked: str) -> None:
    assert erasing.find(cast.alice.actor, cast.project, asked).submissions == ()


def test_the_plan_names_questions_and_not_answers(cast: Cast, sent: Submission) -> None:
    found = erasure.plan(sent, PERSONAL)
    assert set(found.answers) == {"tel", "photo", "instanceName"}
    assert found.files == ("a.jpg",)
    assert (found.n_versions, found.n_copies) == (1, 0)
    assert erasure.plan(sent, ALL).answers == ("tel", "age", "photo", "instanceName")


def test_withdrawals_after_a_moment_are_counted(cast: Cast, sent: Submission) -> None:
    before = sent.created_at
    erasing.erase(cast.alice.actor, sent, ALL, "CV 12")
    assert erasing.withdrawn_since([sent.form], before) == 1
    assert erasing.withdrawn_since([sent.form], Erasure.objects.get().at) == 0
