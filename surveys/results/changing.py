"""Change between two rounds: both waves in one stacked design, so that villages asked in both
count with their covariance. Only between rounds that asked the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final

import numpy as np

from analysis import estimators
from analysis.contrasts import contrast
from analysis.design import Design
from analysis.errors import AnalysisError
from analysis.estimates import Estimates
from analysis.indices.combined import combined_means
from analysis.indices.definition import Definition, Kind, Weight
from analysis.indices.figures import figures
from analysis.publication import Rule, Shown
from surveys.results.cells import Cell, Computed, bench_of, judged_cell
from surveys.results.comparing import Compared
from surveys.results.differences import differences, finite
from surveys.results.extract import FormFrames, RoundFrames
from surveys.results.modelled import MODELLED
from surveys.results.parts import unit_of
from surveys.results.recipe import Recipe, Variance
from surveys.results.recipes import Weighted, weigh
from surveys.results.stacked import (
    BEFORE,
    LEFT_OUT,
    NOW,
    PLACE,
    SMALL,
    USED,
    WAVE,
    Stacked,
    stacked,
)

CHANGE: Final = "change"
NAMED: Final = 5


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is no change to be told."""

    vi: str
    en: str
    form: str = ""  # A or B; empty for both


@dataclass(frozen=True, slots=True)
class Changes:
    """The changes that can be told, how many villages both rounds share, and what cannot.

    `fractions`: whether finite population factors are used (`surveys.results.stacked`).
    """

    rows: tuple[Compared, ...] = ()
    shared_villages: int = 0
    fractions: str = SMALL
    refusals: tuple[Refusal, ...] = field(default=())


@dataclass(frozen=True, slots=True, eq=False)
class Wave:
    """One round as it is compared: its frames, and the village behind each of its PSUs."""

    frames: RoundFrames
    village: Mapping[str, str]
    recipe: Recipe


def changes(before: Wave, now: Wave, computed: tuple[Computed, ...], rule: Rule) -> Changes:
    """Change of every indicator that pages show by commune: of the round and of its communes.

    Variance by linearisation in one design, in which the waves may overlap; a difference is given
    only where both figures may be shown.
    """
    refusals = [*_other_questions(before.frames, now.frames)]
    other = {each.form for each in refusals}
    try:
        first, second = _weighted(before), _weighted(now)
    except AnalysisError as error:
        said = str(error)[:200]
        return Changes(refusals=(Refusal(f"đợt trước không tính được: {said}", said),))
    wants = before.recipe.finite_population and now.recipe.finite_population
    both = _Stacks(first, second, wants_fractions=wants)
    rows: list[Compared] = []
    for each in computed:
        definition = each.definition
        weight = definition.weight
        is_comparable = definition.source.value not in other
        if definition.id not in MODELLED or not is_comparable:
            continue
        if weight not in first or weight not in second:
            continue
        try:
            shown = _shown(each, first[weight], rule, now.recipe)
            rows += _changes(each, both.of(weight), shown, now.recipe)
        except AnalysisError as error:
            refusals.append(_clash(str(error)))
    shared = set(before.village.values()) & set(now.village.values())
    return Changes(tuple(rows), len(shared), both.fractions, tuple(dict.fromkeys(refusals)))


class _Stacks:
    """The design of both rounds, made once for each kind of weight."""

    def __init__(
        self,
        first: Mapping[Weight, Weighted],
        second: Mapping[Weight, Weighted],
        *,
        wants_fractions: bool,
    ) -> None:
        self._first, self._second, self._wants = first, second, wants_fractions
        self._made: dict[Weight, Stacked] = {}

    def of(self, weight: Weight) -> Design:
        """Raises `AnalysisError` where the samples do not fit together."""
        if weight not in self._made:
            self._made[weight] = stacked(
                self._first[weight],
                self._second[weight],
                is_drawn=weight is Weight.RESPONDENT,
                wants_fractions=self._wants,
            )
        return self._made[weight].design

    @property
    def fractions(self) -> str:
        """What holds of all: left out where it is so of one."""
        found = {each.fractions for each in self._made.values()}
        return next((each for each in (LEFT_OUT, USED) if each in found), SMALL)


def _weighted(wave: Wave) -> dict[Weight, Weighted]:
    plain = replace(wave.recipe, finite_population=False, variance=Variance.LINEARISED.value)
    return weigh(_by_village(wave), plain)


