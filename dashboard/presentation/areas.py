"""Converted figures as a page shows them."""

from collections import Counter
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from surveys.fieldwork.area_conversion import Conversion
from surveys.fieldwork.area_files import Figure
from surveys.territory.conversion import Kind

MOST_SHOWN: Final = 300
TAGS: Final = {Kind.EXACT: "is-good", Kind.AGGREGATED: "is-good", Kind.APPORTIONED: "is-warn"}
WORDS: Final = {
    Kind.EXACT: _("nguyên địa bàn"),
    Kind.AGGREGATED: _("cộng nguyên xã"),
    Kind.APPORTIONED: _("chia theo tỷ lệ"),
    Kind.IMPOSSIBLE: _("không quy đổi được"),
}
MEANINGS: Final = {
    Kind.EXACT: _("Cùng một địa bàn, có thể mang mã khác."),
    Kind.AGGREGATED: _("Các xã nhập nguyên vẹn, cộng lại."),
    Kind.APPORTIONED: _("Xã bị chia, phân theo tỷ lệ dân số; không nêu được sai số."),
    Kind.IMPOSSIBLE: _("Thiếu tỷ lệ hoặc số liệu; chỉ chắc chắn khoảng từ – đến."),
}


@dataclass(frozen=True, slots=True)
class Shown:
    figure: Figure
    word: Promise
    tag: str


@dataclass(frozen=True, slots=True)
class Tally:
    """How many figures came about in one way, and what that means."""

    word: Promise
    meaning: Promise
    tag: str
    n: int


@dataclass(frozen=True, slots=True)
class Preview:
    """The first figures, and how many there are of each kind."""

    rows: tuple[Shown, ...]
    n: int
    tallies: tuple[Tally, ...]
    unplaced: tuple[str, ...]
    is_series: bool

    @property
    def is_cut(self) -> bool:
        return self.n > len(self.rows)


def preview(found: Conversion) -> Preview:
    """What the page shows of a conversion."""
    kinds = Counter(each.kind for each in found.figures)
    return Preview(
        rows=tuple(
            Shown(each, WORDS[each.kind], TAGS.get(each.kind, "is-bad"))
            for each in found.figures[:MOST_SHOWN]
        ),
        n=len(found.figures),
        tallies=tuple(
            Tally(WORDS[kind], MEANINGS[kind], TAGS.get(kind, "is-bad"), kinds[kind])
            for kind in Kind
            if kinds[kind]
        ),
        unplaced=found.unplaced,
        is_series=found.is_series,
    )
