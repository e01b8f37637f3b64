"""Whether neighbouring communes are alike, in words, from what the run has stored."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext

from dashboard.presentation.communes import PATTERNS
from dashboard.presentation.figures import words
from dashboard.presentation.formats import pick
from surveys.results.reading import RunReader
from surveys.results.reading.names import COMMUNE

ERROR_RATE: Final = 0.05


@dataclass(frozen=True, slots=True)
class Group:
    """Communes of one pattern."""

    title: str
    names: str


@dataclass(frozen=True, slots=True)
class PatternRow:
    """One indicator; `why` says why nothing is told of it."""

    title: str
    why: str = ""
    said: str = ""
    i: float | None = None
    p: float | None = None
    sampling: float | None = None
    is_mostly_error: bool = False
    groups: tuple[Group, ...] = ()


@dataclass(frozen=True, slots=True)
class PatternPart:
    """What the part of the page prints; `why` says why there is nothing at all."""

    why: str
    lines: tuple[PatternRow, ...]


def pattern_part(found: RunReader, form: str) -> PatternPart | None:
    """The patterns of a form's indicators; None for runs that have not looked for any."""
    stored = found.run.report.get("patterns")
    if not stored:
        return None
    why = stored.get("why")
    rows = tuple(
        _row(found, indicator, about)
        for indicator, about in stored["of"].items()
        if found.definitions.get(indicator, {}).get("source", "A") == form
    )
    return PatternPart(pick(why["vi"], why["en"]) if why else "", rows)


def _row(found: RunReader, indicator: str, about: Mapping[str, Any]) -> PatternRow:
    title = words(found.name(indicator))
    if "why" in about:
        return PatternRow(title, why=pick(about["why"]["vi"], about["why"]["en"]))
    return PatternRow(
        title,
        said=_said(about["i"], about["p"]),
        i=about["i"],
        p=about["p"],
        sampling=about["sampling"],
        is_mostly_error=about["is_mostly_error"],
        groups=tuple(_groups(found, about["clusters"])),
    )


def _said(i: float, p: float) -> str:
    if p > ERROR_RATE:
        return gettext("chưa phân biệt được với xếp ngẫu nhiên")
    return gettext("giống nhau") if i > 0 else gettext("khác nhau")


def _groups(found: RunReader, clusters: Mapping[str, str]) -> list[Group]:
    by_kind: dict[str, list[str]] = defaultdict(list)
    for code, kind in clusters.items():
        by_kind[kind].append(words(found.domain_name(COMMUNE, code)))
    return [
        Group(str(PATTERNS[kind]), ", ".join(by_kind[kind])) for kind in PATTERNS if kind in by_kind
    ]
