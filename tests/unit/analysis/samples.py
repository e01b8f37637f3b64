"""Small made-up samples for the tests of the engine."""

from __future__ import annotations

import numpy as np
import pandas as pd


def villages(seed: int = 7, n_strata: int = 3, per_stratum: int = 5, size: int = 8) -> pd.DataFrame:
    """Respondents in villages in strata, with unequal weights and some missing answers."""
    rng = np.random.default_rng(seed)
    n = n_strata * per_stratum * size
    village = np.repeat(np.arange(n_strata * per_stratum), size)
    frame = pd.DataFrame(
        {
            "village": village,
            "stratum": [f"s{v // per_stratum}" for v in village],
            "commune": [f"c{v % 4}" for v in village],
            "w": rng.uniform(5, 50, n),
            "score": rng.integers(1, 6, n).astype(float),
            "online": rng.integers(0, 2, n).astype(float),
            "dossiers": rng.poisson(3, n).astype(float),
            "sex": rng.choice(["f", "m"], n),
        }
    )
    frame.loc[rng.choice(n, n // 10, replace=False), "score"] = np.nan
    return frame
