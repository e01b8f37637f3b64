"""What the frame knows of every commune of a round, for small-area models."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from surveys.results.recipe import Covariate, Recipe


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """Covariates by commune; `left_out` are those that the round cannot give, or that are alike."""

    table: pd.DataFrame
    left_out: tuple[str, ...]


def covariates(cases: pd.DataFrame, populations: Mapping[str, Any], recipe: Recipe) -> Known:
    """The covariates that the recipe names, known without error for every commune.

    Urban and the number of villages come from the strata of the frame (a stratum with urban and
    rural villages counts by its sampled ones; strata that reach over communes tell of none of
    them), population from benchmarks or registers alone: a
    sum of weights is an estimate, which a model must not take for known.
    """
    strata = cases.groupby(["commune", "stratum"], sort=True).agg(
        villages=("stratum_psus", "first"),
        urban=("urban_rural", lambda column: float(column.eq("urban").mean())),
    )
    communes = sorted(cases["commune"].astype(str).unique())
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
    table = pd.DataFrame(columns, index=communes)
    useless = [
        name for name in table if table[name].isna().any() or float(table[name].std(ddof=0)) < 1e-9
    ]
    return Known(table.drop(columns=useless), tuple(str(name) for name in useless))


def _population(communes: list[str], populations: Mapping[str, Any]) -> pd.Series[Any]:
    rows: Mapping[str, Mapping[str, Any]] = populations.get("rows", {})
    known = {
        code: float(rows[code]["15+"])
        for code in communes
        if code in rows and rows[code].get("source") == "benchmarks" and rows[code]["15+"] > 0
    }
    return pd.Series({code: np.log(known[code]) if code in known else np.nan for code in communes})
