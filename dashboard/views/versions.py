"""Versions of a form: what one changes, publishing the draft, an old one as the next draft."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from dashboard.access import actor, form_of, frame, page
from dashboard.presentation import form_changes
from surveys.collection import publishing, version_safety
from surveys.collection.models import Form, FormVersion
from surveys.collection.rights import Right


@require_safe
@page
def changes(request: HttpRequest, form_id: int, version_id: int) -> HttpResponseBase:
    """What a version changed of the one before it; of the draft, what publishing would change."""
    found = form_of(request, form_id, Right.MANAGE_FORMS)
    newer = get_object_or_404(FormVersion, pk=version_id, form=found)
    older = _before(found, newer)
    safety = version_safety.between(older, newer) if older is not None else None
    context = frame(
        request,
        found.project,
        "project",
        form=found,
        newer=newer,
        older=older,
        safety=safety,
        lines=form_changes.lines(safety) if safety is not None else [],
    )
    return render(request, "dashboard/form_changes.html", context)


def _before(form: Form, version: FormVersion) -> FormVersion | None:
    if version.published_at is None:
        return form.current
    published = FormVersion.objects.filter(form=form, published_at__lt=version.published_at)
    return published.order_by("-published_at", "-pk").first()


@require_http_methods(["GET", "HEAD", "POST"])
@page
def publish_draft(request: HttpRequest, form_id: int) -> HttpResponseBase:
    """The draft with what it changes; what would hurt answers is asked once more."""
    found = form_of(request, form_id, Right.MANAGE_FORMS)
    if found.draft is None:
        raise Http404
    if request.method == "POST":
        version_safety.publish_looked_at(
            actor(request), found, accepts_harm="accepts_harm" in request.POST
        )
        messages.success(request, gettext("Đã phát hành. Điện thoại sẽ nhận bản mới."))
        return redirect("form", found.pk)
    safety = version_safety.of_draft(found)
    context = frame(
        request,
        found.project,
        "project",
        form=found,
        safety=safety,
        lines=form_changes.lines(safety) if safety is not None else [],
    )
    return render(request, "dashboard/form_publish.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def restore(request: HttpRequest, form_id: int, version_id: int) -> HttpResponseBase:
    """An old version as the next draft, with its files."""
    found = form_of(request, form_id, Right.MANAGE_FORMS)
    version = get_object_or_404(FormVersion, pk=version_id, form=found, published_at__isnull=False)
    if request.method == "POST":
        publishing.restore_as_draft(actor(request), found, version)
        messages.success(request, gettext("Đã tạo bản nháp. Hãy đổi số phiên bản khi phát hành."))
        return redirect("form", found.pk)
    context = frame(request, found.project, "project", form=found, version=version)
    return render(request, "dashboard/form_restore.html", context)
