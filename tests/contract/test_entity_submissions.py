"""Entities of submissions: created, changed, in conflict, refused; doubled by nothing."""

import pytest

from surveys.collection.models import Entity, EntityVersion, Submission, SubmittedEntity
from surveys.fieldwork import pipeline
from tests.cast import Cast
from tests.contract.central_api import part
from tests.entity_world import REPEAT_FORM, Office, Sent, creation, entity_form, new_uuid, update


@pytest.fixture
def office(cast: Cast) -> Office:
    return Office(cast).with_form()


def edit(of: Sent, **answers: str) -> Sent:
    return Sent(
        of.entity_id,
        of.action,
        answers.pop("label", of.label),
        answers,
        f"uuid:{new_uuid()}",
        deprecated_id=of.iid,
    )


def put(office: Office, first: Sent, changed: Sent) -> None:
    path = f"{office.p}/forms/E/submissions/{part(first.iid)}"
    answer = office.api.send("PUT", path, changed.xml)
    assert answer.status_code == 200, answer.content


def review(office: Office, sent: Sent, state: str) -> None:
    path = f"{office.p}/forms/E/submissions/{part(sent.iid)}"
    assert office.api.send("PATCH", path, {"reviewState": state}).status_code == 200


def test_a_submission_creates_an_entity_at_once(office: Office, cast: Cast) -> None:
    uuid = new_uuid()
    sent = office.send(creation(f"uuid:{uuid}", "Lan", full_name="Lan"))
    entity = office.entity(uuid)
    assert entity["creatorId"] == cast.alice.actor_id
    assert (entity["currentVersion"]["label"], entity["conflict"]) == ("Lan", None)
    assert entity["currentVersion"]["data"] == {"full_name": "Lan"}
    assert office.actions(sent) == ["submission.create", "entity.create"]


def test_an_update_changes_what_it_says_and_leaves_the_rest(office: Office) -> None:
    uuid = office.add("Lan", full_name="Lan", phone="1")
    sent = office.send(update(uuid, 1, phone=""))
    current = office.current(uuid)
    assert current["data"] == {"full_name": "Lan", "phone": ""}
    assert (current["label"], current["version"], current["baseVersion"]) == ("Lan", 2, 1)
    assert office.entity(uuid)["conflict"] is None
    assert office.actions(sent)[-1] == "entity.update.version"


def test_two_changes_of_one_version_conflict_hard_or_soft(office: Office) -> None:
    hard, soft, same = (office.add("Lan", full_name="Lan", phone="1") for _ in range(3))
    office.send(update(hard, 1, phone="2"))
    office.send(update(hard, 1, phone="3"))
    assert office.entity(hard)["conflict"] == "hard"
    assert office.current(hard)["conflictingProperties"] == ["phone"]
    office.send(update(soft, 1, phone="2"))
    office.send(update(soft, 1, full_name="Hoa"))
    assert office.entity(soft)["conflict"] == "soft"
    assert office.current(soft)["data"] == {"full_name": "Hoa", "phone": "2"}
    office.send(update(same, 1, phone="2"))
    office.send(update(same, 1, phone="2"))
    assert office.entity(same)["conflict"] == "soft"
    office.send(update(hard, 3, full_name="x"))
    assert office.entity(hard)["conflict"] == "hard"


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (creation("not-a-uuid"), 400.64),
        (creation(""), 400.64),
        (creation(new_uuid(), label=" "), 400.65),
        (update(new_uuid(), 1), 404.62),
        (update(new_uuid(), ""), 400.67),
        (update(new_uuid(), "x"), 400.67),
        (update(new_uuid(), "9" * 30), 400.67),
        (update(new_uuid(), 1, branch="b"), 400.67),
        (update(new_uuid(), 1, trunk=1), 400.67),
    ],
    ids=[
        "an id that is no uuid",
        "no id",
        "no label",
        "an unknown entity",
        "no base version",
        "a base version that is no number",
        "a base version out of range",
        "a branch that is no uuid",
        "a trunk without a branch",
    ],
)
def test_what_cannot_be_applied_is_an_error_beside_a_submission_that_stands(
    office: Office, sent: Sent, expected: float
) -> None:
    office.send(sent)
    (error,) = office.errors(sent)
    assert error["details"]["problem"]["problemCode"] == expected
    assert error["details"]["errorMessage"]
    row = office.api.json(f"{office.p}/forms/E/submissions/{part(sent.iid)}")
    assert row["instanceId"] == sent.iid
    assert not Entity.objects.exists()
    assert Submission.objects.get().state == Submission.State.DERIVED


