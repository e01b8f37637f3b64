"""What is wrong with a set of margins, cell by cell, and what to merge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.arrays import BoolArray, FloatArray, sums_by
from analysis.weights.diagnostics import FAR
from analysis.weights.fitting import CodedMargin, Fit
from analysis.weights.report import MarginRow


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that keeps weights from meeting a margin, or makes them dear, with advice."""

    margin: str
    cell: str
    problem: str
    advice: str

    def __str__(self) -> str:
        where = f"margin {self.margin!r}" + (f", cell {self.cell!r}" if self.cell else "")
        return f"{where}: {self.problem}; {self.advice}"


def neighbour(labels: Sequence[Any], at: int, held: FloatArray) -> str:
    """The nearest cell in the margin's order that has respondents.

    >>> neighbour(["18-29", "30-44", "45+"], 0, np.array([0.0, 0.0, 9.0]))
    "'45+'"
    """
    full = [other for other in range(len(labels)) if other != at and held[other] > 0]
    if not full:
        return "another cell (none of this margin has respondents)"
    return repr(labels[min(full, key=lambda other: abs(other - at))])


def far_cells(rows: Sequence[MarginRow]) -> tuple[str, ...]:
    """Cells whose total moved by more than half."""
    return tuple(
        f"{row.margin} {row.cell}: x {row.factor:.2f}".replace(" :", ":")
        for row in rows
        if row.before > 0 and abs(row.factor - 1) > FAR
    )


def no_convergence(
    margins: tuple[CodedMargin, ...], before: FloatArray, inside: BoolArray, fit: Fit
) -> str:
    """Why raking cannot end: the cell that others hold back, or the one that is worst off."""
    text = f"raking does not converge: after {fit.iterations} rounds "
    text += f"cell {fit.worst} is off by {fit.error:.1e} of its benchmark"
    found = blocked(margins, before, inside)
    if found:
        return f"{text}. {found[0]}"
    return f"{text}; too few respondents hold some combination of cells, merge cells"


def blocked(
    margins: tuple[CodedMargin, ...], before: FloatArray, inside: BoolArray
) -> tuple[Finding, ...]:
    """Cells that must hold more than all the cells of another margin in which they occur.

    Their respondents can never carry the benchmark, whatever the weights.
    """
    found = []
    for one in margins:
        held = sums_by(one.code[inside], len(one.labels), before[inside])
        for other in margins:
            if other is one:
                continue
            met = np.zeros((len(one.labels), len(other.labels)), dtype=bool)
            met[one.code[inside], other.code[inside]] = True
            most = met @ other.target
            for at in np.flatnonzero(one.target > most * (1 + 1e-9)):
                homes = [repr(label) for label, is_in in zip(other.labels, met[at], strict=True)
                         if is_in]  # fmt: skip
                found.append(
                    Finding(
                        one.name,
                        str(one.labels[at]),
                        f"needs {one.target[at]:g}, but its respondents are only in "
                        f"{', '.join(homes[:4])} of margin {other.name!r}, which hold "
                        f"{most[at]:g}",
                        f"merge it with {neighbour(one.labels, int(at), held)}",
                    )
                )
    return tuple(found)
