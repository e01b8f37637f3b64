"""Villages in time: the list on a day, one village's history, and an upload of changes.

What is stored here are above all the villages of samples, so people of offices that are rated do
not see these pages.
"""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from dashboard.access import access, actor, page, reader
from dashboard.area_inputs import TableUpload, day_of
from dashboard.inputs import posted
from dashboard.refusals import sentence
from dashboard.views.areas_units import area_frame
from surveys.collection import rights
from surveys.collection.refusal import Refused
from surveys.collection.rights import Forbidden, Right
from surveys.fieldwork.area_villages import COLUMNS, apply_villages
from surveys.territory import village_lists
from surveys.territory.models import Village

PAGE_SIZE = 50


@require_safe
@page
def area_villages(request: HttpRequest) -> HttpResponseBase:
    """Villages by name, id or commune, with where they lie on a day."""
    _need_unrated(request)
    words, commune, after = (_said(request, name) for name in ("q", "commune", "after"))
    day = day_of(request.GET.get("on", ""))
    listed = village_lists.listed(words, commune=commune, on=day, after=after, size=PAGE_SIZE)
    context = area_frame(
        request,
        "villages",
        words=words,
        commune=commune,
        day=day,
        listed=listed,
        has_villages=bool(listed.rows) or Village.objects.exists(),
    )
    return render(request, "dashboard/area_villages.html", context)


@require_safe
@page
def area_village(request: HttpRequest, village_id: str) -> HttpResponseBase:
    """Where one village lay from which day on, and what it came from and became."""
    _need_unrated(request)
    villages = Village.objects.select_related("unit__parent")
    village = get_object_or_404(villages, pk=village_id.replace("\x00", ""))
    pairs = ("successors", "predecessors")
    links = {
        name: getattr(village, name).select_related("old", "new").order_by("date") for name in pairs
    }
    places = village.memberships.select_related("unit__parent").order_by("valid_from")
    context = area_frame(request, "villages", village=village, places=places, **links)
    return render(request, "dashboard/area_village.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def area_villages_upload(request: HttpRequest) -> HttpResponseBase:
    """Places, moves, mergers, splits and names: all lines or none."""
    rights.require(reader(request), Right.ADMINISTER)
    form = TableUpload(*posted(request))
    context: dict[str, Any] = {"form": form, "columns": COLUMNS}
    if form.is_bound and form.is_valid():
        try:
            done = apply_villages(actor(request), form.source())
        except Forbidden:
            raise
        except Refused as refusal:
            context |= {"form": TableUpload(), "refusal": sentence(refusal)}
        else:
            said = gettext("Thêm %(added)s thôn, chuyển %(moved)s, kết thúc %(ended)s.")
            messages.success(
                request, said % {"added": done.added, "moved": done.moved, "ended": done.ended}
            )
            return redirect("area_villages")
    context |= area_frame(request, "villages")
    status = 400 if "refusal" in context else 200
    return render(request, "dashboard/area_villages_upload.html", context, status=status)


def _said(request: HttpRequest, name: str) -> str:
    """A word of the address; PostgreSQL takes no NUL in a text."""
    return request.GET.get(name, "").replace("\x00", "")[:100]


def _need_unrated(request: HttpRequest) -> None:
    if access(request).is_rated:
        raise PermissionDenied