def test_an_unknown_list_or_action_is_an_error(office: Office) -> None:
    office.publish(entity_form("C", actions='create=""', reads=""))
    wrong_list = Sent(new_uuid(), label="x", instance_id="uuid:l", dataset="nowhere")
    office.send(wrong_list)
    assert office.errors(wrong_list)[0]["details"]["problem"]["problemCode"] == 404.61
    uuid = office.add()
    wrong_action = Sent(uuid, 'update="1" baseVersion="1"', "x", {}, "uuid:a", form_id="C")
    office.send(wrong_action)
    assert office.errors(wrong_action)[0]["details"]["problem"]["problemCode"] == 403.61


def test_a_deleted_entity_takes_no_change_and_gives_its_id_to_nobody(office: Office) -> None:
    uuid = office.add()
    office.api.send("DELETE", f"{office.d}/entities/{uuid}")
    changed, made = office.send(update(uuid, 1, phone="2")), office.send(creation(uuid))
    assert office.errors(changed)[0]["details"]["problem"]["problemCode"] == 404.65
    assert office.errors(made)[0]["details"]["problem"]["problemCode"] == 409.64


def test_a_form_that_may_do_both_creates_what_it_does_not_find(office: Office) -> None:
    uuid = new_uuid()
    both = 'create="1" update="1" baseVersion=""'
    office.send(Sent(uuid, both, "Lan", {"phone": "1"}, "uuid:1"))
    assert office.current(uuid)["version"] == 1
    both = 'create="1" update="true" baseVersion="1"'
    office.send(Sent(uuid, both, "Lan", {"phone": "2"}, "uuid:2"))
    assert office.current(uuid)["data"]["phone"] == "2"


def test_a_block_that_asks_for_nothing_does_nothing(office: Office) -> None:
    sent = office.send(Sent(new_uuid(), 'create="0" update="no"', "x", {}, "uuid:1"))
    assert office.actions(sent) == ["submission.create"]


def test_resends_edits_and_reprojection_double_nothing(office: Office) -> None:
    uuid = new_uuid()
    first = office.send(creation(uuid, "Lan", phone="1"))
    office.send(first)
    changed = edit(first, phone="2")
    put(office, first, changed)
    for submission_id in Submission.objects.values_list("pk", flat=True):
        pipeline.derive(submission_id)
    assert EntityVersion.objects.count() == 1
    assert office.current(uuid)["data"] == {"phone": "1"}
    assert office.errors(first) == []


def test_an_edit_gives_a_failed_block_another_chance(office: Office) -> None:
    uuid = new_uuid()
    first = office.send(creation(uuid, label="", full_name="Lan"))
    assert len(office.errors(first)) == 1
    pipeline.derive(Submission.objects.get().pk)
    assert len(office.errors(first)) == 1
    put(office, first, edit(first, label="Lan", full_name="Lan"))
    assert office.current(uuid)["label"] == "Lan"
    assert len(office.errors(first)) == 1


