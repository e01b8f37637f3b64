"""The intake against its goals: rates, latencies, CPU and memory, on SQLite and PostgreSQL.

Machines differ, and this one may be busy: every rate is printed beside the floor, which is taken
in the same run behind the same server (`tests/bench/floor.py`: a bare view, one INSERT each).
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from config.server import THREADS, WEB_WORKERS
from tests.bench import processes
from tests.bench.driver import Load, get, load, post
from tests.bench.intake_form import ENTITY_FORM_ID, FORM_ID, instance, picture
from tests.bench.intake_stored import put_in
from tests.bench.intake_world import BenchWorld, make_world
from tests.openrosa_phone import MULTIPART, body_of
from tests.postgres import SERVER, drop_database, new_database
from tests.server import ROOT, RunningServer, free_port

PHOTO_BYTES = 200_000
LARGE_BYTES = 100_000_000


@dataclass(frozen=True, slots=True)
class Measured:
    """One line of the table."""

    name: str
    load: Load
    web_ms: float
    database_ms: float
    floor: float | None = None

    def __str__(self) -> str:
        share = f"{self.load.rate / self.floor:5.2f}" if self.floor else "     "
        wrong = {status: n for status, n in self.load.statuses.items() if status >= 400}
        return (
            f"{self.name:26} {self.load.rate:7.0f}/s {share}  p50 {self.load.quantile(0.5):6.1f} "
            f"p99 {self.load.quantile(0.99):6.1f} ms   cpu {self.web_ms:5.2f} + "
            f"{self.database_ms:4.2f} ms {wrong or ''}"
        )


class Meter:
    """Measures loads on one server; knows which processes its CPU time is in."""

    def __init__(self, port: int, web: int, database_url: str) -> None:
        self.port, self.web = port, web
        self.database = postmaster(database_url)

    def run(
        self,
        name: str,
        n: int,
        concurrency: int,
        request_of: Callable[[int], bytes],
        floor: float | None = None,
    ) -> Measured:
        before = self._cpu()
        made = load(self.port, n, concurrency, request_of)
        after = self._cpu()
        web, database = (1000 * (b - a) / n for a, b in zip(before, after, strict=True))
        measured = Measured(name, made, web, database, floor)
        print(measured, flush=True)
        return measured

    def _cpu(self) -> list[float]:
        database = processes.cpu_seconds(self.database) if self.database else 0.0
        return [processes.cpu_seconds(self.web), database]


def postmaster(url: str) -> int | None:
    """The server process of a PostgreSQL on this machine."""
    if not url or urlsplit(url).hostname not in {"127.0.0.1", "localhost"}:
        return None
    with psycopg.connect(url) as connection:
        backend = connection.info.backend_pid
        fields = dict(processes._stats())[backend]
        return int(fields[1])


@contextmanager
def granian(application: str, port: int, environment: dict[str, str]) -> Iterator[int]:
    """A WSGI application behind the same server as `serve` starts; gives its pid."""
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port)),
            *("--workers", str(WEB_WORKERS), "--blocking-threads", str(THREADS), "--no-ws"),
            *("--log-level", "error", application),
        ],
        cwd=ROOT,
        env={**os.environ, **environment},
    )
    try:
        deadline = time.monotonic() + 30
        while True:
            try:
                load(port, 1, 1, lambda _: get("/healthz"))
                break
            except OSError:
                assert time.monotonic() < deadline, "the server did not start"
                time.sleep(0.1)
        yield process.pid
    finally:
        process.terminate()
        process.wait(20)


def floors(database: str, folder: Path, n: int) -> dict[int, float]:
    """Rates of the floor by concurrency."""
    url = new_database() if database == "postgres" else ""
    where = url or str(folder)
    environment = {"FLOOR_DATABASE": where}
    subprocess.run(
        [sys.executable, "-c", "from tests.bench import floor; floor.make_table()"],
        cwd=ROOT,
        env={**os.environ, **environment},
        check=True,
    )
    rnd, port, found = random.Random(1), free_port(), {}
    bodies = [body_of(instance(rnd, "h")[1]) for _ in range(64)]
    with granian("tests.bench.floor:application", port, environment) as pid:
        meter = Meter(port, pid, url)
        meter.run("(warm up)", 200, 8, lambda i: post("/", MULTIPART, bodies[i % 64]))
        for concurrency in (1, 8, 32):
            made = meter.run(
                f"floor, c={concurrency}",
                n,
                concurrency,
                lambda i: post("/", MULTIPART, bodies[i % 64]),
            )
            found[concurrency] = made.load.rate
    if url:
        drop_database(url)
    return found


class Requests:
    """Prepared uploads: each number has its own instance."""

    def __init__(self, world: BenchWorld, seed: int) -> None:
        self.world, self.rnd = world, random.Random(seed)
        self.pictures = [picture(self.rnd, PHOTO_BYTES) for _ in range(16)]

    def batch(self, n: int, *, photo: bool = False, form_id: str = FORM_ID) -> list[bytes]:
        made = []
        for number in range(n):
            home = self.world.households[self.rnd.randrange(len(self.world.households))]
            name = f"{number}.jpg" if photo else ""
            _, xml = instance(self.rnd, home, name, form_id)
            files = {name: self._own_picture()} if photo else None
            path = self.world.path(number) + "/submission"
            made.append(post(path, MULTIPART, body_of(xml, files)))
        return made

    def _own_picture(self) -> bytes:
        return self.rnd.randbytes(16) + self.rnd.choice(self.pictures)[16:]


def analyze(server: RunningServer) -> None:
    """What autovacuum does a minute later: until then plans are those of empty tables."""
    if server.database_url:
        with psycopg.connect(server.database_url, autocommit=True) as connection:
            connection.execute("ANALYZE")


def submissions(
    server: RunningServer, meter: Meter, requests: Requests, n: int, floor: dict[int, float]
) -> None:
    # warm up: prepared statements, schemas, pages
    meter.run("(warm up)", 300, 8, requests.batch(300).__getitem__)
    analyze(server)
    for concurrency in (1, 8, 32):
        batch = requests.batch(n)
        name = f"submission, c={concurrency}"
        meter.run(name, n, concurrency, batch.__getitem__, floor[concurrency])
    few = max(200, n // 4)
    batch = requests.batch(few, photo=True)
    meter.run("with 200 KB photo, c=8", few, 8, batch.__getitem__)
    batch = requests.batch(n, form_id=ENTITY_FORM_ID)
    meter.run("making an entity, c=8", n, 8, batch.__getitem__, floor[8])
    (same,) = requests.batch(1)
    meter.run("identical, four at once", 400, 4, lambda _: same)


def downloads(meter: Meter, world: BenchWorld) -> None:
    meter.run("formList, 50 forms", 300, 1, lambda _: get(world.path(0) + "/formList"))
    path = world.path(0) + "/forms/bench_hh"
    meter.run("form", 300, 1, lambda _: get(path + ".xml"))
    meter.run("manifest", 300, 1, lambda _: get(path + "/manifest"))


def memory(server: RunningServer, requests: Requests) -> None:
    """Web processes while taking submissions, and what a 100 MB file adds."""
    assert server.process is not None
    before = processes.memory_mb(server.process.pid, without="worker")
    _, xml = instance(requests.rnd, "h", "film.mp4")
    body = body_of(xml, {"film.mp4": requests.rnd.randbytes(LARGE_BYTES // 100) * 100})
    made = load(
        server.port,
        2,
        1,
        lambda number: post(requests.world.path(number) + "/submission", MULTIPART, body),
    )
    after = processes.memory_mb(server.process.pid, without="worker")
    print(
        f"web processes {before:.0f} MB; after two 100 MB files {after - before:+.0f} MB "
        f"{made.statuses}"
    )


def flatness(
    server: RunningServer, meter: Meter, requests: Requests, n: int, stored: list[int]
) -> None:
    """The rate at c=8 on an empty server and with so many submissions stored before."""
    if not server.database_url:
        return
    before = 0
    for total in [0, *stored]:
        if total:
            put_in(server.database_url, requests.world, first=before, n=total)
        before = total
        meter.run("(warm up)", 300, 8, requests.batch(300).__getitem__)
        analyze(server)
        meter.run(f"{total:,} stored, c=8", n, 8, requests.batch(n).__getitem__)


def bench(database: str, n: int, stored: list[int]) -> None:
    print(f"== {database}", flush=True)
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        floor = {} if stored else floors(database, home, n)
        server = RunningServer.prepare(home, database)
        server.start()
        try:
            world = make_world(server)
            requests = Requests(world, seed=2)
            assert server.process is not None
            meter = Meter(server.port, server.process.pid, server.database_url)
            if stored:
                flatness(server, meter, requests, n, stored)
                return
            submissions(server, meter, requests, n, floor)
            downloads(meter, world)
            memory(server, requests)
            intake_alone(server, requests, n)
        finally:
            server.stop()


def intake_alone(server: RunningServer, requests: Requests, n: int) -> None:
    """The same without records and outcome: the difference is what these cost."""
    port = free_port()
    environment = {"KHAOSAT_HOME": str(server.home), "DATABASE_URL": server.database_url}
    with granian("tests.bench.intake_only:application", port, environment) as pid:
        meter = Meter(port, pid, server.database_url)
        meter.run("(warm up)", 300, 8, requests.batch(300).__getitem__)
        meter.run("intake alone, c=8", n, 8, requests.batch(n).__getitem__)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.intake", description=__doc__)
    parser.add_argument("-n", type=int, default=3000, help="submissions per line")
    parser.add_argument("--database", choices=["sqlite", "postgres"], action="append")
    parser.add_argument(
        "--stored",
        type=int,
        action="append",
        help="instead: the rate with so many submissions stored before (PostgreSQL); repeatable",
    )
    options = parser.parse_args(arguments)
    for database in options.database or ["sqlite", "postgres"]:
        if database == "postgres" and not SERVER:
            print("== postgres: not measured, TEST_POSTGRES_URL is not set")
            continue
        bench(database, options.n, sorted(options.stored or []))


if __name__ == "__main__":
    main()
