"""Indices and comparisons of stored rows equal those of rows in memory, in every kind of store."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import analysis
from analysis import AnalysisError, Design, Flag, contrast, difference, function_of, scale
from analysis.indices.combined import combined_means
from analysis.indices.definition import Missing, Part
from analysis.scale import CalibratedTo, StoredDesign
from tests.unit.analysis.stored_rows import STORES, assert_same, survey

DATA = survey()
OWN = (Part("overall", 60), Part("yes", -30), Part("ontime", 10))
POOLED = (Part("overall", 40, pool="a"), Part("ontime", 20, pool="a"), Part("yes", 30))


@pytest.fixture(params=["frame", "duckdb"])
def store(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def _stored(store: str, **more: object) -> StoredDesign:
    given = {"ids": "psu", "strata": "stratum", "weights": "w", "lonely_psu": "average"}
    return StoredDesign(STORES[store](DATA), **given, **more)  # type: ignore[arg-type] # options


def _in_memory(**more: object) -> Design:
    given = {"ids": "psu", "strata": "stratum", "weights": "w", "lonely_psu": "average"}
    return Design.from_frame(DATA, **given, **more)


@pytest.mark.parametrize("parts", [OWN, POOLED])
@pytest.mark.parametrize("by", [None, "sex"])
def test_an_index_is_that_of_the_rows(store: str, parts: tuple[Part, ...], by: str | None) -> None:
    found = scale.index(_stored(store), parts, by=by, where="adult", constant=7.0)
    wanted = combined_means(_in_memory(), parts, base=DATA["adult"], by=by, constant=7.0)
    assert found.estimate == pytest.approx(list(wanted.value.values()))
    assert found.n.tolist() == list(wanted.fewest.values())
    assert found.se == pytest.approx(wanted.scores.se, rel=1e-9)
    assert found.df.tolist() == wanted.scores.df.tolist()
    assert np.sqrt(np.diag(found.vcov())) == pytest.approx(found.se)


def test_an_index_of_rows_on_a_cluster() -> None:
    found = scale.index(_stored("dask"), POOLED, by="sex")
    assert_same(found, scale.index(_stored("frame"), POOLED, by="sex"))


def test_an_index_of_who_answered_all_and_of_nobody(store: str) -> None:
    found = scale.index(_stored(store), OWN, by="sex", missing="listwise")
    everybody = pd.Series(data=True, index=DATA.index)
    wanted = combined_means(_in_memory(), OWN, base=everybody, by="sex", missing=Missing.ALL)
    assert found.se == pytest.approx(wanted.scores.se, rel=1e-9)
    empty = scale.index(_stored(store), OWN, by="commune", where="adult").at(3.0)
    assert np.isnan(empty.estimate)
    assert Flag.EMPTY in empty.flags
    with pytest.raises(AnalysisError, match="as Part"):
        scale.index(_stored(store), ["overall"])  # type: ignore[list-item] # what is refused


def test_the_variance_of_an_index_knows_that_weights_were_raked() -> None:
    shares = DATA.groupby("sex")["w"].sum()
    step = analysis.rake(DATA["w"], [analysis.Margin("sex", DATA["sex"], dict(shares * 1.1))])
    data = DATA.assign(w0=DATA["w"], w=step.weights)
    given = {"ids": "psu", "strata": "stratum", "weights": "w", "lonely_psu": "average"}
    memory = Design.from_frame(data, **given, calibrations=[step.calibration])
    everybody = pd.Series(data=True, index=data.index)
    for parts in (OWN, POOLED):
        wanted = combined_means(memory, parts, base=everybody, by="commune")
        stored = StoredDesign(
            STORES["duckdb"](data), **given, calibrated=CalibratedTo(("sex",), before="w0")
        )
        found = scale.index(stored, parts, by="commune")
        assert found.se == pytest.approx(wanted.scores.se, rel=1e-9, nan_ok=True)


def test_comparisons_of_domains_are_those_of_the_rows(store: str) -> None:
    stored = scale.mean(_stored(store), ["overall", "yes"], by="sex", where="adult")
    memory = analysis.mean(_in_memory(), ["overall", "yes"], by="sex", where="adult")
    assert_same(difference(stored, "sex"), difference(memory, "sex"))
    assert_same(difference(stored, "sex", relative=True), difference(memory, "sex", relative=True))
    asked = {"gap": {"nam:overall": 1, "nữ:overall": -1}}
    assert_same(contrast(stored, asked), contrast(memory, asked))
    text = {"odds": "`nam:yes` / (1 - `nam:yes`)"}
    assert_same(function_of(stored, text), function_of(memory, text))
