"""What a schema knows of a form, and that it comes back from storage as it went in."""

from __future__ import annotations

import json

import pytest

from forms.compile import compile_form
from forms.schema import FormSchema, NotAnXForm, read_schema
from tests.unit.forms.workbooks import workbook

SURVEY = """
survey
| type | name | label::vi | label::en | hint::vi | relevant | save_to | trigger | calculation |
| start | start | | | | | | | |
| audit | audit | | | | | | | |
| note | n1 | Chào | Hello | | | | | |
| begin group | g | Nhóm | Group | | | | | |
| select_one yn | q1 | Có không? | Yes or no? | Đọc to | | p1 | | |
| select_multiple yn | q2 | Điều nào, ${q1}? | Which, ${q1}? | | | | | |
| select_one_from_file xa.csv | q3 | Xã | Commune | | | | | |
| rank yn | q9 | Xếp | Rank | | | | | |
| end group | | | | | | | | |
| begin repeat | member | Người | Member | | | | | |
| integer | age | Tuổi | Age | | | | | |
| begin repeat | card | Thẻ | Card | | | | | |
| image | photo | Ảnh | Photo | | | | | |
| end repeat | | | | | | | | |
| end repeat | | | | | | | | |
| calculate | total | | | | | | | count(${member}) |
| geopoint | place | Ở đâu | Where | | | | | |
choices
| list_name | name | label::vi | label::en | image::vi |
| yn | yes | Có | Yes | co.png |
| yn | no | Không | No | |
settings
| form_title | form_id | version | default_language | public_key |
| Thử | thu | 3 | vi | MIIB |
entities
| list_name | entity_id | update_if |
| ho | ${q1} | ${q1} != '' |
"""


@pytest.fixture(scope="module")
def schema() -> FormSchema:
    return compile_form(workbook(SURVEY), "thu.xlsx").schema


def test_it_names_the_form(schema: FormSchema) -> None:
    assert (schema.form_id, schema.version, schema.title) == ("thu", "3", "Thử")
    assert (schema.default_language, schema.languages) == ("vi", ("vi", "en"))


def test_columns_are_paths_below_their_table(schema: FormSchema) -> None:
    assert [(each.table, each.column) for each in schema.fields] == [
        ("", "start"),
        ("", "n1"),
        ("", "g/q1"),
        ("", "g/q2"),
        ("", "g/q3"),
        ("", "g/q9"),
        ("member", "age"),
        ("member.card", "photo"),
        ("", "total"),
        ("", "place"),
        ("", "meta/audit"),
        ("", "meta/instanceID"),
    ]


def test_repeats_are_tables_under_their_parents(schema: FormSchema) -> None:
    assert [(each.name, each.parent) for each in schema.tables] == [
        ("", None),
        ("member", ""),
        ("member.card", "member"),
    ]


def test_order_is_that_of_the_form_across_fields_groups_and_tables(schema: FormSchema) -> None:
    orders = [
        *(each.order for each in schema.fields),
        *(each.order for each in schema.groups),
        *(each.order for each in schema.tables),
    ]
    assert len(set(orders)) == len(orders)
    assert [each.order for each in schema.fields] == sorted(each.order for each in schema.fields)


@pytest.mark.parametrize(
    ("column", "table", "facts"),
    [
        ("start", "", ("dateTime", "", False, False)),
        ("g/q1", "", ("string", "select1", False, False)),
        ("g/q2", "", ("string", "select", True, False)),
        ("g/q9", "", ("odk:rank", "rank", False, False)),
        ("age", "member", ("int", "input", False, False)),
        ("photo", "member.card", ("binary", "upload", False, True)),
        ("place", "", ("geopoint", "input", False, False)),
        ("meta/audit", "", ("binary", "", False, True)),
    ],
)
def test_each_field_has_its_kind(
    schema: FormSchema, column: str, table: str, facts: tuple[str, str, bool, bool]
) -> None:
    field = schema.find(column, table)
    assert field is not None
    assert (field.type, field.control, field.is_select_multiple, field.is_binary) == facts


