"""Workbooks as people bring them: what converts, and what the refusal says to its author.

R1  An error names sheet, row, column and remedy, in Vietnamese and English.
R2  Several faults of one kind are all named.
R3  What a file is, is seen from its bytes.
R4  An expression that no phone could read is found here.
"""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile

import pytest
from lxml import etree
from openpyxl import load_workbook

from forms import workbook_guard
from forms.compile import FormError, FormRefused, compile_form
from tests.unit.forms.workbooks import workbook

GOOD = """
survey
| type | name | label | relevant |
| text | a | A | |
| select_one yn | b | B | ${a} != '' |
choices
| list_name | name | label |
| yn | yes | Yes |
| yn | no | No |
settings
| form_id | version | form_title |
| good | 1 | Good |
"""


def errors_of(data: bytes, filename: str = "form.xlsx") -> tuple[FormError, ...]:
    with pytest.raises(FormRefused) as caught:
        compile_form(data, filename)
    errors = caught.value.errors
    for error in errors:
        words = (error.message_vi, error.message_en, error.remedy_vi, error.remedy_en)
        assert all(words)
        assert not any("{" in each.replace("${", "") for each in words), words
    return errors


def test_a_workbook_becomes_a_form() -> None:
    form = compile_form(workbook(GOOD), "x.xlsx")
    assert (form.form_id, form.version, form.title) == ("good", "1", "Good")
    assert form.warnings == ()
    assert [field.name for field in form.schema.fields] == ["a", "b", "instanceID"]
    assert etree.fromstring(form.xform) is not None


def test_its_own_xform_compiles_to_itself() -> None:
    form = compile_form(workbook(GOOD), "x.xlsx")
    again = compile_form(form.xform, "x.xml")
    assert (again.xform, again.schema) == (form.xform, form.schema)


def test_the_name_of_the_file_is_no_matter() -> None:
    assert compile_form(workbook(GOOD), "x.xls").form_id == "good"  # R3


def test_conversion_is_the_same_every_time() -> None:
    data = workbook(GOOD)
    assert compile_form(data, "x.xlsx").xform == compile_form(data, "x.xlsx").xform


@pytest.mark.parametrize(
    ("filename", "fallback", "form_id"),
    [("Khảo sát 1.xlsx", None, "Khảo_sát_1"), ("x.xlsx", "cho_truoc", "cho_truoc")],
)
def test_without_a_form_id_there_is_a_fallback(
    filename: str, fallback: str | None, form_id: str
) -> None:
    form = compile_form(
        workbook(GOOD.partition("settings")[0]), filename, fallback_form_id=fallback
    )
    assert form.form_id == form_id
    assert [note.sheet for note in form.warnings] == ["settings"]  # no version either


def test_external_choices_bring_their_file_along() -> None:
    form = compile_form(
        workbook("""
        survey
        | type | name | label | choice_filter |
        | text | t | T | |
        | select_one_external xa | x | X | tinh=${t} |
        choices
        | list_name | name | label |
        | yn | yes | Yes |
        external_choices
        | list_name | name | label | tinh |
        | xa | 1 | Một | 38 |
        """),
        "x.xlsx",
    )
    assert form.media_names == ("itemsets.csv",)
    assert form.itemsets is not None
    assert "Một" in form.itemsets.decode()


