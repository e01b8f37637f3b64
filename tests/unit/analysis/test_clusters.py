"""Moran's I and its local parts: known values, their errors, and what neither may depend on."""

from __future__ import annotations

import doctest
import importlib

import numpy as np
import pytest

from analysis.clusters import (
    Cluster,
    NeighbourWeights,
    local,
    local_moran,
    moran,
    sampling_share,
    weights,
)
from analysis.clusters import moran as _moran
from analysis.errors import AnalysisError

SIDE = 12


def grid(side: int = SIDE) -> NeighbourWeights:
    """Squares that share an edge."""
    areas = [f"{row}-{column}" for row in range(side) for column in range(side)]
    across = [(f"{r}-{c}", f"{r}-{c + 1}") for r in range(side) for c in range(side - 1)]
    down = [(f"{r}-{c}", f"{r + 1}-{c}") for r in range(side - 1) for c in range(side)]
    return NeighbourWeights.of(areas, across + down)


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def noise(seed: int) -> np.ndarray:
    return rng(seed).normal(size=SIDE * SIDE)


def test_a_chessboard_is_minus_one_and_a_slope_near_one() -> None:
    row, column = np.divmod(np.arange(SIDE * SIDE), SIDE)
    board = moran(((row + column) % 2).astype(float), grid(), rng=rng(), draws=199)
    slope = moran(row.astype(float), grid(), rng=rng(), draws=199)
    assert board.i == pytest.approx(-1)
    assert slope.i > 0.9
    assert board.p == slope.p == pytest.approx(1 / 200)


def test_it_is_what_esda_gives() -> None:
    """esda 2.9: y = default_rng(3).normal(size=144); Moran(y, w).I, Moran_Local(y, w).Is.

    esda divides the local parts by n - 1, we by n (Anselin 1995), so that their mean is I.
    """
    assert moran(noise(3), grid(), rng=rng(), draws=9).i == pytest.approx(-0.06635412151855387)
    esda = np.array([-2.49594686, -1.28061987, -0.48519729, 0.08017059])
    parts = local_moran(noise(3), grid(), rng=rng(), draws=9).i[:4]
    assert parts * 143 / 144 == pytest.approx(esda, rel=1e-6)


def test_scale_place_and_order_of_areas_are_of_no_matter() -> None:
    values, near = noise(3), grid()
    turned = rng(4).permutation(len(values))
    back = np.argsort(turned)
    pairs = [(str(back[a]), str(back[b])) for a, b in zip(near.row, near.column, strict=True)]
    other = NeighbourWeights.of([str(each) for each in range(len(values))], pairs)
    first = moran(values, near, rng=rng(), draws=9)
    assert moran(5 - 3 * values, near, rng=rng(), draws=9).i == pytest.approx(first.i)
    assert moran(values[turned], other, rng=rng(), draws=9).i == pytest.approx(first.i)


def test_local_parts_add_up_to_the_whole() -> None:
    values = noise(5)
    whole = moran(values, grid(), rng=rng(), draws=9)
    parts = local_moran(values, grid(), rng=rng(), draws=9)
    assert parts.i.mean() == pytest.approx(whole.i)


def test_without_a_pattern_p_values_are_right_and_hardly_a_map_names_a_cluster() -> None:
    found = [moran(noise(seed), grid(), rng=rng(seed), draws=99).p for seed in range(100, 300)]
    assert 0.01 <= np.mean(np.array(found) <= 0.05) <= 0.10
    named = [
        (local_moran(noise(seed), grid(), rng=rng(seed), draws=999).cluster > 0).any()
        for seed in range(100, 120)
    ]
    assert np.mean(named) <= 0.2


def test_a_hill_is_found_and_named() -> None:
    row, column = np.divmod(np.arange(SIDE * SIDE), SIDE)
    hill = (row < 4) & (column < 4)
    found = local_moran(noise(7) + 4 * hill, grid(), rng=rng())
    inner = (row < 3) & (column < 3)
    assert (found.cluster[inner] == Cluster.HIGH_AMONG_HIGH).all()
    assert (found.cluster[~hill] == Cluster.HIGH_AMONG_HIGH).sum() == 0
    assert (found.adjusted >= found.p - 1e-12).all()


def test_an_island_is_named_and_counts_for_nothing() -> None:
    near = grid()
    areas = [str(each) for each in range(near.size)] + ["island"]
    pairs = [(str(a), str(b)) for a, b in zip(near.row, near.column, strict=True)]
    with_island = NeighbourWeights.of(areas, pairs)
    values = np.append(noise(8), 1e6)
    whole = moran(values, with_island, rng=rng(), draws=9)
    assert whole.isolates == 1
    assert whole.i == pytest.approx(moran(noise(8), near, rng=rng(), draws=9).i)
    parts = local_moran(values, with_island, rng=rng(), draws=9)
    assert parts.cluster[-1] == Cluster.ALONE
    assert np.isnan(parts.p[-1])


@pytest.mark.parametrize(
    ("values", "words"),
    [(np.ones(144), "alike"), (np.full(144, np.nan), "finite"), (np.ones(3), "only 3")],
)
def test_what_cannot_be_compared_is_refused(values: np.ndarray, words: str) -> None:
    near = grid() if len(values) == 144 else NeighbourWeights.of("abc", [("a", "b"), ("b", "c")])
    with pytest.raises(AnalysisError, match=words):
        moran(values, near, rng=rng())
    with pytest.raises(AnalysisError, match="twice"):
        NeighbourWeights.of("aa", [])


def test_the_share_of_sampling_is_that_of_the_noise() -> None:
    truth = rng(1).normal(0, 0.1, 2000)
    errors = np.full(2000, 0.2)
    assert sampling_share(truth + rng(2).normal(0, 0.2, 2000), errors) == pytest.approx(
        0.8, abs=0.05
    )
    assert sampling_share(np.ones(5), errors[:5]) == 1.0


@pytest.mark.parametrize("module", [_moran.__module__, local.__name__, weights.__name__])
def test_every_example_is_true(module: str) -> None:
    assert doctest.testmod(importlib.import_module(module)).failed == 0
