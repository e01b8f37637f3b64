"""The workbook: what Excel sees, whatever people wrote."""

from datetime import time
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from surveys.collection.jobs import JobRefused
from surveys.results.exports import workbook
from surveys.results.exports.cells import Reason
from tests.export_world import LONG_TEXT, ExportWorld, write_file

Rows = list[tuple[Any, ...]]


@pytest.fixture
def book(world: ExportWorld, tmp_path: Path) -> Workbook:
    return load_workbook(write_file(world, tmp_path, "xlsx"))


def rows(book: Workbook, title: str) -> Rows:
    return list(book[title].iter_rows(values_only=True))


def table(book: Workbook, title: str) -> list[dict[str, Any]]:
    head, *lines = rows(book, title)
    return [dict(zip(head, line, strict=True)) for line in lines]


def test_it_has_a_sheet_a_table_and_three_that_explain_them(book: Workbook) -> None:
    assert book.sheetnames == [
        "Giới thiệu",
        "Danh mục biến",
        "Danh mục trả lời",
        "Phiếu",
        "Người trong hộ",
        "Môn học",
        "Ghi chú",
    ]


def test_numbers_are_numbers_and_dates_are_dates(book: Workbook) -> None:
    first = table(book, "Phiếu")[0]
    assert (first["tuoi"], first["dien_tich"], first["vi_tri_latitude"]) == (34, 0.125, 19.5)
    assert first["ngay"].isoformat() == "2026-10-05T00:00:00"
    assert first["gio"] == time(7, 30)
    assert first["luc"].isoformat() == "2026-10-05T07:30:00"
    assert (first["xem/tv"], first["xem/web"]) == (1, 1)


def test_no_text_is_a_formula(book: Workbook) -> None:
    kinds = {cell.data_type for sheet in book for line in sheet.iter_rows() for cell in line}
    assert "f" not in kinds
    assert table(book, "Phiếu")[0]["ghi_chu"] == '=HYPERLINK("http://x","y")'
    assert table(book, "Phiếu")[1]["nhom/ghi_chu"] == "-1+2"
    assert table(book, "Môn học")[1]["ten_mon"] == "@Văn"


def test_a_text_that_looks_like_excels_escape_is_shown_as_it_was_typed(book: Workbook) -> None:
    # Excel reads _x005F_ as one underscore, so the person sees _x0041_ again and not A.
    assert table(book, "Phiếu")[0]["nhom/ghi_chu"] == "dòng 1\ndòng 2\t_x005F_x0041_"


def test_a_control_character_becomes_excels_escape() -> None:
    page = Workbook(write_only=True).create_sheet()
    assert workbook.text(page, "a\x01b\ufffe").value == "a_x0001_b_xFFFE_"


def test_a_text_longer_than_a_cell_stands_whole_among_the_notes(book: Workbook) -> None:
    cell = table(book, "Phiếu")[1]["ghi_chu"]
    assert len(cell) <= workbook.LONGEST
    assert cell.endswith("…")
    pieces = [each["text"] for each in table(book, "Ghi chú") if each["variable"] == "ghi_chu"]
    assert "".join(pieces) == LONG_TEXT


def test_what_does_not_fit_is_missing_and_kept_in_the_notes(book: Workbook) -> None:
    odd = table(book, "Phiếu")[1]
    assert [odd[name] for name in ("tuoi", "luc", "co_mang", "xem", "xem/tv")] == [None] * 5
    kept = {
        (each["table"], each["variable"]): each["text"]
        for each in table(book, "Ghi chú")
        if each["reason"] == "không đúng kiểu"
    }
    assert kept == {
        ("records", "tuoi"): "bốn hai",
        ("records", "luc"): "hôm nay",
        ("records", "co_mang"): "maybe",
        ("records", "xem"): "tv radio",
        ("nguoi", "tuoi"): "x",
    }


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_reason_of_a_note_is_said_in_the_language_of_the_file(
    world: ExportWorld, tmp_path: Path, language: str
) -> None:
    made = load_workbook(write_file(world, tmp_path, "xlsx", language=language))
    page = made["Ghi chú" if language == "vi" else "Notes"]
    said = {line[4] for line in page.iter_rows(values_only=True, min_row=2)}
    assert said <= {each.said_in(language) for each in Reason}
    assert Reason.LONG.said_in(language) in said


def test_digits_that_a_number_cannot_hold_are_noted_and_so_is_what_the_form_does_not_know(
    book: Workbook,
) -> None:
    noted = {each["variable"]: each["text"] for each in table(book, "Ghi chú")}
    assert noted["dien_tich"] == "0.12345678901234567890"
    assert noted["?la"] == "lạ"


def test_a_day_before_excels_calendar_is_a_text(book: Workbook) -> None:
    assert table(book, "Phiếu")[1]["ngay"] == "0099-01-01"


def test_rows_of_repeats_name_their_record_and_the_row_above(book: Workbook) -> None:
    subjects = [tuple(each.values()) for each in table(book, "Môn học")]
    assert subjects == [("uuid:1", 1, 2, "Toán"), ("uuid:1", 2, 2, "@Văn")]


def test_with_labels_the_head_is_the_question_and_answers_are_words(
    world: ExportWorld, tmp_path: Path
) -> None:
    book = load_workbook(write_file(world, tmp_path, "xlsx", answers="labels", language="en"))
    questions, names, first = rows(book, "Records")[:3]
    told = dict(zip(names, zip(questions, first, strict=True), strict=True))
    assert told["co_mang"] == ("Internet?", "Yes")
    assert told["muc"] == ("Level", "Don't know")
    assert told["xem"] == ("What do you watch?", "Television; Web")
    assert told["xem/tv"][0] == "What do you watch?: Television"


def test_the_codebook_tells_types_classes_and_how_many_are_missing(book: Workbook) -> None:
    told = {(each["Bảng"], each["Biến"]): each for each in table(book, "Danh mục biến")}
    age = told["records", "tuoi"]
    assert (age["Câu hỏi (vi)"], age["Câu hỏi (en)"], age["Kiểu"]) == ("Tuổi", "Age", "số nguyên")
    assert (age["Số dòng trống"], age["Không đúng kiểu"]) == (2, 1)
    assert told["records", "ten"]["Loại riêng tư"] == "P2"
    assert told["records", "co_mang"]["Danh sách trả lời"] == "yn"


def test_personal_fields_are_left_out_unless_asked_for_and_the_codebook_says_so(
    world: ExportWorld, tmp_path: Path
) -> None:
    book = load_workbook(write_file(world, tmp_path, "xlsx", personal=False))
    assert "ten" not in table(book, "Phiếu")[0]
    assert "?la" not in {each["variable"] for each in table(book, "Ghi chú")}
    told = {each["Biến"]: each["Ghi chú"] for each in table(book, "Danh mục biến")}
    assert "không có trong tệp" in told["ten"]
    assert "Lan" not in str([rows(book, title) for title in book.sheetnames])


def test_more_rows_than_excel_has_are_refused_with_advice(
    world: ExportWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 4)
    with pytest.raises(JobRefused) as refusal:
        write_file(world, tmp_path, "xlsx")
    assert "CSV" in refusal.value.errors[0]["remedy_vi"]


def test_names_of_sheets_are_legal_and_stand_once() -> None:
    titles = workbook._Titles()
    long = "Danh sách thành viên của hộ gia đình: [một]"
    found = [titles.free(each) for each in (long, long, "a/b", "A:B", "History", "'")]
    assert len({each.lower() for each in found}) == len(found)
    assert max(map(len, found)) <= 31
    assert not any(set("[]:*?/\\") & set(each) for each in found)
