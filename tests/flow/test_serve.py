"""The production server: stops cleanly, leaves no orphan, and keeps heavy libraries out."""

import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from config import server
from tests.server import RunningServer

NEVER_IN_A_WEB_PROCESS = {"pandas", "scipy", "geopandas", "folium", "pyxform"}


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[RunningServer]:
    running = RunningServer.prepare(tmp_path)
    running.start()
    yield running
    running.stop()


def _gone(pid: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    return not Path(f"/proc/{pid}").exists()


def _children(pid: int) -> list[int]:
    lists = Path(f"/proc/{pid}/task").glob("*/children")  # one a thread
    return [int(word) for file in lists for word in file.read_text().split()]


def test_sigterm_ends_every_process_and_frees_the_port(own_server: RunningServer) -> None:
    assert own_server.process is not None
    children = _children(own_server.process.pid)
    assert len(children) == 3, "two web workers and the background worker"
    own_server.process.send_signal(signal.SIGTERM)
    assert own_server.process.wait(20) == 0
    assert all(_gone(pid, 5) for pid in children)
    assert not own_server.answers()


def test_a_second_server_on_the_same_port_refuses_to_start(server: RunningServer) -> None:
    second = server.try_manage("serve", "--port", str(server.port))
    assert second.returncode == 1
    assert f"Port {server.port} is taken" in second.stderr


@pytest.mark.slow
def test_killing_the_server_process_leaves_no_orphan(own_server: RunningServer) -> None:
    assert own_server.process is not None
    children = _children(own_server.process.pid)
    os.kill(own_server.process.pid, signal.SIGKILL)
    own_server.process.wait()
    assert all(_gone(pid, 30) for pid in children)


@pytest.mark.slow
def test_a_killed_background_worker_is_started_again(own_server: RunningServer) -> None:
    assert own_server.process is not None
    server = own_server.process.pid
    (worker,) = [
        pid
        for pid in _children(server)
        if b"worker" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    ]
    before = set(_children(server))
    os.kill(worker, signal.SIGKILL)
    deadline = time.monotonic() + 20
    while not set(_children(server)) - before and time.monotonic() < deadline:
        time.sleep(0.1)
    assert set(_children(server)) - before


def test_the_background_worker_stands_before_anything_can_fork(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    started: list[threading.Thread] = []

    class Worker:
        def __init__(self, _command: list[str]) -> None:
            started.append(threading.current_thread())

        def wait(self, _timeout: float | None = None) -> int:
            return 0

        def poll(self) -> int:
            return 0

    monkeypatch.setattr("config.server.subprocess.Popen", Worker)
    keeper = server.WorkerKeeper()
    keeper.start()
    keeper.stop()
    keeper.thread.join(5)
    assert started[0] is threading.main_thread()


def test_a_server_says_what_is_wrong_in_one_line(tmp_path: Path) -> None:
    made = RunningServer(home=tmp_path, database_url="", port=0)
    port = made.try_manage("serve", "--port", "99999")
    assert "choose one of 1 to 65535" in port.stderr
    made.environment["DATABASE_URL"] = "postgres://nobody@127.0.0.1:1/none"
    away = made.try_manage("setup", "--email", "a@b.example", "--password", "river-stone-42")
    assert away.stderr.startswith("CommandError: The database does not answer")
    made.environment["DATABASE_URL"] = "nonsense"
    assert made.try_manage("serve").stderr.startswith("DATABASE_URL must be like postgres://")
    made.environment["DATABASE_URL"] = ""
    nothing = made.try_manage("setup", "--email", "a@b.example")
    assert nothing.stderr.startswith("CommandError: Give --password")


def test_a_web_process_holds_no_heavy_library(server: RunningServer) -> None:
    urlopen(f"{server.base}/login/").read()
    with urlopen(f"{server.base}/healthz/modules") as reply:
        loaded = {name.split(".")[0] for name in json.load(reply)["modules"]}
    assert "django" in loaded
    assert not loaded & NEVER_IN_A_WEB_PROCESS
