"""OData of what is not plain: encrypted records, drafts, edits, former versions, odd names."""

from typing import Any

import pytest

from surveys.collection.models import AuditEvent, Form, Role, Submission
from surveys.collection.publishing import create_form
from tests.cast import Cast, filled, make_user, xform
from tests.contract.central_api import Api, code
from tests.encryptor import own_pair
from tests.readout_world import child, household, household_form, publish_next, send

ENVELOPE = (
    '<data xmlns="http://opendatakit.org/submissions" id="H" version="{version}" encrypted="yes">'
    "<base64EncryptedKey>x</base64EncryptedKey>"
    '<orx:meta xmlns:orx="http://openrosa.org/xforms"><orx:instanceID>uuid:e</orx:instanceID>'
    "</orx:meta><media><file>1.jpg.enc</file></media>"
    "<encryptedXmlFile>submission.xml.enc</encryptedXmlFile>"
    "<base64EncryptedElementSignature>y</base64EncryptedElementSignature></data>"
)


@pytest.fixture
def base(form: Form) -> str:
    return f"projects/{form.project_id}/forms/H"


def test_an_encrypted_record_shows_only_what_the_server_knows(
    cast: Cast, alice: Api, base: str
) -> None:
    submission = f'<submission base64RsaPublicKey="{own_pair()[0]}"/>'
    draft = household_form("2", submission=submission)
    assert alice.post(f"{base}/draft", draft).status_code == 200
    assert alice.post(f"{base}/draft/publish").status_code == 200
    version = alice.json(base)["version"]
    sent = alice.post(f"{base}/submissions", ENVELOPE.format(version=version).encode())
    assert sent.status_code == 200, sent.content
    (row,) = alice.json(f"{base}.svc/Submissions")["value"]
    assert set(row) == {"__id", "__system"}
    assert row["__system"]["status"] == "missingEncryptedFormData"
    assert row["__system"]["attachmentsExpected"] == 2
    alice.post(f"{base}/submissions/uuid%3Ae/attachments/submission.xml.enc", b"sealed")
    (row,) = alice.json(f"{base}.svc/Submissions?$expand=*")["value"]
    assert row["__system"]["status"] == "notDecrypted"
    assert alice.json(f"{base}.svc/Submissions.children.child")["value"] == []
    # what was sent in plain before stays readable
    send(cast.project, household("uuid:plain", "<age>3</age>"))
    ages = [row.get("age") for row in alice.json(f"{base}.svc/Submissions")["value"]]
    assert ages == [3, None]


def test_an_edit_counts_and_shows_its_answers_under_the_first_id(
    cast: Cast, alice: Api, base: str
) -> None:
    send(cast.project, household("uuid:1", "<age>3</age>", child("An", 1) + child("Bi", 2)))
    edit = household(
        "uuid:2", "<age>4</age>", child("Ca", 3), meta="<deprecatedID>uuid:1</deprecatedID>"
    )
    assert alice.send("PUT", f"{base}/submissions/uuid:1", edit).status_code == 200
    (row,) = alice.json(f"{base}.svc/Submissions?$filter=__system/edits eq 1")["value"]
    assert (row["__id"], row["age"], row["__system"]["edits"]) == ("uuid:1", 4, 1)
    assert row["meta"]["instanceID"] == "uuid:2"
    assert row["__system"]["updatedAt"] is not None
    children = alice.json(f"{base}.svc/Submissions.children.child")["value"]
    assert [each["given"] for each in children] == ["Ca"]


def test_a_draft_has_a_service_of_its_own(cast: Cast, alice: Api, base: str) -> None:
    for leaf in ("", "/$metadata", "/Submissions"):
        assert alice.get(f"{base}/draft.svc{leaf}").status_code == 404
    send(cast.project, household("uuid:1"))
    alice.post(f"{base}/draft", household_form("2", more="<extra/>"))
    trial = household("uuid:2", "<extra>x</extra>", version="2")
    alice.post(f"{base}/draft/submissions", trial)
    service = alice.json(f"{base}/draft.svc")
    assert service["@odata.context"].endswith("/forms/H/draft.svc/$metadata")
    assert b'Name="extra"' in alice.get(f"{base}/draft.svc/$metadata").content
    assert b'Name="extra"' not in alice.get(f"{base}.svc/$metadata").content
    (row,) = alice.json(f"{base}/draft.svc/Submissions")["value"]
    assert (row["__id"], row["extra"]) == ("uuid:2", "x")
    assert alice.get(f"{base}/draft.svc/Submissions('uuid:2')").status_code == 200
    assert code(alice.get(f"{base}/draft.svc/Submissions('uuid:1')")) == 404.4
    supervisor = Api(make_user("su", Role.SUPERVISOR, cast.project))
    assert code(supervisor.get(f"{base}/draft.svc/Submissions")) == 403.1


