"""The raking doctor: everything that is wrong with a set of margins, before anything is raked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from analysis.arguments import checked
from analysis.arrays import BoolArray, FloatArray, IntArray, sums_by
from analysis.errors import WeightingError
from analysis.weights.diagnostics import FAR
from analysis.weights.doctor import Finding, blocked, neighbour
from analysis.weights.fitting import CodedMargin
from analysis.weights.raking import SAME_SUM, Margin, as_margins
from analysis.weights.report import as_floats


@checked
def examine_margins(
    w: Sequence[float] | FloatArray | pd.Series, margins: Sequence[Margin], *, least: int = 20
) -> tuple[Finding, ...]:
    """What keeps weights from meeting these margins, or makes it dear, with what to merge.

    Empty cells, respondents without benchmark, sums that differ, cells that another margin holds
    back, cells under `least` respondents, and cells whose share is far from the sample's. An empty
    answer means that `rake` finds nothing to object to.

    Examples
    --------
    >>> age = Margin("age", ["young", "old", "old"], {"young": 10, "old": 20, "oldest": 5})
    >>> for finding in examine_margins([1, 1, 1], [age], least=2):
    ...     print(finding)
    margin 'age', cell 'young': 1 respondents; merge it with 'old'
    margin 'age', cell 'oldest': nobody for a benchmark of 5; merge it with 'old'
    """
    before = as_floats(w, "w")
    margins = as_margins(margins)
    inside = before > 0
    for margin in margins:
        if len(margin.cell) != len(before):
            raise WeightingError(
                f"margin {margin.name!r} has {len(margin.cell)} rows, the weights {len(before)}"
            )
        inside &= pd.Series(list(margin.cell), dtype=object).notna().to_numpy()
    found: list[Finding] = []
    coded = []
    for margin in margins:
        code = _code(margin, inside)
        coded.append(code)
        found += _strays(margin, code, inside)
        found += _cells(code, before, inside, least)
    first = coded[0].target.sum() if coded else 0.0
    for code in coded[1:]:
        total = code.target.sum()
        if abs(total - first) > SAME_SUM * first:
            problem = f"sums to {total:.10g}, {coded[0].name!r} to {first:.10g}"
            found.append(Finding(code.name, "", problem, "correct one, or rake with rescale=True"))
    known = inside & np.all([code.code >= 0 for code in coded], axis=0)
    empty = {(f.margin, f.cell) for f in found}
    held_back = blocked(tuple(coded), before, known)
    return (*found, *(f for f in held_back if (f.margin, f.cell) not in empty))


def _code(margin: Margin, inside: BoolArray) -> CodedMargin:
    labels = tuple(margin.benchmark)
    place = {label: at for at, label in enumerate(labels)}
    cells = pd.Series(list(margin.cell), dtype=object)
    code: IntArray = np.array(
        [place.get(cell, -1) if ok else -1 for cell, ok in zip(cells, inside, strict=True)],
        dtype=np.int64,
    )
    target = np.array([float(size) for size in margin.benchmark.values()])
    return CodedMargin(margin.name, labels, code, target)


def _strays(margin: Margin, coded: CodedMargin, inside: BoolArray) -> list[Finding]:
    cells = pd.Series(list(margin.cell), dtype=object)
    lost: list[Any] = cells[inside & (coded.code < 0)].unique().tolist()
    return [
        Finding(margin.name, str(cell), "has respondents but no benchmark", "add it or merge it")
        for cell in lost
    ]


def _cells(coded: CodedMargin, before: FloatArray, inside: BoolArray, least: int) -> list[Finding]:
    here = inside & (coded.code >= 0)
    size = len(coded.labels)
    held = sums_by(coded.code[here], size, before[here])
    count = np.bincount(coded.code[here], minlength=size)
    share, wanted = held / max(held.sum(), 1e-300), coded.target / max(coded.target.sum(), 1e-300)
    found = []
    for at, label in enumerate(coded.labels):
        merge = f"merge it with {neighbour(coded.labels, at, held)}"
        if coded.target[at] > 0 and not count[at]:
            problem = f"nobody for a benchmark of {coded.target[at]:g}"
        elif not coded.target[at] > 0 and count[at]:
            problem = f"{count[at]} respondents for a benchmark of {coded.target[at]:g}"
        elif 0 < count[at] < least:
            problem = f"{count[at]} respondents"
        elif share[at] > 0 and abs(wanted[at] / share[at] - 1) > FAR:
            problem = f"{share[at]:.1%} of the sample, {wanted[at]:.1%} of the population"
            merge = "look for what went wrong in the field before you weight it away"
        else:
            continue
        found.append(Finding(coded.name, str(label), problem, merge))
    return found
