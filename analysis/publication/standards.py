"""Rules of other offices, by name. They look at the result; ours does not.

A rule on the interval or the CV passes shares near 0 and 1 more easily than those in the middle,
and of two equal samples the one that came out extreme. What it shows is biased towards the
extremes, and the intervals of what it shows cover less often than they say. Choose one of these
only where an office must keep to it; every output then carries `Standard.warning_en` or `_vi`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import isnan
from typing import Final

from analysis.publication.design_rule import (
    DEFAULT_RULE,
    INSTEAD_EN,
    INSTEAD_VI,
    NO_ANSWERS,
    Rule,
    Shown,
    Verdict,
    Words,
    classify,
)

WARNING_VI: Final = (
    "Ô nào được công bố còn tuỳ vào chính kết quả của ô đó, nên các con số được công bố nghiêng về "
    "phía quá cao hoặc quá thấp và khoảng tin cậy của chúng hẹp hơn thực tế. Hãy xem cả con số "
    "chung."
)
WARNING_EN: Final = (
    "Which cells are shown depends on their own results, so that shown figures lean to the "
    "extremes and their intervals are too narrow. Read the overall figure beside them."
)


class Standard(StrEnum):
    """Which rule decides: `DESIGN` (the default), or a named one on the result.

    NCHS_PROPORTIONS: Parker et al., NCHS Series 2 no 175 (2017). NCHS_RATES: the same office's
    standards for rates (2023). CV_HOUSEHOLD: bands of Statistics Canada's household surveys.
    CV_LETTERS: its letters A to F, as in business surveys.
    """

    DESIGN = "design"
    NCHS_PROPORTIONS = "nchs_proportions"
    NCHS_RATES = "nchs_rates"
    CV_HOUSEHOLD = "cv_household"
    CV_LETTERS = "cv_letters"

    @property
    def warning_vi(self) -> str:
        return "" if self is Standard.DESIGN else WARNING_VI

    @property
    def warning_en(self) -> str:
        return "" if self is Standard.DESIGN else WARNING_EN


@dataclass(frozen=True, slots=True)
class Facts:
    """One figure, as the rules read it.

    `n_eff` is n / the pooled design effect (for `DESIGN`), `deff` the cell's own (for the others).
    Shares are 0..1. `n_numerator`: answering persons behind the numerator of a rate.
    """

    n: int
    n_eff: float
    n_psu: int
    estimate: float | None = None
    se: float | None = None
    lower: float | None = None
    upper: float | None = None
    df: float | None = None
    deff: float | None = None
    is_share: bool = False
    n_numerator: int | None = None

    def __post_init__(self) -> None:
        """What is nan is not known: every comparison with it would pass."""
        for name in ("estimate", "se", "lower", "upper", "df", "deff"):
            value = getattr(self, name)
            if value is not None and isnan(value):
                object.__setattr__(self, name, None)

    @property
    def own_n_eff(self) -> float:
        return min(self.n, self.n / self.deff) if self.deff else float(self.n)


@dataclass(frozen=True, slots=True)
class NchsProportions:
    """Thresholds of Series 2 no 175; widths of the 95 % Korn-Graubard interval."""

    least_n: int = 30
    narrow: float = 0.05
    wide: float = 0.30
    relative: float = 1.30
    least_df: float = 8


@dataclass(frozen=True, slots=True)
class NchsRates:
    """Thresholds for rates: size of numerator and denominator, relative width of the interval."""

    least_n: int = 10
    relative: float = 1.60
    least_df: float = 8


@dataclass(frozen=True, slots=True)
class CvBand:
    """Up to and including `cv` (a share, 0.165 is 16.5 %) a figure has this letter."""

    letter: str
    cv: float
    shown: Shown


_NO_LIMIT: Final = float("inf")
CV_LEAST_N: Final = 10
HOUSEHOLD_BANDS: Final = (
    CvBand("A", 0.165, Shown.PUBLISH),
    CvBand("E", 0.333, Shown.CAUTION),
    CvBand("F", _NO_LIMIT, Shown.NONE),
)
LETTER_BANDS: Final = (
    CvBand("A", 0.05, Shown.PUBLISH),
    CvBand("B", 0.10, Shown.PUBLISH),
    CvBand("C", 0.15, Shown.PUBLISH),
    CvBand("D", 0.25, Shown.PUBLISH),
    CvBand("E", 0.50, Shown.CAUTION),
    CvBand("F", _NO_LIMIT, Shown.NONE),
)


def judge(facts: Facts, standard: Standard = Standard.DESIGN, rule: Rule = DEFAULT_RULE) -> Verdict:
    """How a figure is shown by a named standard.

    `NCHS_PROPORTIONS` is about shares: scores and means are judged by `DESIGN` under it. A figure
    without standard error or interval is not shown by any rule on them.

    Examples
    --------
    >>> middle = Facts(80, 60, 7, 0.5, 0.06, 0.38, 0.62, 12.0, 1.3, is_share=True)
    >>> [judge(middle, each).shown.value for each in Standard]
    ['publish', 'publish', 'publish', 'publish', 'publish']
    >>> rare = Facts(80, 60, 7, 0.02, 0.015, 0.002, 0.075, 12.0, 1.3, is_share=True)
    >>> judge(rare, Standard.NCHS_PROPORTIONS).reason_en.split(":")[0]
    'Not published by the NCHS rule'
    """
    if facts.n <= 0:
        return NO_ANSWERS
    if standard is Standard.NCHS_PROPORTIONS and facts.is_share:
        return nchs_proportion(facts)
    if standard is Standard.NCHS_RATES:
        return nchs_rate(facts)
    if standard is Standard.CV_HOUSEHOLD:
        return cv_verdict(facts, HOUSEHOLD_BANDS)
    if standard is Standard.CV_LETTERS:
        return cv_verdict(facts, LETTER_BANDS)
    return classify(facts.n, facts.n_eff, facts.n_psu, rule)


def nchs_proportion(facts: Facts, limits: NchsProportions = NchsProportions()) -> Verdict:
    """Series 2 no 175, on the 95 % Korn-Graubard interval.

    Not shown: n or n_eff under 30; a width of 0.30 or more; between 0.05 and 0.30 a width over
    130 % of the share. Shown with a caution (by review, or a footnote, at NCHS): 0 and 1, under 8
    degrees of freedom, and shares whose complement has too wide a relative interval.
    """
    if min(facts.n, facts.own_n_eff) < limits.least_n:
        return _hidden("NCHS", _few(limits.least_n))
    if facts.estimate is None or facts.lower is None or facts.upper is None:
        return _hidden("NCHS", _NO_INTERVAL)
    width, share = facts.upper - facts.lower, facts.estimate
    is_between = width > limits.narrow
    if width >= limits.wide:
        return _hidden("NCHS", _wide(100 * width, 100 * limits.wide))
    if is_between and share > 0 and width / share > limits.relative:
        return _hidden("NCHS", _relative(width / share, limits.relative))
    doubts = (
        _ALIKE if share in (0.0, 1.0) else None,
        _few_df(facts.df, limits.least_df),
        _COMPLEMENT if is_between and width > limits.relative * (1 - share) else None,
    )
    doubt = next((each for each in doubts if each is not None), None)
    return Verdict(Shown.PUBLISH) if doubt is None else _careful("NCHS", doubt)


def nchs_rate(facts: Facts, limits: NchsRates = NchsRates()) -> Verdict:
    """Rates: 10 or more, effective too, in numerator and denominator; a width up to 160 %.

    Under 8 degrees of freedom with a caution.
    """
    above = facts.n if facts.n_numerator is None else facts.n_numerator
    if min(facts.n, above, facts.own_n_eff) < limits.least_n:
        return _hidden("NCHS", _few(limits.least_n))
    if not facts.estimate or facts.lower is None or facts.upper is None:
        return _hidden("NCHS", _NO_INTERVAL)
    relative = (facts.upper - facts.lower) / abs(facts.estimate)
    if relative > limits.relative:
        return _hidden("NCHS", _relative(relative, limits.relative))
    doubt = _few_df(facts.df, limits.least_df)
    return Verdict(Shown.PUBLISH) if doubt is None else _careful("NCHS", doubt)


def cv_verdict(facts: Facts, bands: tuple[CvBand, ...] = HOUSEHOLD_BANDS) -> Verdict:
    """By the coefficient of variation; of a share, the larger one of the share and its complement.

    Examples
    --------
    >>> cv_verdict(Facts(50, 40, 6, 0.98, 0.02, is_share=True)).shown
    <Shown.NONE: 'none'>
    """
    if facts.n < CV_LEAST_N:
        return _hidden("CV", _few(CV_LEAST_N))
    base = facts.estimate
    if base is not None and facts.is_share:
        base = min(base, 1 - base)
    if not base or facts.se is None:
        return _hidden("CV", _NO_INTERVAL)
    cv = facts.se / abs(base)
    band = next(band for band in bands if cv <= band.cv)
    percent = f"{100 * cv:.1f}"
    why = Words(
        f"sai số tương đối {percent.replace('.', ',')} % (hạng {band.letter})",
        f"relative error {percent} % (grade {band.letter})",
    )
    if band.shown is Shown.NONE:
        return _hidden("CV", why)
    return _careful("CV", why) if band.shown is Shown.CAUTION else Verdict(Shown.PUBLISH)


_NO_INTERVAL: Final = Words("không tính được sai số", "no error could be computed")
_ALIKE: Final = Words("mọi người trả lời như nhau", "everybody gave the same answer")
_COMPLEMENT: Final = Words(
    "con số ngược lại (100 % trừ đi) chưa chắc chắn", "its complement is uncertain"
)


def _few(least: int) -> Words:
    return Words(f"cỡ mẫu hoặc cỡ mẫu hiệu dụng dưới {least}", f"n or effective n under {least}")


def _few_df(df: float | None, least: float) -> Words | None:
    if df is None or df >= least:
        return None
    return Words(f"dưới {least:.0f} bậc tự do", f"under {least:.0f} degrees of freedom")


def _wide(points: float, limit: float) -> Words:
    return Words(
        f"khoảng tin cậy rộng {points:.0f} điểm phần trăm (phải dưới {limit:.0f})",
        f"its interval is {points:.0f} percentage points wide (under {limit:.0f} needed)",
    )


def _relative(ratio: float, limit: float) -> Words:
    return Words(
        f"khoảng tin cậy rộng bằng {100 * ratio:.0f} % con số (tối đa {100 * limit:.0f} %)",
        f"its interval is {100 * ratio:.0f} % of the figure wide ({100 * limit:.0f} % at most)",
    )


def _hidden(name: str, why: Words) -> Verdict:
    return Verdict(
        Shown.NONE,
        f"Không công bố theo quy tắc {name}: {why.vi}. {INSTEAD_VI}",
        f"Not published by the {name} rule: {why.en}. {INSTEAD_EN}",
    )


def _careful(name: str, why: Words) -> Verdict:
    return Verdict(
        Shown.CAUTION,
        f"Cần thận trọng theo quy tắc {name}: {why.vi}. Chỉ nên xem khoảng, không nên xếp hạng.",
        f"With caution by the {name} rule: {why.en}. Read the interval; do not rank by it.",
    )
