"""Figures of one territory on the boundaries of another day, and how much of it is guessed.

Counts move along the links of units. What went over whole is added up and stays exact; what was
divided needs the share of its people in each part, and without one the figure is impossible: only
its bounds are known. Rates are never moved: their numerators and denominators are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import Final

from surveys.territory.links import in_use
from surveys.territory.models import AdminUnit, Level
from surveys.territory.units import communes, in_force


class Kind(IntEnum):
    """How a converted figure came about; of several the largest counts."""

    EXACT = 1  # the same territory, or the same under another number
    AGGREGATED = 2  # several whole units added up
    APPORTIONED = 3  # parts by a share: no variance can be claimed for it
    IMPOSSIBLE = 4  # a share or a source is missing: bounds at best

    @property
    def word(self) -> str:
        return self.name.lower()


WORDS_VI: Final = {
    Kind.EXACT: "nguyên địa bàn",
    Kind.AGGREGATED: "cộng các xã nhập nguyên",
    Kind.APPORTIONED: "chia theo tỷ lệ",
    Kind.IMPOSSIBLE: "không quy đổi được",
}


@dataclass(frozen=True, slots=True)
class Part:
    """What a unit of one day holds of a unit of another; share 1 is all of it, None not known."""

    source: AdminUnit
    share: float | None


@dataclass(frozen=True, slots=True)
class Converted:
    """A count on the boundaries asked for; `low` and `high` are what is certain without shares."""

    unit: AdminUnit
    value: float | None
    kind: Kind
    low: float | None
    high: float | None
    parts: tuple[Part, ...]
    missing: tuple[AdminUnit, ...]  # sources without a figure
    unshared: tuple[AdminUnit, ...]  # divided sources whose share nobody knows


@dataclass(frozen=True, slots=True)
class Rate:
    """A share on the boundaries asked for, from its converted numerator and denominator."""

    unit: AdminUnit
    value: float | None
    kind: Kind
    numerator: Converted
    denominator: Converted


class UnlikeTerritoriesError(ValueError):
    """Two figures under one number that are about different territories."""

    def __init__(self, first: AdminUnit, second: AdminUnit) -> None:
        self.message_vi = (
            f"Không so sánh được: {first.full_name} ({first.code}) từ {first.valid_from:%d/%m/%Y} "
            f"và {second.full_name} ({second.code}) từ {second.valid_from:%d/%m/%Y} là hai địa bàn "
            "khác nhau. Quy đổi một trong hai sang cùng một ngày rồi so sánh."
        )
        self.message_en = (
            f"These cannot be compared: {first.full_name} ({first.code}) since {first.valid_from} "
            f"and {second.full_name} ({second.code}) since {second.valid_from} are different "
            "territories. Convert one of them to the day of the other first."
        )
        super().__init__(self.message_en)


def require_same_territory(first: AdminUnit, second: AdminUnit) -> None:
    """Raise `UnlikeTerritoriesError` unless both units are one territory."""
    if not is_same_territory(first, second):
        raise UnlikeTerritoriesError(first, second)


def is_same_territory(first: AdminUnit, second: AdminUnit) -> bool:
    """Whether two communes are one unit, or the later one is the earlier one whole and alone."""
    if first.pk == second.pk:
        return True
    old, new = sorted((first, second), key=lambda unit: unit.valid_from)
    parts = _forward([new]).get(new.pk, ())
    return [part.source.pk for part in parts] == [old.pk] and parts[0].share == 1


def convert_counts(
    counts: Mapping[str, float],
    *,
    was: date,
    on: date,
    weights: Mapping[str, float] | None = None,
) -> tuple[Converted, ...]:
    """Counts of communes of one day as counts of the communes of another.

    Parameters
    ----------
    counts : by commune code as it was on the day `was`.
    was, on : the day of the boundaries that the counts are about, and of those wanted.
    weights : people by code of the older communes; needed to go back over a merger.

    Returns
    -------
    One figure for each commune of the day `on` that got anything from the given ones, by code.

    Raises
    ------
    UnknownCommuneError : a code that nobody carried on the day `was`.
    """
    known = _known(counts, was)
    if was == on or {unit.pk for unit in known.values()} <= _pks(on):
        return tuple(_unchanged(known[code], counts[code]) for code in sorted(counts))
    given = {known[code].pk: value for code, value in counts.items()}
    if on > was:
        targets = _targets(known.values(), forward=True)
        parts = _forward(targets)
    else:
        targets = _targets(known.values(), forward=False)
        parts = _backward(targets, weights or {})
    return tuple(
        _converted(unit, parts[unit.pk], given)
        for unit in sorted(targets, key=lambda unit: unit.code)
    )


def convert_rates(
    numerators: Mapping[str, float],
    denominators: Mapping[str, float],
    *,
    was: date,
    on: date,
    weights: Mapping[str, float] | None = None,
) -> tuple[Rate, ...]:
    """Rates from their counts; both are needed for the same communes.

    Raises
    ------
    ValueError : a commune with one of the two only.
    UnknownCommuneError : as `convert_counts`.
    """
    if alone := set(numerators) ^ set(denominators):
        raise ValueError(f"numerator or denominator is missing for {', '.join(sorted(alone))}")
    above = convert_counts(numerators, was=was, on=on, weights=weights)
    below = convert_counts(denominators, was=was, on=on, weights=weights)
    return tuple(_rate(top, bottom) for top, bottom in zip(above, below, strict=True))


def _rate(numerator: Converted, denominator: Converted) -> Rate:
    kind = max(numerator.kind, denominator.kind)
    value = None
    if numerator.value is not None and denominator.value:
        value = numerator.value / denominator.value
    return Rate(numerator.unit, value, kind, numerator, denominator)


def _known(codes: Iterable[str], day: date) -> dict[str, AdminUnit]:
    wanted = list(codes)
    return dict(zip(wanted, communes(wanted, on=day), strict=True))


def _pks(day: date) -> set[int]:
    return set(in_force(day).values_list("pk", flat=True))


def _unchanged(unit: AdminUnit, value: float) -> Converted:
    return Converted(unit, value, Kind.EXACT, value, value, (Part(unit, 1.0),), (), ())


def _targets(units: Iterable[AdminUnit], *, forward: bool) -> list[AdminUnit]:
    pks = [unit.pk for unit in units]
    if forward:
        found = AdminUnit.objects.filter(predecessors__in=in_use().filter(old__in=pks))
    else:
        found = AdminUnit.objects.filter(successors__in=in_use().filter(new__in=pks))
    return list(found.filter(level=Level.COMMUNE).distinct())


def _forward(targets: Iterable[AdminUnit]) -> dict[int, tuple[Part, ...]]:
    """For units of the later day, the older units that they were made of."""
    found: dict[int, list[Part]] = defaultdict(list)
    links = in_use().filter(new__in=[unit.pk for unit in targets]).select_related("old")
    for link in links.order_by("old__code"):
        found[link.new_id].append(Part(link.old, link.share))
    return {pk: tuple(parts) for pk, parts in found.items()}


def _backward(
    targets: Iterable[AdminUnit], weights: Mapping[str, float]
) -> dict[int, tuple[Part, ...]]:
    """For units of the earlier day, the later units that hold them.

    A later unit made of one older unit alone lies wholly in it; of several, by their people.
    """
    out = in_use().filter(old__in=[unit.pk for unit in targets]).select_related("old", "new")
    links = list(out.order_by("new__code"))
    into: dict[int, list[tuple[int, float | None]]] = defaultdict(list)
    beside = in_use().filter(new__in={link.new_id for link in links}).select_related("old")
    for link in beside:
        people = weights.get(link.old.code)
        size = people * link.share if people is not None and link.share is not None else None
        into[link.new_id].append((link.old_id, size))
    found: dict[int, list[Part]] = defaultdict(list)
    for link in links:
        found[link.old_id].append(Part(link.new, _share_of(link.old_id, into[link.new_id])))
    return {pk: tuple(parts) for pk, parts in found.items()}


def _share_of(old: int, members: list[tuple[int, float | None]]) -> float | None:
    if len(members) == 1:
        return 1.0
    sizes = [size for _, size in members]
    if any(size is None for size in sizes):
        return None
    total = sum(size or 0.0 for size in sizes)
    return next(size or 0.0 for each, size in members if each == old) / total if total else None


def _converted(unit: AdminUnit, parts: tuple[Part, ...], given: Mapping[int, float]) -> Converted:
    missing = tuple(part.source for part in parts if part.source.pk not in given)
    unshared = tuple(part.source for part in parts if part.share is None)
    low = high = None
    if not missing:
        shared = [(given[part.source.pk], part.share) for part in parts]
        low = sum(value * (share or 0.0) for value, share in shared)
        high = sum(value * (1.0 if share is None else share) for value, share in shared)
    kind = _kind(parts, is_known=not missing and not unshared)
    value = None if kind is Kind.IMPOSSIBLE else low
    return Converted(unit, value, kind, low, high, parts, missing, unshared)


def _kind(parts: tuple[Part, ...], *, is_known: bool) -> Kind:
    if not is_known:
        return Kind.IMPOSSIBLE
    if any(part.share != 1 for part in parts):
        return Kind.APPORTIONED
    return Kind.EXACT if len(parts) == 1 else Kind.AGGREGATED
