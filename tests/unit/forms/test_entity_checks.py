"""What a form may declare about entities; what is wrong is said with its remedy.

Q1 names; Q2 specification versions; Q3 several lists and repeats; Q4 where answers are saved.
"""

import pytest

from forms.entity_checks import (
    check_entities,
    is_list_name,
    is_property_name,
    properties_of,
    uuid_of,
)
from forms.schema import read_schema
from tests.entity_world import REPEAT_FORM, entity_form


@pytest.mark.parametrize("name", ["people", "cây_xanh", "_x", "a-b", "a:b", "x" * 200])
def test_a_list_name_is_a_word(name: str) -> None:
    assert is_list_name(name)


@pytest.mark.parametrize("name", ["", "a.b", "__x", "1a", "a b", "a/b", "x" * 201, "-a", "a\n"])
def test_what_is_no_word_names_no_list(name: str) -> None:
    assert not is_list_name(name)


@pytest.mark.parametrize("name", ["st_a", "so.nha", "tuổi", "_x", "a-1"])
def test_a_property_name_may_hold_dots(name: str) -> None:
    assert is_property_name(name)


@pytest.mark.parametrize("name", ["", "name", "LABEL", "__version", "a:b", "2nd", "a b", "a\n"])
def test_a_property_is_not_called_like_what_every_entity_has(name: str) -> None:
    assert not is_property_name(name)


@pytest.mark.parametrize(
    "said",
    ["", "h1", "2e8b0c0a-6f0d-1e0b-9c57-0c1d2e3f4a5b", "2e8b0c0a6f0d4e0b9c570c1d2e3f4a5b", "uuid:"],
)
def test_only_version_4_is_an_id(said: str) -> None:
    assert uuid_of(said) is None


@pytest.mark.parametrize("version", ["2022.1.0", "2023.1.0", "2024.1.0", "2025.1.0", "2025.1.7"])
def test_every_specification_that_collect_knows_is_taken(version: str) -> None:
    assert check_entities(read_schema(entity_form(spec=version))) is None


@pytest.mark.parametrize(
    "version", ["", "2021.1.0", "2025.2.0", "2026.1.0", "x.y", "2024", "9" * 9]
)
def test_another_specification_is_refused(version: str) -> None:
    fault = check_entities(read_schema(entity_form(spec=version)))
    assert fault is not None
    assert "entities-version" in fault.en
    assert "entities-version" in fault.vi


def test_entities_in_repeats_need_2025() -> None:
    assert check_entities(read_schema(REPEAT_FORM)) is None
    older = REPEAT_FORM.replace(b"2025.1.0", b"2024.1.0")
    fault = check_entities(read_schema(older))
    assert fault is not None
    assert "2025.1.0" in fault.en


def test_answers_go_to_the_nearest_entity_above_them() -> None:
    schema = read_schema(REPEAT_FORM)
    saved = {
        block.dataset: [each.saveto for each in properties_of(schema, block)]
        for block in schema.entities
    }
    assert saved == {"gardens": ["name_vi"], "trees": ["species"]}


def test_an_answer_of_a_repeat_is_not_saved_outside_it() -> None:
    inner = b"""<meta><entity dataset="trees" id="" create="1"><label/></entity></meta></cay>"""
    fault = check_entities(read_schema(REPEAT_FORM.replace(inner, b"</cay>")))
    assert fault is not None
    assert "repeat" in fault.en


def test_two_questions_do_not_fill_one_property() -> None:
    form = entity_form(savetos=("a", "b")).replace(b'saveto="b"', b'saveto="A"')
    fault = check_entities(read_schema(form))
    assert fault is not None
    assert "keep one" in fault.en


def test_an_encrypted_form_makes_no_entities_and_passes() -> None:
    form = entity_form(spec="").replace(
        b"</model>", b'<submission base64RsaPublicKey="AAAA"/></model>'
    )
    assert check_entities(read_schema(form)) is None
