"""Small files to copy: what each upload about areas looks like."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from surveys.fieldwork.area_tables import csv_file, xlsx_file


@dataclass(frozen=True, slots=True)
class Example:
    """Column names and some rows; texts, as in the files themselves."""

    name: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def as_csv(self) -> bytes:
        return csv_file(self.head, iter(self.rows))

    def as_xlsx(self) -> bytes:
        return xlsx_file(self.head, iter(self.rows), self.name)


_ALL: Final = (
    Example(
        "population",
        ("code", "group", "count", "definition", "source", "date"),
        (
            ("16228", "15+", "15210", "registered", "Công an tỉnh", "2026-01-01"),
            ("16228", "18+", "14020", "registered", "Công an tỉnh", "2026-01-01"),
            ("16228", "households", "5130", "registered", "Công an tỉnh", "2026-01-01"),
        ),
    ),
    Example(
        "villages",
        ("village_id", "name", "commune", "from", "became", "how", "source"),
        (
            ("thon-dong", "Thôn Đồng", "16228", "2025-07-01", "", "", "Danh sách thôn 2025"),
            ("thon-dong", "", "16264", "2026-03-01", "", "", "Nghị quyết 12/NQ-HĐND"),
            ("thon-bai", "Thôn Bãi", "16264", "2025-07-01", "", "", "Danh sách thôn 2025"),
            ("thon-bai", "", "", "2026-05-01", "thon-dong", "merged", "Nghị quyết 15/NQ-HĐND"),
        ),
    ),
    Example(
        "pairs",
        ("old", "new", "verdict", "share", "source"),
        (
            ("16264", "16228", "accepted", "0.35", "Sổ hộ khẩu thôn 2025"),
            ("16264", "16264", "accepted", "0.65", "Sổ hộ khẩu thôn 2025"),
        ),
    ),
    Example(
        "titles",
        ("code", "level", "type", "name", "valid_from", "source"),
        (("26368", "commune", "Phường", "Long Thành", "2026-04-30", "237/NQ-UBTVQH16"),),
    ),
    Example("counts", ("code", "count"), (("16258", "1240"), ("16249", "2310"))),
    Example(
        "rates",
        ("code", "numerator", "denominator"),
        (("16258", "310", "1240"), ("16249", "800", "2310")),
    ),
    Example(
        "series",
        ("code", "date", "count"),
        (
            ("16258", "2024-12-31", "1180"),
            ("16258", "2025-12-31", "1240"),
            ("16258", "2026-06-30", "1255"),
        ),
    ),
    Example("people", ("code", "count"), (("16228", "9800"), ("16231", "4100"))),
    Example(
        "village_counts",
        ("village_id", "count"),
        (("thon-dong", "120"), ("thon-bai", "85")),
    ),
)
EXAMPLES: Final[Mapping[str, Example]] = {each.name: each for each in _ALL}
