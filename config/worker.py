"""The background worker: takes jobs and sweeps what a dead process left behind.

Each job runs in a process of its own, so that the worker at rest holds no pandas, a crash or a
memory peak ends with its job, and a stop can end it at once.
"""

import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from importlib import import_module

from django.conf import settings
from django.db import DatabaseError, close_old_connections

from config import followers
from config.orphans import SERVER_PID
from surveys.collection import jobs, trash
from surveys.collection.models import Job
from surveys.fieldwork import clocks, pipeline
from surveys.results.exports import requests

log = logging.getLogger("khaosat.worker")

HANDLER_MODULES = (
    "surveys.collection.password_reset",
    "surveys.collection.publishing_job",
    "surveys.collection.safekeeping.runs",
    "surveys.fieldwork.bulk",
    "surveys.fieldwork.clocks",
    "surveys.fieldwork.rounds_job",
    "surveys.results.between_job",
    "surveys.results.boundary_job",
    "surveys.results.definitions_job",
    "surveys.results.execution",
    "surveys.results.exports.job",
    "surveys.results.map_files_job",
    "surveys.results.map_orders_job",
    "surveys.results.outreach_job",
)
POLL_SECONDS = 0.25
RENEW_SECONDS = 3.0
SWEEP_SECONDS = 2.0
EMPTY_TRASH_SECONDS = 3600.0
STOP_SECONDS = 5.0


class Worker:
    """One slot per lane; `stop` is set by SIGTERM or when the parent has died."""

    def __init__(self, stop: threading.Event) -> None:
        self.stop = stop
        self.running: dict[Job.Lane, RunningJob] = {}
        # The server's number, not getppid(): it may have been killed before this line ran.
        self.parent = int(os.environ.get(SERVER_PID) or os.getppid())

    def serve(self) -> None:
        followers.start(self.stop)
        renew_at = sweep_at = 0.0
        empty_trash_at = time.monotonic() + EMPTY_TRASH_SECONDS
        while not self.stop.is_set() and os.getppid() == self.parent:
            now = time.monotonic()
            _surviving_the_database(self.take_jobs)
            if now >= renew_at:
                _surviving_the_database(self.renew)
                renew_at = now + RENEW_SECONDS
            if now >= sweep_at:
                _surviving_the_database(pipeline.sweep)
                sweep_at = now + SWEEP_SECONDS
            if now >= empty_trash_at:
                _surviving_the_database(requests.expire)
                _surviving_the_database(trash.empty)
                _surviving_the_database(clocks.enqueue_due)
                empty_trash_at = now + EMPTY_TRASH_SECONDS
            self.stop.wait(POLL_SECONDS)
        self.end_children()

    def take_jobs(self) -> None:
        for lane in Job.Lane:
            if (running := self.running.get(lane)) is not None:
                if running.process.poll() is None:
                    continue
                # A process that ended without ending its job (killed, out of memory) gives
                # nothing back: the lease runs out and the attempt counts.
                del self.running[lane]
            if (job := jobs.claim(lane)) is not None:
                self.running[lane] = RunningJob(job.pk)

    def renew(self) -> None:
        for running in self.running.values():
            if running.process.poll() is None:
                jobs.renew(running.job_id)

    def end_children(self) -> None:
        for running in self.running.values():
            running.process.terminate()
        for running in self.running.values():
            try:
                running.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                running.process.kill()
            _surviving_the_database(partial(jobs.release, running.job_id))


class RunningJob:
    def __init__(self, job_id: int) -> None:
        self.job_id = job_id
        self.process = subprocess.Popen(
            [sys.executable, str(settings.BASE_DIR / "manage.py"), "worker", "--job", str(job_id)]
        )


def run_job(job_id: int) -> None:
    """What a job's own process does."""
    for module in HANDLER_MODULES:
        import_module(module)
    jobs.run(Job.objects.get(pk=job_id))


def _surviving_the_database(step: Callable[[], object]) -> None:
    """The worker outlives a database that is away for a while."""
    close_old_connections()
    try:
        step()
    except DatabaseError as error:
        log.warning("the database does not answer: %s", error)
