"""The survey functions of R programs, answered by the engine: estimates and designs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from analysis import Design, Estimates, mean, proportion, total
from analysis.contrasts.smooth import read
from analysis.distribution import covariance_of, quantile
from tests.reference import r_values as r
from tests.reference.answers import METHODS
from tests.reference.distribution import QUANTILE_INTERVALS, contrasted
from tests.reference.r_expressions import Argument, Call, Name, Node, Number
from tests.reference.r_program import Program, frame_of, text_of
from tests.reference.r_values import Closure, List, Matrix, Quoted, Vector
from tests.reference.spec import NotBuilt
from tests.reference.stated import Stated, stated, with_terms


@dataclass(frozen=True, slots=True, eq=False)
class Stat:
    """Estimates with their covariance, as R's svystat, svyratio and svyby hold them."""

    value: np.ndarray
    covariance: np.ndarray
    names: tuple[str, ...]
    design: Design
    stated: Stated | None = None
    lower: np.ndarray | None = None
    upper: np.ndarray | None = None
    groups: pd.DataFrame | None = None
    has_limits: bool = False  # of their own, which confint() gives
    side: int = 0  # of a matrix that the values make up

    def vector(self) -> Any:
        if self.side:
            return Matrix(self.value.reshape(self.side, self.side))
        return r.numeric(self.value, self.names)

    @property
    def se(self) -> np.ndarray:
        return np.sqrt(np.diag(self.covariance))

    @property
    def deff(self) -> np.ndarray:
        if self.stated is None:
            raise NotBuilt("deff of these estimates")
        return self.stated.made.deff[self.stated.order]

    @property
    def by_columns(self) -> pd.DataFrame:
        """svyby's table: groups, estimates and standard errors side by side."""
        if self.groups is None:
            raise NotBuilt("columns of estimates that are not by groups")
        size = len(self.groups)
        width = len(self.value) // size
        made = self.stated.made.variable[:width] if self.stated else [""]
        found = self.groups.copy()
        for at, name in enumerate(made):
            found[name] = self.value[at * size : (at + 1) * size]
        for at, name in enumerate(made):
            label = "se" if width == 1 else f"se.{name}"
            found[label] = self.se[at * size : (at + 1) * size]
        return found

    def members(self, name: str) -> Any:
        return r.column(self.by_columns[name])


def of_estimates(made: Estimates, names: tuple[str, ...], order: np.ndarray | None = None) -> Stat:
    at = np.arange(len(made)) if order is None else order
    assert made.linear is not None
    held = Stated.of(made, names, at)
    labels = tuple(names[number] for number in at)
    return Stat(
        made.estimate[at],
        made.vcov()[np.ix_(at, at)],
        labels,
        made.linear.design,
        held,
        made.lower[at],
        made.upper[at],
    )


class Asked:
    """A call with its design, its formula and its plain options evaluated."""

    def __init__(self, program: Program, node: Call, columns: pd.DataFrame | None) -> None:
        self.options: dict[str, Any] = {}
        self.plain: list[Any] = []
        self.nodes: list[Node] = []
        self.design: Design | None = None
        filled: list[Argument] = []
        for argument in node.arguments:
            value = argument.value
            found = program.run(value, columns)
            filled.append(_filled(argument, found))
            if isinstance(found, Design):
                self.design = found
            elif argument.name and argument.name not in ("formula", "x", "numerator", "by", "FUN"):
                self.options[argument.name] = found
            else:
                assert value is not None
                self.plain.append(found)
                self.nodes.append(found.node if isinstance(found, Quoted) else value)
        self.call = Call(node.function, tuple(filled))

    @property
    def sample(self) -> Design:
        if self.design is None:
            raise NotBuilt(f"{text_of(self.call)} without a design")
        return self.design

    @property
    def formula(self) -> str:
        return text_of(self.nodes[0])

    def option(self, name: str, default: Any = None) -> Any:
        found = self.options.get(name)
        if found is None:
            return default
        if isinstance(found, Vector) and len(found) == 1:
            if found.kind == "logical":
                return bool(found.values[0])
            return found.texts[0] if found.kind == "text" else float(found.values[0])
        return found

    @property
    def drops_missing(self) -> bool:
        return bool(self.option("na.rm", False))

    def variables(self) -> list[str]:
        """Names of the terms on the right of a one-sided formula."""
        return [text_of(term) for term in _sum(self.nodes[0])]


def _filled(argument: Argument, found: Any) -> Argument:
    """What stands for a formula or a number in the program is put in its place."""
    if isinstance(found, Quoted):
        return replace(argument, value=found.node)
    if isinstance(found, Vector) and found.kind == "number" and len(found) == 1:
        return replace(argument, value=Number(float(found.values[0])))
    return argument


