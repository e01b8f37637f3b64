"""Runs that wait to be published are compared anew when another one is published."""

from typing import Final

from surveys.collection import jobs
from surveys.collection.models import Actor, Job
from surveys.fieldwork.models import Round

JOB_KIND: Final = "between_runs"


def queue(round_: Round, actor: Actor) -> Job:
    """Have the worker compare the unpublished runs of a round with the one published last."""
    return jobs.enqueue(JOB_KIND, {"round": round_.pk}, actor=actor)
