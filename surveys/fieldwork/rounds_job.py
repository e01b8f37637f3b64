"""Publishes the instruments of a round: in the worker or a command, where pyxform may load."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import forms
from forms.compile import CompiledForm, compile_form
from forms.form_errors import FormRefused
from surveys.collection import jobs
from surveys.collection.models import Actor, Job
from surveys.collection.publishing_job import error_row, note_row
from surveys.collection.refusal import Refused
from surveys.fieldwork import rounds
from surveys.fieldwork.models import Round, RoundForm

KIND: Final = "publish_round"
SHIPPED: Final = {
    "A": "hh_digital.xlsx",
    "B": "citizen_sat.xlsx",
    "C1": "exit_slip.xlsx",
    "C2": "petition.xlsx",
}


@dataclass(frozen=True, slots=True)
class _Instrument:
    kind: str
    filename: str
    workbook: bytes
    compiled: CompiledForm


def start(actor: Actor, round_: Round, kinds: tuple[str, ...] = tuple(SHIPPED)) -> Job:
    """Publish the shipped instruments for a round, as a job."""
    return jobs.enqueue(KIND, {"round_id": round_.pk, "kinds": list(kinds)}, actor=actor)


def start_own(actor: Actor, round_: Round, kind: str, filename: str, workbook: bytes) -> Job:
    """Publish a workbook of the user's own as the round's form of this kind, as a job."""
    payload = {"round_id": round_.pk, "kinds": [kind], "filename": filename}
    return jobs.enqueue(KIND, payload, upload=workbook, actor=actor)


@jobs.handles(KIND)
def handle(job: Job, report: jobs.Report) -> dict[str, Any]:
    """The job's handler; a second run after a crash publishes only what is missing."""
    if job.created_by is None:
        raise jobs.JobRefused([{"vi": "Không rõ ai yêu cầu.", "en": "Nobody asked for this."}])
    kinds = tuple(job.payload["kinds"])
    own = bytes(job.upload) if job.upload is not None else None
    try:
        round_ = Round.objects.get(pk=job.payload["round_id"])
        return publish(
            job.created_by, round_, kinds, report, own=own, filename=job.payload.get("filename", "")
        )
    except Round.DoesNotExist as error:
        missing = {"vi": "Không có đợt khảo sát này.", "en": "There is no such round."}
        raise jobs.JobRefused([missing]) from error
    except FormRefused as error:
        raise jobs.JobRefused([error_row(each) for each in error.errors]) from error
    except Refused as error:
        row = {"vi": error.vi, "en": error.en, "code": error.code, "details": error.details}
        raise jobs.JobRefused([row]) from error


def publish(
    actor: Actor,
    round_: Round,
    kinds: tuple[str, ...],
    report: jobs.Report,
    *,
    own: bytes | None = None,
    filename: str = "",
) -> dict[str, Any]:
    """Compile all, fill all, then publish all: a fault in one leaves none half done.

    Raises
    ------
    FormRefused : a workbook has errors, each with sheet and row.
    Refused : a text is missing in the round, or it cannot be published.
    """
    instruments = []
    for number, kind in enumerate(kinds):
        name = filename or SHIPPED[kind]
        share = 0.05 + 0.75 * number / len(kinds)
        report(share, f"Đang chuyển đổi {name}", f"Converting {name}")
        instruments.append(_compile(kind, name, own))
    for each in instruments:
        rounds.filled_form(round_, each.compiled.xform)
    published = {}
    for number, each in enumerate(instruments):
        share = 0.8 + 0.2 * number / len(instruments)
        report(share, f"Đang phát hành {each.filename}", f"Publishing {each.filename}")
        form = rounds.publish_round_form(
            actor,
            round_,
            RoundForm.Kind(each.kind),
            each.compiled.xform,
            workbook=each.workbook,
            workbook_name=each.filename,
        )
        published[each.kind] = {
            "form_id": form.pk,
            "xml_form_id": form.xml_form_id,
            "version": form.current.version if form.current else "",
            "warnings": [note_row(note) for note in each.compiled.warnings],
        }
    return {"round_id": round_.pk, "forms": published}


def _compile(kind: str, filename: str, own: bytes | None) -> _Instrument:
    workbook = own if own is not None else shipped_workbook(kind)
    return _Instrument(kind, filename, workbook, compile_form(workbook, filename))


def shipped_workbook(kind: str) -> bytes:
    """The instrument as it ships, `forms/xlsform/*.xlsx`."""
    return (Path(forms.__file__).parent / "xlsform" / SHIPPED[kind]).read_bytes()