FAULTS = {
    "unknown type": ("| txet | a | A | |", "survey", 2, "type"),
    "no type": ("|  | a | A | |", "survey", 2, "type"),
    "no name": ("| text | | A | |", "survey", 2, "name"),
    "no label": ("| text | a | | |", "survey", 2, "label"),
    "bad name": ("| text | a b | A | |", "survey", 2, "name"),
    "duplicate name": ("| text | a | A | |\n| text | a | B | |", "survey", 3, "name"),
    "begin without end": ("| begin group | g | G | |\n| text | a | A | |", "survey", 2, "type"),
    "end without begin": ("| text | a | A | |\n| end group | | | |", "survey", 3, "type"),
    "repeat closed as group": (
        "| begin repeat | g | G | |\n| text | a | A | |\n| end group | | | |",
        "survey",
        4,
        "type",
    ),
    "unknown reference": ("| text | a | A | ${b} = 1 |", "survey", 2, "relevant"),
    "broken reference": ("| text | a | A | ${b = 1 |", "survey", 2, "relevant"),
    "ambiguous reference": (
        "| begin group | g | G | |\n| text | a | A | |\n| end group | | | |\n| text | a | A | |\n"
        "| text | c | C | ${a} = 1 |",
        "survey",
        6,
        "relevant",
    ),
    "unknown list": ("| select_one xx | a | A | |", "survey", 2, "type"),
    "file without ending": ("| select_one_from_file xa | a | A | |", "survey", 2, "type"),
    "no calculation": ("| calculate | a | | |", "survey", 2, "calculation"),
    "open bracket": ("| text | a | A | (1 = 1 |", "survey", 2, "relevant"),
    "open quote": ("| text | a | A | . = 'x |", "survey", 2, "relevant"),
    "doubled operator": ("| text | a | A | 1 = = 1 |", "survey", 2, "relevant"),
    "unknown function": ("| text | a | A | selectd(., 'x') |", "survey", 2, "relevant"),
    "meta is reserved": ("| text | meta | A | |", "survey", 2, "name"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_it_names_the_place_of(fault: str) -> None:
    rows, sheet, row, column = FAULTS[fault]
    data = workbook(
        f"survey\n| type | name | label | relevant |\n{rows}\n"
        "choices\n| list_name | name | label |\n| yn | yes | Yes |\n"
        "settings\n| form_id | version |\n| f | 1 |"
    )
    error = errors_of(data)[0]
    assert (error.sheet, error.row, error.column) == (sheet, row, column)  # R1
    assert not error.message_vi.startswith("Bộ chuyển đổi")  # we have words of our own for it


def test_it_names_every_choice_given_twice() -> None:
    data = workbook("""
    survey
    | type | name | label |
    | select_one yn | a | A |
    choices
    | list_name | name | label |
    | yn | yes | Yes |
    | yn | yes | Yes |
    | yn | no | No |
    | yn | no | No |
    """)
    errors = errors_of(data)
    assert [(each.sheet, each.row, each.column) for each in errors] == [
        ("choices", 3, "name"),
        ("choices", 5, "name"),
    ]  # R2


def test_it_names_every_broken_expression() -> None:
    data = workbook("""
    survey
    | type | name | label | relevant | constraint | choice_filter |
    | text | a | A | (1 | .. = | |
    | select_one yn | b | B | | | x = [ |
    choices
    | list_name | name | label |
    | yn | yes | Yes |
    """)
    places = [(each.row, each.column) for each in errors_of(data)]
    assert places == [(2, "relevant"), (2, "constraint"), (3, "choice_filter")]  # R2, R4


@pytest.mark.parametrize(
    "expression",
    [
        "if(${a} = '', 1, 2) > 0 and not(selected('x y', ${a}))",
        "count-selected(${a}) <= 3 or string-length(.) div 2 != -1.5",
        "instance('yn')/root/item[name = ${a}]/label = 'Có'",
        "indexed-repeat(${a}, ${a}, 1) = position(..)",
        "jr:choice-name(${a}, '${a}') != ''",
        "regex(., '^0[35789][0-9]{8}$') and . >= today() - 3",
        "current()/../a = 1",
    ],
)
def test_it_takes_what_the_engine_takes(expression: str) -> None:
    rows = f"| text | a | A | |\n| text | c | C | {expression} |"
    data = workbook(
        f"survey\n| type | name | label | relevant |\n{rows}\n{GOOD.split('choices')[1]}".replace(
            "\n| list_name", "\nchoices\n| list_name"
        )
    )
    compile_form(data, "x.xlsx")


def test_a_choice_without_a_name_is_found() -> None:
    data = workbook(GOOD.replace("| yn | no | No |", "| yn | | No |"))
    error = errors_of(data)[0]
    assert (error.sheet, error.row, error.column) == ("choices", 3, "name")


def test_a_choice_with_a_blank_in_select_multiple_is_found() -> None:
    data = workbook(GOOD.replace("select_one", "select_multiple").replace("| no |", "| n o |"))
    error = errors_of(data)[0]
    assert (error.sheet, error.row, error.column) == ("choices", 3, "name")


def test_a_column_given_twice_names_its_sheet() -> None:
    data = workbook("survey\n| type | name | label | label |\n| text | a | A | B |")
    error = errors_of(data)[0]
    assert (error.sheet, error.row, error.column) == ("survey", 1, "label")


def test_a_workbook_without_survey_or_headers_says_so() -> None:
    no_survey = errors_of(workbook("sheet1\n| a |\nsheet2\n| b |"))[0]
    assert no_survey.sheet == "survey"
    assert errors_of(workbook("survey\n| text | a | A |\n| text | b | B |"))


def test_an_entity_update_without_id_is_found() -> None:
    data = workbook(GOOD + "entities\n| list_name | update_if |\n| ho | ${a} != '' |\n")
    error = errors_of(data)[0]
    assert (error.sheet, error.row) == ("entities", 2)


def test_a_save_to_without_entities_is_found() -> None:
    data = workbook("survey\n| type | name | label | save_to |\n| text | a | A | p |")
    error = errors_of(data)[0]
    assert (error.sheet, error.row, error.column) == ("survey", 2, "save_to")


def test_a_form_id_may_not_look_like_a_file() -> None:
    error = errors_of(workbook(GOOD.replace("| good |", "| good.xml |")))[0]
    assert (error.sheet, error.column) == ("settings", "form_id")


class TestFiles:
    """R3."""

    def test_empty(self) -> None:
        assert "trống" in errors_of(b"")[0].message_vi
        assert "trống" in errors_of(b" \n")[0].message_vi

    def test_too_large(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(workbook_guard, "MAX_BYTES", 100)
        assert "quá lớn" in errors_of(workbook(GOOD))[0].message_vi

    def test_a_zip_that_unpacks_without_end(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(workbook_guard, "MAX_UNPACKED", 1_000)
        assert "quá lớn" in errors_of(workbook(GOOD))[0].message_vi

    def test_cut_short(self) -> None:
        data = workbook(GOOD)
        for size in (30, len(data) // 2, len(data) - 10):
            assert "hỏng" in errors_of(data[:size])[0].message_vi

    def test_bytes_changed_within(self) -> None:
        data = bytearray(workbook(GOOD))
        data[200:400] = bytes(200)
        assert errors_of(bytes(data))

    def test_a_csv_renamed(self) -> None:
        csv = b"type,name,label\ntext,a,A\n"
        assert "Đây không phải" in errors_of(csv)[0].message_vi

    def test_a_zip_of_something_else(self) -> None:
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr("word/document.xml", "<a/>")
        assert "Đây không phải" in errors_of(stream.getvalue())[0].message_vi

    def test_a_password(self) -> None:
        ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)
        locked = ole + "EncryptedPackage".encode("utf-16-le") + bytes(500)
        assert "mật khẩu" in errors_of(locked)[0].message_vi
        assert errors_of(ole)

    def test_a_workbook_part_with_a_doctype(self) -> None:
        stream = io.BytesIO()
        with (
            zipfile.ZipFile(io.BytesIO(workbook(GOOD))) as old,
            zipfile.ZipFile(stream, "w") as new,
        ):
            for name in old.namelist():
                part = old.read(name)
                if name == "xl/workbook.xml":
                    part = b"<!DOCTYPE workbook [<!ENTITY a 'b'>]>" + part
                new.writestr(name, part)
        assert "hỏng" in errors_of(stream.getvalue())[0].message_vi

    @pytest.mark.parametrize("encoding", ["ISO-8859-1", "utf-16"])
    def test_an_xform_in_another_encoding(self, encoding: str) -> None:
        form = compile_form(workbook(GOOD), "x.xlsx").xform.decode()
        declared = form.replace(
            '<?xml version="1.0"?>', f'<?xml version="1.0" encoding="{encoding}"?>'
        )
        assert "UTF-8" in errors_of(declared.encode(encoding), "x.xml")[0].message_vi

    @pytest.mark.parametrize(
        "xml", [b"<html>", b"<html/>", b"<!DOCTYPE html><html/>", b"\xef\xbb\xbf<a>\xff</a>"]
    )
    def test_xml_that_is_no_form(self, xml: bytes) -> None:
        assert errors_of(xml, "x.xml")


def test_remarks_of_the_converter_are_told_in_both_languages() -> None:
    form = compile_form(
        workbook("""
        survey
        | type | name | label::vi | label::English | hint::vi |
        | image | a | A | A | x |
        | begin group | g | | | |
        | text | A2 | B | B | |
        | text | a2 | B | B | |
        | select_one yn | c | C | C | |
        | end group | | | | |
        choices
        | list_name | name | label::vi |
        | yn | yes | |
        setings
        | form_id |
        """),
        "x.xlsx",
    )
    notes = [note for note in form.warnings if note.message_vi.startswith("Bộ chuyển đổi")]
    assert notes == []
    places = {(note.sheet, note.row) for note in form.warnings}
    assert {("survey", 2), ("survey", 5), ("choices", 2)} <= places


def test_styles_of_a_workbook_do_not_warn() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook(GOOD))) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "xl/styles.xml":
                part = part.replace(b'<cellStyle name="Normal"', b'<cellStyle name="Other"')
            new.writestr(name, part)
    assert compile_form(stream.getvalue(), "x.xlsx").form_id == "good"


def test_importing_compile_loads_no_converter() -> None:
    code = (
        "import sys, forms.compile, forms.records, forms.entities, forms.placeholders;"
        "heavy = {'pyxform', 'openpyxl', 'xlrd', 'pandas', 'django'} & set(sys.modules);"
        "print(sorted(heavy))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert run.stdout.strip() == "[]"


def test_the_helper_writes_what_excel_reads() -> None:
    book = load_workbook(io.BytesIO(workbook(GOOD)))
    assert book.sheetnames == ["survey", "choices", "settings"]
