"""Estimates of one indicator with their scores: what models and comparisons are made from."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from analysis import estimators
from analysis.design import Design
from analysis.estimates import Estimates
from analysis.indices.combined import combined_means
from analysis.indices.definition import Definition, Kind, Unit


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """The estimates of one indicator with their scores: by commune, and of everybody."""

    by_commune: Estimates
    whole: Estimates

    def place(self, domain: str) -> int:
        return [str(each[0]) for each in self.by_commune.domain].index(domain)


def parts_of(design: Design, definition: Definition) -> Parts:
    """The direct estimates of an indicator in its own unit, with what contrasts need."""
    return Parts(
        estimates_by(design, definition, "commune"), estimates_by(design, definition, None)
    )


def top_of(definition: Definition) -> float:
    """What the scale of an indicator ends at."""
    return 100.0 if definition.unit is Unit.SCORE else 1.0


def estimates_by(design: Design, definition: Definition, by: str | None) -> Estimates:
    """On 0..1 for one item, in points for an index."""
    base = design.frame[definition.base.id].eq(1)
    if definition.kind is Kind.SCORE:
        return estimators.mean(design, definition.columns[0], by=by, where=base)
    if definition.kind is not Kind.INDEX:
        column = definition.columns[0]
        return estimators.proportion(design, column, success=1.0, by=by, where=base)
    found = combined_means(
        design,
        definition.parts,
        base=base,
        by=by,
        constant=definition.constant,
        missing=definition.missing,
    )
    value = np.array([found.value[domain] for domain in found.scores.domain])
    return replace(found.scores, estimate=value)


def unit_of(definition: Definition) -> float:
    """From the unit of `parts_of` to that of the indicator."""
    return 1.0 if definition.kind is Kind.INDEX else definition.scale
