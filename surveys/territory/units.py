"""Administrative units: loading the shipped list, and finding units by code."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from surveys.territory.links import in_use, load_links
from surveys.territory.models import AdminLink, AdminUnit, Level, UnitTitle
from surveys.territory.shipped import BATCH, REFORM, Row, rows

# Letter 1027/CTK-CSCL and lists made from it carry the left code for the commune in force at right.
ALIASES = {"06970": "06978", "23737": "23938"}

# Seats that earlier versions of the list gave to each other's commune (see data/README.md).
CORRECTED_SEATS = ("04924", "08296", "10999", "11050", "28615", "30130")

TOLD = 20  # unknown codes that a message names

Key = tuple[str, str, date]  # code, level, valid_from


class UnknownCommuneError(LookupError):
    """Codes that no commune carries on the day asked for, with the units that may be meant."""

    def __init__(
        self, codes: Iterable[str], candidates: Mapping[str, Sequence[AdminUnit]] | None = None
    ) -> None:
        self.codes = tuple(codes)
        self.candidates = candidates or {}
        listed = "; ".join(self.told()[:TOLD])
        self.message_vi = (
            f"Không có xã, phường nào mang mã {listed}. Mã gồm 5 chữ số, giữ cả số 0 ở đầu; mũi "
            "tên chỉ xã có thể được nói tới. Hãy kiểm tra mã theo Quyết định 19/2025/QĐ-TTg."
        )
        self.message_en = (
            f"No commune has the code {listed}. Codes have 5 digits, leading zeros included; the "
            "arrow names what may be meant. Check them against Decision 19/2025/QĐ-TTg."
        )
        super().__init__(self.message_en)

    def told(self) -> list[str]:
        """Each code with its candidates: 16231 → xã Như Thanh (16228)."""
        return [
            f"{code} → {', '.join(str(unit) for unit in self.candidates.get(code, ())) or '?'}"
            for code in self.codes
        ]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What `load_units` added; all zero on a second run."""

    units: int
    links: int


def load_units(provinces: Collection[str] | None = None) -> Loaded:
    """Store the shipped units and links; what is there stays, but for seats put right since. Safe
    to run again.

    `provinces` (codes of today) limits it to their communes in force, without history or links:
    enough for a survey of some of them.
    """
    units = rows("units.csv")
    if provinces is not None:
        here = [row for row in units if not row["valid_to"]]
        units = [row for row in here if row["code"] in provinces or row["parent"] in provinces]
    with transaction.atomic():
        stored = _stored()
        before = len(stored)
        for level in (Level.PROVINCE, Level.DISTRICT, Level.COMMUNE):
            _add_units([row for row in units if row["level"] == level], stored)
        _correct_seats(units)
        _add_titles(stored)
        links = load_links(stored) if provinces is None else 0
        added = Loaded(units=len(stored) - before, links=links)
        if added != Loaded(0, 0):
            _count_anew()
        return added


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
        raise UnknownCommuneError(missing, candidates(missing, on))
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


def candidates(codes: Collection[str], on: date | None = None) -> dict[str, list[AdminUnit]]:
    """For codes that nobody carries on a day, the units of that day that their bearers of other
    days became, or were made of.
    """
    is_earlier = on is not None and on < REFORM
    other, unit = ("new", "old") if is_earlier else ("old", "new")
    # Their keys first: PostgreSQL without statistics plans both joins at once badly.
    bearers = AdminUnit.objects.filter(code__in=codes, level=Level.COMMUNE)
    links = in_use().filter(**{f"{other}__in": list(bearers.values_list("pk", flat=True))})
    found: dict[str, list[AdminUnit]] = {}
    for link in links.select_related("old", "new").order_by(f"{unit}__code"):
        found.setdefault(getattr(link, other).code, []).append(getattr(link, unit))
    return found


def successors(code: str) -> list[AdminUnit]:
    """What the old commune of this code went into: the candidates for an old code in a new file."""
    links = in_use().filter(old__code=code, old__level=Level.COMMUNE)
    return list(AdminUnit.objects.filter(predecessors__in=links).order_by("code"))


def title_on(unit: AdminUnit, day: date) -> str:
    """Type and name of a unit on a day of its life: what was xã Long Thành is phường Long Thành."""
    held = unit.titles.filter(valid_from__lte=day).order_by("-valid_from").first()
    if held is None:
        return unit.full_name
    return AdminUnit(type=held.type, name=held.name).full_name


def retitle(unit: AdminUnit, type_: str, name: str, *, since: date, source: str) -> None:
    """Store what a unit is called from a day on; it carries the newest, and the first is kept."""
    if not unit.titles.exists():
        unit.titles.create(
            type=unit.type, name=unit.name, valid_from=unit.valid_from, source="units.csv"
        )
    unit.titles.create(type=type_, name=name, valid_from=since, source=source)
    newest = unit.titles.latest("valid_from")
    AdminUnit.objects.filter(pk=unit.pk).update(type=newest.type, name=newest.name)


def _count_anew() -> None:
    """Have PostgreSQL look at the new rows at once: until it does, joins of them take minutes."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for model in (AdminUnit, AdminLink):
                cursor.execute(f'ANALYZE "{model._meta.db_table}"')


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


def _correct_seats(rows: list[Row]) -> None:
    said = {row["code"]: row for row in rows if row["level"] == Level.COMMUNE and row["seat_lat"]}
    wrong = []
    for unit in in_force().filter(code__in=CORRECTED_SEATS):
        row = said.get(unit.code)
        seat = row and (_number(row["seat_lat"]), _number(row["seat_lon"]))
        if seat and (unit.seat_lat, unit.seat_lon) != seat:
            unit.seat_lat, unit.seat_lon = seat
            wrong.append(unit)
    AdminUnit.objects.bulk_update(wrong, ["seat_lat", "seat_lon"])


def _number(text: str) -> float | None:
    return float(text) if text else None


def _add_titles(stored: dict[Key, int]) -> None:
    """Later changes of type or name."""
    changed = [row for row in rows("titles.csv") if _founded(row) in stored]
    known = set(UnitTitle.objects.values_list("unit_id", "valid_from"))
    for row in changed:
        unit = AdminUnit.objects.get(pk=stored[_founded(row)])
        start = date.fromisoformat(row["valid_from"])
        if (unit.pk, start) not in known:
            retitle(unit, row["type"], row["name"], since=start, source=row["source"])


def _founded(row: Row) -> Key:
    return row["code"], row["level"], REFORM
