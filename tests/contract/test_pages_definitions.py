"""A round's own indicators: uploaded on a page, checked by the worker, errors with their line."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

import surveys.results.definitions_job  # noqa: F401 # registers the handler
from surveys.collection import jobs
from surveys.collection.models import Job, User
from surveys.fieldwork.models import Round
from surveys.results import definitions_upload
from tests.page_world import World
from tests.unit.results.test_own_definitions import OWN

pytestmark = pytest.mark.django_db


def send(world: World, user: User | None, content: bytes | None, **more: str) -> tuple[int, str]:
    client = Client()
    if user is not None:
        client.force_login(user)
    files = {} if content is None else {"file": SimpleUploadedFile("own.toml", content)}
    answer = client.post(reverse("round_definitions", args=[world.round.pk]), {**files, **more})
    return answer.status_code, answer.headers.get("Location", "")


def worked() -> Job:
    job = Job.objects.filter(kind=definitions_upload.KIND).latest("pk")
    jobs.run(job)
    job.refresh_from_db()
    return job


def stored(world: World) -> str:
    return Round.objects.get(pk=world.round.pk).own_definitions


def test_a_sound_file_is_used_and_can_be_taken_away(world: World) -> None:
    assert send(world, world.cast.alice, OWN.encode())[0] == 302
    assert worked().state == Job.State.DONE
    assert stored(world) == OWN
    client = Client()
    client.force_login(world.cast.alice)
    page = client.get(reverse("estimating", args=[world.round.pk])).content.decode()
    assert "women_waited" in page
    send(world, world.cast.alice, None, remove="1")
    assert worked().state == Job.State.DONE
    assert stored(world) == ""


def test_an_unsound_file_is_refused_with_the_line_of_every_error(world: World) -> None:
    wrong = OWN.replace('base = "women"', 'base = "nobody"')
    send(world, world.cast.alice, wrong.encode())
    job = worked()
    assert job.state == Job.State.FAILED
    assert stored(world) == ""
    assert [wrong.splitlines()[each["row"] - 1] for each in job.errors] == [
        'base = "nobody"',
        'base = "nobody"',
    ]
    client = Client()
    client.force_login(world.cast.alice)
    assert "nobody" in client.get(reverse("job", args=[job.pk])).content.decode()


@pytest.mark.parametrize("content", [b"\xff\xfe\x00nonsense", b"form = ", b"[" * 5000])
def test_no_bytes_break_the_worker(world: World, content: bytes) -> None:
    send(world, world.cast.alice, content)
    assert worked().state == Job.State.FAILED
    assert stored(world) == ""


def test_without_a_file_or_with_a_huge_one_nothing_starts(world: World) -> None:
    assert send(world, world.cast.alice, None)[1] == reverse("estimating", args=[world.round.pk])
    send(world, world.cast.alice, b"   ")
    send(world, world.cast.alice, b"#" * (definitions_upload.LARGEST + 1))
    assert not Job.objects.filter(kind=definitions_upload.KIND).exists()


@pytest.mark.parametrize("who", ["supervisor", "elsewhere", "analyst", "viewer", "rated"])
def test_nobody_but_a_manager_sends_one(world: World, who: str) -> None:
    assert send(world, getattr(world, who), OWN.encode())[0] == 403


def test_an_anonymous_visitor_is_asked_to_sign_in(world: World) -> None:
    assert send(world, None, OWN.encode())[1].startswith("/login/")
