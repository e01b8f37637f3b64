"""What a map shows, as frozen values: areas with their figures, classes, boundaries, texts.

A figure that may not be published cannot be put into an area, so it cannot reach the document,
where everything embedded is readable.
"""

import math
import re
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

from maps.classes import MapClass, class_index

CODE = re.compile(r"[0-9A-Za-z._-]{1,32}")


class Language(StrEnum):
    """The language of a rendered map."""

    VI = "vi"
    EN = "en"


class Status(StrEnum):
    """Whether the figure of an area is shown."""

    PUBLISHED = "published"
    CAUTION = "caution"  # shown, but the reader is told why it deserves doubt
    UNPUBLISHED = "unpublished"  # there are answers, but too few by the publication rule
    MISSING = "missing"  # nobody was asked there


class Verdict(StrEnum):
    """What may be said of an area against its province or against a target."""

    HIGHER = "higher"
    LOWER = "lower"
    SAME = "same"  # surely no difference that matters
    UNCLEAR = "unclear"  # cannot tell
    MET = "met"
    NOT_MET = "not_met"


class Pattern(StrEnum):
    """What an area is among its neighbours, if that can be told apart from chance."""

    HIGH_AMONG_HIGH = "high_among_high"
    LOW_AMONG_LOW = "low_among_low"
    HIGH_AMONG_LOW = "high_among_low"
    LOW_AMONG_HIGH = "low_among_high"
    NOT_TOLD_APART = "not_told_apart"


AGAINST = (Verdict.HIGHER, Verdict.LOWER, Verdict.SAME, Verdict.UNCLEAR)
TARGET = (Verdict.MET, Verdict.NOT_MET, Verdict.UNCLEAR)


class Unit(StrEnum):
    """How the estimates are to be read."""

    SHARE = "share"  # 0..1, printed as percent
    SCORE = "score"  # printed as it is, one decimal
    COUNT = "count"  # persons or households, printed without decimals


class Quality(StrEnum):
    """What the drawn shapes are worth."""

    LEGAL = "legal"
    THIRD_PARTY = "third_party"
    SCHEMATIC = "schematic"


@dataclass(frozen=True, slots=True)
class MapArea:
    """One area of the map.

    Parameters
    ----------
    code
        The key that joins the area to its shape; letters, digits, dot, dash, underscore.
    name
        As people say it: "xã Như Thanh".
    status
        Published and cautioned areas carry figures; others must not.
    estimate, lower, upper
        The figure and its interval (a share in 0..1); None unless shown.
    n, n_eff
        Respondents and effective sample size; may be given for unpublished areas too.
    reason_vi, reason_en
        Why the figure is not shown or deserves doubt; demanded unless published.
    url
        A page about the area: a path of this site or an http(s) address.
    label
        What stands on the shape itself ("Như Thanh"); the name if empty.
    within
        The province, where areas of several are shown together.
    against, target
        Whether it differs from its province, and whether it met the target; None if not judged.
    pattern
        Whether it is like or unlike its neighbours; None if neighbours were not looked at.

    Raises
    ------
    ValueError
        If figures and status contradict each other, a reason is missing, or the code or the
        address could carry anything but a code or an address.

    Example
    -------
    >>> MapArea("16228", "xã Như Thanh", Status.PUBLISHED, 0.864, 0.81, 0.905, n=312).estimate
    0.864
    """

    code: str
    name: str
    status: Status
    estimate: float | None = None
    lower: float | None = None
    upper: float | None = None
    n: int | None = None
    n_eff: float | None = None
    reason_vi: str = ""
    reason_en: str = ""
    url: str = ""
    label: str = ""
    within: str = ""
    against: Verdict | None = None
    target: Verdict | None = None
    pattern: Pattern | None = None

    def __post_init__(self) -> None:
        if not CODE.fullmatch(self.code):
            raise ValueError(f"area code {self.code!r}: use letters, digits, dot, dash, underscore")
        if self.url and not re.match(r"/(?!/)|https?://", self.url):
            raise ValueError(f"area {self.code}: the address must start with / or http(s)://")
        if self.status is not Status.PUBLISHED and not (self.reason_vi and self.reason_en):
            raise ValueError(f"area {self.code} is {self.status}: say why in both languages")
        self._check_figures()
        if not self.is_shown and (self.against or self.target or self.pattern):
            raise ValueError(f"area {self.code} is {self.status}: a verdict would tell its figure")
        if self.against not in (None, *AGAINST) or self.target not in (None, *TARGET):
            raise ValueError(f"area {self.code}: this verdict belongs to another question")

    def _check_figures(self) -> None:
        figures = (self.estimate, self.lower, self.upper)
        if not self.is_shown:
            if any(figure is not None for figure in figures):
                raise ValueError(f"area {self.code} is {self.status}: its figures must stay away")
            return
        if self.estimate is None or self.lower is None or self.upper is None:
            raise ValueError(f"area {self.code} is {self.status}: give estimate, lower and upper")
        if not all(math.isfinite(f) for f in (self.estimate, self.lower, self.upper)):
            raise ValueError(f"area {self.code}: figures must be finite numbers")
        if not self.lower <= self.estimate <= self.upper:
            raise ValueError(f"area {self.code}: the estimate lies outside its interval")

    @property
    def is_shown(self) -> bool:
        """Whether the figure may be seen."""
        return self.status in (Status.PUBLISHED, Status.CAUTION)

    def reason(self, lang: Language) -> str:
        """The reason in one language."""
        return self.reason_vi if lang is Language.VI else self.reason_en


