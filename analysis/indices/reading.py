"""Definition files: read, checked as a whole, and every mistake named with file, line and field."""

from __future__ import annotations

import re
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

from analysis.indices.catalogue import TABLES, USUAL, WEIGHTS, Catalogue, Item, Who, in_order
from analysis.indices.categories import read_categories, read_each
from analysis.indices.definition import (
    Base,
    Definition,
    Kind,
    Missing,
    Source,
    Unit,
)
from analysis.indices.entries import Entry
from analysis.indices.items import read_items
from analysis.indices.met import read_met
from analysis.indices.parsing import parsed
from analysis.indices.parts import Expansion
from analysis.indices.problems import Notes
from analysis.indices.recode import Recode, Table
from analysis.indices.sensitive import guarded
from analysis.indices.written import Written, read_index

ID: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")
SECTIONS: Final = ("base", "column", "items", "item", "indicator")


def read(text: str, file: str, known: Catalogue | None = None) -> Catalogue:
    """Read one definition file.

    Parameters
    ----------
    text : the file, TOML.
    file : its name, for messages.
    known : definitions that the file may build upon and whose ids it may not take.

    Returns
    -------
    Catalogue
        What the file holds, without what was `known`.

    Raises
    ------
    DefinitionError
        Every mistake that was found: not TOML, a field that is missing, unknown or of another
        kind, an id that is taken, a base, column or part that is not there, a circle.

    Examples
    --------
    >>> found = read('''
    ... form = "A"
    ... [base.everybody]
    ... vi = "mọi người"
    ... en = "everybody"
    ... met = { question = "a_go", is = ["1"] }
    ... [indicator.online]
    ... vi = "Dùng Internet"
    ... en = "Online"
    ... base = "everybody"
    ... rule = "a_net3m = yes"
    ... met = { question = "a_net3m", is = ["yes"] }
    ... ''', "own.toml")
    >>> found.definitions["online"].base.en, [each.column for each in found.recodes]
    ('everybody', ['everybody', 'online'])
    """
    notes = Notes(file, text)
    top = Entry("", parsed(text, notes), notes)
    notes.stop_if_any()
    found = _Reader(top, notes, known or Catalogue.empty()).read()
    notes.stop_if_any()
    return found


