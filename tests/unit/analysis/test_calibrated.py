"""Designs whose weights were calibrated: totals are met and variances are those of residuals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis import Design, Margin, WeightingError, mean, rake, total
from analysis.calibrated import calibrate, post_stratify, rake_design
from analysis.residuals import residual_variance
from tests.unit.analysis.samples import villages


@pytest.fixture
def design() -> Design:
    return Design.from_frame(villages(), ids="village", strata="stratum", weights="w")


def test_a_benchmark_is_known_without_error(design: Design) -> None:
    made = post_stratify(design, "sex", {"f": 2000, "m": 1800})
    asked = Design.from_frame(
        design.frame.assign(is_f=design.frame.sex == "f"),
        ids="village",
        strata="stratum",
        weights=made.weights,
        calibrations=made.calibrations,
    )
    row = total(asked, "is_f").row(0)
    assert row.estimate == pytest.approx(2000)
    assert row.se < 1e-9 * row.estimate


def test_raked_weights_with_their_calibration_equal_a_raked_design(design: Design) -> None:
    known = {"sex": {"f": 2000.0, "m": 1800.0}, "commune": {f"c{i}": 950.0 for i in range(4)}}
    step = rake(
        design.weights, [Margin(name, design.frame[name], cells) for name, cells in known.items()]
    )
    by_hand = Design.from_frame(
        design.frame,
        ids="village",
        strata="stratum",
        weights=step.weights,
        calibrations=[step.calibration] if step.calibration else [],
    )
    one, two = (mean(d, ["online", "score"]) for d in (by_hand, rake_design(design, known)))
    assert one.se.tolist() == two.se.tolist()


def test_many_domains_are_multiplied_out_to_the_same_variances(design: Design) -> None:
    made = rake_design(
        design, {"sex": {"f": 2000, "m": 1800}, "commune": {f"c{i}": 950 for i in range(4)}}
    )
    found = mean(made, ["online", "dossiers"], by=["commune", "sex"])
    assert found.linear is not None
    block = found.linear.blocks[0]
    assert block.slopes is not None
    quick = residual_variance(made, block.scores, block.slopes, 8, as_written=0)
    assert np.sqrt(quick).ravel() == pytest.approx(found.se, rel=1e-10)


def test_variances_and_the_covariance_matrix_agree(design: Design) -> None:
    made = post_stratify(design, "sex", {"f": 2000, "m": 1800})
    found = mean(made, ["online", "dossiers"], by="commune")
    assert np.sqrt(np.diag(found.vcov())) == pytest.approx(found.se, rel=1e-10)


def test_combinations_of_calibrated_estimates_agree_with_the_covariances(design: Design) -> None:
    made = post_stratify(design, "sex", {"f": 2000, "m": 1800})
    items = mean(made, ["score", "online"])
    index = items.combine({"difference": {"score": 1, "online": -1}})
    a = np.array([1.0, -1.0])
    assert index.se[0] ** 2 == pytest.approx(a @ items.vcov() @ a, rel=1e-9)


@pytest.mark.parametrize(
    ("distance", "bounds"), [("linear", None), ("raking", None), ("logit", (0.2, 4.0))]
)
def test_every_distance_meets_the_totals(
    design: Design, distance: str, bounds: tuple[float, float] | None
) -> None:
    x = pd.DataFrame({"one": 1.0, "dossiers": design.frame.dossiers})
    wanted = {"one": 3500.0, "dossiers": 11000.0}
    made = calibrate(design, x, wanted, distance=distance, bounds=bounds)
    assert made.weights @ x.to_numpy() == pytest.approx(list(wanted.values()), rel=1e-9)
    factor = made.weights / design.weights
    assert bounds is None or (bounds[0] < factor.min() and factor.max() < bounds[1])


def test_bounds_that_are_too_tight_are_refused(design: Design) -> None:
    x = pd.DataFrame({"dossiers": design.frame.dossiers})
    with pytest.raises(WeightingError, match="no weights within the bounds"):
        calibrate(design, x, {"dossiers": 1e6}, bounds=(0.5, 2.0))


def test_totals_and_columns_must_name_the_same(design: Design) -> None:
    with pytest.raises(WeightingError, match="totals name"):
        calibrate(design, pd.DataFrame({"one": [1.0] * 120}), {"two": 5.0})


def test_trimmed_factors_keep_the_sum_of_weights(design: Design) -> None:
    x = pd.DataFrame({"one": 1.0, "dossiers": design.frame.dossiers})
    made = calibrate(design, x, {"one": 3500.0, "dossiers": 13000.0}, trim=(0.8, 1.4))
    assert made.weights.sum() == pytest.approx(3500)
    assert (made.weights / design.weights).max() < 1.5
