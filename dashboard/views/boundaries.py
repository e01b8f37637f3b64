"""The stored boundaries, for administrators: what each set is, one more from a file, removal."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from dashboard.access import actor, page, reader
from dashboard.boundary_inputs import BoundaryInput
from dashboard.refusals import sentence
from dashboard.views.areas_units import area_frame
from surveys.collection import rights
from surveys.collection.refusal import Refused
from surveys.collection.rights import Forbidden, Right
from surveys.results import boundary_sets, boundary_upload
from surveys.territory.models import BoundarySet


@require_http_methods(["GET", "HEAD", "POST"])
@page
def boundaries(request: HttpRequest) -> HttpResponseBase:
    """All sets, the newest first, and the form for a file; a file becomes a job."""
    rights.require(reader(request), Right.ADMINISTER)
    form = BoundaryInput(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            job = boundary_upload.start(
                actor(request), upload.name or "", upload.chunks(), form.told()
            )
        except Forbidden:
            raise
        except Refused as refusal:
            form.add_error("file", sentence(refusal))
        else:
            return redirect("job", job.pk)
    published = boundary_sets.published_on()
    context: dict[str, Any] = {
        "form": form,
        "rows": [
            {"set": each, "runs": published.get(each.pk, [])}
            for each in BoundarySet.objects.order_by("-imported_at", "-pk")
        ],
    }
    context |= area_frame(request, "boundaries")
    status = 400 if form.is_bound else 200
    return render(request, "dashboard/boundaries.html", context, status=status)


@require_safe
@page
def boundary_set(request: HttpRequest, set_id: int) -> HttpResponseBase:
    """One set with the report of its import."""
    rights.require(reader(request), Right.ADMINISTER)
    found = get_object_or_404(BoundarySet, pk=set_id)
    context = {"set": found, "runs": boundary_sets.published_on().get(found.pk, [])}
    context |= area_frame(request, "boundaries")
    return render(request, "dashboard/boundary_set.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def remove_boundaries(request: HttpRequest, set_id: int) -> HttpResponseBase:
    """Ask, then remove a set that no published map stands on."""
    rights.require(reader(request), Right.ADMINISTER)
    found = get_object_or_404(BoundarySet, pk=set_id)
    if request.method == "POST":
        boundary_sets.remove(actor(request), found)
        messages.success(request, gettext("Đã xoá bộ ranh giới."))
        return redirect("boundaries")
    context = {"set": found, **area_frame(request, "boundaries")}
    return render(request, "dashboard/boundary_remove.html", context)
