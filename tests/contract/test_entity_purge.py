"""A deleted entity is removed for good: over `/v1`, on its page, and after restoring a backup."""

from pathlib import Path

import pytest
from django.test import Client

from surveys.collection.models import AuditEvent, Entity, EntityVersion
from surveys.collection.safekeeping import removals
from tests.cast import Cast
from tests.contract.central_api import Api, code
from tests.entity_world import Office


@pytest.fixture
def office(cast: Cast) -> Office:
    return Office(cast).with_form()


@pytest.fixture
def gone(office: Office) -> str:
    """An entity in the trash."""
    uuid = office.add("Lan", phone="0912345678")
    office.api.send("DELETE", f"{office.d}/entities/{uuid}")
    return uuid


def held() -> str:
    found = [*Entity.objects.values_list("label", "data")]
    return str([*found, *EntityVersion.objects.values_list("label", "data", "data_received")])


def test_what_was_purged_is_nowhere_and_its_id_is_not_given_again(
    cast: Cast, office: Office, gone: str
) -> None:
    admin, one = Api(cast.admin), f"{office.d}/entities/{gone}"
    assert "0912345678" in held()
    assert admin.post(f"{one}/purge", {"confirm": gone}).status_code == 200
    assert "0912345678" not in held()
    assert "Lan" not in held()
    assert office.api.json(f"{office.d}/entities?deleted=true") == []
    filtered = f"{office.d}.svc/Entities?$filter=__system/deletedAt ne null"
    assert office.api.json(filtered.replace(" ", "%20"))["value"] == []
    assert code(office.api.get(one)) == 404.62
    assert code(office.api.post(f"{one}/restore")) == 404.62
    assert code(admin.post(f"{one}/purge", {"confirm": gone})) == 404.62
    again = {"uuid": gone, "label": "Lan", "data": {}}
    assert code(office.api.post(f"{office.d}/entities", again)) == 409.64
    event = AuditEvent.objects.get(action="entity.purge")
    assert event.details == {"entity": {"uuid": gone, "dataset": "people"}}


def test_a_living_entity_a_wrong_word_and_a_manager_purge_nothing(
    cast: Cast, office: Office, gone: str
) -> None:
    admin, living = Api(cast.admin), office.add("Hoa")
    assert code(admin.post(f"{office.d}/entities/{gone}/purge", {"confirm": "yes"})) == 400.2
    assert code(admin.post(f"{office.d}/entities/{living}/purge", {"confirm": living})) == 404.62
    for person, said in ((cast.alice, 403.1), (cast.bob, 403.1), (None, 401.2)):
        answer = Api(person).post(f"{office.d}/entities/{gone}/purge", {"confirm": gone})
        assert code(answer) == said
    assert "0912345678" in held()


def test_the_page_asks_for_the_id_before_it_purges(cast: Cast, office: Office, gone: str) -> None:
    base = f"/projects/{office.project.pk}/lists/people/entities/{gone}/"
    admin, manager = Client(), Client()
    admin.force_login(cast.admin)
    manager.force_login(cast.alice)
    assert f"{base}purge/" in admin.get(base).content.decode()
    assert f"{base}purge/" not in manager.get(base).content.decode()
    assert manager.post(f"{base}purge/", {"confirm": gone}).status_code == 403
    assert gone in admin.get(f"{base}purge/").content.decode()
    admin.post(f"{base}purge/", {"confirm": "sai"})
    assert "0912345678" in held()
    answer = admin.post(f"{base}purge/", {"confirm": gone}, follow=True)
    assert "Đã xoá hẳn thực thể." in answer.content.decode()
    assert "0912345678" not in held()
    assert admin.get(base).status_code == 404


def test_a_purged_entity_stays_gone_when_a_backup_comes_back(
    cast: Cast, office: Office, gone: str, tmp_path: Path
) -> None:
    before = list(EntityVersion.objects.values())
    Api(cast.admin).post(f"{office.d}/entities/{gone}/purge", {"confirm": gone})
    removals.write(tmp_path / removals.NAME)
    Entity.objects.update(label="Lan", data={"phone": "0912345678"}, deleted_at=None)
    EntityVersion.objects.bulk_create(EntityVersion(**each) for each in before)
    found = removals.since(tmp_path / removals.NAME, "2026-01-01T00:00:00+00:00")
    assert removals.apply(found).done == {removals.ENTITY: 1}
    assert removals.apply(found).done == {}
    assert "0912345678" not in held()
