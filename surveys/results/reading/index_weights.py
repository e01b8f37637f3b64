"""The satisfaction index under other weights, as it is read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from surveys.results.reading.areas import TOO_LITTLE, VERDICT_NAMES
from surveys.results.reading.figures import RunReader, ShownFigure
from surveys.results.reading.names import NOTHING, Names
from surveys.results.reading.satisfaction import VOICE, VOICE_TITLE

INDEX: Final = "sat_users"
WHEN: Final[Mapping[str, Names]] = {
    "without": Names("bỏ “{}”", "without “{}”"),
    "more": Names("“{}” nặng gấp rưỡi", "“{}” half as heavy again"),
    "less": Names("“{}” nặng một nửa", "“{}” half as heavy"),
}


@dataclass(frozen=True, slots=True)
class Without:
    """The index of the round without one factor."""

    title: Names
    value: float
    lower: float | None
    upper: float | None


@dataclass(frozen=True, slots=True)
class OtherWord:
    """A word that other weights would put in the place of the one that is said."""

    area: Names
    is_target: bool
    word: Names
    other: Names
    when: tuple[Names, ...]


@dataclass(frozen=True, slots=True)
class IndexWeights:
    """`low` and `high`: over all weights, each within ± `spread` of the chosen one."""

    index: ShownFigure
    spread: float
    low: float
    high: float
    rows: tuple[Without, ...]
    n_words: int
    n_changed: int
    words: tuple[OtherWord, ...]

    @property
    def half_percent(self) -> float:
        return 100 * self.spread


def index_weights(found: RunReader) -> IndexWeights | None:
    """Read what a run found; None where the index or a factor of it is not shown."""
    stored: Mapping[str, Any] = found.run.report.get("index_weights") or {}
    index = found.figure(INDEX)
    if not stored or not index.is_shown:
        return None
    return IndexWeights(
        index=index,
        spread=float(stored["spread"]),
        low=float(stored["low"]),
        high=float(stored["high"]),
        rows=tuple(
            Without(_title(found, each["without"]), each["value"], each["lower"], each["upper"])
            for each in stored["rows"]
            if each["value"] is not None
        ),
        n_words=int(stored["n_words"]),
        n_changed=len(stored["changed"]),
        words=tuple(word for each in stored["changed"] for word in _words(found, each)),
    )


def _title(found: RunReader, factor: str) -> Names:
    return VOICE_TITLE if factor == VOICE else found.name(factor)


def _words(found: RunReader, stored: Mapping[str, Any]) -> Iterable[OtherWord]:
    """One for each other word that would stand there, with all weights that put it there."""
    is_target = stored["kind"] == "target"
    for word in dict.fromkeys(each["word"] for each in stored["to"]):
        yield OtherWord(
            area=found.domain_name(stored["domain_type"], stored["domain"]),
            is_target=is_target,
            word=_name(stored["from"], is_target=is_target),
            other=_name(word, is_target=is_target),
            when=tuple(_when(found, each) for each in stored["to"] if each["word"] == word),
        )


def _name(word: str, *, is_target: bool) -> Names:
    if is_target and word == "unclear":
        return TOO_LITTLE
    return VERDICT_NAMES.get(word, NOTHING)


def _when(found: RunReader, stored: Mapping[str, str]) -> Names:
    title, when = _title(found, stored["factor"]), WHEN[stored["kind"]]
    return Names(when.vi.format(title.vi), when.en.format(title.en))
