"""Samples from a known population against the truth: what the engine's 95 % intervals cover.

    python -m tests.bench intervals [--samples 2000] [--seed 1] [--json FILE]

The population is of the demonstration's kind: urban and rural villages of some 150 adults whose
answers hang together (0.40 between villages on the logit, 0.35 more in towns). A sample takes 4, 12
or 40 villages by probability proportional to size, half of them in towns, and 24 adults in each.
Hundreds of samples go through the estimators at once, each as a domain with strata of its own.
docs/coverage.md reads the figures.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import optimize, special

from analysis import Design, Estimates, Interval, mean, proportion
from analysis.arrays import FloatArray, IntArray
from analysis.publication import Shown, Spread, classify, pooled_deff

VILLAGES, ADULTS, PEOPLE = 1600, 150, 24
BETWEEN_VILLAGES, IN_TOWNS = 0.40, 0.35
LEVELS = {"5 %": 0.05, "50 %": 0.5, "95 %": 0.95}
MEANS = ("score", "wait")
PSUS = (4, 12, 40)
AT_ONCE = 250
ROUND = 20  # samples that are the areas of one round, for its pooled design effect
LEAST = 2 * ROUND
INTERVALS = ("korn_graubard", "korn_graubard_uncapped", "xlogit", "wilson", "arcsine",
             "likelihood", "t")  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Population:
    """Adults sorted by village; `size` and `town` are per village."""

    size: IntArray
    first: IntArray
    town: IntArray
    answers: dict[str, FloatArray]

    @property
    def truth(self) -> dict[str, float]:
        return {name: float(values.mean()) for name, values in self.answers.items()}


@dataclass(frozen=True, slots=True)
class Coverage:
    """Per cent of intervals that hold the truth, those that miss below and above, and means."""

    psus: int
    figure: str
    interval: str
    samples: int
    covers: float
    too_low: float  # the interval ends below the truth
    too_high: float
    without: float  # per cent of samples without an interval
    width: float
    variance_ratio: float


@dataclass(frozen=True, slots=True)
class Remains:
    """What a rule on publication leaves of the default intervals."""

    psus: int
    figure: str
    rule: str
    shown: float
    covers: float
    error: float  # mean error of what is shown, in true standard errors


def population(rng: np.random.Generator) -> Population:
    """Villages in two strata; shares are exactly their level, up to the draw of persons."""
    size = np.maximum(np.round(rng.lognormal(np.log(ADULTS), 0.22, VILLAGES)), 40).astype(np.int64)
    town = (np.arange(VILLAGES) % 2).astype(np.int64)
    village = np.repeat(np.arange(VILLAGES), size)
    effect = rng.normal(0, BETWEEN_VILLAGES, VILLAGES) + IN_TOWNS * town
    answers = {}
    for name, level in LEVELS.items():
        tilt = _tilt(size, effect, level)
        answers[name] = (rng.random(len(village)) < special.expit(tilt + effect)[village]) * 1.0
    latent = effect[village] + rng.logistic(size=len(village))
    answers["score"] = 1.0 + (latent[:, None] > np.array([-2.6, -1.5, -0.35, 1.55])).sum(axis=1)
    answers["wait"] = np.round(
        np.exp(2.7 - 0.5 * effect[village] + rng.normal(0, 0.9, len(village)))
    )
    return Population(size, np.cumsum(size) - size, town, answers)


def _tilt(size: IntArray, effect: FloatArray, level: float) -> float:
    """The constant at which the population's share is the level."""

    def off(constant: float) -> float:
        return float(size @ special.expit(constant + effect) / size.sum()) - level

    return float(optimize.brentq(off, -9, 9))


def draw(world: Population, psus: int, samples: int, rng: np.random.Generator) -> pd.DataFrame:
    """Respondents of several samples; villages by systematic sampling in random order."""
    half, parts = psus // 2, []
    for _ in range(samples):
        for town in (0, 1):
            order = rng.permutation(np.flatnonzero(world.town == town))
            reach = np.cumsum(world.size[order])
            step = reach[-1] / half
            points = (rng.random() + np.arange(half)) * step
            parts.append(order[np.searchsorted(reach, points)])
    village = np.concatenate(parts)
    people = np.argsort(rng.random((len(village), world.size.max())), axis=1)
    people = _within(people, world.size[village])
    rows = (world.first[village][:, None] + people).ravel()
    total = {town: world.size[world.town == town].sum() for town in (0, 1)}
    stratum_total = np.array([total[0], total[1]])[world.town[village]]
    sample = np.repeat(np.arange(samples), psus)
    frame = pd.DataFrame(
        {
            "sample": np.repeat(sample, PEOPLE),
            "psu": np.repeat(np.arange(len(village)), PEOPLE),
            "stratum": np.repeat(2 * sample + world.town[village], PEOPLE),
            "w": np.repeat(stratum_total / (half * PEOPLE), PEOPLE),
        }
    )
    return frame.assign(**{name: values[rows] for name, values in world.answers.items()})


def _within(order: IntArray, size: IntArray) -> IntArray:
    """The first persons of each random order that the village has."""
    kept = np.argsort(order >= size[:, None], axis=1, kind="stable")[:, :PEOPLE]
    return np.take_along_axis(order, kept, axis=1)


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """One figure by one interval, an entry per sample."""

    estimate: FloatArray
    se: FloatArray
    lower: FloatArray
    upper: FloatArray
    deff: FloatArray
    n: FloatArray
    n_psu: FloatArray

    @classmethod
    def of(cls, found: Estimates, at: int, count: int) -> Drawn:
        table = found.to_frame()[list(cls.__slots__)].to_numpy(dtype=float)
        return cls(*table[at::count].T)

    @classmethod
    def joined(cls, parts: list[Drawn]) -> Drawn:
        return cls(*(np.concatenate([getattr(p, f) for p in parts]) for f in cls.__slots__))


