"""Rounds of a province of which part of the communes have no sample, against the truth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from analysis.publication import Rule, Shown
from surveys.results.cells import compute
from surveys.results.covariates import covariates
from surveys.results.demo import frames, sample
from surveys.results.demo.places import Commune, Legacy
from surveys.results.demo.population import build
from surveys.results.demo.sample import WIDE
from surveys.results.extract import FormFrames, RoundFrames
from surveys.results.modelled import modelled
from surveys.results.recipe import Recipe
from surveys.results.recipes import weigh
from surveys.results.round_area import AreaCommune, RoundArea
from tests.bench.coverage_rounds.simulation import truths

COMMUNES, SAMPLED, VILLAGES = 40, 24, 12
INDICATORS = ("net_3m", "vneid_level2", "equipped", "sat_overall", "policy_sat")
KINDS = ("arcsine", "hierarchical")
SPREAD = 0.35  # between communes, on the logit
# A stratum a commune: what the sample says of the round it says of its own communes.
RECIPE = Recipe(calibration="none", covariates=("urban",), unsampled="list")


@dataclass(frozen=True, slots=True)
class Told:
    """One figure beside the truth."""

    kind: str
    method: str
    indicator: str
    is_shown: bool
    is_covered: bool
    error: float
    rmse: float


def province(seed: int) -> tuple[Commune, ...]:
    """Communes with effects of their own."""
    random = np.random.default_rng(seed)
    return tuple(
        Commune(
            f"{90000 + number}",
            f"C{number}",
            19.6,
            105.5,
            float(random.normal(0, SPREAD)),
            float(random.normal(0, SPREAD)),
            (Legacy(f"C{number}", VILLAGES, is_urban=number % 3 == 0),),
        )
        for number in range(COMMUNES)
    )


def told(communes: tuple[Commune, ...], rounds: int, seed: int) -> Iterator[Told]:
    """Every figure of every round of the world with these communes."""
    world = build(seed, communes)
    truth = {
        (key.indicator, key.domain): value
        for key, value in truths(world, INDICATORS).items()
        if key.level == "commune" and not key.category
    }
    random = np.random.default_rng(seed)
    for number in range(rounds):
        codes = [each.code for each in communes]
        kept = frozenset(random.choice(codes, SAMPLED, replace=False).tolist())
        drawn = sample.draw(world, WIDE, int(random.integers(2**31)))
        found = _only(frames.a_round(world, drawn, (), 100 * seed + number), kept)
        yield from _round(replace(found, area=_area(communes, kept)), truth)


def _round(found: RoundFrames, truth: dict[tuple[str, str], float]) -> Iterator[Told]:
    weighted = weigh(found, RECIPE)
    computed = compute(weighted, Rule(), RECIPE, indicators=INDICATORS)
    assert found.digital is not None
    known = covariates(found.digital.cases, {}, RECIPE, found.area)
    for kind in KINDS:
        recipe = replace(RECIPE, small_area=kind)
        for each in computed:
            made = modelled(each, weighted[each.definition.weight], known, recipe, found.area)
            assert made is not None
            for cell in made.cells:
                figure = cell.figure
                if figure.estimate is None or figure.lower is None or figure.upper is None:
                    continue
                value = truth[each.definition.id, figure.domain]
                yield Told(
                    kind,
                    cell.method,
                    each.definition.id,
                    is_shown=cell.verdict.shown is not Shown.NONE,
                    is_covered=figure.lower <= value <= figure.upper,
                    error=figure.estimate - value,
                    rmse=figure.se or 0.0,
                )


def _only(found: RoundFrames, kept: frozenset[str]) -> RoundFrames:
    def cut(form: FormFrames | None) -> FormFrames | None:
        if form is None:
            return None
        cases = form.cases[form.cases["commune"].isin(kept)].reset_index(drop=True)
        return replace(form, cases=cases, root=form.root[form.root.index.isin(cases["household"])])

    return replace(found, digital=cut(found.digital), satisfaction=cut(found.satisfaction))


def _area(communes: tuple[Commune, ...], kept: frozenset[str]) -> RoundArea:
    return RoundArea(
        tuple(
            AreaCommune(
                code=each.code,
                valid_from="2025-07-01",
                vi=each.name,
                en=each.name,
                is_sampled=each.code in kept,
                urban=float(each.legacy[0].is_urban),
            )
            for each in communes
        )
    )
