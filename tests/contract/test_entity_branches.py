"""Offline chains of entity changes: in order, out of order, interrupted, never complete."""

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from django.utils import timezone

from surveys.collection.entities import backlog
from surveys.collection.models import Entity, EntityVersion, SubmittedEntity
from surveys.fieldwork import pipeline
from tests.cast import Cast
from tests.contract.central_api import code
from tests.entity_world import Office, creation, new_uuid, update


@pytest.fixture
def office(cast: Cast) -> Office:
    return Office(cast).with_form()


def waiting(office: Office) -> int:
    return int(office.api.json(f"{office.d}/backlog")["count"])


def late() -> None:
    SubmittedEntity.objects.update(created_at=timezone.now() - timedelta(days=6))


@pytest.mark.parametrize("order", list(permutations(range(4))), ids=str)
def test_a_chain_ends_the_same_in_whatever_order_it_arrives(
    office: Office, order: tuple[int, ...]
) -> None:
    uuid, branch = new_uuid(), new_uuid()
    chain = [
        creation(uuid, "Lan", full_name="Lan", phone="0"),
        update(uuid, 1, branch=branch, phone="1"),
        update(uuid, 2, branch=branch, full_name="Hoa"),
        update(uuid, 3, branch=branch, phone="3"),
    ]
    for place in order:
        office.send(chain[place])
    current = office.current(uuid)
    assert (current["version"], current["data"]) == (4, {"full_name": "Hoa", "phone": "3"})
    assert office.entity(uuid)["conflict"] is None
    assert waiting(office) == 0
    assert all(office.errors(sent) == [] for sent in chain)
    assert [each["conflict"] for each in office.versions(uuid)] == [None] * 4


def test_a_chain_on_a_version_of_the_server_waits_for_its_beginning(office: Office) -> None:
    uuid, branch = office.add("Lan", phone="0"), new_uuid()
    office.send(update(uuid, 1, phone="1"))
    second = office.send(update(uuid, 3, branch=branch, trunk=2, phone="3"))
    assert (waiting(office), office.current(uuid)["version"]) == (1, 2)
    assert office.actions(second)[-1] == "submission.backlog.hold"
    office.send(update(uuid, 2, branch=branch, trunk=2, phone="2"))
    assert (waiting(office), office.current(uuid)["version"]) == (0, 4)
    assert office.current(uuid)["data"] == {"phone": "3"}
    assert office.entity(uuid)["conflict"] is None
    assert "submission.backlog.reprocess" in office.actions(second)


def test_a_change_from_elsewhere_between_them_is_a_soft_conflict(office: Office) -> None:
    uuid, branch = office.add("Lan", phone="0"), new_uuid()
    office.send(update(uuid, 1, branch=branch, trunk=1, phone="1"))
    office.send(update(uuid, 2, full_name="Hoa"))
    office.send(update(uuid, 2, branch=branch, trunk=1, phone="2"))
    assert office.entity(uuid)["conflict"] == "soft"
    assert office.current(uuid)["data"] == {"phone": "2", "full_name": "Hoa"}
    office.api.send("PATCH", f"{office.d}/entities/{uuid}?resolve=true&force=true")
    office.send(update(uuid, 3, branch=branch, trunk=1, phone="3"))
    assert office.entity(uuid)["conflict"] == "soft"


def test_a_chain_whose_beginning_never_comes_is_taken_by_force_after_some_days(
    office: Office,
) -> None:
    uuid, branch = new_uuid(), new_uuid()
    office.send(update(uuid, 2, branch=branch, phone="2"))
    office.send(update(uuid, 3, branch=branch, full_name="Hoa"))
    pipeline.sweep()
    assert (waiting(office), Entity.objects.count()) == (2, 0)
    late()
    pipeline.sweep()
    current = office.current(uuid)
    assert (waiting(office), current["version"]) == (0, 2)
    assert (current["label"], current["data"]) == (
        "auto generated",
        {"phone": "2", "full_name": "Hoa"},
    )
    # its creation, when it comes at last, is laid over it and shows
    office.send(creation(uuid, "Lan", phone="0"))
    assert office.current(uuid)["label"] == "Lan"
    assert office.entity(uuid)["conflict"] == "hard"
    assert office.versions(uuid)[-1]["conflict"] == "hard"


def test_a_button_takes_what_waits_at_once(office: Office) -> None:
    uuid, branch = office.add("Lan", phone="0"), new_uuid()
    sent = office.send(update(uuid, 5, branch=branch, trunk=1, phone="5"))
    assert office.api.post(f"{office.d}/backlog").json() == {"count": 1}
    assert office.current(uuid)["data"] == {"phone": "5"}
    assert "submission.backlog.force" in office.actions(sent)
    assert office.api.post(f"{office.d}/backlog").json() == {"count": 0}


def test_what_waits_is_read_as_its_submission_stands_when_its_turn_comes(office: Office) -> None:
    uuid, branch = new_uuid(), new_uuid()
    held = office.send(update(uuid, 1, branch=branch, phone="1"))
    gone = office.send(update(uuid, 2, branch=branch, phone="2"))
    office.api.send("DELETE", f"{office.p}/forms/E/submissions/{gone.iid}")
    changed = update(uuid, 1, branch=branch, phone="9")
    xml = changed.xml.replace(
        b"</instanceID>", f"</instanceID><deprecatedID>{held.iid}</deprecatedID>".encode()
    )
    assert (
        office.api.send("PUT", f"{office.p}/forms/E/submissions/{held.iid}", xml).status_code == 200
    )
    office.send(creation(uuid, phone="0"))
    assert office.current(uuid)["data"] == {"phone": "9"}
    assert EntityVersion.objects.count() == 2
    late()
    backlog.force_overdue()
    assert waiting(office) == 0


def test_a_deleted_list_leaves_its_backlog_to_an_error(office: Office) -> None:
    sent = office.send(update(new_uuid(), 2, branch=new_uuid(), phone="2"))
    office.api.send("DELETE", f"{office.p}/forms/E")
    office.api.send("DELETE", office.d)
    late()
    backlog.force_overdue()
    assert SubmittedEntity.objects.get().problem == "404.61"
    assert sent.iid


def test_a_trunk_that_the_server_never_had_waits(office: Office) -> None:
    uuid = office.add()
    office.send(update(uuid, 7, branch=new_uuid(), trunk=7, phone="7"))
    assert waiting(office) == 1
    office.send(update(uuid, 1, branch=new_uuid(), trunk=7, phone="7"))
    assert office.current(uuid)["version"] == 1


def test_only_those_who_manage_forms_take_the_backlog_by_force(office: Office, cast: Cast) -> None:
    office.send(update(new_uuid(), 2, branch=new_uuid(), phone="2"))
    office.api = type(office.api)(cast.bob)
    assert code(office.api.post(f"{office.d}/backlog")) == 403.1


def test_a_block_that_breaks_the_sweep_stops_no_other(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, good = new_uuid(), new_uuid()
    for uuid in (broken, good):
        office.send(update(uuid, 2, branch=new_uuid(), label="x", phone="2"))
    late()
    settle = backlog.submitted.settle

    def failing(pending: Any, **more: bool) -> set[int]:
        if pending.block.uuid == broken:
            raise ValueError("no schema reads this")
        return settle(pending, **more)

    monkeypatch.setattr(backlog.submitted, "settle", failing)
    assert backlog.force_overdue() == 1
    assert waiting(office) == 0
    assert SubmittedEntity.objects.get(state="failed").entity_uuid == broken
    assert office.current(good)["data"] == {"phone": "2"}
