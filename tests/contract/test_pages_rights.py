"""Who may open which page: everybody of the cast tries every address."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import reverse

from surveys.collection.models import User
from tests.page_world import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def status(user: User, path: str) -> int:
    answer = signed_in(user).get(path)
    answer.getvalue()  # reads to its end the file that stands behind some of them
    return answer.status_code


@dataclass(frozen=True, slots=True)
class Address:
    """A page and those who may open it, in words of the cast."""

    route: str
    arguments: Callable[[World], list[object]]
    allowed: frozenset[str]


EVERYBODY = frozenset({"alice", "supervisor", "elsewhere", "analyst", "viewer", "rated"})
STAFF = frozenset({"alice", "supervisor", "elsewhere", "analyst"})
MANAGER = frozenset({"alice"})


def _project(world: World) -> list[object]:
    return [world.cast.project.pk]


def _phone(world: World) -> list[object]:
    return [world.cast.project.pk, world.phone.pk]


def _form(world: World) -> list[object]:
    return [world.form.pk]


def _version(world: World) -> list[object]:
    return [world.form.pk, world.form.current_id]


def _record(world: World) -> list[object]:
    return [world.form.pk, world.submission.pk]


def _raw(world: World) -> list[object]:
    return [*_record(world), world.photo.version_id]


def _photo(world: World) -> list[object]:
    return [*_record(world), world.photo.pk]


def _village(world: World) -> list[object]:
    return [world.round.pk, world.case.household.village_id]


def _account(world: World) -> list[object]:
    return [world.cast.project.pk, world.viewer.pk]


def _kept(world: World) -> list[object]:
    return [world.cast.project.pk, world.kept.pk]


def _round(world: World) -> list[object]:
    return [world.round.pk]


ADDRESSES = [
    Address("project", _project, EVERYBODY),
    Address("upload", _project, MANAGER),
    Address("people", _project, MANAGER),
    Address("phone_sheets", _project, MANAGER),
    Address("new_account", _project, MANAGER),
    Address("phone", _phone, MANAGER),
    Address("phone_revoke", _phone, MANAGER),
    Address("phone_reissue", _phone, MANAGER),
    Address("quarantine", _project, frozenset({"alice", "supervisor"})),
    Address("quarantined", _kept, frozenset({"alice", "supervisor"})),
    Address("quarantined_xml", _kept, frozenset({"alice", "supervisor"})),
    Address("new_round", _project, MANAGER),
    Address("form", _form, EVERYBODY),
    Address("xform", _version, EVERYBODY),
    Address("form_state", lambda w: [w.form.pk, "closed"], MANAGER),
    Address("submissions", _form, STAFF),
    Address("record", _record, frozenset({"alice", "supervisor", "analyst"})),
    Address("raw_xml", _raw, frozenset({"alice", "supervisor"})),
    Address("attachment", _photo, frozenset({"alice", "supervisor"})),
    Address("round", _round, EVERYBODY),
    Address("round_forms", _round, MANAGER),
    Address("round_import", lambda w: [w.round.pk, "villages"], MANAGER),
    Address("round_template", lambda w: [w.round.pk, "villages"], MANAGER),
    Address("round_lock", _round, MANAGER),
    Address("fieldwork", _round, frozenset({"alice", "supervisor", "elsewhere"})),
    Address("unmatched", _round, frozenset({"alice", "supervisor"})),
    Address("assigning", _round, frozenset({"alice", "supervisor", "elsewhere"})),
    Address("assigning_village", _village, frozenset({"alice", "supervisor"})),
    Address("account", _account, MANAGER),
    Address("cases", _round, frozenset({"alice", "supervisor", "elsewhere"})),
    Address("case", lambda w: [w.round.pk, w.case.pk], frozenset({"alice", "supervisor"})),
    Address("satisfaction", _round, EVERYBODY),
    Address("readiness", _round, EVERYBODY),
    Address("technical", _round, EVERYBODY),
    Address("map_document", lambda w: [w.run.pk, "equipped"], EVERYBODY),
    Address("publish_run", lambda w: [w.run.pk], MANAGER),
    Address("artefact", lambda w: [w.run.pk, w.report.pk], EVERYBODY),
    Address("job", lambda w: [w.job.pk], MANAGER),
]
NAMES = [address.route for address in ADDRESSES]


@pytest.mark.parametrize("address", ADDRESSES, ids=NAMES)
def test_a_page_opens_for_those_who_may_and_for_nobody_else(world: World, address: Address) -> None:
    path = reverse(address.route, args=address.arguments(world))
    people = {name: getattr(world, name) for name in EVERYBODY if name != "alice"}
    people |= {"alice": world.cast.alice, "bob": world.cast.bob}
    answers = {name: status(user, path) for name, user in people.items()}
    assert {name for name, code in answers.items() if code == 200} == set(address.allowed)
    assert {code for name, code in answers.items() if name not in address.allowed} <= {403}


@pytest.mark.parametrize("address", ADDRESSES, ids=NAMES)
def test_nobody_signed_in_is_sent_to_the_sign_in_page(world: World, address: Address) -> None:
    path = reverse(address.route, args=address.arguments(world))
    answer = Client().get(path)
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/login/?next={path}"


@pytest.mark.parametrize("address", ADDRESSES, ids=NAMES)
def test_a_missing_thing_is_not_found(world: World, address: Address) -> None:
    arguments = [999_999 if isinstance(a, int) else a for a in address.arguments(world)]
    answer = signed_in(world.cast.admin).get(reverse(address.route, args=arguments))
    assert answer.status_code == 404


def test_every_route_is_tried_here() -> None:
    from dashboard.urls import urlpatterns  # noqa: PLC0415

    elsewhere = {
        "home", "login", "logout", "forgotten", "language", "new_project",  # test_pages_frame
        "attach", "publish_draft", "start_run", "phone_forms", "judge", "workbook",
        "quarantined_file", "assign_everybody",
        "own_account",  # test_pages_accounts
    }  # fmt: skip
    assert {pattern.name for pattern in urlpatterns} - elsewhere == set(NAMES)


def test_the_rated_office_opens_no_record_file_or_point(world: World) -> None:
    client = signed_in(world.rated)
    for route, arguments in (
        ("submissions", _form(world)),
        ("record", _record(world)),
        ("raw_xml", _raw(world)),
        ("attachment", _photo(world)),
        ("quarantine", _project(world)),
        ("cases", _round(world)),
    ):
        assert client.get(reverse(route, args=arguments)).status_code == 403
    assert (
        reverse("submissions", args=_form(world))
        not in client.get(reverse("project", args=_project(world))).content.decode()
    )


def test_readers_of_published_results_do_not_see_an_unpublished_run(world: World) -> None:
    world.run.published_at = None
    world.run.save(update_fields=["published_at"])
    for route in ("map_document", "artefact"):
        arguments = [world.run.pk, "equipped" if route == "map_document" else world.report.pk]
        assert status(world.viewer, reverse(route, args=arguments)) == 403
        assert status(world.analyst, reverse(route, args=arguments)) == 200
    page = signed_in(world.viewer).get(reverse("satisfaction", args=_round(world))).content.decode()
    assert "Chưa có kết quả" in page
