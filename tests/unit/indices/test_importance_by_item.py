"""Importance where each item has its own answers; ends of an index over all weights."""

import numpy as np
import pandas as pd
import pytest

from analysis.design import Design
from analysis.errors import AnalysisError
from analysis.indices.importance import importance_performance
from analysis.indices.importance_by_item import ItemColumns, importance_by_item
from analysis.indices.sensitivity import weight_range
from tests.unit.indices.test_importance import ITEMS, sample

COLUMNS = {name: ItemColumns(name, name) for name in ITEMS}


def design_of(frame: pd.DataFrame) -> Design:
    return Design.from_frame(frame, ids="psu", strata="stratum", weights="w")


def with_gaps(frame: pd.DataFrame) -> pd.DataFrame:
    rng = np.random.default_rng(4)
    gaps = {name: frame[name].mask(rng.random(len(frame)) < 0.3) for name in ITEMS}
    return frame.assign(**gaps)


def test_where_all_answered_all_it_is_the_same_as_together() -> None:
    design = design_of(sample())
    together = importance_performance(design, "overall", ITEMS).to_frame()
    apart = importance_by_item(design, "overall", COLUMNS).to_frame()
    pd.testing.assert_frame_equal(together, apart, rtol=1e-9)


def test_each_item_is_taken_on_its_own_answers() -> None:
    frame = with_gaps(sample())
    found = importance_by_item(design_of(frame), "overall", COLUMNS).to_frame().set_index("item")
    for name in ITEMS:
        own = frame[frame[name].notna()]
        w, y, z = (own[each].to_numpy() for each in ("w", name, "overall"))
        assert found.performance[name] == pytest.approx(np.average(y, weights=w))
        r = np.cov(y, z, aweights=w, ddof=0)
        assert found.importance[name] == pytest.approx(r[0, 1] / np.sqrt(r[0, 0] * r[1, 1]))
        assert found.answered[name] == len(own)


def test_errors_are_those_of_leaving_out_one_village_after_the_other() -> None:
    frame = with_gaps(sample())
    whole = importance_by_item(design_of(frame), "overall", COLUMNS)
    both = [whole.importance_se, whole.performance_se]
    replicated = importance_by_item(design_of(frame).replicate("JKn"), "overall", COLUMNS)
    for se, again in zip(both, [replicated.importance_se, replicated.performance_se], strict=True):
        assert se == pytest.approx(again, rel=0.05)


def test_an_item_that_nobody_or_everybody_answered_alike_is_refused_by_name() -> None:
    for value in (np.nan, 3.0):
        with pytest.raises(AnalysisError, match="place"):
            importance_by_item(design_of(sample().assign(place=value)), "overall", COLUMNS)


def test_the_ends_over_all_weights_are_reached_and_never_passed() -> None:
    rng = np.random.default_rng(2)
    for _ in range(20):
        values = dict(zip("abcd", rng.uniform(0, 100, 4), strict=True))
        weights = dict(zip("abcd", rng.uniform(0.5, 2, 4), strict=True))
        found = weight_range(values, weights, spread=0.4)
        at_limits = [
            sum(w * v for w, v in zip(tried, values.values(), strict=True)) / sum(tried)
            for bits in range(16)
            for tried in [
                [c * (1.4 if bits >> n & 1 else 0.6) for n, c in enumerate(weights.values())]
            ]
        ]
        assert found.low == pytest.approx(min(at_limits))
        assert found.high == pytest.approx(max(at_limits))
    with pytest.raises(AnalysisError):
        weight_range({"a": 1.0}, {"b": 1.0})
