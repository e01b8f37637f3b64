"""Whether a figure is shown: decided by the design, never by the figure or its own interval.

A rule on the result (a narrow interval, a small CV) picks the extremes: shares near 0 or 1 have the
narrowest intervals, so that what passes is biased and its intervals do not cover. n, PSUs and
n / pooled design effect say nothing about the figure of the cell.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite, sqrt
from typing import Final


class Shown(StrEnum):
    """What a reader gets to see."""

    PUBLISH = "publish"
    CAUTION = "caution"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Rule:
    """Thresholds of one round; the defaults are those of the instruments."""

    publish_n: int = 50
    publish_n_eff: float = 30
    publish_psus: int = 6
    caution_n: int = 30
    caution_n_eff: float = 15
    caution_psus: int = 4
    disclosure_n: int = 5
    sensitive_n: int = 10
    extreme_n: int = 30


DEFAULT_RULE: Final = Rule()


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a cell is shown and, unless it is simply published, why and what to read instead."""

    shown: Shown
    reason_vi: str = ""
    reason_en: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """The same words in Vietnamese and English."""

    vi: str
    en: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """The design quantities of one cell; `n_eff` = n / pooled design effect."""

    n: int
    n_eff: float
    n_psu: int

    def reaches(self, need: Evidence) -> bool:
        """Whether it meets all three thresholds."""
        return self.n >= need.n and self.n_eff >= need.n_eff and self.n_psu >= need.n_psu


@dataclass(frozen=True, slots=True)
class Spread:
    """What the pooled design effect is made from: one cell's n, standard error and deff."""

    n: int
    se: float | None
    deff: float | None


INSTEAD_VI: Final = "Hãy xem con số chung của cả đợt khảo sát."
INSTEAD_EN: Final = "Read the figure of the whole round instead."
FEW_ANSWERS: Final = Verdict(
    Shown.NONE,
    "Có câu hỏi của chỉ số được dưới 30 người trả lời ở đây nên không tính chỉ số. " + INSTEAD_VI,
    "An item of the index has fewer than 30 answers here, so the index is not computed. "
    + INSTEAD_EN,
)
NO_ANSWERS: Final = Verdict(
    Shown.NONE, "Không có ai trả lời câu này ở đây.", "Nobody answered this question here."
)


def classify(n: int, n_eff: float, n_psu: int, rule: Rule = DEFAULT_RULE) -> Verdict:
    """Class of one cell by its design quantities.

    Parameters
    ----------
    n : answering persons (or households).
    n_eff : n divided by the round's pooled design effect of the indicator.
    n_psu : villages with answers.
    rule : thresholds of the round.

    Returns
    -------
    Verdict

    Examples
    --------
    >>> classify(320, 160.0, 16).shown
    <Shown.PUBLISH: 'publish'>
    >>> classify(96, 48.0, 3).shown
    <Shown.NONE: 'none'>
    """
    if n <= 0:
        return NO_ANSWERS
    cell = Evidence(n, n_eff, n_psu)
    publish = Evidence(rule.publish_n, rule.publish_n_eff, rule.publish_psus)
    caution = Evidence(rule.caution_n, rule.caution_n_eff, rule.caution_psus)
    if cell.reaches(publish):
        return Verdict(Shown.PUBLISH)
    if cell.reaches(caution):
        short = _short(cell, publish)
        return Verdict(
            Shown.CAUTION,
            f"Con số chưa chắc chắn: {short.vi}. Chỉ nên xem khoảng, không nên xếp hạng.",
            f"Uncertain: {short.en}. Read the interval; do not rank by it.",
        )
    short = _short(cell, caution)
    return Verdict(
        Shown.NONE,
        f"Không đủ để công bố riêng: {short.vi}. {INSTEAD_VI}",
        f"Not enough to be published alone: {short.en}. {INSTEAD_EN}",
    )


def of_the_whole(verdict: Verdict) -> Verdict:
    """The verdict on the figure of the whole round: its reason cannot send a reader there.

    Examples
    --------
    >>> of_the_whole(classify(20, 20, 9)).reason_en
    'Not enough to be published alone: 20 answers (30 needed).'
    """
    return Verdict(
        verdict.shown,
        verdict.reason_vi.removesuffix(INSTEAD_VI).rstrip(),
        verdict.reason_en.removesuffix(INSTEAD_EN).rstrip(),
    )


def classify_all(cells: Iterable[Evidence], rule: Rule = DEFAULT_RULE) -> tuple[Verdict, ...]:
    """`classify` for many cells.

    Examples
    --------
    >>> [verdict.shown.value for verdict in classify_all([Evidence(60, 40, 8), Evidence(8, 8, 1)])]
    ['publish', 'none']
    """
    return tuple(classify(cell.n, cell.n_eff, cell.n_psu, rule) for cell in cells)


def pooled_deff(cells: Iterable[Spread]) -> float | None:
    """The round's design effect of an indicator, from its areas.

    Parameters
    ----------
    cells : the areas (communes) of the round.

    Returns
    -------
    float or None
        sum n V / sum n V_srs over the areas, V_srs = V / deff: a ratio of sums, because the
        design effect of one area of a few villages is mostly noise. At least 1. None if no area
        has a variance.

    Examples
    --------
    >>> pooled_deff([Spread(100, 0.06, 1.5), Spread(100, 0.06, 2.5)])
    1.875
    """
    above = below = 0.0
    for cell in cells:
        if cell.se and cell.deff and isfinite(cell.se) and cell.deff > 0:
            above += cell.n * cell.se**2
            below += cell.n * cell.se**2 / cell.deff
    return max(1.0, above / below) if below > 0 else None


def expected_half_width(n_eff: float) -> float | None:
    """Half-width in points to expect at 50 %: 1.96 × 50 / √n_eff.

    Examples
    --------
    >>> round(expected_half_width(96.04), 1)
    10.0
    """
    return 98 / sqrt(n_eff) if n_eff > 0 else None


def _short(cell: Evidence, need: Evidence) -> Words:
    """What falls short of the thresholds, in words a reader without statistics understands."""
    vi, en = [], []
    if cell.n < need.n:
        vi.append(f"{cell.n} người trả lời (cần {need.n})")
        en.append(f"{cell.n} answers ({need.n} needed)")
    if cell.n_psu < need.n_psu:
        vi.append(f"{cell.n_psu} thôn, tổ dân phố (cần {need.n_psu})")
        en.append(f"{cell.n_psu} villages ({need.n_psu} needed)")
    if cell.n_eff < need.n_eff:
        vi.append(
            f"cỡ mẫu hiệu dụng {int(cell.n_eff)} (cần {need.n_eff:.0f}) vì người cùng thôn trả "
            "lời giống nhau"
        )
        en.append(
            f"effective sample size {int(cell.n_eff)} ({need.n_eff:.0f} needed), as people of one "
            "village answer alike"
        )
    return Words("; ".join(vi), "; ".join(en))
