"""Response rates of a run: of the round and its communes, weighted by the draw and not."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from surveys.fieldwork.dispositions import Group
from surveys.fieldwork.response_rates import rates_of
from surveys.results.recipes import eligible_share

RATES: Final = ("rr1", "rr2", "rr3", "coop1", "ref1", "con1")


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
                group: float(w[inside & cases["group"].eq(group.value).to_numpy()].sum())
                for group in Group
            }
            n = int(inside.sum())
            rates = asdict(rates_of(counts, n, share))
            found.append(
                Rates(
                    domain_type=kind,
                    domain=name,
                    is_weighted=is_weighted,
                    households=n,
                    counts={group.value: count for group, count in counts.items()},
                    **{each: rates[each] for each in RATES},
                )
            )
    return tuple(found)
