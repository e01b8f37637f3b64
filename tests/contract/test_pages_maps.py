"""Maps ordered on the pages of a run: by whom, once, with which second panel."""

from typing import Any
from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from dashboard.presentation.map_block import asked
from surveys.collection import blobs
from surveys.collection.models import AuditEvent, Blob, Job, User
from surveys.collection.refusal import Refused
from surveys.fieldwork.models import Round
from surveys.results import map_orders
from surveys.results.map_choice import MapChoice
from surveys.results.models import MapOrder, Run
from surveys.territory.models import AdminUnit
from tests.page_figures import MAP
from tests.page_world import PNG, World

pytestmark = pytest.mark.django_db
VIEW = {"page": "readiness", "map": "equipped", "view": "margin"}


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def drawn(order: MapOrder, content: bytes = MAP, content_type: str = "text/html") -> None:
    """As the job leaves it."""
    stored = blobs.store(content)
    facts = {"md5": stored.md5, "size": stored.size}
    blob, _ = Blob.objects.get_or_create(sha256=stored.sha256, defaults=facts)
    MapOrder.objects.filter(pk=order.pk).update(
        blob=blob, name="map.png", content_type=content_type
    )


def other_round(world: World, **changes: Any) -> Run:
    """A round of the same project with its own run over the communes given."""
    made = Round.objects.get(pk=world.round.pk)
    name = f"Đợt trước {Round.objects.count()}"
    made.pk, made.name_vi, made.name_en = None, name, name
    made.save()
    report = {**world.run.report, **changes}
    return Run.objects.create(
        round=made,
        report=report,
        finished_at=world.run.finished_at,
        published_at=world.run.published_at,
    )


def areas(*codes: str, valid_from: str = "2025-07-01") -> list[dict[str, str]]:
    return [{"code": code, "valid_from": valid_from, "name": code} for code in codes]


def test_a_map_is_drawn_once_and_then_shown_to_everybody_who_may_read_the_run(
    world: World,
) -> None:
    client, path = client_of(world.viewer), reverse("order_map", args=[world.run.pk])
    answer = client.post(path, VIEW)
    page = answer.headers["Location"]
    assert page == f"{reverse('readiness', args=[world.round.pk])}?map=equipped&view=margin#map"
    said = client.get(page).content.decode()
    assert "Đang vẽ bản đồ này" in said
    assert '<meta http-equiv="refresh"' in said
    client_of(world.analyst).post(path, VIEW)
    order = MapOrder.objects.get()  # two people, one map
    assert order.job is not None
    assert order.job.lane == Job.Lane.SHORT
    assert AuditEvent.objects.filter(action="map.order").count() == 1
    document = reverse("ordered_map", args=[order.pk])
    assert client.get(document).status_code == 404  # not yet drawn
    drawn(order)
    shown = client_of(world.rated).get(page).content.decode()
    assert f'<iframe class="map-frame" src="{document}" sandbox="allow-scripts' in shown
    assert '<meta http-equiv="refresh"' not in shown
    policy = client_of(world.rated).get(document).headers["Content-Security-Policy"]
    assert "sandbox allow-scripts" in policy
    assert "allow-same-origin" not in policy
    assert client_of(world.cast.bob).get(document).status_code == 403
    assert Client().get(document).status_code == 302
    Run.objects.filter(pk=world.run.pk).update(published_at=None)
    assert client.get(document).status_code == 403
    assert client.post(path, {**VIEW, "beside": "bank_account"}).status_code == 403


def test_sheets_are_listed_with_their_day_and_the_grey_one_is_shown(world: World) -> None:
    client, path = client_of(world.viewer), reverse("order_map", args=[world.run.pk])
    wish = {**VIEW, "page": "satisfaction", "form": "png", "paper": "A3", "lies": "landscape"}
    answer = client.post(path, {**wish, "grey": "1"})
    page = answer.headers["Location"]
    assert page.startswith(reverse("satisfaction", args=[world.round.pk]))
    assert "đang vẽ…" in client.get(page).content.decode()
    order = MapOrder.objects.get()
    drawn(order, PNG, "image/png")
    said = client.get(page).content.decode()
    assert "A3, ngang, Sai số (nửa khoảng tin cậy), xám" in said
    assert reverse("ordered_map_file", args=[order.pk]) in said
    assert f'<img src="{reverse("ordered_map", args=[order.pk])}"' in said
    saved = client.get(reverse("ordered_map_file", args=[order.pk]))
    assert saved.getvalue() == PNG
    assert saved.headers["Content-Disposition"].startswith("attachment")


