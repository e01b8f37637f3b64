"""What follows for results when a person's answers are erased."""

from surveys.collection.models import Actor, Erasure, Form, Submission
from surveys.fieldwork import erasing
from surveys.results.exports import requests
from surveys.results.models import Run


def erase(actor: Actor, submission: Submission, extent: Erasure.Extent, reason: str) -> Erasure:
    """Erase a record, and let go of made files of its form, which hold the answers as well.

    The files go first: a crash between the two loses what can be made again.

    Raises
    ------
    rights.Forbidden, erasure.ErasureRefused : see `surveys.fieldwork.erasing.erase`.
    """
    erasing.check(actor, submission, extent, reason)
    requests.forget_files(submission.form)
    return erasing.erase(actor, submission, extent, reason)


def withdrawn_since(run: Run) -> int:
    """How many records that the run may have used were withdrawn after it ended.

    A published run stays as it is; the pages say this number beside its figures.
    """
    if run.finished_at is None:
        return 0
    forms = Form.objects.filter(round_form__round=run.round)
    return erasing.withdrawn_since(forms, run.finished_at)
