"""A real server in processes of its own, on a home of its own, as `make demo` starts it."""

import atexit
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from tests.postgres import drop_database, new_database

ROOT = Path(__file__).parent.parent
EMAIL, PASSWORD = "admin@example.org", "mật-khẩu-dài-1"
START_SECONDS = 60


@dataclass
class RunningServer:
    home: Path
    database_url: str
    port: int
    process: subprocess.Popen[bytes] | None = None
    environment: dict[str, str] = field(default_factory=dict)

    @classmethod
    def prepare(cls, home: Path, database: str = "sqlite") -> "RunningServer":
        """An empty home with its first administrator; not started yet."""
        if database == "sqlite":
            shutil.copytree(_empty_home(), home, dirs_exist_ok=True)
            return cls(home=home, database_url="", port=free_port())
        made = cls(home=home, database_url=new_database(), port=free_port())
        made.manage("setup", "--email", EMAIL, "--password", PASSWORD)
        return made

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def manage(self, *arguments: str) -> str:
        """Run a management command on this home and return what it printed."""
        return self.run("manage.py", *arguments)

    def run(self, *arguments: str) -> str:
        """Run a Python script or module of the project on this home."""
        done = self._python(*arguments)
        assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout

    def try_manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A management command that may fail."""
        return self._python("manage.py", *arguments)

    def begin(self, *arguments: str) -> subprocess.Popen[bytes]:
        """A management command that runs on while the caller looks at it."""
        return subprocess.Popen(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self._environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "serve", "--port", str(self.port)],
            cwd=ROOT,
            env=self._environment(),
            start_new_session=True,  # so that kill() reaches every process of it
        )
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            assert self.process.poll() is None, "the server ended while starting"
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.1)

    def answers(self) -> bool:
        try:
            with urlopen(f"{self.base}/healthz", timeout=2) as reply:
                return bool(reply.status == 200)
        except (URLError, OSError):
            return False

    def kill(self) -> None:
        """kill -9 of all its processes."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(30)
        if self.database_url:
            drop_database(self.database_url)

    def _python(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self._environment(),
            capture_output=True,
            text=True,
            check=False,
        )

    def _environment(self) -> dict[str, str]:
        clean = {k: v for k, v in os.environ.items() if k not in {"PUBLIC_URL", "DATABASE_URL"}}
        own = {"KHAOSAT_HOME": str(self.home), **self.environment}
        if self.database_url:
            own["DATABASE_URL"] = self.database_url
        return clean | own


@cache
def _empty_home() -> Path:
    """What `setup` leaves behind, made once a process: it takes as long as many a test."""
    home = Path(tempfile.mkdtemp(prefix="khaosat-home-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    RunningServer(home=home, database_url="", port=0).manage(
        "setup", "--email", EMAIL, "--password", PASSWORD
    )
    return home


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
