"""Settings of a round that stand as JSON: read into a frozen value, or refused by name."""

import math
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, TypeVar

Settings = TypeVar("Settings")


class SettingRefused(ValueError):
    """A stored setting is unknown or of the wrong kind; says which and what is possible.

    `name` is the setting, for a page that shows the sentence beside it.
    """

    def __init__(self, vi: str, en: str, *, name: str = "") -> None:
        super().__init__(en)
        self.vi, self.en, self.name = vi, en, name


def settings_of(kind: type[Settings], stored: Mapping[str, Any]) -> Settings:
    """A value of the dataclass `kind`: its defaults, and what the round sets otherwise.

    Raises
    ------
    SettingRefused : a name that is no setting, or a value of another type than the default.
    """
    defaults = kind()
    known = sorted(each.name for each in fields(kind))  # type: ignore[arg-type] # a dataclass
    for name, value in stored.items():
        if name not in known:
            listed = ", ".join(known)
            raise SettingRefused(
                f"Không có thiết lập “{name}”. Có: {listed}.",
                f"There is no setting “{name}”. There are: {listed}.",
                name=name,
            )
        wanted = type(getattr(defaults, name))
        fits = type(value) is wanted or (wanted is float and type(value) is int)
        if not fits or (wanted is float and not math.isfinite(value)):
            raise SettingRefused(
                f"Thiết lập “{name}” phải là {wanted.__name__}, không phải {value!r}.",
                f"The setting “{name}” must be {wanted.__name__}, not {value!r}.",
                name=name,
            )
    return kind(**stored)
