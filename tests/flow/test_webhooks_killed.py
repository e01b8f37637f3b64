"""Webhooks of a real server: phones send, the receiver fails, every process is killed with -9.

H1 every submission is accepted by the receiver, once for each key, signed.
"""

import time
from pathlib import Path

import pytest

from tests.hook_receiver import Receiver, receiver
from tests.openrosa_phone import filled
from tests.openrosa_world import make_world
from tests.server import EMAIL, RunningServer

N = 24
SECONDS = 120
HOOK = """
from surveys.collection.webhooks import hooks
from surveys.collection.webhooks.hooks import Wish
admin = User.objects.get(email=given["email"]).actor
project = Project.objects.get(pk=given["project"])
wish = Wish("Kho", given["address"], ("submission.created",))
print(json.dumps(hooks.create(admin, project, wish).secret))
"""


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_each_submission_is_told_once_though_receiver_and_server_die(tmp_path: Path) -> None:
    server = RunningServer.prepare(tmp_path)
    server.environment["WEBHOOK_NETWORKS"] = "127.0.0.0/8"
    server.start()
    try:
        world = make_world(server, "báo tin")
        # no answer, a fault, two that are taken; later on the receiver is well
        with receiver(lambda n: (0, 500, 200, 200)[n % 4] if n < 16 else 200) as there:
            there.secret = world.run(HOOK, email=EMAIL, address=there.address)
            sent = [filled() for _n in range(N)]
            assert {world.phone().send(each.xml).status for each in sent[: N // 2]} == {201}
            _until(there, 3)
            server.kill()
            server.start()
            assert {world.phone().send(each.xml).status for each in sent[N // 2 :]} == {201}
            _until(there, N)
        told = [said["submission"]["instanceId"] for said in there.accepted.values()]
        assert sorted(told) == sorted(each.instance_id for each in sent)
        assert there.forged == 0
    finally:
        server.stop()


def _until(there: Receiver, count: int) -> None:
    deadline = time.monotonic() + SECONDS
    while len(there.accepted) < count:
        assert time.monotonic() < deadline, f"{len(there.accepted)} of {count} were told"
        time.sleep(0.05)
