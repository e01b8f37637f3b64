"""The unit-level model, and estimators for files without a design."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis import AnalysisError
from analysis.smallarea import (
    AreaEstimates,
    AreaFlag,
    direct_means,
    post_stratified_synthetic,
    sample_size_dependent,
    unit_bootstrap_mse,
    unit_model,
)

AREAS = list("abcdefghij")


def units(between: float = 2.0, seed: int = 8) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"area": np.repeat(AREAS[:9], 6), "x": rng.uniform(0, 10, 54)})
    effect = dict(zip(AREAS, between * rng.normal(size=10), strict=True))
    frame["y"] = 3 + 0.8 * frame["x"] + frame["area"].map(effect) + rng.normal(size=54)
    return frame


def means() -> pd.DataFrame:
    return pd.DataFrame({"x": np.linspace(4, 6, 10)}, index=AREAS)


def fitted(frame: pd.DataFrame, **more: object) -> AreaEstimates:
    return unit_model(frame["y"], frame[["x"]], frame["area"], means(), **more)  # type: ignore[arg-type]


def test_a_census_of_an_area_has_no_error() -> None:
    frame = units()
    sizes = pd.Series(6.0, index=AREAS)
    census = means()
    census.loc[AREAS[:9], "x"] = frame.groupby("area")["x"].mean()
    found = unit_model(frame["y"], frame[["x"]], frame["area"], census, population_sizes=sizes)
    np.testing.assert_allclose(found.estimate[:9], frame.groupby("area")["y"].mean())
    np.testing.assert_allclose(found.mse[:9], 0, atol=1e-12)
    assert found.mse[9] > 0


def test_an_area_without_units_gets_the_regression() -> None:
    found = fitted(units())
    row = found.at("j")
    assert row.flags == AreaFlag.SYNTHETIC
    assert (row.n, row.gamma) == (0, 0.0)
    assert row.estimate == pytest.approx(row.synthetic)
    assert row.mse > found.at("a").mse


def test_without_a_variance_between_areas_all_is_regression_and_said() -> None:
    frame = units(between=0.0, seed=3)
    frame["y"] -= frame.groupby("area")["y"].transform("mean") - 0.8 * frame.groupby("area")[
        "x"
    ].transform("mean")
    found = fitted(frame)
    assert found.fit.sigma2 == 0
    assert (found.flags & int(AreaFlag.ZERO_VARIANCE)).all()
    np.testing.assert_allclose(found.estimate, found.synthetic)


def test_ml_has_the_smaller_variance_and_the_bootstrap_agrees() -> None:
    frame = units()
    reml, ml = fitted(frame), fitted(frame, method="ML")
    assert ml.fit.sigma2 < reml.fit.sigma2
    again = unit_bootstrap_mse(reml, frame[["x"]], frame["area"], means(), count=80)
    assert np.median(again.mse / reml.mse) == pytest.approx(1, abs=0.3)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"population_means": means().drop(index="c")}, "'c'"),
        ({"population_means": means().rename(columns={"x": "z"})}, "mean of x"),
        ({"population_sizes": pd.Series(2.0, index=AREAS)}, "at least its respondents"),
        ({"method": "FH"}, "REML or ML"),
        ({"y": [np.nan] * 54}, "value and an area"),
        ({"x": pd.DataFrame({"x": ["u", "v"] * 27})}, "0 and 1"),
    ],
)
def test_what_does_not_fit_is_named(change: dict[str, object], word: str) -> None:
    frame = units()
    given: dict[str, object] = {
        "y": frame["y"], "x": frame[["x"]], "area": frame["area"], "population_means": means(),
    }  # fmt: skip
    with pytest.raises(AnalysisError, match=word):
        unit_model(**(given | change))  # type: ignore[arg-type]


def test_one_unit_per_area_cannot_tell_the_variances_apart() -> None:
    frame = units().drop_duplicates("area")
    with pytest.raises(AnalysisError, match="variance within"):
        fitted(frame)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"sizes": None}, "sizes"),
        ({"sizes": {"a": 10}}, "'b'"),
        ({"sizes": {"a": 1, "b": 10}}, "2 respondents of 1"),
        ({"weights": None, "drawn": "poisson"}, "weights"),
        ({"weights": [1.0]}, "length"),
    ],
)
def test_direct_means_say_what_they_lack(change: dict[str, object], word: str) -> None:
    given: dict[str, object] = {"weights": [2.0, 2.0, 3.0], "sizes": {"a": 10, "b": 10}}
    with pytest.raises(AnalysisError, match=word):
        direct_means([1, 2, 3], ["a", "a", "b"], **(given | change))  # type: ignore[arg-type]


def test_missing_answers_are_left_out_of_direct_means() -> None:
    found = direct_means([1, np.nan, 3], ["a", "a", "a"], drawn="simple_with_replacement")
    assert found.n.tolist() == [2]
    assert found.estimate.tolist() == [2.0]
    assert list(found.to_frame().columns) == ["domain", "n", "estimate", "se", "cv"]


def test_a_domain_drawn_as_planned_keeps_its_direct_mean() -> None:
    found = sample_size_dependent([4.0, 4.0, np.nan], [8.0, 8.0, 8.0], [100, 25, 0], [100] * 3)
    assert found.estimate.tolist() == [4.0, 7.0, 8.0]
    assert found.weight.tolist() == [1.0, 0.25, 0.0]
    with pytest.raises(AnalysisError, match="delta"):
        sample_size_dependent([1.0], [1.0], [1], [1], delta=0)


def test_a_post_stratum_that_nobody_stands_for_is_named() -> None:
    sizes = pd.DataFrame({"young": [1], "old": [2]}, index=["a"])
    with pytest.raises(AnalysisError, match="'old'"):
        post_stratified_synthetic([1.0], ["young"], sizes)