def _sum(node: Node) -> list[Node]:
    if isinstance(node, Call) and node.name in ("~", "+"):
        return [part for operand in node.plain for part in _sum(operand)]
    return [node]


def estimated(program: Program, node: Call, columns: pd.DataFrame | None) -> Stat:
    """svymean, svytotal, svyratio, svyvar."""
    asked = Asked(program, node, columns)
    if "deff" in asked.options and node.name != "svyratio":
        rule = "replace" if asked.option("deff") == "replace" else "wor"
        wider, names = with_terms(asked.sample, asked.nodes[0])
        missing = "listwise" if asked.drops_missing else "fail"
        estimator = mean if node.name == "svymean" else total
        made = estimator(wider, names, missing=missing, deff=rule)
        return of_estimates(made, tuple(names))
    if node.name == "svyvar" and len(asked.variables()) > 1:
        return _covariances(asked)
    found = stated(asked.sample, text_of(asked.call))
    labels = found.joint.labels
    if node.name == "svyratio":
        labels = tuple(label.replace(" / ", "/") for label in labels)
    return of_estimates(found.made, labels, found.order)


def _covariances(asked: Asked) -> Stat:
    """svyvar of several variables: a matrix, held row by row."""
    wider, names = with_terms(asked.sample, asked.nodes[0])
    missing = "listwise" if asked.drops_missing else "fail"
    made = covariance_of(wider, names, missing=missing)
    at = {(row.variable, row.level): number for number, row in enumerate(made)}
    place = np.array([at.get((a, b), at.get((b, a))) for b in names for a in names])
    labels = tuple(f"{a}:{b}" for b in names for a in names)
    return replace(of_estimates(made, tuple(made.variable), place), names=labels, side=len(names))


