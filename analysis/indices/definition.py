"""What an indicator is, as data: id, names, base, weight, form of its value, what it is read from.

No pandas here: a definition is stored with the run that used it, as plain JSON.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Source(StrEnum):
    """The form that the answers come from."""

    DIGITAL = "A"
    SATISFACTION = "B"


class Weight(StrEnum):
    """Which weight an indicator is estimated with."""

    HOUSEHOLD = "w1"
    PERSON = "wA"
    SELF = "w_self"
    RESPONDENT = "wB"


class Kind(StrEnum):
    """How the figure is made of the column(s) of the frame.

    SHARE: weighted mean of a 0/1 column. SCORE: weighted mean of a number. INDEX: fixed
    combination of item means, each item on its own base. CATEGORIES: one share per category.
    """

    SHARE = "share"
    SCORE = "score"
    INDEX = "index"
    CATEGORIES = "categories"


class Unit(StrEnum):
    """SHARE is 0..1 (printed as per cent), SCORE 0..100 points, POINTS 1..5, NET -100..100."""

    SHARE = "share"
    SCORE = "score"
    POINTS = "points"
    NET = "net"


class Missing(StrEnum):
    """Whose answers an index takes: of each ITEM those who answered it, or who answered ALL."""

    ITEM = "item"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Base:
    """Who counts; `id` is also the name of the 0/1 column of the frame."""

    id: str
    vi: str
    en: str


@dataclass(frozen=True, slots=True)
class Part:
    """One item of an index: its column and its fixed coefficient, on the scale of the index.

    Items of one `pool` have one mean over all their answers together; without a pool each item has
    its own. `group` is the sub-index that it came by. Answers lie between `least` and `most`; of
    whom the question with steps `item` does not apply to is never missing.
    """

    column: str
    coefficient: float
    group: str = ""
    pool: str = ""
    least: float = 0.0
    most: float = 1.0
    item: str = ""


@dataclass(frozen=True, slots=True)
class Category:
    """One answer of an indicator with categories; its 0/1 column is `<indicator>__<id>`."""

    id: str
    vi: str
    en: str


@dataclass(frozen=True, slots=True)
class Definition:
    """One row of the table of indicators.

    `scale` multiplies a 0/1 column (100 for figures printed on 0..100). `has_bounds`: the frame
    also holds `<id>_low` and `<id>_high`. `round_only`: too few answers for anything below the
    round. `is_sensitive`: no cell under ten answering persons. Of an index: `constant` is added to
    the sum of its parts, `missing` says whose answers count, and with fewer than `least_answers` to
    any item it is not given. `overall`: the column of
    the one question on the whole. `item` is the question with steps that it was made of.
    """

    id: str
    vi: str
    en: str
    source: Source
    base: Base
    weight: Weight
    rule: str
    kind: Kind = Kind.SHARE
    unit: Unit = Unit.SHARE
    scale: float = 1.0
    parts: tuple[Part, ...] = ()
    constant: float = 0.0
    missing: Missing = Missing.ITEM
    least_answers: int = 30
    overall: str = ""
    item: str = ""
    categories: tuple[Category, ...] = ()
    has_bounds: bool = False
    round_only: bool = False
    is_sensitive: bool = False
    is_core: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the frame that the figure is made of."""
        if self.kind is Kind.INDEX:
            return tuple(part.column for part in self.parts)
        if self.kind is Kind.CATEGORIES:
            return tuple(f"{self.id}__{category.id}" for category in self.categories)
        return (self.id,)

    def to_json(self) -> dict[str, Any]:
        """As it is stored with a run.

        Examples
        --------
        >>> everyone = Base("persons_15", "người từ 15 tuổi", "persons aged 15 or over")
        >>> one = Definition("net_3m", "…", "…", Source.DIGITAL, everyone, Weight.PERSON, "…")
        >>> one.to_json()["base"]["id"]
        'persons_15'
        """
        return asdict(self)
