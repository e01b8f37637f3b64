"""The models of R programs, fitted by the engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis import Design
from analysis.expressions import parse
from analysis.models.margins import Predictions, predict, predictive_means
from analysis.models.ordinal import OrdinalRegression, ordinal_regression
from analysis.models.regression import Regression, regression
from analysis.models.terms import pseudo_r2, term_test
from tests.reference import r_values as r
from tests.reference.inference import called
from tests.reference.r_expressions import Call, Name
from tests.reference.r_expressions import parse as read
from tests.reference.r_polr import as_r_stops
from tests.reference.r_program import Program, text_of
from tests.reference.r_survey import Asked
from tests.reference.r_values import List, Matrix, Quoted, Vector
from tests.reference.spec import NotBuilt

TERM_TESTS = {"Wald": "wald", "WorkingWald": "working_wald", "LRT": "likelihood_ratio"}


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """A fitted model of the engine with the names that R gives its parts."""

    fitted: Regression | OrdinalRegression

    @property
    def value(self) -> np.ndarray:
        return self.fitted.estimate

    @property
    def covariance(self) -> np.ndarray:
        return self.fitted.covariance

    @property
    def names(self) -> tuple[str, ...]:
        return self.fitted.terms

    @property
    def se(self) -> np.ndarray:
        return self.fitted.se

    @property
    def design(self) -> Design:
        return self.fitted.design

    @property
    def model_df(self) -> float:
        return self.fitted.df if isinstance(self.fitted, Regression) else np.inf

    @property
    def df(self) -> float:
        return self.fitted.df

    def vector(self) -> Vector:
        return r.numeric(self.value, self.names)

    def members(self, name: str) -> Any:
        part = PARTS.get(name)
        if part is None:
            raise NotBuilt(f"${name} of a model")
        return part(self)

    def slopes(self) -> Vector:
        """`coefficients` of an ordinal model leave out its cut points."""
        found = self.fitted
        if isinstance(found, OrdinalRegression):
            return self.vector().take(np.arange(found.n_slopes))
        return self.vector()

    def cuts(self) -> Vector:
        first = self.fitted.n_slopes if isinstance(self.fitted, OrdinalRegression) else 0
        return self.vector().take(np.arange(first, len(self.fitted)))

    def matrix(self, values: np.ndarray) -> Matrix:
        return Matrix(values, self.names, self.names)


PARTS: dict[str, Callable[[Model], Any]] = {
    "coefficients": Model.slopes,
    "zeta": Model.cuts,
    "df.residual": lambda model: r.number(model.fitted.df),
    "deviance": lambda model: r.number(model.fitted.deviance),
    "cov.unscaled": lambda model: model.matrix(model.covariance),
    "var": lambda model: model.matrix(model.covariance),
    "naive.cov": lambda model: model.matrix(model.fitted.naive),
    "null.deviance": lambda model: r.number(model.fitted.null_deviance),
    "fitted.values": lambda model: r.numeric(model.fitted.fitted),
    "survey.design": lambda model: model.design,
}


def linear_model(program: Program, node: Call, columns: pd.DataFrame | None) -> Model:
    """svyglm."""
    family, link, rest = "gaussian", None, []
    for argument in node.arguments:
        if argument.name == "family" or _is_family(argument.value):
            assert argument.value is not None
            family, options = called(text_of(argument.value).replace(" ", ""))
            link = options.get("link")
        else:
            rest.append(argument)
    kept = tuple(a for a in rest if a.name not in ("subset", "control"))
    asked = Asked(program, Call(node.function, kept), columns)
    design = asked.sample
    where = next((a.value for a in rest if a.name == "subset"), None)
    if where is not None:
        found = program.run(where, design.frame)
        design = design.subset(np.nan_to_num(found.values) != 0)
    options = {"family": family, "link": link, "allows_separation": True, "drops_collinear": True}
    return Model(regression(design, asked.formula, **options))


def _is_family(node: Any) -> bool:
    name = node.name if isinstance(node, Call) else getattr(node, "value", "")
    families = ("gaussian", "binomial", "poisson", "quasibinomial", "quasipoisson", "Gamma")
    return isinstance(node, (Call, Name)) and name in families


def ordinal_model(program: Program, node: Call, columns: pd.DataFrame | None) -> Model:
    asked = Asked(program, node, columns)
    link = asked.option("method", "logistic")
    found = ordinal_regression(asked.sample, asked.formula, link=link)
    is_replicated = asked.sample.replication is not None
    return Model(found if is_replicated else as_r_stops(found))


def test_terms(program: Program, model: Model, terms: Any, **options: Any) -> List:
    """regTermTest."""
    if isinstance(terms, Quoted):
        labels = [text_of(part) for part in _sum(terms.node)]
    else:
        labels = terms.texts
    method = options["method"].texts[0] if "method" in options else "Wald"
    df = float(options["df"].values[0]) if options.get("df") is not None else None
    found = term_test(model.fitted, labels, test=TERM_TESTS[method], df=df)
    name = "Ftest" if method == "Wald" and np.isfinite(found.ddf) else "chisq"
    entries = {
        name: r.number(found.statistic),
        "df": r.number(found.df),
        "ddf": r.number(found.ddf),
        "p": r.number(found.p_value),
    }
    return List(tuple(entries), tuple(entries.values()))


test_terms.__test__ = False  # type: ignore[attr-defined] # pytest: no test


def _sum(node: Any) -> list[Any]:
    if isinstance(node, Call) and node.name in ("~", "+"):
        return [part for operand in node.plain for part in _sum(operand)]
    return [node]


def entropy_share(program: Program, model: Model, method: Any = None, **_: Any) -> Vector:
    name = method.texts[0] if method is not None else "Cox-Snell"
    kinds = {"Cox-Snell": "cox_snell", "Nagelkerke": "nagelkerke"}
    return r.number(pseudo_r2(model.fitted, kinds[name]))


@dataclass(frozen=True, slots=True, eq=False)
class Predicted:
    """Predictions as R's svystat."""

    made: Predictions

    @property
    def value(self) -> np.ndarray:
        return self.made.estimate

    @property
    def covariance(self) -> np.ndarray:
        return self.made.covariance

    @property
    def se(self) -> np.ndarray:
        return self.made.se

    @property
    def names(self) -> tuple[str, ...]:
        return self.made.label

    @property
    def design(self) -> None:
        return None

    def vector(self) -> Vector:
        return r.numeric(self.value, self.names)


