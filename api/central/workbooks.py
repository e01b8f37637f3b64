"""A workbook over `/v1`: Central answers at once, so the request waits for the worker, bounded."""

from dataclasses import replace
from typing import Any, Final
from urllib.parse import unquote

from api.central.door import Call
from api.central.form_shapes import EXCEL_TYPES
from api.problems import ProblemRaised
from surveys.collection import jobs, publishing_job
from surveys.collection.models import Form, Job
from surveys.collection.publishing_job import Order

# A phone's door never waits; a person with a script does. pyodk gives up after 120 s.
WAIT_SECONDS: Final = 50.0
FALLBACK_HEADER: Final = "X-XlsForm-FormId-Fallback"
# ZIP (.xlsx) and OLE (.xls): seen from the bytes, for clients send any content type.
_MAGIC: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


def is_sent_as_workbook(call: Call, data: bytes) -> bool:
    """Whether the body is a workbook; 400.19 when it is called one and is none."""
    if data.startswith(_MAGIC):
        return True
    content_type = call.request.headers.get("Content-Type", "")
    if any(content_type.startswith(kind) for kind in EXCEL_TYPES.values()):
        raise ProblemRaised(400.19)
    return False


def publish_and_wait(call: Call, order: Order, data: bytes) -> Form:
    """Have the worker convert and store the workbook.

    Raises
    ------
    ProblemRaised : 400.15 with `errors` (sheet, row, remedy in both languages); 503.2 when it is
        not done in time: the job goes on and its result shows on the page of forms.
    """
    fallback = unquote(call.request.headers.get(FALLBACK_HEADER, ""))[:200]
    suffix = "xlsx" if data.startswith(_MAGIC[0]) else "xls"
    order = replace(order, filename=f"{fallback or 'form'}.{suffix}", fallback_form_id=fallback)
    job = jobs.wait(publishing_job.start(call.actor, order, data), WAIT_SECONDS)
    if job.state == Job.State.DONE:
        return Form.objects.select_related("current", "draft").get(pk=job.result["form_id"])
    if job.state == Job.State.FAILED:
        raise _refusal(job.errors)
    raise ProblemRaised(503.2, job=job.pk)


def _refusal(errors: list[dict[str, Any]]) -> ProblemRaised:
    """What the worker said; a refusal with a code of its own keeps it."""
    code = errors[0].get("code") if errors else None
    if code is not None:
        return ProblemRaised(code, **errors[0].get("details", {}))
    return ProblemRaised(400.15, errors=errors)
