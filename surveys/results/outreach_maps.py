"""The map of a plan and its files: where how many team-days go, how sure, which team."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.urls import reverse

from maps.classes import fixed_classes
from maps.print_files import Format, print_map
from maps.specification import Language, MapArea, MapSpec, Status, Unit
from maps.webmap import render_html
from surveys.results.artefacts import XLSX, Made
from surveys.results.models import OutreachPlan
from surveys.results.outreach import FILE_KIND, file_name, is_unsure
from surveys.results.outreach_xlsx import workbook
from surveys.results.reading.names import Names
from surveys.results.reading.places import units_of
from surveys.results.report.maps import SYNTHETIC_EN, SYNTHETIC_VI, Shapes, shapes_of
from surveys.results.report.words import is_synthetic, period
from surveys.territory.models import AdminUnit
from surveys.territory.units import UnknownCommuneError, communes

BREAKS: Final = (1.0, 2.0, 3.0)  # no day, one, two, three or more
INDICATOR: Final = Names("Ngày đội ở xã", "Team-days in the commune")
UNSURE: Final = Names(
    "Chưa chắc: số liệu chưa phân biệt được xã này với các xã gần bằng.",
    "Not sure: the data cannot tell this commune from others that are nearly alike.",
)
NO_FIGURE: Final = Names(
    "Chưa có con số của xã này; xã được đến vì kịch bản yêu cầu.",
    "No figure of this commune; it is visited because the scenario says so.",
)
UNKNOWN: Final = Names(
    "Chưa có con số của xã này; không đến không có nghĩa là không ai cần giúp.",
    "No figure of this commune; that it is not visited does not mean that nobody needs help.",
)
NOTE: Final = Names(
    "Số trong ngoặc vuông sau tên xã là số của đội. Dưới 1: không đến. Gạch chéo: chưa chắc. "
    "Khoảng: số ngày thường gặp khi tính lại.",
    "The number in brackets after a name is that of the team. Below 1: not visited. Lined: not "
    "sure. Interval: the usual days in redraws.",
)


def files_of(plan: OutreachPlan) -> Iterator[Made]:
    """The web map, the map on paper and the workbook, in both languages."""
    units = _units(plan)
    shapes = shapes_of(units) if units else None
    for language in Language:
        lang = language.value
        picture = None
        if shapes is not None and shapes.collection["features"]:
            spec = specification(plan, units, shapes)
            html = render_html(spec, shapes.collection, lang).encode()
            yield _made(plan, lang, "html", "text/html; charset=utf-8", html)
            pdf = print_map(spec, shapes.collection, Format.PDF, lang=lang)
            yield _made(plan, lang, "pdf", "application/pdf", pdf)
            picture = print_map(spec, shapes.collection, Format.PNG, lang=lang)
        yield _made(plan, lang, "xlsx", XLSX, workbook(plan, lang, picture))


def _made(plan: OutreachPlan, language: str, suffix: str, kind: str, content: bytes) -> Made:
    return Made(FILE_KIND, file_name(plan, language, suffix), language, kind, content)


def specification(plan: OutreachPlan, units: Mapping[str, AdminUnit], shapes: Shapes) -> MapSpec:
    """What the map shows; teams are told apart by their number, never by colour alone."""
    areas = plan.result["areas"]
    most = max((sum(row["days"]) for row in areas), default=0)
    teams = _teams(plan)
    made_up = is_synthetic(plan.run)
    name = plan.name
    return MapSpec(
        title_vi=f"Kế hoạch đội: {name}",
        title_en=f"Teams' plan: {name}",
        indicator_vi=INDICATOR.vi,
        indicator_en=INDICATOR.en,
        unit=Unit.COUNT,
        areas=tuple(
            _area(plan, row, units[row["area"]], teams.get(row["area"], ""))
            for row in areas
            if row["area"] in units
        ),
        classes=fixed_classes(BREAKS, maximum=float(max(most, _usual(areas)) + 4)),
        period=period(plan.run),
        boundary_quality=shapes.quality,
        boundary_source=shapes.source,
        boundary_licence=shapes.licence,
        boundary_date=shapes.valid_from,
        note_vi=f"{NOTE.vi} {SYNTHETIC_VI if made_up else ''}".strip(),
        note_en=f"{NOTE.en} {SYNTHETIC_EN if made_up else ''}".strip(),
    )


def _usual(areas: list[dict[str, Any]]) -> int:
    return max((int(row["usual_days"][1]) for row in areas), default=0)


def _teams(plan: OutreachPlan) -> dict[str, str]:
    """The numbers of the teams in each commune: "1+2"."""
    areas = plan.result["areas"]
    found: dict[str, set[int]] = defaultdict(set)
    for stay in plan.result["stays"]:
        found[areas[stay["area"]]["area"]].add(stay["team"] + 1)
    return {code: "+".join(map(str, sorted(numbers))) for code, numbers in found.items()}


def _area(plan: OutreachPlan, row: Mapping[str, Any], unit: AdminUnit, teams: str) -> MapArea:
    days = sum(row["days"])
    status, reason = _status(row, days)
    is_shown = status in (Status.PUBLISHED, Status.CAUTION)
    low, high = row["usual_days"]
    mark = f" [{teams}]" if teams else ""
    return MapArea(
        code=unit.code,
        name=unit.full_name + mark,
        status=status,
        estimate=float(days) if is_shown else None,
        lower=float(min(low, days)) if is_shown else None,
        upper=float(max(high, days)) if is_shown else None,
        reason_vi=reason.vi,
        reason_en=reason.en,
        label=unit.name + mark,
        url=f"{reverse('outreach_plan', args=[plan.pk])}#xa-{unit.code}",
    )


def _status(row: Mapping[str, Any], days: int) -> tuple[Status, Names]:
    if row["need"] is None:
        return (Status.CAUTION, NO_FIGURE) if days else (Status.MISSING, UNKNOWN)
    if is_unsure(row["chosen"]):
        return Status.CAUTION, UNSURE
    return Status.PUBLISHED, Names("", "")


def _units(plan: OutreachPlan) -> dict[str, AdminUnit]:
    """The communes of the plan, as they stood when its run was made; others as they stand now."""
    known = units_of(plan.run)
    codes = [row["area"] for row in plan.result["areas"]]
    found = {code: known[code] for code in codes if code in known}
    for code in codes:
        if code not in found:
            try:
                found |= {code: communes([code])[0]}
            except UnknownCommuneError:
                continue
    return found
