"""The body of an XForm: which control, words and answers each path has."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from forms.schema import Choice, ChoiceList, Labels
from forms.xform_paths import resolve
from forms.xform_texts import Texts
from forms.xmlsafe import local_name

_CONTROLS: Final = frozenset(
    {"input", "select1", "select", "upload", "range", "rank", "trigger", "secret", "textarea"}
)
_INSTANCE_CALL: Final = re.compile(r"instance\(\s*['\"]([^'\"]+)['\"]\s*\)")
_FILE_SOURCE: Final = re.compile(r"jr://file(?:-csv)?/(.+)")


@dataclass(slots=True)
class Said:
    """What the body says of one path."""

    control: str = ""
    labels: Labels = field(default_factory=dict)
    hint: Labels = field(default_factory=dict)
    choices: ChoiceList | None = None


class Body:
    """Reads the body; afterwards ``said`` and ``repeats`` hold what it says."""

    def __init__(
        self, texts: Texts, instances: Mapping[str, etree._Element], by_bind: Mapping[str, str]
    ) -> None:
        self.said: dict[str, Said] = {}
        self.repeats: set[str] = set()
        self._texts = texts
        self._instances = instances
        self._by_bind = by_bind  # paths by the id of their bind, as forms of 2010 refer to them
        self._lists: dict[str, ChoiceList] = {}

    def read(self, parent: etree._Element, context: str) -> None:
        for element in parent:
            kind = local_name(element)
            reference = element.get("nodeset") or element.get("ref")
            bound = element.get("bind")
            if bound and reference is None:
                reference = self._by_bind.get(bound)
            path = resolve(reference, context) if reference else context
            if kind == "repeat":
                self.repeats.add(path)
                self.read(element, path)
            elif kind == "group":
                labels = self._texts.of_element(element.find("{*}label"))
                if reference:
                    self.said.setdefault(path, Said()).labels = labels
                else:  # an unbound group around a repeat carries the repeat's label
                    repeat = element.find("{*}repeat")
                    if repeat is not None:
                        at = resolve(repeat.get("nodeset") or "", context)
                        self.said.setdefault(at, Said()).labels = labels
                self.read(element, path)
            elif kind in _CONTROLS:
                self._read_control(element, kind, path)

    def _read_control(self, element: etree._Element, kind: str, path: str) -> None:
        found = self.said.setdefault(path, Said())
        found.control = {"secret": "input", "textarea": "input"}.get(kind, kind)
        found.labels = self._texts.of_element(element.find("{*}label")) or found.labels
        found.hint = self._texts.of_element(element.find("{*}hint")) or found.hint
        choices = self._choices(element, path)
        if choices is not None:
            found.choices = choices
            if kind == "input":  # select_one_external is an <input query="…">
                found.control = "select1"

    def _choices(self, element: etree._Element, path: str) -> ChoiceList | None:
        itemset = element.find("{*}itemset")
        nodeset = itemset.get("nodeset", "") if itemset is not None else element.get("query", "")
        if nodeset:
            call = _INSTANCE_CALL.search(nodeset)
            if call is None:  # answers given earlier in the same form are the choices
                return ChoiceList(path, ())
            if itemset is None:
                return ChoiceList(call[1], (), "itemsets.csv")
            return self._instance_list(call[1], itemset)
        items = element.findall("{*}item")
        if not items:
            return None
        return ChoiceList(path, tuple(self._inline(item) for item in items))

    def _inline(self, item: etree._Element) -> Choice:
        value = item.find("{*}value")
        name = (
            "".join(str(piece) for piece in value.itertext()).strip() if value is not None else ""
        )
        return Choice(name, self._texts.of_element(item.find("{*}label")))

    def _instance_list(self, name: str, itemset: etree._Element) -> ChoiceList:
        value, label = _reference(itemset, "value", "name"), _reference(itemset, "label", "label")
        usual = value == "name" and label in {"label", "itextId"}
        key = name if usual else f"{name}:{value}:{label}"
        if key in self._lists:
            return self._lists[key]
        instance = self._instances.get(name)
        src = (instance.get("src") or "") if instance is not None else ""
        file = _FILE_SOURCE.fullmatch(src)
        choices: dict[str, Choice] = {}
        for item in instance.iter("{*}item") if instance is not None else ():
            cells = {local_name(cell): (cell.text or "") for cell in item}
            code = cells.get(value, "").strip()
            choices.setdefault(code, Choice(code, self._cell_labels(cells, label)))
        self._lists[key] = ChoiceList(key, tuple(choices.values()), file[1] if file else src)
        return self._lists[key]

    def _cell_labels(self, cells: Mapping[str, str], label: str) -> Labels:
        words = cells.get(label, "")
        if label == "itextId":
            return self._texts.of(words)
        return {"": words} if words else {}


def _reference(itemset: etree._Element, name: str, fallback: str) -> str:
    element = itemset.find("{*}" + name)
    if element is None:
        return fallback
    reference = (element.get("ref") or fallback).strip()
    call = re.fullmatch(r"jr:itext\(\s*([\w.-]+)\s*\)", reference)
    return call[1] if call else reference
