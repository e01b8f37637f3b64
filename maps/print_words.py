"""The words that only printed maps and data files carry, Vietnamese first and English."""

from collections.abc import Mapping
from typing import Final

from maps.numbers import number
from maps.phrases import phrase
from maps.specification import Language, Quality, Status

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
