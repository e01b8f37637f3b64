"""How a round is weighted: the recipe, its steps over the extracted frames, and the designs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from analysis.design import Design
from analysis.indicators import digital, satisfaction
from analysis.indices.answers import number
from analysis.indices.catalogue import Catalogue
from analysis.indices.definition import Weight
from analysis.weights import (
    WeightChain,
    base_weights,
    nonresponse_adjustment,
    person_weights,
    propensity_adjustment,
)
from surveys.results.calibrating import calibration, trimmed
from surveys.results.designs import design_of
from surveys.results.extract import DESIGN_COLUMNS, BenchmarkCell, FormFrames, RoundFrames
from surveys.results.own_definitions import catalogue_of
from surveys.results.person_groups import group_columns
from surveys.results.recipe import Nonresponse, Recipe

ELIGIBLE: Final = ("I", "P", "R", "NC", "O")
UNKNOWN: Final = ("UH", "UO")
LINE: Final = "_line"  # the number of a person in the household's record
LEAST_SELF: Final = 5  # self-respondents that a class of w_self needs


@dataclass(frozen=True, slots=True, eq=False)
class Weighted:
    """A recoded frame with its design, the chain of its weights, and what was found on the way."""

    frame: pd.DataFrame
    design: Design
    chain: WeightChain
    is_raked: bool
    notes: tuple[str, ...] = ()


def weigh(found: RoundFrames, recipe: Recipe) -> dict[Weight, Weighted]:
    """All weights of a round, by the weight that a definition names.

    Raises
    ------
    DefinitionError : the round's own definitions do not fit those of the product any more.
    """
    own = catalogue_of(found.own_definitions)
    weighted: dict[Weight, Weighted] = {}
    if found.digital is not None and len(found.digital.root):
        weighted |= _digital(found.digital, found.benchmarks, recipe, own)
    if found.satisfaction is not None and len(found.satisfaction.root):
        weighted |= _satisfaction(found.satisfaction, found.benchmarks, recipe, own)
    return weighted


def household_chain(cases: pd.DataFrame, recipe: Recipe) -> WeightChain:
    """w0 and w1 over all sampled households; who has no record that counts ends at zero.

    Households of unknown eligibility count by e, the eligible share among those whose eligibility
    is known (weighted; AAPOR's proportional allocation).
    """
    base = base_weights(cases["pi_psu"], cases["pi_hh"])
    group = cases["group"]
    eligible, unknown = group.isin(ELIGIBLE), group.isin(UNKNOWN)
    share = eligible_share(cases, base.weights)
    reduced = base.weights * np.where(unknown, share, 1.0)
    answered, counted = cases["submission"].notna(), eligible | unknown
    if recipe.nonresponse == Nonresponse.PROPENSITY:
        known = _known_of_all(cases, answered, counted)
        if len(known.columns):
            found = propensity_adjustment(reduced, known, answered, counted)
            return WeightChain().then(base).then(found.step)
    step = nonresponse_adjustment(
        reduced,
        cases[recipe.nonresponse_classes],
        answered,
        counted,
        within=cases["stratum"],
    )
    return WeightChain().then(base).then(step)


def _known_of_all(
    cases: pd.DataFrame, answered: pd.Series[Any], counted: pd.Series[Any]
) -> pd.DataFrame:
    """What is known of households that answered and that did not: the propensity's auxiliaries.

    A column that is the same everywhere, or that strata make up, says nothing more. Strata where
    all answered, or nobody, go together: alone they would tell the answer for sure.
    """
    share = answered[counted].groupby(cases.loc[counted, "stratum"]).mean()
    mixed = share[(share > 0) & (share < 1)].index
    stratum = cases["stratum"].astype(str).where(cases["stratum"].isin(mixed), "other")
    known: dict[str, pd.Series[Any]] = {}
    if stratum.nunique() > 1 and (share.gt(0) & share.lt(1)).all():
        known["stratum"] = stratum
    if cases.groupby("stratum")["urban_rural"].nunique().max() > 1 or not known:
        known["urban_rural"] = cases["urban_rural"].astype(str)
    size = cases["n_listed"].astype(float).map(np.log)
    known["size"] = size - size.mean()
    table = pd.DataFrame(known)
    return table[[name for name in known if table[name][counted].nunique() > 1]]


def eligible_share(cases: pd.DataFrame, weights: np.ndarray[Any, Any]) -> float:
    """e: the eligible among the households of known eligibility; 1 if none is known."""
    eligible = float(weights[cases["group"].isin(ELIGIBLE)].sum())
    known = eligible + float(weights[cases["group"].eq("NE")].sum())
    return eligible / known if known > 0 else 1.0


def _digital(
    form: FormFrames, benchmarks: tuple[BenchmarkCell, ...], recipe: Recipe, own: Catalogue
) -> dict[Weight, Weighted]:
    every = household_chain(form.cases, recipe)
    rows = np.flatnonzero(form.cases["submission"].notna())
    households = trimmed(every.take(rows), recipe)
    design = form.cases.iloc[rows].reset_index(drop=True)
    people = _listed_people(form)
    recoded = digital.persons(people, own)
    homes = digital.households(form.root, recoded, people["household"], own)
    groups = pd.DataFrame(group_columns(people, homes, form.root))
    homes = homes.reindex(design["household"]).reset_index(drop=True)
    home_frame = pd.concat([design[list(DESIGN_COLUMNS)], homes], axis=1)
    place = pd.Series(np.arange(len(design)), index=design["household"])
    at = place.reindex(people["household"]).to_numpy()
    listed = pd.concat(
        [design[list(DESIGN_COLUMNS)].iloc[at].reset_index(drop=True), recoded, groups], axis=1
    ).assign(**{LINE: people["line"]})
    return {
        Weight.HOUSEHOLD: _weighted(home_frame, every, households, recipe=recipe),
        **_persons(listed, households.take(at), benchmarks, recipe=recipe),
    }


def _listed_people(form: FormFrames) -> pd.DataFrame:
    """Members aged 15 or over, each with the answers of the person block of the same number."""
    empty = pd.DataFrame(columns=["household", "ordinal"])
    members = form.tables.get("member", empty)
    blocks = form.tables.get("person", empty)
    members = members.assign(line=_line(members, "m_no"))
    blocks = blocks.assign(line=_line(blocks, "p_no")).drop(columns="ordinal")
    joined = members.merge(blocks, on=["household", "line"], how="left")
    joined = joined[joined["household"].isin(form.root.index)]
    return joined[number(joined, "m_a15").eq(1)].reset_index(drop=True)


def _line(table: pd.DataFrame, name: str) -> pd.Series[Any]:
    """The number of the person as the form counted it, else the place in the repeat."""
    counted = number(table, name)
    return counted.where(counted.notna(), table["ordinal"].astype(float) + 1)


def _persons(
    listed: pd.DataFrame,
    chain: WeightChain,
    benchmarks: tuple[BenchmarkCell, ...],
    *,
    recipe: Recipe,
) -> dict[Weight, Weighted]:
    answered = listed["persons_15"].eq(1)
    if not answered.any():
        return {}
    is_raked = recipe.is_calibrated and bool(benchmarks)
    if not is_raked:
        # no benchmark makes up for members nobody answered for: their like do
        classes = listed["sex"].astype(str) + " " + listed["age_group"].astype(str)
        chain = chain.then(
            nonresponse_adjustment(chain.final, classes, answered, within=listed["sex"])
        )
    rows = np.flatnonzero(answered)
    frame, chain = listed.iloc[rows].reset_index(drop=True), chain.take(rows)
    if is_raked:
        chain = chain.then(calibration(frame, chain, benchmarks, recipe))
    return {
        Weight.PERSON: _weighted(frame, chain, chain, recipe=recipe, is_raked=is_raked),
        **_self(frame, chain, recipe=recipe, is_raked=is_raked),
    }


def _self(
    frame: pd.DataFrame, chain: WeightChain, *, recipe: Recipe, is_raked: bool
) -> dict[Weight, Weighted]:
    """w_self: who answered in person stands for all of the same sex, age and kind of phone."""
    is_self = frame["self_15"].eq(1)
    if is_self.sum() < LEAST_SELF:  # the first days of field work: the other figures go on
        return {}
    phone = frame["smartphone_own"].map({1.0: "smart", 0.0: "none"}).fillna("unknown")
    alike = frame["sex"].astype(str) + " " + frame["age_group"].astype(str)
    step = nonresponse_adjustment(
        chain.final, alike + " " + phone, is_self, within=alike, min_respondents=LEAST_SELF
    )
    rows = np.flatnonzero(is_self)
    own = WeightChain((step,)).take(rows)
    found = _weighted(
        frame.iloc[rows].reset_index(drop=True), own, own, recipe=recipe, is_raked=is_raked
    )
    return {Weight.SELF: found}


def _satisfaction(
    form: FormFrames, benchmarks: tuple[BenchmarkCell, ...], recipe: Recipe, own: Catalogue
) -> dict[Weight, Weighted]:
    every = household_chain(form.cases, recipe)
    rows = np.flatnonzero(form.cases["submission"].notna())
    cases = form.cases.iloc[rows].reset_index(drop=True)
    answers = form.root.reindex(cases["household"]).reset_index(drop=True)
    if "arm" not in answers.columns:
        answers["arm"] = cases["arm"]
    adults = number(answers, "n_a18").fillna(1.0).clip(lower=1.0)
    chain = every.take(rows)
    chain = chain.then(person_weights(chain.final, adults, cap=recipe.cap_adults))
    chain = trimmed(chain, recipe)
    frame = pd.concat([cases[list(DESIGN_COLUMNS)], satisfaction.respondents(answers, own)], axis=1)
    adult_cells = tuple(cell for cell in benchmarks if cell.age_group != "15-17")
    is_raked = recipe.is_calibrated and bool(adult_cells)
    if is_raked:
        chain = chain.then(calibration(frame, chain, adult_cells, recipe))
    return {
        Weight.RESPONDENT: _weighted(
            frame, every, chain, recipe=recipe, is_raked=is_raked, is_drawn=True
        )
    }


def _weighted(
    frame: pd.DataFrame,
    reported: WeightChain,
    chain: WeightChain,
    *,
    recipe: Recipe,
    is_raked: bool = False,
    is_drawn: bool = False,
) -> Weighted:
    steps = (*reported.steps, *chain.steps[len(reported.steps) :])
    frame = frame.assign(
        sex_domain=frame["sex"].where(frame["sex"].isin(["f", "m"])) if "sex" in frame else None
    )
    return Weighted(
        frame=frame,
        design=design_of(frame, chain, recipe=recipe, is_drawn=is_drawn),
        chain=WeightChain(steps),
        is_raked=is_raked,
    )
