"""From shares with their errors and populations to joint draws of people in need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import special

from analysis.outreach.scenario import KINDS, HelpKind
from analysis.outreach.yields import Floats, Needs

LEAST_SIZE: Final = 2.0  # of a Dirichlet law: the evidence of two answers


@dataclass(frozen=True, slots=True)
class AreaShares:
    """What is known of an area.

    `share` of the people is not equipped, with standard error `se`; `parts` are the shares of all
    people by kind of help. `source` is what areas with one figure in common share (a group). None
    in `share` or `population`: nothing is known. `shared` are the correlations of a model's error
    with what all areas of the model have in common (its coefficients); their squares add up to at
    most 1.
    """

    area: str
    population: float | None
    share: float | None
    se: float | None
    n_eff: float | None
    parts: Mapping[HelpKind, float]
    source: str
    shared: tuple[float, ...] = ()

    @property
    def is_known(self) -> bool:
        return self.population is not None and self.share is not None


def needs_of(rows: Sequence[AreaShares], *, draws: int, seed: int) -> Needs:
    """Joint draws of people in need by kind.

    Shares of one area follow a Dirichlet law with the estimates as means and, of the share that is
    not equipped, the standard error as spread: size m = p (1 − p) / se² − 1. Areas with one
    `source` are drawn together, others independently but for `shared`: the part not equipped is
    the quantile of its beta law at Φ(shared·z + √(1 − |shared|²) e), with z common to all areas
    (a Gaussian copula). Populations are taken as known.
    """
    generator = np.random.default_rng(seed)
    common = generator.standard_normal((draws, max((len(row.shared) for row in rows), default=0)))
    persons = np.full((draws, len(rows), len(KINDS)), np.nan)
    drawn: dict[str, Floats] = {}
    for number, row in enumerate(rows):
        if row.population is None or row.share is None:
            continue
        key = row.source
        if key not in drawn:
            drawn[key] = _dirichlet(row, _places(row, common, generator), generator)
        persons[:, number, :] = drawn[key] * row.population
    return Needs(tuple(row.area for row in rows), persons)


def _places(row: AreaShares, common: Floats, generator: np.random.Generator) -> Floats:
    """Where each draw lies in the law of the area, 0..1."""
    weights = np.array(row.shared)
    rest = np.sqrt(max(1.0 - float(weights @ weights), 0.0))
    own = generator.standard_normal(len(common))
    return np.asarray(special.ndtr(common[:, : weights.size] @ weights + rest * own))


def _dirichlet(row: AreaShares, places: Floats, generator: np.random.Generator) -> Floats:
    """A Dirichlet law taken apart: those not equipped (beta), then the kinds within each side."""
    parts = np.array([max(row.parts.get(kind, 0.0), 0.0) for kind in KINDS])
    parts = parts / max(1.0, float(parts.sum()))
    alpha = np.append(parts, 1.0 - parts.sum()) * _size(row)
    is_gap = np.append(np.array([kind is not HelpKind.EXPERIENCE for kind in KINDS]), values=False)
    gammas = generator.gamma(np.maximum(alpha, 0.0), size=(len(places), alpha.size))
    gap = _quantile(places, float(alpha[is_gap].sum()), float(alpha[~is_gap].sum()))
    out = np.zeros_like(gammas)
    for side, part in ((is_gap, gap), (~is_gap, 1.0 - gap)):
        total = gammas[:, side].sum(axis=1, keepdims=True)
        out[:, side] = part[:, None] * gammas[:, side] / np.where(total > 0, total, 1.0)
    return np.asarray(out[:, :-1], dtype=np.float64)


def _quantile(places: Floats, inside: float, outside: float) -> Floats:
    if inside <= 0 or outside <= 0:
        return np.full(len(places), 1.0 if inside > 0 else 0.0)
    return np.asarray(special.betaincinv(inside, outside, places), dtype=np.float64)


def _size(row: AreaShares) -> float:
    share, se = row.share or 0.0, row.se or 0.0
    if se > 0 and 0 < share < 1:
        return max(share * (1 - share) / se**2 - 1, LEAST_SIZE)
    return max(row.n_eff or 0.0, LEAST_SIZE)
