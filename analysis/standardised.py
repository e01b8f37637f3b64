"""Direct standardisation: what a figure would be if every group had one and the same make-up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.arguments import checked
from analysis.arrays import BoolArray, FloatArray, names
from analysis.calibrated import post_stratify
from analysis.design import Design
from analysis.errors import WeightingError
from analysis.weights.report import as_floats

CELL = ".standard"  # the column of cells while weights are fitted
AND, WITHIN = " x ", " within "

StrArray = NDArray[np.str_]


@checked
def standardise(
    design: Design,
    by: str | Sequence[str],
    population: Mapping[Any, float],
    *,
    over: str | Sequence[str] | None = None,
    excluding_missing: str | Sequence[str] | None = None,
    drop_empty: bool = False,
) -> Design:
    """Weights under which each group of `over` has the make-up of a standard population.

    Within every group of `over` the cells of `by` are post-stratified to its own estimated size
    times the shares of the standard population, so that `mean(standardised, "sick", by="province")`
    compares provinces as if all had the same ages. The variance knows of it: scores are residuals
    from the cells (replicates are fitted one by one).

    Parameters
    ----------
    design : Design
    by : str or list of str
        What differs between groups and is to be the same: age, or age and sex.
    population : mapping
        Level of `by` (a tuple of levels for several columns) to its size or share.
    over : str or list of str, optional
        Groups to be compared; everybody by default.
    excluding_missing : str or list of str, optional
        Columns to be analysed: who did not answer them all is left out before weights are fitted,
        so that the respondents have the standard make-up.
    drop_empty : bool
        Leave out cells without respondents (as R does); else they are an error.

    Returns
    -------
    Design
        A calibrated design that looks at those whose `by` and `over` are known. R:
        `svystandardize(des, by=~age, over=~race, population=…, excluding.missing=~sick)`.

    Raises
    ------
    WeightingError
        A cell has no respondents, a level has no standard share, or the column is not there; the
        message names it.

    Examples
    --------
    >>> import pandas as pd
    >>> data = pd.DataFrame({"psu": range(6), "age": list("yyyoyo"), "sick": [0, 0, 1, 1, 0, 1]})
    >>> even = standardise(Design.from_frame(data, ids="psu"), "age", {"y": 0.5, "o": 0.5})
    >>> from analysis import mean
    >>> mean(even, "sick").estimate.round(4).tolist()
    [0.625]
    """
    fixed, free, answered = names(by), names(over), names(excluding_missing)
    for column in (*fixed, *free, *answered):
        if column not in design.frame.columns:
            raise WeightingError(f"there is no column {column!r} to standardise by")
    if not fixed:
        raise WeightingError("say with by= what is to be the same in all groups")
    inside = design.frame[[*fixed, *free, *answered]].notna().all(axis=1).to_numpy()
    if design.domain is not None:
        inside = inside & design.domain
    inside = inside & (design.weights != 0)
    if not inside.any():
        raise WeightingError("nobody is left to standardise")
    level, group = _labels(design, fixed, inside), _labels(design, free, inside)
    cell = np.where(inside, np.char.add(np.char.add(level, WITHIN), group), "")
    totals = _totals(level[inside], group[inside], design.weights[inside], population)
    if not inside.all():  # who is outside stands in a cell of their own, which keeps its size
        totals[""] = float(design.weights[~inside].sum())
    frame = design.frame.assign(**{CELL: cell})
    made = post_stratify(replace(design, frame=frame), CELL, totals, partial=drop_empty)
    return replace(made, frame=design.frame, domain=inside)


def _labels(design: Design, columns: tuple[str, ...], inside: BoolArray) -> StrArray:
    """One text per row for the columns' values, empty outside."""
    found = np.full(design.n_rows, "", dtype=object)
    for number, column in enumerate(columns):
        texts = [_text(value) for value in design.frame[column]]
        found = found + (AND if number else "") + np.array(texts, dtype=object)
    return np.where(inside, found, "").astype(str)


def _text(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _key(level: object) -> str:
    return AND.join(map(_text, level)) if isinstance(level, tuple) else _text(level)


def _totals(
    level: StrArray, group: StrArray, weights: FloatArray, population: Mapping[Any, float]
) -> dict[str, float]:
    """Each group's size times the standard shares, by cell."""
    sizes = as_floats(list(population.values()), "population")
    if not (np.isfinite(sizes).all() and (sizes >= 0).all() and sizes.sum() > 0):
        raise WeightingError("the standard population must be sizes or shares, not all zero")
    standard = dict(zip(map(_key, population), (sizes / sizes.sum()).tolist(), strict=True))
    unknown = sorted(set(level.tolist()) - set(standard))
    if unknown:
        raise WeightingError(f"the standard population has no share for {unknown[0]}")
    names_of, code = np.unique(group, return_inverse=True)
    held = np.bincount(code, weights).tolist()
    present = set(zip(level.tolist(), group.tolist(), strict=True))
    return {
        f"{one}{WITHIN}{name}": share * size
        for one, share in standard.items()
        for name, size in zip(names_of.tolist(), held, strict=True)
        if share > 0 or (one, name) in present
    }
