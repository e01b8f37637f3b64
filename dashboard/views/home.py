"""The first page: projects and rounds of the user, and the first thing to do."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from dashboard.access import access, page, reader
from dashboard.presentation.formats import number, pick
from dashboard.presentation.next_steps import first_steps
from surveys.collection import rights
from surveys.collection.models import AppUser, Form, Project, Quarantined
from surveys.collection.rights import Access, Right
from surveys.fieldwork.models import CaseOutcome, Round, SampledVillage
from surveys.results.models import Run


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do next, with the page where it is done."""

    text: str
    address: str


def _count_of(rows: QuerySet[Any], field: str = "round") -> Coalesce:
    """A count beside a row. Joined counts multiply: 96 villages × the households to review."""
    counted = rows.order_by().values(field).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


@require_safe
@page
def home(request: HttpRequest) -> HttpResponseBase:
    held = access(request)
    projects = list(
        rights.projects_of(reader(request)).annotate(
            n_forms=_count_of(
                Form.objects.filter(project=OuterRef("pk"), deleted_at=None), "project"
            ),
            n_phones=_count_of(
                AppUser.objects.filter(project=OuterRef("pk"), token__isnull=False), "project"
            ),
            n_rounds=_count_of(Round.objects.filter(project=OuterRef("pk")), "project"),
            n_kept=_count_of(
                Quarantined.objects.filter(project=OuterRef("pk"), resolved_at=None), "project"
            ),
        )
    )
    rounds = list(
        Round.objects.filter(project__in=projects)
        .select_related("project")
        .annotate(
            n_villages=_count_of(SampledVillage.objects.filter(round=OuterRef("pk"))),
            n_review=_count_of(
                CaseOutcome.objects.filter(round=OuterRef("pk"), status=CaseOutcome.Status.REVIEW)
            ),
            n_runs=_count_of(Run.objects.filter(round=OuterRef("pk"), finished_at__isnull=False)),
        )
        .order_by("-starts_on", "-pk")
    )
    tasks = [task for project in projects for task in _project_tasks(held, project)]
    tasks += [task for found in rounds for task in _round_tasks(held, found)]
    may_make = held.may(Right.MAKE_PROJECTS, None)
    context = {"projects": projects, "rounds": rounds, "tasks": tasks[:8], "may_make": may_make}
    context["may_administer"] = held.may(Right.ADMINISTER, None)
    if may_make and not rounds:
        context["steps"] = first_steps(projects)
    return render(request, "dashboard/home.html", context)


def _project_tasks(held: Access, project: Project) -> list[Task]:
    counts = vars(project)  # the annotations of `home`
    tasks = []
    if held.may(Right.MANAGE_ROUNDS, project.pk) and not counts["n_rounds"]:
        text = gettext("Tạo đợt khảo sát của dự án %(name)s")
        tasks.append(Task(text % {"name": project.name}, reverse("new_round", args=[project.pk])))
    if held.may(Right.MANAGE_FORMS, project.pk) and not counts["n_forms"]:
        text = gettext("Tải biểu mẫu đầu tiên lên dự án %(name)s")
        tasks.append(Task(text % {"name": project.name}, reverse("upload", args=[project.pk])))
    if held.may(Right.MANAGE_PEOPLE, project.pk) and counts["n_forms"] and not counts["n_phones"]:
        text = gettext("Tạo mã QR cho điều tra viên của dự án %(name)s")
        tasks.append(Task(text % {"name": project.name}, reverse("people", args=[project.pk])))
    if held.may(Right.READ_QUARANTINE, project.pk) and counts["n_kept"]:
        text = gettext("Xem %(n)s phiếu đang nằm trong khu cách ly của dự án %(name)s")
        words = {"n": number(counts["n_kept"]), "name": project.name}
        tasks.append(Task(text % words, reverse("quarantine", args=[project.pk])))
    return tasks


def _round_tasks(held: Access, found: Round) -> list[Task]:
    counts, project_id = vars(found), found.project_id
    name = {"name": pick(found.name_vi, found.name_en)}
    tasks = []
    if held.may(Right.MANAGE_ROUNDS, project_id) and not counts["n_villages"]:
        text = gettext("Nhập danh sách thôn và hộ mẫu của “%(name)s”")
        tasks.append(Task(text % name, reverse("round", args=[found.pk])))
    if held.may(Right.SUPERVISE, project_id) and counts["n_review"]:
        text = gettext("Quyết định %(n)s hộ cần xem lại của “%(name)s”")
        words = {"n": number(counts["n_review"]), **name}
        tasks.append(Task(text % words, reverse("cases", args=[found.pk])))
    if held.may(Right.READ_RUNS, project_id) and counts["n_runs"]:
        text = gettext("Đọc mức độ hài lòng của “%(name)s”")
        tasks.append(Task(text % name, reverse("satisfaction", args=[found.pk])))
        text = gettext("Xem xã nào sẵn sàng số, xã nào chưa: “%(name)s”")
        tasks.append(Task(text % name, reverse("readiness", args=[found.pk])))
    return tasks
