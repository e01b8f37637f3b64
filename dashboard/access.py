"""Who may open a page. The rules stand in surveys.collection.rights; here they become answers."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import url_has_allowed_host_and_scheme

from dashboard.refusals import sentence
from surveys.collection import rights
from surveys.collection.models import Actor, Form, Project, User
from surveys.collection.refusal import Refused
from surveys.collection.rights import Access, Right
from surveys.fieldwork.models import Round
from surveys.results.models import Run

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
Context = dict[str, Any]


def page(view: View[P]) -> View[P]:
    """Signed-in people only. No right is the 403 page; a change that is refused is a message on
    the page that asked for it.
    """

    @wraps(view)
    def checked(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            response = view(request, *args, **kwargs)
        except rights.Forbidden as refusal:
            raise PermissionDenied(sentence(refusal)) from refusal
        except Refused as refusal:
            messages.error(request, sentence(refusal))
            response = redirect(page_before(request))
        # What one person may see stays out of shared caches and of the next one's "back" button.
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    return cast("View[P]", login_required(checked))


def page_before(request: HttpRequest) -> str:
    """The path of the page that sent this request, if it is one of ours."""
    referrer = request.headers.get("Referer", "")
    if referrer and url_has_allowed_host_and_scheme(referrer, {request.get_host()}):
        parts = urlsplit(referrer)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        if url_has_allowed_host_and_scheme(target, allowed_hosts=None):  # "//other.example" is not
            return target
    return "/"


def reader(request: HttpRequest) -> User:
    """The signed-in user, as our own model."""
    return cast("User", request.user)


def actor(request: HttpRequest) -> Actor:
    """Under whose name a change is written."""
    return reader(request).actor


def access(request: HttpRequest) -> Access:
    """What the user may do, read once a request."""
    found = getattr(request, "_khaosat_access", None)
    if found is None:
        found = rights.access_of(reader(request))
        request._khaosat_access = found  # type: ignore[attr-defined] # one query a request
    return cast("Access", found)


def need(request: HttpRequest, project: Project, *needed: Right) -> None:
    """403 unless the user sees the project and has every one of the rights."""
    held = access(request)
    if not all(held.may(right, project.pk) for right in (Right.READ_PROJECT, *needed)):
        raise PermissionDenied


def project_of(request: HttpRequest, project_id: int, *needed: Right) -> Project:
    project = get_object_or_404(Project, pk=project_id, deleted_at=None)
    need(request, project, *needed)
    return project


def form_of(request: HttpRequest, form_id: int, *needed: Right) -> Form:
    form = get_object_or_404(
        Form.objects.select_related("project", "current", "draft"),
        pk=form_id,
        deleted_at=None,
        project__deleted_at=None,
    )
    need(request, form.project, *needed)
    return form


def records_form_of(request: HttpRequest, form_id: int) -> Form:
    """A form whose records the user may read: never somebody of an office that it rates."""
    form = form_of(request, form_id)
    rights.require_records(reader(request), form)
    return form


def round_of(request: HttpRequest, round_id: int, *needed: Right) -> Round:
    found = get_object_or_404(
        Round.objects.select_related("project"), pk=round_id, project__deleted_at=None
    )
    need(request, found.project, *needed)
    return found


def run_of(request: HttpRequest, run_id: int) -> Run:
    """A run that ended, for who may read it: before it is published that is a right of its own."""
    run = get_object_or_404(
        Run.objects.select_related("round__project"),
        pk=run_id,
        finished_at__isnull=False,
        round__project__deleted_at=None,
    )
    need(request, run.round.project, Right.READ_RUNS)
    if run.published_at is None:
        need(request, run.round.project, Right.READ_UNPUBLISHED_RUNS)
    return run


def frame(request: HttpRequest, project: Project, tab: str, **more: Any) -> Context:
    """What every page of a project needs: the project, its tab, and what the user may do."""
    held = access(request)
    allowed = {right.value: held.may(right, project.pk) for right in Right}
    return {"project": project, "tab": tab, "allowed": allowed, **more}


def round_frame(request: HttpRequest, found: Round, tab: str, **more: Any) -> Context:
    return frame(request, found.project, tab, round=found, **more)
