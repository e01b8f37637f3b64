"""The page of a job: how far it is, what it left, what has to be mended."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from dashboard.access import access, page, reader
from surveys.collection.models import Form, Job
from surveys.collection.rights import Right
from surveys.territory.models import BoundarySet

PAGES = (
    ("export_of_form", "exports"),
    ("definitions_of_round", "estimating"),
    ("outreach_plan", "outreach_plan"),
    ("round_id", "round"),
    ("round", "round"),
    ("form_id", "form"),
    ("project_id", "project"),
)
PLACES = {"safekeeping", "boundaries"}  # pages of their own, with no key
UNFINISHED = {Job.State.QUEUED, Job.State.RUNNING}


@require_safe
@page
def job(request: HttpRequest, job_id: int) -> HttpResponseBase:
    found = get_object_or_404(Job.objects.defer("upload"), pk=job_id)
    is_own = found.created_by_id == reader(request).actor_id
    if not is_own and not access(request).may(Right.ADMINISTER, None):
        raise PermissionDenied
    context = {
        "job": found,
        "is_unfinished": found.state in UNFINISHED,
        "percent_done": round(found.progress * 100),
        "result_page": _result_page(found) if found.state == Job.State.DONE else "",
        "start_page": _start_page(found),
        "names_cells": any(each.get("sheet") or each.get("row") for each in found.errors),
    }
    return render(request, "dashboard/job.html", context)


def _result_page(found: Job) -> str:
    """Where the thing that the job made can be seen."""
    form_id = found.result.get("form_id")
    if form_id and Form.objects.filter(pk=form_id).exists():
        return reverse("form", args=[form_id])
    set_id = found.result.get("boundary_set")
    if set_id and BoundarySet.objects.filter(pk=set_id).exists():
        return reverse("boundary_set", args=[set_id])
    return _start_page(found)


def _start_page(found: Job) -> str:
    """The page that the job was asked for on: there one tries again."""
    if found.payload.get("page") in PLACES:
        return reverse(found.payload["page"])
    for key, route in PAGES:
        if found.payload.get(key):
            return reverse(route, args=[found.payload[key]])
    return reverse("home")