class _Reader:
    """One pass over a file: bases and columns, items, indicators, then the parts of indices."""

    def __init__(self, top: Entry, notes: Notes, known: Catalogue) -> None:
        self.top, self.notes, self.known = top, notes, known
        self.source = top.choice("form", Source, Source.DIGITAL)
        if not top.has("form"):
            top.wrong("form", 'còn thiếu: form = "A" hoặc "B"', 'is missing: form = "A" or "B"')
        self.bases: dict[str, Base] = {}
        self.items: dict[str, Item] = {}
        self.definitions: dict[str, Definition] = {}
        self.recodes: list[Recode] = []
        self.program: set[str] = set()
        self.written: dict[str, Written] = {}
        self.from_items: tuple[Definition, ...] = ()

    def read(self) -> Catalogue:
        sections = {name: self.top.inside(name) for name in SECTIONS}
        self.top.finish()
        for kind, take in (("base", self._base), ("column", self._column)):
            for name in sections[kind].fields:
                take(name, self._entry(kind, name, sections[kind].fields[name]))
        self._items(sections["items"], sections["item"])
        for name, fields in sections["indicator"].fields.items():
            self._indicator(name, self._entry("indicator", name, fields))
        items = {each.id: each for each in self.from_items}
        self.definitions = {
            **{name: each for name, each in self.definitions.items() if name not in items},
            **items,
        }
        self.notes.stop_if_any()
        self._expand()
        return Catalogue(
            MappingProxyType(self.definitions),
            MappingProxyType(self.bases),
            MappingProxyType(self.items),
            self._ordered(),
            frozenset(self.program),
        )

    def _entry(self, kind: str, name: str, fields: Any) -> Entry:
        entry = Entry(f"{kind}.{name}", fields, self.notes)
        if not ID.fullmatch(name) or "__" in name or name.endswith(("_low", "_high")):
            entry.wrong(
                "",
                "mã chỉ gồm chữ thường không dấu, số và gạch dưới đơn; không kết thúc bằng _low, "
                "_high",
                "an id is lower-case letters, digits and single underscores, not ending in _low "
                "or _high",
            )
        taken = {
            "base": self.known.bases,
            "column": self.known.columns,
            "item": self.known.items,
            "indicator": self.known.definitions,
        }[kind]
        if name in taken:
            entry.wrong("", "mã này đã có, hãy đặt mã khác", "this id is taken, choose another")
        return entry

    def _table(self, entry: Entry) -> Table:
        usual = TABLES[WEIGHTS[USUAL[self.source]]]
        return entry.choice("of", Table, usual)

    def _base(self, name: str, entry: Entry) -> None:
        words = entry.text("vi", is_needed=True), entry.text("en", is_needed=True)
        self.bases[name] = Base(name, *words)
        table = self._table(entry)
        if entry.flag("program"):
            self.program.add(name)
        elif entry.has("met"):
            self._met(entry, name, table, is_base=True)
        else:
            entry.wrong("met", "còn thiếu: ai được tính?", "is missing: who counts?")
        entry.finish()

    def _column(self, name: str, entry: Entry) -> None:
        table = self._table(entry)
        found = read_met(entry, name, table, has_bounds=True)
        if found is not None:
            self.recodes.append(found)
        entry.finish()

    def _met(self, entry: Entry, column: str, table: Table, **options: Any) -> None:
        inside = entry.inside("met")
        found = read_met(inside, column, table, **options)
        inside.finish()
        if found is not None:
            self.recodes.append(found)

    def _items(self, settings: Entry, items: Entry) -> None:
        entries = {name: self._entry("item", name, fields) for name, fields in items.fields.items()}
        found = read_items(settings, entries, self._base_of, self.source)
        self.items |= {item.id: item for item in found.items}
        self.from_items = found.definitions
        self.definitions |= {each.id: each for each in found.definitions}
        self.recodes += found.recodes

    def _base_of(self, entry: Entry) -> Base:
        name = entry.text("base", is_needed=True)
        found = self.bases.get(name) or self.known.bases.get(name)
        if found is None:
            if name:
                entry.wrong("base", f"không có base “{name}”", f"there is no base “{name}”")
            return Base(name, name, name)
        return found

    def _indicator(self, name: str, entry: Entry) -> None:
        if name in self.definitions:
            entry.wrong("", "mã này đã có, hãy đặt mã khác", "this id is taken, choose another")
        kind = self._kind(entry)
        unit = entry.choice("unit", Unit, Unit.SCORE if kind is Kind.INDEX else Unit.SHARE)
        weight = WEIGHTS[entry.choice("weight", Who, USUAL[self.source])]
        is_percent = kind is Kind.SHARE and unit is Unit.SCORE
        definition = Definition(
            name,
            entry.text("vi", is_needed=True),
            entry.text("en", is_needed=True),
            self.source,
            self._base_of(entry),
            weight,
            entry.text("rule", is_needed=True),
            kind=kind,
            unit=unit,
            scale=100 if is_percent else 1.0,
            missing=entry.choice("missing", Missing, Missing.ITEM),
            least_answers=entry.whole("least_answers", 30),
            categories=read_categories(entry) if kind is Kind.CATEGORIES else (),
            has_bounds=entry.flag("bounds"),
            round_only=entry.flag("round_only"),
            is_sensitive=entry.flag("sensitive"),
            is_core=entry.flag("core"),
        )
        self.definitions[name] = definition
        self._made(entry, definition)
        entry.finish()

    def _kind(self, entry: Entry) -> Kind:
        if entry.has("parts") or entry.has("sum") or entry.has("parts_of"):
            return Kind.INDEX
        if entry.has("category") or entry.has("categories_of"):
            return Kind.CATEGORIES
        kind = entry.choice("kind", Kind, Kind.SHARE)
        if kind in (Kind.INDEX, Kind.CATEGORIES):
            entry.wrong("kind", "thiếu parts hoặc category", "lacks its parts or categories")
        return kind

    def _made(self, entry: Entry, definition: Definition) -> None:
        """Where the column of the indicator comes from."""
        table = TABLES[definition.weight]
        if definition.kind is Kind.INDEX:
            found = read_index(entry, definition.id, self.written, self._known_indices())
            if found is not None:
                self.written[definition.id] = found
        elif entry.flag("program"):
            self.program |= set(definition.columns)
        elif definition.kind is Kind.CATEGORIES:
            self.recodes += read_each(entry, definition, table)
        elif entry.has("met"):
            times = 100.0 if (definition.kind, definition.unit) == (Kind.SCORE, Unit.SCORE) else 1.0
            self._met(entry, definition.id, table, times=times, has_bounds=definition.has_bounds)
        else:
            entry.wrong("met", "còn thiếu: câu trả lời nào?", "is missing: which answers?")

    def _known_indices(self) -> frozenset[str]:
        known = self.known.definitions.values()
        return frozenset(each.id for each in known if each.kind is Kind.INDEX)

    def _expand(self) -> None:
        """The parts of every index, now that all ids and columns are known."""
        plain = {
            **self.known.definitions,
            **{name: each for name, each in self.definitions.items() if name not in self.written},
        }
        made = {recode.column for recode in self.recodes}
        expansion = Expansion(plain, self.written, self.known.columns | self.program | made)
        for name in self.written:
            found = expansion.of(name)
            for each in found.unknown:
                self.notes.add(
                    f"indicator.{name}",
                    "parts",
                    f"không có chỉ tiêu hay cột “{each}”",
                    f"there is no indicator or column “{each}”",
                )
            self.definitions[name] = replace(
                self.definitions[name],
                parts=found.parts,
                constant=found.constant,
                overall=self.written[name].overall,
            )
        self.definitions = guarded(self.definitions, self.recodes, self.known)

    def _ordered(self) -> tuple[Recode, ...]:
        found = in_order(self.recodes, self.known.columns | self.program)
        made = {recode.column for recode in found}
        ready = made | self.known.columns | self.program
        for recode in self.recodes:
            if recode.column not in made:
                lacking = ", ".join(name for name in recode.needs if name not in ready)
                entry = next(
                    name
                    for name in (f"indicator.{recode.column}", f"column.{recode.column}", "")
                    if not name or self.notes.lines.of(name)
                )
                self.notes.add(
                    entry,
                    "met",
                    f"cần cột “{lacking}”, không có hoặc quay vòng",
                    f"needs column “{lacking}”, which is not there or goes in a circle",
                )
        return found
