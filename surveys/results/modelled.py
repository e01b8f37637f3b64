"""Model-based figures of communes (Fay and Herriot), beside the direct ones and never in place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
import pandas as pd

from analysis.arrays import FloatArray
from analysis.errors import AnalysisError
from analysis.indices.definition import Definition, Kind
from analysis.indices.figures import Figure
from analysis.publication import Shown, Verdict
from analysis.smallarea import (
    AreaEstimates,
    AreaFlag,
    Diagnosis,
    benchmark,
    diagnosis,
    fay_herriot,
    judged,
    share_model,
    smoothed_variances,
)
from surveys.results.cells import Cell, Computed
from surveys.results.covariates import Known
from surveys.results.model_facts import facts_of, shared_errors
from surveys.results.model_words import (
    AREA_FAR,
    CONFIDENTIAL,
    DOUBTFUL,
    NO_SPREAD,
    fault_verdict,
    no_fit,
)
from surveys.results.parts import Parts, parts_of, top_of, unit_of
from surveys.results.recipe import Recipe, SmallArea
from surveys.results.recipes import Weighted

MODEL: Final = "model"
PLANNED: Final = frozenset({"equipped"})  # plans of teams draw these together
ARCSINE: Final = "arcsine"
PLAIN: Final = "plain"
# What pages show by commune.
MODELLED: Final = frozenset(
    {
        "sat_users",
        "factor_place",
        "factor_procedure",
        "factor_staff",
        "factor_result",
        "voice_know_users",
        "sat_overall",
        "policy_sat",
        "smartphone_own",
        "net_3m",
        "bank_account",
        "account_any",
        "vneid_level2",
        "equipped",
    }
)


@dataclass(frozen=True, slots=True, eq=False)
class Modelled:
    """The cells of one indicator's model, its areas for later draws, and what it says of itself."""

    indicator: str
    cells: tuple[Cell, ...] = ()
    areas: AreaEstimates | None = None  # on 0..1; None where nothing was fitted
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class _Direct:
    """Direct figures on 0..1 in the order of the covariates; nan where there is none."""

    cells: tuple[Cell, ...]
    value: FloatArray
    variance: FloatArray
    n: FloatArray
    n_eff: FloatArray
    weight: FloatArray  # people in the base, where all communes have some


def modelled(computed: Computed, source: Weighted, known: Known, recipe: Recipe) -> Modelled | None:
    """The model of one indicator; None for indicators that pages do not show by commune.

    The model also hears the answers of communes whose own index is not given for lack of answers.
    """
    definition = computed.definition
    if recipe.small_area == SmallArea.NONE or definition.id not in MODELLED:
        return None
    parts = parts_of(source.design, definition)
    direct = _direct(computed, parts, known.table.index)
    way = _way(definition, recipe)
    try:
        fitted, was_benchmarked = _fitted(direct, computed, known, recipe, way)
        found = diagnosis(fitted, known.table)
    except AnalysisError as error:
        verdict = no_fit(str(error))
        cells = tuple(_empty(cell, verdict) for cell in direct.cells)
        return Modelled(definition.id, cells, None, {"scale": way, "refused": str(error)})
    fitted = judged(fitted, found)
    cells = tuple(_cells(direct, fitted, found, definition))
    return Modelled(
        definition.id,
        cells,
        fitted,
        facts_of(fitted, found, known, way, was_benchmarked=was_benchmarked)
        | ({"shared": shared_errors(fitted)} if definition.id in PLANNED else {}),
    )


def _direct(computed: Computed, parts: Parts, communes: pd.Index[Any]) -> _Direct:
    definition = computed.definition
    scale = unit_of(definition) / top_of(definition)
    place = {str(domain[0]): at for at, domain in enumerate(parts.by_commune.domain)}
    rows = np.array([place.get(str(code), -1) for code in communes])
    by_domain = {
        cell.figure.domain: cell
        for cell in computed.cells
        if cell.domain_type == "commune" and cell.method == "direct"
    }
    cells = tuple(by_domain[code] for code in communes if code in by_domain)
    if len(cells) != len(communes):
        cells = tuple(by_domain.get(code) or _nobody(definition, code) for code in communes)

    def column(read: Any) -> FloatArray:
        values = [read(cell.figure) for cell in cells]
        return np.array([np.nan if each is None else each for each in values], dtype=np.float64)

    def estimated(values: FloatArray) -> FloatArray:
        return np.where(rows >= 0, values[rows] * scale, np.nan)

    se = estimated(parts.by_commune.se)
    n = column(lambda figure: figure.n)
    weight = column(lambda figure: figure.denominator)
    return _Direct(
        cells=cells,
        value=estimated(parts.by_commune.estimate),
        variance=se**2,
        n=n,
        n_eff=n / computed.pooled_deff,
        weight=weight,
    )


