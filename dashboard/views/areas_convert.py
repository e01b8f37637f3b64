"""Figures of a table on other boundaries: a preview that says how each came about, and files."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from dashboard.access import page
from dashboard.area_inputs import KEPT, ConversionInput
from dashboard.inputs import posted
from dashboard.presentation.areas import preview
from dashboard.presentation.files import XLSX, download
from dashboard.presentation.formats import pick
from dashboard.refusals import sentence
from dashboard.views.areas_units import area_frame
from surveys.collection.refusal import Refused
from surveys.fieldwork.area_conversion import Conversion, convert_table
from surveys.fieldwork.area_tables import read_table
from surveys.territory.models import BoundarySet
from surveys.territory.units import UnknownCommuneError


@require_http_methods(["GET", "HEAD", "POST"])
@page
def area_convert(request: HttpRequest) -> HttpResponseBase:
    """Nothing is stored: the table goes back and forth with the page."""
    form = ConversionInput(*posted(request))
    context: dict[str, Any] = {"sets": BoundarySet.objects.order_by("-valid_from", "name")}
    if form.is_bound and form.is_valid():
        try:
            found = _converted(form, context)
        except Refused as refusal:
            context["refusal"] = sentence(refusal)
        except UnknownCommuneError as error:
            context["refusal"] = pick(error.message_vi, error.message_en)
        else:
            if (kind := request.POST.get("format", "")) in ("csv", "xlsx"):
                return _file(kind, found)
            context["preview"] = preview(found)
    context |= area_frame(request, "convert", form=form)
    status = 400 if "refusal" in context else 200
    return render(request, "dashboard/area_convert.html", context, status=status)


def _converted(form: ConversionInput, context: dict[str, Any]) -> Conversion:
    said = form.cleaned_data
    table = read_table(form.source())
    people = form.people_source()
    found = convert_table(table, on=said["on"], was=said["was"], people=people)
    kept = {"kept": table.as_csv(), "kept_name": table.name[:200]}
    if people is not None:
        kept["kept_people"] = read_table(people).as_csv()
    if sum(map(len, kept.values())) <= KEPT:
        context["kept"] = kept
    context["source_name"] = table.name
    return found


def _file(kind: str, found: Conversion) -> HttpResponseBase:
    if kind == "csv":
        return download(found.as_csv(), "quy-doi.csv", "text/csv; charset=utf-8")
    return download(found.as_xlsx(), "quy-doi.xlsx", XLSX)
