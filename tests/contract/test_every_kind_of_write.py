"""A write of each kind × every kind of person, on the world of `test_every_route`.

Each is undone before the next person tries it, so that everybody meets the same world.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import pytest
from django.conf import settings
from django.db import transaction
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from tests.cast import filled
from tests.contract.route_table import (
    ADMIN,
    LISTED,
    MANAGERS,
    REVIEWERS,
    SENDERS,
    D,
    F,
    P,
    S,
    Who,
)
from tests.contract.route_world import Caller, RouteWorld, address, make_route_world

pytestmark = pytest.mark.django_db  # or pytest-django makes no database
Body = Callable[[RouteWorld], Any]
PAGE: Final = "projects/<int:project_id>"
RECORD: Final = "forms/<int:form_id>/submissions/<int:submission_id>"


@dataclass(frozen=True, slots=True)
class Write:
    method: str
    route: str
    who: Who
    body: Body

    @property
    def name(self) -> str:
        return f"{self.method} {self.route}"


def says(**said: Any) -> Body:
    return lambda _: said


def _new_record(given: RouteWorld) -> bytes:
    return filled(given.world.form.xml_form_id, "uuid:new")


def _edit(given: RouteWorld) -> bytes:
    old = given.world.submission.instance_id
    return _new_record(given).replace(
        b"<meta>", f"<meta><deprecatedID>{old}</deprecatedID>".encode()
    )


WRITES: Final = (
    Write("POST", "v1/projects", ADMIN, says(name="Mới")),
    Write("PATCH", P, ADMIN, says(name="Khác")),
    Write("DELETE", P, ADMIN, says()),
    Write("POST", "v1/users", ADMIN, says(email="x@example.vn")),
    Write("POST", f"{P}/app-users", MANAGERS, says(displayName="Máy")),
    Write("DELETE", f"{P}/app-users/<int:actor_id>", MANAGERS, says()),
    Write("POST", f"{F}/assignments/<str:role>/<int:actor_id>", MANAGERS, says()),
    Write("PATCH", F, MANAGERS, says(state="closing")),
    Write("DELETE", F, MANAGERS, says()),
    Write("POST", f"{F}/draft", MANAGERS, lambda _: b""),
    Write("POST", f"{F}/submissions", SENDERS, _new_record),
    Write("PUT", S, REVIEWERS, _edit),
    Write("PATCH", S, REVIEWERS, says(reviewState="rejected")),
    Write("POST", f"{S}/comments", REVIEWERS, says(body="x")),
    Write("DELETE", S, MANAGERS, says()),
    Write("POST", f"{P}/datasets", MANAGERS, says(name="moi")),
    Write("DELETE", f"{D}/entities/<str:uuid>", MANAGERS, says()),
    # What the pages refuse with a message is refused with a status here.
    Write("POST", f"{PAGE}/people/<int:phone_id>/revoke/", MANAGERS, says()),
    Write("POST", f"{PAGE}/personal/", MANAGERS, says(contacts="1")),
    Write("POST", f"{PAGE}/personal/find/", MANAGERS, says(asked="uuid:1")),
    Write("POST", f"{RECORD}/erase/", MANAGERS, says(extent="all", reason="CV 12")),
    Write("POST", "forms/<int:form_id>/privacy/", MANAGERS, says()),
    Write("POST", "forms/<int:form_id>/state/<slug:state>/", MANAGERS, says()),
    Write("POST", "rounds/<int:round_id>/lock/", MANAGERS, says()),
    Write("POST", f"{PAGE}/people/account/<int:user_id>/link/", ADMIN, says()),
)


@pytest.fixture(scope="module")
def through(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, dict[str, int]]:
    own = {
        "BLOB_ROOT": tmp_path_factory.mktemp("blobs"),
        "STATIC_ROOT": tmp_path_factory.mktemp("static"),
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
        "STORAGES": {
            **settings.STORAGES,
            "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
        },
    }
    with django_db_blocker.unblock(), override_settings(**own), transaction.atomic():
        given = make_route_world()
        callers = {name: Caller(user) for name, user in given.people.items()}
        found = {write.name: _tried(write, given, callers) for write in WRITES}
        transaction.set_rollback(True)
    return found


def _tried(write: Write, given: RouteWorld, callers: dict[str, Caller]) -> dict[str, int]:
    path = address(write.route, given, LISTED if "<str:name>" in write.route else {})
    body = write.body(given)
    found = {}
    for name, caller in callers.items():
        with transaction.atomic():
            answer = caller.ask(write.method, path, body)
            found[name] = answer.status if answer.is_through or answer.status >= 400 else 401
            transaction.set_rollback(True)
    return found


@pytest.mark.parametrize("write", WRITES, ids=lambda write: write.name)
def test_a_write_is_for_its_people_alone(through: dict[str, dict[str, int]], write: Write) -> None:
    found = through[write.name]
    assert {name for name, status in found.items() if status < 400} == set(write.who), found
    assert not {name for name, status in found.items() if status >= 500}


def test_there_are_writes_for_each_kind_of_right() -> None:
    assert {write.who for write in WRITES} == {ADMIN, MANAGERS, REVIEWERS, SENDERS}
