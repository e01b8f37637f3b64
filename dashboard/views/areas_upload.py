"""Many decisions at once, from a file: pairs of old and new communes, later names of units."""

from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from dashboard.access import actor, page, reader
from dashboard.area_inputs import TableUpload
from dashboard.inputs import posted
from dashboard.refusals import sentence
from dashboard.views.areas_units import area_frame
from surveys.collection import rights
from surveys.collection.refusal import Refused
from surveys.collection.rights import Forbidden, Right
from surveys.fieldwork.area_examples import EXAMPLES
from surveys.fieldwork.area_links import decide_all
from surveys.fieldwork.area_titles import apply_titles

KINDS: Final = {"pairs": decide_all, "titles": apply_titles}


@require_http_methods(["GET", "HEAD", "POST"])
@page
def area_upload(request: HttpRequest, kind: str) -> HttpResponseBase:
    """All lines or none; each change stands in the audit log."""
    rights.require(reader(request), Right.ADMINISTER)
    if kind not in KINDS:
        raise Http404
    form = TableUpload(*posted(request))
    context: dict[str, Any] = {"form": form, "kind": kind, "columns": EXAMPLES[kind].head}
    if form.is_bound and form.is_valid():
        try:
            n = KINDS[kind](actor(request), form.source())
        except Forbidden:
            raise
        except Refused as refusal:
            context |= {"form": TableUpload(), "refusal": sentence(refusal)}
        else:
            messages.success(request, gettext("Đã ghi %(n)s dòng.") % {"n": n})
            return redirect("area_links")
    context |= area_frame(request, "links")
    status = 400 if "refusal" in context else 200
    return render(request, "dashboard/area_upload.html", context, status=status)
