"""How a round is estimated, chosen by its managers. Runs that exist are never touched."""

from collections.abc import Mapping
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet

from surveys.collection import audit, rights
from surveys.collection.models import Actor
from surveys.collection.refusal import Refused
from surveys.collection.rights import Right
from surveys.fieldwork import round_places
from surveys.fieldwork.models import Round, RoundCommune
from surveys.results.models import Run
from surveys.results.recipe import Publication, Recipe, ShareInterval, SmallArea, Unsampled
from surveys.results.recipe_words import SETTINGS
from surveys.results.round_area import real_boundaries, units_of_model
from surveys.results.stored_settings import SettingRefused

NCHS_LEVEL: Final = 0.95
SPARE_AREAS: Final = 3  # communes that a model needs beyond its coefficients


class EstimatingRefused(Refused):
    """400.141 a choice that cannot be, or does not fit the round; `setting` names it."""

    def __init__(self, vi: str, en: str, *, setting: str = "") -> None:
        super().__init__(400.141, reason_vi=vi, reason_en=en)
        self.setting = setting


def choose(actor: Actor, round_: Round, given: Mapping[str, Any]) -> Round:
    """Store the choices of a round for the runs to come; what is not given stays as it is.

    Raises
    ------
    Forbidden : without the right to manage the rounds of the project.
    EstimatingRefused : 400.141, in words; nothing is stored.
    """
    rights.require(actor, Right.MANAGE_ROUNDS, round_.project)
    with transaction.atomic():
        held = Round.objects.select_for_update().select_related("project").get(pk=round_.pk)
        before = _stored(held)
        try:
            recipe = Recipe.of({**before.to_json(), **given})
        except SettingRefused as refused:
            raise EstimatingRefused(refused.vi, refused.en, setting=refused.name) from refused
        _check_fit(held, recipe)
        after = recipe.to_json()
        old = before.to_json()
        changed = {name: [old[name], after[name]] for name in after if old[name] != after[name]}
        if changed:
            held.recipe = after
            held.save(update_fields=["recipe"])
            audit.record(
                "round.estimating",
                actor=actor,
                project=held.project,
                round=held.pk,
                changed=changed,
            )
    return held


def recipe_of(round_: Round) -> Recipe:
    """What the next run of a round will use; raises `SettingRefused`."""
    return Recipe.of(round_.recipe)


def is_newer_than(round_: Round, run: Run) -> bool:
    """Whether a new run would use other choices than this one did."""
    try:
        return recipe_of(round_) != Recipe.of(run.recipe)
    except SettingRefused:
        return True


def earlier_rounds(round_: Round) -> QuerySet[Round]:
    """The rounds of the same project that ended before this one began, newest first."""
    return (
        Round.objects.filter(project=round_.project, ends_on__lt=round_.starts_on)
        .exclude(pk=round_.pk)
        .order_by("-starts_on", "-pk")
    )


def _stored(round_: Round) -> Recipe:
    """What stands there; settings that an older version left and nobody knows start anew."""
    try:
        return recipe_of(round_)
    except SettingRefused:
        return Recipe()


def _check_fit(round_: Round, recipe: Recipe) -> None:
    if recipe.compare_with and not earlier_rounds(round_).filter(pk=recipe.compare_with).exists():
        raise EstimatingRefused(
            "chỉ so được với một đợt của cùng dự án đã kết thúc trước khi đợt này bắt đầu.",
            "a round compares only with one of the same project that ended before it began.",
            setting="compare_with",
        )
    is_usual = recipe.confidence == NCHS_LEVEL and recipe.interval == ShareInterval.KORN_GRAUBARD
    if recipe.publication == Publication.NCHS and not is_usual:
        raise EstimatingRefused(
            "quy tắc NCHS đọc khoảng Korn–Graubard 95 %: chọn khoảng và mức ấy, hoặc quy tắc khác.",
            "the NCHS rule reads the 95 % Korn–Graubard interval: choose that interval and level, "
            "or another rule.",
            setting="publication",
        )
    if recipe.small_area != SmallArea.NONE:
        _check_model(round_, recipe)


def _check_model(round_: Round, recipe: Recipe) -> None:
    communes = len(round_places.communes(round_))
    needed = 1 + len(recipe.covariates) + SPARE_AREAS
    if 0 < communes < needed:
        name = SETTINGS["small_area"].name
        raise EstimatingRefused(
            f"“{name.vi}” với {len(recipe.covariates)} điều mô tả xã cần ít nhất {needed} xã có "
            f"mẫu; đợt này có {communes}. Bớt điều mô tả, hoặc chọn “Không”.",
            f"“{name.en}” with {len(recipe.covariates)} covariates needs at least {needed} sampled "
            f"communes; this round has {communes}. Take fewer covariates, or choose “None”.",
            setting="small_area",
        )
    has_list = RoundCommune.objects.filter(round=round_).exists()
    if recipe.unsampled == Unsampled.LIST and not has_list:
        raise EstimatingRefused(
            "đợt chưa có danh sách xã: nhập tệp “Các xã của địa bàn” ở trang của đợt trước, hoặc "
            "chọn mọi xã của tỉnh.",
            "the round has no list of communes: import the file “Communes of the area” on the page "
            "of the round first, or choose all communes of the province.",
            setting="unsampled",
        )
    is_spatial = recipe.small_area == SmallArea.SPATIAL
    if is_spatial and communes and real_boundaries(units_of_model(round_, recipe)) is None:
        raise EstimatingRefused(
            "mô hình có láng giềng cần ranh giới thật của mọi xã mà nó nói đến, và ranh giới ấy "
            "chưa được nạp (sơ đồ không dùng được). Nhờ quản trị nạp ranh giới, hoặc chọn thang "
            "arcsine.",
            "the model with neighbours needs real boundaries of all communes that it is about, and "
            "they are not stored (a sketch will not do). Have the administrator import them, or "
            "choose the arcsine scale.",
            setting="small_area",
        )
