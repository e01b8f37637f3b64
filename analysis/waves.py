"""Waves of a survey as one design, so that what they share is seen in every comparison.

Villages that were asked in both waves have the same id and stay one PSU; a difference between
waves is then a difference between two domains, with their covariance (Berger and Priam 2016).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from analysis.arguments import checked
from analysis.calibration import Calibration
from analysis.design import Design
from analysis.errors import DesignError


@checked
def stack(waves: Mapping[Any, Design], *, column: str = "wave") -> Design:
    """Put the rows of several waves under each other; strata are the union, PSUs keep their ids.

    Parameters
    ----------
    waves : mapping of label to Design
        All with the same id and stratum columns; each with its own weights and calibrations.
    column : str
        Gets the label of the wave; compare with `by=column`.

    Raises
    ------
    DesignError
        The waves are described by different columns, have fpc or replicates (make replicates of
        the stack), or a PSU changed its stratum between waves.

    Examples
    --------
    >>> from analysis import mean, stack
    >>> one = Design.from_frame(pd.DataFrame({"village": [1, 1, 2], "y": [1, 0, 1]}), ids="village")
    >>> two = Design.from_frame(pd.DataFrame({"village": [2, 3, 3], "y": [1, 1, 0]}), ids="village")
    >>> both = stack({2025: one, 2026: two})
    >>> both.n_psu, mean(both, "y", by="wave").n.tolist()
    (3, [3, 3])
    """
    designs = list(waves.values())
    for label, made in waves.items():
        if not isinstance(made, Design):
            raise DesignError(f"wave {label!r} is {made!r}, which is no design")
    if len(designs) < 2:
        raise DesignError("a stack needs two waves or more")
    _check(designs, column)
    first = designs[0]
    frame = pd.concat(
        [made.frame.assign(**{column: label}) for label, made in waves.items()], ignore_index=True
    )
    weights = np.concatenate([made.weights for made in designs])
    is_nested = any(_restarts(made) for made in designs)
    stacked = Design.from_frame(
        frame,
        ids=list(first.ids),
        strata=list(first.strata),
        weights=weights,
        nest=is_nested,
        lonely_psu=first.lonely_psu,
        adjust_domain_lonely=first.adjust_domain_lonely,
        calibrations=_padded(designs, weights),
    )
    if all(made.domain is None for made in designs):
        return stacked
    inside = [np.ones(d.n_rows, dtype=bool) if d.domain is None else d.domain for d in designs]
    return replace(stacked, domain=np.concatenate(inside))


def _check(designs: list[Design], column: str) -> None:
    first = designs[0]
    if column in first.frame.columns:
        raise DesignError(f"the data have a column {column!r} already; name another for the wave")
    for made in designs:
        for name in ("ids", "strata", "lonely_psu"):
            if getattr(made, name) != getattr(first, name):
                raise DesignError(
                    f"the waves differ in {name}: {getattr(first, name)} and {getattr(made, name)}"
                )
        if made.replication is not None:
            raise DesignError("stack the waves first and make replicates of the stack")
        if any(np.isfinite(stage.population).any() for stage in made.stages):
            raise DesignError(
                "the fraction of villages drawn in either wave is not known: describe the waves "
                "without fpc to stack them"
            )


def _restarts(design: Design) -> bool:
    """Do PSU ids start anew in each stratum?"""
    if not design.ids or not design.strata:
        return False
    labels = design.frame[design.ids[0]].nunique()
    pairs = design.frame[[design.ids[0], design.strata[0]]].drop_duplicates()
    return bool(labels < len(pairs))


def _padded(designs: list[Design], weights: np.ndarray) -> list[Calibration]:
    """Each wave's calibrations with zeros for the rows of the others."""
    found, start, rows = [], 0, len(weights)
    for made in designs:
        for calibration in made.calibrations:
            x = calibration.x.tocoo()
            moved = sparse.csr_array(
                (x.data, (x.coords[0] + start, x.coords[1])), shape=(rows, x.shape[1])
            )
            before, after = weights.copy(), weights.copy()
            before[start : start + made.n_rows] = calibration.before
            after[start : start + made.n_rows] = calibration.reached(made)
            found.append(Calibration(moved, before, after=after))
        start += made.n_rows
    return found
