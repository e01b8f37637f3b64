"""The technical report (R15): response, weights, design effects, margins, warnings."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from surveys.fieldwork.dispositions import DISPOSITIONS
from surveys.results.models import Run
from surveys.results.reading.figures import RunReader, ShownFigure, reader
from surveys.results.reading.names import Names

WEIGHT_NAMES: Final[Mapping[str, Names]] = {
    "w1": Names("Hộ (phiếu A)", "Households (form A)"),
    "wA": Names("Người từ 15 tuổi (phiếu A)", "Persons aged 15+ (form A)"),
    "w_self": Names("Người tự trả lời (phiếu A)", "Self-respondents (form A)"),
    "wB": Names("Người được hỏi (phiếu B)", "Respondents (form B)"),
}
LIST: Final = "extra_paid_list"
SAMPLE_KEYS: Final = (
    "strata",
    "psus",
    "fewest_psus",
    "households",
    "largest_fraction",
    "has_fpc",
)
STEP_NAMES: Final[Mapping[str, Names]] = {
    "base": Names("Xác suất chọn", "Selection"),
    "non-response": Names("Bù không trả lời", "Non-response"),
    "persons": Names("Số người lớn trong hộ", "Adults in the household"),
    "raking": Names("Hiệu chỉnh theo giới và tuổi", "Raking to sex and age"),
    "trimming": Names("Chặn trọng số quá lớn", "Cap on large weights"),
    "calibration": Names("Hiệu chỉnh theo giới và tuổi (hồi quy)", "Calibration to sex and age"),
}


@dataclass(frozen=True, slots=True)
class RateRow:
    """Response rates of one form in one area."""

    form: str
    name: Names
    is_weighted: bool
    households: int
    counts: Mapping[str, float]
    rr1: float | None
    rr2: float | None
    rr3: float | None
    coop1: float | None
    ref1: float | None
    con1: float | None


@dataclass(frozen=True, slots=True)
class StepRow:
    name: Names
    n: int
    sum: float | None
    min: float | None
    max: float | None
    cv: float | None
    kish_deff: float | None


@dataclass(frozen=True, slots=True)
class MarginLine:
    cell: str
    respondents: int
    benchmark: float
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class WeightTable:
    name: Names
    is_raked: bool
    steps: tuple[StepRow, ...]
    margins: tuple[MarginLine, ...]
    merges: tuple[Names, ...]
    notes: tuple[Names, ...]


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    """One indicator in the round: definition, pooled design effect, item non-response, bounds.

    `figure` is None for indicators with categories.
    """

    id: str
    name: Names
    base: Names
    rule: str
    deff: float | None
    missing_share: float | None
    figure: ShownFigure | None


@dataclass(frozen=True, slots=True)
class SampleRow:
    """The sample of one form; `largest_fraction` of the villages of a stratum was drawn."""

    form: str
    strata: int
    psus: int
    fewest_psus: int
    households: int
    largest_fraction: float
    has_fpc: bool


@dataclass(frozen=True, slots=True)
class DispositionRow:
    """How many households of a form ended with one result when the run was made."""

    form: str
    code: str
    name: Names
    group: str
    households: int


@dataclass(frozen=True, slots=True)
class CoreRow:
    """A core item from all answers, and from those who answered for themselves alone."""

    name: Names
    everybody: float
    own: float

    @property
    def points(self) -> float:
        """The difference in percentage points."""
        return 100 * (self.everybody - self.own)


@dataclass(frozen=True, slots=True)
class TechnicalPage:
    rates: tuple[RateRow, ...]
    weights: tuple[WeightTable, ...]
    indicators: tuple[IndicatorRow, ...]
    samples: tuple[SampleRow, ...]
    dispositions: tuple[DispositionRow, ...]
    core: tuple[CoreRow, ...]
    cells: Mapping[str, int]  # how many figures are published, uncertain, withheld
    warnings: tuple[Names, ...]
    collapsed: tuple[Names, ...]
    misfits: Mapping[str, Mapping[str, int]]
    benchmark_definition: str
    list_floor: float | None
    list_ceiling: float | None
    recipe: Mapping[str, Any]
    inputs_sha256: str
    code_version: str


def technical_page(run: Run, found: RunReader | None = None) -> TechnicalPage:
    """Read the page of a run."""
    found = found or reader(run)
    report: Mapping[str, Any] = run.report
    lists = report.get("list_question", {}) if found.figure(LIST).is_shown else {}
    return TechnicalPage(
        rates=tuple(
            _rates(found, form, row)
            for form, rows in report.get("response_rates", {}).items()
            for row in rows
        ),
        weights=tuple(
            _weights(WEIGHT_NAMES.get(kind, Names(kind, kind)), table)
            for kind, table in report.get("weights", {}).items()
        ),
        indicators=tuple(
            _indicator(found, each, deff, report.get("missing", {}).get(each))
            for each, deff in report.get("pooled_deff", {}).items()
        ),
        samples=tuple(_sample(form, each) for form, each in report.get("sample", {}).items()),
        dispositions=tuple(
            _disposition(form, code, n)
            for form, each in report.get("sample", {}).items()
            for code, n in each["dispositions"].items()
        ),
        core=tuple(
            CoreRow(found.name(each["indicator"]), each["all"], each["self"])
            for each in report.get("core_check", [])
            if found.figure(each["indicator"]).is_shown
        ),
        cells=Counter(str(row.publication) for row in found.rows.values()),
        warnings=tuple(Names(each["vi"], each["en"]) for each in report.get("warnings", [])),
        collapsed=tuple(_said(each) for each in report.get("collapsed", [])),
        misfits=report.get("misfits", {}),
        benchmark_definition=report.get("benchmark_definition", ""),
        list_floor=lists.get("floor"),
        list_ceiling=lists.get("ceiling"),
        recipe=run.recipe,
        inputs_sha256=run.inputs_sha256,
        code_version=run.code_version,
    )


def _indicator(
    found: RunReader, indicator: str, deff: float | None, missing: float | None
) -> IndicatorRow:
    definition = found.definitions.get(indicator, {})
    has_one = definition.get("kind") != "categories"
    return IndicatorRow(
        id=indicator,
        name=found.name(indicator),
        base=found.base(indicator),
        rule=definition.get("rule", ""),
        deff=deff,
        missing_share=missing,
        figure=found.figure(indicator) if has_one else None,
    )


def _sample(form: str, stored: Mapping[str, Any]) -> SampleRow:
    return SampleRow(form, **{key: stored[key] for key in SAMPLE_KEYS})


def _disposition(form: str, code: str, households: int) -> DispositionRow:
    known = DISPOSITIONS.get(code)
    if known is None:
        return DispositionRow(form, code, Names(code, code), "", households)
    return DispositionRow(form, code, Names(known.vi, known.en), known.group.value, households)


def _rates(found: RunReader, form: str, row: Mapping[str, Any]) -> RateRow:
    rates = {name: row[name] for name in ("rr1", "rr2", "rr3", "coop1", "ref1", "con1")}
    return RateRow(
        form=form,
        name=found.domain_name(row["domain_type"], row["domain"]),
        is_weighted=row["is_weighted"],
        households=row["households"],
        counts=row["counts"],
        **rates,
    )


def _weights(name: Names, table: Mapping[str, Any]) -> WeightTable:
    return WeightTable(
        name=name,
        is_raked=table["is_raked"],
        steps=tuple(
            StepRow(
                STEP_NAMES.get(step["step"], Names(step["step"], step["step"])),
                *(step[key] for key in ("n", "sum", "min", "max", "cv", "kish_deff")),
            )
            for step in table["steps"]
        ),
        margins=tuple(
            MarginLine(
                row["cell"], row["respondents"], row["benchmark"], row["before"], row["after"]
            )
            for row in table["margins"]
        ),
        merges=tuple(_said(each) for each in table["merges"]),
        notes=tuple(_said(each) for each in table["notes"]),
    )


def _said(stored: Mapping[str, str] | str) -> Names:
    """Both languages; runs of before have English alone."""
    if isinstance(stored, str):
        return Names(stored, stored)
    return Names(stored["vi"], stored["en"])
