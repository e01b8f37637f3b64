"""Exports on a live server: they begin at once, end when nobody reads on, and are whole."""

import csv
import http.client
import io
import json
import socket
import time
import zipfile
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest

from tests.bench.exports_stored import PERSONS, put_in
from tests.bench.intake_form import FORM_ID, xform
from tests.central_client import Central
from tests.openrosa_world import make_world
from tests.server import RunningServer

N = 3000
THREADS = 8  # of both web workers
PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class Stored:
    server: RunningServer
    staff: Central
    path: str  # of the form, below /v1


@pytest.fixture(scope="module")
def stored(server: RunningServer) -> Stored:
    world = make_world(server, "exports", forms={FORM_ID: xform().decode()}, users={})
    put_in(server, N)
    staff = Central.signed_in(server)
    return Stored(server, staff, f"projects/{world.project}/forms/{FORM_ID}")


def request(stored: Stored, path: str, method: str = "GET") -> bytes:
    return (
        f"{method} /v1/{stored.path}{path} HTTP/1.1\r\nHost: localhost\r\n"
        f"Authorization: Bearer {stored.staff.token}\r\n\r\n"
    ).encode()


def test_an_archive_holds_every_row_once(stored: Stored) -> None:
    body = stored.staff.get_bytes(f"{stored.path}/submissions.csv.zip")
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert archive.testzip() is None
        tables = {
            name: list(csv.DictReader(io.StringIO(archive.read(name).decode(), newline="")))
            for name in archive.namelist()
        }
    assert set(tables) == {f"{FORM_ID}.csv", f"{FORM_ID}-person.csv"}
    keys = [row["KEY"] for row in tables[f"{FORM_ID}.csv"]]
    assert len(set(keys)) == len(keys) == N
    assert keys[0] == f"uuid:stored-{N - 1}"
    people = tables[f"{FORM_ID}-person.csv"]
    assert len({row["KEY"] for row in people}) == len(people) == N * PERSONS
    assert {row["PARENT_KEY"] for row in people} == set(keys)


def test_pages_of_a_repeat_walk_through_all_of_it(stored: Stored) -> None:
    seen: list[str] = []
    link = f"{stored.path}.svc/Submissions.person?%24top=1000&%24select=__id"
    while link:
        page: dict[str, Any] = stored.staff.get(link)
        seen += [row["__id"] for row in page["value"]]
        link = page.get("@odata.nextLink", "").partition("/v1/")[2]
    assert len(set(seen)) == len(seen) == N * PERSONS


@pytest.mark.parametrize("path", [".svc/Submissions?%24expand=*", "/submissions.csv.zip"])
def test_clients_that_hang_up_leave_the_server_as_it_was(stored: Stored, path: str) -> None:
    """More of them than the server has threads: one that waited for its reader would hold one."""
    for _ in range(THREADS + 2):
        with socket.create_connection(("127.0.0.1", stored.server.port), timeout=30) as link:
            link.sendall(request(stored, path))
            assert link.recv(64).startswith(b"HTTP/1.1 200")
    started = time.monotonic()
    assert len(stored.staff.get(f"{stored.path}.svc/Submissions?%24top=5")["value"]) == 5
    assert time.monotonic() - started < PATIENCE
    if stored.server.database_url:
        with psycopg.connect(stored.server.database_url) as connection:
            found = connection.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND state LIKE 'idle in transaction%'"
            ).fetchone()
        assert found == (0,)


def test_a_slow_reader_gets_everything_and_holds_up_nobody(stored: Stored) -> None:
    slow = http.client.HTTPConnection("127.0.0.1", stored.server.port, timeout=60)
    token = {"Authorization": f"Bearer {stored.staff.token}"}
    slow.request("GET", f"/v1/{stored.path}.svc/Submissions?%24expand=*", headers=token)
    response = slow.getresponse()
    begin = response.read(1000)
    assert begin.startswith(b'{"value":[{"__id":')
    assert stored.staff.get(f"{stored.path}.svc/Submissions?%24top=1")["value"]
    body = json.loads(begin + response.read())
    slow.close()
    assert len(body["value"]) == N
    assert len(body["value"][0]["person"]) == PERSONS


def test_only_the_head_is_answered_where_only_that_is_asked(stored: Stored) -> None:
    with socket.create_connection(("127.0.0.1", stored.server.port), timeout=30) as link:
        link.sendall(request(stored, "/submissions.csv", "HEAD"))
        said = link.recv(10_000)
    head, _, body = said.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200")
    assert body == b""