Name = tuple[str, str]


def estimates(frame: pd.DataFrame) -> dict[Name, Drawn]:
    """By figure and interval."""
    design = Design.from_frame(frame, ids="psu", strata="stratum", weights="w")
    made: dict[Name, Drawn] = {}
    for method in INTERVALS:
        found = proportion(design, list(LEVELS), by="sample", interval=method)
        for at, name in enumerate(LEVELS):
            made[name, method] = Drawn.of(found, at, len(LEVELS))
    for df in ("domain", "satterthwaite"):
        found = mean(design, list(MEANS), by="sample", df=df)
        for at, name in enumerate(MEANS):
            made[name, f"t, df={df}"] = Drawn.of(found, at, len(MEANS))
    return made


def simulate(world: Population, psus: int, samples: int, seed: int) -> dict[Name, Drawn]:
    """All samples of one size; the same seed gives the same samples."""
    parts: dict[Name, list[Drawn]] = {}
    for block, low in enumerate(range(0, samples, AT_ONCE)):
        rng = np.random.default_rng([seed, psus, block])
        frame = draw(world, psus, min(AT_ONCE, samples - low), rng)
        for name, found in estimates(frame).items():
            parts.setdefault(name, []).append(found)
    return {name: Drawn.joined(found) for name, found in parts.items()}


def coverage(psus: int, name: Name, found: Drawn, truth: float) -> Coverage:
    known = ~np.isnan(found.lower)
    below, above = found.upper[known] < truth, found.lower[known] > truth
    return Coverage(
        psus=psus,
        figure=name[0],
        interval=name[1],
        samples=len(found.estimate),
        covers=100 * (1 - float(np.mean(below | above))),
        too_low=100 * float(np.mean(below)),
        too_high=100 * float(np.mean(above)),
        without=100 * float(np.mean(~known)),
        width=float(np.mean((found.upper - found.lower)[known])),
        variance_ratio=float(np.nanmean(found.se**2) / np.var(found.estimate)),
    )


def remains(psus: int, figure: str, found: Drawn, truth: float) -> Iterator[Remains]:
    """What is shown by the design's quantities, and for comparison by the width of the interval."""
    masks = {str(word): np.zeros(len(found.n), dtype=bool) for word in Shown}
    for low in range(0, len(found.n), ROUND):
        part = slice(low, low + ROUND)
        areas = zip(found.n[part], found.se[part], found.deff[part], strict=True)
        deff = pooled_deff([Spread(int(n), se, deff) for n, se, deff in areas]) or 1.0
        for at in range(*part.indices(len(found.n))):
            n = int(found.n[at])
            masks[str(classify(n, n / deff, int(found.n_psu[at])).shown)][at] = True
    masks["half-width <= 10 points"] = found.upper - found.lower <= 0.2
    spread = np.std(found.estimate)
    for rule, mask in masks.items():
        if mask.any():
            inside = (found.lower <= truth) & (truth <= found.upper)
            yield Remains(
                psus=psus,
                figure=figure,
                rule=rule,
                shown=100 * float(mask.mean()),
                covers=100 * float(inside[mask].mean()),
                error=float((found.estimate[mask] - truth).mean() / spread),
            )


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="tests.bench intervals", description=__doc__)
    parser.add_argument("--samples", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, help="write the figures to this file as well")
    asked = parser.parse_args(arguments)
    if asked.samples < LEAST or asked.seed < 0:
        sys.exit(f"ask for at least {LEAST} samples, and a seed from 0 on")
    begun = time.monotonic()
    world = population(np.random.default_rng(asked.seed))
    covered, shown = [], []
    for psus in PSUS:
        for name, found in simulate(world, psus, asked.samples, asked.seed).items():
            covered.append(coverage(psus, name, found, world.truth[name[0]]))
            if name[1] == Interval.KORN_GRAUBARD:
                shown += remains(psus, name[0], found, world.truth[name[0]])
    print_tables(covered, shown)
    print(f"\n{asked.samples} samples of each size, {time.monotonic() - begun:.0f} s")
    if asked.json:
        figures = {"coverage": covered, "published": shown}
        rows = {title: [asdict(row) for row in found] for title, found in figures.items()}
        asked.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")


def print_tables(covered: list[Coverage], shown: list[Remains]) -> None:
    head = f"{'figure':7} {'interval':24}"
    print(head + "".join(f"{f'{psus} villages':>34}" for psus in PSUS))
    print(" " * len(head) + f"{'covers  low high  width var':>34}" * len(PSUS))
    for figure, interval in dict.fromkeys((c.figure, c.interval) for c in covered):
        line = f"{figure:7} {interval:24}"
        for c in covered:
            if (c.figure, c.interval) == (figure, interval):
                line += f"{c.covers:14.1f} {c.too_low:4.1f} {c.too_high:4.1f}"
                line += f"{c.width:6.2f} {c.variance_ratio:4.2f}"
        print(line)
    print(f"\nwhat a rule leaves of korn_graubard\n{'villages':8} {'figure':7} {'rule':24}"
          f"{'shown %':>8} {'covers':>7} {'error/SE':>9}")  # fmt: skip
    for r in shown:
        print(f"{r.psus:8} {r.figure:7} {r.rule:24}{r.shown:8.1f} {r.covers:7.1f} {r.error:+9.2f}")


if __name__ == "__main__":
    main()
