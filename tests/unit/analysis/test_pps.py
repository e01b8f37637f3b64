"""Unequal probabilities without replacement: forms against the double sum, and what is refused."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

from analysis import Design, DesignError, Flag, Pps, mean, ratio, total
from analysis.calibrated import calibrate
from tests.unit.analysis.samples import villages


def sample(n_strata: int = 2, per_stratum: int = 4) -> pd.DataFrame:
    rng = np.random.default_rng(11)
    n = n_strata * per_stratum
    return pd.DataFrame(
        {
            "psu": np.arange(n),
            "stratum": np.repeat(np.arange(n_strata), per_stratum),
            "p": rng.uniform(0.1, 0.8, n).round(3),
            "y": rng.normal(10, 3, n),
            "x": rng.normal(20, 3, n),
            "sex": rng.choice(["f", "m"], n),
        }
    )


def form(frame: pd.DataFrame, **more: object) -> Design:
    return Design.from_frame(frame, ids="psu", strata="stratum", fpc="p", **more)


def double_sum(frame: pd.DataFrame, d: np.ndarray, y: np.ndarray, *, is_yg: bool) -> float:
    """Both variances as they stand in the books, pair by pair."""
    z = y / frame.p.to_numpy()
    pairs = itertools.product(range(len(z)), repeat=2)
    if is_yg:
        return -0.5 * sum(d[i, j] * (z[i] - z[j]) ** 2 for i, j in pairs)
    return sum(d[i, j] * z[i] * z[j] for i, j in pairs)


def matrix_of(frame: pd.DataFrame, method: str, c: float | None = None) -> np.ndarray:
    p, h = frame.p.to_numpy(), frame.stratum.to_numpy()
    n = np.bincount(h)[h][:, None]
    if method == "overton":
        d = ((p[:, None] + p) / 2 - 1) / (n - 1)
    else:
        bar = frame.groupby("stratum").p.transform("mean").to_numpy()[:, None]
        d = (p[:, None] + p - 1 - (bar if c is None else c)) / (n - 1)
    d = np.where(h[:, None] == h, d, 0.0)
    np.fill_diagonal(d, 1 - p)
    return d


@pytest.mark.parametrize("variance", ["HT", "YG"])
@pytest.mark.parametrize(("method", "c"), [("overton", None), ("HR", None), ("HR", 0.4)])
def test_approximations_equal_the_double_sum(method: str, c: float | None, variance: str) -> None:
    frame = sample()
    made = form(frame, pps=Pps(method, variance=variance, sum_p2_over_n=c))
    d = matrix_of(frame, method, c)
    is_yg = variance == "YG"
    wanted = double_sum(frame, d, frame.y.to_numpy(), is_yg=is_yg)
    assert total(made, "y").se[0] ** 2 == pytest.approx(wanted, rel=1e-10)
    for row in total(made, "y", by="sex"):
        y = np.where(frame.sex == row.domain[0], frame.y, 0.0)
        assert row.se**2 == pytest.approx(double_sum(frame, d, y, is_yg=is_yg), rel=1e-10)


@pytest.mark.parametrize("variance", ["HT", "YG"])
def test_joint_probabilities_equal_the_double_sum(variance: str) -> None:
    frame = sample(1, 6)
    p = frame.p.to_numpy()
    joint = np.outer(p, p) * 0.9
    np.fill_diagonal(joint, p)
    made = form(frame, pps=Pps("joint", joint=joint, variance=variance))
    d = (joint - np.outer(p, p)) / joint
    np.fill_diagonal(d, 1 - p)
    wanted = double_sum(frame, d, frame.y.to_numpy(), is_yg=variance == "YG")
    assert total(made, "y").se[0] ** 2 == pytest.approx(wanted, rel=1e-10)


def test_brewer_with_equal_probabilities_is_simple_sampling() -> None:
    frame = villages().assign(p=0.25)
    one = Design.from_frame(frame, ids="village", strata="stratum", weights="w", fpc="p")
    two = Design.from_frame(
        frame, ids="village", strata="stratum", weights="w", fpc="p", pps="brewer"
    )
    a, b = (mean(d, ["online", "dossiers"], by="sex") for d in (one, two))
    assert a.se == pytest.approx(b.se, rel=1e-10)


def test_brewer_reaches_the_second_stage() -> None:
    rng = np.random.default_rng(3)
    frame = sample(2, 4).loc[lambda f: f.index.repeat(5)].reset_index(drop=True)
    frame = frame.assign(person=frame.index, q=0.2, y=rng.normal(5, 2, 40))
    made = Design.from_frame(
        frame, ids=["psu", "person"], strata="stratum", fpc=["p", "q"], pps="brewer"
    )
    z = frame.y * made.weights
    variance = 0.0
    for _, part in frame.groupby("stratum"):
        sums = z[part.index].groupby(part.psu).sum()
        p = part.groupby("psu").p.first()
        variance += 4 / 3 * ((1 - p) * (sums - sums.mean()) ** 2).sum()
        for psu, rows in part.groupby("psu"):
            variance += p[psu] * 0.8 * 5 * z[rows.index].var()
    assert total(made, "y").se[0] ** 2 == pytest.approx(variance, rel=1e-10)


@pytest.mark.parametrize("pps", [Pps("brewer"), Pps("overton"), Pps("HR", variance="YG")])
def test_covariances_hold_the_variances(pps: Pps) -> None:
    made = form(sample(), pps=pps)
    found = ratio(made, ["y", "x"], ["x", "y"], by="sex")
    known = ~np.isnan(found.se)
    assert np.sqrt(np.diag(found.vcov()))[known] == pytest.approx(found.se[known], rel=1e-9)
    both = mean(made, ["y", "x"])
    a = np.array([1.0, -1.0])
    d = both.combine({"d": {"y": 1, "x": -1}})
    assert d.se[0] == pytest.approx(np.sqrt(a @ both.vcov() @ a), rel=1e-9)


def test_calibrated_weights_take_residuals_under_unequal_probabilities() -> None:
    frame = sample()
    made = form(frame, pps="brewer")
    x = pd.DataFrame({"one": 1.0, "x": frame.x})
    done = calibrate(made, x, {"one": 40.0, "x": 850.0})
    assert total(done, "x").se[0] < 1e-6 * total(made, "x").se[0]
    assert mean(done, "y").se[0] > 0


def test_a_census_has_no_variance() -> None:
    frame = sample().assign(p=1.0)
    for pps in ("brewer", "overton", "HR"):
        assert total(form(frame, pps=pps), "y").se[0] == 0


@pytest.mark.parametrize("rule", ["remove", "certainty", "adjust", "average"])
def test_lonely_strata_follow_their_rule(rule: str) -> None:
    frame = sample(3, 4)
    frame = frame[(frame.stratum != 1) | (frame.psu == 4)].reset_index(drop=True)
    frame["p"] = 0.5
    one = Design.from_frame(frame, ids="psu", strata="stratum", fpc="p", lonely_psu=rule)
    two = form(frame, pps="brewer", lonely_psu=rule)
    a, b = (total(d, ["y", "x"]) for d in (one, two))
    assert a.se == pytest.approx(b.se, rel=1e-10)
    assert b.vcov() == pytest.approx(a.vcov(), rel=1e-10)


def test_a_variance_below_zero_is_named_not_printed() -> None:
    frame = sample(1, 4).assign(p=[0.9, 0.8, 0.1, 0.1], y=[9.9, 8.0, 1.0, 0.8])
    row = total(form(frame, pps="overton"), "y").row(0)
    assert np.isnan(row.se)
    assert row.flags & Flag.NEGATIVE_VARIANCE


def test_what_does_not_fit_is_named() -> None:
    frame = sample()
    with pytest.raises(DesignError, match="needs the inclusion probabilities"):
        Design.from_frame(frame, ids="psu", pps="brewer")
    with pytest.raises(DesignError, match=r"'p', row 2: 1.5 is no probability"):
        form(frame.assign(p=frame.p.where(frame.index != 2, 1.5)), pps="brewer")
    twice = pd.concat([frame, frame.assign(p=0.5)], ignore_index=True)
    with pytest.raises(DesignError, match="'p' changes within one unit"):
        form(twice, pps="brewer")
    with pytest.raises(DesignError, match="pps method 'madow' is none of: brewer"):
        form(frame, pps="madow")
    with pytest.raises(DesignError, match="go with the pps method 'joint'"):
        Pps("brewer", joint=np.eye(3))
    with pytest.raises(DesignError, match=r"shape \(3, 3\) for 8 PSUs"):
        form(frame, pps=Pps("joint", joint=np.eye(3)))
    with pytest.raises(DesignError, match="no value for stratum 1"):
        form(frame, pps=Pps("HR", sum_p2_over_n={0: 0.3}))
    with pytest.raises(DesignError, match="no replicates for unequal probabilities"):
        form(frame, pps="brewer").replicate("JKn")


def test_joint_probabilities_must_agree_with_the_single_ones() -> None:
    frame = sample(1, 4)
    joint = np.outer(frame.p, frame.p)
    with pytest.raises(DesignError, match="PSU 0: the diagonal of the joint probabilities"):
        form(frame, pps=Pps("joint", joint=joint))
    np.fill_diagonal(joint, frame.p)
    joint[0, 1] *= 1.01
    with pytest.raises(DesignError, match="of PSUs 0 and 1 differ by order"):
        form(frame, pps=Pps("joint", joint=joint))