def margins(
    program: Program, model: Model, group: Any, at: Any = None, **options: Any
) -> Predicted:
    """svypredmeans."""
    term = text_of(group.node.plain[0])
    wanted = at if at is not None else options.get("predictat")
    chosen = None if wanted is None else wanted.texts
    return Predicted(predictive_means(model.fitted, str(parse(term)), at=chosen))


def predicted(program: Program, model: Model, newdata: Any = None, **options: Any) -> Any:
    scale = options["type"].texts[0] if "type" in options else "link"
    data = newdata if newdata is not None else model.fitted.design.frame.iloc[model.fitted.rows]
    found = predict(model.fitted, data, scale=scale)
    names = tuple(str(at + 1) for at in range(len(found)))
    if "se_fit" in options and not options["se_fit"].values[0]:
        return r.numeric(found.estimate, names)
    return Predicted(found)


def summary(program: Program, value: Any, *_: Any, **options: Any) -> Any:
    """The coefficient table of a model."""
    if not isinstance(value, Model):
        raise NotBuilt(f"summary of {type(value).__name__}")
    found = value.fitted
    parts = [found.estimate, found.se, found.t]
    shown = ("Value", "Std. Error", "t value")
    if isinstance(found, Regression):
        parts.append(found.p_value)
        shown = ("Estimate", "Std. Error", "t value", "Pr(>|t|)")
    table = Matrix(np.column_stack(parts), value.names, shown)
    return List.of(
        coefficients=table, df_residual=r.number(found.df), deviance=r.number(found.deviance)
    )


def fitted_values(program: Program, value: Any, *_: Any) -> Vector:
    return value.members("fitted.values")


def deviance(program: Program, value: Any, *_: Any) -> Vector:
    return value.members("deviance")


def residual_df(program: Program, value: Any, *_: Any) -> Vector:
    return value.members("df.residual")


def respondents(program: Program, value: Any, *_: Any) -> Vector:
    return r.number(len(value.fitted.rows))


def model_matrix(program: Program, value: Any, *_: Any) -> Matrix:
    if not isinstance(value, Model) or not isinstance(value.fitted, Regression):
        raise NotBuilt("model.matrix of this")
    return Matrix(value.fitted.matrix.x, None, value.names)


def formula(program: Program, value: Any, *_: Any) -> Any:
    if isinstance(value, Quoted):
        return value
    if isinstance(value, Vector):
        return Quoted(read(value.texts[0]))
    raise NotBuilt("formula of this")


SPECIAL: dict[str, Callable[[Program, Call, pd.DataFrame | None], Any]] = {
    "svyglm": linear_model, "svyolr": ordinal_model,
}  # fmt: skip
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "regTermTest": test_terms, "psrsq": entropy_share, "svypredmeans": margins,
    "predict": predicted, "summary": summary, "fitted": fitted_values, "deviance": deviance,
    "df.residual": residual_df, "nobs": respondents, "model.matrix": model_matrix,
    "formula": formula, "as.formula": formula,
}  # fmt: skip
