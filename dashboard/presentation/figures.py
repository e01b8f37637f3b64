"""Figures of a run as pages show them: the number, its interval, and whether it is shown at all.

The publication word stands on each row since the run; nothing here decides it again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext

from dashboard.presentation import bars, formats
from surveys.results.models import Estimate, Run

# What a scale ends at, so that 0..1 and 0..100 draw the same bar.
SCALES: Final = {"share": 1.0, "score": 100.0, "points": 5.0}
CONFIDENCE: Final = 95


@dataclass(frozen=True, slots=True)
class Shown:
    """One cell of a table; `row` is None where the run has no such figure."""

    row: Estimate | None
    unit: str

    @property
    def is_shown(self) -> bool:
        return (
            self.row is not None
            and self.row.estimate is not None
            and self.row.publication != Estimate.Publication.NONE
        )

    @property
    def is_doubtful(self) -> bool:
        return self.is_shown and self.publication == Estimate.Publication.CAUTION

    @property
    def publication(self) -> str:
        return self.row.publication if self.row else ""

    @property
    def n(self) -> int | None:
        return self.row.n if self.row else None

    @property
    def text(self) -> str:
        """The number itself; `..` where it is not published, a dash where there is none."""
        if self.row is None:
            return formats.EMPTY
        return self._say(self.row.estimate) if self.is_shown else formats.SUPPRESSED

    @property
    def interval(self) -> str:
        """From – to."""
        if not self.is_shown or self.row is None or self.row.lower is None:
            return ""
        return f"{self._bare(self.row.lower)}–{self._bare(self.row.upper)}"

    @property
    def bounds(self) -> str:
        """Of a composite: with missing parts counted as not met, and as met."""
        if not self.is_shown or self.row is None or self.row.low is None:
            return ""
        return f"{self._bare(self.row.low)}–{self._bare(self.row.high)}"

    @property
    def reason(self) -> str:
        """Why it is not shown, or why to be careful, and what to read instead."""
        return formats.pick(self.row.reason_vi, self.row.reason_en) if self.row else ""

    @property
    def at(self) -> float:
        """The estimate on 0..1, for sorting and drawing; -1 where nothing is shown."""
        if not self.is_shown or self.row is None or self.row.estimate is None:
            return -1.0
        return self.row.estimate / SCALES[self.unit]

    @property
    def bar(self) -> SafeString | str:
        if not self.is_shown or self.row is None:
            return ""
        scale = SCALES[self.unit]
        ends = [None if end is None else end / scale for end in (self.row.lower, self.row.upper)]
        label = gettext("%(value)s, khoảng tin cậy %(interval)s") % {
            "value": self.text,
            "interval": self.interval,
        }
        return bars.interval(self.at, *ends, label=label, is_doubtful=self.is_doubtful)

    def _say(self, value: float | None) -> str:
        if self.unit == "share":
            return formats.percent(value)
        return formats.number(value, 2 if self.unit == "points" else 1)

    def _bare(self, value: float | None) -> str:
        """A number without its percent sign, for the ends of an interval."""
        if self.unit == "share" and value is not None:
            return formats.number(value * 100, 1)
        return self._say(value)


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of one run by indicator, category and domain, with the words of the run."""

    run: Run
    rows: Mapping[tuple[str, str, str, str], Estimate]

    def get(
        self, indicator: str, domain_type: str = "round", domain: str = "", category: str = ""
    ) -> Shown:
        row = self.rows.get((indicator, category, domain_type, domain))
        return Shown(row, str(self.definition(indicator).get("unit", "share")))

    def definition(self, indicator: str) -> Mapping[str, Any]:
        found = self.run.report.get("definitions", {}).get(indicator, {})
        return found if isinstance(found, Mapping) else {}

    def name(self, indicator: str) -> str:
        """The indicator's name in the language of the page; its id where the run has none."""
        found = self.definition(indicator)
        return formats.pick(found.get("vi", ""), found.get("en", "")) or indicator

    def base(self, indicator: str) -> str:
        """Who counts."""
        base = self.definition(indicator).get("base", {})
        return formats.pick(base.get("vi", ""), base.get("en", "")) if base else ""

    def has(self, indicator: str) -> bool:
        return any(key[0] == indicator for key in self.rows)

    @property
    def reasons(self) -> list[str]:
        """Every reason for a figure that is not shown, once; what tables print below them."""
        hidden = (Shown(row, "share") for row in self.rows.values() if row.domain_type == "commune")
        return sorted({cell.reason for cell in hidden if not cell.is_shown and cell.reason})

    def domains(self, domain_type: str) -> list[str]:
        return sorted({key[3] for key in self.rows if key[2] == domain_type})


def figures_of(run: Run, indicators: Iterable[str]) -> Figures:
    """Read the rows of some indicators (one query)."""
    found = Estimate.objects.filter(run=run, indicator__in=list(indicators))
    rows = {(e.indicator, e.category, e.domain_type, e.domain): e for e in found}
    return Figures(run, rows)


def group_name(domain_type: str, domain: str) -> str:
    """What a page calls a domain that is no commune."""
    known = {
        ("sex", "m"): pgettext("giới", "Nam"),
        ("sex", "f"): pgettext("giới", "Nữ"),
        ("urban_rural", "urban"): gettext("Thành thị"),
        ("urban_rural", "rural"): gettext("Nông thôn"),
        ("age_group", "60+"): gettext("Từ 60 tuổi"),
    }
    if domain_type == "age_group" and (domain_type, domain) not in known:
        return gettext("%(ages)s tuổi") % {"ages": domain.replace("-", "–")}
    return known.get((domain_type, domain), domain)
