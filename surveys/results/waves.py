"""The earlier round that a run is compared with: read, and why it may not be."""

from __future__ import annotations

from typing import Any

from analysis.publication import Rule
from surveys.fieldwork.models import Round, SampledVillage
from surveys.results.cells import Computed
from surveys.results.changing import Changes, Refusal, Wave, changes
from surveys.results.extract import RoundFrames, frames
from surveys.results.recipe import Recipe
from surveys.results.stored_settings import SettingRefused

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
    before = Wave(frames(earlier), _villages(earlier), its_own)
    made = changes(before, Wave(found, _villages(round_), recipe), computed, rule)
    return made, _facts(earlier, made)


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
        "refusals": [{"vi": each.vi, "en": each.en} for each in made.refusals],
    }
