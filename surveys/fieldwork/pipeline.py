"""What follows an upload: records, the household's outcome, entities, in one transaction.

It runs in the same request after the intake has committed the bytes. If the process dies between
the two, the submission stands as RECEIVED and a sweep takes it.
"""

import logging
from dataclasses import dataclass
from datetime import timedelta

from django.db import DatabaseError, DataError, IntegrityError
from django.db.models import F
from django.db.models.functions import Now

from surveys.collection import durability, projection, waiting_edits
from surveys.collection.entities import backlog, submitted
from surveys.collection.entities.blocks import has_blocks
from surveys.collection.models import Submission
from surveys.collection.schemas import schema_of
from surveys.collection.statements import Row
from surveys.fieldwork import outcomes, progress
from surveys.fieldwork.progress import EnumeratorProgress

LOG = logging.getLogger("khaosat.pipeline")
# A request in flight derives its own submission; only what is older was left behind.
LEFT_BEHIND = timedelta(seconds=5)
MAX_ATTEMPTS = 5
# The database refuses what this submission says: a number out of range, a text too long.
ITS_OWN_FAULTS = (DataError, IntegrityError)


@dataclass(frozen=True, slots=True)
class Swept:
    derived: int
    failed: int


def derive(submission_id: int) -> None:
    """Make the records of a submission and bring its household's outcome up to date.

    May run twice. All of it can be made again from the stored bytes, so its commit need not wait
    for the disk: after a power cut the submission is RECEIVED again and the sweep repeats this.
    """
    with durability.relaxed():
        schema = projection.project(submission_id)
        outcomes.apply(submission_id)
        if schema is not None and has_blocks(schema):
            submitted.process(submission_id)


def derive_new(new: projection.Parsed) -> EnumeratorProgress | None:
    """`derive` for a submission that was stored a moment ago: nothing is read back.

    What cannot be made this way, or was changed by somebody meanwhile, is made the long way.
    Gives the sender's counts, which are asked for in the same round trip.
    """
    if has_blocks(schema_of(new.form_version_id, new.form_md5)):
        with durability.relaxed():
            answered = _records_and_outcome(new)
            if answered is not None:
                submitted.process_new(new)
    else:
        answered = _records_and_outcome(new)
    if answered is not None:
        return progress.answer(answered)
    derive(new.submission_id)
    return None


def _records_and_outcome(new: projection.Parsed) -> list[Row] | None:
    rows = projection.rows_of(new)
    counts = progress.question(new.sender_id, new.form_id)
    with durability.relaxed_steps() as steps:
        return outcomes.apply_new(steps, new, rows, counts)


def sweep(limit: int = 200) -> Swept:
    """Derive what a dead process left; one that fails again and again goes to quarantine."""
    waiting_edits.replay_missed()
    backlog.force_overdue()
    waiting = (
        Submission.objects.filter(
            state=Submission.State.RECEIVED, created_at__lt=Now() - LEFT_BEHIND
        )
        .order_by("attempts", "created_at")
        .values_list("id", flat=True)[:limit]
    )
    derived = failed = 0
    for submission_id in list(waiting):
        if _derive_or_count(submission_id):
            derived += 1
        else:
            failed += 1
    return Swept(derived, failed)


def _derive_or_count(submission_id: int) -> bool:
    row = Submission.objects.filter(id=submission_id)
    # Counted first, in a commit of its own: what kills the process is counted too.
    row.update(attempts=F("attempts") + 1)
    try:
        derive(submission_id)
    except Exception as error:  # the outermost loop of the sweep: one bad record stops nobody
        if isinstance(error, DatabaseError) and not isinstance(error, ITS_OWN_FAULTS):
            raise  # the database is in trouble, not this submission
        LOG.exception("submission %s could not be derived", submission_id)
        row.filter(state=Submission.State.RECEIVED, attempts__gte=MAX_ATTEMPTS).update(
            state=Submission.State.QUARANTINED, problem=f"{type(error).__name__}: {error}"[:500]
        )
        return False
    return True
