"""Every sentence of the pages has its English, without gettext tools on this machine."""

import ast
import gettext
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.template import engines
from django.template.base import Node, NodeList, Template
from django.templatetags.i18n import BlockTranslateNode, TranslateNode

import dashboard

ROOM = Path(dashboard.__file__).parent
CATALOGUE = ROOM / "locale" / "en" / "LC_MESSAGES"
CALLS = {"gettext", "gettext_lazy", "_"}
IN_TAGS = re.compile(r'\b_\("((?:[^"\\]|\\.)*)"\)')


@pytest.fixture(scope="module")
def english() -> dict[str, str]:
    with (CATALOGUE / "django.mo").open("rb") as file:
        return dict(gettext.GNUTranslations(file)._catalog)  # type: ignore[attr-defined]


def nodes_of(nodes: NodeList) -> Iterator[Node]:
    for node in nodes:
        yield node
        for name in {*node.child_nodelists, "nodelist"}:
            inner = getattr(node, name, None)
            if inner is not None:
                yield from nodes_of(inner)


def sentences_of_template(path: Path) -> Iterator[str]:
    source = path.read_text(encoding="utf-8")
    yield from IN_TAGS.findall(source)
    template: Template = engines["django"].from_string(source).template
    for node in nodes_of(template.nodelist):
        if isinstance(node, TranslateNode):
            yield str(node.filter_expression.var.literal).replace("%", "%%")
        if isinstance(node, BlockTranslateNode):
            yield node.render_token_list(node.singular)[0]


def sentences_of_module(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            continue
        if node.func.id in CALLS and isinstance(node.args[0], ast.Constant):
            yield str(node.args[0].value)


def has_english(sentence: str, english: dict[str, str]) -> bool:
    found = english.get(sentence) or english.get((sentence, 0))  # type: ignore[call-overload]
    return bool(found)


def test_every_sentence_of_a_template_has_its_english(english: dict[str, str]) -> None:
    templates = sorted((ROOM / "templates").rglob("*.html"))
    sentences = {text for path in templates for text in sentences_of_template(path)}
    assert len(sentences) > 300
    assert sorted(text for text in sentences if not has_english(text, english)) == []


def test_every_sentence_of_a_view_has_its_english(english: dict[str, str]) -> None:
    sentences = {text for path in sorted(ROOM.rglob("*.py")) for text in sentences_of_module(path)}
    assert len(sentences) > 50
    assert sorted(text for text in sentences if not has_english(text, english)) == []


def test_placeholders_are_the_same_in_both_languages(english: dict[str, str]) -> None:
    names = re.compile(r"%\((\w+)\)s")
    different = [
        key
        for key, text in english.items()
        if isinstance(key, str) and sorted(names.findall(key)) != sorted(names.findall(text))
    ]
    assert different == []


def test_the_compiled_catalogue_is_that_of_the_text_beside_it(english: dict[str, str]) -> None:
    said = re.findall(r'^msgid "(.+)"\nmsgstr "(.+)"$', (CATALOGUE / "django.po").read_text(), re.M)
    assert len(said) > 400
    stale = [vi for vi, en in said if english.get(vi.replace('\\"', '"')) != en.replace('\\"', '"')]
    assert stale == []
