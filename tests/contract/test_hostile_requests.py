"""Every route × requests that nobody sends by mistake: an answer, never a fault of the server.

Each route is asked with what is there and a hostile query, with hostile places, and with bodies of
no or the wrong kind. The caller is an administrator, so that no missing right ends it early.
"""

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client

from surveys.collection import sign_in
from tests.contract.route_table import ROUTES
from tests.contract.route_world import RouteWorld, address, make_route_world, routes

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
HUGE: Final = str(2**63)
TEXTS: Final = ("\x00", "\ud800", "..", "a" * 3000, "𐍈é'\"<;--%", "-1")
NAMES: Final = (
    *("after", "page", "limit", "offset", "q", "search", "sort", "order", "from", "to", "start"),
    *("$top", "$skip", "$filter", "$select", "$orderby", "$skiptoken", "$expand", "deleted"),
    *("state", "version", "since", "until", "indicator", "domain", "run", "formID", "id", "action"),
    *("commune", "sender", "village", "review", "language", "level", "kind"),
)
BODIES: Final[tuple[tuple[str, bytes], ...]] = (
    ("application/json", b'{"name": "\\u0000", "body": "\\ud800", "state": [1], "version": 1e999}'),
    ("application/json", b"[" * 3000),
    ("application/x-www-form-urlencoded", b"name=%00&reason=%00&confirm=%ff&version=%00&file=x"),
    ("application/x-www-form-urlencoded", b"&".join(b"ids=%d" % n for n in range(2500))),
    ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="file"'),
    ("multipart/form-data", b"no boundary"),
    ("text/plain; charset=nothing", b"\xff\xfe\x00"),
    ("application/xml", b"<?xml version='1.0' encoding='utf-7'?><a>\x00"),
)
# Served by what comes before Django's views, or not at all in this process.
SKIPPED: Final = frozenset({"v1/<path:rest>"})


class Asking:
    def __init__(self, given: RouteWorld) -> None:
        self.given = given
        admin = given.world.cast.admin
        self.client = Client(raise_request_exception=False)
        self.client.force_login(admin)
        self.token = f"Bearer {sign_in.open_session(admin).token}"

    def status(self, method: str, path: str, body: bytes = b"", content_type: str = "") -> int:
        """The status; what one request changed is taken back before the next."""
        headers = {"Authorization": self.token} if path.startswith(("/v1/", "/api/")) else {}
        with transaction.atomic():
            answer = self.client.generic(
                method, path, body, content_type or "text/plain", headers=headers
            )
            if answer.streaming:
                answer.getvalue()
            transaction.set_rollback(True)
        return int(answer.status_code)


def hostile_paths(route: str, there: str) -> Iterator[str]:
    """The address with one hostile text in all its places, and with numbers that are too large."""
    for text in TEXTS:
        part = quote(text.encode("utf-8", "surrogatepass"), safe="")
        numbered = re.sub(r"<int:[^>]+>", HUGE, route)
        yield "/" + re.sub(r"<[^>]+>", part, numbered)
    if "<int:" in route:
        yield re.sub(r"/\d+(?=/|$)", f"/{HUGE}", there)


def queries(there: str) -> Iterator[str]:
    for value in ("%00", "%ff", HUGE, "-1", "'", "a" * 3000):
        yield there + "?" + "&".join(f"{quote(name)}={value}" for name in NAMES)


def faults(asking: Asking, route: str) -> list[str]:
    there = address(route, asking.given, ROUTES[route].given)
    found = []
    for path in [*queries(there), *hostile_paths(route, there)]:
        if (status := asking.status("GET", path)) >= 500 and status != 501:
            found.append(f"{status} GET {path[:300]}")
    for method in ("POST", "PUT", "PATCH"):
        for content_type, body in BODIES:
            if (status := asking.status(method, there, body, content_type)) >= 500:
                found.append(f"{status} {method} {there} {content_type} {body[:40]!r}")
    return found


@pytest.mark.django_db
def test_no_request_is_a_fault_of_the_server() -> None:
    assert settings.DEBUG is False
    asking = Asking(make_route_world())
    known = sorted(set(routes()) & ROUTES.keys() - SKIPPED)
    assert [fault for route in known for fault in faults(asking, route)] == []
