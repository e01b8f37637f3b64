"""Every case of the reference folder: the engine gives R's numbers or says why it gives none.

`REFERENCE_CASES=<folder> pytest tests/reference` runs another folder that holds `data/*.csv` and
`cases/*.json` (or `open/*.json`). A case that asks for what the engine lacks fails and names it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis import AnalysisError, Design, Flag
from analysis.variance import covariance
from tests.reference import distribution, inference, rcode
from tests.reference.answers import Answer, answer
from tests.reference.spec import Case, NotBuilt, as_list, design_of, load

HERE = Path(__file__).parent
FIGURES = {**distribution.FIGURES, **inference.FIGURES, **rcode.FIGURES}
LABELS = {"terms", "error", "domain"}
FOLDER = Path(os.environ.get("REFERENCE_CASES") or HERE)
EITHER = "accept either"
NO_FIGURE = int(Flag.EMPTY | Flag.ONE_RESPONDENT | Flag.ONE_PSU)
NOT_SEEN = NO_FIGURE | int(Flag.NO_SPREAD)  # quantiles of domains whose answers are one


def case_files() -> list[Path]:
    """Those of the reference, and in this folder those of our own making beside them."""
    for name in ("cases", "open"):
        found = sorted((FOLDER / name).glob("*.json"))
        if found:
            return found + sorted((FOLDER / "own").glob("*.json"))
    raise FileNotFoundError(f"{FOLDER} has no cases/*.json and no open/*.json")


@pytest.mark.parametrize("path", case_files(), ids=lambda path: path.stem)
def test_the_engine_agrees_with_the_reference(path: Path) -> None:
    case = load(path)
    try:
        if case.estimator == "weights":
            check_weights(case)
        elif case.estimator in FIGURES:
            check_figures(case)
        elif case.args.get("expect_error") or case.is_undefined:
            check_undefined(case)
        else:
            check_match(case)
    except NotBuilt as lack:
        pytest.fail(f"not built: {lack}", pytrace=False)


def check_figures(case: Case) -> None:
    """Estimators that answer with named figures; `terms` are the labels that both must order by."""
    if case.args.get("expect_error") or case.is_undefined:
        refuses_or_says_nothing(case)
        return
    found = FIGURES[case.estimator](case)
    assert found, "no figure to compare"
    for name, expected in case.expected.items():
        if name in found and is_text(expected):
            assert plain(found[name]) == plain(expected), f"{name}: {found[name]}"
        elif name in found and expected is not None:
            same(case, name, found[name], expected)
        elif name not in LABELS and expected is not None:
            raise NotBuilt(f"{case.estimator} without {name!r}")


def plain(labels: Any) -> list[str]:
    """Labels without the blanks and brackets that R puts into the names of terms."""
    return [re.sub(r"[\s()`]", "", str(label)) for label in as_list(labels)]


def is_text(expected: Any) -> bool:
    """Labels, such as the names of coefficients."""
    words = {"NA", "NaN", "Inf", "-Inf"}
    values = as_list(expected)
    return bool(values) and all(isinstance(v, str) and v not in words for v in values)


def refuses_or_says_nothing(case: Case) -> None:
    """What R cannot give, ours refuses with its own error or leaves nan."""
    try:
        found = FIGURES[case.estimator](case)
    except AnalysisError:
        return
    for name, expected in case.expected.items():
        if name in LABELS or name not in found:
            continue
        want, have = np.array(numbers_of(expected), dtype=float), np.asarray(found[name])
        assert np.isnan(have[np.isnan(want)]).all(), f"{name}: {have} where R has {want}"


def check_weights(case: Case) -> None:
    w = weights_of(design_of(case))
    found = {
        "n": len(w),
        "sum": w.sum(),
        "sum_sq": (w**2).sum(),
        "min": w.min(),
        "max": w.max(),
        "first": w[: len(case.expected["first"])],
    }
    for name, values in case.expected.items():
        same(case, name, found[name], values)


def weights_of(design: Design) -> np.ndarray:
    """R drops rows outside a subset, but keeps them as zeros when weights are calibrated or PPS."""
    if design.domain is None:
        return design.weights
    is_kept = design.calibrations or any(stage.pps is not None for stage in design.stages)
    if is_kept and design.replication is None:
        return design.weights * design.domain
    return design.weights[design.domain]


def check_match(case: Case) -> None:
    given = answer(case)
    blank = np.isnan(given.field("se"))
    if "se" in given.expected:
        assert_declined_only_where_r_prints_nothing_real(given, blank)
    for name, expected in given.expected.items():
        if EITHER in case.parity and name not in ("estimate", "df"):
            continue
        keep = ~blank if name != "estimate" else ~np.isnan(given.field("estimate"))
        keep &= ~by_rule(given, name, np.array(numbers(expected)))
        same(case, name, given.field(name)[keep], np.array(numbers(expected))[keep])
    if EITHER in case.parity:
        reproduce_the_unweighted_projection(case, given)
    elif "vcov" in case.expected:
        same(case, "vcov", given.estimates.vcov(), case.expected["vcov"])


def by_rule(given: Answer, name: str, theirs: np.ndarray) -> np.ndarray:
    """Limits where nothing varies: ours by the documented rule, R's NaN or the estimate itself."""
    edge = (given.flags & int(Flag.ALL_OR_NONE | Flag.NO_SPREAD)) != 0
    if name not in ("lower", "upper"):
        return np.zeros(len(edge), dtype=bool)
    at_estimate = np.abs(theirs - given.field("estimate")) <= 1e-9 * np.maximum(np.abs(theirs), 1)
    return edge & (np.isnan(theirs) | at_estimate)


