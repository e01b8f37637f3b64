"""Rounds of the synthetic world, one after the other, as arrays that can be held against the truth.

A simulated round runs the code of a real one from the extracted frames on: the recipe's weights,
the estimators, the word on publication. Only forms and HTTP are left out.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.indicators.table import TABLE
from analysis.indices.definition import Weight
from analysis.indices.figures import Figure, figures
from analysis.publication import Rule, Shown
from surveys.results.cells import DOMAIN_TYPES, Cell, compute
from surveys.results.demo import frames, sample
from surveys.results.demo.population import World, build
from surveys.results.demo.sample import MIDDLE, RICH, USUAL, SampleDesign
from surveys.results.recipe import Recipe
from surveys.results.recipes import weigh

WORLD_SEED: Final = 2026
DESIGNS: Final = {"16x20": RICH, "5x24": MIDDLE, "3x32": USUAL}
# Shares and scores of both forms, with every weight, small and large.
INDICATORS: Final = (
    "smartphone_own", "net_3m", "bank_account", "account_any", "vneid_level2", "equipped",
    "equipped_hh", "shop_qr", "filed_online", "able", "readiness",
    "sat_users", "factor_place", "factor_procedure", "factor_staff", "factor_result",
    "voice_know", "sat_overall", "policy_sat", "mean_score_overall", "wait_30", "on_time_self",
    "extra_paid",
)  # fmt: skip
CLASSES: Final = (Shown.NONE, Shown.CAUTION, Shown.PUBLISH)
LEVELS: Final = tuple(kind.name for kind in DOMAIN_TYPES)

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """What a figure is about."""

    indicator: str
    category: str
    level: str
    domain: str


@dataclass(frozen=True, slots=True, eq=False)
class Rounds:
    """Arrays (rounds, cells); NaN where a round gave no figure. `shown` indexes CLASSES."""

    keys: tuple[Key, ...]
    truth: Floats
    estimate: Floats
    se: Floats
    lower: Floats
    upper: Floats
    n: Floats
    df: Floats
    shown: Floats


FIELDS: Final = ("estimate", "se", "lower", "upper", "n", "df", "shown")


def truths(world: World, indicators: Sequence[str] = INDICATORS) -> dict[Key, float]:
    """Every figure if everybody were asked and answered in person."""
    weighted = weigh(frames.census(world), Recipe(calibration="none", finite_population=False))
    found: dict[Key, float] = {}
    for name in indicators:
        definition = TABLE[name]
        source = weighted[definition.weight]
        for kind in DOMAIN_TYPES:
            if kind.is_personal and definition.weight is Weight.HOUSEHOLD:
                continue
            for each in figures(source.design, definition, kind.column):
                if each.estimate is not None:
                    found[_key(each, kind.name)] = each.estimate
    return found


class Simulator:
    """One design in one world; the same number gives the same round."""

    def __init__(self, world: World, design: SampleDesign, truth: dict[Key, float]) -> None:
        self.world, self.design, self.truth = world, design, truth
        self.benchmarks = frames.benchmarks_of(world, design)
        self.keys = tuple(sorted(truth))
        self._place = {key: at for at, key in enumerate(self.keys)}
        self._indicators = {key.indicator for key in self.keys}

    def cells(self, number: int) -> Iterator[Cell]:
        """All figures of a round, with the word on their publication."""
        seeds = np.random.SeedSequence([number, self.design.villages]).generate_state(2)
        drawn = sample.draw(self.world, self.design, int(seeds[0]))
        found = frames.a_round(self.world, drawn, self.benchmarks, int(seeds[1]))
        for each in compute(weigh(found, Recipe()), Rule(), indicators=self._indicators):
            yield from each.cells

    def row(self, number: int) -> Floats:
        """A round as (fields, cells)."""
        out = np.full((len(FIELDS), len(self.keys)), np.nan)
        for cell in self.cells(number):
            at = self._place.get(_key(cell.figure, cell.domain_type))
            if at is None:
                continue
            figure = cell.figure
            values = (figure.estimate, figure.se, figure.lower, figure.upper, figure.n, figure.df)
            out[:-1, at] = [np.nan if value is None else value for value in values]
            out[-1, at] = CLASSES.index(cell.verdict.shown)
        return out

    def rounds(self, rows: Sequence[Floats]) -> Rounds:
        truth = np.array([self.truth[key] for key in self.keys])
        stacked = np.stack(list(rows), axis=1)
        return Rounds(self.keys, truth, *stacked)


def _key(figure: Figure, level: str) -> Key:
    return Key(figure.indicator, figure.category, level, figure.domain)


_worlds: dict[str, Simulator] = {}  # of a worker process, made by its initializer


def _prepare(names: Sequence[str]) -> None:
    """Once a process; a forked worker has its parent's."""
    if _worlds:
        return
    world = build(WORLD_SEED)
    known = truths(world)
    for name in names:
        _worlds[name] = Simulator(world, DESIGNS[name], known)


def _row(name: str, number: int) -> Floats:
    return _worlds[name].row(number)


def simulate(names: Sequence[str], numbers: range, processes: int) -> Iterator[tuple[str, Rounds]]:
    """The rounds of these numbers of each design, in processes of their own."""
    _prepare(names)
    with ProcessPoolExecutor(processes, initializer=_prepare, initargs=(names,)) as pool:
        for name in names:
            rows = list(pool.map(partial(_row, name), numbers, chunksize=5))
            yield name, _worlds[name].rounds(rows)
