"""Weights before calibration: selection, non-response, persons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.arguments import checked
from analysis.arrays import BoolArray, FloatArray, IntArray, sorted_codes
from analysis.errors import WeightingError
from analysis.weights.diagnostics import Diagnostics
from analysis.weights.report import CellMerge, WeightStep, WeightSummary, as_floats

Numbers = Sequence[float] | FloatArray | pd.Series


@checked
def base_weights(pi_psu: Numbers, pi_hh: Numbers) -> WeightStep:
    """w0 = 1 / (pi_psu x pi_hh): the inverse of the probability of selection.

    Raises
    ------
    WeightingError
        A probability is missing, zero, negative or above one; the message names the row.

    Examples
    --------
    >>> base_weights([0.1, 0.2], [0.5, 0.5]).weights.tolist()
    [20.0, 10.0]
    """
    village, household = as_floats(pi_psu, "pi_psu"), as_floats(pi_hh, "pi_hh")
    if village.shape != household.shape:
        raise WeightingError(f"pi_psu has {village.size} rows, pi_hh {household.size}")
    for name, share in (("pi_psu", village), ("pi_hh", household)):
        bad = np.flatnonzero((share <= 0) | (share > 1))
        if len(bad):
            raise WeightingError(
                f"{name}, row {bad[0]}: {share[bad[0]]:g} is no probability above 0 and at most 1"
            )
    return WeightStep.of("base", 1 / (village * household))


def _truth(values: object, name: str) -> BoolArray:
    """Text counts as true in Python, also the text `no`."""
    found = np.asarray(values)
    if found.dtype.kind not in "bif" and not np.isin(found, [True, False]).all():
        raise WeightingError(f"{name} holds values neither true nor false: compare them first")
    return found.astype(bool)


@checked
def nonresponse_adjustment(
    w: Numbers,
    classes: Sequence[Any] | pd.Series,
    responded: Sequence[bool] | BoolArray | pd.Series,
    eligible: Sequence[bool] | BoolArray | pd.Series | None = None,
    *,
    within: Sequence[Any] | pd.Series | None = None,
    min_respondents: int = 1,
) -> WeightStep:
    """Respondents carry the weight of the eligible who did not answer, within classes.

    Factor of a class: sum of w over eligible / sum of w over respondents (weighting-class
    adjustment; Little 1986). Non-respondents and ineligible rows get weight 0. A class with fewer
    than `min_respondents` respondents is merged with the next class in label order (the last one
    with the class before it), if there is one with a class that has the same value of `within`
    (e.g. villages of one stratum); each merge is logged.

    Raises
    ------
    WeightingError
        Nobody responded at all, or a respondent is marked ineligible.

    Examples
    --------
    >>> nonresponse_adjustment([1, 1, 2, 2], ["a", "a", "b", "b"], [1, 0, 1, 1]).weights.tolist()
    [2.0, 0.0, 2.0, 2.0]
    """
    before = as_floats(w, "w")
    answered = _truth(responded, "responded")
    counted = np.ones_like(answered) if eligible is None else _truth(eligible, "eligible")
    code, labels = sorted_codes(pd.Series(list(classes)))
    if not len(before) == len(code) == len(answered) == len(counted):
        raise WeightingError("w, classes, responded and eligible differ in length")
    if (code < 0).any():
        raise WeightingError(f"row {int(np.flatnonzero(code < 0)[0])} has no weighting class")
    if (answered & ~counted).any():
        row = int(np.flatnonzero(answered & ~counted)[0])
        raise WeightingError(f"row {row} responded but is marked ineligible")
    respondents = np.bincount(code[answered & (before > 0)], minlength=len(labels))
    if respondents.sum() < min_respondents:
        raise WeightingError(
            f"only {respondents.sum()} of {len(before)} rows responded; at least "
            f"{min_respondents} must"
        )
    needed = np.bincount(code[counted], minlength=len(labels)) > 0
    area = np.zeros(len(labels), dtype=np.int64)
    if within is not None:
        area[code] = pd.factorize(pd.Series(list(within)))[0]
    found = _Classes(tuple(labels.tolist()), respondents, needed, area)
    group, merges = _merge_classes(found, min_respondents)
    merged = group[code]
    base = np.bincount(merged, before * counted, len(labels))
    kept = np.bincount(merged, before * answered, len(labels))
    factor = np.divide(base, kept, out=np.zeros(len(labels)), where=kept > 0)
    after = np.where(answered, before * factor[merged], 0.0)
    return WeightStep(
        "non-response",
        after,
        WeightSummary.of(after),
        merges=merges,
        diagnostics=Diagnostics.of(np.where(answered, before, 0.0), after),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Classes:
    """Weighting classes in label order; `is_needed` says which hold anybody eligible."""

    labels: tuple[Any, ...]
    respondents: IntArray
    is_needed: BoolArray
    area: IntArray

    def partner(self, inside: IntArray) -> int | None:
        """The next class, or the one before; of the same area if there is one."""
        at = np.arange(len(self.labels))
        free = self.is_needed & ~np.isin(at, inside)
        for allowed in (free & np.isin(self.area, self.area[inside]), free):
            after, before = np.flatnonzero(allowed & (at > inside.max())), np.flatnonzero(allowed)
            if len(after):
                return int(after[0])
            if len(before):
                return int(before[-1])
        return None


def _merge_classes(classes: _Classes, least: int) -> tuple[IntArray, tuple[CellMerge, ...]]:
    group = np.arange(len(classes.labels))
    merges: list[CellMerge] = []
    for at in np.flatnonzero(classes.is_needed):
        while True:
            inside = np.flatnonzero(group == group[at])
            held = int(classes.respondents[inside].sum())
            partner = classes.partner(inside) if held < least else None
            if partner is None:
                break
            names = (str(classes.labels[at]), str(classes.labels[partner]))
            reason = f"fewer than {least} respondents"
            merges.append(CellMerge("non-response", *names, held, reason))
            group[inside] = group[partner]
    return group, tuple(merges)


@checked
def person_weights(w: Numbers, persons: Numbers, *, cap: int = 4) -> WeightStep:
    """Weight of a person drawn in the household: w x number of adults, capped.

    The cap trades a small bias (large households count a little less) for smaller variance; the
    share of rows where it bites is in the notes.

    Raises
    ------
    WeightingError
        A number of persons is missing or below one.

    Examples
    --------
    >>> person_weights([10, 10], [2, 6]).weights.tolist()
    [20.0, 40.0]
    """
    before, adults = as_floats(w, "w"), as_floats(persons, "persons")
    if before.shape != adults.shape:
        raise WeightingError(f"w has {before.size} rows, persons {adults.size}")
    bad = np.flatnonzero((adults < 1) & (before > 0))
    if len(bad):
        raise WeightingError(f"row {bad[0]}: {adults[bad[0]]:g} persons to draw from")
    capped = float((adults[before > 0] > cap).mean()) if (before > 0).any() else 0.0
    note = f"number of persons capped at {cap} in {capped:.1%} of the rows"
    after = before * np.minimum(adults, cap)
    return WeightStep(
        "persons",
        after,
        WeightSummary.of(after),
        notes=(note,),
        diagnostics=Diagnostics.of(before, after),
    )
