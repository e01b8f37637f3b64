"""What a setting of a recipe looks like to people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from surveys.results.reading.names import Names

NO_UNIT: Final = Names("", "")


@dataclass(frozen=True, slots=True)
class Option:
    """One value of a setting, its name and what it changes."""

    value: str
    name: Names
    changes: Names


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting; without options a number or yes/no. `unit` stands after a number."""

    id: str
    name: Names
    changes: Names
    options: tuple[Option, ...] = ()
    unit: Names = NO_UNIT
    zero: Names = NO_UNIT  # what 0 means, where it means "not at all"


@dataclass(frozen=True, slots=True)
class Section:
    id: str
    name: Names
    settings: tuple[Setting, ...]


@dataclass(frozen=True, slots=True)
class Target:
    """An indicator for which a round may state a target, in per cent or in points of 0..100."""

    indicator: str
    name: Names
    is_percent: bool


def option(value: str, vi: str, en: str, what_vi: str, what_en: str) -> Option:
    return Option(value, Names(vi, en), Names(what_vi, what_en))
