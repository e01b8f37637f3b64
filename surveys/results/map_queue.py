"""The files of the maps of a run, queued when it has ended: drawing them takes longer than it."""

from typing import Final

from surveys.collection import jobs
from surveys.collection.models import Job
from surveys.results.models import Run

JOB_KIND: Final = "map_files"
PRINT: Final = "print"
DATA: Final = "data"


def queue(run: Run) -> Job:
    """Have the worker draw the maps of a run on paper and write their figures as data."""
    return jobs.enqueue(JOB_KIND, {"run": run.pk}, lane=Job.Lane.LONG, actor=run.created_by)
