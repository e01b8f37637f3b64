"""The production server: granian's web workers and one background worker, as one command."""

import argparse
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass

from django.conf import settings
from granian import Granian
from granian.constants import Interfaces

from config.logs import RealKills
from config.orphans import SERVER_PID

log = logging.getLogger("khaosat.server")

WEB_WORKERS = 2
THREADS = 4
STOP_SECONDS = 15
LAST_PORT = 65535


@dataclass(frozen=True, slots=True)
class Address:
    host: str
    port: int
    public_url: str


def address(port: int, *, lan: bool) -> Address:
    """Where to listen, and what phones are told; PUBLIC_URL wins."""
    host = lan_address() if lan else "127.0.0.1"
    return Address(
        host="0.0.0.0" if lan else "127.0.0.1",  # noqa: S104 - asked for by --lan
        port=port,
        public_url=settings.PUBLIC_URL or f"http://{host}:{port}",
    )


def lan_address() -> str:
    """This machine's address in the local network; no packet is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError as error:
            raise NoNetworkError from error
        return str(probe.getsockname()[0])


class NoNetworkError(Exception):
    """The machine has no network that phones could share."""


class PortTakenError(Exception):
    """Another program listens on the port."""


def require_free(where: Address) -> None:
    """Refuse a port that is in use: the web workers share theirs (SO_REUSEPORT), so a second
    server would start without a word and take half of the requests."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((where.host, where.port))
        except OSError as error:
            raise PortTakenError from error


def port_number(text: str) -> int:
    """A port of the command line."""
    if not text.isdecimal() or not 1 <= int(text) <= LAST_PORT:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: choose one of 1 to {LAST_PORT}")
    return int(text)


def serve(where: Address) -> None:
    """Serve until SIGTERM or SIGINT; then stop taking requests, finish, and stop the worker."""
    os.environ["PUBLIC_URL"] = where.public_url
    os.environ[SERVER_PID] = str(os.getpid())
    logging.getLogger("_granian").addFilter(RealKills(STOP_SECONDS))
    keeper = WorkerKeeper()
    keeper.start()
    try:
        Granian(
            "config.wsgi:application",
            address=where.host,
            port=where.port,
            interface=Interfaces.WSGI,
            workers=WEB_WORKERS,
            blocking_threads=THREADS,
            log_access=False,  # addresses carry tokens
            websockets=False,
            respawn_failed_workers=True,
            workers_kill_timeout=STOP_SECONDS,
        ).serve()
    finally:
        keeper.stop()


class WorkerKeeper:
    """Starts the background worker and starts it again when it dies."""

    def __init__(self) -> None:
        self.stopping = threading.Event()
        self.process: subprocess.Popen[bytes] | None = None
        self.thread = threading.Thread(target=self._keep, daemon=True)

    def start(self) -> None:
        """Start the first one before anything forks: a web worker forked during `Popen` would hold
        its pipe open, and `Popen` would not come back to watch what it started."""
        self.process = self._worker()
        self.thread.start()

    def stop(self) -> None:
        self.stopping.set()
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()

    def _keep(self) -> None:
        while self.process is not None:
            code = self.process.wait()
            if self.stopping.wait(1.0):
                return
            log.error("the background worker ended with %s and is started again", code)
            self.process = self._worker()

    def _worker(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, str(settings.BASE_DIR / "manage.py"), "worker"])
