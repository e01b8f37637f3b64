"""Exports against their goals: whole read-outs and pages of a repeat, on SQLite and PostgreSQL.

    python -m tests.bench exports [-n 50000] [--database postgres]

Each line: seconds to the first byte and in all, megabytes, and the most memory that the web
processes had while it ran; of files that the worker makes, its CPU seconds and its own memory.
"""

import argparse
import http.client
import json
import os
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

from tests.bench import processes
from tests.bench.exports_stored import put_in
from tests.bench.intake_form import FORM_ID
from tests.bench.intake_world import make_world
from tests.central_client import Central
from tests.postgres import SERVER
from tests.server import RunningServer

PIECE = 1_000_000
PAGE = 250


@dataclass(frozen=True, slots=True)
class Read:
    """What one request took."""

    first: float
    total: float
    size: int
    memory: float
    body: bytes

    def line(self, name: str) -> str:
        return (
            f"{name:34} first byte {self.first:6.2f} s  all {self.total:7.2f} s "
            f"{self.size / 1e6:8.1f} MB   web {self.memory:4.0f} MB"
        )


class Reader:
    """Reads addresses of a server and watches its memory meanwhile."""

    def __init__(self, server: RunningServer, token: str) -> None:
        assert server.process is not None
        self.port, self.pid, self.token = server.port, server.process.pid, token

    def read(self, path: str, *, keep: bool = False) -> Read:
        most, is_done = [0.0], threading.Event()

        def watch() -> None:
            while not is_done.wait(0.2):
                most[0] = max(most[0], processes.memory_mb(self.pid, without="worker"))

        watcher = threading.Thread(target=watch)
        watcher.start()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=1200)
        started = time.perf_counter()
        connection.request("GET", path, headers={"Authorization": f"Bearer {self.token}"})
        response = connection.getresponse()
        assert response.status == 200, response.read()
        body = response.read(1)
        first, size = time.perf_counter() - started, 1
        while piece := response.read(PIECE):
            size += len(piece)
            body += piece if keep else b""
        total = time.perf_counter() - started
        connection.close()
        is_done.set()
        watcher.join()
        return Read(first, total, size, most[0], body)


def bench(database: str, n: int) -> None:
    print(f"== {database}, {n:,} submissions with {3 * n:,} repeat rows", flush=True)
    with tempfile.TemporaryDirectory() as home:
        server = RunningServer.prepare(Path(home), database)
        server.start()
        try:
            world = make_world(server)
            put_in(server, n)
            reader = Reader(server, Central.signed_in(server).token)
            form = f"/v1/projects/{world.project}/forms/{FORM_ID}"
            reader.read(f"{form}.svc")  # warm up
            for name, path in (
                ("CSV, root", f"{form}/submissions.csv"),
                ("CSV zip", f"{form}/submissions.csv.zip"),
                ("OData, root", f"{form}.svc/Submissions"),
                ("OData, $expand", f"{form}.svc/Submissions?$expand=*"),
                ("OData, repeat", f"{form}.svc/Submissions.person"),
                ("list of submissions", f"{form}/submissions"),
            ):
                print(reader.read(path).line(name), flush=True)
            pages(reader, form, n)
            files(server, Path(home))
        finally:
            server.stop()


def pages(reader: Reader, form: str, n: int) -> None:
    """Pages of the repeat's table, by the next page and by a number; a filter on an answer."""
    table = f"{form}.svc/Submissions.person"
    page, times = reader.read(f"{table}?$top={PAGE}", keep=True), []
    for _ in range(20):
        link = urlsplit(json.loads(page.body)["@odata.nextLink"])
        page = reader.read(f"{link.path}?{link.query}", keep=True)
        times.append(page.total)
    print(f"page of {PAGE} rows, the next one     {1000 * sorted(times)[10]:6.0f} ms", flush=True)
    for name, query in (
        ("in the middle, $skip", f"$top={PAGE}&$skip={3 * n // 2}"),
        ("with $count", f"$top={PAGE}&$count=true"),
        ("with a filter on the row", f"$top={PAGE}&$filter=m_by eq '1950'"),
    ):
        read = reader.read(f"{table}?{quote(query, safe='$=&')}")
        print(f"page of {PAGE} rows, {name:24} {1000 * read.total:6.0f} ms", flush=True)
    for name, query in (
        ("rare answer", "$filter=g_id/psu eq 'p1'&$top=250"),
        ("count of an answer", "$filter=contains(g/q01,'xã')&$top=0&$count=true"),
        ("ordered by an answer", "$orderby=g_id/psu desc&$top=250"),
        ("since a moment", "$filter=__system/submissionDate gt 2026-01-02T00:00:00Z&$top=250"),
    ):
        read = reader.read(f"{form}.svc/Submissions?{quote(query, safe='$=&')}")
        print(f"root, {name:33} {1000 * read.total:6.0f} ms", flush=True)


def files(server: RunningServer, folder: Path) -> None:
    """What the worker does for an export, by the command; Excel holds no repeat of this length."""
    for name in ("csv", "parquet", "sav", "dta", "xlsx"):
        child = server.begin("export", FORM_ID, "--format", name, "--to", str(folder))
        _, status, used = os.wait4(child.pid, 0)
        made = max(folder.glob(f"{FORM_ID}*"), key=lambda path: path.stat().st_mtime, default=None)
        size = made.stat().st_size / 1e6 if made is not None and not status else 0.0
        print(
            f"file, {name:7} CPU {used.ru_utime + used.ru_stime:7.1f} s {size:8.1f} MB   "
            f"worker {used.ru_maxrss / 1024:4.0f} MB{'   refused' if status else ''}",
            flush=True,
        )


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench exports", description=__doc__)
    parser.add_argument("-n", type=int, default=50_000, help="submissions")
    parser.add_argument("--database", choices=["sqlite", "postgres"], action="append")
    options = parser.parse_args(arguments)
    for database in options.database or ["sqlite", "postgres"]:
        if database == "postgres" and not SERVER:
            print("== postgres: not measured, TEST_POSTGRES_URL is not set")
            continue
        bench(database, options.n)


if __name__ == "__main__":
    main()
