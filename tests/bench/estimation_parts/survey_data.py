"""A seeded synthetic survey of any size: 34 provinces, 3,321 communes, 10,592 villages.

Strata are province x urban/rural, villages are the first stage; four binary and eight five-point
items, the latter with gaps, differ between communes and villages. The rows come village by village,
so that ten million of them can be written in pieces of which none is large.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.arrays import FloatArray, IntArray

PROVINCES, COMMUNES, VILLAGES = 34, 3_321, 10_592
ITEMS = ("smartphone", "bank", "online_service", "qr_pay")
SCALES = 8
LEVELS = (0.78, 0.65, 0.34, 0.45)
MARGINS = ("province", "sexage", "urban")
SEED = 20_261_122
PIECE = 500_000


@dataclass(frozen=True, slots=True, eq=False)
class Country:
    """Communes with their province and class, sampled villages with their commune."""

    province: IntArray
    urban: IntArray
    commune: IntArray
    effect: FloatArray
    weight: FloatArray

    @classmethod
    def build(cls) -> Country:
        rng = np.random.default_rng(SEED)
        province = np.sort(np.r_[np.repeat(np.arange(PROVINCES), 40), _spread(rng)])
        urban = (rng.random(COMMUNES) < 0.22).astype(np.int64)
        villages = np.full(COMMUNES, 2)
        while (short := VILLAGES - villages.sum()) > 0:
            open_places = np.flatnonzero(villages < 6)
            villages[rng.choice(open_places, min(short, len(open_places)), replace=False)] += 1
        commune = np.repeat(np.arange(COMMUNES), villages)
        of_province, of_commune = rng.normal(0, 0.35, PROVINCES), rng.normal(0, 0.45, COMMUNES)
        effect = (of_province[province] + of_commune + 0.4 * urban)[commune]
        return cls(
            province=province,
            urban=urban,
            commune=commune,
            effect=effect + rng.normal(0, 0.35, VILLAGES),
            weight=rng.uniform(8, 30, COMMUNES)[commune] / villages[commune],
        )


def _spread(rng: np.random.Generator) -> IntArray:
    return rng.integers(0, PROVINCES, COMMUNES - 40 * PROVINCES)


def pieces(rows: int) -> Iterator[pd.DataFrame]:
    """The survey in frames of about half a million rows."""
    country = Country.build()
    spread = np.random.default_rng([SEED, rows])
    size = 2 + spread.multinomial(rows - 2 * VILLAGES, spread.dirichlet(np.full(VILLAGES, 20.0)))
    number = (np.cumsum(size) - 1) // PIECE
    for piece in range(int(number[-1]) + 1):
        yield _rows(country, np.flatnonzero(number == piece), size, [SEED, rows, piece])


def _rows(country: Country, villages: IntArray, size: IntArray, seed: list[int]) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    village = np.repeat(villages, size[villages])
    commune = country.commune[village]
    urban, province = country.urban[commune], country.province[commune]
    rows = len(village)
    age = rng.choice(4, rows, p=(0.24, 0.31, 0.27, 0.18))
    female = rng.random(rows) < 0.53
    weight = country.weight[village] * 400 / size[village] * rng.lognormal(0, 0.15, rows)
    frame = {
        "id": rng.permutation(rows) + rows * seed[-1],
        "stratum": province * 2 + urban,
        "village": village,
        "province": province,
        "commune": commune,
        "hamlet": commune * 10 + rng.integers(0, 10, rows),
        "urban": urban,
        "sexage": female * 4 + age,
        "w": weight,
    }
    odds = country.effect[village] - 0.35 * (age == 3)
    for item, level in zip(ITEMS, LEVELS, strict=True):
        share = 1 / (1 + np.exp(-(np.log(level / (1 - level)) + odds)))
        frame[item] = (rng.random(rows) < share).astype(np.int8)
    for number in range(SCALES):
        answer = np.clip(np.round(3.4 + 0.4 * odds + rng.normal(0, 1.1, rows)), 1, 5)
        answer[rng.random(rows) < 0.02] = np.nan
        frame[f"satisfied_{number + 1}"] = answer
    return pd.DataFrame(frame)


def margins(frame: pd.DataFrame) -> dict[str, dict[int, float]]:
    """Benchmarks near what the weights say, all with one sum."""
    rng = np.random.default_rng(SEED)
    found = {}
    for name, noise in zip(MARGINS, (0.08, 0.10, 0.05), strict=True):
        held = frame.groupby(name)["w"].sum()
        moved = held * np.exp(rng.normal(0, noise, len(held)))
        moved *= 1.03 * frame["w"].sum() / moved.sum()
        found[name] = {int(cell): float(people) for cell, people in moved.items()}
    return found
