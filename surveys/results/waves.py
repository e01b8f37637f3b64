"""The earlier round that a run is compared with: read, and why it may not be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from analysis.publication import Rule
from surveys.fieldwork.models import Round, SampledVillage
from surveys.fieldwork.round_places import boundaries_day, communes_of_villages
from surveys.results.cells import Computed
from surveys.results.changing import Changes, Refusal, Wave, changes
from surveys.results.extract import RoundFrames, frames
from surveys.results.recipe import Recipe
from surveys.results.stored_settings import SettingRefused
from surveys.territory.conversion import UnlikeTerritoriesError, require_same_territory
from surveys.territory.models import AdminUnit

GONE = Refusal("đợt trước không còn trong dự án.", "the earlier round is no longer in the project.")


def changes_of(
    round_: Round,
    found: RoundFrames,
    computed: tuple[Computed, ...],
    rule: Rule,
    recipe: Recipe,
) -> tuple[Changes, dict[str, Any]]:
    """The changes since the round that the recipe names, with what the report says of them."""
    earlier = Round.objects.filter(pk=recipe.compare_with, project=round_.project).first()
    if earlier is None:
        return Changes(refusals=(GONE,)), _facts(None, Changes(refusals=(GONE,)))
    try:
        its_own = Recipe.of(earlier.recipe)
    except SettingRefused as refused:
        made = Changes(refusals=(Refusal(refused.vi, refused.en),))
        return made, _facts(earlier, made)
    # The villages of the earlier round on the boundaries of this one: what lies in a commune now
    # is compared with what lay in the same territory then, also where villages were moved.
    day = boundaries_day(round_)
    other = unlike(communes_of_villages(earlier, on=day), communes_of_villages(round_))
    before = Wave(frames(earlier, on=day), _villages(earlier), its_own)
    comparable = tuple(_without(each, frozenset(other)) for each in computed)
    made = changes(before, Wave(found, _villages(round_), recipe), comparable, rule)
    made = replace(made, refusals=(*made.refusals, *other.values()))
    return made, _facts(earlier, made)


def unlike(before: Mapping[str, AdminUnit], now: Mapping[str, AdminUnit]) -> dict[str, Refusal]:
    """Codes that are about another territory in each round, with what to say about them."""
    earlier = {unit.code: unit for unit in before.values()}
    found = {}
    for unit in {each.code: each for each in now.values()}.values():
        try:
            require_same_territory(earlier.get(unit.code, unit), unit)
        except UnlikeTerritoriesError as error:
            found[unit.code] = Refusal(error.message_vi, error.message_en)
    return found


def _without(computed: Computed, codes: frozenset[str]) -> Computed:
    kept = (
        cell
        for cell in computed.cells
        if cell.domain_type != "commune" or cell.figure.domain not in codes
    )
    return replace(computed, cells=tuple(kept)) if codes else computed


def _villages(round_: Round) -> dict[str, str]:
    """The village behind each PSU of a round."""
    pairs = SampledVillage.objects.filter(round=round_).values_list("psu", "village_id")
    return {str(psu): f"village-{village}" for psu, village in pairs}


def _facts(earlier: Round | None, made: Changes) -> dict[str, Any]:
    return {
        "round": earlier.pk if earlier is not None else None,
        "name_vi": earlier.name_vi if earlier is not None else "",
        "name_en": earlier.name_en if earlier is not None else "",
        "shared_villages": made.shared_villages,
        "fractions": made.fractions,
        "refusals": [{"vi": each.vi, "en": each.en} for each in made.refusals],
    }
