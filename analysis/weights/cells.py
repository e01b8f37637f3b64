"""Sex x age benchmarks with thin cells merged by a fixed rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from analysis.arguments import checked
from analysis.errors import WeightingError
from analysis.weights.raking import Margin
from analysis.weights.report import CellMerge

SEXES = ("f", "m")
LEAST = 20
Cell = tuple[str, Any]
Group = frozenset[Cell]


@checked
def sex_age_margin(
    sex: Sequence[Any] | pd.Series,
    age: Sequence[Any] | pd.Series,
    benchmark: Mapping[tuple[Any, str, Any], float],
    *,
    area: Sequence[Any] | pd.Series | None = None,
    ages: Sequence[Any] | None = None,
    least: int = LEAST,
    is_respondent: Sequence[bool] | pd.Series | None = None,
) -> Margin:
    """The sex x age margin, by area where every cell is thick enough, else for all areas together.

    If every cell of every area holds `least` respondents, cells are (area, sex, age). Otherwise
    areas are added up, and a cell with fewer is merged with the next age group of the same sex
    (the oldest with the one before); if that is still thin, both sexes of these ages are put
    together; if that is, the next age group joins. Each merge is logged in the margin. Rows of
    another sex (`o`, `ref`, missing) or of no age group are not recoded: they stay outside and get
    the mean factor of their age group.

    Parameters
    ----------
    sex, age, area : sequences
        Of each row. `age` is an age group; `area` the stratum (None: one area).
    benchmark : mapping
        Population of (area, sex, age); the area is None when `area` is.
    ages : sequence, optional
        Age groups from young to old; by default sorted.
    least : int
        Respondents that a cell needs.
    is_respondent : sequence of bool, optional
        Rows that count; all by default.

    Returns
    -------
    Margin

    Raises
    ------
    WeightingError
        A cell with respondents has no benchmark.

    Examples
    --------
    >>> people = [("f", "18-29")] * 25 + [("m", "18-29")] * 25
    >>> counts = {(None, "f", "18-29"): 300.0, (None, "m", "18-29"): 280.0}
    >>> margin = sex_age_margin(*zip(*people), counts)
    >>> dict(margin.benchmark)
    {'f 18-29': 300.0, 'm 18-29': 280.0}
    """
    lengths = {len(values) for values in (sex, age, area, is_respondent) if values is not None}
    if len(lengths) > 1:
        raise WeightingError("sex, age, area and is_respondent must have one value a row each")
    for key in benchmark:
        if not (isinstance(key, tuple) and len(key) == 3):
            raise WeightingError(f"benchmark= has the key {key!r}; write (area or None, sex, age)")
    rows = pd.DataFrame(
        {
            "area": list(area) if area is not None else [None] * len(sex),
            "sex": list(sex),
            "age": list(age),
        },
        dtype=object,
    )
    order = list(ages) if ages is not None else sorted({key[2] for key in benchmark})
    counted = pd.Series(True, index=rows.index)
    if is_respondent is not None:
        counted = pd.Series(list(is_respondent), index=rows.index).astype(bool)
    known = rows["sex"].isin(SEXES) & rows["age"].isin(order)
    used = rows[known & counted]
    held = Counter(zip(used["area"], used["sex"], used["age"], strict=True))
    for key in held:
        if not benchmark.get(key, 0) > 0:
            raise WeightingError(
                f"there is no benchmark above 0 for {_words(key)}, where {held[key]} answered"
            )
    is_thick = all(held.get(key, 0) >= least for key, size in benchmark.items() if size > 0)
    if is_thick:
        cells = [
            _words((a, s, g)) if ok else None
            for a, s, g, ok in zip(rows["area"], rows["sex"], rows["age"], known, strict=True)
        ]
        totals = {_words(key): float(size) for key, size in benchmark.items() if size > 0}
        return Margin("sex x age", cells, totals, fallback=list(rows["age"]))
    return _province_margin(rows, known, held, benchmark, order=order, least=least)


def _province_margin(
    rows: pd.DataFrame,
    known: pd.Series,
    held: Mapping[tuple[Any, str, Any], int],
    benchmark: Mapping[tuple[Any, str, Any], float],
    *,
    order: list[Any],
    least: int,
) -> Margin:
    count: dict[Cell, int] = {}
    size: dict[Cell, float] = {}
    for (_, sex, age), total in benchmark.items():
        size[sex, age] = size.get((sex, age), 0.0) + float(total)
    for (_, sex, age), n in held.items():
        count[sex, age] = count.get((sex, age), 0) + n
    groups, merges = merge_thin(count, [cell for cell in size if size[cell] > 0], order, least)
    label = {cell: _group_words(group, order) for group in groups for cell in group}
    cells = [
        label.get((sex, age)) if ok else None
        for sex, age, ok in zip(rows["sex"], rows["age"], known, strict=True)
    ]
    totals = {_group_words(g, order): sum(size[cell] for cell in g) for g in groups}
    areas = len({key[0] for key in benchmark})
    notes = (f"sex x age raked over {areas} areas together: a cell has under {least}",)
    return Margin(
        "sex x age",
        cells,
        totals,
        fallback=list(rows["age"]),
        merges=merges,
        notes=notes if areas > 1 else (),
    )


def merge_thin(
    count: Mapping[Cell, int],
    cells: Sequence[Cell],
    order: Sequence[Any],
    least: int = LEAST,
) -> tuple[tuple[Group, ...], tuple[CellMerge, ...]]:
    """Groups of (sex, age) cells with at least `least` respondents each, and the merges made."""
    groups: list[Group] = [
        frozenset([cell]) for cell in sorted(cells, key=lambda c: _key(c, order))
    ]
    merges: list[CellMerge] = []
    while len(groups) > 1:
        thin = [g for g in groups if _size(g, count) < least]
        if not thin:
            break
        group = thin[0]
        partners, reason = _partners(group, groups, order)
        merged = group.union(*partners)
        into = " + ".join(_group_words(p, order) for p in partners)
        merges.append(
            CellMerge("raking", _group_words(group, order), into, _size(group, count), reason)
        )
        groups = [g for g in groups if g != group and g not in partners] + [merged]
        groups.sort(key=lambda g: min(_key(cell, order) for cell in g))
    return tuple(groups), tuple(merges)


def _partners(
    group: Group, groups: Sequence[Group], order: Sequence[Any]
) -> tuple[list[Group], str]:
    """What a thin group is merged with: next age, then the other sex, then any next age."""
    sexes, ages = {sex for sex, _ in group}, {age for _, age in group}
    others = [g for g in groups if g != group]
    if len(sexes) == 1 and len(ages) == 1:
        same = [g for g in others if {sex for sex, _ in g} == sexes]
        if same:
            return [_nearest(group, same, order)], "under the least number; next age, same sex"
    across = [g for g in others if ages & {age for _, age in g}]
    if len(sexes) == 1 and across:
        return across, "under the least number; both sexes of these ages"
    return [_nearest(group, others, order)], "under the least number; next age"


def _nearest(group: Group, others: Sequence[Group], order: Sequence[Any]) -> Group:
    """The group that starts soonest after this one; the last has the one before it."""
    end = max(order.index(age) for _, age in group)
    later = [g for g in others if min(order.index(age) for _, age in g) > end]
    if later:
        return min(later, key=lambda g: min(order.index(age) for _, age in g))
    return max(others, key=lambda g: max(order.index(age) for _, age in g))


def _key(cell: Cell, order: Sequence[Any]) -> tuple[str, int]:
    return cell[0], list(order).index(cell[1])


def _size(group: Group, count: Mapping[Cell, int]) -> int:
    return sum(count.get(cell, 0) for cell in group)


def _group_words(group: Group, order: Sequence[Any]) -> str:
    sexes = "+".join(sorted({sex for sex, _ in group}))
    ages = sorted({age for _, age in group}, key=list(order).index)
    return f"{sexes} {'+'.join(str(age) for age in ages)}"


def _words(key: tuple[Any, ...]) -> str:
    return " ".join(str(part) for part in key if part is not None)
