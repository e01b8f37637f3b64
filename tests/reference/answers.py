"""Asks the engine for what a case asks R for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import special

from analysis import Design, Estimates, Interval, count, mean, proportion, ratio, total
from analysis.distribution import quantile, variance_of
from analysis.intervals import Evidence, limits
from analysis.replication import replicate_variance
from tests.reference.r_expressions import arguments
from tests.reference.r_profile import profile_limits
from tests.reference.spec import Case, NotBuilt, as_list, design_of, event

METHODS = {
    "logit": "logit",
    "xlogit": "xlogit",
    "beta": "korn_graubard_uncapped",
    "wilson": "wilson",
    "asin": "arcsine",
    "mean": "t",
    "likelihood": "likelihood",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """The engine's estimates beside what they must equal: fields by name, entry by entry."""

    estimates: Estimates
    expected: Mapping[str, list[Any]]
    order: list[int]

    def field(self, name: str) -> np.ndarray:
        e = self.estimates
        z = special.ndtri(0.975)
        values = {
            "estimate": lambda: e.estimate,
            "se": lambda: e.se,
            "df": lambda: e.df,
            "cv": lambda: e.cv,
            "cv%": lambda: 100 * e.cv,
            "variance": lambda: e.se**2,
            "deff": lambda: e.deff,
            "lower": lambda: e.lower,
            "upper": lambda: e.upper,
            "ci_z_lower": lambda: e.estimate - z * e.se,
            "ci_z_upper": lambda: e.estimate + z * e.se,
        }
        return values[name]()[self.order]

    @property
    def flags(self) -> np.ndarray:
        return self.estimates.flags[self.order]


def answer(case: Case) -> Answer:
    """The engine's tables (means, totals, shares) for a case; see `test_reference` for the rest."""
    design = design_of(case)
    if case.estimator == "by":
        return _by(case, design)
    made = _single(case, design, case.args)
    return Answer(made, _flat(case.expected, len(made)), list(range(len(made))))


def missing_rule(args: Mapping[str, Any]) -> str:
    return "listwise" if args.get("na_rm") else "fail"


def _deff(args: Mapping[str, Any]) -> str:
    return "replace" if args.get("deff") == "replace" else "wor"


def _single(case: Case, design: Design, args: Mapping[str, Any], **more: Any) -> Estimates:
    rest = {"missing": missing_rule(args), "deff": _deff(args), **more}
    match case.estimator:
        case "mean":
            return mean(design, as_list(args["vars"]), **rest)
        case "total":
            return total(design, as_list(args["vars"]), **rest)
        case "ratio":
            return ratio(design, as_list(args["numerator"]), as_list(args["denominator"]), **rest)
        case "proportion":
            return proportion(as_levels(design, args["var"]), args["var"], interval="t", **rest)
        case "count":
            return count(as_levels(design, args["var"]), args["var"], **rest)
        case "ciprop":
            return _share(design, args, rest)
        case other:
            raise NotBuilt(f"estimator {other}")


def as_levels(design: Design, column: str) -> Design:
    """The design with a column read as a classification, as R's factor() reads it.

    R's factor() knows no level that no row holds; a subset takes rows away, except where the
    weights are calibrated or PPS.
    """
    levels = design.frame[column].astype("category")
    keeps_rows = bool(design.calibrations) or any(s.pps is not None for s in design.stages)
    if design.domain is not None and not (keeps_rows and design.replication is None):
        levels = levels.where(design.domain).cat.remove_unused_categories()
    return replace(design, frame=design.frame.assign(**{column: levels}))


def _share(design: Design, args: Mapping[str, Any], rest: Mapping[str, Any]) -> Estimates:
    if args["method"] not in METHODS:
        raise NotBuilt(f"estimator ciprop with method {args['method']}")
    frame = design.frame.assign(**{".event": event(design.frame, args["event"])})
    design = replace(design, frame=frame)
    made = proportion(
        design,
        ".event",
        interval=METHODS[args["method"]],
        confidence=float(args.get("level") or 0.95),
        **{**rest, "missing": "per_item" if args.get("na_rm") else "fail"},
    )
    if args["method"] == "beta":
        return as_r_counts(design, made)
    return through_r_profile(design, made) if args["method"] == "likelihood" else made


def as_r_counts(design: Design, made: Estimates) -> Estimates:
    """The size n in n - 1 degrees of freedom of R's beta interval is that of the design.

    R counts who did not answer, and outside of a subset of a calibrated design everybody; ours are
    the respondents.
    """
    keeps_rows = bool(design.calibrations) and design.replication is None
    counted = design.domain is None or keeps_rows
    inside = np.ones(design.n_rows, bool) if counted else design.domain
    n = np.array(
        [
            inside.sum()
            if keeps_rows
            else np.sum(
                np.logical_and.reduce(
                    [inside, *(design.frame[c] == v for c, v in zip(made.by, domain, strict=True))]
                )
            )
            for domain in made.domain
        ],
        dtype=float,
    )
    evidence = Evidence(made.estimate, made.se**2, n, made.df, made.n_eff, made.confidence)
    ends = limits(Interval.KORN_GRAUBARD_UNCAPPED, evidence)
    inner = (made.estimate > 0) & (made.estimate < 1)
    return replace(
        made,
        lower=np.where(inner, ends.lower, made.lower),
        upper=np.where(inner, ends.upper, made.upper),
    )


