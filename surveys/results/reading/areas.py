"""One indicator in every commune: direct, grouped and model-based figures side by side, each
called what it is, and what may be said of the commune: words and chances, never a rank."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from surveys.results.models import Comparison, Estimate
from surveys.results.reading.figures import RunReader, ShownFigure
from surveys.results.reading.names import COMMUNE, NOTHING, ROUND, Names

DIRECT: Final = Estimate.Method.DIRECT.value
GROUPED: Final = Estimate.Method.GROUPED.value
MODEL: Final = Estimate.Method.MODEL.value
SYNTHETIC: Final = Estimate.Method.SYNTHETIC.value
Kind = Comparison.Kind
METHOD_NAMES: Final[Mapping[str, Names]] = {
    DIRECT: Names("Trực tiếp", "Direct"),
    GROUPED: Names("Gộp", "Grouped"),
    MODEL: Names("Mô hình", "Model"),
    SYNTHETIC: Names("Ước lượng tổng hợp", "Synthetic"),
}
VERDICT_NAMES: Final[Mapping[str, Names]] = {
    "higher": Names("cao hơn cả đợt", "higher than the round"),
    "lower": Names("thấp hơn cả đợt", "lower than the round"),
    "same": Names("không khác cả đợt", "no different from the round"),
    "unclear": Names("chưa phân biệt được", "cannot tell"),
    "met": Names("đạt", "met"),
    "not_met": Names("chưa đạt", "not met"),
}
TOO_LITTLE: Final = Names("chưa đủ để nói", "cannot tell")


@dataclass(frozen=True, slots=True)
class Word:
    """A comparison as it is said; `difference` and limits are in the unit of the figure."""

    verdict: str
    name: Names
    method: str
    difference: float | None
    lower: float | None
    upper: float | None
    p_value: float | None
    probability: float | None


@dataclass(frozen=True, slots=True)
class MethodsRow:
    """One commune in one indicator."""

    name: Names
    domain: str
    direct: ShownFigure
    grouped: ShownFigure | None
    model: ShownFigure | None
    against_round: Word | None
    target: Word | None
    target_model: Word | None
    lowest: Word | None
    synthetic: ShownFigure | None = None  # where nobody of the commune answered

    @property
    def figures(self) -> tuple[ShownFigure, ...]:
        each = (self.direct, self.grouped, self.model, self.synthetic)
        return tuple(figure for figure in each if figure is not None)


@dataclass(frozen=True, slots=True)
class BeyondRow:
    """A commune without a sample: one synthetic figure, or why there is none."""

    name: Names
    domain: str
    figure: ShownFigure


@dataclass(frozen=True, slots=True)
class MethodsTable:
    """One indicator in all communes, with what its words were made by."""

    indicator: str
    title: Names
    unit: str
    whole: ShownFigure
    rows: tuple[MethodsRow, ...]
    has_grouped: bool
    has_model: bool
    model_reason: Names | None  # why no figure of the model is shown, where none is
    model_facts: Mapping[str, Any]
    goal: float | None
    whole_target: Word | None
    has_words: bool
    has_targets: bool
    has_lowest: bool
    k: int
    n_ranked: int  # communes that the chances are counted among
    beyond: tuple[BeyondRow, ...]  # communes without a sample
    error_percent: float
    same_within: float


def own_indicators(found: RunReader, form: str) -> tuple[str, ...]:
    """The indicators that the round brought itself for a form, where one figure says it all."""
    own = found.run.report.get("own_indicators", [])
    definitions = found.definitions
    return tuple(
        each
        for each in own
        if each in definitions
        and definitions[each].get("source") == form
        and definitions[each].get("kind") != "categories"
    )


def methods_table(found: RunReader, indicator: str) -> MethodsTable:
    """Read one indicator of a run."""
    rows = tuple(methods_row(found, indicator, code) for code in found.domains(COMMUNE, indicator))
    models = [row.model for row in rows if row.model is not None]
    recipe = found.run.recipe
    whole_target = found.comparisons.get((Kind.TARGET, indicator, ROUND, "", DIRECT))
    lowest = next((row.lowest for row in rows if row.lowest is not None), None)
    return MethodsTable(
        indicator=indicator,
        title=found.name(indicator),
        unit=str(found.definitions.get(indicator, {}).get("unit", "share")),
        whole=found.figure(indicator),
        rows=rows,
        has_grouped=any(row.grouped is not None for row in rows),
        has_model=bool(models) or any(row.synthetic is not None for row in rows),
        model_reason=models[0].reason if models and not any(m.is_shown for m in models) else None,
        model_facts=found.run.report.get("models", {}).get(indicator, {}),
        goal=_goal(found, indicator),
        whole_target=None if whole_target is None else word_of(whole_target),
        has_words=any(row.against_round is not None for row in rows),
        has_targets=any(row.target or row.target_model for row in rows),
        has_lowest=lowest is not None,
        k=min(int(recipe.get("lowest", 3)), max(len(rows) - 1, 1)),
        n_ranked=sum(row.lowest is not None for row in rows),
        beyond=_beyond(found, indicator, {row.domain for row in rows}),
        error_percent=100 * float(recipe.get("error_rate", 0.05)),
        same_within=float(recipe.get("same_within", 5.0)),
    )


def _beyond(found: RunReader, indicator: str, sampled: set[str]) -> tuple[BeyondRow, ...]:
    codes = (
        commune
        for method, each, commune in found.others
        if method == SYNTHETIC and each == indicator and commune not in sampled
    )
    figures = ((code, found.other(SYNTHETIC, indicator, code)) for code in sorted(codes))
    return tuple(
        BeyondRow(found.domain_name(COMMUNE, code), code, figure)
        for code, figure in figures
        if figure is not None
    )


def methods_row(found: RunReader, indicator: str, code: str) -> MethodsRow:
    """One indicator in one commune, in every kind that the run has."""

    def word(kind: Comparison.Kind, method: str) -> Word | None:
        row = found.comparisons.get((kind, indicator, COMMUNE, code, method))
        return None if row is None else word_of(row)

    return MethodsRow(
        name=found.domain_name(COMMUNE, code),
        domain=code,
        direct=found.figure(indicator, COMMUNE, code),
        grouped=found.other(GROUPED, indicator, code),
        model=found.other(MODEL, indicator, code),
        synthetic=found.other(SYNTHETIC, indicator, code),
        against_round=word(Kind.PROVINCE, DIRECT),
        target=word(Kind.TARGET, DIRECT),
        target_model=word(Kind.TARGET, MODEL),
        lowest=word(Kind.LOWEST, MODEL) or word(Kind.LOWEST, DIRECT),
    )


def word_of(row: Comparison) -> Word:
    is_target = row.kind == Kind.TARGET and row.verdict == Comparison.Verdict.UNCLEAR
    return Word(
        verdict=row.verdict,
        name=TOO_LITTLE if is_target else VERDICT_NAMES.get(row.verdict, NOTHING),
        method=row.method,
        difference=row.difference,
        lower=row.lower,
        upper=row.upper,
        p_value=row.p_value,
        probability=row.probability,
    )


def _goal(found: RunReader, indicator: str) -> float | None:
    """The target in the unit of the figure."""
    targets = found.run.recipe.get("targets", {})
    if indicator not in targets:
        return None
    unit = found.definitions.get(indicator, {}).get("unit", "share")
    return float(targets[indicator]) / (100.0 if unit == "share" else 1.0)
