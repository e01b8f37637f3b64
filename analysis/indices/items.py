"""Questions with steps: what a file makes of each of them (top, bottom, net, mean)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from analysis.indices.catalogue import TABLES, Item
from analysis.indices.definition import Base, Definition, Kind, Part, Source, Unit, Weight
from analysis.indices.entries import Entry
from analysis.indices.recode import Recode, Table, Way

PLACE: Final = "{item}"


@dataclass(frozen=True, slots=True)
class ReadItems:
    """The items of a file with all that is made of them."""

    items: tuple[Item, ...] = ()
    definitions: tuple[Definition, ...] = ()
    recodes: tuple[Recode, ...] = ()


@dataclass(frozen=True, slots=True)
class _Settings:
    steps: tuple[str, ...]
    top: tuple[str, ...]
    bottom: tuple[str, ...]
    ids: Mapping[str, str]
    top_rule: str
    weight: Weight


def read_items(
    settings: Entry,
    entries: Mapping[str, Entry],
    base_of: Callable[[Entry], Base],
    source: Source,
) -> ReadItems:
    """Read `[items]` and every `[item.…]`.

    Top: the share of the highest steps. Bottom: that of the lowest. Net: top less bottom, one
    linearised variable, -100..100. Mean: the mean of the steps.
    """
    if not entries:
        return ReadItems()
    chosen = _settings(settings, source)
    items, recodes = [], []
    made: dict[str, list[Definition]] = {"top": [], "mean": [], "bottom": [], "net": []}
    for name, entry in entries.items():
        base = base_of(entry)
        words = entry.text("vi", is_needed=True), entry.text("en", is_needed=True)
        item = Item(name, *words, base, entry.text("question", default=name))
        is_rare = entry.flag("round_only")
        entry.finish()
        items.append(item)
        recodes += _recodes(item, chosen)
        for what in chosen.ids:
            made[what].append(_definition(item, what, chosen, source=source, is_rare=is_rare))
    definitions = tuple(each for found in made.values() for each in found)
    return ReadItems(tuple(items), definitions, tuple(recodes))


def _settings(entry: Entry, source: Source) -> _Settings:
    steps, top, bottom = entry.texts("steps"), entry.texts("top"), entry.texts("bottom")
    for name, codes in (("top", top), ("bottom", bottom)):
        for code in codes:
            if code not in steps:
                entry.wrong(name, f"“{code}” không có trong steps", f"“{code}” is not in steps")
    inside = entry.inside("make")
    ids = {}
    for what in ("top", "mean", "bottom", "net"):
        pattern = inside.text(what)
        if pattern and PLACE not in pattern:
            inside.wrong(what, f"phải chứa {PLACE}", f"must hold {PLACE}")
        if pattern:
            ids[what] = pattern
    inside.finish()
    if not steps or not ids:
        entry.wrong("steps", "cần steps và make", "needs steps and make")
    if ("top" in ids or "net" in ids) and not top:
        entry.wrong("top", "còn thiếu", "is missing")
    if ("bottom" in ids or "net" in ids) and not bottom:
        entry.wrong("bottom", "còn thiếu", "is missing")
    rule = entry.text("top_rule", default=f"{', '.join(top)} among {', '.join(steps)}")
    entry.finish()
    is_b = source is Source.SATISFACTION
    return _Settings(steps, top, bottom, ids, rule, Weight.RESPONDENT if is_b else Weight.SELF)


def _recodes(item: Item, chosen: _Settings) -> list[Recode]:
    table: Table = TABLES[chosen.weight]
    found = []
    for what, codes in (("top", chosen.top), ("bottom", chosen.bottom)):
        if what in chosen.ids or ("net" in chosen.ids and codes):
            found.append(
                Recode(
                    _column(item, what, chosen),
                    table,
                    Way.IS,
                    item.question,
                    codes,
                    among=chosen.steps,
                    only=item.base.id,
                )
            )
    if "mean" in chosen.ids:
        found.append(
            Recode(
                _column(item, "mean", chosen),
                table,
                Way.NUMBER,
                item.question,
                among=chosen.steps,
                only=item.base.id,
            )
        )
    return found


def _column(item: Item, what: str, chosen: _Settings) -> str:
    return chosen.ids.get(what, f"{what}_of_{PLACE}").replace(PLACE, item.id)


def _definition(
    item: Item, what: str, chosen: _Settings, *, source: Source, is_rare: bool
) -> Definition:
    kind, unit = Kind.SHARE, Unit.SHARE
    parts: tuple[Part, ...] = ()
    vi, en, rule = item.vi, item.en, chosen.top_rule
    if what == "mean":
        ends = f"{chosen.steps[0]}–{chosen.steps[-1]}"
        vi, en = f"{vi} (điểm trung bình {ends})", f"{en} (mean score {ends})"
        kind, unit, rule = Kind.SCORE, Unit.POINTS, f"weighted mean of {ends}"
    elif what == "bottom":
        vi, en = f"{vi} (không hài lòng)", f"{en} (lowest steps)"
        rule = f"{', '.join(chosen.bottom)} among {', '.join(chosen.steps)}"
    elif what == "net":
        vi, en = f"{vi} (hiệu số)", f"{en} (net)"
        kind, unit, rule = Kind.INDEX, Unit.NET, "100 × (top − bottom)"
        parts = (
            Part(_column(item, "top", chosen), 100.0, group="top"),
            Part(_column(item, "bottom", chosen), -100.0, group="bottom"),
        )
    return Definition(
        _column(item, what, chosen),
        vi,
        en,
        source,
        item.base,
        chosen.weight,
        rule,
        kind=kind,
        unit=unit,
        parts=parts,
        item=item.id,
        round_only=is_rare,
    )
