"""The job "boundaries": clean an uploaded boundary file and store it. The worker's alone."""

from __future__ import annotations

from datetime import date
from typing import Any

from maps.boundary_report import BoundaryFileError
from surveys.collection import jobs
from surveys.collection.jobs import JobRefused, Report
from surveys.collection.models import Job
from surveys.results.boundary_import import BoundaryFile, import_boundaries, try_boundaries
from surveys.results.boundary_upload import KIND, Told, folder
from surveys.territory.units import load_units

GONE = {
    "vi": "Tệp tải lên không còn trên máy chủ. Hãy tải lên lại.",
    "en": "The uploaded file is no longer on the server. Upload it again.",
}
ON_PAGE = {
    "remedy_vi": "Trên trang: --crs là ô Hệ toạ độ, --code-field là ô Cột mã xã, --layer là ô Lớp, "
    "--valid-from là ô Xã của ngày.",
    "remedy_en": "On the page: --crs is the field Coordinate system, --code-field is Column of "
    "commune codes, --layer is Layer, --valid-from is Communes of the day.",
}


@jobs.handles(KIND)
def handle(job: Job, report: Report) -> dict[str, Any]:
    """Check, mend, store; twice stores the same. The upload goes when the job has an answer."""
    path = folder() / str(job.payload["upload"])
    if job.created_by is None or not path.is_file():
        raise JobRefused([GONE])
    told = Told(**job.payload["told"])
    file = BoundaryFile(
        path=path,
        valid_from=date.fromisoformat(told.valid_from),
        source=told.source or str(job.payload["filename"]),
        licence=told.licence,
        quality=told.quality,
        code_field=told.code_field or None,
        name_field=told.name_field or None,
        layer=told.layer or None,
        crs=told.crs or None,
        name=str(job.payload["filename"]),
    )
    report(0.05, "Đọc tệp và sửa hình", "Reading the file and mending shapes")
    load_units()
    try:
        if told.is_trial:
            findings: Any = try_boundaries(file).as_json()["findings"]
            result: dict[str, Any] = {}
        else:
            kept, _ = import_boundaries(file, actor=job.created_by)
            findings, result = kept.report["findings"], {"boundary_set": kept.pk}
    except BoundaryFileError as error:
        name, own = str(job.payload["filename"]), path.name
        told_vi = error.message_vi.replace(str(path), name).replace(own, name)
        told_en = error.message_en.replace(str(path), name).replace(own, name)
        path.unlink(missing_ok=True)
        raise JobRefused([{"vi": told_vi, "en": told_en, **ON_PAGE}]) from error
    path.unlink(missing_ok=True)
    notes = [{"vi": each["vi"], "en": each["en"]} for each in findings]
    return {**result, "warnings": notes}
