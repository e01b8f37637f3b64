"""The audit log of a project, or of the whole server for administrators."""

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from dashboard.access import access, actor, frame, page, project_of
from dashboard.presentation import audit_details
from dashboard.presentation.paging import page_of
from surveys.collection import audit_log
from surveys.collection.days import midnight
from surveys.collection.models import AuditEvent, Project
from surveys.collection.rights import Right
from surveys.collection.spreadsheets import as_text

PAGE_SIZE: Final = 100
AT_ONCE: Final = 500
GROUPS: Final = [
    ("", _("Mọi việc")),
    ("nonverbose", _("Trừ việc nhận phiếu")),
    ("reading", _("Đọc thông tin được che")),
    ("personal", _("Xoá dữ liệu cá nhân")),
    ("submission", _("Phiếu")),
    ("form", _("Biểu mẫu")),
    ("user", _("Tài khoản và vai trò")),
    ("field_key", _("Máy của điều tra viên")),
    ("project", _("Dự án")),
    ("entity", _("Thực thể")),
]
COLUMNS: Final = ("at", "actor", "action", "project", "form", "submission", "details")


# Further out no database can be asked.
DAYS: Final = [MinValueValidator(date(1900, 1, 1)), MaxValueValidator(date(9000, 1, 1))]


class Filters(forms.Form):
    group = forms.ChoiceField(label=_("Việc"), choices=GROUPS, required=False)
    start = forms.DateField(
        label=_("Từ ngày"),
        required=False,
        validators=DAYS,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    end = forms.DateField(
        label=_("Đến hết ngày"),
        required=False,
        validators=DAYS,
        widget=forms.DateInput(attrs={"type": "date"}),
    )


@require_safe
@page
def audit(request: HttpRequest, project_id: int | None = None) -> HttpResponseBase:
    project, filters = _place(request, project_id), Filters(request.GET or None)
    listed = page_of(
        _events(request, project, filters),
        cursor=request.GET.get("after", ""),
        size=PAGE_SIZE,
    )
    more: dict[str, Any] = {"filters": filters, "listed": listed, "place": project}
    context = frame(request, project, "audit", **more) if project is not None else more
    base = "dashboard/project_base.html" if project is not None else "dashboard/base.html"
    return render(request, "dashboard/audit.html", {**context, "base": base})


@require_safe
@page
def audit_csv(request: HttpRequest, project_id: int | None = None) -> HttpResponseBase:
    """All that the filters choose, streamed."""
    project, filters = _place(request, project_id), Filters(request.GET or None)
    events = _events(request, project, filters)
    response = StreamingHttpResponse(_lines(events), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="audit.csv"'
    return response


def _place(request: HttpRequest, project_id: int | None) -> Project | None:
    if project_id is not None:
        return project_of(request, project_id, Right.READ_AUDIT)
    if not access(request).may(Right.READ_AUDIT, None):
        raise PermissionDenied
    return None


def _events(
    request: HttpRequest, project: Project | None, filters: Filters
) -> QuerySet[AuditEvent]:
    said = filters.cleaned_data if filters.is_bound and filters.is_valid() else {}
    start, end = said.get("start"), said.get("end")
    asked = audit_log.Asked(
        action=said.get("group") or "",
        start=midnight(start) if start else None,
        end=midnight(end + timedelta(days=1)) if end else None,
        project=project,
    )
    return audit_log.read(actor(request), asked)


class _Echo:
    def write(self, text: str) -> str:
        return text


def _lines(events: QuerySet[AuditEvent]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield "\ufeff" + str(writer.writerow(COLUMNS))
    for event in events.iterator(chunk_size=AT_ONCE):
        yield str(writer.writerow(_cells(event)))


def _cells(event: AuditEvent) -> list[str]:
    said = [
        timezone.localtime(event.at).isoformat(timespec="seconds"),
        str(event.actor or ""),
        event.action,
        *(str(number or "") for number in (event.project_id, event.form_id, event.submission_id)),
        audit_details.as_line(event.details),
    ]
    return [as_text(text) for text in said]
