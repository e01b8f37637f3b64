"""The tests and agreements of R programs, answered by the engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from analysis.inference.fit import goodness_of_fit
from analysis.models.agreement import alpha, kappa
from tests.reference import r_values as r
from tests.reference.inference import rank_figures, t_figures, table_test
from tests.reference.r_expressions import Call
from tests.reference.r_program import Program, frame_of
from tests.reference.r_survey import Asked, Stat
from tests.reference.r_values import List, Vector


def chi_square(program: Program, node: Call, columns: pd.DataFrame | None) -> List:
    asked = Asked(program, node, columns)
    row, col = asked.variables()
    statistic = asked.option("statistic", "F")
    found = table_test(asked.sample, row, col, statistic, na_rm=bool(asked.option("na.rm", True)))
    return _test(found)


def _test(found: Any) -> List:
    entries = {
        "statistic": r.number(found["statistic"]),
        "parameter": r.numeric(found["parameter"]),
        "p.value": r.number(found["p_value"]),
        "estimate": r.numeric(found.get("estimate", [])),
    }
    if "conf_int" in found:
        entries["conf.int"] = r.numeric(found["conf_int"])
    if "ddf" in found:
        entries["ddf"] = r.number(found["ddf"])
    return List(tuple(entries), tuple(entries.values()))


def t_test(program: Program, node: Call, columns: pd.DataFrame | None) -> List:
    asked = Asked(program, node, columns)
    return _test(t_figures(asked.sample, asked.formula, na_rm=asked.drops_missing))


def ranks(program: Program, node: Call, columns: pd.DataFrame | None) -> List:
    asked = Asked(program, node, columns)
    return _test(rank_figures(asked.sample, asked.formula, asked.option("test", "wilcoxon")))


def fit_of_shares(program: Program, node: Call, columns: pd.DataFrame | None) -> List:
    asked = Asked(program, node, columns)
    given = asked.options.get("p")
    if given is None:
        given = next(v for v in asked.plain[1:] if isinstance(v, Vector))
    design, name = asked.sample, asked.variables()[0].removeprefix("factor(").removesuffix(")")
    levels = sorted(frame_of(design)[name].dropna().unique())
    found = goodness_of_fit(design, name, dict(zip(levels, given.values, strict=True)))
    return List.of(
        statistic=r.number(found.statistic),
        parameter=r.numeric([found.scale, found.df]),
        p_value=r.number(found.p_value),
    )


def agreement(program: Program, node: Call, columns: pd.DataFrame | None) -> Stat:
    asked = Asked(program, node, columns)
    found = kappa(asked.sample, *asked.variables())
    return Stat(np.array([found.estimate]), np.array([[found.se**2]]), ("kappa",), asked.sample)


def reliability(program: Program, node: Call, columns: pd.DataFrame | None) -> Vector:
    asked = Asked(program, node, columns)
    return r.number(alpha(asked.sample, asked.variables()).estimate)


SPECIAL: dict[str, Callable[[Program, Call, pd.DataFrame | None], Any]] = {
    "svychisq": chi_square, "svyttest": t_test, "svyranktest": ranks, "svykappa": agreement,
    "svycralpha": reliability, "svygofchisq": fit_of_shares,
}  # fmt: skip