def _by_village(wave: Wave) -> RoundFrames:
    """The frames with villages in place of the round's own names of PSUs."""

    def named(form: FormFrames | None) -> FormFrames | None:
        if form is None:
            return None
        psu = form.cases["psu"].map(lambda name: wave.village.get(str(name), str(name)))
        return replace(form, cases=form.cases.assign(psu=psu))

    found = wave.frames
    return replace(found, digital=named(found.digital), satisfaction=named(found.satisfaction))


def _changes(
    computed: Computed, both: Design, shown: list[Cell], recipe: Recipe
) -> Iterator[Compared]:
    for by, domain_type in ((WAVE, "round"), (PLACE, "commune")):
        wanted = [cell for cell in shown if cell.domain_type == domain_type]
        if wanted:
            yield from _told(both, computed.definition, by, wanted, recipe)


def _shown(computed: Computed, first: Weighted, rule: Rule, recipe: Recipe) -> list[Cell]:
    """Direct figures of now that are shown and were so in the earlier round."""
    definition = computed.definition
    bench = bench_of(definition, computed.pooled_deff, rule, recipe)
    earlier = {
        (kind, figure.domain): judged_cell(bench, kind, figure)
        for kind, by in (("round", None), ("commune", "commune"))
        for figure in figures(
            first.design, definition, by, interval=recipe.interval, confidence=recipe.confidence
        )
    }
    found = []
    for cell in computed.cells:
        other = earlier.get((cell.domain_type, cell.figure.domain))
        both = (cell, other) if other is not None and cell.method == "direct" else ()
        if both and all(each.verdict.shown is not Shown.NONE for each in both):
            found.append(cell)
    return found


def _told(
    both: Design, definition: Definition, by: str, wanted: list[Cell], recipe: Recipe
) -> Iterator[Compared]:
    found = _estimates(both, definition, by)
    place = {str(domain[0]): at for at, domain in enumerate(found.domain)}
    names = {cell.figure.domain: _pair(by, cell.figure.domain) for cell in wanted}
    told = [cell for cell in wanted if set(names[cell.figure.domain]) <= set(place)]
    if not told:
        return
    made = contrast(
        found,
        {
            cell.figure.domain or "round": dict(
                zip(names[cell.figure.domain], (-1.0, 1.0), strict=True)
            )
            for cell in told
        },
    )
    scale = unit_of(definition)
    for cell, told_of in zip(told, differences(made, definition, recipe), strict=True):
        before, now = (found.estimate[place[each]] * scale for each in names[cell.figure.domain])
        yield Compared(
            CHANGE,
            definition.id,
            cell.domain_type,
            cell.figure.domain,
            estimate=finite(now),
            reference=finite(before),
            **asdict(told_of),
        )


def _pair(by: str, domain: str) -> tuple[str, str]:
    if by == WAVE:
        return BEFORE, NOW
    return f"{BEFORE}|{domain}", f"{NOW}|{domain}"


def _estimates(design: Design, definition: Definition, by: str) -> Estimates:
    base = design.frame[definition.base.id].eq(1)
    if definition.kind is not Kind.INDEX:
        return estimators.mean(design, definition.columns[0], by=by, where=base)
    found = combined_means(
        design,
        definition.parts,
        base=base,
        by=by,
        constant=definition.constant,
        missing=definition.missing,
    )
    value = np.array([found.value[domain] for domain in found.scores.domain])
    return replace(found.scores, estimate=value)


def _other_questions(before: RoundFrames, now: RoundFrames) -> Iterator[Refusal]:
    """Forms whose questions or answers differ: what people were asked is then not the same."""
    pairs = (("A", before.digital, now.digital), ("B", before.satisfaction, now.satisfaction))
    for name, first, second in pairs:
        if first is None or second is None:
            continue
        one, two = _asked(first), _asked(second)
        other = sorted(each for each in {*one, *two} if one.get(each) != two.get(each))
        if other:
            listed = ", ".join(other[:NAMED]) + (" …" if len(other) > NAMED else "")
            yield Refusal(
                f"phiếu {name} của hai đợt hỏi khác nhau ({listed}) nên không so được.",
                f"form {name} of the two rounds asks other things ({listed}), so they do not "
                "compare.",
                form=name,
            )


def _asked(form: FormFrames) -> dict[str, tuple[Any, ...]]:
    return {each.name: (each.table, each.type, each.choices) for each in form.codebook}


def _clash(error: str) -> Refusal:
    if "stratum" in error:
        return Refusal(
            "có thôn thuộc tầng khác trong đợt trước, nên hai mẫu không ghép được.",
            "a village lay in another stratum in the earlier round, so the samples do not join.",
        )
    return Refusal(f"không tính được thay đổi: {error[:150]}", error[:150])
