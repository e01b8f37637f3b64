"""From shares with their errors and populations to joint draws of people in need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from analysis.outreach.scenario import KINDS, HelpKind
from analysis.outreach.yields import Floats, Needs

LEAST_SIZE: Final = 2.0  # of a Dirichlet law: the evidence of two answers


@dataclass(frozen=True, slots=True)
class AreaShares:
    """What is known of an area.

    `share` of the people is not equipped, with standard error `se`; `parts` are the shares of all
    people by kind of help. `source` is what areas with one figure in common share (a group). None
    in `share` or `population`: nothing is known.
    """

    area: str
    population: float | None
    share: float | None
    se: float | None
    n_eff: float | None
    parts: Mapping[HelpKind, float]
    source: str

    @property
    def is_known(self) -> bool:
        return self.population is not None and self.share is not None


def needs_of(rows: Sequence[AreaShares], *, draws: int, seed: int) -> Needs:
    """Joint draws of people in need by kind.

    Shares of one area follow a Dirichlet law with the estimates as means and, of the share that is
    not equipped, the standard error as spread: size m = p (1 − p) / se² − 1. Areas are drawn
    independently, those with one `source` from one draw. Populations are taken as known.
    """
    generator = np.random.default_rng(seed)
    persons = np.full((draws, len(rows), len(KINDS)), np.nan)
    drawn: dict[str, Floats] = {}
    for number, row in enumerate(rows):
        if row.population is None or row.share is None:
            continue
        key = row.source
        if key not in drawn:
            drawn[key] = _dirichlet(row, draws, generator)
        persons[:, number, :] = drawn[key] * row.population
    return Needs(tuple(row.area for row in rows), persons)


def _dirichlet(row: AreaShares, draws: int, generator: np.random.Generator) -> Floats:
    parts = np.array([max(row.parts.get(kind, 0.0), 0.0) for kind in KINDS])
    parts = parts / max(1.0, float(parts.sum()))
    alpha = np.append(parts, 1.0 - parts.sum()) * _size(row)
    gammas = generator.gamma(np.maximum(alpha, 0.0), size=(draws, alpha.size))
    total = gammas.sum(axis=1, keepdims=True)
    return np.asarray(gammas[:, :-1] / np.where(total > 0, total, 1.0), dtype=np.float64)


def _size(row: AreaShares) -> float:
    share, se = row.share or 0.0, row.se or 0.0
    if se > 0 and 0 < share < 1:
        return max(share * (1 - share) / se**2 - 1, LEAST_SIZE)
    return max(row.n_eff or 0.0, LEAST_SIZE)
