"""What each choice of a recipe changes, in one sentence a reader without statistics understands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from surveys.results.reading.names import Names
from surveys.results.recipe_words import communes, comparing, errors, weights
from surveys.results.recipe_words.comparing import TARGETS
from surveys.results.recipe_words.settings import Option, Section, Setting, Target

__all__ = [
    "SECTIONS",
    "SETTINGS",
    "TARGETS",
    "Option",
    "Said",
    "Section",
    "Setting",
    "Target",
    "option_name",
    "option_of",
    "said",
]

SECTIONS: Final = (weights.SECTION, errors.SECTION, communes.SECTION, comparing.SECTION)
SETTINGS: Final[Mapping[str, Setting]] = {
    each.id: each for section in SECTIONS for each in section.settings
}


def option_of(setting: str, value: str) -> Option:
    """One value of a setting with its words."""
    return next(each for each in SETTINGS[setting].options if each.value == value)


def option_name(setting: str, value: str) -> Names:
    """The name of a value; the value itself where nobody knows it."""
    found = [each.name for each in SETTINGS[setting].options if each.value == value]
    return found[0] if found else Names(value, value)


YES: Final = Names("có", "yes")
NO: Final = Names("không", "no")


@dataclass(frozen=True, slots=True)
class Said:
    """One choice that a run used, in words."""

    name: Names
    value: Names
    changes: Names


def said(recipe: Mapping[str, Any]) -> tuple[Said, ...]:
    """The choices of a run in words, in the order of the form; what an old run lacks is left out.

    Example
    -------
    >>> said({"interval": "logit"})[0].value.en
    'Logit'
    """
    return tuple(
        _said(setting, recipe[setting.id]) for setting in SETTINGS.values() if setting.id in recipe
    )


def _said(setting: Setting, value: Any) -> Said:
    if isinstance(value, bool):
        return Said(setting.name, YES if value else NO, setting.changes)
    if setting.options:
        chosen = value if isinstance(value, (list, tuple)) else [value]
        found = [o for o in setting.options if o.value in {str(each) for each in chosen}]
        if found:
            names = Names(", ".join(o.name.vi for o in found), ", ".join(o.name.en for o in found))
            only = found[0].changes if len(found) == 1 else setting.changes
            return Said(setting.name, names, only)
    if setting.zero.vi and value == 0:
        return Said(setting.name, setting.zero, setting.changes)
    text = f"{value:g}" if isinstance(value, float) else str(value)
    unit = setting.unit
    shown = Names(f"{text.replace('.', ',')} {unit.vi}".strip(), f"{text} {unit.en}".strip())
    return Said(setting.name, shown if value not in ([], ()) else NO, setting.changes)
