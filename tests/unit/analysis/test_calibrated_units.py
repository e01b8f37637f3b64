"""Weights calibrated inside villages: totals met, variance, and what is refused."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest

from analysis import AnalysisError, Design, calibrate_within, count, mean, stack, total


def sample() -> pd.DataFrame:
    """Four villages of ten, each with five of thirty households; the answer follows `rooms`."""
    rng = np.random.default_rng(5)
    village = np.repeat([1, 2, 3, 4], 5)
    rooms = rng.integers(1, 6, 20).astype(float)
    return pd.DataFrame(
        {
            "village": village,
            "hh": np.arange(20),
            "villages": 10,
            "hhs": 30,
            "rooms": rooms,
            "y": 3 * rooms + village,
            "area": np.where(village > 2, "rural", "urban"),
        }
    )


def drawn(data: pd.DataFrame) -> Design:
    return Design.from_frame(data, ids=["village", "hh"], fpc=["villages", "hhs"])


def known(data: pd.DataFrame) -> pd.DataFrame:
    sizes = data.groupby("village")["rooms"].mean() * 33
    return pd.DataFrame({"one": 30.0, "rooms": sizes})


def auxiliaries(data: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({"one": 1.0, "rooms": data["rooms"], "again": 1.0})


def test_each_village_meets_its_totals_and_only_the_variance_inside_shrinks() -> None:
    data = sample()
    plain = drawn(data)
    made = calibrate_within(plain, auxiliaries(data), known(data), within="village")
    inside = made.weights * 4 / 10  # the weight given the village
    sums = pd.DataFrame({"one": inside, "rooms": inside * data["rooms"]}).groupby(data["village"])
    assert np.allclose(sums.sum(), known(data)[["one", "rooms"]])
    # y is a line in rooms inside each village: what is left is the variance between villages
    totals = (inside * data["y"]).groupby(data["village"]).sum().to_numpy() * 10 / 4
    between = (1 - 4 / 10) * 4 * totals.var(ddof=1)
    assert total(made, "y").se[0] ** 2 == pytest.approx(between)


def test_one_unit_after_the_other_comes_to_the_same_as_all_at_once() -> None:
    data = sample()
    asked = (auxiliaries(data), known(data))
    quick = calibrate_within(drawn(data), *asked, within="village")
    slow = calibrate_within(drawn(data), *asked, within="village", bounds=(-99.0, 99.0))
    assert np.allclose(quick.weights, slow.weights)
    assert quick.within[0].report is not None
    assert quick.within[0].report.max_residual < 1e-9


def test_domains_add_up_and_agree_with_their_covariance_matrix() -> None:
    data = sample()
    made = calibrate_within(drawn(data), auxiliaries(data), known(data), within="village")
    for table in (mean(made, ["y", "rooms"], by="area"), count(made, "area")):
        assert np.allclose(np.sqrt(np.diag(table.vcov())), table.se, atol=1e-9)
    assert count(made).estimate[0] == pytest.approx(count(made, by="area").estimate.sum())


def test_rows_that_share_a_household_and_unequal_weights_are_calibrated_alike() -> None:
    data = sample().assign(hh=np.repeat(np.arange(10), 2), w=np.arange(1.0, 21.0), pi=2.5)
    design = Design.from_frame(data, ids=["village", "hh"], fpc=["villages", "hhs"], weights="w")
    made = calibrate_within(
        design, auxiliaries(data), known(data), within="village", unit_weights="pi"
    )
    assert np.allclose((made.weights / 2.5).reshape(4, 5).sum(axis=1), 30)
    table = mean(made, "y", by="area")
    assert np.allclose(np.sqrt(np.diag(table.vcov())), table.se)


def test_replicates_of_villages_keep_the_factors_inside() -> None:
    data = sample()
    made = calibrate_within(drawn(data), auxiliaries(data), known(data), within="village")
    kept = made.replicate("JK1")
    assert kept.replication is not None
    assert np.allclose(kept.replication.base, made.weights)
    with pytest.raises(AnalysisError, match="mrbbootstrap would have to repeat"):
        made.replicate("mrbbootstrap")
    with pytest.raises(AnalysisError, match="then make replicate weights"):
        calibrate_within(kept, auxiliaries(data), known(data), within="village")


@pytest.mark.parametrize(
    ("change", "asked", "words"),
    [
        (lambda t: t.drop(index=3), {}, "no row for village 3"),
        (lambda t: pd.concat([t, t.loc[[2]]]), {}, "hold village 2 twice"),
        (lambda t: t.assign(rooms=np.nan), {}, "totals of 'rooms': row 0 is empty"),
        (lambda t: t.assign(again=50.0), {}, r"village \d: no weights meet the total"),
        (lambda t: t.assign(one=900.0), {"bounds": (0.5, 1.5)}, "village 1: no weights within"),
        (lambda t: t.rename(columns={"one": "two"}), {}, "totals"),
        (lambda t: t, {"within": "area"}, "does not name the units of a stage"),
        (lambda t: t, {"unit_weights": "rooms"}, "not one positive weight for each unit"),
    ],
)
def test_what_does_not_fit_is_named(
    change: object, asked: Mapping[str, object], words: str
) -> None:
    data = sample()
    assert callable(change)
    with pytest.raises(AnalysisError, match=words):
        calibrate_within(
            drawn(data),
            auxiliaries(data),
            change(known(data)),
            **{"within": "village", **asked},  # type: ignore[arg-type] # one of several options
        )


def test_waves_of_such_designs_are_not_stacked() -> None:
    data = sample()
    made = calibrate_within(drawn(data), auxiliaries(data), known(data), within="village")
    with pytest.raises(AnalysisError):
        stack({1: made, 2: made})
