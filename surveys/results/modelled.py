"""Model-based figures of communes, beside the direct ones and never in their place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
import pandas as pd

from analysis.arrays import FloatArray
from analysis.errors import AnalysisError
from analysis.indices.definition import Definition
from analysis.indices.figures import Figure
from analysis.publication import Shown, Verdict
from analysis.smallarea import AreaEstimate, AreaEstimates, AreaFlag
from surveys.results.cells import Cell, Computed
from surveys.results.covariates import Known
from surveys.results.model_facts import facts_of, shared_errors
from surveys.results.model_fit import Fitted, Observed, fit_model, scale_of
from surveys.results.model_words import (
    ALL_ALIKE,
    AREA_FAR,
    CONFIDENTIAL,
    DOUBTFUL,
    LACKING,
    NO_SPREAD,
    SYNTHETIC_ONLY,
    fault_verdict,
    no_fit,
)
from surveys.results.parts import Parts, parts_of, top_of, unit_of
from surveys.results.recipe import Recipe, SmallArea
from surveys.results.recipes import Weighted
from surveys.results.round_area import RoundArea

MODEL: Final = "model"
SYNTHETIC: Final = "synthetic"
ALONE: Final = RoundArea()
PLANNED: Final = frozenset({"equipped"})  # plans of teams draw these together
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


def modelled(
    computed: Computed,
    source: Weighted,
    known: Known,
    recipe: Recipe,
    area: RoundArea = ALONE,
) -> Modelled | None:
    """The model of one indicator; None for indicators that pages do not show by commune.

    The model also hears the answers of communes whose own index is not given for lack of answers.
    Communes where nobody answered have synthetic figures: the regression alone.
    """
    definition = computed.definition
    if recipe.small_area == SmallArea.NONE or definition.id not in MODELLED:
        return None
    direct = _direct_cells(computed, known.table.index)
    lacking = tuple(_empty(_nobody(definition, code), LACKING) for code in known.lacking)
    observed = _observed(computed, direct, parts_of(source.design, definition), known.table.index)
    try:
        fitted = fit_model(observed, known, definition, recipe, area=area, target=_target(computed))
    except AnalysisError as error:
        verdict = no_fit(str(error))
        cells = tuple(_empty(cell, verdict) for cell in direct)
        refused = {"scale": scale_of(definition, recipe), "refused": str(error)}
        return Modelled(definition.id, (*cells, *lacking), None, refused)
    facts = facts_of(fitted, known, recipe)
    if definition.id in PLANNED:
        facts["shared"] = shared_errors(fitted.areas)
    cells = tuple(_cells(direct, fitted, known, definition))
    return Modelled(definition.id, (*cells, *lacking), fitted.areas, facts)


def _direct_cells(computed: Computed, communes: pd.Index[Any]) -> tuple[Cell, ...]:
    by_domain = {
        cell.figure.domain: cell
        for cell in computed.cells
        if cell.domain_type == "commune" and cell.method == "direct"
    }
    return tuple(by_domain.get(code) or _nobody(computed.definition, code) for code in communes)


def _observed(
    computed: Computed, cells: tuple[Cell, ...], parts: Parts, communes: pd.Index[Any]
) -> Observed:
    definition = computed.definition
    scale = unit_of(definition) / top_of(definition)
    place = {str(domain[0]): at for at, domain in enumerate(parts.by_commune.domain)}
    rows = np.array([place.get(str(code), -1) for code in communes])

    def column(read: Any) -> FloatArray:
        values = [read(cell.figure) for cell in cells]
        return np.array([np.nan if each is None else each for each in values], dtype=np.float64)

    def estimated(values: FloatArray) -> FloatArray:
        return np.where(rows >= 0, values[rows] * scale, np.nan)

    n = column(lambda figure: figure.n)
    return Observed(
        value=estimated(parts.by_commune.estimate),
        variance=estimated(parts.by_commune.se) ** 2,
        n=n,
        n_eff=n / computed.pooled_deff,
        weight=column(lambda figure: figure.denominator),
    )


def _target(computed: Computed) -> float | None:
    """The direct figure of the round on 0..1, if it is published."""
    for cell in computed.cells:
        if cell.domain_type == "round" and cell.figure.estimate is not None:
            if cell.verdict.shown is Shown.NONE:
                return None
            return cell.figure.estimate / top_of(computed.definition)
    return None


def _cells(
    direct: tuple[Cell, ...], fitted: Fitted, known: Known, definition: Definition
) -> Iterator[Cell]:
    top = top_of(definition)
    for cell, row in zip(direct, fitted.areas, strict=True):
        low, high = (min(max(each, 0.0), 1.0) * top for each in (row.lower, row.upper))
        method = _method(cell)
        figure = replace(
            _bare(cell.figure),
            estimate=_finite(row.estimate * top),
            se=_finite(float(np.sqrt(row.mse)) * top),
            lower=_finite(low),
            upper=_finite(high),
            interval=method,
            flags=tuple(AreaFlag.text(int(row.flags)).split()),
        )
        yield replace(
            cell,
            figure=figure,
            method=method,
            gamma=_finite(row.gamma),
            verdict=_verdict(cell, row, fitted, known),
        )


def _method(cell: Cell) -> str:
    """Where nobody answered the figure is of another kind: no answer of the commune is in it."""
    return SYNTHETIC if cell.figure.n == 0 else MODEL


def _verdict(cell: Cell, row: AreaEstimate, fitted: Fitted, known: Known) -> Verdict:
    verdict = Verdict(Shown.PUBLISH)
    if cell.is_confidential:
        verdict = CONFIDENTIAL
    elif fitted.found.faults:
        verdict = fault_verdict(fitted.found.faults)
    elif row.reason:
        verdict = AREA_FAR
    elif AreaFlag.ZERO_VARIANCE in row.flags:
        verdict = NO_SPREAD
    elif cell.figure.n == 0:
        verdict = SYNTHETIC_ONLY if len(known.table.columns) else ALL_ALIKE
    elif AreaFlag.SYNTHETIC in row.flags or AreaFlag.EXTRAPOLATED in row.flags:
        verdict = DOUBTFUL
    return verdict


def _empty(cell: Cell, verdict: Verdict) -> Cell:
    method = _method(cell)
    figure = replace(_bare(cell.figure), interval=method, flags=())
    verdict = CONFIDENTIAL if cell.is_confidential else verdict
    return replace(cell, figure=figure, method=method, verdict=verdict)


def _bare(figure: Figure) -> Figure:
    """Without what a direct figure has and a model's has not."""
    return replace(
        figure,
        estimate=None,
        se=None,
        lower=None,
        upper=None,
        df=None,
        deff=None,
        numerator=None,
        denominator=None,
        low=None,
        high=None,
    )


def _nobody(definition: Definition, code: str) -> Cell:
    """A commune where nobody answered: the model may still say something of it."""
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


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