def _fitted(
    direct: _Direct, computed: Computed, known: Known, recipe: Recipe, way: str
) -> tuple[AreaEstimates, bool]:
    area = tuple(str(code) for code in known.table.index)
    n = direct.n.astype(np.int64)
    if way == ARCSINE:
        fitted = share_model(
            direct.value,
            np.where(np.isfinite(direct.value), direct.n_eff, np.nan),
            known.table,
            area=area,
            n=n,
            confidence=recipe.confidence,
        )
    else:
        size = np.where(np.isfinite(direct.value), direct.n, 0.0)
        smooth = smoothed_variances(direct.variance, size)
        fitted = fay_herriot(
            direct.value,
            smooth.variance,
            known.table,
            area=area,
            n=n,
            confidence=recipe.confidence,
        )
        fitted = replace(fitted, flags=fitted.flags | int(AreaFlag.SMOOTHED))
    target = _target(computed)
    has_weights = bool(np.isfinite(direct.weight).all() and direct.weight.sum() > 0)
    if not (recipe.benchmark and has_weights and target is not None):
        return fitted, False
    share = direct.weight / direct.weight.sum()
    return benchmark(fitted, share, target, bounds=(0.0, 1.0)), True


def _target(computed: Computed) -> float | None:
    """The direct figure of the round on 0..1, if it is published."""
    for cell in computed.cells:
        if cell.domain_type == "round" and cell.figure.estimate is not None:
            if cell.verdict.shown is Shown.NONE:
                return None
            return cell.figure.estimate / top_of(computed.definition)
    return None


def _cells(
    direct: _Direct, fitted: AreaEstimates, found: Diagnosis, definition: Definition
) -> Iterator[Cell]:
    top = top_of(definition)
    for cell, row in zip(direct.cells, fitted, strict=True):
        verdict = Verdict(Shown.PUBLISH)
        if cell.is_confidential:
            verdict = CONFIDENTIAL
        elif found.faults:
            verdict = fault_verdict(found.faults)
        elif row.reason:
            verdict = AREA_FAR
        elif AreaFlag.ZERO_VARIANCE in row.flags:
            verdict = NO_SPREAD
        elif AreaFlag.SYNTHETIC in row.flags or AreaFlag.EXTRAPOLATED in row.flags:
            verdict = DOUBTFUL
        low, high = (min(max(each, 0.0), 1.0) * top for each in (row.lower, row.upper))
        figure = replace(
            cell.figure,
            estimate=_finite(row.estimate * top),
            se=_finite(float(np.sqrt(row.mse)) * top),
            lower=_finite(low),
            upper=_finite(high),
            interval=MODEL,
            df=None,
            deff=None,
            numerator=None,
            denominator=None,
            low=None,
            high=None,
            flags=tuple(AreaFlag.text(int(row.flags)).split()),
        )
        yield replace(
            cell,
            figure=figure,
            method=MODEL,
            gamma=_finite(row.gamma),
            verdict=verdict,
        )


def _empty(cell: Cell, verdict: Verdict) -> Cell:
    figure = replace(
        cell.figure,
        estimate=None,
        se=None,
        lower=None,
        upper=None,
        interval=MODEL,
        df=None,
        deff=None,
        numerator=None,
        denominator=None,
        low=None,
        high=None,
        flags=(),
    )
    verdict = CONFIDENTIAL if cell.is_confidential else verdict
    return replace(cell, figure=figure, method=MODEL, verdict=verdict)


def _nobody(definition: Definition, code: str) -> Cell:
    """A commune where nobody is in the base: the model may still say something of it."""
    nothing = dict.fromkeys(
        ("estimate", "se", "lower", "upper", "df", "deff", "numerator", "denominator")
    )
    figure = Figure(
        indicator=definition.id,
        category="",
        domain=code,
        interval="",
        n=0,
        n_psu=0,
        low=None,
        high=None,
        missing_share=None,
        flags=("empty",),
        **nothing,
    )
    return Cell(figure, "commune", 0.0, Verdict(Shown.NONE), is_confidential=False)


def _way(definition: Definition, recipe: Recipe) -> str:
    """The arcsine is for shares; an index of several items has no share's variance."""
    is_share = definition.kind is Kind.SHARE
    return ARCSINE if recipe.small_area == SmallArea.ARCSINE and is_share else PLAIN


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
