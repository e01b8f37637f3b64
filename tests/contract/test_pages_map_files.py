"""Printed maps and data of a run, linked beside its map: by the rights of every file of a run."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from surveys.collection.models import Project, User
from surveys.results.models import Artefact, Run
from tests.page_figures import make_artefact
from tests.page_world import World

pytestmark = pytest.mark.django_db


def add_files(run: Run) -> dict[str, Artefact]:
    kept = {
        f"map-equipped-{language}.pdf": make_artefact(
            run, "print", f"map-equipped-{language}.pdf", language, b"%PDF-"
        )
        for language in ("vi", "en")
    }
    kept["map-equipped.gpkg"] = make_artefact(run, "data", "map-equipped.gpkg", "", b"SQLite")
    kept["map-smartphone_own.csv"] = make_artefact(run, "data", "map-smartphone_own.csv", "", b"x")
    return kept


def status(client: Client, path: str) -> int:
    answer = client.get(path)
    answer.getvalue()  # an open file would outlive the test
    return answer.status_code


def client_of(user: User, language: str = "vi") -> Client:
    client = Client()
    client.force_login(user)
    client.cookies["django_language"] = language
    return client


@pytest.mark.parametrize(("language", "other"), [("vi", "en"), ("en", "vi")])
def test_the_map_shown_is_offered_on_paper_and_as_data(
    world: World, language: str, other: str
) -> None:
    files = add_files(world.run)
    path = reverse("readiness", args=[world.round.pk])
    page = client_of(world.viewer, language).get(path).content.decode()
    linked = {
        name
        for name, each in files.items()
        if reverse("artefact", args=[world.run.pk, each.pk]) in page
    }
    assert linked == {f"map-equipped-{language}.pdf", "map-equipped.gpkg"}
    assert re.search(r">PDF</a>", page)
    assert re.search(r">GPKG</a>", page)


def test_a_map_is_saved_and_never_run_in_our_origin(world: World) -> None:
    svg = make_artefact(world.run, "print", "map-equipped-vi.svg", "vi", b"<svg/>")
    answer = client_of(world.viewer).get(reverse("artefact", args=[world.run.pk, svg.pk]))
    assert answer.getvalue() == b"<svg/>"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_files_of_an_unpublished_run_are_for_those_who_may_read_it(world: World) -> None:
    files = add_files(world.run)
    path = reverse("artefact", args=[world.run.pk, files["map-equipped.gpkg"].pk])
    assert status(client_of(world.viewer), path) == 200
    Run.objects.filter(pk=world.run.pk).update(published_at=None)
    assert status(client_of(world.viewer), path) in (403, 404)
    assert status(client_of(world.analyst), path) == 200
    assert status(client_of(world.cast.bob), path) in (403, 404)
    assert status(Client(), path) == 302


def test_maps_and_files_of_a_deleted_project_are_gone(world: World) -> None:
    client = client_of(world.analyst)
    paths = [
        reverse("map_document", args=[world.run.pk, "equipped"]),
        reverse("artefact", args=[world.run.pk, world.report.pk]),
        reverse("commune", args=[world.run.pk, "16228"]),
    ]
    assert [status(client, path) for path in paths] == [200, 200, 200]
    Project.objects.filter(pk=world.run.round.project_id).update(deleted_at=timezone.now())
    assert [status(client, path) for path in paths] == [404, 404, 404]
