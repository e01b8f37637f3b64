"""kill -9 of every process in the middle of many submissions, and a database that goes away.

K1 nothing that was answered 201 is lost, nothing stands twice, the rest goes through on resend.
K2 what a dead process left RECEIVED has its records within 10 s of the restart.
"""

import http.client
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.openrosa_phone import Filled, Phone, filled
from tests.openrosa_world import make_world
from tests.server import RunningServer

N = 2000
KILL_AFTER = 700  # answers
PHOTO = b"\xff\xd8 anh " * 40


class Sending:
    """What the phones heard."""

    def __init__(self, phone: Phone) -> None:
        self.phone = phone
        self.acknowledged: set[str] = set()
        self.enough = threading.Event()

    def send(self, sent: Filled) -> None:
        files = {"a.jpg": PHOTO} if b"a.jpg" in sent.xml else None
        try:
            reply = self.phone.send(sent.xml, files)
        except (OSError, http.client.HTTPException):
            return  # the phone keeps it
        if reply.status == 201:
            self.acknowledged.add(sent.instance_id)
        if len(self.acknowledged) >= KILL_AFTER:
            self.enough.set()


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    "database", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
)
def test_kill_9_in_the_middle_loses_and_doubles_nothing(tmp_path: Path, database: str) -> None:
    server = RunningServer.prepare(tmp_path, database)
    server.start()
    try:
        world = make_world(server, "mất điện")
        with_photo = "<ten>Lan</ten><anh>a.jpg</anh>"
        all_sent = [filled(answers=with_photo if n % 8 == 0 else "<ten>An</ten>") for n in range(N)]
        sending = Sending(world.phone())
        with ThreadPoolExecutor(8) as pool:
            results = [pool.submit(sending.send, each) for each in all_sent]
            assert sending.enough.wait(120)
            server.kill()
        for result in results:
            result.result()
        acknowledged = set(sending.acknowledged)
        assert KILL_AFTER <= len(acknowledged) < N
        before = {row["instance_id"] for row in world.stored()}
        assert acknowledged <= before

        server.start()
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(sending.send, all_sent))
        assert len(sending.acknowledged) == N
        wait_until_derived(world_states=lambda: [row["state"] for row in world.stored()])
        rows = world.stored()
        assert sorted(row["instance_id"] for row in rows) == sorted(
            each.instance_id for each in all_sent
        )
        assert all(len(row["records"]) == 1 for row in rows)
        assert all(None not in row["files"].values() for row in rows)
    finally:
        server.stop()


def wait_until_derived(world_states) -> None:  # type: ignore[no-untyped-def]
    deadline = time.monotonic() + 30
    while set(world_states()) != {"derived"}:
        assert time.monotonic() < deadline, "records are missing after 30 s"
        time.sleep(0.2)
