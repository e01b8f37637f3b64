"""Walls that no address may get round; who opens which page is tried in `test_every_route`."""

import pytest
from django.test import Client
from django.urls import reverse

from surveys.collection import publishing
from surveys.collection.models import User
from tests.cast import xform
from tests.page_world import World

pytestmark = pytest.mark.django_db


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def status(user: User, path: str) -> int:
    answer = signed_in(user).get(path)
    answer.getvalue()  # reads to its end the file that stands behind some of them
    return answer.status_code


def test_the_rated_office_opens_no_record_file_or_point(world: World) -> None:
    client = signed_in(world.rated)
    record = [world.form.pk, world.submission.pk]
    for route, arguments in (
        ("submissions", [world.form.pk]),
        ("record", record),
        ("raw_xml", [*record, world.photo.version_id]),
        ("attachment", [*record, world.photo.pk]),
        ("quarantine", [world.cast.project.pk]),
        ("cases", [world.round.pk]),
    ):
        assert client.get(reverse(route, args=arguments)).status_code == 403
    assert (
        reverse("submissions", args=[world.form.pk])
        not in client.get(reverse("project", args=[world.cast.project.pk])).content.decode()
    )


def test_readers_of_published_results_do_not_see_an_unpublished_run(world: World) -> None:
    world.run.published_at = None
    world.run.save(update_fields=["published_at"])
    for route in ("map_document", "artefact"):
        arguments = [world.run.pk, "equipped" if route == "map_document" else world.report.pk]
        assert status(world.viewer, reverse(route, args=arguments)) == 403
        assert status(world.analyst, reverse(route, args=arguments)) == 200
    page = signed_in(world.viewer).get(reverse("satisfaction", args=[world.round.pk]))
    assert "Chưa có kết quả" in page.content.decode()


def test_the_draft_of_a_form_is_read_by_those_who_manage_forms(world: World) -> None:
    published = world.form.current
    assert published is not None
    name = world.form.xml_form_id
    draft = publishing.set_draft(world.cast.admin.actor, world.form, xform(name, "nháp"))
    hidden, shown = (
        reverse("xform", args=[world.form.pk, version]) for version in (draft.pk, published.pk)
    )
    assert (status(world.viewer, shown), status(world.viewer, hidden)) == (200, 403)
    assert status(world.cast.alice, hidden) == 200
    form = reverse("form", args=[world.form.pk])
    assert hidden not in signed_in(world.viewer).get(form).content.decode()
    assert hidden in signed_in(world.cast.alice).get(form).content.decode()
