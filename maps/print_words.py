"""The words that only printed maps and data files carry, Vietnamese first and English."""

from collections.abc import Mapping
from typing import Final

from maps.numbers import number
from maps.phrases import phrase, quality
from maps.specification import Language, MapSpec, Quality, Status

WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "kind": ("Loại số liệu", "Kind of figure"),
    "n": ("{0} người trả lời", "{0} answers"),
    "count": ("{0} đơn vị", "{0} areas"),
    "one": ("1 đơn vị", "1 area"),
    "not_to_scale": ("Không theo tỷ lệ", "Not to scale"),
    "islands": ("Quần đảo Hoàng Sa và Trường Sa", "Hoàng Sa and Trường Sa archipelagos"),
    "hoang_sa": ("Quần đảo Hoàng Sa\n(TP Đà Nẵng)", "Hoàng Sa archipelago\n(Đà Nẵng city)"),
    "truong_sa": (
        "Quần đảo Trường Sa\n(tỉnh Khánh Hòa)",
        "Trường Sa archipelago\n(Khánh Hòa province)",
    ),
    "undrawn": (
        "{0} đơn vị có số liệu nhưng không có hình vẽ",
        "{0} areas have figures and no shape",
    ),
    "code": ("Mã", "Code"),
    "page": ("Trang {0}/{1}", "Page {0}/{1}"),
    "and_more": ("và {0} lý do khác, xem bảng", "and {0} more reasons, see the table"),
    "caution": ("Đọc thận trọng (gạch chéo trên màu)", "Read with caution (lines on a colour)"),
    "published": ("Công bố", "Published"),
    "no_interval": ("không có khoảng tin cậy", "no interval"),
    "licence": ("Giấy phép", "Licence"),
    "dated": ("có hiệu lực từ", "in force from"),
}
STAMPS: Final[Mapping[Quality, tuple[str, str]]] = {
    Quality.LEGAL: ("RANH GIỚI PHÁP LÝ", "LEGAL BOUNDARIES"),
    Quality.THIRD_PARTY: (
        "RANH GIỚI TỪ BÊN THỨ BA – KHÔNG CÓ GIÁ TRỊ PHÁP LÝ",
        "THIRD-PARTY BOUNDARIES – NO LEGAL STANDING",
    ),
    Quality.SCHEMATIC: (
        "SƠ ĐỒ – KHÔNG PHẢI ĐỊA GIỚI HÀNH CHÍNH",
        "SCHEMATIC – NOT ADMINISTRATIVE BORDERS",
    ),
}


def said(key: str, lang: Language, *values: str) -> str:
    """One of the words above, its places filled."""
    vi, en = WORDS[key]
    return (vi if lang is Language.VI else en).format(*values)


def stamp(value: Quality, lang: Language) -> str:
    """What the shapes are worth, in capitals."""
    vi, en = STAMPS[value]
    return vi if lang is Language.VI else en


def counted(count: int, lang: Language) -> str:
    """So many areas."""
    return said("one", lang) if count == 1 else said("count", lang, number(count, lang))


def status_label(status: Status, lang: Language) -> str:
    """A status in words."""
    if status is Status.PUBLISHED:
        return said("published", lang)
    return phrase(status.value, lang)


def subtitle(spec: MapSpec, lang: Language) -> list[str]:
    """Indicator; base and number of answers; period and kind of figure."""
    base = [f"{phrase('base', lang)}: {spec.text('base', lang)}"] if spec.base_vi else []
    answers = [area.n for area in spec.areas if area.n is not None]
    if answers:
        base.append(said("n", lang, number(sum(answers), lang)))
    period = [f"{phrase('period', lang)}: {spec.period}"] if spec.period else []
    if spec.kind_vi:
        period.append(f"{said('kind', lang)}: {spec.text('kind', lang)}")
    indicator = spec.text("indicator", lang)
    facts = [indicator, "; ".join(base), "; ".join(period)]
    return [fact for fact in facts if fact and fact != spec.text("title", lang)]


def sources(spec: MapSpec, lang: Language, undrawn: int) -> list[str]:
    """What stands at the foot: note, data, shapes with licence and date."""
    facts = []
    if spec.note_vi:
        facts.append(f"{phrase('note', lang)}: {spec.text('note', lang)}")
    if undrawn:
        facts.append(f"{said('undrawn', lang, number(undrawn, lang))}.")
    if spec.source_vi:
        facts.append(f"{phrase('source', lang)}: {spec.text('source', lang)}")
    shapes = [quality(spec.boundary_quality, lang), spec.boundary_source]
    if spec.boundary_date:
        shapes.append(f"{said('dated', lang)} {spec.boundary_date}")
    if spec.boundary_licence:
        shapes.append(f"{phrase('licence', lang)} {spec.boundary_licence}")
    facts.append(f"{phrase('boundaries', lang)}: {'; '.join(each for each in shapes if each)}")
    return facts
