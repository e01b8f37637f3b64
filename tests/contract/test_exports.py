"""Made files over `/api` and on the pages: who may ask, watch, download and delete."""

import json
from typing import Any

import pytest
from django.test import Client

from surveys.collection import jobs, sign_in
from surveys.collection.models import AuditEvent, Form, Role, User
from surveys.results.exports import job as _handler
from surveys.results.models import Export
from tests.cast import Cast, make_user
from tests.contract.central_api import code
from tests.export_world import ExportWorld, made_export, make_export_world

HANDLER = _handler.execute  # its module registers the handler of the job


@pytest.fixture
def world(cast: Cast) -> ExportWorld:
    return make_export_world(cast)


def call(user: User | None, method: str, path: str, body: Any = None) -> Any:
    headers = {}
    if user is not None:
        headers["Authorization"] = f"Bearer {sign_in.open_session(user).token}"
    data = body if isinstance(body, str) else json.dumps(body)
    return Client().generic(
        method,
        f"/api/{path}",
        data if body is not None else "",
        "application/json",
        headers=headers,
    )


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def run(export_id: int) -> None:
    job = Export.objects.get(pk=export_id).job
    assert job is not None
    jobs.run(job)


def test_a_file_is_asked_for_watched_downloaded_and_deleted(world: ExportWorld) -> None:
    alice, path = world.cast.alice, f"forms/{world.form.pk}/exports/"
    answer = call(alice, "POST", path, {"format": "csv", "reviews": ["none"]})
    assert answer.status_code == 201
    asked = answer.json()
    assert (asked["state"], asked["name"], asked["size"]) == ("queued", "", None)
    assert code(call(alice, "GET", f"exports/{asked['id']}/file/")) == 409.81
    run(asked["id"])
    done = call(alice, "GET", f"exports/{asked['id']}/").json()
    assert (done["state"], done["n_records"], done["progress"]) == ("done", 3, 1.0)
    assert [each["id"] for each in call(alice, "GET", path).json()] == [asked["id"]]
    file = call(alice, "GET", f"exports/{asked['id']}/file/")
    assert file.getvalue()[:2] == b"PK"
    assert done["name"] in file["Content-Disposition"]
    assert "no-store" in file["Cache-Control"]
    assert call(alice, "DELETE", f"exports/{asked['id']}/").status_code == 204
    assert code(call(alice, "GET", f"exports/{asked['id']}/")) == 404.81


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, 400.2),
        ({"format": "pdf"}, 400.2),
        ({"format": "csv", "colour": "red"}, 400.2),
        ({"format": "csv", "personal": "true"}, 400.2),
        ({"format": "csv", "personal": True}, 400.81),
        ({"format": "csv", "personal": True, "confirm_personal": "yes"}, 400.81),
        ({"format": "r"}, 400.82),
        (["csv"], 400.2),
        ("{", 400.1),
        ({"format": "csv", "until": "\x00"}, 400.2),
        ({"format": "csv", "reviews": [{}]}, 400.2),
    ],
)
def test_an_order_that_makes_no_sense_is_refused(
    world: ExportWorld, body: Any, expected: float
) -> None:
    answer = call(world.cast.alice, "POST", f"forms/{world.form.pk}/exports/", body)
    assert code(answer) == expected
    assert Export.objects.count() == 0


def test_another_project_the_rated_office_and_nobody_get_nothing(world: ExportWorld) -> None:
    Form.objects.update(rates_authority=True)
    rated = make_user("rated", Role.MANAGER, world.cast.project, rated_commune="16228")
    export = made_export(world.form, world.cast.alice)
    for user, expected in ((world.cast.bob, 403.1), (rated, 403.2), (None, 401.2)):
        for method, path in (
            ("GET", f"forms/{world.form.pk}/exports/"),
            ("POST", f"forms/{world.form.pk}/exports/"),
            ("GET", f"exports/{export.pk}/"),
            ("GET", f"exports/{export.pk}/file/"),
            ("DELETE", f"exports/{export.pk}/"),
        ):
            assert code(call(user, method, path, {"format": "csv"})) == expected
    assert not AuditEvent.objects.filter(action="export.download").exists()


