"""Indices of designs with replicate weights: the spread of the index itself."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis import Design
from analysis.indices.combined import combined_means
from analysis.indices.definition import Part


def sample() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    data = pd.DataFrame({"psu": np.repeat(range(8), 6), "w": rng.uniform(1, 4, 48)})
    data["sex"] = np.tile(list("fm"), 24)
    for name in ("a", "b"):
        data[name] = np.where(rng.random(48) < 0.2, np.nan, rng.integers(0, 2, 48))
    return data


@pytest.mark.parametrize("pool", ["", "one"])
@pytest.mark.parametrize("by", [None, "sex"])
def test_its_variance_is_the_spread_of_the_index_over_the_replicates(
    pool: str, by: str | None
) -> None:
    data = sample()
    design = Design.from_frame(data, ids="psu", weights="w").replicate("JK1", mse=True)
    parts, everybody = (Part("a", 70, pool=pool), Part("b", 30, pool=pool)), data["psu"] >= 0
    found = combined_means(design, parts, base=everybody, by=by, constant=5.0)
    replication = design.replication
    assert replication is not None

    def index(w: np.ndarray, of: pd.Series) -> float:
        w = np.where(of, w, 0.0)
        sums = {n: (np.nansum(w * data[n]), np.sum(w[data[n].notna()])) for n in ("a", "b")}
        if pool:
            above, below = (0.7 * sums["a"][at] + 0.3 * sums["b"][at] for at in (0, 1))
            return float(100 * above / below + 5)
        return float(70 * sums["a"][0] / sums["a"][1] + 30 * sums["b"][0] / sums["b"][1] + 5)

    for row in found.scores:
        of = everybody if by is None else data[by] == row.domain[0]
        value = index(design.weights, of)
        assert found.value[row.domain] == pytest.approx(value)
        off = np.array([index(w, of) - value for w in replication.columns()])
        assert row.se**2 == pytest.approx(replication.scale * (off**2 @ replication.rscales))
