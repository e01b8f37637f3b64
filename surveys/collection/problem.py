"""What a problem is: a stable code and one sentence in each language."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Problem:
    code: float
    vi: str
    en: str

    @property
    def status(self) -> int:
        return int(self.code)

    def vi_with(self, details: Mapping[str, Any]) -> str:
        return filled(self.vi, details)

    def en_with(self, details: Mapping[str, Any]) -> str:
        return filled(self.en, details)


class _Details(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "…"


def filled(sentence: str, details: Mapping[str, Any]) -> str:
    """The sentence with its {places} filled; what no detail fills reads as …"""
    plain = {key: _plain(value) for key, value in details.items()}
    return sentence.format_map(_Details(plain))


def _plain(value: Any) -> str:
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(str(each) for each in value)
    return str(value)
