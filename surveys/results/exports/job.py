"""The job "export": reads the records once, writes the file, keeps it as a blob. The worker's."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from surveys.collection import blobs, jobs
from surveys.collection.jobs import Report
from surveys.collection.models import Job
from surveys.results.exports import requests
from surveys.results.exports.making import Made, make
from surveys.results.exports.options import Options
from surveys.results.exports.reach import reach_of
from surveys.results.exports.refusals import refuse
from surveys.results.exports.source import Source
from surveys.results.models import Export

WRITING = 0.85  # of the job; the rest is packing and keeping


@jobs.handles(requests.JOB_KIND)
def execute(job: Job, report: Report) -> dict[str, Any]:
    """Make the file of a job. Twice gives one file; a deleted one is not made."""
    export = (
        Export.objects.select_related("form__project", "form__current", "created_by")
        .filter(pk=job.payload["export"], deleted_at=None)
        .first()
    )
    if export is None:
        return {}
    reach = reach_of(export.created_by, export.form)
    if not reach.reads_anything:
        refuse(
            "Bạn không còn quyền xem phiếu của biểu mẫu này.",
            "You may not read the records of this form any more.",
            "Hãy hỏi người quản lý dự án.",
            "Ask a manager of the project.",
        )
    report(0.01, "Đếm phiếu", "Counting records")
    with _folder(export) as folder:
        source = _source(export, report)
        made = make(source, folder, export.created_by)
        report(0.95, "Lưu tệp", "Storing the file")
        with made.path.open("rb") as stream:
            blob = blobs.store(stream)
    _finish(export, made, blob, n_records=source.counted.rows["records"], reach=reach.to_json())
    return {"export": export.pk, "records": source.counted.rows["records"], "size": blob.size}


def _source(export: Export, report: Report) -> Source:
    def tell(done: int) -> None:
        share = WRITING * min(1.0, done / max(total, 1))
        report(0.02 + share, f"Đã ghi {done} phiếu", f"{done} records written")

    source = Source(export.form, export.created_by, Options.of(export.options), tell=tell)
    total = source.submissions.count()
    return source


def _finish(
    export: Export, made: Made, blob: blobs.StoredBlob, *, n_records: int, reach: dict[str, Any]
) -> None:
    """The file is on the disk before its row; a crash between leaves it unnamed."""
    now = timezone.now()
    with transaction.atomic():
        blobs.register([blob])
        Export.objects.filter(pk=export.pk, deleted_at=None).update(
            blob=blob.sha256,
            reach=reach,
            name=made.path.name,
            content_type=made.content_type,
            n_records=n_records,
            finished_at=now,
            expires_at=now + requests.KEPT_FOR,
        )


@contextmanager
def _folder(export: Export) -> Iterator[Path]:
    """A folder of the job's own; what an earlier try left in it goes first."""
    folder: Path = settings.ARTEFACT_ROOT / f"export-{export.pk}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
