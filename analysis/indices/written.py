"""An index as a file writes it: names with weights, and how they are put together."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from analysis.indices.entries import Entry


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


def read_index(
    entry: Entry, name: str, above: Mapping[str, Written], known: Collection[str]
) -> Written | None:
    """The fields of an index, or None, noted.

    `parts`, `sum`, or `parts_of` an index `above` in the file or a `known` one.
    """
    like = entry.text("parts_of")
    first = above.get(like)
    is_sum = entry.has("sum")
    weights = entry.weights("sum") if is_sum else entry.weights("parts")
    if first is not None:
        weights = dict(first.weights)
    elif like in known:
        weights = {like: 1.0}
    elif like:
        entry.wrong("parts_of", f"không có chỉ số “{like}” ở trên", f"no index “{like}” above")
        weights = {like: 1.0}
    entry.asked.update(("aggregate", "reversed", "overall"))
    if not weights or (not is_sum and min(weights.values()) <= 0):
        entry.wrong("parts", "cần trọng số dương", "needs weights above zero")
        return None
    aggregate = first.aggregate if first is not None else None
    if entry.has("aggregate"):
        aggregate = entry.choice("aggregate", Aggregate, Aggregate.ITEM)
    turned = entry.texts("reversed")
    if turned and aggregate is Aggregate.POOLED:
        entry.wrong("reversed", "không dùng với pooled", "does not go with pooled")
    for each in turned:
        if each not in weights:
            entry.wrong("reversed", f"“{each}” không có trong parts", f"“{each}” is no part")
    return Written(
        name,
        weights,
        is_sum=is_sum,
        reversed=frozenset(turned),
        aggregate=aggregate,
        overall=entry.text("overall"),
    )
