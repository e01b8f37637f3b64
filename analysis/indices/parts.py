"""From an index as it is written (sub-indices, items, weights) to its parts with coefficients.

The index is 0..100. Each part counts with its share of the weights: an item of 0 and 1 with 100 x
share, a score of 0..100 with its share, steps from `least` to `most` put on 0..100. A sub-index
brings its own parts. A reversed item counts with 100 less its value: a negative coefficient, and
the rest in the constant.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from analysis.indices.definition import Definition, Kind, Part, Unit

STEPS: Final = (1.0, 5.0)


class Aggregate(StrEnum):
    """How the items of a sub-index make its figure.

    ITEM: mean of the items' own figures. POOLED: all their answers together, so that items that
    more people answered count for more. OVERALL: the one question on the whole.
    """

    ITEM = "item"
    POOLED = "pooled"
    OVERALL = "overall"


@dataclass(frozen=True, slots=True)
class Written:
    """An index as the file has it."""

    id: str
    weights: Mapping[str, float]
    is_sum: bool = False
    reversed: frozenset[str] = frozenset()
    aggregate: Aggregate | None = None
    overall: str = ""


@dataclass(frozen=True, slots=True)
class Expanded:
    """Parts and constant; `unknown` names what is no column and no indicator."""

    parts: tuple[Part, ...] = ()
    constant: float = 0.0
    unknown: tuple[str, ...] = ()


class Expansion:
    """Expands the indices of a file; `plain` are all definitions that are no index of it."""

    def __init__(
        self,
        plain: Mapping[str, Definition],
        written: Mapping[str, Written],
        columns: frozenset[str],
    ) -> None:
        self.plain, self.written, self.columns = plain, written, columns

    def of(
        self, name: str, aggregate: Aggregate | None = None, above: tuple[str, ...] = ()
    ) -> Expanded:
        """The parts of an index of the file, each with its `group`, the part named in the file."""
        index = self.written[name]
        if name in above:
            return Expanded(unknown=(f"{name} (→ {' → '.join(above)})",))
        nested = any(self._is_index(part) for part in index.weights)
        chosen = aggregate or index.aggregate
        if chosen is Aggregate.OVERALL and not nested:
            return (
                self._one(index.overall, 1.0, is_reversed=False)
                if index.overall
                else Expanded(unknown=("overall",))
            )
        found = [
            self._part(index, part, chosen if nested else None, (*above, name))
            for part in index.weights
        ]
        parts = tuple(part for each in found for part in each.parts)
        if chosen is Aggregate.POOLED and not nested:
            parts = tuple(replace(part, pool=name) for part in parts)
        return Expanded(
            parts,
            sum(each.constant for each in found),
            tuple(name for each in found for name in each.unknown),
        )

    def _is_index(self, name: str) -> bool:
        return name in self.written or self._known_index(name) is not None

    def _known_index(self, name: str) -> Definition | None:
        found = self.plain.get(name)
        return found if found is not None and found.kind is Kind.INDEX else None

    def _part(
        self, index: Written, name: str, aggregate: Aggregate | None, above: tuple[str, ...]
    ) -> Expanded:
        share = index.weights[name]
        if index.is_sum:
            if name not in self.columns:
                return Expanded(unknown=(name,))
            return Expanded((Part(name, share, group=name),))
        share /= sum(index.weights.values())
        if name in self.written:
            inner = self.of(name, aggregate, above)
        elif (known := self._known_index(name)) is not None:
            inner = Expanded(known.parts, known.constant)
        else:
            found = self._one(name, share, is_reversed=name in index.reversed)
            return replace(found, parts=tuple(replace(each, group=name) for each in found.parts))
        sign = -1.0 if name in index.reversed else 1.0
        return Expanded(
            tuple(
                replace(each, coefficient=sign * share * each.coefficient, group=name)
                for each in inner.parts
            ),
            share * (sign * inner.constant + (100.0 if sign < 0 else 0.0)),
            inner.unknown,
        )

    def _one(self, name: str, share: float, *, is_reversed: bool) -> Expanded:
        found = self.plain.get(name)
        least, most = 0.0, 1.0
        if found is None and name not in self.columns:
            return Expanded(unknown=(name,))
        if found is not None and found.kind is Kind.CATEGORIES:
            return Expanded(unknown=(f"{name}__…",))
        if found is not None and found.kind is Kind.SCORE:
            least, most = STEPS if found.unit is Unit.POINTS else (0.0, 100.0)
        slope = 100.0 * share / (most - least)
        if is_reversed:
            return Expanded((Part(name, -slope, least=least, most=most),), slope * most)
        return Expanded((Part(name, slope, least=least, most=most),), -slope * least)
