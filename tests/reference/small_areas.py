"""Named figures of small-area models, by the model that a case declares.

What a model was given is read from the case's arguments and, where they lack it, from the data
expressions in its program; the figures are the engine's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from analysis import AnalysisError
from analysis.smallarea import (
    AreaEstimates,
    AreaFlag,
    Drawn,
    back_transformed,
    benchmark,
    direct_means,
    fay_herriot,
    hierarchical_bayes,
    spatial_fay_herriot,
    unit_model,
)
from analysis.smallarea.scales import LINKS
from tests.reference.r_data import argument, assigned, columns, design_matrix, value, walk
from tests.reference.r_expressions import Call, parse
from tests.reference.spec import Case, NotBuilt, as_list, data_of

Figures = Mapping[str, Any]


class Documented(AnalysisError):
    """R has no answer; ours is another estimator, which says so by its flags."""


@dataclass(frozen=True, slots=True)
class Model:
    """A family of models: every word occurs in the `args.model` of its cases (in lower case)."""

    words: tuple[str, ...]
    figures: Callable[[Case], Figures]


def figures(case: Case) -> Figures:
    """The figures of the first model whose words the case declares."""
    declared = str(case.args["model"]).lower().replace("-", " ").replace("_", " ")
    for model in MODELS:
        if all(word in declared for word in model.words):
            return model.figures(case)
    raise NotBuilt(f"model {case.args['model']!r}")


@dataclass(frozen=True, slots=True)
class Program:
    """The program of a case, and every name that has a value in it."""

    calls: tuple[Call, ...]
    scope: dict[str, Any]

    @classmethod
    def of(cls, case: Case) -> Program:
        scope: dict[str, Any] = {name: data_of(case, name) for name in case.datasets}
        code = case.args.get("code")
        if not code:
            return cls((), scope)
        tree = parse(code)
        return cls(tuple(walk(tree)), assigned(tree, scope))

    def call(self, *names: str) -> Call | None:
        return next((call for call in self.calls if called(call) in names), None)

    def get(self, call: Call, name: str, place: int, frame: pd.DataFrame | None = None) -> Any:
        found = argument(call, name, place)
        scope = self.scope if frame is None else {**self.scope, **columns(frame)}
        return None if found is None else value(found, scope)


def called(call: Call) -> str:
    """The name of a function, without the package before it."""
    if isinstance(call.function, Call) and call.function.name == "::":
        return str(call.function.plain[-1])
    return call.name


@dataclass(frozen=True, slots=True)
class Given:
    """Input of an area-level model."""

    y: np.ndarray
    variance: np.ndarray
    x: np.ndarray
    method: str


def given(case: Case, *functions: str) -> Given:
    """Formula, variances, method: from the arguments, else from the first call of a function."""
    program = Program.of(case)
    call = program.call(*functions)
    args = case.args
    frame = data_of(case)
    if args.get("subset"):
        frame = frame[value(args["subset"], columns(frame))]
    elif call is not None and argument(call, "data") is not None:
        frame = value(argument(call, "data"), program.scope)
    scope = {**program.scope, **columns(frame)}
    formula = argument(call, "formula", 0) if call is not None else None
    if args.get("X"):
        formula_x = parse("~" + "+".join(str(term) for term in as_list(args["X"])))
        x = design_matrix(formula_x, frame, scope)
    elif isinstance(formula, Call) and formula.name == "~":
        x = design_matrix(formula, frame, scope)
    else:
        x = np.asarray(scope["X"], dtype=float)
    if args.get("y"):
        y = value(args["y"], scope)
    else:
        is_formula = isinstance(formula, Call) and formula.name == "~"
        y = value(formula.plain[0] if is_formula else formula, scope)
    stated = args.get("vardir") or argument(call, "vardir", 1)
    return Given(
        np.asarray(y, dtype=float),
        np.asarray(value(stated, scope), dtype=float),
        x,
        str(args.get("method") or _text(call, "method") or "REML"),
    )


def _text(call: Call | None, name: str) -> str | None:
    found = None if call is None else argument(call, name)
    return None if found is None else str(value(found, {}))


def area_level(case: Case) -> Figures:
    """Fay and Herriot's model; R's estimator has no adjusted likelihood."""
    asked = given(case, "mseFH", "eblupFH", "fhreml")
    may_adjust = case.is_undefined or "adjusted" in str(case.args["model"])
    found = fay_herriot(
        asked.y, asked.variance, asked.x,
        method=asked.method, intercept=False, adjust=may_adjust,
    )  # fmt: skip
    if case.is_undefined:
        stated(found)
    return named(found)


def stated(found: AreaEstimates) -> None:
    """Where R stops without an answer: ours is the top of the likelihood, or flagged."""
    is_flagged = (found.flags & int(AreaFlag.ZERO_VARIANCE)).any()
    assert is_flagged or found.fit.sigma2 > 0
    assert np.isfinite(found.mse).all()
    raise Documented(f"bounded search: A = {found.fit.sigma2}, flagged: {is_flagged}")


def named(found: AreaEstimates) -> dict[str, Any]:
    """The names that cases use."""
    fit = found.fit
    return {
        "eblup": found.estimate, "est": found.estimate, "beta": fit.beta, "beta_se": fit.beta_se,
        "sigma2_u": fit.sigma2, "refvar": fit.sigma2, "rho": fit.rho, "mse": found.mse,
        "rmse": found.rmse, "gamma": found.gamma, "g1": found.g1, "g2": found.g2, "g3": found.g3,
        "loglik": fit.loglik, "aic": fit.aic, "bic": fit.bic, "synthetic": found.synthetic,
    }  # fmt: skip


def spatial(case: Case) -> Figures:
    asked = given(case, "mseSFH", "eblupSFH")
    name = re.match(r"[\w.]+", str(case.args.get("proximity") or ""))
    if name and name[0] in case.datasets:
        proximity = data_of(case, name[0])
    else:
        program = Program.of(case)
        call = program.call("mseSFH", "eblupSFH")
        assert call is not None
        proximity = program.get(call, "proxmat", 2)
    found = spatial_fay_herriot(
        asked.y, asked.variance, np.asarray(proximity), asked.x,
        method=asked.method, intercept=False,
    )  # fmt: skip
    return named(found)


def spatio_temporal(case: Case) -> Figures:
    raise NotBuilt("the spatio-temporal model of Marhuenda, Molina and Morales 2013")


def on_scale(case: Case, scale: str) -> Figures:
    """Shares on a scale: `p` and `n_eff` as the model's words say, or z and v of the program."""
    program = Program.of(case)
    frame = data_of(case)
    scope = {**program.scope, **columns(frame)}
    for name in ("p", "n_eff"):
        said = re.search(rf"\b{name}\s*=\s*([^,;]+)", str(case.args["model"]))
        text = case.args.get(name) or (said and said[1])
        if text:
            scope[name] = value(str(text), scope)
    link = LINKS[scale]  # type: ignore[index]
    if "z" not in program.scope:
        scope["z"] = link.to(np.asarray(scope["p"]))
    if "v" not in program.scope:
        stated_ = str(case.args.get("vardir") or "1/(4*n_eff)")
        scope["v"] = value(stated_, scope)
    if case.args.get("X"):
        x = design_matrix(parse("~" + "+".join(map(str, as_list(case.args["X"])))), frame, scope)
    else:
        x = np.asarray(scope["X"])
    fitted = fay_herriot(
        scope["z"], scope["v"], x, method=str(case.args.get("method") or "REML"), intercept=False
    )
    back = back_transformed(fitted, scale)
    inner = {f"{name}_z": figure for name, figure in named(fitted).items()}
    return {
        **inner, "z": scope["z"], "beta": fitted.fit.beta, "sigma2_u": fitted.fit.sigma2,
        "gamma": fitted.gamma, "naive": link.back(fitted.estimate),
        "bias_corrected": back.estimate, "lower": back.lower, "upper": back.upper,
    }  # fmt: skip


