"""A made file as the page lists it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext, gettext_lazy

from dashboard.presentation.formats import day, pick
from surveys.collection.models import Job, User
from surveys.results.exports.options import NO_REVIEW, Answers, Format, Options
from surveys.results.models import Export

_FORMATS: Final = {
    Format.XLSX: "Excel",
    Format.CSV: "CSV",
    Format.SPSS: "SPSS",
    Format.STATA: "Stata",
    Format.PARQUET: "Parquet",
    Format.GEOPACKAGE: "GeoPackage",
    Format.GEOJSON: "GeoJSON",
    Format.R: "R",
}
_REVIEWS: Final = {
    NO_REVIEW: gettext_lazy("Chưa duyệt"),
    "hasIssues": gettext_lazy("Có vấn đề"),
    "edited": gettext_lazy("Đã sửa"),
    "approved": gettext_lazy("Đã duyệt"),
    "rejected": gettext_lazy("Bị loại"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One line of the list."""

    id: int
    format: str
    name: str
    asked: str
    maker: str
    made_at: datetime
    expires_at: datetime | None
    n_records: int | None
    size: int | None
    is_unfinished: bool
    is_failed: bool
    is_personal: bool
    is_own: bool
    percent: int
    step: str
    faults: tuple[str, ...]


def shown(export: Export, user: User) -> Shown:
    """The file for the person who reads the page."""
    options = Options.of(export.options)
    job = export.job
    errors = job.errors if job is not None else []
    return Shown(
        id=export.pk,
        format=_FORMATS[options.format],
        name=export.name,
        asked=_asked(options),
        maker=export.created_by.display_name,
        made_at=export.created_at,
        expires_at=export.expires_at,
        n_records=export.n_records,
        size=export.blob.size if export.blob is not None else None,
        is_unfinished=job is not None and job.state in (Job.State.QUEUED, Job.State.RUNNING),
        is_failed=job is not None and job.state == Job.State.FAILED,
        is_personal=options.personal,
        is_own=export.created_by_id == user.actor_id,
        percent=round(100 * job.progress) if job is not None else 100,
        step=pick(job.step_vi, job.step_en) if job is not None else "",
        faults=tuple(_fault(each) for each in errors),
    )


def _asked(options: Options) -> str:
    """The filter in a few words."""
    parts = [gettext("lời") if options.answers is Answers.LABELS else gettext("mã")]
    if options.since:
        parts.append(gettext("từ %(day)s") % {"day": day(options.since)})
    if options.until:
        parts.append(gettext("đến %(day)s") % {"day": day(options.until)})
    parts += [str(_REVIEWS[each]).lower() for each in options.reviews]
    if options.attachments:
        parts.append(gettext("kèm tệp"))
    if options.indicator:
        parts.append(options.indicator)
    return ", ".join(parts)


def _fault(error: dict[str, str]) -> str:
    remedy = pick(error.get("remedy_vi", ""), error.get("remedy_en", ""))
    return f"{pick(error.get('vi', ''), error.get('en', ''))} {remedy}".strip()