def test_a_map_that_failed_is_tried_again(world: World) -> None:
    choice = MapChoice("equipped", view="margin")
    first = map_orders.order(world.viewer.actor, world.run, choice)
    assert first.job is not None
    Job.objects.filter(pk=first.job.pk).update(state=Job.State.FAILED)
    page = reverse("readiness", args=[world.round.pk])
    said = client_of(world.viewer).get(page, {"view": "margin"}).content.decode()
    assert "Chưa vẽ được bản đồ này" in said
    again = map_orders.order(world.viewer.actor, world.run, choice)
    assert again.pk == first.pk
    assert again.job_id != first.job_id


def test_two_rounds_stand_side_by_side_only_on_one_territory(world: World) -> None:
    same = other_round(world, areas=areas("16228", "16234"))
    choice = MapChoice("equipped", beside="equipped", beside_run=same.pk)
    order = map_orders.order(world.viewer.actor, world.run, choice)
    assert order.beside == same
    own = MapChoice("equipped", beside="equipped", beside_run=world.run.pk)
    assert map_orders.order(world.viewer.actor, world.run, own).beside is None
    assert map_orders.found(world.viewer.actor, world.run, own) is not None
    AdminUnit.objects.create(
        code="16228", level="commune", valid_from="2020-01-01", valid_to="2025-07-01",
        name="Bến Sung", type="Thị trấn",
    )  # fmt: skip
    old = other_round(world, areas=areas("16228", valid_from="2020-01-01"))
    none = other_round(world, areas=areas("99999"))
    for run, code in ((old, 409.181), (none, 409.182)):
        with pytest.raises(Refused) as refusal:
            map_orders.order(
                world.viewer.actor,
                world.run,
                MapChoice("equipped", beside="equipped", beside_run=run.pk),
            )
        assert refusal.value.code == code


def test_a_panel_of_an_unpublished_run_is_for_those_who_may_read_it(world: World) -> None:
    other = other_round(world, areas=areas("16228"))
    wish = {"map": "equipped", "beside": "equipped", "beside_run": str(other.pk)}
    page = client_of(world.viewer).get(reverse("readiness", args=[world.round.pk]))
    assert "Đợt trước" in page.content.decode()
    order = map_orders.order(
        world.analyst.actor,
        world.run,
        MapChoice("equipped", beside="equipped", beside_run=other.pk),
    )
    drawn(order)
    document = reverse("ordered_map", args=[order.pk])
    assert client_of(world.viewer).get(document).status_code == 200
    Run.objects.filter(pk=other.pk).update(published_at=None)
    assert client_of(world.viewer).get(document).status_code == 403
    assert client_of(world.analyst).get(document).status_code == 200
    page = client_of(world.viewer).get(reverse("readiness", args=[world.round.pk]), wish)
    assert document not in page.content.decode()
    posted = client_of(world.viewer).post(reverse("order_map", args=[world.run.pk]), wish)
    assert posted.status_code == 403


def test_a_choice_that_nobody_offers_is_refused_and_draws_nothing(world: World) -> None:
    for wish in (
        {"map": "equipped", "view": "x"},
        {"map": "equipped", "kind": "model"},  # this run has no model
        {"map": "equipped", "beside": "nothing"},
        {"map": "equipped", "beside": "equipped", "beside_run": "999999"},
        {"map": "equipped", "form": "exe"},
        {"map": "equipped", "form": "png", "paper": "A0"},
        {"map": "</script>", "view": "margin"},
    ):
        choice = asked(QueryDict(urlencode(wish)), "vi")
        with pytest.raises(Refused) as refusal:
            map_orders.order(world.viewer.actor, world.run, choice)
        assert refusal.value.code == 400.188
    assert not MapOrder.objects.exists()
    client = client_of(world.viewer)
    bent = {"map": "</script>", "view": "'\"><script>", "beside_run": "9" * 40, "kind": "\x00"}
    page = client.get(reverse("readiness", args=[world.round.pk]), bent)
    assert page.status_code == 200
    assert b'"><script>' not in page.content
    posted = client.post(reverse("order_map", args=[world.run.pk]), bent, follow=True)
    assert "Không có bản đồ như vậy" in posted.content.decode()


def test_an_address_with_a_second_panel_that_is_not_there_shows_the_plain_map(world: World) -> None:
    page = reverse("readiness", args=[world.round.pk])
    for bent in ("nothing", "\x00"):  # PostgreSQL cannot even be asked for the second
        said = client_of(world.viewer).get(page, {"map": "equipped", "beside": bent})
        assert 'class="map-frame"' in said.content.decode()


def test_nobody_orders_without_end(world: World) -> None:
    views = ["margin", "against", "target", "quantile", "jenks"]
    for view in views:
        map_orders.order(world.viewer.actor, world.run, MapChoice("equipped", view=view))
    with pytest.raises(Refused) as refusal:
        map_orders.order(world.viewer.actor, world.run, MapChoice("equipped", view="pattern"))
    assert refusal.value.code == 429.181
