"""What a run says about its sample and about the people that it stands for, as plain JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import pandas as pd

from surveys.results.calibrating import PROVINCE
from surveys.results.designs import FPC_FROM
from surveys.results.extract import BenchmarkCell
from surveys.results.recipe import Recipe
from surveys.results.recipes import Weighted

YOUNG: Final = "15-17"
BENCHMARKS: Final = "benchmarks"
WEIGHTS: Final = "weights"


def sample_facts(cases: pd.DataFrame, recipe: Recipe) -> dict[str, Any]:
    """Strata, villages, households, the largest share of villages drawn, final dispositions."""
    by_stratum = cases.groupby("stratum")
    villages = by_stratum["psu"].nunique()
    fraction = float((villages / by_stratum["stratum_psus"].first().astype(float)).max())
    codes = cases["disposition"].astype(str).value_counts()
    return {
        "strata": len(villages),
        "psus": int(cases["psu"].nunique()),
        "fewest_psus": int(villages.min()),
        "households": len(cases),
        "largest_fraction": min(fraction, 1.0),
        "has_fpc": recipe.finite_population and fraction > FPC_FROM,
        "dispositions": {code: int(codes[code]) for code in sorted(codes.index)},
    }


def populations(people: Weighted | None, benchmarks: Iterable[BenchmarkCell]) -> dict[str, Any]:
    """Persons aged 15+ and 18+ by commune and in all (domain ""): benchmarks, else weights.

    A commune has a benchmark where it is made of whole strata that have one. Raking over all
    strata together leaves the sum of weights of one commune to chance; such sums would pass for
    known populations and hide the uncertainty of what is multiplied by them.
    """
    if people is None:
        return {}
    frame, w = people.frame, people.design.weights
    table = frame[["commune"]].assign(p15=w, p18=w * frame["persons_18"].to_numpy())
    sums = table.groupby("commune")[["p15", "p18"]].sum()
    rows = {str(code): _row(each["p15"], each["p18"], WEIGHTS) for code, each in sums.iterrows()}
    rows[""] = _row(float(w.sum()), float(table["p18"].sum()), WEIGHTS)
    if people.is_raked:
        rows |= _known(frame, tuple(benchmarks))
    return {"is_raked": people.is_raked, "rows": rows}


def _row(p15: float, p18: float, source: str) -> dict[str, Any]:
    return {"15+": float(p15), "18+": float(p18), "source": source}


def _known(
    frame: pd.DataFrame, benchmarks: tuple[BenchmarkCell, ...]
) -> Mapping[str, dict[str, Any]]:
    by_stratum = any(cell.domain != PROVINCE for cell in benchmarks)
    used = [cell for cell in benchmarks if (cell.domain != PROVINCE) == by_stratum]
    if not any(cell.age_group == YOUNG for cell in used):
        return {}  # counts of adults alone say nothing of 15+
    found = {"": _counted(used)}
    places = frame[["stratum", "commune"]].drop_duplicates()
    shared = set(places.loc[places["stratum"].duplicated(keep=False), "stratum"])
    have = {cell.domain for cell in used}
    for commune, strata in places.groupby("commune")["stratum"]:
        inside = set(strata)
        if inside <= have and not inside & shared:
            found[str(commune)] = _counted(cell for cell in used if cell.domain in inside)
    return found


def _counted(cells: Iterable[BenchmarkCell]) -> dict[str, Any]:
    kept = tuple(cells)
    adults = sum(cell.count for cell in kept if cell.age_group != YOUNG)
    return _row(sum(cell.count for cell in kept), adults, BENCHMARKS)
