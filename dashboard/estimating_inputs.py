"""The form of how a round is estimated: made from the words of the settings, one field each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from dashboard.presentation.figures import words
from dashboard.presentation.formats import pick
from surveys.fieldwork.models import Round
from surveys.results.estimating import earlier_rounds
from surveys.results.recipe import SPANS, Recipe
from surveys.results.recipe_words import SECTIONS, SETTINGS, TARGETS, Setting, Target, said
from surveys.results.recipe_words.settings import Option

LISTS: Final = frozenset({"covariates"})
TARGET: Final = "target-"


class EstimatingInput(forms.Form):
    """One field a setting; numbers keep the spans of the recipe."""

    compare_with = forms.TypedChoiceField(label=_("So với đợt trước"), coerce=int, required=False)

    def __init__(self, data: Any, *, round_: Round, recipe: Recipe) -> None:
        super().__init__(data)
        self.recipe = recipe
        self.targets = _targets_of(round_)
        for setting in SETTINGS.values():
            self.fields[setting.id] = _field(setting, recipe)
        for target in self.targets:
            self.fields[TARGET + target.indicator] = forms.FloatField(
                label=words(target.name),
                required=False,
                min_value=0,
                max_value=100,
                initial=recipe.targets.get(target.indicator),
            )
        rounds = [(0, _("Không so"))] + [
            (each.pk, pick(each.name_vi, each.name_en)) for each in earlier_rounds(round_)
        ]
        self.compared = dict(rounds).get(recipe.compare_with, "")
        self.fields["compare_with"].choices = rounds  # type: ignore[attr-defined] # a ChoiceField
        self.fields["compare_with"].initial = recipe.compare_with

    def chosen(self) -> dict[str, Any]:
        """What was chosen, as the recipe has it; call when the form is valid."""
        given: dict[str, Any] = {"compare_with": self.cleaned_data["compare_with"] or 0}
        for name in SETTINGS:
            default, value = getattr(self.recipe, name), self.cleaned_data[name]
            given[name] = float(value) if isinstance(default, float) else value
        given["targets"] = {
            each.indicator: value
            for each in self.targets
            if (value := self.cleaned_data[TARGET + each.indicator]) is not None
        }
        return given


@dataclass(frozen=True, slots=True)
class Line:
    """A setting with its field, and what is chosen now in words."""

    setting: Setting
    field: forms.BoundField
    options: tuple[tuple[Option, bool], ...]
    is_list: bool
    now: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class Part:
    id: str
    title: str
    lines: tuple[Line, ...]


def parts(form: EstimatingInput) -> Iterator[Part]:
    """The sections of the page."""
    now = {each.name: words(each.value) for each in said(form.recipe.to_json())}
    for section in SECTIONS:
        lines = tuple(_line(form, setting, now) for setting in section.settings)
        yield Part(section.id, words(section.name), lines)


def target_fields(form: EstimatingInput) -> list[tuple[Target, forms.BoundField]]:
    return [(each, form[TARGET + each.indicator]) for each in form.targets]


def _line(form: EstimatingInput, setting: Setting, now: Mapping[Any, str]) -> Line:
    field = form[setting.id]
    value = field.value()
    held = {str(each) for each in value} if setting.id in LISTS else {str(value)}
    return Line(
        setting=setting,
        field=field,
        options=tuple((option, option.value in held) for option in setting.options),
        is_list=setting.id in LISTS,
        now=now.get(setting.name, ""),
        is_open=bool(field.errors),
    )


def _targets_of(round_: Round) -> tuple[Target, ...]:
    kinds = round_.forms.order_by("kind").values_list("kind", flat=True)
    return tuple(each for kind in kinds for each in TARGETS.get(kind, ()))


def _field(setting: Setting, recipe: Recipe) -> forms.Field:
    value = getattr(recipe, setting.id)
    name = words(setting.name)
    if isinstance(value, bool):
        return forms.BooleanField(label=name, required=False, initial=value)
    if setting.options:
        choices = [(option.value, words(option.name)) for option in setting.options]
        if setting.id in LISTS:
            return forms.MultipleChoiceField(
                label=name, choices=choices, required=False, initial=list(value)
            )
        if str(value) not in dict(choices):  # set over the API
            choices.append((str(value), str(value)))
        return forms.ChoiceField(label=name, choices=choices, initial=str(value))
    span = SPANS[setting.id]
    if isinstance(value, int):
        low, high = int(span.low), int(span.high)
        return forms.IntegerField(label=name, min_value=low, max_value=high, initial=value)
    return forms.FloatField(label=name, min_value=span.low, max_value=span.high, initial=value)
