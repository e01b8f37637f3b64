"""Deleted submissions and forms over `/v1`: listed, taken back, removed for good."""

import pytest

from surveys.collection.models import Role, Submission
from tests.cast import Cast, filled, make_user, published, xform
from tests.contract.central_api import Api, code, part

IID = "uuid:1"
OTHER = "<name>Khác</name>"


@pytest.fixture
def alice(cast: Cast) -> Api:
    published(cast.alice.actor, cast.project)
    return Api(cast.alice)


@pytest.fixture
def p(cast: Cast) -> str:
    return f"projects/{cast.project.pk}"


@pytest.fixture
def s(p: str) -> str:
    return f"{p}/forms/F/submissions/{part(IID)}"


def ids(rows: list[dict[str, str]]) -> list[str]:
    return [row["instanceId"] for row in rows]


def test_a_deleted_submission_is_listed_in_the_trash_and_comes_back(
    alice: Api, p: str, s: str
) -> None:
    alice.post(f"{p}/forms/F/submissions", filled())
    alice.post(f"{p}/forms/F/submissions", filled(instance_id="uuid:2", answers=OTHER))
    assert alice.send("DELETE", s).json() == {"success": True}
    (gone,) = alice.json(f"{p}/forms/F/submissions?deleted=true")
    assert gone["instanceId"] == IID
    assert gone["deletedAt"] is not None
    assert ids(alice.json(f"{p}/forms/F/submissions")) == ["uuid:2"]
    assert alice.post(f"{s}/restore").json() == {"success": True}
    assert ids(alice.json(f"{p}/forms/F/submissions")) == ["uuid:2", IID]
    assert alice.get(f"{s}.xml").body == filled()
    assert code(alice.post(f"{s}/restore")) == 404.4


def test_only_an_administrator_who_repeats_the_id_purges(
    cast: Cast, alice: Api, p: str, s: str
) -> None:
    admin = Api(cast.admin)
    alice.post(f"{p}/forms/F/submissions", filled())
    assert code(admin.post(f"{s}/purge", {"confirm": IID})) == 404.4  # not in the trash
    alice.send("DELETE", s)
    assert code(admin.post(f"{s}/purge", {"confirm": "uuid:9"})) == 400.2
    assert code(alice.post(f"{s}/purge", {"confirm": IID})) == 403.1
    assert admin.post(f"{s}/purge", {"confirm": IID}).json() == {"success": True}
    assert alice.json(f"{p}/forms/F/submissions?deleted=true") == []
    assert code(alice.post(f"{p}/forms/F/submissions", filled())) == 409.2


def test_the_trash_is_for_those_who_delete(cast: Cast, alice: Api, p: str, s: str) -> None:
    alice.post(f"{p}/forms/F/submissions", filled())
    alice.send("DELETE", s)
    supervisor = Api(make_user("sup", Role.SUPERVISOR, cast.project))
    assert code(supervisor.get(f"{p}/forms/F/submissions?deleted=true")) == 403.1
    assert code(supervisor.post(f"{s}/restore")) == 403.1
    assert code(supervisor.get(f"{p}/forms?deleted=true")) == 403.1
    assert Submission.objects.get().deleted_at is not None


def test_a_form_comes_back_by_its_number(alice: Api, p: str) -> None:
    alice.post(f"{p}/forms/F/submissions", filled())
    assert alice.send("DELETE", f"{p}/forms/F").json() == {"success": True}
    assert alice.json(f"{p}/forms") == []
    (gone,) = alice.json(f"{p}/forms?deleted=true")
    assert gone["xmlFormId"] == "F"
    assert gone["deletedAt"] is not None
    assert alice.post(f"{p}/forms/{gone['id']}/restore").json() == {"success": True}
    assert ids(alice.json(f"{p}/forms/F/submissions")) == [IID]
    assert code(alice.post(f"{p}/forms/{gone['id']}/restore")) == 404.3


def test_a_form_whose_id_was_taken_stays_in_the_trash(alice: Api, p: str) -> None:
    alice.send("DELETE", f"{p}/forms/F")
    alice.post(f"{p}/forms?publish=true", xform())
    (gone,) = alice.json(f"{p}/forms?deleted=true")
    assert code(alice.post(f"{p}/forms/{gone['id']}/restore")) == 409.6


def test_a_form_is_purged_by_an_administrator_who_repeats_its_id(
    cast: Cast, alice: Api, p: str
) -> None:
    alice.post(f"{p}/forms/F/submissions", filled())
    alice.send("DELETE", f"{p}/forms/F")
    (gone,) = alice.json(f"{p}/forms?deleted=true")
    purge = f"{p}/forms/{gone['id']}/purge"
    assert code(alice.post(purge, {"confirm": "F"})) == 403.1
    assert code(Api(cast.admin).post(purge, {"confirm": "f"})) == 400.2
    assert Api(cast.admin).post(purge, {"confirm": "F"}).json() == {"success": True}
    assert not Submission.objects.exists()


def test_another_project_restores_nothing(cast: Cast, alice: Api, p: str) -> None:
    alice.send("DELETE", f"{p}/forms/F")
    (gone,) = alice.json(f"{p}/forms?deleted=true")
    for project, who, said in ((cast.project, cast.bob, 403.1), (cast.other, cast.bob, 404.3)):
        address = f"projects/{project.pk}/forms/{gone['id']}/restore"
        assert code(Api(who).post(address)) == said
