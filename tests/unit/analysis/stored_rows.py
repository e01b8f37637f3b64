"""One sample in every kind of store, and what it means that two estimates are the same."""

from __future__ import annotations

from collections.abc import Callable

import duckdb
import numpy as np
import pandas as pd

from analysis import Estimates
from analysis.scale import FrameRows
from analysis.scale.cluster import DaskRows
from analysis.scale.duck import DuckRows
from analysis.scale.plan import Rows

FIELDS = ("estimate", "se", "lower", "upper", "df", "deff", "n_eff")
COUNTS = ("n", "n_psu", "n_strata", "n_missing", "flags")


def survey(rows: int = 900, seed: int = 5) -> pd.DataFrame:
    """Strata of 1 to 9 PSUs, gaps, zero weights, a domain that nobody of the adults lives in."""
    rng = np.random.default_rng(seed)
    drawn = np.array([1, 2, 3, 9, 1, 6])
    stratum_of = np.repeat(np.arange(len(drawn)), drawn)
    psu = np.sort(rng.integers(0, len(stratum_of), rows))
    frame = pd.DataFrame({"psu": psu * 7 + 3, "stratum": [f"s{n}" for n in stratum_of[psu]]})
    frame["N"] = np.array([20, 30, 12, 40, 15, 60])[stratum_of[psu]]
    frame["w"] = rng.uniform(1, 9, rows) * (rng.random(rows) > 0.03)
    frame["commune"] = (psu // 2).astype(float)
    frame.loc[rng.random(rows) < 0.02, "commune"] = np.nan
    frame["sex"] = rng.choice(["nữ", "nam", "o'clock"], rows, p=[0.5, 0.45, 0.05])
    frame["adult"] = (rng.random(rows) < 0.7) & (frame["commune"] != 3)
    frame["yes"] = (rng.random(rows) < 0.4).astype(np.int64)
    frame.loc[frame["commune"] == 1, "yes"] = 1
    frame["income"] = 4e6 + rng.normal(0, 30, rows)
    frame["overall"] = rng.integers(1, 6, rows).astype(float)
    frame["dossiers"] = rng.integers(1, 9, rows).astype(float)
    frame["ontime"] = np.floor(frame["dossiers"] * rng.random(rows))
    for name in ("overall", "income", "ontime"):
        frame.loc[rng.random(rows) < 0.1, name] = np.nan
    return frame


def in_duckdb(frame: pd.DataFrame) -> DuckRows:
    connection = duckdb.connect()
    connection.register("arrived", frame)
    return DuckRows(connection.sql("SELECT * FROM arrived"))


def in_parts(frame: pd.DataFrame) -> DaskRows:
    import dask.dataframe as dd  # noqa: PLC0415 # slow to import where it is not asked for

    return DaskRows(dd.from_pandas(frame, npartitions=5, sort=False))


STORES: dict[str, Callable[[pd.DataFrame], Rows]] = {
    "frame": FrameRows,
    "duckdb": in_duckdb,
    "dask": in_parts,
}


def assert_same(found: Estimates, wanted: Estimates) -> None:
    """Labels and counts are equal, figures to 1e-10."""
    assert found.statistic == wanted.statistic
    assert [tuple(map(str, each)) for each in found.domain] == [
        tuple(map(str, each)) for each in wanted.domain
    ]
    assert found.domain == wanted.domain
    assert (found.variable, found.level) == (wanted.variable, wanted.level)
    for name in COUNTS:
        np.testing.assert_array_equal(getattr(found, name), getattr(wanted, name), name)
    for name in FIELDS:
        got, expected = getattr(found, name), getattr(wanted, name)
        np.testing.assert_allclose(got, expected, rtol=1e-10, atol=1e-13, err_msg=name)
    assert [str(pair) for pair in found.collapsed] == [str(pair) for pair in wanted.collapsed]
