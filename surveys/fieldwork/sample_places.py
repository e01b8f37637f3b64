"""Where a village lies: its commune by code and day, and its point."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from surveys.fieldwork.sample_values import Cells
from surveys.territory import units
from surveys.territory.models import AdminUnit, Level

# Việt Nam with its islands
LATITUDES = (7.0, 24.0)
LONGITUDES = (102.0, 118.0)


@dataclass(frozen=True, slots=True)
class Communes:
    """All communes, of any time, under the codes that a file holds."""

    by_code: dict[str, list[AdminUnit]]

    @classmethod
    def of(cls, codes: Iterable[str]) -> "Communes":
        wanted = {code.zfill(5) for code in codes}
        wanted |= {units.ALIASES[code] for code in wanted if code in units.ALIASES}
        found: dict[str, list[AdminUnit]] = defaultdict(list)
        stored = AdminUnit.objects.filter(level=Level.COMMUNE, code__in=wanted)
        for unit in stored.order_by("valid_from"):
            found[unit.code].append(unit)
        return cls(dict(found))

    def find(self, cells: Cells) -> AdminUnit | None:
        """The commune in force of a row; anything else is a finding with what to write instead."""
        code = cells.text("commune_code", 20)
        day = cells.day("admin_version")
        if not code or day is None:
            return None
        bearers = self.by_code.get(units.ALIASES.get(code, code), [])
        now = next((unit for unit in bearers if unit.valid_to is None), None)
        if now is not None and day >= now.valid_from:
            return now
        if bearers:
            self._say_old(cells, code, day, now)
        elif code.isdigit() and len(code) < 5 and code.zfill(5) in self.by_code:
            cells.say(
                "commune_code",
                f"“{code}” đã mất số 0 ở đầu.",
                f'"{code}" lost its leading zero.',
                f"Ghi {code.zfill(5)}; trong Excel đặt cột ở dạng Văn bản (Text) trước khi gõ.",
                f"Write {code.zfill(5)}; in Excel set the column to Text before typing.",
            )
        else:
            cells.say(
                "commune_code",
                f"không có xã, phường nào mang mã “{code}”.",
                f'no commune has the code "{code}".',
                "Kiểm tra mã theo Quyết định 19/2025/QĐ-TTg. Nếu mọi mã đều báo lỗi, nhờ quản trị "
                "nạp danh mục đơn vị hành chính.",
                "Check it against Decision 19/2025/QĐ-TTg. If every code is refused, have the "
                "administrator load the list of units.",
            )
        return None

    def _say_old(self, cells: Cells, code: str, day: date, now: AdminUnit | None) -> None:
        heirs = units.successors(code)
        names = "; ".join(f"{unit.code} {unit.full_name}" for unit in heirs)
        if not names and now is not None:
            names = f"{now.code} {now.full_name}"
        old = next((unit for unit in self.by_code[code] if unit.valid_to is not None), None)
        label = f"{code} ({old.full_name})" if old else code
        cells.say(
            "commune_code",
            f"mã {label} theo ngày {day} là xã trước khi sắp xếp ngày 1/7/2025.",
            f"code {label} as of {day} is a commune from before 1 July 2025.",
            f"Xem thôn này nay thuộc xã nào: {names or 'không rõ'}; ghi mã mới và admin_version "
            "2025-07-01.",
            f"Find where the village lies now: {names or 'unknown'}; write the new code and "
            "admin_version 2025-07-01.",
        )


def point(cells: Cells) -> tuple[float | None, float | None]:
    """Latitude and longitude; both or none."""
    lat = cells.number("lat", required=False)
    lon = cells.number("lon", required=False)
    if lat is None and lon is None:
        return None, None
    if lat is not None and lon is not None:
        if _within(lat, LATITUDES) and _within(lon, LONGITUDES):
            return lat, lon
        is_swapped = _within(lon, LATITUDES) and _within(lat, LONGITUDES)
        cells.say(
            "lat",
            "vĩ độ và kinh độ bị đổi chỗ." if is_swapped else "toạ độ nằm ngoài Việt Nam.",
            "latitude and longitude are swapped." if is_swapped else "the point is not in Vietnam.",
            "lat là vĩ độ (7–24), lon là kinh độ (102–118), hệ WGS 84, đơn vị độ.",
            "lat is the latitude (7–24), lon the longitude (102–118), WGS 84, degrees.",
        )
    elif not (cells.raw("lat") and cells.raw("lon")):
        cells.say(
            "lat",
            "chỉ có một trong hai toạ độ.",
            "only one of the two coordinates is there.",
            "Điền cả lat và lon, hoặc bỏ trống cả hai.",
            "Fill in both lat and lon, or neither.",
        )
    return None, None


def _within(value: float, span: tuple[float, float]) -> bool:
    return span[0] <= value <= span[1]