def through_r_profile(design: Design, made: Estimates) -> Estimates:
    """R reads likelihood limits off a spline; ours solve the equation and lie within some per cent.

    So R's numbers are compared with our equation taken R's way.
    """
    lower, upper = made.lower.copy(), made.upper.copy()
    on_logit = se_of_logits(design, made)
    inside = np.ones(design.n_rows, bool) if design.domain is None else design.domain
    inside = inside & design.frame[".event"].notna().to_numpy() & (design.weights != 0)
    for at, row in enumerate(made):
        if not (0 < row.estimate < 1 and row.df > 0):
            continue
        here = inside.copy()
        for column, value in zip(made.by, row.domain, strict=True):
            here &= (design.frame[column] == value).to_numpy()
        y = design.frame[".event"].to_numpy(dtype=float)[here]
        se = row.se if on_logit is None else on_logit[at] * row.estimate * (1 - row.estimate)
        ends = profile_limits(
            y,
            design.weights[here],
            se,
            row.df,
            made.confidence,
            is_replicated=on_logit is not None,
        )
        assert np.allclose(ends, (row.lower, row.upper), rtol=0.05, equal_nan=True)
        lower[at], upper[at] = ends
    return replace(made, lower=lower, upper=upper)


def se_of_logits(design: Design, made: Estimates) -> np.ndarray | None:
    """Under replicate weights R's model has the spread of the logits, not the delta method's."""
    if design.replication is None or made.linear is None or made.linear.replicates is None:
        return None
    with np.errstate(divide="ignore", invalid="ignore"):
        logits = special.logit(made.linear.replicates.reshape(len(made), -1))
        return np.sqrt(replicate_variance(design.replication, logits, special.logit(made.estimate)))


def _flat(expected: Mapping[str, Any], size: int) -> dict[str, list[Any]]:
    rename = {
        "ci_t_lower": "lower",
        "ci_t_upper": "upper",
        "ci_lower": "lower",
        "ci_upper": "upper",
    }
    fields = {}
    for name, value in expected.items():
        if name in ("terms", "vcov", "error"):
            continue
        values = as_list(value)
        fields[rename.get(name, name)] = values * size if len(values) == 1 else values
    return fields


def _by(case: Case, design: Design) -> Answer:
    args = case.args
    by = as_list(args["by"])
    given = {a.name: str(a.value) for a in arguments(str(args.get("extra") or "")) if a.name}
    is_listwise = bool(args.get("na_rm")) or given.get("na.rm") in ("TRUE", "T")
    rule = given.get("qrule", "math").strip("\"'")
    rest: dict[str, Any] = {
        "by": by,
        "missing": "listwise" if is_listwise else "fail",
        "deff": "wor" if given.get("deff") in ("TRUE", "T") else "replace",
    }
    match args["stat"]:
        case "svymean" if args.get("as_factor"):
            column = as_list(args["vars"])[0]
            made = proportion(as_levels(design, column), column, interval="t", **rest)
            labels = [f"factor({column}){level}" for level in made.level]
        case "svymean":
            made = mean(design, as_list(args["vars"]), **rest)
            labels = list(made.variable)
        case "svytotal":
            made = total(design, as_list(args["vars"]), **rest)
            labels = list(made.variable)
        case "svyratio":
            made = ratio(design, as_list(args["numerator"]), as_list(args["denominator"]), **rest)
            labels = list(made.variable)
        case "svyvar":
            made = variance_of(design, as_list(args["vars"]), **_without_deff(rest))
            labels = list(made.variable)
        case "svyquantile":
            shares = as_list(args.get("quantiles") or args.get("probs"))
            rest = {**_without_deff(rest), "interval": "t", "rule": rule}
            made = quantile(design, as_list(args["vars"]), shares, **rest)
            labels = [f"{v} {level}" for v, level in zip(made.variable, made.level, strict=True)]
        case "svyciprop":
            level = args.get("level") or given.get("level")
            method = args.get("method") or given.get("method", "logit").strip('"')
            made = _share(
                design, {**args, "na_rm": is_listwise, "level": level, "method": method}, rest
            )
            labels = ["event"] * len(made)
        case other:
            raise NotBuilt(f"estimator by with {other}")
    return _joined(case, made, labels)


def _without_deff(rest: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in rest.items() if name != "deff"}


def _joined(case: Case, made: Estimates, labels: list[str]) -> Answer:
    """Line up R's wide table (a column per variable and figure) with our long one."""
    groups = case.expected["groups"]
    keys = list(zip(*([str(v) for v in groups[name]] for name in made.by), strict=True))
    at = {
        (tuple(_text(v) for v in domain), label): number
        for number, (domain, label) in enumerate(zip(made.domain, labels, strict=True))
    }
    variables = list(dict.fromkeys(labels))
    order = [at[key, variable] for variable in variables for key in keys]
    fields: dict[str, list[Any]] = {}
    for number, (name, values) in enumerate(case.expected["columns"].items()):
        field = _field(name, number, len(variables))
        if field in ("lower", "upper") and case.args["stat"] not in ("svyciprop", "svyquantile"):
            field = f"ci_z_{field}"  # R's svyby takes the normal there
        fields[field] = fields.get(field, []) + values
    return Answer(made, fields, order)


def _field(name: str, number: int, n_variables: int) -> str:
    if number < n_variables:
        return "estimate"
    for prefix, field in (("se", "se"), ("cv%", "cv%"), ("cv", "cv"), ("DEff", "deff"),
                          ("var", "variance"),
                          ("ci_l", "lower"), ("ci_u", "upper")):  # fmt: skip
        if name.startswith(prefix):
            return field
    raise NotBuilt(f"column {name} of a by table")


def _text(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