def unit_level(case: Case) -> Figures:
    """Battese, Harter and Fuller's model; population means in the order of the formula's terms."""
    program = Program.of(case)
    call = program.call("eblupBHF", "pbmseBHF")
    assert call is not None
    frame = value(argument(call, "data"), program.scope)
    formula = argument(call, "formula", 0)
    x = design_matrix(formula, frame, program.scope)
    means = value(argument(call, "meanxpop"), program.scope)
    sizes = value(argument(call, "popnsize"), program.scope)
    area = frame[str(argument(call, "dom"))]
    names = [f"x{at}" for at in range(x.shape[1])]
    target = means.iloc[:, 1:].to_numpy(dtype=float)
    if target.shape[1] < len(names):  # the intercept's mean is not given
        target = np.column_stack([np.ones(len(target)), target])
    selected = argument(call, "selectdom")
    index = list(means.iloc[:, 0])
    found = unit_model(
        value(formula.plain[0], columns(frame)),
        pd.DataFrame(x, columns=names),
        area.to_numpy(),
        pd.DataFrame(target, columns=names, index=index),
        population_sizes=pd.Series(sizes.iloc[:, 1].to_numpy(float), index=sizes.iloc[:, 0]),
        method=str(case.args.get("method") or _text(call, "method") or "REML"),
        intercept=False,
    )
    if selected is not None:
        wanted = value(selected, program.scope)
        found = found.take([index.index(one) for one in wanted])
    return {
        **named(found), "domain": found.area, "n": found.n, "sigma2_e": found.fit.sigma2_e,
    }  # fmt: skip


