"""What must hold for any design and any weighting: replicates, unequal probabilities, margins."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import Design, calibrate, mean, rake_design, total, trim_outliers
from tests.property.analysis.test_invariances import close

common = settings(max_examples=40, deadline=None, derandomize=True)
METHODS = ["taylor", "JKn", "brewer", "overton", "HR"]


@st.composite
def surveys(draw: st.DrawFn) -> pd.DataFrame:
    """Strata of two villages or more, with unequal weights and chances."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    sizes = draw(st.lists(st.integers(2, 5), min_size=1, max_size=4))
    stratum = np.repeat(np.arange(len(sizes)), sizes)
    people = rng.integers(2, 7, len(stratum))
    village = np.repeat(np.arange(len(stratum)), people)
    n = len(village)
    return pd.DataFrame(
        {
            "village": village,
            "stratum": stratum[village],
            "p": rng.uniform(0.05, 0.95, len(stratum))[village],
            "n_villages": (2 * np.array(sizes))[stratum[village]],
            "w": rng.lognormal(3, 0.7, n),
            "sex": rng.permutation(np.resize(["f", "m"], n)),
            "age": rng.permutation(np.resize(["young", "middle", "old"], n)),
            "y": rng.normal(50, 10, n),
        }
    )


def design(frame: pd.DataFrame, method: str) -> Design:
    base = {"ids": "village", "strata": "stratum", "weights": "w"}
    if method == "taylor":
        return Design.from_frame(frame, **base, fpc="n_villages")
    if method == "JKn":
        return Design.from_frame(frame, **base, fpc="n_villages").replicate("JKn")
    return Design.from_frame(frame, **base, fpc="p", pps=method)


def margins(frame: pd.DataFrame, seed: int) -> dict[str, dict[str, float]]:
    """Margins that some positive weights meet."""
    w = np.random.default_rng(seed).uniform(10, 40, len(frame))
    return {
        name: pd.Series(w).groupby(frame[name].to_numpy()).sum().to_dict()
        for name in ("sex", "age")
    }


@common
@given(surveys(), st.sampled_from(METHODS), st.floats(1e-3, 1e3))
def test_rescaling_the_weights_changes_no_mean(frame: pd.DataFrame, method: str, k: float) -> None:
    one, two = (
        mean(design(f, method), "y", by="sex") for f in (frame, frame.assign(w=frame.w * k))
    )
    close(one.estimate, two.estimate)
    close(one.se, two.se, 1e-6)


@common
@given(surveys(), st.sampled_from(METHODS), st.integers(0, 2**32 - 1))
def test_other_names_and_another_order_of_villages_change_nothing(
    frame: pd.DataFrame, method: str, seed: int
) -> None:
    order = np.random.default_rng(seed).permutation(len(frame))
    renamed = frame.assign(
        village=[f"v{(v * 7919) % 101}-{v}" for v in frame.village],
        stratum=[f"h{9 - s}" for s in frame.stratum],
    ).iloc[order]
    one, two = (total(design(f, method), "y", by="age") for f in (frame, renamed))
    close(one.estimate, two.estimate)
    close(one.se, two.se, 1e-6)
    assert one.df.tolist() == two.df.tolist()


@common
@given(surveys(), st.integers(0, 2**32 - 1), st.sampled_from(["taylor", "JKn"]))
def test_raked_weights_reproduce_the_margins(frame: pd.DataFrame, seed: int, method: str) -> None:
    known = margins(frame, seed)
    made = rake_design(design(frame, method), known)
    assert made.weights.min() > 0
    for name, cells in known.items():
        for label, size in cells.items():
            assert np.isclose(made.weights[frame[name] == label].sum(), size, rtol=1e-9)
    report = made.calibrations[-1].report
    assert report is not None
    assert report.max_residual < 1e-9


@common
@given(surveys(), st.integers(0, 2**32 - 1), st.sampled_from(["linear", "raking", "logit"]))
def test_calibrated_weights_reproduce_the_totals(
    frame: pd.DataFrame, seed: int, distance: str
) -> None:
    rng = np.random.default_rng(seed)
    x = pd.DataFrame({"one": 1.0, "f": (frame.sex == "f") * 1.0, "y": frame.y})
    totals = dict(zip(x.columns, (frame.w * rng.uniform(0.9, 1.1, len(frame))) @ x, strict=True))
    bounds = (0.3, 3.0) if distance == "logit" else None
    made = calibrate(design(frame, "taylor"), x, totals, distance=distance, bounds=bounds)
    assert np.allclose(made.weights @ x.to_numpy(), list(totals.values()), rtol=1e-8)
    found = total(made, "y")
    assert found.se[0] <= 1e-6 * abs(found.estimate[0])


@common
@given(surveys(), st.booleans())
def test_a_census_has_no_variance(frame: pd.DataFrame, two_stages: bool) -> None:
    counts = frame.groupby("stratum").village.nunique()
    sizes = frame.groupby("village").size()
    frame = frame.assign(
        person=np.arange(len(frame)),
        n=frame.stratum.map(counts),
        m=frame.village.map(sizes),
    )
    made = Design.from_frame(
        frame,
        ids=["village", "person"] if two_stages else "village",
        strata="stratum",
        fpc=["n", "m"] if two_stages else "n",
    )
    found = total(made, "y", by="sex")
    assert np.allclose(found.estimate, frame.groupby("sex").y.sum())
    assert (np.isnan(found.se) | (found.se == 0)).all()


@common
@given(surveys())
def test_the_jackknife_of_a_total_is_its_taylor_variance(frame: pd.DataFrame) -> None:
    close(total(design(frame, "taylor"), "y").se, total(design(frame, "JKn"), "y").se)


@common
@given(surveys(), st.floats(2.5, 6.0))
def test_caps_hold_and_every_stratum_keeps_its_sum(frame: pd.DataFrame, times: float) -> None:
    w = np.sqrt(frame.w.to_numpy())
    found = trim_outliers(w, rule="median", times=times, strata=frame.stratum).weights
    cap = times * frame.assign(w=w).groupby("stratum").w.transform("median").to_numpy()
    assert (found <= cap * (1 + 1e-9)).all()
    before, after = (pd.Series(v).groupby(frame.stratum.to_numpy()).sum() for v in (w, found))
    assert np.allclose(before, after)
