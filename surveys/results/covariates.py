"""What is known of every commune that a small-area model speaks of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pandas as pd

from surveys.results.recipe import Covariate, Recipe
from surveys.results.round_area import AreaCommune, RoundArea

ALIKE: Final = 1e-9  # a covariate that is the same in all communes with a sample tells nothing


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """Covariates by commune, sampled or not.

    `left_out` are those that the round cannot give, or that are alike; `lacking` the communes
    without a sample that lack one of the others. `people` are counts by age and code, where all
    communes have one.
    """

    table: pd.DataFrame
    left_out: tuple[str, ...]
    sampled: frozenset[str] = frozenset()
    lacking: tuple[str, ...] = ()
    people: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    reaches_communes: bool = False  # a stratum holds several communes, and may hold others

    @property
    def unsampled(self) -> int:
        return sum(code not in self.sampled for code in self.table.index) + len(self.lacking)


def covariates(
    cases: pd.DataFrame,
    populations: Mapping[str, Any],
    recipe: Recipe,
    area: RoundArea | None = None,
) -> Known:
    """The covariates that the recipe names, known without error.

    One source for all communes: the list of the area where the round has one, else what the sample
    says of its own communes. A covariate that a commune with a sample lacks is left out; a commune
    without a sample that lacks one has no figure.
    """
    sampled = sorted(cases["commune"].astype(str).unique())
    listed = () if area is None else area.communes
    if listed:
        columns = _of_area({each.code: each for each in listed}, sampled, recipe)
    else:
        columns = _of_sample(cases, sampled, populations, recipe)
    index = sorted({*sampled, *(each.code for each in listed)})
    table = pd.DataFrame(columns, index=index)
    inside = table.loc[sampled]
    useless = [
        name
        for name in table
        if inside[name].isna().any() or float(inside[name].std(ddof=0)) < ALIKE
    ]
    kept = table.drop(columns=useless)
    lacks = kept.isna().any(axis=1)
    return Known(
        table=kept[~lacks],
        left_out=tuple(str(name) for name in useless),
        sampled=frozenset(sampled),
        lacking=tuple(str(code) for code in kept.index[lacks]),
        people=_people(listed, index),
        reaches_communes=_reaches(cases),
    )


def _of_area(
    known: Mapping[str, AreaCommune], sampled: list[str], recipe: Recipe
) -> dict[str, pd.Series[Any]]:
    codes = sorted({*known, *sampled})

    def column(read: Any) -> pd.Series[Any]:
        values = (read(known[code]) if code in known else None for code in codes)
        return pd.Series([np.nan if each is None else float(each) for each in values], codes)

    def logs(read: Any) -> pd.Series[Any]:
        values = column(read)
        return values.where(values > 0).map(np.log)

    made: dict[str, pd.Series[Any]] = {}
    if Covariate.URBAN in recipe.covariates:
        made[Covariate.URBAN.value] = column(lambda each: each.urban)
    if Covariate.VILLAGES in recipe.covariates:
        made[Covariate.VILLAGES.value] = logs(lambda each: each.villages)
    if Covariate.POPULATION in recipe.covariates:
        made[Covariate.POPULATION.value] = logs(lambda each: each.people_15 or each.people_18)
    return made


def _of_sample(
    cases: pd.DataFrame, communes: list[str], populations: Mapping[str, Any], recipe: Recipe
) -> dict[str, pd.Series[Any]]:
    """Urban and the number of villages come from the strata of the frame (a stratum with urban and
    rural villages counts by its sampled ones; strata that reach over communes tell of none of
    them), population from benchmarks or registers alone: a sum of weights is an estimate, which a
    model must not take for known."""
    strata = cases.groupby(["commune", "stratum"], sort=True).agg(
        villages=("stratum_psus", "first"),
        urban=("urban_rural", lambda column: float(column.eq("urban").mean())),
    )
    columns: dict[str, pd.Series[Any]] = {}
    villages = strata["villages"].astype(float)
    total = villages.groupby("commune").sum()
    shared = strata.index.get_level_values("stratum").duplicated(keep=False)
    mixed = strata["urban"].groupby("commune").nunique().gt(1)
    unsure = pd.Series(shared, index=strata.index).groupby("commune").any()
    if Covariate.URBAN in recipe.covariates:
        urban = (villages * strata["urban"]).groupby("commune").sum() / total
        columns[Covariate.URBAN.value] = urban.where(~(unsure & mixed))
    if Covariate.VILLAGES in recipe.covariates:
        columns[Covariate.VILLAGES.value] = total.map(np.log).where(~unsure)
    if Covariate.POPULATION in recipe.covariates:
        columns[Covariate.POPULATION.value] = _population(communes, populations)
    return columns


def _population(communes: list[str], populations: Mapping[str, Any]) -> pd.Series[Any]:
    rows: Mapping[str, Mapping[str, Any]] = populations.get("rows", {})
    known = {
        code: float(rows[code]["15+"])
        for code in communes
        if code in rows and rows[code].get("source") == "benchmarks" and rows[code]["15+"] > 0
    }
    return pd.Series({code: np.log(known[code]) if code in known else np.nan for code in communes})


def _people(listed: tuple[AreaCommune, ...], index: list[str]) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for age in ("15+", "18+"):
        counts = {each.code: each.people(age) for each in listed}
        known = {code: count for code, count in counts.items() if count}
        if listed and set(known) >= set(index):
            found[age] = known
    return found


def _reaches(cases: pd.DataFrame) -> bool:
    pairs = cases[["stratum", "commune"]].drop_duplicates()
    return bool(pairs["stratum"].duplicated().any())
