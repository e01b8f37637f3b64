"""Finding a unit on a day, and the page of one: what it was, what it became, what is stored."""

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from dashboard.access import access, page
from dashboard.area_inputs import UnitSearch, day_of
from dashboard.presentation.files import XLSX, download
from dashboard.presentation.paging import page_of
from surveys.collection.rights import Right
from surveys.fieldwork.area_examples import EXAMPLES
from surveys.territory import profiles
from surveys.territory.models import AdminUnit, Level
from surveys.territory.units import in_force, title_on

PAGE_SIZE = 30
FEW_VILLAGES = 12


def area_frame(request: HttpRequest, tab: str, **more: Any) -> dict[str, Any]:
    """What every page about areas needs."""
    held = access(request)
    return {
        "area_tab": tab,
        "may_change": held.may(Right.ADMINISTER, None),
        "may_see_villages": not held.is_rated,
        **more,
    }


@require_safe
@page
def areas(request: HttpRequest) -> HttpResponseBase:
    """Search by name or code on a day."""
    search = UnitSearch(request.GET or {"level": Level.COMMUNE.value})
    said = search.said()
    found = profiles.find_units(**said)
    listed = page_of(
        found, cursor=request.GET.get("after", ""), size=PAGE_SIZE, is_descending=False
    )
    context = area_frame(
        request,
        "units",
        search=search,
        said=said,
        listed=listed,
        count=found.count(),
        others=profiles.on_other_days(said["words"], said["level"], found),
        provinces=in_force(said["on"], level=Level.PROVINCE).order_by("code"),
        has_units=bool(listed.rows) or AdminUnit.objects.exists(),
    )
    return render(request, "dashboard/areas.html", context)


@require_safe
@page
def area(request: HttpRequest, unit_id: int) -> HttpResponseBase:
    """One unit; `?on=` says its name on a day."""
    unit = get_object_or_404(AdminUnit.objects.select_related("parent__parent"), pk=unit_id)
    context = area_frame(request, "units", unit=unit, found=profiles.profile(unit))
    day: date | None = day_of(request.GET.get("on", ""))
    if day is not None and context["found"].titles:
        context |= {"day": day, "title": title_on(unit, day)}
    if context["may_see_villages"]:
        rows = profiles.villages_in(unit).select_related("village").order_by("village__name")
        context["villages"] = rows[:FEW_VILLAGES]
    return render(request, "dashboard/area.html", context)


@require_safe
@page
def area_example(request: HttpRequest, name: str) -> HttpResponseBase:
    """An example to copy: XLSX, or CSV for those who ask."""
    example = EXAMPLES.get(name)
    if example is None:
        raise Http404
    if request.GET.get("format") == "csv":
        return download(example.as_csv(), f"{name}.csv", "text/csv; charset=utf-8")
    return download(example.as_xlsx(), f"{name}.xlsx", XLSX)
