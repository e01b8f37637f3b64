"""What R programs read off estimates, models and designs: coefficients, errors, limits, weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from analysis import Design
from analysis.inference.moments import degrees_of_freedom
from tests.reference import r_values as r
from tests.reference.r_expressions import Call
from tests.reference.r_program import Program, frame_of
from tests.reference.r_survey import Asked, Stat
from tests.reference.r_values import List, Matrix, Vector
from tests.reference.spec import NotBuilt


def freedom(program: Program, value: Any) -> Vector:
    if isinstance(value, Design):
        inside = np.ones(value.n_rows, bool) if value.domain is None else value.domain
        return r.number(degrees_of_freedom(value, np.flatnonzero(inside)))
    return r.number(float(getattr(value, "df", np.nan)))


def coefficients(program: Program, value: Any, *_: Any, **__: Any) -> Any:
    if hasattr(value, "vector"):
        return value.vector()
    if isinstance(value, List):
        return value.at("coefficients")
    return value


def standard_errors(program: Program, value: Any, *_: Any) -> Any:
    if getattr(value, "side", 0):
        return Matrix(value.se.reshape(value.side, value.side))
    return r.numeric(value.se, value.names)


def covariance_matrix(program: Program, value: Any, *_: Any) -> Matrix:
    return Matrix(np.atleast_2d(value.covariance), value.names, value.names)


def variation(program: Program, value: Any, *_: Any) -> Vector:
    return r.numeric(value.se / value.value, value.names)


def design_effects(program: Program, value: Any, *_: Any) -> Vector:
    return r.numeric(value.deff, value.names)


def limits(
    program: Program,
    value: Any,
    parm: Any = None,
    *,
    level: Any = None,
    df: Any = None,
    ddf: Any = None,
    **_: Any,
) -> Matrix:
    confidence = float(level.values[0]) if level is not None else 0.95
    given = df if df is not None else ddf
    default = getattr(value, "model_df", np.inf)
    freedom_of = float(given.values[0]) if given is not None else default
    if isinstance(value, Stat) and value.has_limits:
        low, high = value.lower, value.upper
    else:
        t = stats.t.ppf(0.5 + confidence / 2, freedom_of) if freedom_of > 0 else np.nan
        low, high = value.value - t * value.se, value.value + t * value.se
    made = Matrix(np.column_stack([low, high]), value.names, _percent(confidence))
    if parm is None:
        return made
    at = [value.names.index(t) for t in parm.texts] if parm.kind == "text" else parm.values - 1
    at = np.asarray(at, dtype=np.int64)
    return Matrix(made.values[at], tuple(value.names[i] for i in at), made.columns)


def _percent(confidence: float) -> tuple[str, str]:
    ends = ((1 - confidence) / 2, (1 + confidence) / 2)
    return tuple(f"{100 * end:.4g} %" for end in ends)  # type: ignore[return-value]


def attribute(program: Program, value: Any, which: Any, **_: Any) -> Any:
    name = which.texts[0]
    if name == "var":
        return covariance_matrix(program, value)
    if name == "ci" and isinstance(value, Stat) and value.lower is not None:
        return r.numeric([*value.lower, *value.upper])
    if name == "names":
        return r.texts(value.names)
    raise NotBuilt(f"attr {name!r}")


def weights(program: Program, design: Design, *_: Any) -> Vector:
    w = design.weights if design.domain is None else design.weights[design.domain]
    return r.numeric(w)


def data_of_design(program: Program, design: Design) -> pd.DataFrame:
    return frame_of(design)


def table(program: Program, node: Call, columns: pd.DataFrame | None) -> Any:
    """svytable of one or two classifications: estimated counts."""
    asked = Asked(program, node, columns)
    parts = [r.factor(r.column(frame_of(asked.sample)[name])) for name in asked.variables()]
    w = weights(program, asked.sample).values
    cells = np.zeros([len(part.levels) for part in parts])
    places = [Vector(p.values, None, "factor", p.levels).numbers - 1 for p in parts]
    known = ~np.any([np.isnan(place) for place in places], axis=0)
    np.add.at(cells, tuple(place[known].astype(int) for place in places), w[known])
    if "Ntotal" in asked.options:
        cells = cells * float(asked.option("Ntotal")) / cells.sum()
    if len(parts) == 1:
        return r.numeric(cells, parts[0].levels)
    if len(parts) == 2:
        return Matrix(cells, parts[0].levels, parts[1].levels)
    raise NotBuilt("svytable of more than two classifications")


SPECIAL: dict[str, Callable[[Program, Call, pd.DataFrame | None], Any]] = {"svytable": table}
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "coef": coefficients, "coefficients": coefficients, "SE": standard_errors,
    "vcov": covariance_matrix, "cv": variation, "deff": design_effects, "confint": limits,
    "degf": freedom, "attr": attribute, "weights": weights, "model.frame": data_of_design,
}  # fmt: skip
