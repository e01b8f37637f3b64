"""Runs: started by who may, executed by the worker, published by who answers for the round."""

from django.db import transaction
from django.utils import timezone

from surveys.collection import audit, jobs, rights
from surveys.collection.models import Actor, Job
from surveys.collection.refusal import Refused
from surveys.collection.rights import Right
from surveys.fieldwork.models import Round
from surveys.results import between_queue
from surveys.results.models import Run
from surveys.results.reading.between import told_between

JOB_KIND = "run"


def start(actor: Actor, round_: Round) -> Run:
    """Queue the analysis of a round; while one is waiting or running, that one is given back.

    Raises
    ------
    Forbidden : without the right to run the analysis of the project.
    """
    rights.require(actor, Right.RUN_ANALYSIS, round_.project)
    with transaction.atomic():
        held = Round.objects.select_for_update().get(pk=round_.pk)  # two clicks take turns
        going = Run.objects.filter(
            round=round_, job__state__in=[Job.State.QUEUED, Job.State.RUNNING]
        ).first()
        if going is not None:
            return going
        job = jobs.enqueue(JOB_KIND, {"round": round_.pk}, lane=Job.Lane.LONG, actor=actor)
        run = Run.objects.create(round=round_, job=job, created_by=actor, recipe=dict(held.recipe))
        audit.record("run.start", actor=actor, project=round_.project, run=run.pk)
    return run


def publish(actor: Actor, run: Run, *, is_told: bool = False) -> Run:
    """Let everybody who may read runs see this one; earlier published runs stay as they are.

    `is_told`: the publisher has read which cells tell of a few persons beside the run published
    before; the audit log keeps how many there were.

    Raises
    ------
    Forbidden : without the right to manage the rounds of the project.
    Refused : 409.142 there are such cells, and nobody said that they were read.
    ValueError : the run has not ended.
    """
    rights.require(actor, Right.MANAGE_ROUNDS, run.round.project)
    if run.finished_at is None:
        raise ValueError("a run that has not ended cannot be published")
    told = len(told_between(run))
    if told and not is_told:
        raise Refused(409.142, n=told)
    with transaction.atomic():
        run.published_at = timezone.now()
        run.save(update_fields=["published_at"])
        audit.record("run.publish", actor=actor, project=run.round.project, run=run.pk, told=told)
        between_queue.queue(run.round, actor)
    return run