def test_rows_of_a_repeat_make_entities_and_an_edit_adds_only_the_new_ones(cast: Cast) -> None:
    office = Office(cast)
    office.publish(REPEAT_FORM)
    garden, oak, elm, fir = (new_uuid() for _ in range(4))

    def tree(uuid: str, species: str) -> str:
        block = f'<entity dataset="trees" id="{uuid}" create="1"><label>{species}</label></entity>'
        return f"<cay><loai>{species}</loai><meta>{block}</meta></cay>"

    def record(iid: str, trees: str, deprecated: str = "") -> bytes:
        block = f'<entity dataset="gardens" id="{garden}" create="1"><label>Vườn</label></entity>'
        return (
            f'<data id="R" version="1"><ten_vuon>Vườn A</ten_vuon>{trees}'
            f"<meta><instanceID>{iid}</instanceID>{deprecated}{block}</meta></data>"
        ).encode()

    path = f"{office.p}/forms/R/submissions"
    office.api.post(path, record("uuid:1", tree(oak, "sồi") + tree(elm, "du")))
    trees = office.api.json(f"{office.p}/datasets/trees/entities")
    assert {each["uuid"] for each in trees} == {oak, elm}
    shown = office.api.json(f"{office.p}/datasets/trees/entities/{oak}")
    assert shown["currentVersion"]["data"] == {"species": "sồi"}
    (one,) = office.api.json(f"{office.p}/datasets/gardens/entities")
    assert one["uuid"] == garden
    changed = record(
        "uuid:2",
        tree(fir, "thông") + tree(oak, "sồi") + tree(elm, "du"),
        "<deprecatedID>uuid:1</deprecatedID>",
    )
    assert office.api.send("PUT", f"{path}/uuid:1", changed).status_code == 200
    trees = office.api.json(f"{office.p}/datasets/trees/entities")
    assert {each["uuid"] for each in trees} == {oak, elm, fir}
    assert not SubmittedEntity.objects.exclude(state="applied").exists()


def test_one_wrong_row_of_a_repeat_stops_no_other(cast: Cast) -> None:
    office = Office(cast)
    office.publish(REPEAT_FORM)
    oak = new_uuid()
    rows = "".join(
        f'<cay><loai>x</loai><meta><entity dataset="trees" id="{uuid}" create="1">'
        f"<label>x</label></entity></meta></cay>"
        for uuid in ("wrong", oak)
    )
    xml = f'<data id="R" version="1">{rows}<meta><instanceID>uuid:1</instanceID></meta></data>'
    office.api.post(f"{office.p}/forms/R/submissions", xml.encode())
    trees = office.api.json(f"{office.p}/datasets/trees/entities")
    assert [each["uuid"] for each in trees] == [oak]
    audits = office.api.json(f"{office.p}/forms/R/submissions/uuid:1/audits")
    assert [each["action"] for each in audits].count("entity.error") == 1


def test_a_list_that_asks_for_approval_waits_for_it(office: Office) -> None:
    office.api.send("PATCH", office.d, {"approvalRequired": True})
    uuid = new_uuid()
    sent = office.send(creation(uuid, "Lan", phone="1"))
    assert not Entity.objects.exists()
    review(office, sent, "hasIssues")
    assert not Entity.objects.exists()
    put(office, sent, edit(sent, phone="2"))
    review(office, sent, "approved")
    assert office.current(uuid)["data"] == {"phone": "2"}
    review(office, sent, "approved")
    assert EntityVersion.objects.count() == 1


def test_taking_approval_away_asks_what_becomes_of_those_that_wait(office: Office) -> None:
    office.api.send("PATCH", office.d, {"approvalRequired": True})
    first, rejected = office.send(creation(new_uuid())), office.send(creation(new_uuid()))
    review(office, rejected, "rejected")
    refused = office.api.send("PATCH", office.d, {"approvalRequired": False})
    assert refused.json()["code"] == 400.69
    assert refused.json()["details"]["count"] == 1
    wrong = office.api.send("PATCH", f"{office.d}?convert=x", {"approvalRequired": False})
    assert wrong.json()["code"] == 400.2
    done = office.api.send("PATCH", f"{office.d}?convert=true", {"approvalRequired": False})
    assert done.json()["approvalRequired"] is False
    assert [each["uuid"] for each in office.api.json(f"{office.d}/entities")] == [first.entity_id]


def test_trials_of_a_draft_and_encrypted_records_make_nothing(office: Office) -> None:
    office.api.post(f"{office.p}/forms/E/draft", entity_form(version="2"))
    uuid = new_uuid()
    answer = office.api.post(f"{office.p}/forms/E/draft/submissions", creation(uuid).xml)
    assert answer.status_code in (200, 404)
    envelope = (
        b'<data id="E" version="1" encrypted="yes"><meta><instanceID>uuid:x</instanceID></meta>'
        b"</data>"
    )
    office.api.post(f"{office.p}/forms/E/submissions", envelope)
    assert not Entity.objects.exists()