def direct(case: Case) -> Figures:
    """Means with known domain sizes; with replacement, R leaves out the division by n - 1."""
    program = Program.of(case)
    call = program.call("direct")
    assert call is not None
    has_data = argument(call, "data") is not None
    frame = value(argument(call, "data"), program.scope) if has_data else None
    weights = program.get(call, "sweight", 2, frame)
    sizes = program.get(call, "domsize", 3, frame)
    replaced = argument(call, "replace")
    is_replaced = replaced is not None and bool(value(replaced, {}))
    rule = {
        (False, False): Drawn.POISSON, (False, True): Drawn.SIMPLE,
        (True, False): Drawn.WITH_REPLACEMENT, (True, True): Drawn.SIMPLE_WITH_REPLACEMENT,
    }[is_replaced, weights is None]  # fmt: skip
    known = None if sizes is None else dict(zip(*(sizes.iloc[:, at] for at in (0, 1)), strict=True))
    found = direct_means(
        program.get(call, "y", 0, frame),
        program.get(call, "dom", 1, frame),
        weights=weights, sizes=known, drawn=rule,
    )  # fmt: skip
    sd = found.se * (np.sqrt(np.maximum(found.n - 1, 0)) if rule is Drawn.WITH_REPLACEMENT else 1)
    return {
        "domain": found.domain, "n": found.n, "direct": found.estimate, "sd": sd,
        "cv": 100 * sd / found.estimate,
    }  # fmt: skip


def hbsae_area(case: Case) -> tuple[Program, AreaEstimates]:
    """`fSAE.Area`, whose REML does without g3."""
    program = Program.of(case)
    call = program.call("fSAE.Area")
    assert call is not None
    y, variance = program.get(call, "est.init", 0), program.get(call, "var.init", 1)
    x = program.get(call, "X", 2)
    x = np.ones((len(y), 1)) if x is None else np.asarray(x, dtype=float)
    method = str(_text(call, "method") or case.args.get("method") or "HB")
    if method == "HB":
        return program, hierarchical_bayes(y, variance, x, intercept=False)
    stated_ratio = program.get(call, "lambda0", 99)
    fixed: dict[str, Callable[[], float | None]] = {
        "REML": lambda: None,
        "synthetic": lambda: 0.0,
        "survreg": lambda: 1e12 * float(np.max(variance)),
        "BLUP": lambda: float(stated_ratio),
        "hybrid": lambda: hierarchical_bayes(y, variance, x, intercept=False).fit.sigma2,
    }
    if method not in fixed:
        raise NotBuilt(f"fSAE.Area with method {method}")
    between = fixed[method]()
    found = fay_herriot(y, variance, x, intercept=False, adjust=False, between=between)
    return program, without_g3(found)


def without_g3(found: AreaEstimates) -> AreaEstimates:
    mse = found.g1 + found.g2
    return replace(found, mse=mse, errors=found.errors.with_diagonal(mse))


def hierarchical(case: Case) -> Figures:
    found = hbsae_area(case)[1]
    return {**named(found), "lambda": found.fit.sigma2, "sigma2_e": 1.0}


def benchmarked(case: Case) -> Figures:
    """`bench`: totals of areas, R by their sizes."""
    program, found = hbsae_area(case)
    call = program.call("bench")
    sized = program.call("fSAE.Area")
    assert call is not None
    assert sized is not None
    size = np.asarray(program.get(sized, "Narea", 9), dtype=float)
    rows = program.get(call, "R", 1)
    weights = size[:, None] * (np.ones((len(size), 1)) if rows is None else np.asarray(rows, float))
    target = np.atleast_1d(program.get(call, "rhs", 2))
    rule = {"exact": "exact", "model": "added", "no": "kept"}[_text(call, "mseMethod") or "no"]
    moved = benchmark(found, weights, target, how="optimal", mse=rule)
    total = weights.T @ moved.estimate
    return {
        **named(moved), "unbenched": found.estimate, "mse_unbenched": found.mse,
        "total": total if len(total) > 1 else float(total[0]),
        "target": target if len(target) > 1 else float(target[0]),
    }  # fmt: skip


MODELS: list[Model] = [
    Model(("bench",), benchmarked),
    Model(("spatio", "temporal"), spatio_temporal),
    Model(("spatial",), spatial),
    Model(("unit level",), unit_level),
    Model(("bhf",), unit_level),
    Model(("direct", "domain"), direct),
    Model(("arcsin",), lambda case: on_scale(case, "arcsine")),
    Model(("logit",), lambda case: on_scale(case, "logit")),
    Model(("hbsae",), hierarchical),
    Model(("fay herriot",), area_level),
    Model(("fh",), area_level),
]