def by_groups(program: Program, node: Call, columns: pd.DataFrame | None) -> Stat:
    """svyby with one of the estimators above, shares with limits, or quantiles."""
    asked = Asked(program, node, columns)
    function = next((p for p in asked.plain if isinstance(p, Closure)), None)
    if function is None:
        named = [a.value for a in node.arguments if a.name == "FUN"]
        function = program.run(named[0], columns) if named else Closure("")
    if function.name in ("svyciprop", "svyquantile"):
        return _each_group(asked, function.name)
    found = stated(asked.sample, text_of(_in_order(asked, function.name)))
    made = of_estimates(found.made, found.joint.labels, found.order)
    width = found.made.linear.n_items if found.made.linear else 1
    domains = [found.made.domain[at] for at in found.order[: len(found.order) // width]]
    return replace(made, groups=pd.DataFrame(domains, columns=list(found.made.by)))


def _in_order(asked: Asked, function: str) -> Call:
    """svyby(formula, by, design, FUN, further options)."""
    formulae = [
        a for a in asked.call.arguments if isinstance(a.value, Call) and a.value.name == "~"
    ]
    named = {a.name: a for a in formulae if a.name}
    plain = [a for a in formulae if not a.name]
    first = named.get("formula") or plain.pop(0)
    by = named.get("by") or plain.pop(0)
    parts = [first.value, by.value, Name("design"), Name(function)]
    rest = [
        a
        for a in asked.call.arguments
        if a.name and a.name not in ("formula", "by", "FUN", "design")
    ]
    rest += [Argument("denominator", a.value) for a in plain]
    return Call(Name("svyby"), (*(Argument(None, part) for part in parts), *rest))


def _each_group(asked: Asked, function: str) -> Stat:
    by = [text_of(term) for term in _sum(asked.nodes[1])]
    design = asked.sample
    frame = frame_of(design)
    keys = frame[by].dropna().drop_duplicates().sort_values(by[::-1]).reset_index(drop=True)
    parts = []
    for _, key in keys.iterrows():
        mask = np.ones(design.n_rows, dtype=bool)
        for name in by:
            mask &= (design.frame[name] == key[name]).to_numpy()
        one = design.subset(mask)
        parts.append(_share(one, asked) if function == "svyciprop" else _quantile(one, asked))
    return Stat(
        np.concatenate([part.value for part in parts]),
        np.diag(np.concatenate([part.se for part in parts]) ** 2),
        tuple(".".join(map(str, key)) for key in keys.itertuples(index=False)),
        design,
        lower=np.concatenate([part.lower for part in parts]),  # type: ignore[misc]
        upper=np.concatenate([part.upper for part in parts]),  # type: ignore[misc]
        groups=keys,
        has_limits=True,
    )


def share(program: Program, node: Call, columns: pd.DataFrame | None) -> Stat:
    asked = Asked(program, node, columns)
    return _share(asked.sample, asked)


def _share(design: Design, asked: Asked) -> Stat:
    method = asked.option("method", "logit")
    if method not in METHODS and method != "likelihood":
        raise NotBuilt(f"svyciprop with method {method}")
    term = _sum(asked.nodes[0])[0]
    wider, _ = with_terms(design, Call(Name("~"), (Argument(None, term),)))
    label = text_of(term)
    values = Program({}, {"I": lambda p, v: v}).run(term, design.frame)
    wider = replace(design, frame=design.frame.assign(**{".event": values.numbers}))
    made = proportion(
        wider,
        ".event",
        interval=METHODS.get(method, "likelihood"),
        confidence=float(asked.option("level", 0.95)),
        missing="listwise" if asked.drops_missing else "fail",
        **({"df": asked.option("df")} if "df" in asked.options else {}),
    )
    return replace(of_estimates(made, (label,)), has_limits=True)


def quantiles(program: Program, node: Call, columns: pd.DataFrame | None) -> Stat:
    asked = Asked(program, node, columns)
    return _quantile(asked.sample, asked)


def _quantile(design: Design, asked: Asked) -> Stat:
    given = asked.options.get("quantiles")
    if given is None:
        given = next(p for p in asked.plain[1:] if isinstance(p, Vector))
    variables = [text_of(term) for term in _sum(asked.nodes[0])]
    wider, names = with_terms(design, asked.nodes[0])
    made = quantile(
        wider,
        names,
        [float(v) for v in given.numbers],
        rule=asked.option("qrule", "math"),
        interval=QUANTILE_INTERVALS[asked.option("interval.type", "mean")],
        missing="listwise" if asked.drops_missing else "fail",
        confidence=1 - float(asked.option("alpha", 0.05)),
        df="answers",
    )
    labels = tuple(f"{variables[0]}.{level}" for level in made.level)
    return Stat(made.estimate, np.diag(made.se**2), labels, design, None, made.lower, made.upper)


def contrast(program: Program, node: Call, columns: pd.DataFrame | None) -> Stat:
    stat = program.run(node.plain[0], columns)
    asked = node.plain[1] if len(node.plain) > 1 else node.named("contrasts")
    found = program.run(asked, columns)
    held = getattr(stat, "stated", None)
    if held is None:
        return _by_matrix(stat, found)
    made = contrasted(held, _literal(found))
    return of_estimates(made, tuple(made.variable))


def _literal(value: Any) -> Node:
    """Coefficients or quoted code as they would be written out."""
    if isinstance(value, Quoted):
        return Call(Name("quote"), (Argument(None, value.node),))
    if isinstance(value, List):
        named = zip(value.names, value.values, strict=True)
        return Call(Name("list"), tuple(Argument(name or None, _literal(v)) for name, v in named))
    labels = value.names or [None] * len(value)
    parts = zip(labels, value.numbers.tolist(), strict=True)
    return Call(Name("c"), tuple(Argument(name, Number(v)) for name, v in parts))


def _by_matrix(stat: Any, asked: Any) -> Stat:
    """Contrasts and functions of the coefficients of a model."""
    entries = asked if isinstance(asked, List) else List(("contrast",), (asked,))
    value, covariance, names = stat.value, stat.covariance, stat.names
    matrix = np.zeros((len(entries.values), len(names)))
    found = np.zeros(len(matrix))
    for row, coefficients in enumerate(entries.values):
        if isinstance(coefficients, Quoted):
            dual = read(text_of(coefficients.node)).at(tuple(names), np.asarray(value))
            matrix[row], found[row] = dual.gradient, dual.value
            continue
        if coefficients.names:
            at = [names.index(name) for name in coefficients.names]
            matrix[row, at] = coefficients.values
        else:
            matrix[row] = coefficients.values
        found[row] = matrix[row] @ value
    return Stat(found, matrix @ covariance @ matrix.T, entries.names, stat.design)


def replicates(program: Program, node: Call, columns: pd.DataFrame | None) -> Design:
    asked = Asked(program, node, columns)
    kind = asked.option("type", "auto")
    if kind == "auto":
        kind = "JKn" if asked.sample.n_strata > 1 else "JK1"
    rho = asked.option("fay.rho", 0.0)
    mse = bool(asked.option("mse", False))
    return asked.sample.replicate(kind, rho=rho, mse=mse, recalibrate=False)


SPECIAL: dict[str, Callable[[Program, Call, pd.DataFrame | None], Any]] = {
    **dict.fromkeys(("svymean", "svytotal", "svyratio", "svyvar"), estimated),
    "svyby": by_groups, "svyciprop": share, "svyquantile": quantiles, "svycontrast": contrast,
    "as.svrepdesign": replicates,
}  # fmt: skip
