"""The job "round_definitions": every error of the file with its line, in words. The worker's."""

from __future__ import annotations

from typing import Any

from analysis.indices.problems import DefinitionError, Problem
from surveys.collection import jobs
from surveys.collection.jobs import JobRefused, Report
from surveys.collection.models import Job
from surveys.fieldwork.models import Round
from surveys.results import own_definitions
from surveys.results.definitions_upload import KIND

NO_TEXT = {
    "vi": "Tệp không phải là văn bản UTF-8.",
    "en": "The file is no UTF-8 text.",
    "remedy_vi": "Lưu lại tệp ở mã UTF-8 rồi tải lên.",
    "remedy_en": "Save the file as UTF-8 and upload it again.",
}
GONE = {"vi": "Không có đợt khảo sát này.", "en": "There is no such round."}


@jobs.handles(KIND)
def handle(job: Job, report: Report) -> dict[str, Any]:
    """Check and store; twice stores the same."""
    round_ = Round.objects.filter(pk=job.payload["definitions_of_round"]).first()
    if round_ is None or job.created_by is None:
        raise JobRefused([GONE])
    report(0.3, "Kiểm tra các chỉ tiêu", "Checking the indicators")
    name = str(job.payload.get("filename") or own_definitions.FILE)
    try:
        text = bytes(job.upload or b"").decode("utf-8-sig")
        found = own_definitions.choose(job.created_by, round_, text, name)
    except UnicodeDecodeError as error:
        raise JobRefused([NO_TEXT]) from error
    except DefinitionError as error:
        raise JobRefused([_row(each) for each in error.problems]) from error
    return {"round": round_.pk, "indicators": sorted(found.definitions)}


def _row(problem: Problem) -> dict[str, Any]:
    """As the page of a job shows it: the entry in place of a sheet, and the line."""
    place = " ".join(part for part in (problem.entry, problem.field) if part)
    return {
        "vi": problem.vi,
        "en": problem.en,
        "sheet": place,
        "row": problem.line or None,
        "remedy_vi": "Sửa dòng ấy trong tệp rồi tải lên lại.",
        "remedy_en": "Correct that line of the file and upload it again.",
    }
