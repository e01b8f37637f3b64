"""The figures of the coverage bench as text, and as what is written to JSON."""

from collections.abc import Iterator
from dataclasses import asdict
from math import sqrt
from typing import Any

import numpy as np

from analysis.indicators.table import TABLE
from analysis.indices.definition import Kind, Unit
from tests.bench.coverage_rounds.simulation import CLASSES, DESIGNS, INDICATORS, LEVELS
from tests.bench.coverage_rounds.summary import Measured, Quality

WORDS = {"publish": "published", "caution": "caution", "none": "not shown"}
LOW, HIGH = 0.93, 0.97
NOTABLE_BIAS = 0.10  # of the true SE


def words(name: str) -> str:
    """A design in words."""
    design = DESIGNS[name]
    strata = "commune x urban/rural" if design.split_urban else "commune"
    size = f"{design.villages} villages x {design.households} households a commune"
    return f"{size}, strata by {strata}"


def by_class(measured: Measured) -> Iterator[str]:
    """Per level and class: how many cells, mean error, variance, coverage."""
    yield (
        f"{'level':<13}{'class':<11}{'cells':>7}{'error/SE':>18}"
        f"{'var. ratio':>12}{'coverage %':>15}"
    )
    for level in LEVELS:
        cells = measured.cells(level)
        known = cells & np.isfinite(measured.rounds.shown)
        for each in reversed(CLASSES):
            which = measured.is_class(each.value)
            share = float((known & which).sum() / max(known.sum(), 1))
            found = measured.quality(cells, which)
            line = f"{level:<13}{WORDS[each.value]:<11}{share:>7.1%}"
            yield line + (_words(found) if found else "")
        gap = measured.difference(cells)
        if gap is not None:
            yield f"{level:<13}same cells, shown less not shown: {gap.value:+.3f} ± {gap.error:.3f}"


def by_width(measured: Measured) -> Iterator[str]:
    """What a rule on the result would do to the communes: bias in what it lets through."""
    scored = [TABLE[key.indicator].unit is not Unit.POINTS for key in measured.rounds.keys]
    cells = measured.cells("commune") & np.array(scored)
    known = cells & np.isfinite(measured.rounds.lower)
    for words, which in (
        ("±10 or less", measured.is_narrow()),
        ("wider", ~measured.is_narrow() & np.isfinite(measured.rounds.lower)),
    ):
        found = measured.quality(cells, which)
        share = float((known & which).sum() / max(known.sum(), 1))
        yield f"{'commune':<13}{words:<11}{share:>7.1%}" + (_words(found) if found else "")


def by_interval(measured: Measured) -> Iterator[str]:
    """Shares have Korn and Graubard's interval, indices and scores have t."""
    is_t = np.array(
        [TABLE[key.indicator].kind in (Kind.INDEX, Kind.SCORE) for key in measured.rounds.keys]
    )
    for level in LEVELS:
        for name, cells in (("k.–graubard", ~is_t), ("t", is_t)):
            found = measured.quality(measured.cells(level) & cells, measured.is_shown())
            if found is not None:
                yield f"{level:<13}{name:<18}{_words(found)}"


def _words(found: Quality) -> str:
    cover = found.coverage
    return (
        f"{found.bias.value:>+10.3f} ± {found.bias.error:.3f}{found.variance:>12.2f}"
        f"{100 * cover.value:>9.1f} ± {100 * cover.error:.1f}"
    )


def by_indicator(measured: Measured) -> Iterator[str]:
    """Coverage %, error/SE and variance ratio of what is shown, a column a level."""
    yield f"{'indicator':<19}" + "".join(f"{level:>17}" for level in LEVELS)
    for name in INDICATORS:
        parts = [
            measured.quality(measured.cells(level, name), measured.is_shown()) for level in LEVELS
        ]
        yield f"{name:<19}" + "".join(f"{_short(part):>17}" for part in parts)


def _short(found: Quality | None) -> str:
    if found is None:
        return "–"
    return f"{100 * found.coverage.value:.1f} {found.bias.value:+.2f} {found.variance:.2f}"


def remarkable(measured: Measured) -> Iterator[str]:
    """What is shown and misses the goal by more than two Monte-Carlo errors."""
    for name in INDICATORS:
        for level in LEVELS:
            found = measured.quality(measured.cells(level, name), measured.is_shown())
            if found is not None and (faults := _faults(found)):
                yield (
                    f"{name:<19}{level:<12} {', '.join(faults):<22}"
                    f" coverage {100 * found.coverage.value:.1f} ± {100 * found.coverage.error:.1f}"
                    f", error {found.points:+.4f} = {found.bias.value:+.2f} ±"
                    f" {found.bias.error:.2f} SE, variance × {found.variance:.2f}"
                )


def _faults(found: Quality) -> list[str]:
    cover, bias = found.coverage, found.bias
    # where every interval holds the truth, rounds do not differ and would promise too much
    error = cover.error or sqrt(0.05 * 0.95 / found.figures)
    faults = []
    if cover.value + 2 * error < LOW:
        faults.append("covers less")
    if cover.value - 2 * error > HIGH:
        faults.append("covers more")
    if abs(bias.value) - 2 * bias.error > NOTABLE_BIAS:
        faults.append("biased")
    return faults


def as_json(measured: Measured) -> list[dict[str, Any]]:
    """One line a level, indicator and class."""
    out = []
    for name in INDICATORS:
        for level in LEVELS:
            for each in CLASSES:
                cells, which = measured.cells(level, name), measured.is_class(each.value)
                found = measured.quality(cells, which)
                if found is not None:
                    place = {"indicator": name, "level": level, "class": each.value}
                    out.append(place | {"unit": TABLE[name].unit.value} | asdict(found))
    return out
