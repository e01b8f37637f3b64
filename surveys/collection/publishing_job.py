"""A workbook becomes a form: in the worker, or in the command; never in a web process.

pyxform is loaded by `forms.compile` when it converts, so importing this module is cheap, but
running it is not.
"""

from dataclasses import dataclass, field
from typing import Any

from forms.compile import CompiledForm, compile_form
from forms.form_errors import FormError, FormNote, FormRefused
from surveys.collection import jobs, publishing, publishing_files
from surveys.collection.models import Actor, Form, Job, Project
from surveys.collection.refusal import Refused

KIND = "publish_workbook"


@dataclass(frozen=True, slots=True)
class Order:
    """What to do with a file: a new form, or a new draft of `form_id`; publish it or not.

    `adds_version`: when the project has a form of the file's id, make it a new draft of that.
    """

    project_id: int
    filename: str
    form_id: int | None = None
    adds_version: bool = False
    publish: bool = False
    fallback_form_id: str = ""
    rates_authority: bool = False
    never_stored: list[str] = field(default_factory=list)

    def to_payload(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


def start(actor: Actor, order: Order, upload: bytes) -> Job:
    """Put the work in the queue of short jobs; `jobs.wait` for it or show its progress."""
    return jobs.enqueue(KIND, order.to_payload(), upload=upload, actor=actor)


@jobs.handles(KIND)
def handle(job: Job, report: jobs.Report) -> dict[str, Any]:
    """The job's handler; a second run after a crash finds what the first one stored."""
    order = Order(**job.payload)
    if job.created_by is None or job.upload is None:
        raise jobs.JobRefused([{"vi": "Không có tệp để xử lý.", "en": "There is no file."}])
    try:
        return publish_file(job.created_by, order, bytes(job.upload), report)
    except FormRefused as error:
        raise jobs.JobRefused([error_row(each) for each in error.errors]) from error
    except Refused as error:
        row = {"vi": error.vi, "en": error.en, "code": error.code, "details": error.details}
        raise jobs.JobRefused([row]) from error


def publish_file(actor: Actor, order: Order, upload: bytes, report: jobs.Report) -> dict[str, Any]:
    """Convert, store, publish.

    Raises
    ------
    FormRefused : the file has errors, each with sheet and row.
    Refused : the form cannot be stored or published (`publishing`).
    """
    report(0.1, "Đang đọc sổ tính", "Reading the workbook")
    compiled = compile_form(upload, order.filename, fallback_form_id=order.fallback_form_id or None)
    report(0.7, "Đang lưu biểu mẫu", "Storing the form")
    form = _store(actor, order, compiled, upload)
    if compiled.itemsets is not None and form.draft_id is not None:
        publishing_files.attach_to_draft(actor, form, "itemsets.csv", compiled.itemsets, "text/csv")
    if order.publish and form.draft_id is not None:
        report(0.9, "Đang phát hành", "Publishing")
        publishing.publish_draft(actor, form)
    return {
        "form_id": form.pk,
        "xml_form_id": form.xml_form_id,
        "version": compiled.version,
        "is_published": form.draft_id is None,
        "media": list(compiled.media_names),
        "warnings": [note_row(note) for note in compiled.warnings],
    }


def _store(actor: Actor, order: Order, compiled: CompiledForm, upload: bytes) -> Form:
    project = Project.objects.get(pk=order.project_id, deleted_at__isnull=True)
    living = Form.objects.filter(project=project, deleted_at__isnull=True)
    form = living.filter(pk=order.form_id).first() if order.form_id else None
    if order.form_id and form is None:
        raise publishing.PublishRefused(404.3)
    twin = living.filter(xml_form_id=compiled.form_id).first()
    if twin is not None and order.rates_authority and order.adds_version:
        publishing.mark_as_rating(actor, twin)
    if twin is not None and form in (None, twin) and _is_done(order, twin, compiled):
        return twin  # this job's own work, before its worker died
    if form is None and order.adds_version:
        form = twin
    if form is not None:
        publishing.set_draft(
            actor, form, compiled.xform, workbook=upload, workbook_name=order.filename
        )
        return form
    return publishing.create_form(
        actor,
        project,
        compiled.xform,
        workbook=upload,
        workbook_name=order.filename,
        rates_authority=order.rates_authority,
        never_stored=order.never_stored,
    )


def _is_done(order: Order, form: Form, compiled: CompiledForm) -> bool:
    """The form already is what the order asks for; a draft of something else is not that."""
    asks_for_draft = order.form_id is not None and not order.publish
    version = form.draft if form.draft is not None or asks_for_draft else form.current
    return version is not None and bytes(version.xform) == compiled.xform


def error_row(error: FormError) -> dict[str, Any]:
    """A fault as jobs and `/v1` show it."""
    return {
        "vi": error.message_vi,
        "en": error.message_en,
        "sheet": error.sheet,
        "row": error.row,
        "column": error.column,
        "remedy_vi": error.remedy_vi,
        "remedy_en": error.remedy_en,
    }


def note_row(note: FormNote) -> dict[str, Any]:
    return {"vi": note.message_vi, "en": note.message_en, "sheet": note.sheet, "row": note.row}
