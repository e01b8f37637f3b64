"""Whether groups differ, as it is read: one word on pages, the test behind it for statisticians;
and what each group's figure would be, other things equal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from surveys.results.reading.figures import RunReader, ShownFigure
from surveys.results.reading.names import DOMAIN_NAMES, DOMAIN_TYPE_NAMES, Names

DIFFER: Final = Names("khác nhau", "differ")
CANNOT_TELL: Final = Names("chưa phân biệt được", "cannot tell")
TESTS: Final[Mapping[str, Names]] = {
    "rao_scott_f": Names("Rao–Scott F", "Rao–Scott F"),
    "adjusted_wald": Names("Wald hiệu chỉnh", "adjusted Wald"),
}


@dataclass(frozen=True, slots=True)
class GroupWord:
    """The test of one table by group; `p_adjusted` counts all tests of its page."""

    indicator: Names
    kind: Names
    groups: tuple[Names, ...]
    differs: bool
    test: Names
    statistic: float | None
    df: float | None
    ddf: float | None
    p_value: float | None
    p_adjusted: float | None

    @property
    def word(self) -> Names:
        return DIFFER if self.differs else CANNOT_TELL


@dataclass(frozen=True, slots=True)
class WordRow:
    """The words of one kind of group, in the order of the columns of a table; None: no test."""

    kind: str
    title: Names
    words: tuple[GroupWord | None, ...]


@dataclass(frozen=True, slots=True)
class Margin:
    """One group: its figure, and what it would be if groups were alike in all else."""

    name: Names
    figure: ShownFigure
    margin: float
    lower: float | None
    upper: float | None


@dataclass(frozen=True, slots=True)
class Term:
    """One kind of group in the model; `p_adjusted` counts all terms of all models."""

    title: Names
    differs: bool
    statistic: float | None
    df: float | None
    ddf: float | None
    p_adjusted: float | None
    groups: tuple[Margin, ...]

    @property
    def word(self) -> Names:
        return DIFFER if self.differs else CANNOT_TELL


@dataclass(frozen=True, slots=True)
class EqualModel:
    """The logistic model of one indicator; `refused` says why there is none."""

    title: Names
    unit: str
    n: int
    terms: tuple[Term, ...]
    refused: str


def group_words(found: RunReader, page: str, columns: Sequence[str]) -> tuple[WordRow, ...]:
    """The words of a page, one row for each kind of group that was tested."""
    stored = {(each["indicator"], each["domain_type"]): each for each in _stored(found, page)}
    kinds = dict.fromkeys(kind for _, kind in stored)
    return tuple(
        WordRow(
            kind,
            DOMAIN_TYPE_NAMES[kind],
            tuple(
                _word(found, stored[name, kind]) if (name, kind) in stored else None
                for name in columns
            ),
        )
        for kind in DOMAIN_TYPE_NAMES
        if kind in kinds
    )


def group_table(found: RunReader, page: str) -> tuple[GroupWord, ...]:
    """Every test of a page."""
    return tuple(_word(found, each) for each in _stored(found, page))


def equal_models(found: RunReader) -> tuple[EqualModel, ...]:
    """The models "other things equal" of a run."""
    return tuple(_model(found, each) for each in found.run.report.get("other_things_equal", []))


def _stored(found: RunReader, page: str) -> list[Mapping[str, Any]]:
    held: Mapping[str, Any] = found.run.report.get("group_tests", {})
    return [each for each in held.get(page, []) if each["indicator"] in found.definitions]


def _word(found: RunReader, stored: Mapping[str, Any]) -> GroupWord:
    kind = stored["domain_type"]
    return GroupWord(
        indicator=found.name(stored["indicator"]),
        kind=DOMAIN_TYPE_NAMES[kind],
        groups=tuple(found.domain_name(kind, each) for each in _in_order(kind, stored["groups"])),
        differs=stored["differs"],
        test=TESTS.get(stored["test"], Names(stored["test"], stored["test"])),
        statistic=stored["statistic"],
        df=stored["df"],
        ddf=stored["ddf"],
        p_value=stored["p_value"],
        p_adjusted=stored["p_adjusted"],
    )


def _model(found: RunReader, stored: Mapping[str, Any]) -> EqualModel:
    indicator = stored["indicator"]
    return EqualModel(
        title=found.name(indicator),
        unit=str(found.definitions.get(indicator, {}).get("unit", "share")),
        n=int(stored.get("n", 0)),
        terms=tuple(_term(found, indicator, each) for each in stored.get("terms", [])),
        refused=stored.get("refused", ""),
    )


def _term(found: RunReader, indicator: str, stored: Mapping[str, Any]) -> Term:
    kind = stored["domain_type"]
    by_group = {each["domain"]: each for each in stored["groups"]}
    return Term(
        title=DOMAIN_TYPE_NAMES[kind],
        differs=stored["differs"],
        statistic=stored["statistic"],
        df=stored["df"],
        ddf=stored["ddf"],
        p_adjusted=stored["p_adjusted"],
        groups=tuple(
            Margin(
                found.domain_name(kind, each),
                found.figure(indicator, kind, each),
                by_group[each]["margin"],
                by_group[each]["lower"],
                by_group[each]["upper"],
            )
            for each in _in_order(kind, list(by_group))
            if found.figure(indicator, kind, each).is_shown
        ),
    )


def _in_order(kind: str, groups: Sequence[str]) -> list[str]:
    known = [domain for held, domain in DOMAIN_NAMES if held == kind]
    return sorted(groups, key=lambda each: known.index(each) if each in known else len(known))
