"""Populations of communes: what is stored, an upload with its questions, taking one back."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from dashboard.access import actor, page, reader
from dashboard.area_inputs import KEPT, TableUpload
from dashboard.inputs import posted
from dashboard.presentation.files import XLSX, download
from dashboard.presentation.formats import number
from dashboard.refusals import sentence
from dashboard.views.areas_units import area_frame
from surveys.collection import rights
from surveys.collection.refusal import Refused
from surveys.collection.rights import Forbidden, Right
from surveys.fieldwork import area_population_stored as stored
from surveys.fieldwork.area_population import COLUMNS, load_population
from surveys.fieldwork.area_tables import csv_file, read_table, xlsx_file
from surveys.territory.models import Level, Population
from surveys.territory.units import in_force

MOST_SHOWN = 200


@require_safe
@page
def area_people(request: HttpRequest) -> HttpResponseBase:
    """The imports, and their counts filtered and in order."""
    wanted = _wanted(request)
    rows = stored.populations(wanted)
    if request.GET.get("format") in ("csv", "xlsx"):
        return _file(request.GET["format"], rows)
    context = area_frame(
        request,
        "people",
        wanted=wanted,
        rows=rows[:MOST_SHOWN],
        count=rows.count(),
        most=MOST_SHOWN,
        imports=stored.imports(),
        groups=Population.objects.order_by("group").values_list("group", flat=True).distinct(),
        sources=Population.objects.order_by("source").values_list("source", flat=True).distinct(),
        provinces=in_force(level=Level.PROVINCE).order_by("code"),
    )
    return render(request, "dashboard/area_people.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def area_people_upload(request: HttpRequest) -> HttpResponseBase:
    """All or nothing; counts that look wrong are asked about, commune by commune."""
    rights.require(reader(request), Right.ADMINISTER)
    form = TableUpload(*posted(request))
    context: dict[str, Any] = {"form": form, "columns": COLUMNS}
    if form.is_bound and form.is_valid():
        source = form.source()
        accepted = frozenset(request.POST.getlist("accept"))
        try:
            read = load_population(actor(request), source, accepted=accepted)
        except Forbidden:
            raise
        except Refused as refusal:
            form = context["form"] = TableUpload()
            context["refusal"] = sentence(refusal)
        else:
            if read.stored or not read.questions:
                n = ngettext("Đã ghi %(n)s số dân.", "Đã ghi %(n)s số dân.", read.stored)
                messages.success(request, n % {"n": number(read.stored)})
                return redirect("area_people")
            text = read_table(source).as_csv()
            context |= {
                "questions": read.questions,
                "accepted": accepted,
                "kept": text if len(text) <= KEPT else "",
                "kept_name": source.name[:200],
            }
    context |= area_frame(request, "people")
    status = 400 if "refusal" in context else 200
    return render(request, "dashboard/area_people_upload.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def area_people_remove(request: HttpRequest, number: int) -> HttpResponseBase:
    """Take back a wrong import, after saying what goes with it."""
    rights.require(reader(request), Right.ADMINISTER)
    found = stored.find_import(number)
    if found is None:
        raise Http404
    if request.method == "POST":
        n = stored.remove_import(actor(request), found)
        messages.success(request, gettext("Đã xoá %(n)s số dân.") % {"n": n})
        return redirect("area_people")
    context = area_frame(request, "people", found=found)
    return render(request, "dashboard/area_people_remove.html", context)


def _wanted(request: HttpRequest) -> stored.Wanted:
    said = {name: request.GET.get(name, "").replace("\x00", "")[:300] for name in _FIELDS}
    sort = said["sort"] if said["sort"] in stored.SORTS else "code"
    return stored.Wanted(said["q"], said["province"], said["group"], said["source"], sort)


_FIELDS = ("q", "province", "group", "source", "sort")


def _file(kind: str, rows: Any) -> HttpResponseBase:
    if kind == "csv":
        content = csv_file(stored.HEAD, stored.lines(rows))
        return download(content, "so-dan.csv", "text/csv; charset=utf-8")
    return download(xlsx_file(stored.HEAD, stored.lines(rows), "so-dan"), "so-dan.xlsx", XLSX)
