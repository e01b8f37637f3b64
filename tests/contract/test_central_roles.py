"""Roles, assignments and the audit log over `/v1`, in the shapes that Central's clients read."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from surveys.collection import audit, people
from surveys.collection.models import AuditEvent, Role
from tests.cast import Cast, make_user, published
from tests.contract.central_api import Api, code

EXTENDED = {"X-Extended-Metadata": "true"}
AUDIT = {"actorId", "action", "acteeId", "details", "notes", "loggedAt"}


@pytest.fixture
def admin(cast: Cast) -> Api:
    return Api(cast.admin)


def number(api: Api, role: str) -> int:
    return int(api.json(f"roles/{role}")["id"])


def test_roles_have_centrals_numbers_and_names(admin: Api) -> None:
    roles = {role["system"]: role for role in admin.json("roles")}
    assert {name: roles[name]["id"] for name in ("admin", "app-user", "manager", "viewer")} == {
        "admin": 1,
        "app-user": 2,
        "manager": 5,
        "viewer": 6,
    }
    assert set(roles["admin"]) == {"id", "name", "system", "verbs", "createdAt", "updatedAt"}
    assert "submission.create" in roles["formfill"]["verbs"]
    assert "submission.list" not in roles["formfill"]["verbs"]


def test_every_role_of_ours_has_a_name(admin: Api) -> None:
    assert len(admin.json("roles")) == len(Role) + 2


def test_a_role_is_found_by_number_or_name(admin: Api) -> None:
    assert admin.json("roles/1") == admin.json("roles/admin")
    for name in ("aoeu", "999"):
        assert code(admin.get(f"roles/{name}")) == 404.52


@pytest.mark.parametrize("role", ["manager", "viewer", "formfill", "supervisor", "analyst"])
def test_a_role_is_given_and_taken_in_a_project(cast: Cast, admin: Api, role: str) -> None:
    base = f"projects/{cast.project.pk}/assignments"
    path = f"{base}/{role}/{cast.bob.actor_id}"
    assert admin.post(path).json() == {"success": True}
    assert [row["id"] for row in admin.json(f"{base}/{role}") if row["id"] == cast.bob.actor_id]
    row = {"actorId": cast.bob.actor_id, "roleId": number(admin, role)}
    assert row in admin.json(base)
    assert admin.send("DELETE", path).json() == {"success": True}
    assert code(admin.send("DELETE", path)) == 404.53
    assert row not in admin.json(base)


def test_an_administrator_of_the_server_is_made_and_unmade(cast: Cast, admin: Api) -> None:
    path = f"assignments/admin/{cast.bob.actor_id}"
    assert admin.post(path).json() == {"success": True}
    holders = [row["displayName"] for row in admin.json("assignments/admin")]
    assert set(holders) == {"admin@example.vn", "Bob"}
    extended = admin.get("assignments", headers=EXTENDED).json()
    assert {row["actor"]["displayName"] for row in extended} == set(holders)
    assert admin.send("DELETE", path).json() == {"success": True}
    assert code(admin.send("DELETE", f"assignments/admin/{cast.admin.actor_id}")) == 409.15


def test_a_manager_gives_roles_in_the_own_project_alone(cast: Cast) -> None:
    api, who = Api(cast.alice), make_user("eve", Role.VIEWER, cast.other)
    assert api.post(f"projects/{cast.project.pk}/assignments/viewer/{who.actor_id}").json()
    for path in (
        f"projects/{cast.other.pk}/assignments/viewer/{who.actor_id}",
        f"assignments/viewer/{who.actor_id}",
        f"projects/{cast.project.pk}/assignments/admin/{who.actor_id}",
    ):
        assert code(api.post(path)) == 403.1


def test_phones_and_unknown_people_get_no_web_role(cast: Cast, admin: Api) -> None:
    base = f"projects/{cast.project.pk}/assignments"
    assert code(admin.post(f"{base}/app-user/{cast.bob.actor_id}")) == 404.52
    assert code(admin.post(f"{base}/viewer/999999")) == 404.51
    assert code(admin.post(f"{base}/nonsense/{cast.bob.actor_id}")) == 404.52
    assert admin.json(f"{base}/app-user") == []


def test_forms_list_the_phones_that_may_fill_them(cast: Cast, admin: Api) -> None:
    published(cast.alice.actor, cast.project, "F")
    phone = people.create_app_user(cast.alice.actor, cast.project, "NV-01")
    base = f"projects/{cast.project.pk}/forms/F/assignments"
    assert admin.post(f"{base}/2/{phone.pk}").json() == {"success": True}
    assert [row["id"] for row in admin.json(f"{base}/app-user")] == [phone.pk]
    assert admin.json(base) == [{"actorId": phone.pk, "roleId": 2}]
    summary = f"projects/{cast.project.pk}/assignments/forms"
    assert admin.json(summary) == [{"actorId": phone.pk, "roleId": 2, "xmlFormId": "F"}]
    assert admin.json(f"{summary}/app-user") == admin.json(summary)
    assert admin.json(f"{summary}/manager") == []
    (row,) = admin.get(summary, headers=EXTENDED).json()
    assert row["actor"]["displayName"] == "NV-01"


def events(api: Api, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.json(f"audits{query}")
    return found


def test_the_log_lists_the_newest_first_in_centrals_words(cast: Cast, admin: Api) -> None:
    project = admin.post("projects", {"name": "Dự án mới"}).json()["id"]
    published(cast.admin.actor, cast.project, "F")
    rows = events(admin)
    assert [row["action"] for row in rows[:4]] == [
        *("audit.read", "form.update.publish", "form.update.draft.set", "form.create"),
    ]
    assert all(set(row) == AUDIT for row in rows)
    assert f"project:{project}" in {row["acteeId"] for row in rows}


def test_extended_events_say_who_and_about_what(cast: Cast, admin: Api) -> None:
    published(cast.alice.actor, cast.project, "F")
    found = json.loads(admin.get("audits?action=form.create", headers=EXTENDED).body)
    assert found[0]["actor"]["displayName"] == "Alice"
    assert found[0]["actee"] == {"xmlFormId": "F", "projectId": cast.project.pk}


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("user.assignment.create", set()),
        ("role.grant", set()),
        ("user", {"user.create", "user.session.create", "session.open"}),
        ("project", {"project.create"}),
        ("form", set()),
        ("reading", {"audit.read"}),
        ("no.such.action", set()),
    ],
)
def test_actions_are_chosen_by_name_or_group(admin: Api, action: str, expected: set[str]) -> None:
    events(admin)
    assert {row["action"] for row in events(admin, f"?action={action}")} <= expected | {
        "audit.read"
    }
    assert bool(events(admin, f"?action={action}")) == bool(expected)


def test_times_limit_and_offset_choose_a_part(admin: Api) -> None:
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    assert events(admin, f"?start={tomorrow}") == []
    assert len(events(admin, f"?end={tomorrow}&limit=2")) == 2
    before = events(admin)
    assert events(admin, "?offset=1&limit=3")[0] == before[0]
    now = timezone.now().isoformat()  # its plus arrives as a blank when nobody quotes it
    assert events(admin, f"?end={now}") != []


@pytest.mark.parametrize(
    "query", ["start=x", "end=2026-13-01", "start=0001-01-01", "limit=-1", "offset=x"]
)
def test_a_wrong_filter_is_refused(admin: Api, query: str) -> None:
    assert code(admin.get(f"audits?{query}")) == 400.2


def test_a_manager_reads_the_log_of_the_own_project_alone(cast: Cast) -> None:
    api = Api(cast.alice)
    assert code(api.get("audits")) == 403.1
    assert code(api.get(f"projects/{cast.other.pk}/audits")) == 403.1
    found = api.json(f"projects/{cast.project.pk}/audits")
    assert {row["acteeId"] for row in found} == {f"project:{cast.project.pk}"}


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.ANALYST, Role.VIEWER, Role.ENUMERATOR])
def test_nobody_else_reads_it(cast: Cast, role: Role) -> None:
    api = Api(make_user("eve", role, cast.project))
    assert code(api.get(f"projects/{cast.project.pk}/audits")) == 403.1


def test_reading_the_log_is_logged_once_a_reading(admin: Api) -> None:
    events(admin)
    events(admin, "?action=form")
    readings = AuditEvent.objects.filter(action=audit.Reading.AUDITS)
    assert [event.details for event in readings] == [{"asked": ""}, {"asked": "form"}]
