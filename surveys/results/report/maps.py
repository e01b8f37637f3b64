"""Maps of a run: what each shows, and the web document per indicator and language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from django.urls import reverse

from maps.classes import READINESS_BREAKS, SATISFACTION_BREAKS, MapClass, fixed_classes
from maps.specification import MapArea, MapSpec, Pattern, Quality, Status, Unit, Verdict
from maps.tiles import schematic_tiles
from maps.webmap import render_html
from surveys.results.map_choice import DIRECT, KINDS, MODEL
from surveys.results.models import Comparison, Estimate
from surveys.results.reading.figures import MISSING_CELL, RunReader, ShownFigure
from surveys.results.reading.mapped import mapped_units
from surveys.results.reading.names import COMMUNE, Names
from surveys.results.reading.places import units_of
from surveys.results.reading.provenance import BENCHMARKS, benchmark
from surveys.results.report.words import is_synthetic, period
from surveys.territory.boundaries import geometry_for
from surveys.territory.models import AdminUnit, Boundary
from surveys.territory.units import UnknownCommuneError

MAPPED: Final = (
    "sat_users",
    "sat_overall",
    "equipped",
    "smartphone_own",
    "net_3m",
    "bank_account",
    "vneid_level2",
)
_STATUS: Final = {
    "publish": Status.PUBLISHED,
    "caution": Status.CAUTION,
    "none": Status.UNPUBLISHED,
}
PROVINCE, REGION = 200, 800  # communes
_AGAINST: Final = {
    Comparison.Verdict.HIGHER.value: Verdict.HIGHER,
    Comparison.Verdict.LOWER.value: Verdict.LOWER,
    Comparison.Verdict.SAME.value: Verdict.SAME,
    Comparison.Verdict.UNCLEAR.value: Verdict.UNCLEAR,
}
_TARGET: Final = {
    Comparison.Verdict.MET.value: Verdict.MET,
    Comparison.Verdict.NOT_MET.value: Verdict.NOT_MET,
    Comparison.Verdict.UNCLEAR.value: Verdict.UNCLEAR,
}
CAUTION: Final = Names("Chưa chắc chắn.", "Uncertain.")
UNMEASURED: Final = Names(
    "Không có phiếu nào ở xã này: con số suy từ các xã giống nó.",
    "No answers here: the figure is inferred from communes like it.",
)
SYNTHETIC: Final = Estimate.Method.SYNTHETIC.value  # figures where nobody was asked
SYNTHETIC_VI: Final = "Số liệu giả lập, không phải kết quả thật."
SYNTHETIC_EN: Final = "Synthetic data, not real results."


@dataclass(frozen=True, slots=True)
class MapDocument:
    indicator: str
    language: str
    html: str


@dataclass(frozen=True, slots=True)
class Shapes:
    """What is drawn, and what has to be said about it."""

    collection: dict[str, Any]
    quality: Quality
    source: str
    licence: str
    valid_from: str


@dataclass(frozen=True, slots=True)
class RunMap:
    """What one map of a run shows, and on which shapes: every output is made of these."""

    indicator: str
    spec: MapSpec
    shapes: Shapes


def run_maps(found: RunReader) -> Iterator[RunMap]:
    """Maps of every indicator worth one that the run has estimated."""
    units = units_of(found.run)
    if not units:
        return
    shapes = shapes_of(units)
    for indicator in MAPPED:
        if indicator in found.definitions:
            yield RunMap(indicator, specification(found, indicator, units, shapes), shapes)


def map_documents(found: RunReader) -> Iterator[MapDocument]:
    """The web document of every map."""
    for each in run_maps(found):
        for language in ("vi", "en"):
            html = render_html(each.spec, each.shapes.collection, language)
            yield MapDocument(each.indicator, language, html)


def shapes_of(units: dict[str, AdminUnit], *, on: date | None = None) -> Shapes:
    """Imported boundaries if they draw all communes, else equal tiles beside the seats.

    `on` is the day whose communes the codes name (default: those in force).
    """
    try:
        drawn = geometry_for(units, level=detail(len(units)), on=on)
    except UnknownCommuneError:
        drawn = None
    if drawn is not None:
        kept = drawn.boundary_set
        return Shapes(
            drawn.collection,
            Quality(kept.quality),
            kept.source,
            kept.licence,
            kept.valid_from.isoformat(),
        )
    seats = {
        code: (unit.seat_lat, unit.seat_lon)
        for code, unit in units.items()
        if unit.seat_lat is not None and unit.seat_lon is not None
    }
    dated = max(unit.valid_from for unit in units.values()).isoformat()
    return Shapes(schematic_tiles(seats), Quality.SCHEMATIC, "vietnamadminunits", "MIT", dated)


def detail(n: int) -> Boundary.Detail:
    """The level at which so many communes are drawn: as fine as a document can carry."""
    if n <= PROVINCE:
        return Boundary.Detail.M100
    return Boundary.Detail.M300 if n <= REGION else Boundary.Detail.M800


def units_of_map(found: RunReader, kind: str) -> dict[str, AdminUnit]:
    """The communes of a map: of a model also those where nobody was asked."""
    return mapped_units(found) if kind == MODEL else units_of(found.run)


def specification(
    found: RunReader,
    indicator: str,
    units: dict[str, AdminUnit],
    shapes: Shapes,
    kind: str = DIRECT,
) -> MapSpec:
    """What the map of one indicator shows; its title says what kind of figures they are."""
    facts = found.run.report["round"]
    name, base, kind_name = found.name(indicator), found.base(indicator), KINDS[kind]
    unit = Unit.SCORE if found.definitions[indicator]["unit"] == "score" else Unit.SHARE
    note = _note(found)
    source = ", ".join(
        filter(None, (facts["sponsor"], facts["decision_number"], facts["field_agency"]))
    )
    return MapSpec(
        title_vi=f"{name.vi} ({kind_name.vi}) – {facts['name_vi']}",
        title_en=f"{name.en} ({kind_name.en}) – {facts['name_en']}",
        indicator_vi=name.vi,
        indicator_en=name.en,
        unit=unit,
        areas=tuple(
            _area(found, _figure(found, indicator, code, kind), units[code])
            for code in sorted(units)
        ),
        classes=_classes(found.definitions[indicator]["source"], unit),
        period=period(found.run),
        boundary_quality=shapes.quality,
        boundary_source=shapes.source,
        boundary_licence=shapes.licence,
        boundary_date=shapes.valid_from,
        base_vi=base.vi,
        base_en=base.en,
        source_vi=source,
        source_en=source,
        note_vi=note.vi,
        note_en=note.en,
        kind_vi=kind_name.vi,
        kind_en=kind_name.en,
    )


def _note(found: RunReader) -> Names:
    """What must be said under every map: made-up data, another definition of the population."""
    run = found.run
    counted = benchmark(run)
    vi, en = [], []
    if is_synthetic(run):
        vi, en = [SYNTHETIC_VI], [SYNTHETIC_EN]
    if counted is not BENCHMARKS["usual_resident"]:
        vi.append(f"Số dân đối chiếu: {counted.vi}.")
        en.append(f"Benchmark: {counted.en}.")
    return Names(" ".join(vi), " ".join(en))


def _classes(source: str, unit: Unit) -> tuple[MapClass, ...]:
    breaks = SATISFACTION_BREAKS if source == "B" else READINESS_BREAKS
    scale = 100 if unit is Unit.SCORE else 1
    return fixed_classes([scale * each for each in breaks], maximum=float(scale))


def _figure(found: RunReader, indicator: str, code: str, kind: str) -> ShownFigure:
    """The figure of a commune of that kind; where nobody was asked, the one that says so."""
    if kind == DIRECT:
        return found.figure(indicator, COMMUNE, code)
    of_model = found.other(MODEL, indicator, code) or found.other(SYNTHETIC, indicator, code)
    return of_model or replace(
        found.figure(indicator, COMMUNE, code),
        publication=Estimate.Publication.NONE.value,
        reason=MISSING_CELL,
        estimate=None,
        lower=None,
        upper=None,
    )


def _area(found: RunReader, figure: ShownFigure, unit: AdminUnit) -> MapArea:
    status = _STATUS[figure.publication]
    if status is Status.UNPUBLISHED and not figure.n and "confidential" not in figure.flags:
        status = Status.MISSING
    reason = figure.reason
    if figure.method == SYNTHETIC and figure.is_shown:
        status, reason = Status.CAUTION, UNMEASURED
    elif status is Status.CAUTION and not reason.vi:
        reason = CAUTION
    return MapArea(
        code=unit.code,
        name=unit.full_name,
        status=status,
        estimate=figure.estimate,
        lower=_within(figure, figure.lower),
        upper=_within(figure, figure.upper),
        n=figure.n,
        n_eff=figure.n_eff,
        reason_vi=reason.vi,
        reason_en=reason.en or reason.vi,
        label=unit.name,
        url=reverse("commune", args=[found.run.pk, unit.code]),
        against=_verdict(found, Comparison.Kind.PROVINCE, figure, _AGAINST),
        target=_verdict(found, Comparison.Kind.TARGET, figure, _TARGET),
        pattern=_pattern(found, figure),
    )


def _within(figure: ShownFigure, limit: float | None) -> float | None:
    """A limit of an interval, kept on the scale of its figure."""
    if limit is None or figure.unit not in ("share", "score"):
        return limit
    return min(max(limit, 0.0), 1.0 if figure.unit == "share" else 100.0)


def _pattern(found: RunReader, figure: ShownFigure) -> Pattern | None:
    """What the run found of a commune among its neighbours, where it looked at them."""
    known = found.run.report.get("patterns", {}).get("of", {}).get(figure.indicator, {})
    if "clusters" not in known or figure.method != DIRECT or not figure.is_shown:
        return None
    return Pattern(known["clusters"].get(figure.domain, Pattern.NOT_TOLD_APART.value))


def _verdict(
    found: RunReader, kind: Comparison.Kind, figure: ShownFigure, words: Mapping[str, Verdict]
) -> Verdict | None:
    """What the run stored of a shown figure against the whole or a target."""
    key = (kind.value, figure.indicator, COMMUNE, figure.domain, figure.method)
    row = found.comparisons.get(key)
    return words.get(row.verdict) if row is not None and figure.is_shown else None
