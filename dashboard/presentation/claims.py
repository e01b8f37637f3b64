"""Targets and claims beside the figures of the survey, as the page shows them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy

from dashboard.presentation.formats import day, number, percent
from surveys.results.models import Comparison
from surveys.results.reading.claims import Held, HeldClaim, HeldRow

WORDS: Final[Mapping[str, Any]] = {
    Held.INSIDE: gettext_lazy("trong khoảng"),
    Held.ABOVE: gettext_lazy("cao hơn khoảng"),
    Held.BELOW: gettext_lazy("thấp hơn khoảng"),
    Held.SUPPORTED: gettext_lazy("khảo sát ủng hộ"),
    Held.CONTRADICTED: gettext_lazy("khảo sát bác bỏ"),
    Held.UNCLEAR: gettext_lazy("chưa nói được"),
}
TAGS: Final[Mapping[str, str]] = {
    Held.INSIDE: "is-good",
    Held.SUPPORTED: "is-good",
    Held.UNCLEAR: "",
}
GOALS: Final[Mapping[str, Any]] = {
    Comparison.Verdict.MET.value: gettext_lazy("đạt"),
    Comparison.Verdict.NOT_MET.value: gettext_lazy("chưa đạt"),
    Comparison.Verdict.UNCLEAR.value: gettext_lazy("chưa nói được"),
}
METHODS: Final[Mapping[str, Any]] = {
    "grouped": gettext_lazy("của nhóm xã"),
    "model": gettext_lazy("từ mô hình"),
}


@dataclass(frozen=True, slots=True)
class ClaimLine:
    pk: int
    said: str
    source: str
    day: str
    word: Any
    tag: str


@dataclass(frozen=True, slots=True)
class HeldLine:
    """One line: the row as it was read, and its words."""

    row: HeldRow
    goal: str
    distance: str
    goal_word: Any
    method: Any
    claims: tuple[ClaimLine, ...]


def held_line(row: HeldRow) -> HeldLine:
    goal = row.goal
    return HeldLine(
        row,
        goal=percent(goal.value, 0 if round(goal.value * 1000) % 10 == 0 else 1) if goal else "",
        distance=_signed(goal.distance) if goal and goal.distance is not None else "",
        goal_word=GOALS.get(goal.verdict, "") if goal else "",
        method=METHODS.get(row.figure.method, "") if row.figure.is_shown else "",
        claims=tuple(_claim(each) for each in row.claims),
    )


def _claim(each: HeldClaim) -> ClaimLine:
    claim = each.claim
    share = percent(claim.share, 0 if round(claim.share * 1000) % 10 == 0 else 1)
    return ClaimLine(
        claim.pk,
        said=f"≥ {share}" if claim.is_at_least else share,
        source=claim.source,
        day=day(claim.stated_on),
        word=WORDS[each.held],
        tag=TAGS.get(each.held, "is-warn"),
    )


def _signed(distance: float) -> str:
    return f"{'+' if distance >= 0 else '−'}{number(abs(100 * distance), 1)}"
