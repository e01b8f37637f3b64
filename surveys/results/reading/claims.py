"""Readiness by commune beside its target and what local reports say (R6)."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from surveys.results.models import Claim, Comparison, Estimate
from surveys.results.reading.figures import RunReader, ShownFigure
from surveys.results.reading.names import COMMUNE, ROUND, Names
from surveys.results.reading.readiness import COLUMNS

OTHERS: Final = (Estimate.Method.GROUPED, Estimate.Method.MODEL)


class Held(StrEnum):
    """A claim against the interval of the survey."""

    INSIDE = "inside"
    ABOVE = "above"  # the report says more than the survey can agree with
    BELOW = "below"
    SUPPORTED = "supported"  # "at least": the whole interval lies there
    CONTRADICTED = "contradicted"  # "at least": the whole interval lies below
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Goal:
    """A target of the round in the unit of its indicator; `distance` is estimate − target."""

    value: float
    distance: float | None
    verdict: str


@dataclass(frozen=True, slots=True)
class HeldClaim:
    """A claim and what the survey says of it."""

    claim: Claim
    held: Held


@dataclass(frozen=True, slots=True)
class HeldRow:
    """One indicator in one commune (or the whole round)."""

    area: Names
    domain: str
    title: Names
    figure: ShownFigure
    goal: Goal | None
    claims: tuple[HeldClaim, ...]


def held_rows(found: RunReader) -> tuple[HeldRow, ...]:
    """Every commune and indicator of readiness with a target or a claim; the round first."""
    claims: dict[tuple[str, str], list[Claim]] = {}
    stored = Claim.objects.filter(round=found.run.round_id)
    for claim in stored.order_by("indicator", "commune", "stated_on", "pk"):
        claims.setdefault((claim.indicator, claim.commune), []).append(claim)
    return tuple(_rows(found, claims))


def claimable(found: RunReader) -> tuple[tuple[str, Names], ...]:
    """The indicators that a claim can be about: the shares of the table."""
    return tuple((each, found.name(each)) for each in COLUMNS if each in found.definitions)


def _rows(found: RunReader, claims: dict[tuple[str, str], list[Claim]]) -> Iterator[HeldRow]:
    indicators = dict.fromkeys([*COLUMNS, *(indicator for indicator, _ in claims)])
    for indicator in indicators:
        if indicator not in found.definitions:
            continue
        domains = ("", *found.domains(COMMUNE, indicator))
        for domain in domains:
            kind = COMMUNE if domain else ROUND
            figure = _figure(found, indicator, kind, domain)
            goal = _goal(found, figure)
            said = claims.get((indicator, domain), [])
            if goal is None and not said:
                continue
            yield HeldRow(
                area=found.domain_name(kind, domain),
                domain=domain,
                title=found.name(indicator),
                figure=figure,
                goal=goal,
                claims=tuple(HeldClaim(each, held(each, figure)) for each in said),
            )


def held(claim: Claim, figure: ShownFigure) -> Held:
    """Whether the interval of the survey holds what the report says.

    "At least x" is supported where all of the interval is x or more, and contradicted where all of
    it is less; what is not published can neither support nor contradict, nor can the figure of a
    group: a commune of it may differ.
    """
    low, high = figure.lower, figure.upper
    if low is None or high is None or figure.method == Estimate.Method.GROUPED:
        return Held.UNCLEAR
    if claim.is_at_least:
        if low >= claim.share:
            return Held.SUPPORTED
        return Held.CONTRADICTED if high < claim.share else Held.UNCLEAR
    if claim.share > high:
        return Held.ABOVE
    return Held.BELOW if claim.share < low else Held.INSIDE


def _figure(found: RunReader, indicator: str, kind: str, domain: str) -> ShownFigure:
    """The direct figure; where it is withheld that of the group, else the model's."""
    direct = found.figure(indicator, kind, domain)
    if direct.is_shown or not domain:
        return direct
    others = (found.other(method.value, indicator, domain) for method in OTHERS)
    return next((each for each in others if each is not None and each.is_shown), direct)


def _goal(found: RunReader, figure: ShownFigure) -> Goal | None:
    kind = Comparison.Kind.TARGET.value
    key = (kind, figure.indicator, figure.domain_type, figure.domain, figure.method)
    row = found.comparisons.get(key)
    if row is not None and row.reference is not None:
        return _against(row.reference, figure, row.verdict if figure.is_shown else "")
    targets = found.run.recipe.get("targets", {})
    if figure.indicator not in targets:
        return None
    return _against(float(targets[figure.indicator]) / 100, figure, "")


def _against(value: float, figure: ShownFigure, verdict: str) -> Goal:
    distance = None if figure.estimate is None else figure.estimate - value
    return Goal(value, distance, verdict)
