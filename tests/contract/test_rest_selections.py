"""`/api`: records that match, changes to many, kept filters, webhooks; by right."""

import json
from ipaddress import ip_network
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from surveys.collection import answer_text, sign_in
from surveys.collection.models import AuditEvent, Delivery, Record, Submission, User, Webhook
from tests.cast import published
from tests.contract.central_api import code
from tests.page_world import World

pytestmark = pytest.mark.django_db
ADDRESS = "http://127.0.0.1:9/hook"


@pytest.fixture
def world(world: World, settings: Settings) -> World:
    settings.WEBHOOK_NETWORKS = (ip_network("127.0.0.0/8"),)
    said = {"name": "Lê Thị Đào, Như Thanh", "age": "34"}
    Record.objects.filter(submission=world.submission, table="").update(values=said)
    answer_text.write(world.form.submissions.values_list("pk", flat=True))
    return world


def ask(user: User | None, method: str, path: str, body: Any = None, **query: Any) -> Any:
    headers = {}
    if user is not None:
        headers["Authorization"] = f"Bearer {sign_in.open_session(user).token}"
    client = Client(headers=headers)
    if method == "GET":
        return client.get(f"/api/{path}", query)
    return client.generic(method, f"/api/{path}", json.dumps(body or {}), "application/json")


def at(world: World, rest: str) -> str:
    return f"forms/{world.form.pk}/{rest}"


def test_words_are_searched_page_by_page_and_by_right(world: World) -> None:
    path = at(world, "submissions/")
    found = ask(world.supervisor, "GET", path, text="nhu thanh").json()
    assert [row["id"] for row in found["rows"]] == [world.submission.pk]
    assert ask(world.analyst, "GET", path, text="nhu thanh").json()["rows"] == []
    for sort in ("newest", "oldest", "changed", "name"):
        seen, after = [], ""
        while after is not None:
            page = ask(world.supervisor, "GET", path, sort=sort, limit=3, after=after).json()
            seen += [row["id"] for row in page["rows"]]
            after = page["following"]
        assert len(seen) == len(set(seen)) == 4
    assert ask(world.elsewhere, "GET", path).json()["rows"] == []
    assert code(ask(world.rated, "GET", path)) == 403.2
    assert code(ask(None, "GET", path)) == 401.2
    days = ({"since": "hôm qua"}, {"since": "0001-01-01"}, {"until": "9999-12-31"})
    for wrong in ({"limit": "x"}, {"sort": "x"}, {"review": "x"}, *days):
        assert code(ask(world.supervisor, "GET", path, **wrong)) == 400.2


def test_a_filter_that_does_not_exist_is_refused_by_its_name(world: World) -> None:
    answer = ask(world.supervisor, "GET", at(world, "submissions/"), q="Lan", limit=3, state="x")
    assert code(answer) == 400.2
    assert "q, state" in answer.json()["details"]["en"]


def test_all_that_match_are_changed_if_they_are_as_many_as_expected(world: World) -> None:
    path = at(world, "submissions/bulk/")
    order = {"action": "review", "review_state": "approved", "filter": {"commune": "16228"}}
    wrong = ask(world.supervisor, "POST", path, {**order, "expected": 7})
    assert code(wrong) == 409.75
    done = ask(world.supervisor, "POST", path, {**order, "expected": 2})
    assert done.status_code == 202
    said = done.json()
    assert (said["state"], said["done"], said["failed"]) == ("done", 2, 0)
    again = ask(world.supervisor, "GET", f"bulk/{said['id']}/").json()
    assert again == said
    assert code(ask(world.analyst, "GET", f"bulk/{said['id']}/")) == 403.1
    assert AuditEvent.objects.filter(action="submission.bulk").count() == 1


def test_each_failure_is_named_and_a_deletion_is_taken_back(world: World) -> None:
    path = at(world, "submissions/bulk/")
    rows = [world.submission.pk, 999_999]
    said = ask(world.cast.alice, "POST", path, {"action": "delete", "submissions": rows}).json()
    assert (said["done"], said["failed"]) == (1, 1)
    assert said["failures"][0]["submission"] == 999_999
    assert said["failures"][0]["code"] == 404.4
    assert Submission.objects.get(pk=world.submission.pk).deleted_at
    ask(world.cast.alice, "POST", f"bulk/{said['id']}/undo/")
    assert Submission.objects.get(pk=world.submission.pk).deleted_at is None


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"action": "explode", "submissions": [1]},
        {"action": "review", "submissions": [1]},
        {"action": "review", "review_state": "x", "submissions": [1]},
        {"action": "comment", "submissions": [1]},
        {"action": "comment", "comment": " ", "submissions": [1]},
        {"action": "assign", "submissions": [1]},
        {"action": "assign", "to": "a", "submissions": [1]},
        {"action": "delete"},
        {"action": "delete", "submissions": []},
        {"action": "delete", "submissions": ["1"]},
        {"action": "delete", "submissions": [True]},
        {"action": "delete", "submissions": [2**80]},
        {"action": "delete", "filter": {"since": "hôm qua"}},
        {"action": "delete", "filter": {"reviw": "none"}},
        {"action": "delete", "filter": []},
    ],
)
def test_an_order_that_is_not_clear_changes_nothing(world: World, body: dict[str, Any]) -> None:
    answer = ask(world.cast.alice, "POST", at(world, "submissions/bulk/"), body)
    assert answer.status_code == 400
    assert Submission.objects.filter(deleted_at=None).count() == 4


