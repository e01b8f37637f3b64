"""How far villages lie from their commune in readiness, as the sample of a run saw it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from analysis.outreach import between_villages
from surveys.results.recipes import Weighted

INDICATOR: Final = "equipped"
LEAST_HOUSEHOLDS: Final = 2  # below it a village's own sampling error cannot be told


@dataclass(frozen=True, slots=True)
class _Village:
    commune: str
    share: float
    variance: float


def villages_apart(people: Weighted | None) -> dict[str, Any]:
    """The standard deviation between villages of a commune, and the villages it rests on.

    One number for the whole round: it tells of no village. {} where no commune has two.
    """
    if people is None:
        return {}
    frame = people.frame
    asked = frame["persons_18"].eq(1) & frame[INDICATOR].notna()
    table = pd.DataFrame(
        {
            "psu": frame["psu"].astype(str),
            "commune": frame["commune"].astype(str),
            "household": frame["household"].astype(str),
            "w": people.design.weights,
            "y": frame[INDICATOR].astype(float),
        }
    )[asked.to_numpy()]
    rows = [_village(each) for _, each in table.groupby(["commune", "psu"], sort=True)]
    kept = [row for row in rows if row is not None]
    spread = between_villages(
        [row.share for row in kept], [row.variance for row in kept], [row.commune for row in kept]
    )
    return {} if spread is None else {INDICATOR: {"spread": spread, "villages": len(kept)}}


def _village(here: pd.DataFrame) -> _Village | None:
    """The variance with households as clusters: m/(m−1) Σ_h u_h² / W²."""
    total = float(here["w"].sum())
    households = here["household"].nunique()
    if households < LEAST_HOUSEHOLDS or total <= 0:
        return None
    share = float((here["w"] * here["y"]).sum()) / total
    scores = (here["w"] * (here["y"] - share)).groupby(here["household"]).sum().to_numpy()
    variance = households / (households - 1) * float(np.square(scores).sum()) / total**2
    return _Village(str(here["commune"].iloc[0]), share, variance)
