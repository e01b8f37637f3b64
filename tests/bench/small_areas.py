"""Samples from a known province against the truth: what Fay and Herriot's intervals cover.

    python -m tests.bench small_areas [--samples 2000] [--seed 1] [--json FILE]

A province has 60 communes; 50 are sampled, by villages of 32 respondents, and 10 get the synthetic
estimate. A share's level (5, 50, 95 %) goes with one known covariate; communes differ by an effect
of their own, drawn anew for every sample, villages within communes by another. docs/coverage.md
reads the figures.
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
from scipy import special

from analysis.arrays import FloatArray
from analysis.smallarea import (
    AreaEstimates,
    AreaFlag,
    fay_herriot,
    pooled_deff,
    share_model,
    smoothed_variances,
)

AREAS, SAMPLED, PEOPLE = 60, 50, 32
LEAST = 20
BETWEEN_VILLAGES = 0.3  # on the logit
Floats = FloatArray


@dataclass(frozen=True, slots=True)
class Scenario:
    """`effect` is the deviation between communes on the logit beyond the covariate."""

    level: float
    villages: int
    effect: float
    scale: str


SCENARIOS = tuple(
    Scenario(level, villages, effect, scale)
    for scale in ("arcsine", "logit", "identity")
    for level in (0.05, 0.5, 0.95)
    for villages, effect in ((3, 0.4), (3, 0.0), (12, 0.4))
    if scale == "arcsine" or (villages == 3 and effect > 0)
)


@dataclass(frozen=True, slots=True)
class Coverage:
    """Per cent of 95 % intervals that hold the truth, and what they are made of."""

    scenario: Scenario
    samples: int
    sampled: float
    synthetic: float
    worst_area: float
    bias: float  # mean error over the true root mean squared error
    mse_ratio: float  # mean estimated MSE over the true one, sampled communes
    gain: float  # true MSE over that of the direct estimate
    zero: float  # per cent of samples whose variance between areas was 0


def province(rng: np.random.Generator) -> Floats:
    """The known covariate of its communes."""
    return rng.normal(0, 0.5, AREAS)


def truth(scenario: Scenario, x: Floats, rng: np.random.Generator) -> Floats:
    """Logits of the communes."""
    return special.logit(scenario.level) + 0.6 * x + scenario.effect * rng.standard_normal(AREAS)


def population_share(logit: Floats) -> Floats:
    """A commune's share: the mean over its villages, by Gauss and Hermite's rule."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(20)
    return special.expit(logit[:, None] + BETWEEN_VILLAGES * nodes) @ (weights / weights.sum())


def sample(scenario: Scenario, logit: Floats, rng: np.random.Generator) -> Floats:
    """Shares by commune and village."""
    villages = logit[:, None] + BETWEEN_VILLAGES * rng.standard_normal((AREAS, scenario.villages))
    return rng.binomial(PEOPLE, special.expit(villages)) / PEOPLE


def estimates(scenario: Scenario, x: Floats, shares: Floats) -> AreaEstimates:
    """What `area_model` does with a table of direct estimates."""
    direct = shares.mean(axis=1)
    variance = shares.var(axis=1, ddof=1) / scenario.villages
    n = np.full(AREAS, PEOPLE * scenario.villages, dtype=np.int64)
    direct[SAMPLED:], variance[SAMPLED:], n[SAMPLED:] = np.nan, np.nan, 0
    if scenario.scale == "identity":
        smooth = smoothed_variances(variance, n, share=direct)
        return fay_herriot(direct, smooth.variance, x, n=n)
    n_eff = n / pooled_deff(variance, direct, n)
    return share_model(direct, n_eff, x, scale=scenario.scale, n=n)


def simulate(scenario: Scenario, samples: int, seed: int) -> Coverage:
    """One scenario: the same seed gives the same figures."""
    rng = np.random.default_rng([seed, *map(ord, f"{scenario}")])
    x = province(rng)
    shape = (samples, AREAS)
    error, covered, mse, direct = (np.empty(shape) for _ in range(4))
    zero = 0
    for number in range(samples):
        logit = truth(scenario, x, rng)
        known = population_share(logit)
        found = estimates(scenario, x, sample(scenario, logit, rng))
        error[number] = found.estimate - known
        direct[number] = found.direct - known
        covered[number] = (found.lower <= known) & (known <= found.upper)
        mse[number] = found.mse
        zero += bool((found.flags & int(AreaFlag.ZERO_VARIANCE)).any())
    inside, true = slice(0, SAMPLED), float((error[:, :SAMPLED] ** 2).mean())
    return Coverage(
        scenario=scenario,
        samples=samples,
        sampled=100 * float(covered[:, inside].mean()),
        synthetic=100 * float(covered[:, SAMPLED:].mean()),
        worst_area=100 * float(covered.mean(axis=0).min()),
        bias=float(error[:, inside].mean()) / true**0.5,
        mse_ratio=float(mse[:, inside].mean()) / true,
        gain=true / float((direct[:, inside] ** 2).mean()),
        zero=100 * zero / samples,
    )


def lines(found: Iterator[Coverage]) -> Iterator[str]:
    yield (
        f"{'scale':<9}{'level':>6}{'villages':>9}{'effect':>7}{'sampled %':>11}{'synthetic %':>12}"
        f"{'lowest area %':>14}{'bias/RMSE':>10}{'MSE ratio':>10}{'MSE/direct':>11}{'A = 0 %':>9}"
    )
    for each in found:
        s = each.scenario
        yield (
            f"{s.scale:<9}{s.level:>6.2f}{s.villages:>9}{s.effect:>7.1f}{each.sampled:>11.1f}"
            f"{each.synthetic:>12.1f}{each.worst_area:>14.1f}{each.bias:>10.2f}"
            f"{each.mse_ratio:>10.2f}{each.gain:>11.2f}{each.zero:>9.1f}"
        )


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="tests.bench small_areas", description=__doc__)
    parser.add_argument("--samples", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, help="write the figures to this file as well")
    asked = parser.parse_args(arguments)
    if asked.samples < LEAST:
        sys.exit(f"ask for at least {LEAST} samples")
    begun, kept = time.monotonic(), []

    def each() -> Iterator[Coverage]:
        for scenario in SCENARIOS:
            kept.append(simulate(scenario, asked.samples, asked.seed))
            yield kept[-1]

    for line in lines(each()):
        print(line, flush=True)
    print(f"\n{time.monotonic() - begun:.0f} s")
    if asked.json:
        asked.json.write_text(json.dumps([asdict(one) for one in kept], indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
