"""Entities through the phone's door of a running server, on both databases.

E1 many phones that make or change one entity at the same moment leave one entity and every change.
E2 a chain sent by many phones at once, in any order and each link twice, ends as if in order.
E3 what the phone's quick way makes is what making it anew from the stored bytes makes.
"""

import random
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.central_client import Central
from tests.entity_world import Sent, creation, entity_form, new_uuid, update
from tests.openrosa_phone import Phone
from tests.openrosa_world import World, make_world
from tests.server import RunningServer

SEED = 20261122


@pytest.fixture(scope="module")
def world(server: RunningServer) -> World:
    form = entity_form().decode()
    return make_world(server, "entities", forms={"E": form}, users={"Lan": ["E"], "Minh": ["E"]})


@pytest.fixture(scope="module")
def office(world: World) -> Central:
    return Central.signed_in(world.server)


def entities(world: World) -> str:
    return f"projects/{world.project}/datasets/people/entities"


def send_all(world: World, records: list[Sent]) -> None:
    """All at once, by two phones that know nothing of each other."""
    phones = [world.phone("Lan"), world.phone("Minh")]

    def send(place: int) -> int:
        return phones[place % 2].send(records[place].xml).status

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(send, range(len(records)))) == {201}


def test_one_entity_is_made_of_many_creations_at_once(world: World, office: Central) -> None:
    uuid_ = new_uuid()
    send_all(world, [creation(uuid_, f"Lan {n}", phone=str(n)) for n in range(12)])
    (version,) = office.get(f"{entities(world)}/{uuid_}/versions")
    assert version["version"] == 1


def test_every_one_of_many_changes_at_once_is_a_version(world: World, office: Central) -> None:
    uuid_ = new_uuid()
    send_all(world, [creation(uuid_, phone="0")])
    send_all(world, [update(uuid_, 1, phone=str(n)) for n in range(1, 13)])
    versions = office.get(f"{entities(world)}/{uuid_}/versions")
    assert [each["version"] for each in versions] == list(range(1, 14))
    assert {each["data"]["phone"] for each in versions} == {str(n) for n in range(13)}
    assert office.get(f"{entities(world)}/{uuid_}")["conflict"] == "hard"


def test_a_chain_that_comes_at_once_and_twice_ends_as_if_in_order(
    world: World, office: Central
) -> None:
    uuid_, branch = new_uuid(), new_uuid()
    chain = [creation(uuid_, "Lan", phone="0")]
    chain += [update(uuid_, n, branch=branch, phone=str(n)) for n in range(1, 9)]
    records = [*chain, *chain]
    random.Random(SEED).shuffle(records)
    send_all(world, records)
    versions = office.get(f"{entities(world)}/{uuid_}/versions")
    assert [each["data"]["phone"] for each in versions] == [str(n) for n in range(9)]
    assert all(each["conflict"] is None for each in versions)
    backlog = office.get(f"projects/{world.project}/datasets/people/backlog")
    assert backlog == {"count": 0}


def test_making_everything_anew_changes_no_entity(world: World, office: Central) -> None:
    phone: Phone = world.phone()
    uuid_ = new_uuid()
    sent = [creation(uuid_, "Lan", phone="1"), update(uuid_, 1, full_name="Lan Anh")]
    sent += [creation("wrong"), update(uuid_, 7, branch=str(uuid.uuid4()), trunk=1, phone="7")]
    for each in sent:
        assert phone.send(each.xml).status == 201
    audits = f"projects/{world.project}/forms/E/submissions/{{}}/audits"
    actions = [office.get(audits.format(each.iid))[0]["action"] for each in sent]
    assert actions == [
        "entity.create",
        "entity.update.version",
        "entity.error",
        "submission.backlog.hold",
    ]
    before = office.get(entities(world)), office.get(f"{entities(world)}/{uuid_}/versions")
    world.run(
        """
from surveys.fieldwork import pipeline
for pk in Submission.objects.filter(form__project=given["project"]).values_list("pk", flat=True):
    pipeline.derive(pk)
"""
    )
    after = office.get(entities(world)), office.get(f"{entities(world)}/{uuid_}/versions")
    assert after == before
    assert [office.get(audits.format(each.iid))[0]["action"] for each in sent] == actions
