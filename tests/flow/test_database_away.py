"""A database that goes away: 503 with Retry-After, and the server takes up again by itself."""

from urllib.parse import urlsplit

import psycopg
import pytest

from tests.openrosa_phone import filled
from tests.openrosa_world import World
from tests.postgres import SERVER

# SQLite is a file and is never away.
ONLY_POSTGRES = [pytest.param("postgres", marks=[pytest.mark.postgres, pytest.mark.slow])]


@pytest.mark.parametrize("server", ONLY_POSTGRES, indirect=True)
def test_a_database_away_is_503_and_the_server_takes_up_again_by_itself(world: World) -> None:
    phone, before, during = world.phone(), filled(), filled()
    assert phone.send(before.xml).status == 201
    name = urlsplit(world.server.database_url).path[1:]
    with psycopg.connect(SERVER, autocommit=True) as admin:
        admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,)
        )
        try:
            for _ in range(12):  # every thread of every worker meets its dead connection
                for method, path in (("HEAD", "/submission"), ("GET", "/formList")):
                    reply = phone.request(method, path)
                    assert reply.status == 503
                    assert int(reply.headers["retry-after"]) > 0
                reply = phone.send(during.xml)
                assert reply.status == 503
                assert "thử lại" in reply.message
        finally:
            admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
    assert {phone.send(during.xml).status for _ in range(12)} == {201}
    assert {row["instance_id"] for row in world.stored()} == {
        before.instance_id,
        during.instance_id,
    }


@pytest.mark.parametrize("server", ONLY_POSTGRES, indirect=True)
def test_connections_that_died_while_idle_are_not_the_phones_trouble(world: World) -> None:
    phone = world.phone()
    for _ in range(8):
        assert phone.send(filled().xml).status == 201
    name = urlsplit(world.server.database_url).path[1:]
    with psycopg.connect(SERVER, autocommit=True) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,)
        )
    for _ in range(12):
        assert phone.send(filled().xml).status == 201
