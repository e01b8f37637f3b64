"""A CSV of figures by commune as a map: any figures, not only those of a run."""

import csv
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from maps.classes import READINESS_BREAKS, SATISFACTION_BREAKS, MapClass, fixed_classes
from maps.specification import MapArea, MapSpec, Status, Unit, Verdict
from maps.webmap import render_html
from surveys.collection.refusal import Refused
from surveys.results.report.maps import Shapes, shapes_of
from surveys.territory.models import AdminUnit
from surveys.territory.units import communes

COLUMNS: Final = (
    "code", "value", "low", "high", "n", "n_eff", "status", "reason_vi", "reason_en", "url",
    "differs", "target",
)  # fmt: skip
PRESETS: Final[Mapping[str, tuple[float, ...]]] = {
    "satisfaction": SATISFACTION_BREAKS,
    "readiness": READINESS_BREAKS,
}
_DIFFERS: Final = {each.value: each for each in Verdict} | {"": None}
_REASONS: Final = {
    Status.UNPUBLISHED: ("Không công bố.", "Not published."),
    Status.CAUTION: ("Cần thận trọng.", "Read with caution."),
    Status.MISSING: ("Tệp không có số liệu của xã này.", "The file has no figure of this commune."),
    Status.PUBLISHED: ("", ""),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is said about the figures of a file.

    `goal` judges each area by its interval: met if all of it lies at or above the goal, not met if
    all of it lies below, else it cannot be told.
    """

    title_vi: str
    title_en: str = ""
    unit: Unit = Unit.SHARE
    breaks: tuple[float, ...] = SATISFACTION_BREAKS
    period: str = ""
    source: str = ""
    goal: float | None = None
    on: date | None = None
    language: str = "vi"
    base: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of the file and its number, for those who have to mend it."""

    number: int
    cells: Mapping[str, str] = field(repr=False)

    def text(self, column: str) -> str:
        return (self.cells.get(column) or "").strip()

    def figure(self, column: str) -> float | None:
        """A number or nothing; 12,5 is read as 12.5."""
        said = self.text(column)
        if not said:
            return None
        try:
            value = float(said.replace(",", "."))
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise Refused(400.185, line=self.number, said=f"{column}: “{said}”")
        return value


@dataclass(frozen=True, slots=True)
class FileMaps:
    """A specification per file, and the shapes under them."""

    specs: tuple[MapSpec, ...]
    shapes: Shapes


def map_file(source: Path, target: Path, wanted: Wanted, *, beside: Path | None = None) -> int:
    """Write the figures of `source` as a web map; gives how many communes it shows.

    Figures of a line that is `unpublished` or `missing` are not read at all. `beside` is a second
    file for a second panel.

    Raises
    ------
    Refused : a file that cannot be used, naming the line.
    UnknownCommuneError : a code that nobody carries on the day.
    """
    read = read_maps([path for path in (source, beside) if path is not None], wanted)
    document = render_html(
        read.specs[0],
        read.shapes.collection,
        wanted.language,
        beside=read.specs[1] if len(read.specs) > 1 else None,
    )
    target.write_text(document, encoding="utf-8")
    return len({area.code for spec in read.specs for area in spec.areas})


def read_maps(sources: Sequence[Path], wanted: Wanted) -> FileMaps:
    """What the maps of these files show, on the same shapes; raises as `map_file` does."""
    files = [_lines(path) for path in sources]
    codes = dict.fromkeys(line.text("code").zfill(5) for lines in files for line in lines)
    units = dict(zip(codes, communes(codes, on=wanted.on), strict=True))
    shapes = shapes_of({unit.code: unit for unit in units.values()}, on=wanted.on)
    return FileMaps(tuple(_specification(lines, units, shapes, wanted) for lines in files), shapes)


def _lines(path: Path) -> list[_Line]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            reader = csv.DictReader(handle)
            if not {"code", "value"} <= set(reader.fieldnames or ()):
                raise Refused(400.186, columns=", ".join(COLUMNS))
            return list(_once(_Line(number, row) for number, row in enumerate(reader, 2)))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Refused(400.124, path=str(path)) from error


def _once(lines: Iterator[_Line]) -> Iterator[_Line]:
    seen = set()
    for line in lines:
        code = line.text("code").zfill(5)
        if code in seen:
            raise Refused(400.129, line=line.number, commune=code)
        seen.add(code)
        yield line


def _specification(
    lines: list[_Line], units: Mapping[str, AdminUnit], shapes: Shapes, wanted: Wanted
) -> MapSpec:
    areas = tuple(_area(line, units[line.text("code").zfill(5)], wanted) for line in lines)
    try:
        return MapSpec(
            title_vi=wanted.title_vi,
            title_en=wanted.title_en or wanted.title_vi,
            indicator_vi=wanted.title_vi,
            indicator_en=wanted.title_en or wanted.title_vi,
            unit=wanted.unit,
            areas=areas,
            classes=_classes(areas, wanted),
            period=wanted.period,
            boundary_quality=shapes.quality,
            boundary_source=shapes.source,
            boundary_licence=shapes.licence,
            boundary_date=shapes.valid_from,
            source_vi=wanted.source,
            source_en=wanted.source,
            base_vi=wanted.base,
            base_en=wanted.base,
            kind_vi=wanted.kind,
            kind_en=wanted.kind,
        )
    except ValueError as error:
        raise Refused(400.187, said=str(error)) from error


def _classes(areas: tuple[MapArea, ...], wanted: Wanted) -> tuple[MapClass, ...]:
    """The scale of shares and scores is fixed; counts end at the first class or the largest."""
    if wanted.unit is not Unit.COUNT:
        return fixed_classes(wanted.breaks, maximum=1.0 if wanted.unit is Unit.SHARE else 100.0)
    most = max((area.estimate or 0.0 for area in areas), default=0.0)
    return fixed_classes(wanted.breaks, maximum=max(math.ceil(most), wanted.breaks[-1] + 1.0))


def _area(line: _Line, unit: AdminUnit, wanted: Wanted) -> MapArea:
    said = line.text("status")
    if said and said not in Status.__members__.values():
        raise Refused(400.185, line=line.number, said=f"status: “{said}”")
    value = line.figure("value") if said in ("", Status.PUBLISHED, Status.CAUTION) else None
    status = Status(said or (Status.MISSING if value is None else Status.PUBLISHED))
    low, high = (None if value is None else line.figure(each) for each in ("low", "high"))
    n, vi, en = line.figure("n"), *_REASONS[status]
    try:
        return MapArea(
            code=unit.code,
            name=unit.full_name,
            status=status,
            estimate=value,
            lower=value if low is None else low,
            upper=value if high is None else high,
            n=None if n is None else int(n),
            n_eff=line.figure("n_eff"),
            reason_vi=line.text("reason_vi") or vi,
            reason_en=line.text("reason_en") or en,
            url=line.text("url"),
            label=unit.name,
            within=unit.parent.name if unit.parent else "",
            against=None if value is None else _verdict(line, "differs"),
            target=None if value is None else _against_goal(line, low, high, wanted.goal),
        )
    except ValueError as error:
        raise Refused(400.185, line=line.number, said=str(error)) from error


def _verdict(line: _Line, column: str) -> Verdict | None:
    said = line.text(column)
    if said not in _DIFFERS:
        raise Refused(400.185, line=line.number, said=f"{column}: “{said}”")
    return _DIFFERS[said]


def _against_goal(
    line: _Line, low: float | None, high: float | None, goal: float | None
) -> Verdict | None:
    told = _verdict(line, "target")
    if told is not None or goal is None or low is None or high is None:
        return told
    if low >= goal:
        return Verdict.MET
    return Verdict.NOT_MET if high < goal else Verdict.UNCLEAR
