"""What a run says about itself: definitions, response, weights, warnings, as plain JSON."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any, Final

from analysis.indicators.table import CATALOGUE
from analysis.indices.definition import Weight
from analysis.indices.figures import figures
from analysis.publication import Rule
from surveys.fieldwork.models import Round
from surveys.fieldwork.round_places import communes
from surveys.results.between_villages import villages_apart
from surveys.results.cells import STANDARDS, Computed
from surveys.results.estimation import Figures
from surveys.results.extract import RoundFrames
from surveys.results.findings import findings
from surveys.results.left_behind import left_behind
from surveys.results.lowest_factor import lowest_factor
from surveys.results.own_definitions import catalogue_of
from surveys.results.recipe import Recipe
from surveys.results.recipes import Weighted
from surveys.results.response_rates import response_rates
from surveys.results.run_sample import populations, sample_facts
from surveys.results.weight_words import collapse_words, merge_words, note_words

CORE_DIFFERENCE: Final = 0.03
STEPS: Final = (1, 2, 3, 4, 5)

UNRAKED: Final = {
    "vi": "Không có số dân đối chiếu: trọng số chưa hiệu chỉnh theo giới và tuổi.",
    "en": "No population benchmarks: weights are not calibrated to sex and age.",
}
REGISTERED: Final = {
    "vi": "Số dân đối chiếu là dân đăng ký, còn danh sách hộ khảo sát là người ở thường xuyên: "
    "hai cách đếm khác nhau, các con số có thể lệch.",
    "en": "Benchmarks count registered residents, the household list counts usual residents: "
    "these differ, and figures may be off.",
}


def build_report(
    round_: Round,
    found: RoundFrames,
    weighted: Mapping[Weight, Weighted],
    figures_of_run: Figures,
    *,
    rule: Rule,
    recipe: Recipe,
) -> dict[str, Any]:
    """The report of a run; only texts, finite numbers, lists and nulls."""
    results = figures_of_run.computed
    forms = {"A": found.digital, "B": found.satisfaction}
    report = {
        "definitions": {each.definition.id: each.definition.to_json() for each in results},
        "pooled_deff": {each.definition.id: each.pooled_deff for each in results},
        "missing": _missing(results),
        "response_rates": {
            kind: [rates.to_json() for rates in response_rates(form.cases)]
            for kind, form in forms.items()
            if form is not None
        },
        "sample": {
            kind: sample_facts(form.cases, recipe)
            for kind, form in forms.items()
            if form is not None
        },
        "weights": {weight.value: _steps(each) for weight, each in weighted.items()},
        "misfits": {kind: dict(form.misfits) for kind, form in forms.items() if form is not None},
        "populations": populations(weighted.get(Weight.PERSON), found.benchmarks),
        "benchmark_definition": _benchmark_definition(found),
        "is_raked": any(each.is_raked for each in weighted.values()),
        "core_check": _core_check(weighted),
        "list_question": _list_question(weighted),
        "items": _items(weighted),
        "collapsed": _collapsed(weighted),
        "publication_rule": asdict(rule),
        "own_definitions": found.own_definitions,
        "own_indicators": sorted(catalogue_of(found.own_definitions).definitions),
        "lowest_factor": lowest_factor(weighted, results, recipe),
        **findings(weighted, results, rule, recipe),
        "left_behind": left_behind(weighted, rule, recipe),
        "between_villages": villages_apart(weighted.get(Weight.PERSON)),
        "models": {each.indicator: each.facts for each in figures_of_run.models},
        "areas": _areas(round_),
        "beyond": [asdict(each) for each in found.area.unsampled],
        "round": _round_facts(round_),
    }
    report["warnings"] = [*_of_the_rule(recipe), *_warnings(report)]
    plain: dict[str, Any] = _plain(report)
    return plain


def _collapsed(weighted: Mapping[Weight, Weighted]) -> list[dict[str, str]]:
    collapsed = {each for found in weighted.values() for each in found.design.collapsed}
    return [collapse_words(each) for each in sorted(collapsed, key=str)]


def _of_the_rule(recipe: Recipe) -> list[dict[str, str]]:
    """What rules of publishing that look at the result say of themselves."""
    standard = STANDARDS[recipe.publication]
    if not standard.warning_en:
        return []
    return [{"vi": standard.warning_vi, "en": standard.warning_en}]


def _round_facts(round_: Round) -> dict[str, Any]:
    """As they stood when the run was made; every output prints these."""
    return {
        "name_vi": round_.name_vi,
        "name_en": round_.name_en,
        "sponsor": round_.sponsor,
        "decision_number": round_.decision_number,
        "field_agency": round_.field_agency,
        "is_synthetic": round_.is_synthetic,
        "starts_on": round_.starts_on.isoformat(),
        "ends_on": round_.ends_on.isoformat(),
        "frame_date": round_.frame_date.isoformat(),
    }


def _areas(round_: Round) -> list[dict[str, str]]:
    """Which communes the codes mean: the code alone has stood for other territories before."""
    return [
        {"code": unit.code, "valid_from": unit.valid_from.isoformat(), "name": unit.full_name}
        for unit in communes(round_).values()
    ]


def _missing(results: Iterable[Computed]) -> dict[str, float]:
    """The weighted share of each base that gave no answer, for the round."""
    return {
        each.definition.id: cell.figure.missing_share
        for each in results
        for cell in each.cells
        if cell.domain_type == "round"
        and cell.figure.missing_share is not None
        and not cell.figure.category
    }


def _steps(weighted: Weighted) -> dict[str, Any]:
    chain = weighted.chain
    return {
        "is_raked": weighted.is_raked,
        "steps": [{"step": step.name, **asdict(step.summary)} for step in chain.steps],
        "margins": [
            {"step": step.name, **asdict(row)} for step in chain.steps for row in step.margins
        ],
        "merges": [merge_words(merge) for merge in chain.merges()],
        "notes": [note_words(note) for step in chain.steps for note in step.notes],
    }


def _benchmark_definition(found: RoundFrames) -> str:
    definitions = {cell.definition for cell in found.benchmarks}
    if len(definitions) > 1:
        return "mixed"
    return definitions.pop() if definitions else ""


def _core_check(weighted: Mapping[Weight, Weighted]) -> list[dict[str, Any]]:
    """The core items of all answers beside those of self-respondents alone."""
    everybody, own = weighted.get(Weight.PERSON), weighted.get(Weight.SELF)
    if everybody is None or own is None:
        return []
    rows = []
    for definition in CATALOGUE.definitions.values():
        if not definition.is_core:
            continue
        whole = figures(everybody.design, definition)[0].estimate
        alone = figures(own.design, definition)[0].estimate
        if whole is not None and alone is not None:
            rows.append({"indicator": definition.id, "all": whole, "self": alone})
    return rows


def _list_question(weighted: Mapping[Weight, Weighted]) -> dict[str, float]:
    """Floor and ceiling of the list question, where its answers give the respondent away."""
    source = weighted.get(Weight.RESPONDENT)
    if source is None:
        return {}
    counts, w = source.frame["list_a_count"], source.design.weights
    known = counts.notna().to_numpy()
    weight = float(w[known].sum())
    if not weight:
        return {}
    return {
        "floor": float(w[known & counts.eq(0).to_numpy()].sum()) / weight,
        "ceiling": float(w[known & counts.eq(4).to_numpy()].sum()) / weight,
    }


def _items(weighted: Mapping[Weight, Weighted]) -> dict[str, Any]:
    """Of each item with five steps: the weighted share of each step, and of "does not apply"."""
    source = weighted.get(Weight.RESPONDENT)
    if source is None:
        return {}
    frame, w = source.frame, source.design.weights
    found = {}
    for item in CATALOGUE.items.values():
        steps, apart = frame[f"mean_score_{item.id}"], frame[f"na_{item.id}"]
        answered, said = steps.notna().to_numpy(), apart.notna().to_numpy()
        if answered.any():
            total = float(w[answered].sum())
            found[item.id] = {
                "steps": [float(w[steps.eq(step).to_numpy()].sum()) / total for step in STEPS],
                "na": float(w[apart.eq(1).to_numpy()].sum()) / float(w[said].sum()),
            }
    return found


def _warnings(report: Mapping[str, Any]) -> list[dict[str, str]]:
    found = []
    if not report["is_raked"]:
        found.append(UNRAKED)
    if report["is_raked"] and report["benchmark_definition"] != "usual_resident":
        found.append(REGISTERED)
    for row in report["core_check"]:
        gap = abs(row["all"] - row["self"])
        if gap > CORE_DIFFERENCE:
            name = report["definitions"][row["indicator"]]
            points = f"{100 * gap:.1f}"
            found.append(
                {
                    "vi": f"{name['vi']}: tính cả trả lời thay và chỉ tính tự trả lời lệch nhau "
                    f"{points.replace('.', ',')} điểm phần trăm.",
                    "en": f"{name['en']}: all answers and self-answers alone differ by {points} "
                    "percentage points.",
                }
            )
    if report["collapsed"]:
        found.append(
            {
                "vi": "Có tầng chỉ có một thôn trong mẫu, đã gộp với tầng gần cỡ nhất để tính "
                f"sai số: {len(report['collapsed'])} lần gộp.",
                "en": "Strata with a single village were collapsed with the nearest in size for "
                f"variance: {len(report['collapsed'])} times.",
            }
        )
    total = sum(sum(form.values()) for form in report["misfits"].values())
    if total:
        found.append(
            {
                "vi": f"{total} câu trả lời không đúng kiểu của câu hỏi, được tính là thiếu.",
                "en": f"{total} answers did not fit their question's type and count as missing.",
            }
        )
    return found


def _plain(value: Any) -> Any:
    """Numbers as JSON has them; what is not finite becomes null (PostgreSQL takes no NaN)."""
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    if isinstance(value, (bool, int, str)) or value is None:
        return value
    number = float(value)
    return number if math.isfinite(number) else None
