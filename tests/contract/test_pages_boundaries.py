"""The page of boundaries: a file becomes a job, its report is shown, a set goes if it may."""

import json
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

import surveys.results.boundary_job  # noqa: F401 # registers the handler
from surveys.collection import jobs
from surveys.collection.models import AuditEvent, Job, User
from surveys.collection.refusal import Refused
from surveys.results import boundary_sets, boundary_upload
from surveys.results.models import Run
from surveys.results.reading.places import communes_of
from surveys.territory.boundaries import ImportedSet, store
from surveys.territory.models import AdminUnit, Boundary, BoundarySet
from tests.page_world import World

pytestmark = pytest.mark.django_db
HOSTILE = "</script><img src=x onerror=alert(1)>"
TOLD = {"source": HOSTILE, "licence": "CC0", "quality": "legal", "valid_from": "2025-07-01"}


@pytest.fixture
def world(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(settings, "HOME", tmp_path)
    monkeypatch.setattr("surveys.results.boundary_job.load_units", lambda: None)
    return world


def client(user: User | None) -> Client:
    found = Client()
    if user is not None:
        found.force_login(user)
    return found


def content(*, is_odd: bool = False) -> bytes:
    """A shape for each commune of the world; an odd one crosses itself."""
    features = []
    for n, unit in enumerate(AdminUnit.objects.filter(level="commune", valid_to=None)):
        x = 105 + n * 0.1
        ring = [[x, 20], [x + 0.1, 20.1], [x + 0.1, 20], [x, 20.1], [x, 20]]
        if not is_odd:
            ring = [[x, 20], [x + 0.1, 20], [x + 0.1, 20.1], [x, 20.1], [x, 20]]
        shape = {"type": "Polygon", "coordinates": [ring]}
        features.append({"type": "Feature", "properties": {"code": unit.code}, "geometry": shape})
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def send(user: User | None, made: bytes | None, **more: str) -> tuple[int, str, str]:
    files = {} if made is None else {"file": SimpleUploadedFile("xã <b>.geojson", made)}
    answer = client(user).post(reverse("boundaries"), {**TOLD, **files, **more})
    return answer.status_code, answer.headers.get("Location", ""), answer.content.decode()


def worked() -> Job:
    job = Job.objects.filter(kind=boundary_upload.KIND).latest("pk")
    jobs.run(job)
    job.refresh_from_db()
    return job


def test_a_file_is_checked_stored_shown_and_removed(world: World) -> None:
    admin = world.cast.admin
    assert "Chưa có ranh giới nào" in client(admin).get(reverse("boundaries")).content.decode()
    status, where, _ = send(admin, content(is_odd=True))
    assert (status, where) == (302, reverse("job", args=[Job.objects.latest("pk").pk]))
    job = worked()
    kept = BoundarySet.objects.get()
    assert job.result["boundary_set"] == kept.pk
    assert not list(boundary_upload.folder().iterdir())
    done = client(admin).get(where).content.decode()
    assert "tự cắt" in done
    assert reverse("boundary_set", args=[kept.pk]) in done
    page = client(admin).get(reverse("boundary_set", args=[kept.pk])).content.decode()
    assert "tự cắt" in page
    listed = client(admin).get(reverse("boundaries")).content.decode()
    for shown in (page, listed):
        assert HOSTILE not in shown
        assert "xã &lt;b&gt;.geojson" in shown
    away = reverse("remove_boundaries", args=[kept.pk])
    assert "Xoá bộ ranh giới này?" in client(admin).get(away).content.decode()
    client(admin).post(away)
    assert BoundarySet.objects.exists()  # the round's published maps stand on it
    Run.objects.update(published_at=None)
    assert client(admin).post(away).headers["Location"] == reverse("boundaries")
    assert not BoundarySet.objects.exists()
    assert not Boundary.objects.exists()
    actions = AuditEvent.objects.filter(action__startswith="boundaries.").order_by("pk")
    assert [each.action for each in actions] == [
        "boundaries.upload", "boundaries.import", "boundaries.remove",
    ]  # fmt: skip
    assert {each.actor for each in actions} == {admin.actor}


def test_a_trial_or_a_refusal_stores_nothing_and_says_what_to_do(world: World) -> None:
    admin = world.cast.admin
    send(admin, content(is_odd=True), is_trial="on")
    assert [each["vi"] for each in worked().result["warnings"]]
    _, where, _ = send(admin, b'{"type": "FeatureCollection", "features": [')
    job = worked()
    assert job.state == Job.State.FAILED
    assert "QGIS" in job.errors[0]["vi"]
    page = client(admin).get(where).content.decode()
    assert "Hệ toạ độ" in page  # which field of the page an option is
    assert str(boundary_upload.folder()) not in page
    assert not BoundarySet.objects.exists()
    assert not list(boundary_upload.folder().iterdir())


def test_what_is_no_upload_starts_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    admin = world.cast.admin
    monkeypatch.setattr(boundary_upload, "LARGEST", 10)
    assert send(admin, None)[0] == 400
    assert send(admin, b"")[0] == 400
    assert send(admin, content(), quality="true")[0] == 400
    assert send(admin, content(), valid_from="soon")[0] == 400
    status, _, page = send(admin, content())
    assert status == 400
    assert "lớn hơn" in page
    assert not Job.objects.filter(kind=boundary_upload.KIND).exists()
    assert not list(boundary_upload.folder().iterdir())


def test_it_is_for_administrators(world: World) -> None:
    kept = stored(world)
    away = reverse("remove_boundaries", args=[kept.pk])
    for user, status in ((world.cast.alice, 403), (world.analyst, 403), (None, 302)):
        for path in (reverse("boundaries"), reverse("boundary_set", args=[kept.pk]), away):
            assert client(user).get(path).status_code == status
        assert send(user, content())[0] == status
        assert client(user).post(away).status_code == status
    assert BoundarySet.objects.exists()
    assert not Job.objects.filter(kind=boundary_upload.KIND).exists()
    assert client(world.cast.admin).get(reverse("boundary_set", args=[0])).status_code == 404


def test_a_set_under_a_published_result_stays(world: World) -> None:
    kept = stored(world)
    Run.objects.filter(pk=world.run.pk).update(published_at=timezone.now())
    assert boundary_sets.published_on() == {kept.pk: [world.run]}
    with pytest.raises(Refused) as refused:
        boundary_sets.remove(world.cast.admin.actor, kept)
    assert refused.value.code == 409.143
    page = client(world.cast.admin).get(reverse("boundary_set", args=[kept.pk])).content.decode()
    assert world.round.name_vi in page
    assert reverse("remove_boundaries", args=[kept.pk]) not in page
    assert BoundarySet.objects.exists()


def stored(world: World) -> BoundarySet:
    units = {unit.code: unit for unit in communes_of(world.run)}
    square = json.dumps({"type": "Polygon", "coordinates": [[[1, 1], [2, 1], [2, 2], [1, 1]]]})
    shapes = {level: dict.fromkeys(units, square) for level in Boundary.Detail.values}
    told = ImportedSet("a", "Sở", "CC0", date(2025, 7, 1), "legal", "a", shapes, {"communes": 1})
    return store(told, units)