def test_a_supervisor_of_another_area_neither_sees_nor_opens_the_file(
    world: ExportWorld,
) -> None:
    near = make_user("near", Role.SUPERVISOR, world.cast.project, communes=("16228",))
    far = make_user("far", Role.SUPERVISOR, world.cast.project, communes=("16258",))
    export = made_export(world.form, near)
    assert call(near, "GET", f"exports/{export.pk}/file/").getvalue().startswith(b"PK")
    assert code(call(far, "GET", f"exports/{export.pk}/file/")) == 403.1
    assert call(far, "GET", f"forms/{world.form.pk}/exports/").json() == []
    assert signed_in(far).get(f"/exports/{export.pk}/file/").status_code == 403


def test_what_is_not_there_is_not_found(world: ExportWorld) -> None:
    admin = world.cast.admin
    assert code(call(admin, "GET", "forms/999/exports/")) == 404.3
    assert code(call(admin, "GET", "exports/999/")) == 404.81
    assert code(call(admin, "GET", "exports/999/file/")) == 404.81


def test_the_page_asks_makes_and_hands_out(world: ExportWorld) -> None:
    client, page = signed_in(world.cast.alice), f"/forms/{world.form.pk}/exports/"
    assert "Chưa có tệp nào" in client.get(page).content.decode()
    said = {"format": "xlsx", "answers": "labels", "language": "vi", "personal": "on"}
    refused = client.post(page, said)
    assert "Hãy xác nhận" in refused.content.decode()
    assert Export.objects.count() == 0
    assert client.post(page, {**said, "confirm": "on"}).status_code == 302
    export = Export.objects.get()
    assert 'http-equiv="refresh"' in client.get(page).content.decode()
    run(export.pk)
    shown = client.get(page).content.decode()
    assert 'http-equiv="refresh"' not in shown
    assert "dữ liệu cá nhân" in shown
    file: Any = client.get(f"/exports/{export.pk}/file/")
    assert file.getvalue()[:2] == b"PK"
    assert file["Content-Disposition"].startswith("attachment")


def test_deleting_on_the_page_asks_once_more(world: ExportWorld) -> None:
    export = made_export(world.form, world.cast.alice)
    client = signed_in(world.cast.alice)
    assert "Xoá tệp này?" in client.get(f"/exports/{export.pk}/delete/").content.decode()
    assert Export.objects.filter(deleted_at=None).exists()
    assert client.post(f"/exports/{export.pk}/delete/").status_code == 302
    assert not Export.objects.filter(deleted_at=None).exists()


def test_who_reviews_nothing_is_offered_no_personal_data(world: ExportWorld) -> None:
    analyst = signed_in(make_user("ana", Role.ANALYST, world.cast.project))
    shown = analyst.get(f"/forms/{world.form.pk}/exports/").content.decode()
    assert 'name="format"' in shown
    assert 'name="personal"' not in shown
    answer: Any = analyst.post(
        f"/forms/{world.form.pk}/exports/",
        {"format": "csv", "answers": "codes", "language": "vi", "personal": "on", "confirm": "on"},
    )
    assert answer.status_code == 302
    assert Export.objects.get().options["personal"] is False


def test_the_rated_office_does_not_find_the_page(world: ExportWorld) -> None:
    Form.objects.update(rates_authority=True)
    rated = make_user("rated", Role.MANAGER, world.cast.project, rated_commune="16228")
    client = signed_in(rated)
    assert client.get(f"/forms/{world.form.pk}/exports/").status_code == 403
    assert "exports/" not in client.get(f"/forms/{world.form.pk}/").content.decode()
    assert Client().get(f"/forms/{world.form.pk}/exports/").status_code == 302
