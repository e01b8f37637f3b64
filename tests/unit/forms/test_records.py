"""Rows of filled forms: nothing is lost, and nothing is kept that must not be."""

from __future__ import annotations

import timeit

import pytest

from forms.entities import read_entities
from forms.instance import head_of, parse_instance
from forms.records import UnreadableRecord, expected_attachments, flatten
from forms.schema import FormSchema, read_schema

FORM = b"""<html xmlns:e='http://www.opendatakit.org/xforms/entities'><model><instance><d id='f'>
<g><a/><b/></g><rep><x/><m_call/><in><y/></in><deep><p/></deep></rep><pic/>
<meta><audit/><instanceID/><entity dataset='ho' id='' update=''><label/></entity></meta></d>
</instance><bind nodeset='/d/g/a' type='string' e:saveto='st'/>
<bind nodeset='/d/pic' type='binary'/>
<bind nodeset='/d/rep/deep/p' type='binary'/><bind nodeset='/d/meta/audit' type='binary'/></model>
<body><input ref='/d/g/a'/><group ref='/d/rep'><repeat nodeset='/d/rep'><input ref='/d/rep/x'/>
<repeat nodeset='/d/rep/deep'><upload ref='/d/rep/deep/p'/></repeat></repeat></group></body>
</html>"""


@pytest.fixture(scope="module")
def schema() -> FormSchema:
    return read_schema(FORM)


def test_rows_come_in_document_order_with_their_parents(schema: FormSchema) -> None:
    xml = b"""<d id='f'><g><a>1</a></g><rep><x>r0</x><deep><p>a</p></deep><deep><p>b</p></deep>
    </rep><rep><x>r1</x><deep><p>c</p></deep></rep></d>"""
    rows = flatten(schema, xml)
    assert [(row.table, row.ordinal, row.parent_ordinal) for row in rows] == [
        ("", 0, None),
        ("rep", 0, 0),
        ("rep.deep", 0, 0),
        ("rep.deep", 1, 0),
        ("rep", 1, 0),
        ("rep.deep", 2, 1),
    ]
    assert [row.values.get("p", row.values.get("x", "")) for row in rows[1:]] == [
        "r0",
        "a",
        "b",
        "r1",
        "c",
    ]


def test_empty_is_empty_and_absent_is_absent(schema: FormSchema) -> None:
    assert flatten(schema, b"<d id='f'><g><a/></g></d>")[0].values == {"g/a": ""}


def test_blanks_within_an_answer_stay(schema: FormSchema) -> None:
    assert flatten(schema, b"<d><g><a> x\n y </a></g></d>")[0].values == {"g/a": " x\n y "}


def test_what_the_form_does_not_know_is_kept_aside(schema: FormSchema) -> None:
    xml = b"<d><new>1</new><g>text<a>2</a><c><e>3</e><e>4</e></c></g><rep><z>5</z></rep></d>"
    root, row = flatten(schema, xml)
    assert root.values == {"?new": "1", "?g": "text", "g/a": "2", "?g/c/e": "3", "?g/c/e[2]": "4"}
    assert row.values == {"?z": "5"}


def test_an_answer_given_twice_is_kept_twice(schema: FormSchema) -> None:
    root = flatten(schema, b"<d><g><a>1</a><a>2</a><a>3</a></g></d>")[0]
    assert root.values == {"g/a": "1", "?g/a": "2", "?g/a[2]": "3"}


def test_markup_within_an_answer_is_kept(schema: FormSchema) -> None:
    root = flatten(schema, b"<d><g><a>1<i>2</i></a></g></d>")[0]
    assert root.values == {"g/a": "1", "?g/a/i": "2"}


def test_namespaces_and_comments_change_nothing(schema: FormSchema) -> None:
    xml = b"<o:d xmlns:o='urn:x'><!-- c --><o:g><?p i?><o:a>1</o:a></o:g></o:d>"
    assert flatten(schema, xml)[0].values == {"g/a": "1"}


@pytest.mark.parametrize("name", ["m_call", "rep/m_call"])
def test_call_names_are_never_kept(schema: FormSchema, name: str) -> None:
    xml = b"<d><rep><x>1</x><m_call>Ba</m_call></rep></d>"
    rows = flatten(schema, xml, never_stored=frozenset({name}))
    assert rows[1].values == {"x": "1"}


