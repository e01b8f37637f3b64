"""Response rates by AAPOR's definitions, weighted by the draw and unweighted."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from surveys.results.recipes import eligible_share

GROUPS: Final = ("I", "P", "R", "NC", "O", "UH", "UO", "NE")


@dataclass(frozen=True, slots=True)
class Rates:
    """Rates of one domain; None where nobody is in the base."""

    domain_type: str
    domain: str
    is_weighted: bool
    households: int
    counts: dict[str, float]
    rr1: float | None
    rr2: float | None
    rr3: float | None
    coop1: float | None
    ref1: float | None
    con1: float | None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def response_rates(cases: pd.DataFrame) -> tuple[Rates, ...]:
    """Rates of the round and of each commune."""
    weights = (1 / (cases["pi_psu"] * cases["pi_hh"])).to_numpy(dtype=np.float64)
    share = eligible_share(cases, weights)
    everybody = np.ones(len(cases), dtype=bool)
    domains = [("round", "", everybody)]
    domains += [
        ("commune", str(code), cases["commune"].eq(code).to_numpy())
        for code in sorted(cases["commune"].unique())
    ]
    found = []
    for kind, name, inside in domains:
        for is_weighted in (False, True):
            w = weights if is_weighted else np.ones(len(cases))
            counts = {
                group: float(w[inside & cases["group"].eq(group).to_numpy()].sum())
                for group in GROUPS
            }
            found.append(
                _rates(kind, name, int(inside.sum()), counts, share, is_weighted=is_weighted)
            )
    return tuple(found)


def _rates(
    kind: str,
    name: str,
    households: int,
    counts: dict[str, float],
    share: float,
    *,
    is_weighted: bool,
) -> Rates:
    met = counts["I"] + counts["P"] + counts["R"] + counts["O"]
    unknown = counts["UH"] + counts["UO"]
    base = met + counts["NC"] + unknown
    return Rates(
        domain_type=kind,
        domain=name,
        is_weighted=is_weighted,
        households=households,
        counts=counts,
        rr1=_ratio(counts["I"], base),
        rr2=_ratio(counts["I"] + counts["P"], base),
        rr3=_ratio(counts["I"], met + counts["NC"] + share * unknown),
        coop1=_ratio(counts["I"], met),
        ref1=_ratio(counts["R"], base),
        con1=_ratio(met, base),
    )


def _ratio(above: float, below: float) -> float | None:
    return above / below if below > 0 else None
