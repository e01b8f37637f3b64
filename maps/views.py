"""Ways to colour one map: by fixed policy classes first; others are views beside them.

The policy classes mean the same next year and next door. Quantiles and natural breaks are cut from
the figures at hand, so their legend says that colours must not be compared with another map's.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from maps.classes import PALETTES, class_index, printed
from maps.numbers import figure, number
from maps.phrases import phrase
from maps.specification import (
    AGAINST,
    TARGET,
    Language,
    MapArea,
    MapSpec,
    Pattern,
    Unit,
    Verdict,
)

GROUPS = 5
FEWEST = 10  # figures, below which groups of figures would be single communes
MARGINS = (3.0, 5.0, 10.0)  # points
RELATIVE_MARGINS = (0.1, 0.2, 0.3)  # of a count
PURPLES = ("#f2f0f7", "#cbc9e2", "#9e9ac8", "#6a51a3")  # ColorBrewer
# ColorBrewer's PuOr and YlGnBu: apart for colour-blind eyes, and in grey
VERDICTS: Mapping[Verdict, str] = {
    Verdict.HIGHER: "#542788",
    Verdict.LOWER: "#f1a340",
    Verdict.SAME: "#f7f7f7",
    Verdict.UNCLEAR: "#d0d0d0",
    Verdict.MET: "#253494",
    Verdict.NOT_MET: "#fdb863",
}
# Each a step apart from the next in grey: unlike neighbours must not look like alike ones.
PATTERNS: Mapping[Pattern, str] = {
    Pattern.HIGH_AMONG_HIGH: "#2d004b",
    Pattern.HIGH_AMONG_LOW: "#998ec3",
    Pattern.LOW_AMONG_HIGH: "#fdb863",
    Pattern.LOW_AMONG_LOW: "#b35806",
    Pattern.NOT_TOLD_APART: "#f7f7f7",
}


@dataclass(frozen=True, slots=True)
class Group:
    """One line of a legend."""

    colour: str
    label: str


@dataclass(frozen=True, slots=True)
class View:
    """One way to colour the shown areas; `of` has the group of each, by code."""

    key: str
    name: str
    groups: tuple[Group, ...]
    of: Mapping[str, int]
    warning: str = ""


def views(spec: MapSpec, lang: Language) -> tuple[View, ...]:
    """The views that the figures of a map allow, the policy classes first.

    Parameters
    ----------
    spec
        Areas whose figures are not shown are in no group of any view.
    lang
        Of names and labels.

    Returns
    -------
    tuple of View
        `policy` always; `quantile` and `jenks` from ten shown figures on; `margin` if there are
        intervals; `against`, `target` and `pattern` if an area carries such a verdict.

    Example
    -------
    >>> from maps.classes import fixed_classes
    >>> from maps.specification import Quality
    >>> spec = MapSpec("Bản đồ", "Map", "Hài lòng", "Satisfied", Unit.SHARE, (), fixed_classes(),
    ...                "2026", Quality.SCHEMATIC, "khaosat", "2025-07-01")
    >>> [view.key for view in views(spec, Language.EN)]
    ['policy']
    """
    shown = [area for area in spec.areas if area.estimate is not None]
    found = [_policy(spec, shown, lang)]
    values = [printed(area.estimate or 0.0, spec.classes) for area in shown]
    if len(shown) >= FEWEST and len(set(values)) >= GROUPS:
        for key, breaks in (("quantile", quantiles(values)), ("jenks", natural_breaks(values))):
            if breaks:  # none where nearly all figures are equal
                found.append(_cut(key, shown, breaks, spec, lang))
    if any(area.lower != area.upper for area in shown):
        found.append(_margin(shown, spec.unit, lang))
    if any(area.against for area in shown):
        found.append(_verdicts("against", shown, AGAINST, lambda area: area.against, lang))
    if any(area.target for area in shown):
        found.append(_verdicts("target", shown, TARGET, lambda area: area.target, lang))
    if any(area.pattern for area in shown):
        found.append(_patterns(shown, lang))
    return tuple(found)


def quantiles(values: Sequence[float]) -> tuple[float, ...]:
    """The values at which the second and later of five equally large groups begin.

    Parameters
    ----------
    values
        Any figures; equal ones stay together, so groups may differ and some may be missing.

    Returns
    -------
    tuple of float
        At most four rising breaks, each one of the values.

    Example
    -------
    >>> quantiles([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    (3.0, 5.0, 7.0, 9.0)
    """
    rising = np.sort(np.asarray(values, dtype=float))
    starts = {float(rising[len(rising) * part // GROUPS]) for part in range(1, GROUPS)}
    return tuple(sorted(starts - {float(rising[0])}))


def natural_breaks(values: Sequence[float]) -> tuple[float, ...]:
    """Jenks' breaks: five groups with the least sum of squares within (Fisher 1958, exact).

    Parameters
    ----------
    values
        Any figures with at least five different ones.

    Returns
    -------
    tuple of float
        The values at which the second to fifth group begin.

    Example
    -------
    >>> natural_breaks([1, 1, 1, 5, 5, 9, 20, 21, 40])
    (5.0, 9.0, 20.0, 40.0)
    """
    at, counts = np.unique(np.asarray(values, dtype=float), return_counts=True)
    n = np.concatenate([[0], np.cumsum(counts)])
    total = np.concatenate([[0.0], np.cumsum(counts * at)])
    squares = np.concatenate([[0.0], np.cumsum(counts * at * at)])
    end = len(at)

    def within(first: np.ndarray, last: int) -> np.ndarray:
        """Sum of squares of the values from `first` to before `last`."""
        return np.asarray(
            squares[last]
            - squares[first]
            - (total[last] - total[first]) ** 2 / (n[last] - n[first])
        )

    best = np.array(
        [np.inf, *(float(within(np.array([0]), last)[0]) for last in range(1, end + 1))]
    )
    cuts = []
    for groups in range(2, GROUPS + 1):
        better, cut = np.full(end + 1, np.inf), np.zeros(end + 1, dtype=int)
        for last in range(groups, end + 1):
            first = np.arange(groups - 1, last)
            costs = best[first] + within(first, last)
            cut[last] = first[int(costs.argmin())]
            better[last] = costs.min()
        best = better
        cuts.append(cut)
    found, last = [], end
    for cut in reversed(cuts):
        last = int(cut[last])
        found.append(float(at[last]))
    return tuple(reversed(found))


def _policy(spec: MapSpec, shown: Iterable[MapArea], lang: Language) -> View:
    lines = []
    for position, c in enumerate(spec.classes):
        low, high = _bound(c.lower, spec.unit, lang), _bound(c.upper, spec.unit, lang)
        if position == len(spec.classes) - 1:
            label = phrase("from", lang, low)
        elif position == 0:
            label = phrase("below", lang, high)
        else:
            label = phrase("between", lang, low, high)
        lines.append(Group(c.colour, label))
    of = {area.code: class_index(area.estimate or 0.0, spec.classes) for area in shown}
    return View("policy", phrase("policy_view", lang), tuple(lines), of)


def _cut(
    key: str, shown: Sequence[MapArea], breaks: Sequence[float], spec: MapSpec, lang: Language
) -> View:
    of = {
        area.code: sum(printed(area.estimate or 0.0, spec.classes) >= each for each in breaks)
        for area in shown
    }
    said = [figure(each, spec.unit, lang) for each in breaks]
    labels = [phrase("below", lang, said[0])]
    labels += [phrase("between", lang, a, b) for a, b in pairwise(said)]
    labels.append(phrase("from", lang, said[-1]))
    groups = tuple(map(Group, PALETTES[len(labels)], labels))
    return View(key, phrase(f"{key}_view", lang), groups, of, phrase("view_warning", lang))


def _margin(shown: Iterable[MapArea], unit: Unit, lang: Language) -> View:
    is_relative = unit is Unit.COUNT
    breaks = RELATIVE_MARGINS if is_relative else MARGINS

    def margin(area: MapArea) -> float:
        half = ((area.upper or 0.0) - (area.lower or 0.0)) / 2
        if is_relative:
            return half / area.estimate if area.estimate else (np.inf if half else 0.0)
        return round(half * 100 if unit is Unit.SHARE else half, 1)

    said = [
        figure(each, Unit.SHARE, lang)
        if is_relative
        else phrase("points", lang, number(each, lang))
        for each in breaks
    ]
    labels = [phrase("below", lang, said[0])]
    labels += [phrase("between", lang, a, b) for a, b in pairwise(said)]
    labels.append(phrase("from", lang, said[-1]))
    of = {area.code: sum(margin(area) >= each for each in breaks) for area in shown}
    return View("margin", phrase("margin_view", lang), tuple(map(Group, PURPLES, labels)), of)


def _verdicts(
    key: str,
    shown: Iterable[MapArea],
    choices: Sequence[Verdict],
    verdict: Callable[[MapArea], Verdict | None],
    lang: Language,
) -> View:
    """Areas that nobody judged count as those of which nothing can be told."""
    of = {area.code: choices.index(verdict(area) or Verdict.UNCLEAR) for area in shown}
    groups = tuple(Group(VERDICTS[each], phrase(each.value, lang)) for each in choices)
    return View(key, phrase(f"{key}_view", lang), groups, of)


def _patterns(shown: Iterable[MapArea], lang: Language) -> View:
    choices = tuple(PATTERNS)
    of = {area.code: choices.index(area.pattern or Pattern.NOT_TOLD_APART) for area in shown}
    groups = tuple(Group(PATTERNS[each], phrase(each.value, lang)) for each in choices)
    warning = phrase("pattern_warning", lang)
    return View("pattern", phrase("pattern_view", lang), groups, of, warning)


def _bound(value: float, unit: Unit, lang: Language) -> str:
    if unit is Unit.SHARE and abs(value * 100 - round(value * 100)) < 1e-9:
        return number(value * 100, lang) + ("%" if lang is Language.EN else "\u00a0%")
    return figure(value, unit, lang)
