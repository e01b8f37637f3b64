"""Administrative units: loading the shipped list, and finding units by code."""

import csv
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.db import transaction
from django.db.models import Q, QuerySet

from surveys.territory.models import AdminLink, AdminUnit, Level

DATA = Path(__file__).parent / "data"
REFORM = date(2025, 7, 1)
LINK_SOURCE = "vietnamadminunits 1.0.4"
# Letter 1027/CTK-CSCL and lists made from it carry the left code for the commune in force at right.
ALIASES = {"06970": "06978", "23737": "23938"}
BATCH = 1000

Row = dict[str, str]
Key = tuple[str, str, date]  # code, level, valid_from


class UnknownCommuneError(LookupError):
    """Codes that no commune carries on the day asked for."""

    def __init__(self, codes: Iterable[str]) -> None:
        self.codes = tuple(codes)
        listed = ", ".join(self.codes)
        self.message_vi = (
            f"Không có xã, phường nào mang mã {listed}. Mã gồm 5 chữ số, giữ cả số 0 ở đầu; "
            "hãy kiểm tra mã theo Quyết định 19/2025/QĐ-TTg."
        )
        self.message_en = (
            f"No commune has the code {listed}. Codes have 5 digits, leading zeros included; "
            "check them against Decision 19/2025/QĐ-TTg."
        )
        super().__init__(self.message_en)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What `load_units` added; all zero on a second run."""

    units: int
    links: int


def load_units(provinces: Collection[str] | None = None) -> Loaded:
    """Store the shipped units and links; what is there stays. Safe to run again.

    `provinces` (codes of today) limits it to their communes in force, without history or links:
    enough for a survey of some of them.
    """
    units, links = _read("units.csv"), _read("links.csv")
    if provinces is not None:
        here = [row for row in units if not row["valid_to"]]
        units = [row for row in here if row["code"] in provinces or row["parent"] in provinces]
        links = []
    with transaction.atomic():
        stored = _stored()
        before = len(stored)
        for level in (Level.PROVINCE, Level.DISTRICT, Level.COMMUNE):
            _add_units([row for row in units if row["level"] == level], stored)
        return Loaded(units=len(stored) - before, links=_add_links(links, stored))


def communes(codes: Iterable[str], *, on: date | None = None) -> list[AdminUnit]:
    """The communes of these codes in the order given, valid on the day (default: in force).

    Codes without their leading zeros and known alias codes are understood.
    Raises `UnknownCommuneError` naming every code that is not found.
    """
    wanted = [str(code).strip().zfill(5) for code in codes]
    lookup = {*wanted, *(ALIASES[code] for code in wanted if code in ALIASES)}
    found = {unit.code: unit for unit in in_force(on).filter(code__in=lookup)}
    units = [found.get(code) or found.get(ALIASES.get(code, "")) for code in wanted]
    missing = [code for code, unit in zip(wanted, units, strict=True) if unit is None]
    if missing:
        raise UnknownCommuneError(missing)
    return [unit for unit in units if unit is not None]


def seats(codes: Iterable[str], *, on: date | None = None) -> dict[str, tuple[float, float]]:
    """Latitude and longitude of the seats, by code; communes without a known seat are left out.

    Raises `UnknownCommuneError` as `communes` does. Old communes (before 1 July 2025) have none.
    """
    return {
        unit.code: (unit.seat_lat, unit.seat_lon)
        for unit in communes(codes, on=on)
        if unit.seat_lat is not None and unit.seat_lon is not None
    }


def in_force(on: date | None = None, level: Level = Level.COMMUNE) -> QuerySet[AdminUnit]:
    """All units of a level that are valid on the day (default: still valid)."""
    units = AdminUnit.objects.filter(level=level).select_related("parent")
    if on is None:
        return units.filter(valid_to=None)
    return units.filter(Q(valid_to=None) | Q(valid_to__gt=on), valid_from__lte=on)


def successors(code: str) -> list[AdminUnit]:
    """What the old commune of this code went into: the candidates for an old code in a new file."""
    return list(
        AdminUnit.objects.filter(
            predecessors__old__code=code, predecessors__old__level=Level.COMMUNE
        ).order_by("code")
    )


def _read(name: str) -> list[Row]:
    with (DATA / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def _stored() -> dict[Key, int]:
    rows = AdminUnit.objects.values_list("code", "level", "valid_from", "pk")
    return {(code, level, start): pk for code, level, start, pk in rows}


def _key(row: Row) -> Key:
    return row["code"], row["level"], date.fromisoformat(row["valid_from"])


def _add_units(rows: list[Row], stored: dict[Key, int]) -> None:
    new = [_unit(row, stored) for row in rows if _key(row) not in stored]
    for unit in AdminUnit.objects.bulk_create(new, batch_size=BATCH):
        stored[unit.code, unit.level, unit.valid_from] = unit.pk


def _unit(row: Row, stored: dict[Key, int]) -> AdminUnit:
    code, level, start = _key(row)
    above = Level.PROVINCE if level == Level.DISTRICT or start == REFORM else Level.DISTRICT
    return AdminUnit(
        code=code,
        level=level,
        name=row["name"],
        type=row["type"],
        parent_id=stored[row["parent"], above, start] if row["parent"] else None,
        valid_from=start,
        valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
        seat_lat=_number(row["seat_lat"]),
        seat_lon=_number(row["seat_lon"]),
        area_km2=_number(row["area_km2"]),
    )


def _number(text: str) -> float | None:
    return float(text) if text else None


def _add_links(rows: list[Row], stored: dict[Key, int]) -> int:
    old = {(code, level): pk for (code, level, start), pk in stored.items() if start < REFORM}
    known = set(AdminLink.objects.values_list("old_id", "new_id"))
    links = [
        AdminLink(
            old_id=old[row["old"], row["old_level"]],
            new_id=stored[row["new"], Level.COMMUNE, REFORM],
            kind=row["kind"],
            source=LINK_SOURCE,
        )
        for row in rows
    ]
    new = [link for link in links if (link.old_id, link.new_id) not in known]
    AdminLink.objects.bulk_create(new, batch_size=BATCH)
    return len(new)
