"""The four workbooks: bilingual throughout, accepted by ODK Validate, fillable by JavaRosa."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest
from openpyxl import load_workbook

from forms.placeholders import UnfilledPlaceholders, consent_hash, fill, placeholders
from forms.records import flatten
from forms.schema import FormSchema
from tests import instruments, javarosa

needs_java = pytest.mark.skipif(not javarosa.is_available(), reason="no JDK on this machine")
VI, EN = "Tiếng Việt (vi)", "English (en)"
HOUSEHOLD_FORMS = ("hh_digital", "citizen_sat")

# A mixture of visits as a fieldwork week brings them; what a script does not name is random.
WEEK = [
    {"contact": "start", "consent": "yes", "disp": "110", "m_rel#1": "head"}
    | {"m_rel": "spouse|child|parent", "sel_present": "here", "r_same": "same"},
    {"contact": "start", "consent": "yes|no", "m_rel#1": "head", "m_rel": "child|kin"}
    | {"sel_present": "here", "r_same": "same"},
    {"m_rel#1": "head", "m_rel": "spouse|parent"},
    {"contact": "start", "consent": "yes", "disp": "110", "m_rel#1": "head", "m_rel": "child"}
    | {"hh_size": "1|2|3|6", "sel_present": "here", "r_same": "same"},
]


@pytest.mark.parametrize("name", instruments.NAMES)
class TestWorkbook:
    def test_it_converts_without_a_warning(self, name: str) -> None:
        assert instruments.compiled(name).warnings == ()

    def test_vietnamese_is_the_default_and_english_the_second_language(self, name: str) -> None:
        schema = instruments.compiled(name).schema
        assert (schema.default_language, schema.languages) == (VI, (VI, EN))

    def test_every_question_and_choice_speaks_both_languages(self, name: str) -> None:
        schema = instruments.compiled(name).schema
        lists = [each.choices for each in schema.fields if each.choices]
        labels = [
            *(each.labels for each in schema.fields if each.labels),
            *(each.labels for each in schema.groups if each.labels),
            *(choice.labels for each in lists for choice in each.choices),
        ]
        assert all(set(each) == {VI, EN} for each in labels)
        asked = [each for each in schema.fields if each.control]
        assert all(each.labels for each in asked)
        assert all(set(each.hint) in (set(), {VI, EN}) for each in schema.fields)

    def test_every_constraint_has_a_message_in_both_languages(self, name: str) -> None:
        rows = list(load_workbook(instruments.WORKBOOKS / f"{name}.xlsx")["survey"].values)
        header = [str(cell) for cell in rows[0]]
        for row in rows[1:]:
            cells = dict(zip(header, row, strict=True))
            if cells.get("constraint"):
                assert cells[f"constraint_message::{VI}"], cells["name"]
                assert cells[f"constraint_message::{EN}"], cells["name"]

    def test_its_sheets_open_readable(self, name: str) -> None:
        for sheet in load_workbook(instruments.WORKBOOKS / f"{name}.xlsx"):
            assert sheet.freeze_panes == "C2"
            assert all(column.width > 5 for column in sheet.column_dimensions.values())

    def test_publishing_fills_every_text(self, name: str) -> None:
        assert placeholders(instruments.published(name)) == frozenset()

    def test_a_text_without_a_value_refuses_publishing(self, name: str) -> None:
        with pytest.raises(UnfilledPlaceholders):
            fill(instruments.compiled(name).xform, {})

    def test_its_schema_survives_storage(self, name: str) -> None:
        schema = instruments.schema(name)
        assert FormSchema.from_json(schema.to_json()) == schema


@pytest.mark.parametrize("name", HOUSEHOLD_FORMS)
def test_a_household_form_updates_the_household_list(name: str) -> None:
    schema = instruments.compiled(name).schema
    assert [(each.dataset, each.updates) for each in schema.entities] == [("sampled_hh", True)]
    saved = {each.saveto for each in schema.fields if each.saveto}
    suffix = "a" if name == "hh_digital" else "b"
    assert {f"st_{suffix}", f"disp_{suffix}", f"nv_{suffix}"} <= saved


def test_consent_names_its_own_words() -> None:
    form = instruments.published("hh_digital")
    other = fill(
        instruments.compiled("hh_digital").xform, instruments.TEXTS | {"controller": "UBND xã"}
    )
    assert consent_hash(form) != consent_hash(other)
    assert consent_hash(form).encode() in form
    assert consent_hash(other).encode() in other


@pytest.mark.java
@needs_java
@pytest.mark.parametrize("name", instruments.NAMES)
def test_odk_validate_accepts_it(name: str) -> None:
    assert javarosa.validate(instruments.published(name)) == ""


@pytest.mark.java
@needs_java
@pytest.mark.parametrize("name", HOUSEHOLD_FORMS)
@pytest.mark.parametrize("fills", [40, pytest.param(200, marks=pytest.mark.slow)])
def test_javarosa_fills_many_and_finds_no_fault_in_them(name: str, fills: int) -> None:
    form = instruments.published(name)
    filled = javarosa.fill_cases(form, instruments.LISTS, fills, 20261122, WEEK)
    assert Counter(each.blocked for each in filled) == {"": fills}
    problems = javarosa.check(form, instruments.LISTS, [each.xml for each in filled])
    assert [line for each in problems for line in each] == []
    schema = instruments.schema(name)
    roots = [flatten(schema, each.xml)[0].values for each in filled]
    assert len({values["meta/instanceID"] for values in roots}) == fills
    codes = Counter(values["g_close/disp"] for values in roots)
    assert codes["110"] >= 0.4 * fills
    assert len(codes) >= min(8, fills // 8)
    assert not [key for values in roots for key in values if key.startswith("?")]


@pytest.mark.java
@needs_java
@pytest.mark.parametrize(
    ("name", "scripts"),
    [
        ("exit_slip", [{"/slip/tok": "T-1"}, {"s2": "collect"}]),
        ("petition", [{"p_type": "report"}, {"p_type": "complaint"}, {}]),
    ],
)
def test_the_citizens_own_forms_fill(name: str, scripts: list[dict[str, str]]) -> None:
    form = instruments.published(name)
    instances = javarosa.fill(form, instruments.LISTS, 40, 5, scripts)
    assert javarosa.check(form, instruments.LISTS, instances) == [[]] * 40


@pytest.mark.java
@needs_java
def test_a_complaint_takes_no_content() -> None:
    form = instruments.published("petition")
    filled = javarosa.fill_cases(form, instruments.LISTS, 1, 5, [{"p_type": "complaint"}])[0]
    assert set(filled.shown) == {"p_type"}


@pytest.mark.java
@needs_java
def test_petitions_refuse_a_date_to_come_and_a_landline() -> None:
    form = instruments.published("petition")
    tomorrow = str(datetime.now(UTC).year + 1) + "-01-01"
    script = {"p_type": "report", "p_when": tomorrow, "p_anon": "tel", "p_tel": "02373123456"}
    filled = javarosa.fill_cases(form, instruments.LISTS, 1, 5, [script])[0]
    assert {"p_when", "p_tel"} <= set(filled.refused)


@pytest.mark.java
@needs_java
@pytest.mark.parametrize(
    ("broken", "complaint"),
    [
        (("<hh_size>4<", "<hh_size>40<"), "constraint: "),
        (("<contact>start<", "<contact>none<"), "not relevant: "),
        (("<m_sex>f<", "<m_sex>q<"), "not offered: "),
        (("<m_rel>parent<", "<m_rel><"), "required: "),
        (("<n_a18>2<", "<n_a18>3<"), "computed: "),
        (("<hh_size>4<", "<hh_size>x<"), "computed: "),
        (("<hh_size>4<", "<hh_size>3<"), "row too many: "),
        (("<list_ok>", "<wrong>1</wrong><list_ok>"), "unknown: "),
    ],
)
def test_the_check_sees_what_no_phone_would_send(broken: tuple[str, str], complaint: str) -> None:
    form = instruments.published("hh_digital")
    script = {"contact": "start", "consent": "yes", "disp": "110", "hh_size": "4", "m_sex": "f"} | {
        "m_by": "1970",
        "m_rel#1": "head",
        "m_rel": "parent",
        "m_by#3": "2020",
        "m_by#4": "2021",
    }
    good = javarosa.fill(form, instruments.LISTS, 1, 3, [script])[0]
    old, new = broken
    assert old.encode() in good
    bad = good.replace(old.encode(), new.encode(), 1)
    clean, found = javarosa.check(form, instruments.LISTS, [good, bad])
    assert clean == []
    assert any(line.startswith(complaint) for line in found)