def test_a_call_name_in_the_wrong_place_is_not_kept_either(schema: FormSchema) -> None:
    xml = b"<d><odd><m_call>Ba</m_call></odd></d>"
    assert flatten(schema, xml, never_stored=frozenset({"m_call"}))[0].values == {}


@pytest.mark.parametrize("xml", [b"", b"abc", b"<d>", b"<!DOCTYPE d><d/>"])
def test_what_cannot_be_read_says_so(schema: FormSchema, xml: bytes) -> None:
    with pytest.raises(UnreadableRecord) as caught:
        flatten(schema, xml)
    assert caught.value.reason


def test_it_expects_the_files_that_answers_name(schema: FormSchema) -> None:
    xml = b"""<d><pic> 1.jpg </pic><rep><deep><p>2.jpg</p></deep><deep><p/></deep></rep>
    <rep><deep><p>1.jpg</p></deep></rep><g><a>3.jpg</a></g><meta><audit>audit.csv</audit></meta></d>"""
    assert expected_attachments(schema, xml) == ("1.jpg", "2.jpg", "audit.csv")


def test_an_encrypted_record_keeps_its_meta_and_expects_its_parts(schema: FormSchema) -> None:
    xml = b"""<d xmlns='http://opendatakit.org/submissions' id='f' encrypted='yes'>
    <base64EncryptedKey>k</base64EncryptedKey><orx:meta xmlns:orx='http://openrosa.org/xforms'>
    <orx:instanceID>uuid:1</orx:instanceID></orx:meta><media><file>1.jpg.enc</file></media>
    <media><file>2.jpg.enc</file></media><encryptedXmlFile>submission.xml.enc</encryptedXmlFile></d>"""
    (root,) = flatten(schema, xml)
    assert root.values == {"meta/instanceID": "uuid:1"}
    assert expected_attachments(schema, xml) == ("1.jpg.enc", "2.jpg.enc", "submission.xml.enc")
    assert read_entities(schema, xml) == ()


def test_entity_blocks_are_changes_and_no_answers(schema: FormSchema) -> None:
    xml = b"""<d><g><a>final</a></g><meta><entity dataset='ho' id='h1' update='1' baseVersion='3'
    trunkVersion='2' branchId='b'><label>Nh\xc3\xa0 1</label></entity></meta></d>"""
    (change,) = read_entities(schema, xml)
    assert (change.dataset, change.entity_id, change.updates) == ("ho", "h1", True)
    assert (change.base_version, change.trunk_version, change.branch_id) == ("3", "2", "b")
    assert (change.label, change.properties) == ("Nhà 1", {"st": "final"})
    assert flatten(schema, xml)[0].values == {"g/a": "final"}


@pytest.mark.parametrize("update", ["", "0", "false", "no"])
def test_an_entity_block_that_asks_for_nothing_is_none(schema: FormSchema, update: str) -> None:
    xml = f"<d><meta><entity dataset='ho' id='h1' update='{update}'/></meta></d>".encode()
    assert read_entities(schema, xml) == ()


def test_a_hundred_thousand_twins_are_kept_in_passing(schema: FormSchema) -> None:
    xml = b"<d>" + b"<new>1</new>" * 100_000 + b"</d>"
    seconds = timeit.timeit(lambda: flatten(schema, xml), number=1)
    assert len(flatten(schema, xml)[0].values) == 100_000
    assert seconds < 5  # trying the names one by one would take hours


def test_one_parse_serves_all_within_the_budget(schema: FormSchema) -> None:
    rows = b"<rep><x>0123456789</x><in><y>1</y></in></rep>" * 45
    xml = b"<d id='f'>" + rows + b"<meta><instanceID>uuid:1</instanceID></meta></d>"

    def project() -> None:
        element = parse_instance(xml)
        head_of(element)
        flatten(schema, element)
        expected_attachments(schema, element)
        read_entities(schema, element)

    assert len(xml) > 1_900
    seconds = min(timeit.repeat(project, number=20, repeat=10)) / 20
    assert seconds < 0.001  # 0.15 ms measured; the budget is 0.5 ms on a quiet machine
