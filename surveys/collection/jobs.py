"""Jobs: enqueue, claim, run. The row is the queue; a claim is an UPDATE that changed one row.

A worker holds a job by a lease that it renews; when the worker dies, the lease runs out and
another takes the job again, so every handler may run twice.
"""

import logging
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, Protocol

from django.db.models import Q
from django.db.models.functions import Now

from surveys.collection.models import Actor, Job

log = logging.getLogger("khaosat.jobs")

LEASE = timedelta(seconds=10)
MAX_ATTEMPTS = 3
POLL_SECONDS = 0.1


class Report(Protocol):
    """How a handler tells how far it is: a share from 0 to 1 and what it does now."""

    def __call__(self, share: float, step_vi: str, step_en: str) -> None: ...


Handler = Callable[[Job, Report], dict[str, Any]]
_handlers: dict[str, Handler] = {}


class JobRefused(Exception):
    """The job cannot be done for a reason that its owner can mend; never tried again.

    Each error is {"vi", "en"} and, where it is known, "sheet", "row", "remedy_vi", "remedy_en".
    """

    def __init__(self, errors: Sequence[dict[str, Any]]) -> None:
        super().__init__("; ".join(error["en"] for error in errors))
        self.errors = list(errors)


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Register the handler of a kind of job."""

    def register(handler: Handler) -> Handler:
        _handlers[kind] = handler
        return handler

    return register


def enqueue(
    kind: str,
    payload: dict[str, Any],
    *,
    lane: Job.Lane = Job.Lane.SHORT,
    upload: bytes | None = None,
    actor: Actor | None = None,
) -> Job:
    """Put a job in its lane; a worker takes it within a second."""
    return Job.objects.create(
        kind=kind, payload=payload, lane=lane, upload=upload, created_by=actor
    )


def wait(job: Job, seconds: float) -> Job:
    """The job when it has ended, or as it stands after so many seconds."""
    deadline = time.monotonic() + seconds
    while job.state not in {Job.State.DONE, Job.State.FAILED} and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
        job.refresh_from_db()
    return job


def claim(lane: Job.Lane) -> Job | None:
    """Take the oldest job of the lane that is free or whose worker died."""
    free = Q(state=Job.State.QUEUED) | Q(state=Job.State.RUNNING, lease_until__lt=Now())
    waiting = Job.objects.filter(free, lane=lane).order_by("id").only("id", "attempts")
    for job in waiting[:5]:
        taken = Job.objects.filter(free, pk=job.pk, attempts=job.attempts).update(
            state=Job.State.RUNNING, lease_until=Now() + LEASE, attempts=job.attempts + 1
        )
        if taken and job.attempts + 1 > MAX_ATTEMPTS:
            _give_up(job)
        elif taken:
            return Job.objects.get(pk=job.pk)
    return None


def renew(job_id: int) -> None:
    Job.objects.filter(pk=job_id, state=Job.State.RUNNING).update(lease_until=Now() + LEASE)


def release(job_id: int) -> None:
    """Give a job back that was stopped half-way; it does not count as an attempt."""
    Job.objects.filter(pk=job_id, state=Job.State.RUNNING, attempts__gt=0).update(
        state=Job.State.QUEUED, lease_until=None, attempts=0
    )


def run(job: Job) -> None:
    """Run a claimed job to its end; what it raises becomes its errors.

    There is no transaction around it: a long one would hold SQLite's only write lock and keep
    the phones waiting. Handlers commit their own steps, and each step may run twice.
    """
    try:
        handler = _handlers[job.kind]
        result = handler(job, _reporter(job))
    except JobRefused as refusal:
        _end(job, Job.State.FAILED, errors=refusal.errors)
    except Exception:  # the worker's outermost loop: logged, and told to whoever waits
        log.exception("job %s (%s) failed", job.pk, job.kind)
        _end(job, Job.State.FAILED, errors=[_SERVER_FAULT])
    else:
        _end(job, Job.State.DONE, result=result)


_SERVER_FAULT = {
    "vi": "Máy chủ gặp lỗi khi làm việc này. Hãy thử lại; nếu vẫn lỗi, báo người quản trị.",
    "en": "The server failed at this task. Try again; if it fails again, tell the administrator.",
}


def _reporter(job: Job) -> Report:
    def report(share: float, step_vi: str, step_en: str) -> None:
        Job.objects.filter(pk=job.pk).update(
            progress=share, step_vi=step_vi, step_en=step_en, lease_until=Now() + LEASE
        )

    return report


def _end(job: Job, state: Job.State, **values: Any) -> None:
    if state == Job.State.DONE:
        values["progress"] = 1
    Job.objects.filter(pk=job.pk).update(
        state=state, lease_until=None, finished_at=Now(), upload=None, **values
    )


def _give_up(job: Job) -> None:
    log.error("job %s was started %s times and never ended", job.pk, job.attempts)
    _end(job, Job.State.FAILED, errors=[_SERVER_FAULT])