@dataclass(frozen=True, slots=True)
class MapSpec:
    """Everything a map prints, in both languages.

    Parameters
    ----------
    title_vi, title_en, indicator_vi, indicator_en
        Heading, and what the colour means.
    unit
        How estimates are printed.
    areas
        In the order of the table.
    classes
        From `maps.classes.fixed_classes`.
    period
        When the answers were given: "10–11/2026".
    boundary_quality, boundary_source, boundary_licence, boundary_date
        Of the shapes; printed on each map.
    base_vi, base_en
        Whom the figure is about: "người từ 18 tuổi đã làm thủ tục trong 12 tháng".
    source_vi, source_en
        The survey: round, sponsor, field agency.
    note_vi, note_en
        Anything else the reader must know.
    kind_vi, kind_en
        Kind of figure: "ước lượng trực tiếp", "mô hình".
    confidence
        Coverage of the intervals.

    Raises
    ------
    ValueError
        If a code comes twice, a text exists in one language only, a share leaves 0..1,
        or a shown figure falls outside all classes.
    """

    title_vi: str
    title_en: str
    indicator_vi: str
    indicator_en: str
    unit: Unit
    areas: tuple[MapArea, ...]
    classes: tuple[MapClass, ...]
    period: str
    boundary_quality: Quality
    boundary_source: str
    boundary_date: str
    boundary_licence: str = ""
    base_vi: str = ""
    base_en: str = ""
    source_vi: str = ""
    source_en: str = ""
    note_vi: str = ""
    note_en: str = ""
    kind_vi: str = ""
    kind_en: str = ""
    confidence: float = field(default=0.95)

    def __post_init__(self) -> None:
        times = Counter(area.code for area in self.areas)
        twice = sorted(code for code, count in times.items() if count > 1)
        if twice:
            raise ValueError(f"areas given twice: {', '.join(twice)}")
        for name in ("title", "indicator", "base", "source", "note", "kind"):
            if bool(getattr(self, f"{name}_vi")) != bool(getattr(self, f"{name}_en")):
                raise ValueError(f"{name}: give it in Vietnamese and in English")
        for area in self.areas:
            self._check_range(area)

    def _check_range(self, area: MapArea) -> None:
        if area.estimate is None or area.lower is None or area.upper is None:
            return
        if self.unit is Unit.SHARE and not 0 <= area.lower <= area.upper <= 1:
            raise ValueError(f"area {area.code}: shares lie between 0 and 1, not in percent")
        class_index(area.estimate, self.classes)

    def text(self, name: str, lang: Language) -> str:
        """One of title, indicator, base, source, note, kind in one language."""
        return str(getattr(self, f"{name}_{lang.value}"))
