"""Small maps that several tests draw."""

from typing import Any

from maps.classes import fixed_classes
from maps.specification import MapArea, MapSpec, Quality, Status, Unit
from maps.tiles import schematic_tiles

SEATS = {
    "16228": (19.6563, 105.542),
    "16234": (19.7673, 105.481),
    "16249": (19.6851, 105.598),
    "16258": (19.5412, 105.516),
    "16264": (19.5587, 105.599),
    "16273": (19.4442, 105.596),
}
TILES = schematic_tiles(SEATS)
TOO_FEW_VI = "Chỉ có 1 thôn trong mẫu; cần ít nhất 4 thôn. Hãy đọc số liệu chung của vùng."
TOO_FEW_EN = "Only 1 village sampled; at least 4 are needed. Read the figure of the whole area."
AREAS = (
    MapArea("16228", "xã Như Thanh", Status.PUBLISHED, 0.9012, 0.861, 0.931, 312, 198.4),
    MapArea("16234", "xã Xuân Du", Status.PUBLISHED, 0.864, 0.831, 0.897, 298, 177),
    MapArea(
        "16249", "xã Mậu Lâm", Status.CAUTION, 0.744, 0.655, 0.817, 1234, 88,
        "Cỡ mẫu hiệu dụng dưới 100.", "The effective sample is below 100.",
    ),
    MapArea(
        "16258", "xã Xuân Thái", Status.UNPUBLISHED, n=41,
        reason_vi=TOO_FEW_VI, reason_en=TOO_FEW_EN,
    ),
    MapArea("16264", "xã Yên Thọ", Status.PUBLISHED, 0.958, 0.92, 0.98, 305, 190, label="Yên Thọ"),
    MapArea(
        "16273", "xã Thanh Kỳ", Status.MISSING,
        reason_vi="Không có thôn nào được chọn.", reason_en="No village was sampled.",
    ),
)  # fmt: skip
HOSTILE = '</script><img src=x onerror="window.pwned=1">${window.pwned=2}`{{7*7}}{%x%}\\\''


def spec(areas: tuple[MapArea, ...] = AREAS, **changes: Any) -> MapSpec:
    """A complete specification, some fields changed."""
    fields: dict[str, Any] = {
        "title_vi": "Mức độ hài lòng theo xã",
        "title_en": "Satisfaction by commune",
        "indicator_vi": "Tỷ lệ người hài lòng với lần giải quyết thủ tục gần nhất",
        "indicator_en": "Share satisfied with their latest procedure",
        "unit": Unit.SHARE,
        "areas": areas,
        "classes": fixed_classes(),
        "period": "10–11/2026",
        "boundary_quality": Quality.SCHEMATIC,
        "boundary_source": "vietnamadminunits 1.0.4",
        "boundary_licence": "MIT",
        "boundary_date": "01/07/2025",
        "base_vi": "Người từ 18 tuổi đã làm thủ tục trong 12 tháng",
        "base_en": "Adults who used a procedure in the last 12 months",
        "source_vi": "Khảo sát thử nghiệm (dữ liệu tổng hợp)",
        "source_en": "Trial survey (synthetic data)",
        "note_vi": "Không phải chỉ số SIPAS.",
        "note_en": "Not a SIPAS figure.",
        **changes,
    }
    return MapSpec(**fields)


def hostile_spec() -> MapSpec:
    """Every text that people can write is an attack."""
    areas = (
        MapArea("16228", HOSTILE, Status.PUBLISHED, 0.9, 0.8, 0.95, 312, 198, label=HOSTILE),
        MapArea(
            "16234", HOSTILE, Status.UNPUBLISHED, n=9, reason_vi=HOSTILE, reason_en=HOSTILE,
            url=f"/x?{HOSTILE}",
        ),
    )  # fmt: skip
    texts = ("title", "indicator", "base", "source", "note")
    changed = {f"{name}_{lang}": HOSTILE for name in texts for lang in ("vi", "en")}
    boundary = {f"boundary_{name}": HOSTILE for name in ("source", "licence", "date")}
    return spec(areas, period=HOSTILE, **changed, **boundary)
