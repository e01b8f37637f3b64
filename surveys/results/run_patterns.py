"""What a run finds out for its maps: where neighbours are alike, and how each map may be coloured.

Stored with the run, because a page computes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from analysis.clusters import Cluster
from maps.specification import Language, Quality
from maps.views import views
from surveys.collection.refusal import Refused
from surveys.results.area_patterns import Figure, borders, find_patterns
from surveys.results.map_choice import DIRECT, MODEL
from surveys.results.reading.figures import RunReader
from surveys.results.reading.names import COMMUNE
from surveys.results.reading.places import units_of
from surveys.results.report.maps import MAPPED, Shapes, specification, units_of_map
from surveys.territory.models import AdminUnit

SEED: Final = 20250701  # one for all runs, so that the same figures give the same words
NO_SHAPES: Final = Shapes({}, Quality.SCHEMATIC, "", "", "")  # views ask for figures alone
UNSAID: Final = (Cluster.NOT_TOLD_APART, Cluster.ALONE)


def patterns_of(found: RunReader, indicators: Sequence[str] = MAPPED) -> dict[str, Any]:
    """Moran's I and the communes told apart, for each mapped indicator; or why there is none.

    Only figures that are shown take part, so nothing is told of those that are withheld.
    """
    units = units_of(found.run)
    try:
        near = borders(list(units.values()))
    except Refused as refused:
        return {"why": {"vi": refused.vi, "en": refused.en}, "of": {}}
    held = [each for each in indicators if each in found.definitions]
    return {"of": {each: _pattern(found, each, units, near) for each in held}}


def views_of(found: RunReader) -> dict[str, dict[str, list[str]]]:
    """By indicator and kind of figure: the views that its figures allow.

    The run must hold its patterns already: they are one of the views.
    """
    with_model = {indicator for method, indicator, _ in found.others if method == MODEL}
    made: dict[str, dict[str, list[str]]] = {}
    for indicator in MAPPED:
        if indicator not in found.definitions:
            continue
        kinds = (DIRECT, MODEL) if indicator in with_model else (DIRECT,)
        made[indicator] = {kind: _views(found, indicator, kind) for kind in kinds}
    return made


def _views(found: RunReader, indicator: str, kind: str) -> list[str]:
    spec = specification(found, indicator, units_of_map(found, kind), NO_SHAPES, kind)
    return [view.key for view in views(spec, Language.VI)]


def _pattern(
    found: RunReader,
    indicator: str,
    units: Mapping[str, AdminUnit],
    near: Sequence[tuple[str, str]],
) -> dict[str, Any]:
    shown = {code: found.figure(indicator, COMMUNE, code) for code in units}
    figures = [
        Figure(units[code], each.estimate, each.se)
        for code, each in shown.items()
        if each.estimate is not None
    ]
    try:
        told = find_patterns(figures, near=near, seed=SEED)
    except Refused as refused:
        return {"why": {"vi": refused.vi, "en": refused.en}}
    clusters = {
        each.unit.code: Cluster(int(kind)).name.lower()
        for each, kind in zip(figures, told.local.cluster, strict=True)
        if Cluster(int(kind)) not in UNSAID
    }
    return {
        "i": told.overall.i,
        "p": told.overall.p,
        "n": told.overall.n,
        "left_out": len(units) - len(figures),
        "alone": [unit.code for unit in told.isolates],
        "sampling": told.sampling,
        "is_mostly_error": told.is_mostly_error,
        "clusters": clusters,
    }
