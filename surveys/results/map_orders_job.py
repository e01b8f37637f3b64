"""The job "map_order": draw a map that was asked for on a page. The worker's alone."""

from __future__ import annotations

from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from maps.print_files import Format, print_map
from maps.print_sheet import Orientation, Paper, Sheet
from maps.specification import MapSpec
from maps.webmap import render_html
from surveys.collection import blobs, jobs
from surveys.collection.jobs import JobRefused, Report
from surveys.collection.models import Job
from surveys.results import map_orders
from surveys.results.map_choice import MapChoice
from surveys.results.map_files_job import TYPES
from surveys.results.models import MapOrder
from surveys.results.reading.figures import RunReader, reader
from surveys.results.report.maps import Shapes, shapes_of, specification, units_of_map

HTML: Final = "text/html; charset=utf-8"
GONE: Final = {"vi": "Bản đồ này đã bị xoá.", "en": "This map was deleted."}
NO_VIEW: Final = {
    "vi": "Các con số này không tô màu theo cách ấy được.",
    "en": "These figures cannot be coloured that way.",
    "remedy_vi": "Chọn cách tô màu khác; phân vị và Jenks cần ít nhất mười con số.",
    "remedy_en": "Choose another view; quantiles and Jenks need at least ten figures.",
}


@jobs.handles(map_orders.JOB_KIND)
def draw(job: Job, report: Report) -> dict[str, Any]:
    """Draw and store; twice stores the same."""
    ordered = (
        MapOrder.objects.select_related("run__round__project", "beside__round__project")
        .filter(pk=job.payload["map_order"])
        .first()
    )
    if ordered is None:
        raise JobRefused([GONE])
    choice = MapChoice.of(ordered.choice)
    report(0.1, "Vẽ bản đồ", "Drawing the map")
    content = _drawn(ordered, choice)
    report(0.9, "Ghi tệp", "Storing the file")
    stored = blobs.store(content)
    with transaction.atomic():
        blobs.register([stored])
        MapOrder.objects.filter(pk=ordered.pk).update(
            name=choice.name,
            content_type=TYPES[Format(choice.form)] if choice.is_print else HTML,
            blob_id=stored.sha256,
            finished_at=timezone.now(),
        )
    return {"map_order": ordered.pk}


def _drawn(ordered: MapOrder, choice: MapChoice) -> bytes:
    first = reader(ordered.run)
    second = reader(ordered.beside) if ordered.beside is not None else first
    units = units_of_map(first, choice.kind)
    if choice.beside:
        units = units_of_map(second, choice.beside_kind) | units
    shapes = shapes_of(units)
    spec = _specification(first, choice.indicator, choice.kind, shapes)
    try:
        if choice.is_print:
            sheet = Sheet(Paper(choice.paper), Orientation(choice.lies), is_grey=choice.is_grey)
            form = Format(choice.form)
            return print_map(
                spec, shapes.collection, form, lang=choice.language, sheet=sheet, view=choice.view
            )
        beside = None
        if choice.beside:
            beside = _specification(second, choice.beside, choice.beside_kind, shapes)
        return render_html(
            spec, shapes.collection, choice.language, beside=beside, view=choice.view
        ).encode()
    except ValueError as error:  # the page offers only views that the run has found possible
        raise JobRefused([NO_VIEW]) from error


def _specification(found: RunReader, indicator: str, kind: str, shapes: Shapes) -> MapSpec:
    return specification(found, indicator, units_of_map(found, kind), shapes, kind)
