"""Publishing a run beside an earlier one: what the two would tell of a few persons."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from surveys.collection.models import AuditEvent, User
from surveys.results.models import Estimate, Run
from surveys.results.reading import told_between
from tests.page_world import World

pytestmark = pytest.mark.django_db
INDICATOR = "sat_users"


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def is_published(run: Run) -> bool:
    return Run.objects.filter(pk=run.pk, published_at__isnull=False).exists()


@pytest.fixture
def newer(world: World) -> Run:
    """The run of the world again, with its communes as they are."""
    run = Run.objects.get(pk=world.run.pk)
    rows = list(run.estimates.all())
    published = run.published_at
    assert published is not None
    run.pk, run.job, run.published_at = None, None, None
    run.finished_at = published + timedelta(days=1)
    run.save()
    for row in rows:
        row.pk, row.run = None, run
    Estimate.objects.bulk_create(rows)
    return run


def cell(run: Run) -> Estimate:
    return run.estimates.get(
        indicator=INDICATOR, domain_type="round", method=Estimate.Method.DIRECT, category=""
    )


def test_cells_that_differ_by_a_few_persons_are_told_and_asked_about(
    world: World, newer: Run
) -> None:
    row = cell(newer)
    Estimate.objects.filter(pk=row.pk).update(n=row.n + 3)
    (told,) = told_between(newer)
    assert told.persons == 3
    path = reverse("publish_run", args=[newer.pk])
    client = client_of(world.cast.alice)
    page = client.get(path).content.decode()
    assert told.indicator.vi in page
    assert "3 người" in page
    assert client.post(path).status_code == 302  # refused, back to the page
    assert not is_published(newer)
    assert client.post(path, {"known": "on"}).status_code == 302
    assert is_published(newer)
    assert AuditEvent.objects.filter(action="run.publish").latest("pk").details["told"] == 1


@pytest.mark.parametrize("more", [0, 5, 400])
def test_equal_cells_and_groups_that_are_large_enough_are_not_asked_about(
    world: World, newer: Run, more: int
) -> None:
    row = cell(newer)
    Estimate.objects.filter(pk=row.pk).update(n=row.n + more)
    assert told_between(newer) == ()
    path = reverse("publish_run", args=[newer.pk])
    assert client_of(world.cast.alice).post(path).status_code == 302


def test_a_figure_that_nobody_sees_tells_nothing(newer: Run) -> None:
    row = cell(newer)
    Estimate.objects.filter(pk=row.pk).update(n=row.n + 3, publication="none")
    assert told_between(newer) == ()


def test_a_first_run_and_one_beside_unpublished_ones_are_not_compared(
    world: World, newer: Run
) -> None:
    row = cell(newer)
    Estimate.objects.filter(pk=row.pk).update(n=row.n + 3)
    assert told_between(world.run) == ()
    Run.objects.filter(pk=world.run.pk).update(published_at=None)
    assert told_between(newer) == ()
