"""Named figures for tests, models, agreement."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from scipy import stats

from analysis import AnalysisError, Design
from analysis.expressions import Call, Number, parse
from analysis.inference.fit import goodness_of_fit
from analysis.inference.ranks import rank_test
from analysis.inference.results import TestResult
from analysis.inference.t_tests import difference_test, mean_test
from analysis.inference.tables import independence
from analysis.models.agreement import alpha, kappa
from analysis.models.regression import regression
from tests.reference.spec import Case, NotBuilt, as_list, design_of

Figures = Mapping[str, Any]
TABLE_TESTS = {
    "F": "rao_scott_f",
    "Chisq": "rao_scott_chisq",
    "Wald": "wald",
    "adjWald": "adjusted_wald",
    "lincom": "lincom",
    "saddlepoint": "saddlepoint",
    "wls-score": "score",
}
SCORES = {
    "wilcoxon": "wilcoxon",
    "KruskalWallis": "wilcoxon",
    "vanderWaerden": "van_der_waerden",
    "median": "median",
}


def formula_parts(text: str) -> tuple[str, str]:
    """Both sides of a formula."""
    tree = parse(text)
    if not (isinstance(tree, Call) and tree.function == "~" and len(tree.operands) == 2):
        raise NotBuilt(f"formula {text!r}")
    return str(tree.operands[0]), str(tree.operands[1])


def called(text: str) -> tuple[str, dict[str, str]]:
    """`quasibinomial(link="probit")` as its name and its arguments."""
    name, _, inside = text.strip().strip('"').partition("(")
    found = {}
    for part in filter(None, inside.rstrip(")").split(",")):
        key, _, value = part.partition("=")
        found["link" if not value else key.strip()] = (value or key).strip().strip("\"'")
    return name, found


def chisq(case: Case) -> Figures:
    args = case.args
    return table_test(
        design_of(case),
        args["row"],
        args["col"],
        args.get("statistic") or "F",
        na_rm=args.get("na_rm", True),
    )


def table_test(
    design: Design, row: str, col: str, statistic: str, *, na_rm: bool = True
) -> Figures:
    if statistic not in TABLE_TESTS:
        raise NotBuilt(f"svychisq with statistic {statistic}")
    found = independence(design, row, col, test=TABLE_TESTS[statistic])
    if statistic == "wls-score":
        return as_r_scores(design, row, found)
    pearson = statistic not in ("Wald", "adjWald")
    inside = np.ones(design.n_rows, bool) if design.domain is None else design.domain
    if not na_rm and design.frame.loc[inside, [row, col]].isna().any().any():
        return blank(found)
    if pearson and found.notes:
        return blank(found)  # R divides by the zero margin of a level that nobody holds
    # R keeps the rows outside a subset of a calibrated design, with weight zero, and counts them
    is_scaled = statistic in ("Chisq", "lincom", "saddlepoint") and bool(design.calibrations)
    scale = design.n_rows / inside.sum() if is_scaled else 1.0
    parameter = [found.df] if np.isinf(found.ddf) else [found.df, found.ddf]
    return {
        "statistic": found.statistic * scale,
        "parameter": [value for value in parameter if not np.isnan(value)],
        "p_value": found.p_value,
    }


def as_r_scores(design: Design, row: str, found: TestResult) -> Figures:
    """R stacks a copy of the data per row of the table, and divides for it where nothing grew."""
    inside = np.ones(design.n_rows, bool) if design.domain is None else design.domain
    copies = design.frame.loc[inside, row].nunique(dropna=False)
    statistic = found.statistic * found.df / copies**2
    return {
        "statistic": statistic,
        "parameter": [found.df, found.ddf],
        "p_value": float(stats.f.sf(statistic, found.df, found.ddf)),
    }


def blank(found: TestResult) -> Figures:
    df = [value for value in (found.df, found.ddf) if np.isfinite(value)]
    return {"statistic": np.nan, "parameter": df, "p_value": np.nan}


def gofchisq(case: Case) -> Figures:
    args = case.args
    variable = args.get("var") or as_list(args.get("vars"))[0]
    design = design_of(case)
    levels = sorted(design.frame[variable].dropna().unique())
    found = goodness_of_fit(design, variable, dict(zip(levels, as_list(args["p"]), strict=True)))
    return {
        "statistic": found.statistic,
        "parameter": [found.scale, found.df],
        "p_value": found.p_value,
    }


def ttest(case: Case) -> Figures:
    return t_figures(design_of(case), case.args["formula"], na_rm=bool(case.args.get("na_rm")))


def t_figures(design: Design, formula: str, *, na_rm: bool = False) -> Figures:
    left, right = formula_parts(formula)
    if right in ("0", "1"):
        found = mean_test(design, left)
        if not na_rm and found.n < (
            design.n_rows if design.domain is None else design.domain.sum()
        ):
            raise AnalysisError("R gives no mean of missing values without na.rm")
    else:
        found = difference_test(design, left, right)
    return {
        "statistic": found.statistic,
        "parameter": [found.df],
        "p_value": found.p_value,
        "estimate": [found.estimate],
        "conf_int": [found.lower, found.upper],
        "se": [found.se],
    }


def ranktest(case: Case) -> Figures:
    return rank_figures(design_of(case), case.args["formula"], case.args.get("test") or "wilcoxon")


def rank_figures(design: Design, formula: str, test: str) -> Figures:
    if test not in SCORES:
        raise NotBuilt(f"svyranktest with test {test}")
    left, right = formula_parts(formula)
    found = rank_test(design, left, right, score=SCORES[test])
    if np.isnan(found.estimate):  # R's multiranktest() has its statistic and parameter exchanged
        return {
            "statistic": found.df,
            "parameter": [found.statistic],
            "ddf": found.ddf,
            "p_value": found.p_value,
            "estimate": [],
        }
    return {
        "statistic": found.statistic,
        "parameter": [found.df],
        "p_value": found.p_value,
        "estimate": [found.estimate],
    }


def glm(case: Case) -> Figures:
    family, options = called(case.args.get("family") or "gaussian()")
    found = regression(
        design_of(case),
        case.args["formula"],
        family=family,
        link=options.get("link"),
        allows_separation=True,
        drops_collinear=True,
    )
    figures = {
        "estimate": found.estimate,
        "se": found.se,
        "t": found.t,
        "p_value": found.p_value,
        "df_residual": found.df,
        "vcov": found.covariance,
        "ci_lower": found.lower,
        "ci_upper": found.upper,
        "deviance": found.deviance,
        "null_deviance": found.null_deviance,
    }
    return in_order(figures, found.terms, case.expected)


def in_order(figures: Figures, terms: tuple[str, ...], expected: Mapping[str, Any]) -> Figures:
    """Figures in the order of the expected terms, which must be the same."""
    wanted = expected.get("terms")
    if wanted is None or sorted(wanted) != sorted(terms):
        if wanted is not None and len(wanted) != len(terms):
            raise AnalysisError(f"terms {terms} where R has {wanted}")
        return figures
    at = [terms.index(name) for name in wanted]
    return {
        name: value[np.ix_(at, at)]
        if np.ndim(value) == 2
        else (np.asarray(value)[at] if np.ndim(value) == 1 and len(value) == len(at) else value)
        for name, value in figures.items()
    }


def kappa_of(case: Case) -> Figures:
    found = kappa(design_of(case), case.args["rater1"], case.args["rater2"])
    return {"estimate": [found.estimate], "se": [found.se]}


def alpha_of(case: Case) -> Figures:
    design, items = design_of(case), as_list(case.args["vars"])
    inside = np.ones(design.n_rows, bool) if design.domain is None else design.domain
    if not case.args.get("na_rm") and design.frame.loc[inside, items].isna().any().any():
        raise AnalysisError("R gives no variance of missing values without na.rm")
    return {"estimate": [alpha(design, items).estimate]}


def number_of(text: str) -> float | None:
    """The number that an expression is, if it is one."""
    node = parse(text)
    return node.value if isinstance(node, Number) else None


FIGURES: dict[str, Callable[[Case], Figures]] = {
    "chisq": chisq,
    "gofchisq": gofchisq,
    "ttest": ttest,
    "ranktest": ranktest,
    "glm": glm,
    "kappa": kappa_of,
    "cralpha": alpha_of,
}
