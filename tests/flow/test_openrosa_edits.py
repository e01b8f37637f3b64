"""Edits from phones: a new version under the first instanceID, in whatever order they come.

E1 the newest edit is what records are made from; the original stays as a version.
E2 an edit that comes before its original waits in quarantine and is applied when that comes.
E3 an edit of a copy that is not the newest is refused and kept.
"""

import hashlib
import time

import pytest

from tests.openrosa_phone import Filled, filled
from tests.openrosa_world import World

FRONT, BACK = b"\xff\xd8 truoc", b"\xff\xd8 sau"


def edit_of(sent: Filled, name: str, **options: str) -> Filled:
    return filled(answers=f"<ten>{name}</ten>", edit_of=sent.instance_id, **options)


def names(world: World) -> list[str]:
    return [row["records"][0][3]["ten"] for row in world.stored()]


def test_an_edit_becomes_the_current_version_of_the_first_instance_id(world: World) -> None:
    phone, first = world.phone(), filled()
    edit = edit_of(first, "Hoa")
    assert [phone.send(each.xml).status for each in (first, edit, edit, first)] == [201] * 4
    (row,) = world.stored()
    assert (row["instance_id"], row["versions"], row["review"]) == (first.instance_id, 2, "edited")
    assert row["records"][0][3]["ten"] == "Hoa"
    assert len(row["records"]) == 1


def test_files_that_the_edit_names_are_carried_forward(world: World) -> None:
    phone = world.phone()
    first = filled(answers="<anh>a.jpg</anh><giay_to>b.jpg</giay_to>")
    phone.send(first.xml, {"a.jpg": FRONT, "b.jpg": FRONT})
    edit = filled(answers="<anh>a.jpg</anh><giay_to>c.jpg</giay_to>", edit_of=first.instance_id)
    assert phone.send(edit.xml).status == 201
    assert phone.send(edit.xml, {"c.jpg": BACK}).status == 201
    (row,) = world.stored()
    assert row["files"] == {
        "a.jpg": hashlib.sha256(FRONT).hexdigest(),
        "c.jpg": hashlib.sha256(BACK).hexdigest(),
    }


@pytest.mark.parametrize("order", ["021", "102", "120", "201", "210"])
def test_edits_that_come_in_the_wrong_order_are_applied_in_the_right_one(
    world: World, order: str
) -> None:
    first = filled()
    second = edit_of(first, "Hai")
    third = edit_of(second, "Ba")
    chain = [first, second, third]
    statuses = {world.phone().send(chain[int(number)].xml).status for number in order}
    assert statuses <= {201, 202}
    assert names(world) == ["Ba"]
    assert world.stored()[0]["versions"] == 3
    assert world.quarantine() == []


def test_an_edit_of_an_old_copy_is_refused_and_kept(world: World) -> None:
    phone, first = world.phone(), filled()
    for each in (first, edit_of(first, "Hai")):
        assert phone.send(each.xml).status == 201
    reply = phone.send(edit_of(first, "Khac").xml)
    assert reply.status == 409
    assert "không còn là bản mới nhất" in reply.message
    assert [each["reason"] for each in world.quarantine()] == ["409.3"]
    assert names(world) == ["Hai"]


def test_an_edit_under_the_id_of_another_record_is_a_conflict(world: World) -> None:
    phone, first, other = world.phone(), filled(), filled(answers="<ten>Minh</ten>")
    for each in (first, other):
        phone.send(each.xml)
    reply = phone.send(edit_of(first, "Hai", instance_id=other.instance_id).xml)
    assert reply.status == 409
    assert names(world) == ["Lan", "Minh"]


def test_a_new_record_under_the_id_of_an_edit_is_a_conflict(world: World) -> None:
    phone, first = world.phone(), filled()
    edit = edit_of(first, "Hai")
    for each in (first, edit):
        phone.send(each.xml)
    reply = phone.send(filled(answers="<ten>Lan</ten>", instance_id=edit.instance_id).xml)
    assert reply.status == 409
    assert names(world) == ["Hai"]
    assert [each["reason"] for each in world.quarantine()] == ["409.1"]


HIDE = """
Quarantined.objects.filter(project_id=given["project"]).update(details=given["name"])
"""


def test_an_edit_that_its_original_did_not_see_is_taken_by_the_sweep(world: World) -> None:
    phone, first = world.phone(), filled()
    assert phone.send(edit_of(first, "Hai").xml).status == 202
    world.run(HIDE, name="uuid:other")  # as if both had come at the same moment
    assert phone.send(first.xml).status == 201
    assert names(world) == ["Lan"]
    world.run(HIDE, name=first.instance_id)
    deadline = time.monotonic() + 10
    while names(world) != ["Hai"]:
        assert time.monotonic() < deadline, "the sweep did not take it"
        time.sleep(0.2)
    assert world.quarantine() == []
