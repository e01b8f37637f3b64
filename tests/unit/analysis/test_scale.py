"""Rows in a frame, in DuckDB or on Dask: the same estimates as from a design in memory."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import analysis
from analysis import AnalysisError, Design, DesignError, LonelyPsuError, scale
from analysis.calibrated import rake_design
from analysis.scale import CalibratedTo, FrameRows, StoredDesign
from analysis.scale.cluster import DaskRows
from analysis.scale.duck import DuckRows, parquet
from analysis.scale.frames import merge, sum_frame
from analysis.scale.plan import Item, Plan
from tests.unit.analysis.stored_rows import STORES, assert_same, in_duckdb, survey

DATA = survey()
RULES = ("collapse", "adjust", "average", "remove", "certainty")


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def _both(store: str, frame: pd.DataFrame = DATA, **options: object) -> tuple[Design, StoredDesign]:
    given = {"ids": "psu", "strata": "stratum", "weights": "w", "lonely_psu": "collapse"} | options
    return Design.from_frame(frame, **given), StoredDesign(STORES[store](frame), **given)


@pytest.mark.parametrize("missing", ["per_item", "listwise"])
@pytest.mark.parametrize("by", [None, "commune", ["commune", "sex"], "stratum"])
def test_means_are_those_of_the_rows(store: str, by: object, missing: str) -> None:
    memory, stored = _both(store)
    items = ["overall", "income", "yes"]
    options = {"by": by, "missing": missing, "where": "adult"}
    wanted = analysis.mean(memory, items, **options)
    found = scale.mean(stored, items, **options)
    assert_same(found, wanted)
    if len(wanted) < 100:
        np.testing.assert_allclose(found.vcov(), wanted.vcov(), rtol=1e-9, atol=1e-12)
    mixed = {"both": {"overall": 0.5, "yes": 2.0}}
    assert_same(found.combine(mixed), wanted.combine(mixed))


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_for_lonely_villages_holds(store: str, rule: str) -> None:
    memory, stored = _both(store, lonely_psu=rule, fpc="N", adjust_domain_lonely=True)
    options = {"by": "commune", "deff": "wor"}
    assert_same(scale.total(stored, "yes", **options), analysis.total(memory, "yes", **options))


def test_a_lonely_village_is_refused_by_name(store: str) -> None:
    _, stored = _both(store, lonely_psu="fail")
    with pytest.raises(LonelyPsuError, match="s0"):
        scale.mean(stored, "yes")


def test_shares_ratios_and_counts_are_those_of_the_rows(store: str) -> None:
    memory, stored = _both(store)
    for name, words in {
        "proportion": (["overall"], ["sex"], ["yes"], ["adult"]),
        "count": ([], ["sex"]),
        "ratio": (["ontime", "dossiers"], [["ontime", "yes"], "dossiers"]),
    }.items():
        for arguments in words:
            found = getattr(scale, name)(stored, *arguments, by="commune")
            assert_same(found, getattr(analysis, name)(memory, *arguments, by="commune"))
    options = {"success": [4, 5], "by": "sex", "interval": "logit", "df": "answers"}
    wanted = analysis.proportion(memory, "overall", **options)
    assert_same(scale.proportion(stored, "overall", **options), wanted)
    options = {"success": "o'clock"}
    wanted = analysis.proportion(memory, "sex", **options)
    assert_same(scale.proportion(stored, "sex", **options), wanted)


@pytest.mark.parametrize("margins", [("sex",), ("sex", "adult")])
def test_the_variance_knows_that_weights_were_raked(store: str, margins: tuple[str, ...]) -> None:
    frame = (
        DATA[DATA["w"] > 0].reset_index(drop=True).assign(adult=lambda d: d["adult"].astype(int))
    )
    totals = {m: (frame.groupby(m)["w"].sum() * 1.1).to_dict() for m in margins}
    for cell, people in totals["sex"].items():
        totals["sex"][cell] = people + {"nam": 60, "nữ": -50}.get(cell, -10)
    plain, _ = _both(store, frame)
    raked = rake_design(plain, totals)
    frame = frame.assign(final=raked.weights)
    memory, stored = _both(store, frame, weights="final")
    memory = replace(memory, calibrations=raked.calibrations)
    stored = replace(stored, calibrated=CalibratedTo(margins, "w"))
    for by in (None, "commune"):
        wanted = analysis.mean(memory, ["overall", "income"], by=by)
        assert_same(scale.mean(stored, ["overall", "income"], by=by), wanted)
        wanted = analysis.total(memory, ["yes"], by=by)
        assert_same(scale.total(stored, ["yes"], by=by), wanted)
        wanted = analysis.ratio(memory, "ontime", "dossiers", by=by)
        assert_same(scale.ratio(stored, "ontime", "dossiers", by=by), wanted)


def test_no_column_name_is_read_as_sql(store: str) -> None:
    names = {
        "psu": 'a"; DROP TABLE arrived; --',
        "stratum": "key_0",
        "w": "raw_w",
        "commune": "source",
        "yes": "is_inside",
        "sex": "rows",
        "adult": "y_0",
    }
    memory, stored = _both(store)
    options = {"by": ["commune", "sex"], "where": "adult"}
    wanted = analysis.mean(memory, ["yes", "overall"], **options)
    stored = StoredDesign(
        STORES[store](DATA.rename(columns=names)),
        ids=names["psu"],
        strata=names["stratum"],
        weights=names["w"],
        lonely_psu="collapse",
    )
    options = {"by": [names["commune"], names["sex"]], "where": names["adult"]}
    found = scale.mean(stored, [names["yes"], "overall"], **options)
    assert_same(replace(found, variable=wanted.variable), wanted)
    with pytest.raises(AnalysisError, match="no column"):
        scale.mean(stored, '1) FROM arrived; --"')


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"w": np.nan}, "no finite number"),
        ({"w": np.inf}, "no finite number"),
        ({"w": -1.0}, "negative"),
        ({"stratum": None}, "empty"),
        ({"overall": np.inf}, "too large"),
        ({"overall": 1e200}, "too large"),
    ],
)
def test_bad_rows_are_named(store: str, change: dict[str, object], words: str) -> None:
    frame = DATA.copy()
    for name, value in change.items():
        frame.loc[17, name] = value
        frame.loc[17, "w"] = frame.loc[17, "w"] or 1.0
    stored = StoredDesign(STORES[store](frame), ids="psu", strata="stratum", weights="w")
    with pytest.raises(AnalysisError, match=words):
        scale.mean(replace(stored, lonely_psu="collapse"), "overall")


def test_what_needs_rows_or_sense_is_refused(store: str) -> None:
    _, stored = _both(store)
    with pytest.raises(AnalysisError, match="'overall' is missing in"):
        scale.mean(stored, "overall", missing="fail")
    with pytest.raises(AnalysisError, match="levels"):
        scale.count(stored, "w")
    with pytest.raises(AnalysisError, match="holds no numbers"):
        scale.mean(stored, "sex")
    with pytest.raises(AnalysisError, match="true/false"):
        scale.mean(stored, "yes", where=DATA["adult"])
    with pytest.raises(AnalysisError, match="there is no column"):
        scale.mean(stored, "nothing")
    with pytest.raises(DesignError, match="several strata"):
        scale.mean(replace(stored, ids="sex"), "yes")


def test_parquet_files_are_read_where_they_lie(tmp_path: Path) -> None:
    for number, part in enumerate(np.array_split(np.arange(len(DATA)), 3)):
        DATA.iloc[part].to_parquet(tmp_path / f"part {number}'s.parquet")
    memory, stored = _both("frame")
    stored = replace(stored, rows=parquet(tmp_path / "*.parquet", memory="200MB", threads=1))
    options = {"by": "commune", "where": "adult"}
    assert_same(
        scale.proportion(stored, "yes", **options), analysis.proportion(memory, "yes", **options)
    )
    with pytest.raises(AnalysisError, match="DuckDB: "):
        parquet(tmp_path / "none.parquet")


def test_a_query_makes_the_columns_that_are_missing() -> None:
    rows = in_duckdb(DATA)
    made = DuckRows(rows.relation.project("*, overall >= 4 AS high, dossiers > 5 AS busy"))
    _, stored = _both("duckdb")
    found = scale.proportion(replace(stored, rows=made), "high", where="busy")
    memory = Design.from_frame(
        DATA.assign(
            high=(DATA["overall"] >= 4).where(DATA["overall"].notna()).astype("boolean"),
            busy=DATA["dossiers"] > 5,
        ),
        ids="psu",
        strata="stratum",
        weights="w",
        lonely_psu="collapse",
    )
    assert_same(found, analysis.proportion(memory, "high", where="busy"))


def test_digits_are_kept_far_from_zero() -> None:
    frame = DATA.assign(income=1e7 + np.arange(len(DATA)) % 7)
    memory, stored = _both("frame", frame)
    found, wanted = scale.mean(stored, "income"), analysis.mean(memory, "income")
    shifted = analysis.mean(_both("frame", frame.assign(income=frame["income"] - 1e7))[0], "income")
    for each in (found, wanted):
        np.testing.assert_allclose(each.se, shifted.se, rtol=1e-8)
        np.testing.assert_allclose(each.deff, shifted.deff, rtol=1e-8)


def test_an_empty_store_is_no_survey() -> None:
    stored = StoredDesign(FrameRows(DATA.iloc[:0]), ids="psu", weights="w")
    with pytest.raises(DesignError, match="no rows"):
        scale.mean(stored, "yes")


def test_villages_may_be_numbered_anew_in_each_stratum(store: str) -> None:
    frame = DATA.assign(psu=DATA["psu"] % 4)
    memory, stored = _both(store, frame, nest=True)
    options = {"by": "sex", "df": "satterthwaite"}
    assert_same(scale.mean(stored, "yes", **options), analysis.mean(memory, "yes", **options))


def test_parts_without_rows_are_no_matter() -> None:
    memory, stored = _both("dask")
    assert isinstance(stored.rows, DaskRows)
    late = stored.rows.frame.map_partitions(lambda part: part[part["psu"] > 60])
    kept = DATA[DATA["psu"] > 60].reset_index(drop=True)
    memory = Design.from_frame(
        kept, ids="psu", strata="stratum", weights="w", lonely_psu="collapse"
    )
    stored = replace(stored, rows=DaskRows(late))
    wanted = analysis.mean(memory, ["income"], by="commune")
    assert_same(scale.mean(stored, ["income"], by="commune"), wanted)


@settings(max_examples=25, deadline=None)
@given(cuts=st.lists(st.integers(0, len(DATA)), max_size=6), seed=st.integers(0, 1000))
def test_sums_of_parts_are_the_sums_of_the_whole(cuts: list[int], seed: int) -> None:
    """However the rows are cut and ordered."""
    plan = Plan(("stratum", "psu", "commune"), "w", (Item("yes", "yes"),), where="adult", fpc="N")
    mixed = DATA.sample(frac=1, random_state=seed)
    ends = [0, *sorted(cuts), len(DATA)]
    parts = [sum_frame(mixed.iloc[a:b], plan) for a, b in pairwise(ends)]
    keys = ["key_0", "key_1", "key_2"]
    whole = sum_frame(DATA, plan).sort_values(keys).reset_index(drop=True)
    again = merge(parts, plan).sort_values(keys).reset_index(drop=True)
    pd.testing.assert_frame_equal(again, whole[again.columns], rtol=1e-12, check_dtype=False)


def test_the_core_needs_neither_duckdb_nor_dask() -> None:
    found = (
        "import sys, analysis.scale; print({'duckdb', 'dask', 'distributed'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", found], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
