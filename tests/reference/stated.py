"""Estimates from what a case writes as an R call: `svyby(~own+score, ~wave, des, svymean)`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from analysis import Design, Estimates, mean, ratio, total
from analysis.contrasts import Joint, joint
from analysis.distribution import variance_of
from analysis.expressions import parse as read_term
from analysis.models.columns import Kind, evaluate, label_of
from tests.reference.r_expressions import Call, Name, Node, parse, symbols
from tests.reference.r_program import text_of
from tests.reference.spec import NotBuilt


@dataclass(frozen=True, slots=True)
class Stated:
    """Estimates labelled as R's coefficients, and where R has each of ours."""

    made: Estimates
    joint: Joint
    order: np.ndarray

    @classmethod
    def of(cls, made: Estimates, labels: tuple[str, ...], order: np.ndarray) -> Stated:
        return cls(made, replace(joint(made), labels=labels), order)


def stated(design: Design, text: str) -> Stated:
    """The estimates that an R call asks for."""
    call = parse(text)
    if not isinstance(call, Call):
        raise NotBuilt(f"estimates of {text!r}")
    if call.name == "svyby":
        return _by(design, call)
    made = _table(design, call.name, call, {})
    return Stated.of(made, made.variable, np.arange(len(made)))


def with_terms(design: Design, formula: Node) -> tuple[Design, list[str]]:
    """The design with a number column for each column that R makes of a formula's terms."""
    found: dict[str, np.ndarray] = {}
    for term in _terms(formula):
        if isinstance(term, Call) and term.name == "interaction":
            parts = [evaluate(read_term(text_of(part)), design.frame) for part in term.plain]
            found |= _interaction(f"interaction({', '.join(map(text_of, term.plain))})", parts)
            continue
        read = read_term(text_of(term))
        column, label = evaluate(read, design.frame), str(read).strip("`")
        if column.kind is Kind.NUMBER:
            found[label] = column.values
        else:
            levels = column.levels if column.kind is Kind.CLASS else (False, True)
            for at, level in enumerate(levels):
                values = np.where(np.isnan(column.values), np.nan, column.values == at)
                found[f"{label}{label_of(level)}"] = values
    return replace(design, frame=design.frame.assign(**found)), list(found)


def _interaction(name: str, parts: list[Any]) -> dict[str, np.ndarray]:
    """Indicators of all combinations, the first factor running fastest."""
    known = ~np.any([np.isnan(part.values) for part in parts], axis=0)
    found = {}
    for combination in np.ndindex(*(len(part.levels) for part in reversed(parts))):
        places = combination[::-1]
        here = np.all([p.values == at for p, at in zip(parts, places, strict=True)], axis=0)
        label = ".".join(label_of(p.levels[at]) for p, at in zip(parts, places, strict=True))
        found[f"{name}{label}"] = np.where(known, here, np.nan)
    return found


def _terms(formula: Node) -> list[Node]:
    if isinstance(formula, Call) and formula.name == "~":
        return _terms(formula.plain[-1])
    if isinstance(formula, Call) and formula.name == "+" and len(formula.plain) == 2:
        return [*_terms(formula.plain[0]), *_terms(formula.plain[1])]
    return [formula]


def _by(design: Design, call: Call) -> Stated:
    function = _argument(call, 3, "FUN")
    if not isinstance(function, Name):
        raise NotBuilt(f"svyby with {function}")
    made = _table(design, function.value, call, {"by": list(symbols(_argument(call, 1, "by")))})
    width = made.linear.n_items if made.linear is not None else 1
    domains = [".".join(label_of(value) for value in domain) for domain in made.domain]
    labels = tuple(
        domain if width == 1 else f"{domain}:{name}"
        for domain, name in zip(domains, made.variable, strict=True)
    )
    place = _places(made)
    seen = [at for at in range(len(made)) if made.n[at] + made.n_missing[at]]
    order = sorted(seen, key=lambda at: (at % width, *reversed(place[at])))
    return Stated.of(made, labels, np.array(order))


def _places(made: Estimates) -> list[tuple[int, ...]]:
    """Each domain as places among the sorted levels; R's first column runs fastest."""
    columns = [sorted(set(column)) for column in zip(*made.domain, strict=True)]
    return [
        tuple(levels.index(value) for levels, value in zip(columns, domain, strict=True))
        for domain in made.domain
    ]


def _table(design: Design, function: str, call: Call, rest: dict[str, Any]) -> Estimates:
    rest = {**rest, "missing": "listwise" if str(call.named("na.rm")) in ("TRUE", "T") else "fail"}
    if function == "svyratio":
        below = call.named("denominator") or call.plain[1]
        above = _argument(call, 0, "formula", "numerator")
        return ratio(design, list(symbols(above)), list(symbols(below)), **rest)
    estimator = {"svymean": mean, "svytotal": total, "svyvar": variance_of}.get(function)
    if estimator is None:
        raise NotBuilt(f"estimates by {function}")
    wider, columns = with_terms(design, _argument(call, 0, "formula", "x"))
    return estimator(wider, columns, **rest)


def _argument(call: Call, at: int, *names: str) -> Node:
    for name in names:
        found = call.named(name)
        if found is not None:
            return found
    if len(call.plain) <= at:
        raise NotBuilt(f"{call} without argument {at + 1}")
    return call.plain[at]