@pytest.mark.parametrize("name", ["analyst", "viewer", "rated"])
def test_who_may_not_change_one_changes_none(world: World, name: str) -> None:
    for body in (
        {"action": "review", "review_state": "approved", "filter": {}},
        {"action": "delete", "filter": {}},
    ):
        answer = ask(getattr(world, name), "POST", at(world, "submissions/bulk/"), body)
        assert answer.status_code == 403
    assert not Submission.objects.filter(review_state="approved").exists()


def test_filters_are_kept_shared_and_forgotten(world: World) -> None:
    path = at(world, "filters/")
    body = {"name": "Chờ", "query": {"review": "none", "x": "y"}, "is_shared": True}
    made = ask(world.supervisor, "POST", path, body)
    assert made.status_code == 201
    assert made.json()["query"] == {"review": "none"}
    assert code(ask(world.supervisor, "POST", path, body)) == 409.73
    assert [each["name"] for each in ask(world.analyst, "GET", path).json()] == ["Chờ"]
    one = at(world, f"filters/{made.json()['id']}/")
    assert code(ask(world.analyst, "DELETE", one)) == 403.1
    assert ask(world.supervisor, "DELETE", one).status_code == 204
    assert code(ask(world.supervisor, "DELETE", one)) == 404.1


def test_a_webhook_is_made_changed_tried_and_removed(world: World) -> None:
    path = f"projects/{world.cast.project.pk}/webhooks/"
    body = {"name": "Kho", "address": ADDRESS, "events": ["submission.created"]}
    alice = world.cast.alice
    made = ask(alice, "POST", path, body).json()
    one = f"webhooks/{made['id']}/"
    assert len(made["secret"]) > 30
    assert "secret" not in ask(alice, "GET", one).json()
    assert "secret" not in str(ask(alice, "GET", path).json())
    changed = ask(alice, "PATCH", one, {"events": ["form.published"], "form": world.form.pk})
    assert changed.json()["events"] == ["form.published"]
    assert changed.json()["name"] == "Kho"
    assert ask(alice, "POST", f"{one}secret/").json()["secret"] != made["secret"]
    assert ask(alice, "POST", f"{one}pause/").json()["is_active"] is False
    ask(alice, "POST", f"{one}test/")
    delivery = ask(alice, "GET", f"{one}deliveries/").json()[0]
    assert delivery["event"] == "test"
    Delivery.objects.update(state="given_up")
    again = ask(alice, "POST", f"{one}deliveries/{delivery['id']}/again/").json()
    assert (again["state"], again["key"]) == ("pending", delivery["key"])
    for user in (world.cast.bob, world.supervisor, world.rated):
        assert ask(user, "GET", one).status_code == 403
        assert ask(user, "DELETE", one).status_code == 403
    assert ask(alice, "DELETE", one).status_code == 204
    assert code(ask(alice, "GET", one)) == 404.71
    assert not Webhook.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"events": ["x"]},
        {"events": []},
        {"events": "submission.created"},
        {"address": "https://10.0.0.1/"},
        {"address": 7},
        {"answers": "every"},
        {"name": ""},
        {"name": "x" * 101},
    ],
)
def test_a_webhook_that_cannot_be_is_refused(world: World, wrong: dict[str, Any]) -> None:
    path = f"projects/{world.cast.project.pk}/webhooks/"
    body = {"name": "Kho", "address": ADDRESS, "events": ["submission.created"], **wrong}
    assert ask(world.cast.alice, "POST", path, body).status_code == 400
    assert not Webhook.objects.exists()


@pytest.mark.parametrize("sort", ["name", "changed"])
def test_a_page_does_not_begin_behind_a_record_that_one_may_not_read(
    world: World, sort: str
) -> None:
    other = published(world.cast.admin.actor, world.cast.project, "khac")
    hidden = Submission.objects.create(form=other, instance_id="uuid:9", instance_name="")
    path = at(world, "submissions/")
    assert ask(world.supervisor, "GET", path, sort=sort, after=hidden.pk).json()["rows"] == []


def test_half_letters_and_the_ends_of_the_calendar_are_no_filter(world: World) -> None:
    path = at(world, "filters/")
    for name in ("\ud800", "\x00"):
        assert code(ask(world.supervisor, "POST", path, {"name": name})) == 400.2
    query = {"text": "\ud800Đào", "since": "0001-01-01", "until": "9999-12-31"}
    kept = ask(world.supervisor, "POST", path, {"name": "Tên", "query": query}).json()
    assert kept["query"] == {"text": "Đào"}
    listing = reverse("submissions", args=[world.form.pk])
    client = Client()
    client.force_login(world.supervisor)
    for day in ("0001-01-01", "9999-12-31"):
        assert client.get(listing, {"since": day, "until": day}).status_code == 200