def test_a_form_that_was_never_published_has_no_service(cast: Cast) -> None:
    create_form(cast.alice.actor, cast.project, xform("N"), publish=False)
    alice = Api(cast.alice)
    base = f"projects/{cast.project.pk}/forms/N"
    assert code(alice.get(f"{base}.svc")) == 404.8
    assert code(alice.get(f"{base}.svc/Submissions")) == 404.8
    assert code(alice.get(f"{base}/submissions.csv")) == 404.8


def test_answers_of_former_versions_are_read_with_their_own_choices(
    cast: Cast, alice: Api, form: Form, base: str
) -> None:
    send(cast.project, household("uuid:1", "<channels>office</channels>"))
    publish_next(cast.alice.actor, form, household_form("2", choices=("phone",), more="<extra/>"))
    send(cast.project, household("uuid:2", "<channels>phone</channels>", version="2"))
    rows = alice.json(f"{base}.svc/Submissions?$select=channels,extra,__system/formVersion")
    assert rows["value"] == [
        {"__system": {"formVersion": "2"}, "channels": "phone", "extra": None},
        {"__system": {"formVersion": "1"}, "channels": "office", "extra": None},
    ]


def test_names_that_odata_does_not_allow_are_changed_as_central_changes_them(
    cast: Cast,
) -> None:
    body = (
        xform("F.1 é")
        .replace(b"<name/>", "<tên-hộ/><q.1/>".encode())
        .replace(b"/data/name", "/data/tên-hộ".encode())
    )
    create_form(cast.alice.actor, cast.project, body, publish=True)
    alice = Api(cast.alice)
    base = f"projects/{cast.project.pk}/forms/F.1%20%C3%A9"
    answers = "<tên-hộ>Lan</tên-hộ><q.1>x</q.1>"
    alice.post(f"{base}/submissions", filled("F.1 é", "uuid:a'b", answers=answers))
    body_read: dict[str, Any] = alice.json(f"{base}.svc/Submissions")
    assert body_read["@odata.context"].endswith("/forms/F.1%20%C3%A9.svc/$metadata#Submissions")
    (row,) = body_read["value"]
    assert (row["t_n_h_"], row["q_1"]) == ("Lan", "x")
    assert len(alice.json(f"{base}.svc/Submissions?$filter=q_1 eq 'x'&$select=q_1")["value"]) == 1
    assert len(alice.json(f"{base}.svc/Submissions('uuid:a''b')")["value"]) == 1
    assert b'Namespace="org.opendatakit.user.F_1_"' in alice.get(f"{base}.svc/$metadata").content


def test_reading_restricted_answers_is_noted_once_a_request(
    cast: Cast, alice: Api, base: str
) -> None:
    send(cast.project, household("uuid:1"))
    alice.get(f"{base}.svc/$metadata")
    first = alice.get(f"{base}.svc/Submissions")
    alice.get(f"{base}.svc/Submissions", headers={"If-None-Match": first["ETag"]})
    Api(make_user("an", Role.ANALYST, cast.project)).get(f"{base}.svc/Submissions")
    event = AuditEvent.objects.get(action="form.submission.export")
    assert event.details == {"via": "odata", "table": "Submissions"}


def test_a_submission_that_could_not_be_read_is_listed_without_answers(
    cast: Cast, alice: Api, base: str
) -> None:
    sent = send(cast.project, household("uuid:1", "<age>3</age>"))
    sent.records.all().delete()
    Submission.objects.filter(pk=sent.pk).update(state=Submission.State.QUARANTINED)
    (row,) = alice.json(f"{base}.svc/Submissions")["value"]
    assert (row["__id"], row["age"], row["children"]) == ("uuid:1", None, {})
