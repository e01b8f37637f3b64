"""Named figures for quantiles, distribution functions, variances, contrasts, standardised rates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from scipy import special

from analysis import Design, Estimates, Flag, mean
from analysis.contrasts import contrast, function_of
from analysis.contrasts.smooth import read
from analysis.distribution import cdf, covariance_of, quantile
from analysis.standardised import standardise
from tests.reference.r_expressions import Call, Name, Node, parse
from tests.reference.r_program import text_of
from tests.reference.spec import Case, NotBuilt, as_list, design_of
from tests.reference.stated import Stated, stated, with_terms

Figures = Mapping[str, Any]
QUANTILE_INTERVALS = {
    "mean": "t",
    "beta": "korn_graubard_uncapped",
    "xlogit": "xlogit",
    "asin": "arcsine",
    "score": "score",
    "quantile": "replicates",
}
DECLINED = int(Flag.EMPTY | Flag.ONE_RESPONDENT | Flag.ONE_PSU | Flag.NO_SPREAD | Flag.LONELY_PSU)


def figures_of(made: Estimates) -> Figures:
    """What R prints of a table of estimates."""
    z = special.ndtri(0.975)
    return {
        "estimate": made.estimate,
        "se": made.se,
        "df": made.df[0],
        "ci_t_lower": made.lower,
        "ci_t_upper": made.upper,
        "ci_z_lower": made.estimate - z * made.se,
        "ci_z_upper": made.estimate + z * made.se,
        "cv": made.cv,
        "vcov": made.vcov(),
    }


def declined(found: np.ndarray, expected: Any, made: Estimates) -> np.ndarray:
    """Where ours differs and says why (one PSU, no spread), R's figure is let be.

    Ours is nan where R prints zero, or a limit from the effective size where R prints NaN.
    """
    theirs = np.array([np.nan if v in ("NA", "NaN") else float(v) for v in as_list(expected)])
    silent = np.isnan(found) & ((made.flags & DECLINED) != 0)
    edge = np.isnan(theirs) & ((made.flags & int(Flag.NO_SPREAD)) != 0)
    return np.where(silent | edge, theirs, found)


def quantiles(case: Case) -> Figures:
    args = case.args
    design = as_r_holds_weights(design_of(case))
    made = quantile(
        design,
        args["var"],
        as_list(args["probs"]),
        rule=args.get("qrule") or "math",
        interval=QUANTILE_INTERVALS[args.get("interval") or "mean"],
        missing="listwise" if args.get("na_rm") else "fail",
        confidence=1 - float(args.get("alpha") or 0.05),
        df="answers",
    )
    figures = {
        "probs": np.array(made.level, dtype=float),
        "quantile": made.estimate,
        "df": made.df[0],
    }
    for name, values in (("ci_lower", made.lower), ("ci_upper", made.upper), ("se", made.se)):
        expected = case.expected.get(name)
        figures[name] = values if expected is None else declined(values, expected, made)
    return figures


def as_r_holds_weights(design: Design) -> Design:
    """R keeps inclusion probabilities: 1 / (1 / w) decides whether a step is met exactly."""
    w = design.weights
    with np.errstate(divide="ignore"):
        return replace(design, weights=np.where(w != 0, 1 / (1 / w), 0.0))


def distribution(case: Case) -> Figures:
    at = as_list(case.args["at"])
    made = cdf(design_of(case), case.args["var"], at)
    return {"x": np.array(at, dtype=float), "cdf": made.estimate}


def variances(case: Case) -> Figures:
    """One variance, or the matrix with the matrix of its standard errors."""
    names = as_list(case.args["vars"])
    rule = "listwise" if case.args.get("na_rm") else "fail"
    made = covariance_of(design_of(case), names, missing=rule)
    at = {(row.variable, row.level): number for number, row in enumerate(made)}
    place = np.array([[at.get((a, b), at.get((b, a))) for b in names] for a in names])
    if len(names) == 1:
        return {"estimate": made.estimate, "se": made.se, "vcov": made.vcov()}
    matrix = made.estimate[place]
    return {
        "covariance": matrix,
        "estimate": matrix,
        "se": made.se[place],
        "vcov": made.vcov()[np.ix_(place.T.ravel(), place.T.ravel())],
    }


def contrasts(case: Case) -> Figures:
    try:
        parts = stated(design_of(case), case.args["of"])
    except NotBuilt:  # of a model, say
        return _by_program(case)
    made = contrasted(parts, parse(case.args["contrast"]))
    figures: dict[str, Any] = {"estimate": made.estimate, "vcov": made.vcov()}
    figures["se"] = declined(made.se, case.expected.get("se", made.se.tolist()), made)
    return figures


def _by_program(case: Case) -> Figures:
    from tests.reference import rcode  # noqa: PLC0415 # it needs this module

    call = f"svycontrast({case.args['of']}, {case.args['contrast']})"
    figures = "list(estimate=as.numeric(coef(k)), se=as.numeric(SE(k)), vcov=vcov(k))"
    return rcode.rcode(replace(case, args={"code": f"{{k <- {call}; {figures}}}"}))


def contrasted(parts: Stated, asked: Node) -> Estimates:
    """Linear contrasts by name or place, or quoted expressions."""
    one = (asked,) if not (isinstance(asked, Call) and asked.name == "list") else None
    given: dict[str, Node] = {"contrast": asked} if one else {}
    if one is None and isinstance(asked, Call):
        for number, argument in enumerate(asked.arguments):
            assert argument.value is not None
            given[argument.name or f"contrast{number + 1}"] = argument.value
    if all(isinstance(node, Call) and node.name == "quote" for node in given.values()):
        texts = {
            name: text_of(node.plain[0]) for name, node in given.items() if isinstance(node, Call)
        }
        return function_of(parts.joint, texts)
    return contrast(parts.joint, {name: _coefficients(parts, n) for name, n in given.items()})


def _coefficients(parts: Stated, node: Node) -> list[float] | dict[str, float]:
    """R's coefficients, by name or in R's order, as ours."""
    if isinstance(node, Call) and node.name == "c" and any(a.name for a in node.arguments):
        found = {}
        for argument in node.arguments:
            assert argument.name is not None
            assert argument.value is not None
            found[argument.name] = _number(argument.value)
        return found
    values = _numbers(node)
    if len(values) != len(parts.order):
        raise NotBuilt(f"{len(values)} coefficients for {len(parts.order)} estimates")
    ours = np.zeros(len(parts.joint))
    ours[parts.order] = values
    return ours.tolist()


def _numbers(node: Node) -> list[float]:
    if isinstance(node, Call) and node.name == "c":
        return [value for part in node.plain for value in _numbers(part)]
    if isinstance(node, Call) and node.name == "rep":
        return _numbers(node.plain[0]) * int(_number(node.plain[1]))
    return [_number(node)]


def _number(node: Node) -> float:
    return read(text_of(node)).at((), np.zeros(0)).value


def standardised(case: Case) -> Figures:
    """Levels in R's order: sorted, the first column of `by` running fastest."""
    args = case.args
    design, by = design_of(case), [name.lstrip("~") for name in as_list(args["by"])]
    inside = slice(None) if design.domain is None else design.domain
    levels = [sorted(design.frame.loc[inside, name].dropna().unique()) for name in by]
    keys = [tuple(levels[i][at] for i, at in enumerate(reversed(place)))
            for place in np.ndindex(*(len(found) for found in reversed(levels)))]  # fmt: skip
    population = args["population"]
    sizes = population["Freq"] if isinstance(population, Mapping) else as_list(population)
    excluding = args.get("excluding_missing") or args.get("excluding.missing")
    made = standardise(
        design,
        by,
        dict(zip(keys, sizes, strict=True)),
        over=[name.lstrip("~") for name in as_list(args.get("over")) if name not in ("1", "~1")],
        excluding_missing=[name.lstrip("~") for name in as_list(excluding)],
        drop_empty=True,
    )
    rule = "listwise" if args.get("na_rm") else "fail"
    return figures_of(mean(made, as_list(args["vars"]), missing=rule))


def interaction(case: Case) -> Figures:
    """Shares of all combinations of levels in the whole population."""
    factors = tuple(Name(name) for name in as_list(case.args["vars"]))
    term = parse(f"~interaction({', '.join(map(str, factors))})")
    design, columns = with_terms(design_of(case), term)
    made = mean(design, columns, missing="listwise" if case.args.get("na_rm") else "fail")
    figures = dict(figures_of(made))
    for name in ("ci_t_lower", "ci_t_upper"):
        if name in case.expected:
            figures[name] = declined(figures[name], case.expected[name], made)
    return figures


FIGURES: dict[str, Callable[[Case], Figures]] = {
    "quantile": quantiles,
    "cdf": distribution,
    "var": variances,
    "contrast": contrasts,
    "standardize": standardised,
    "interaction_prop": interaction,
}