def test_a_note_is_no_question(schema: FormSchema) -> None:
    notes = [each.column for each in schema.fields if each.is_note]
    assert notes == ["n1"]


def test_choices_carry_labels_and_files_their_name(schema: FormSchema) -> None:
    q1, q3 = schema.find("g/q1"), schema.find("g/q3")
    assert q1 is not None
    assert q3 is not None
    assert q1.choices is not None
    assert q3.choices is not None
    assert [(each.name, each.labels["vi"]) for each in q1.choices.choices] == [
        ("yes", "Có"),
        ("no", "Không"),
    ]
    assert (q3.choices.source, q3.choices.choices) == ("xa.csv", ())


def test_labels_name_other_questions_as_their_author_did(schema: FormSchema) -> None:
    q2 = schema.find("g/q2")
    assert q2 is not None
    assert q2.labels == {"vi": "Điều nào, ${q1}?", "en": "Which, ${q1}?"}


def test_it_knows_files_entities_and_the_key(schema: FormSchema) -> None:
    assert set(schema.media_names) == {"xa.csv", "co.png"}
    assert [(each.dataset, each.updates) for each in schema.entities] == [("ho", True)]
    assert schema.is_encrypted
    q1 = schema.find("g/q1")
    assert q1 is not None
    assert q1.saveto == "p1"


def test_it_comes_back_from_storage(schema: FormSchema) -> None:
    stored = json.loads(json.dumps(schema.to_json(), ensure_ascii=False))
    again = FormSchema.from_json(stored)
    assert again == schema
    assert again.to_json() == schema.to_json()


def test_a_schema_of_another_version_must_be_read_again(schema: FormSchema) -> None:
    with pytest.raises(ValueError, match="read the form again"):
        FormSchema.from_json({**schema.to_json(), "schema": 0})


def test_two_repeats_of_one_name_are_told_apart_by_their_groups() -> None:
    form = b"""<html><model><instance><d id='f'><a><r><x/></r></a><b><r><x/></r></b></d></instance>
    </model><body><group ref='/d/a'><group ref='/d/a/r'><repeat nodeset='/d/a/r'/></group></group>
    <group ref='/d/b'><group ref='/d/b/r'><repeat nodeset='/d/b/r'/></group></group></body>
    </html>"""
    assert [each.name for each in read_schema(form).tables] == ["", "a.r", "b.r"]


def test_texts_may_stand_in_the_body() -> None:
    form = b"""<html><model><instance><d id='f'><q/></d></instance><bind nodeset='q' type='string'/>
    </model><body><select1 ref='q'><label>Which?</label><item><label>One</label><value>1</value>
    </item></select1></body></html>"""
    field = read_schema(form).fields[0]
    assert field.labels == {"": "Which?"}
    assert field.choices is not None
    assert [(each.name, each.labels) for each in field.choices.choices] == [("1", {"": "One"})]


def test_a_form_nested_without_end_is_refused() -> None:
    deep = b"<g>" * 3_000 + b"</g>" * 3_000
    with pytest.raises(NotAnXForm):
        read_schema(b"<h><model><instance><d id='f'>" + deep + b"</d></instance></model></h>")


@pytest.mark.parametrize(
    "form",
    [
        b"",
        b"abc",
        b"<html/>",
        b"<html><model/></html>",
        b"<html><model><instance/></model></html>",
        b"<html><model><instance><d/></instance></model></html>",
        b"<!DOCTYPE html><html><model><instance><d id='f'/></instance></model></html>",
    ],
)
def test_what_is_no_form_is_refused_in_both_languages(form: bytes) -> None:
    with pytest.raises(NotAnXForm) as caught:
        read_schema(form)
    assert caught.value.reason_vi
    assert str(caught.value)
