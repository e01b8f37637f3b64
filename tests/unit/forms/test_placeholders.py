"""Texts of a round, filled into a form."""

from __future__ import annotations

import hashlib

import pytest

from forms.placeholders import (
    UnfilledPlaceholders,
    consent_hash,
    fill,
    placeholders,
    with_version,
)
from forms.schema import NotAnXForm, read_schema

FORM = """<?xml version="1.0"?><h:html xmlns:h="http://www.w3.org/1999/xhtml"><h:head><model>
<itext><translation lang="vi"><text id="/data/g/consent_txt:label"><value>{{who}} hỏi, {{who}}
 gọi {{ tel }}.</value></text></translation><translation lang="en"><text
 id="/data/g/consent_txt:label"><value>{{who}} asks.</value></text></translation></itext>
<instance><data id="f" version="1"><a/></data></instance>
<bind nodeset="/data/v" calculate="'{{consent_hash}}'"/></model></h:head></h:html>""".encode()
VALUES = {"who": "Sở Nội vụ & UBND <xã>", "tel": "0237 \"1\" '2'"}


def test_it_finds_names_in_every_language() -> None:
    assert placeholders(FORM) == {"who", "tel", "consent_hash"}


def test_it_fills_texts_escaped() -> None:
    filled = fill(FORM, VALUES)
    assert placeholders(filled) == frozenset()
    assert "Sở Nội vụ &amp; UBND &lt;xã&gt; asks." in filled.decode()
    assert read_schema(filled).form_id == "f"


def test_it_changes_nothing_else() -> None:
    pieces = FORM.decode().split("{{")
    filled = fill(FORM, VALUES).decode()
    for piece in pieces:
        assert piece.partition("}}")[2] in filled


def test_the_hash_is_of_the_words_as_published() -> None:
    words = "Sở Nội vụ & UBND <xã> hỏi, Sở Nội vụ & UBND <xã> gọi 0237 \"1\" '2'.\n"
    words += "Sở Nội vụ & UBND <xã> asks."
    expected = hashlib.sha256(words.encode()).hexdigest()[:12]
    filled = fill(FORM, VALUES)
    assert consent_hash(filled) == expected
    assert f"'{expected}'".encode() in filled


def test_other_words_have_another_hash() -> None:
    assert consent_hash(fill(FORM, VALUES)) != consent_hash(fill(FORM, VALUES | {"who": "UBND"}))


@pytest.mark.parametrize("values", [{}, {"who": "a"}, {"who": "a", "tel": "  "}])
def test_an_unfilled_text_refuses(values: dict[str, str]) -> None:
    with pytest.raises(UnfilledPlaceholders) as caught:
        fill(FORM, values)
    assert "tel" in caught.value.names
    assert "consent_hash" not in caught.value.names


def test_a_value_that_looks_like_a_placeholder_stays_as_it_is() -> None:
    filled = fill(FORM, {"who": "{{tel}}", "tel": "1"})
    assert b"{{tel}} asks" in filled


def test_a_form_without_placeholders_stays_byte_for_byte() -> None:
    form = FORM.replace(b"{{", b"[[")
    assert fill(form, {}) == form


@pytest.mark.parametrize("version", ["2026112201", "a\"b<c>&'d"])
def test_it_sets_the_version_and_nothing_else(version: str) -> None:
    changed = with_version(FORM, version)
    assert read_schema(changed).version == version
    assert read_schema(with_version(changed, "1")) == read_schema(FORM)


def test_it_adds_a_version_where_there_is_none() -> None:
    form = FORM.replace(b' version="1"><a', b"><a")
    assert read_schema(with_version(form, "9")).version == "9"


def test_a_version_in_other_places_is_left_alone() -> None:
    form = FORM.replace(b"<a/>", b'<a version="5"/>').replace(b"<model>", b'<model version="4">')
    changed = with_version(form, "9")
    assert b'<a version="5"/>' in changed
    assert b'<model version="4">' in changed
    assert read_schema(changed).version == "9"


def test_what_is_no_form_has_no_version() -> None:
    with pytest.raises(NotAnXForm):
        with_version(b"<a/>", "1")