def assert_declined_only_where_r_prints_nothing_real(given: Answer, blank: np.ndarray) -> None:
    """Where we give no standard error, a flag says why and R's is zero or missing."""
    theirs = np.array(numbers(given.expected["se"]))[blank]
    size = np.abs(np.array(numbers(given.expected["estimate"]))[blank])
    assert ((given.flags[blank] & NOT_SEEN) != 0).all()
    assert (np.isnan(theirs) | (theirs <= 1e-12 * np.maximum(size, 1))).all()
    empty = (given.flags & int(Flag.EMPTY)) != 0
    assert np.isnan(given.field("estimate")[empty]).all()


def check_undefined(case: Case) -> None:
    """R gives an error, NaN or a number that may not stand: ours refuses, or flags the entry."""
    try:
        given = answer(case)
    except AnalysisError:
        return
    for at, flags in enumerate(given.flags):
        for name, expected in given.expected.items():
            have, want = given.field(name)[at], numbers(expected)[at]
            if flags & NO_FIGURE:
                assert name in ("estimate", "df") or np.isnan(have)
            elif np.isnan(want):
                assert np.isnan(have) or flags
            else:
                same(case, name, have, want)
        assert given.field("lower")[at] != given.field("upper")[at]


def reproduce_the_unweighted_projection(case: Case, given: Answer) -> None:
    """R's rake() takes unweighted margin means, ten sweeps: only that convention differs."""
    linear = given.estimates.linear
    assert linear is not None
    design = linear.design
    margins = next(s["margins"] for s in case.design["steps"] if s["op"] == "rake")
    codes = [design.frame[m["by"][0]].astype("category").cat.codes.to_numpy() for m in margins]
    w = design.weights
    names, value = list(given.estimates.variable), given.estimates.estimate
    y = design.frame[names].to_numpy(dtype=float, copy=True)
    inside = np.ones(len(w), bool) if design.domain is None else design.domain
    inside = inside & np.isfinite(y).all(axis=1)
    u = y.copy() if case.estimator == "total" else (y - value) / w[inside].sum()
    u[~inside] = 0.0
    for _ in range(10):
        for code in codes:
            for item in range(u.shape[1]):
                u[:, item] -= (np.bincount(code, u[:, item]) / np.bincount(code))[code]
    unit = design.stages[-1].unit
    z = np.stack([np.bincount(unit, w * u[:, item]) for item in range(u.shape[1])], axis=1)
    theirs = covariance(design, z, np.ones(z.shape, dtype=bool))
    same(case, "se", np.sqrt(np.diag(theirs)), case.expected["se"])
    assert np.allclose(given.field("se"), np.sqrt(np.diag(theirs)), rtol=0.5)


def numbers(values: Any) -> list[float]:
    found = values if isinstance(values, Sequence) and not isinstance(values, str) else [values]
    return [float("nan") if value in ("NA", "NaN") else float(value) for value in found]


def same(case: Case, name: str, found: Any, expected: Any) -> None:
    want = np.array(numbers_of(expected), dtype=float)
    have = np.asarray(found, dtype=float).reshape(want.shape)
    assert (np.isnan(want) == np.isnan(have)).all(), f"{name}: {have} where R has {want}"
    gap = np.abs(have - want)
    bound = case.abs + case.rel * np.abs(want)
    assert (np.isnan(want) | (gap <= bound)).all(), f"{name}: {have} where R has {want}"


def numbers_of(expected: Any) -> list[Any] | float:
    if isinstance(expected, np.ndarray):
        return expected.tolist()
    if isinstance(expected, list) and any(isinstance(row, list) for row in expected):
        return [numbers(row) for row in expected]
    found = numbers(expected)
    return found if isinstance(expected, list) else found[0]
