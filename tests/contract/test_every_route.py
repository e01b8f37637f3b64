"""Every route × every kind of person: who gets through, and what nobody else may meet in it.

R1. Each pattern of the server stands in `route_table.ROUTES`; a new one fails until it does.
R2. Exactly the people of its row get through.
R3. Whoever may not open the record in the address meets neither its household nor its answers in
    any answer of the server; who may open and not review it, none of its restricted answers.
R4. A number that nothing has is not found.
"""

import re

import pytest
from django.conf import settings
from django.db import transaction
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from tests.contract.route_table import OPENERS, REVIEWERS, ROUTES
from tests.contract.route_world import (
    SECRET,
    Answer,
    Caller,
    RouteWorld,
    address,
    make_route_world,
    routes,
)

pytestmark = pytest.mark.django_db  # or pytest-django makes no database
Answers = dict[str, dict[str, Answer]]
FOLDERS = ("BLOB_ROOT", "ARTEFACT_ROOT", "STATIC_ROOT")
MISSING = "admin, of a thing that is not there"
KNOWN = [route for route in routes() if route in ROUTES]


@pytest.fixture(scope="module")
def answers(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Answers:
    """What everybody got from every route: asked once, on one world, and rolled back."""
    own = {
        **{name: tmp_path_factory.mktemp(name.lower()) for name in FOLDERS},
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
        "STORAGES": {
            **settings.STORAGES,
            "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
        },
    }
    with django_db_blocker.unblock(), override_settings(**own), transaction.atomic():
        given = make_route_world()
        callers = {name: Caller(user) for name, user in given.people.items()}
        found = {route: _asked(route, given, callers) for route in KNOWN}
        transaction.set_rollback(True)
    return found


def _asked(route: str, given: RouteWorld, callers: dict[str, Caller]) -> dict[str, Answer]:
    row = ROUTES[route]
    path = address(route, given, row.given) + row.query
    found = {}
    for name, caller in callers.items():
        with transaction.atomic():
            found[name] = caller.ask("GET", path)
            transaction.set_rollback(True)
    numbers = re.findall(r"<int:(\w+)>", route)
    if numbers:
        nothing = {**row.given, **dict.fromkeys(numbers, lambda _: 999_999)}
        found[MISSING] = callers["admin"].ask("GET", address(route, given, nothing) + row.query)
    return found


def test_every_route_has_a_row() -> None:
    found = set(routes())
    missing = sorted(found - ROUTES.keys())
    assert not missing, (
        "New routes. Say in tests/contract/route_table.py who gets through each with GET, one line "
        "in ROUTES (groups: NOBODY, ADMIN, MANAGERS, REVIEWERS, OPENERS, FIELD, ANALYSTS, READERS, "
        "RESULTS, MEMBERS, SIGNED_IN, ANYBODY; values of its path in route_world.VALUES or "
        "`given=`):\n" + "\n".join(f'    "{route}": Row(MANAGERS),' for route in missing)
    )
    assert not sorted(ROUTES.keys() - found), "rows of routes that are gone"


@pytest.mark.parametrize("route", KNOWN)
def test_a_route_lets_its_people_through_and_nobody_else(answers: Answers, route: str) -> None:
    got = {name: each for name, each in answers[route].items() if name != MISSING}
    assert {name for name, each in got.items() if each.is_through} == set(ROUTES[route].who), {
        name: each.status for name, each in got.items()
    }
    assert {each.status for each in got.values()} & {500, 503} == set()


@pytest.mark.parametrize(
    "route", [route for route in KNOWN if "<int:" in route and ROUTES[route].who]
)
def test_a_thing_that_is_not_there_is_not_found(answers: Answers, route: str) -> None:
    missing = answers[route][MISSING]
    # A file that expired is told about on the page before.
    assert missing.status == 404 or (route.startswith("exports/") and missing.location == "/")


@pytest.mark.parametrize("route", KNOWN)
def test_a_route_shows_the_record_to_its_readers_alone(answers: Answers, route: str) -> None:
    household = "16228-hh-1"
    for name, each in answers[route].items():
        if name not in OPENERS:
            assert not each.shows(household), f"{name} meets the record of another commune"
        if name not in REVIEWERS:
            assert not each.shows(SECRET), f"{name} meets a restricted answer"
