"""The first page: projects and rounds of the user, and the first thing to do."""

from dataclasses import dataclass

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from dashboard.access import access, page, reader
from dashboard.presentation.formats import number, pick
from dashboard.presentation.next_steps import first_steps
from surveys.collection import rights
from surveys.collection.models import Project
from surveys.collection.rights import Access, Right
from surveys.fieldwork.models import CaseOutcome, Round


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do next, with the page where it is done."""

    text: str
    address: str


@require_safe
@page
def home(request: HttpRequest) -> HttpResponseBase:
    held = access(request)
    projects = list(
        rights.projects_of(reader(request)).annotate(
            n_forms=Count("forms", filter=Q(forms__deleted_at=None), distinct=True),
            n_phones=Count("app_users", filter=Q(app_users__token__isnull=False), distinct=True),
            n_rounds=Count("rounds", distinct=True),
            n_kept=Count("quarantine", filter=Q(quarantine__resolved_at=None), distinct=True),
        )
    )
    rounds = list(
        Round.objects.filter(project__in=projects)
        .select_related("project")
        .annotate(
            n_villages=Count("villages", distinct=True),
            n_review=Count(
                "outcomes", filter=Q(outcomes__status=CaseOutcome.Status.REVIEW), distinct=True
            ),
            n_runs=Count("runs", filter=Q(runs__finished_at__isnull=False), distinct=True),
        )
        .order_by("-starts_on", "-pk")
    )
    tasks = [task for project in projects for task in _project_tasks(held, project)]
    tasks += [task for found in rounds for task in _round_tasks(held, found)]
    may_make = held.may(Right.ADMINISTER, None)
    context = {"projects": projects, "rounds": rounds, "tasks": tasks[:8], "may_make": may_make}
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
