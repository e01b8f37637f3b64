"""From an index as it is written (sub-indices, items, weights) to its parts with coefficients.

The index is 0..100. Each part counts with its share of the weights: an item of 0 and 1 with 100 x
share, a score of 0..100 with its share, steps from `least` to `most` put on 0..100. A sub-index
brings its own parts. A reversed item counts with 100 less its value: a negative coefficient, and
the rest in the constant.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from analysis.indices.definition import Definition, Kind, Part, Unit
from analysis.indices.written import Aggregate, Written

STEPS: Final = (1.0, 5.0)
DEEPEST: Final = 20  # indices within indices


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
        if len(above) >= DEEPEST:
            chain = " → ".join((*above[:2], "…", name))
            return Expanded(unknown=(f"{chain} (> {DEEPEST} →)",))
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
            inner = self._of_known(known, aggregate)
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

    def _of_known(self, known: Definition, aggregate: Aggregate | None) -> Expanded:
        """An index that another file defined; its parts know the sub-index they came by."""
        groups: dict[str, list[Part]] = {}
        for part in known.parts:
            groups.setdefault(part.group, []).append(part)
        is_nested = any(self._known_index(group) for group in groups)
        found: list[Part] = []
        unknown: list[str] = []
        for group, parts in groups.items():
            sub = self._known_index(group) if is_nested else known
            if sub is None or aggregate is None:
                found += parts
            elif aggregate is not Aggregate.OVERALL:
                pool = sub.id if aggregate is Aggregate.POOLED else ""
                found += [replace(part, pool=pool) for part in parts]
            elif is_nested or not found:
                share = sum(part.coefficient for part in parts) / 100 if is_nested else 1.0
                one = self._one(sub.overall, share, is_reversed=False)
                found += one.parts
                unknown += one.unknown
        return Expanded(tuple(found), known.constant, tuple(unknown))

    def _one(self, name: str, share: float, *, is_reversed: bool) -> Expanded:
        found = self.plain.get(name)
        least, most = 0.0, 1.0
        if found is None and name not in self.columns:
            return Expanded(unknown=(name,))
        if found is not None and found.kind is Kind.CATEGORIES:
            return Expanded(unknown=(f"{name}__…",))
        if found is not None and found.kind is Kind.SCORE:
            least, most = STEPS if found.unit is Unit.POINTS else (0.0, 100.0)
        item = "" if found is None else found.item
        slope = 100.0 * share / (most - least)
        if is_reversed:
            return Expanded((Part(name, -slope, least=least, most=most, item=item),), slope * most)
        return Expanded((Part(name, slope, least=least, most=most, item=item),), -slope * least)
