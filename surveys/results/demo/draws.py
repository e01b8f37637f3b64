"""Drawing codes: the two primitives of the synthetic world."""

import numpy as np
from numpy.typing import NDArray

Random = np.random.Generator
Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]
Codes = NDArray[np.str_]


def chance(logit: Numbers, random: Random) -> Flags:
    """True with probability 1/(1+exp(−logit)), row by row."""
    return random.random(len(logit)) < 1 / (1 + np.exp(-logit))


def pick(random: Random, count: int, **shares: float) -> Codes:
    """`count` codes drawn with these shares."""
    weights = np.array(list(shares.values()))
    return random.choice(np.array(list(shares)), count, p=weights / weights.sum())
