"""Change since the earlier round that a run was compared with, or why none can be told."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from surveys.results.models import Comparison
from surveys.results.reading.areas import DIRECT, Word, word_of
from surveys.results.reading.figures import RunReader
from surveys.results.reading.names import COMMUNE, ROUND, Names

CHANGED: Final = {
    "higher": Names("tăng", "up"),
    "lower": Names("giảm", "down"),
    "same": Names("không đổi", "no change"),
    "unclear": Names("chưa phân biệt được", "cannot tell"),
}


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One indicator in one area: before, now, the difference with its word."""

    indicator: str
    title: Names
    area: Names
    domain_type: str
    unit: str
    before: float | None
    now: float | None
    word: Word


@dataclass(frozen=True, slots=True)
class ChangeTable:
    """`rows` of the round come first, then those of communes."""

    earlier: Names
    shared_villages: int
    rows: tuple[ChangeRow, ...]
    refusals: tuple[Names, ...]
    fractions: str = "left_out"  # runs of before left finite population factors out

    @property
    def whole(self) -> tuple[ChangeRow, ...]:
        return tuple(row for row in self.rows if row.domain_type == ROUND)

    @property
    def communes(self) -> tuple[ChangeRow, ...]:
        return tuple(row for row in self.rows if row.domain_type == COMMUNE)


def change_table(found: RunReader, indicators: Iterable[str]) -> ChangeTable | None:
    """The changes of some indicators; None where the run was compared with no round."""
    facts = found.run.report.get("change")
    if not facts:
        return None
    held = [each for each in indicators if each in found.definitions]
    rows = [_row(found, each, ROUND, "") for each in held]
    rows += [
        _row(found, each, COMMUNE, code) for each in held for code in found.domains(COMMUNE, each)
    ]
    return ChangeTable(
        earlier=Names(facts["name_vi"], facts["name_en"]),
        shared_villages=int(facts["shared_villages"]),
        rows=tuple(row for row in rows if row is not None),
        refusals=tuple(Names(each["vi"], each["en"]) for each in facts["refusals"]),
        fractions=facts.get("fractions", "left_out"),
    )


def _row(found: RunReader, indicator: str, domain_type: str, domain: str) -> ChangeRow | None:
    key = (Comparison.Kind.CHANGE.value, indicator, domain_type, domain, DIRECT)
    row = found.comparisons.get(key)
    if row is None:
        return None
    return ChangeRow(
        indicator=indicator,
        title=found.name(indicator),
        area=found.domain_name(domain_type, domain),
        domain_type=domain_type,
        unit=str(found.definitions[indicator].get("unit", "share")),
        before=row.reference,
        now=row.estimate,
        word=replace(word_of(row), name=CHANGED.get(row.verdict, Names("", ""))),
    )
