"""pyxform's sentences and ours: patterns of pyxform 4.5's words, fact and remedy in vi and en."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from forms.workbook_rows import Sheets

Locate = Callable[[Sheets, re.Match[str]], int | None]


def _nowhere(_sheets: Sheets, _found: re.Match[str]) -> int | None:
    return None


@dataclass(frozen=True, slots=True)
class Saying:
    """One of pyxform's sentences and ours; ``{1}`` … stand for the groups of the pattern."""

    pattern: re.Pattern[str]
    sheet: str
    column: str
    vi: str
    en: str
    remedy_vi: str
    remedy_en: str
    locate: Locate = _nowhere


def _saying(
    pattern: str,
    place: str,
    fact: tuple[str, str],
    remedy: tuple[str, str],
    locate: Locate = _nowhere,
) -> Saying:
    sheet, _, column = place.partition(".")
    return Saying(re.compile(pattern, re.DOTALL), sheet, column, *fact, *remedy, locate)


SAYINGS: Final[tuple[Saying, ...]] = (
    _saying(
        r"Unknown question type '([^']*)'",
        "survey.type",
        ("Không có kiểu câu hỏi “{1}”.", "There is no question type “{1}”."),
        (
            "Sửa cột type (text, integer, select_one <danh sách>…); xem lại dấu cách, chính tả.",
            "Mend the type column (text, integer, select_one <list> …); check blanks, spelling.",
        ),
        lambda sheets, found: sheets.survey_row(type=found[1]),
    ),
    _saying(
        r"Question with no type",
        "survey.type",
        (
            "Dòng này có tên hoặc nhãn nhưng chưa có kiểu.",
            "This row has a name or label but no type.",
        ),
        ("Điền cột type, hoặc xoá cả dòng.", "Fill in the type column, or delete the row."),
    ),
    _saying(
        r"Question or group with no name",
        "survey.name",
        ("Câu hỏi hoặc nhóm chưa có tên.", "The question or group has no name."),
        (
            "Điền cột name: chữ không dấu, số, gạch dưới; bắt đầu bằng chữ.",
            "Fill in the name column: letters, digits, underscores, beginning with a letter.",
        ),
    ),
    _saying(
        r"The survey element named '([^']*)' has no label or hint",
        "survey.label",
        ("Câu hỏi “{1}” chưa có nhãn.", "Question “{1}” has no label."),
        (
            "Điền cột label (mọi ngôn ngữ) cho câu hỏi này.",
            "Fill in the label column (every language) of this question.",
        ),
        lambda sheets, found: sheets.survey_row(name=found[1]),
    ),
    _saying(
        r"Unmatched 'end_(\w+)'.*?for the name '([^']*)'",
        "survey.type",
        ("Có end_{1} mà không có begin_{1} tương ứng.", "This end_{1} has no matching begin_{1}."),
        (
            "Xoá dòng này, hoặc thêm begin_{1} phía trên; nhóm mở sau phải đóng trước.",
            "Delete this row or add begin_{1} above; groups close in reverse order.",
        ),
    ),
    _saying(
        r"Unmatched 'begin_(\w+)'.*?for the name '([^']*)'",
        "survey.type",
        ("begin_{1} “{2}” chưa được đóng.", "begin_{1} “{2}” is never closed."),
        ("Thêm dòng end_{1} sau câu cuối của nhóm.", "Add a row end_{1} after its last question."),
    ),
    _saying(
        r"On the 'survey' sheet, the 'name' value 'meta' is invalid",
        "survey.name",
        ("Tên “meta” được dành riêng.", "The name “meta” is reserved."),
        ("Đổi sang tên khác.", "Choose another name."),
    ),
    _saying(
        r"Repeat names must not be the same as the survey root",
        "survey.name",
        ("Nhóm lặp trùng tên với gốc của biểu mẫu.", "The repeat is named like the form's root."),
        ("Đổi tên nhóm lặp.", "Rename the repeat."),
    ),
    _saying(
        r"the 'name' value '([^']*)' is invalid\. (?:Questions, groups|Repeat names must)",
        "survey.name",
        ("Tên “{1}” bị trùng.", "The name “{1}” is used twice."),
        (
            "Đổi tên một trong hai dòng; tên không được lặp lại trong cùng một nhóm.",
            "Rename one of the two rows; a name may stand once in a group.",
        ),
    ),
    _saying(
        r"On the 'choices' sheet, the 'name' value is invalid\. Choices must have a name",
        "choices.name",
        ("Lựa chọn chưa có mã.", "The choice has no name."),
        ("Điền cột name của dòng này.", "Fill in the name column of this row."),
    ),
    _saying(
        r"On the 'choices' sheet, the 'name' value is invalid\. Choice names must be unique",
        "choices.name",
        (
            "Mã lựa chọn bị trùng trong cùng danh sách.",
            "This choice name stands twice in its list.",
        ),
        (
            "Đổi một trong hai mã; nếu cố ý, đặt allow_choice_duplicates = yes ở trang settings.",
            "Change one of the two; if meant so, set allow_choice_duplicates = yes on settings.",
        ),
    ),
    _saying(
        r"Names must begin with a letter or underscore",
        ".name",
        (
            "Tên có ký tự không dùng được (dấu cách, dấu tiếng Việt ở đầu, ký hiệu…).",
            "The name holds a character that may not stand there (blank, sign …).",
        ),
        (
            "Dùng chữ, số, gạch dưới; bắt đầu bằng chữ. Ví dụ: so_nguoi.",
            "Use letters, digits, underscores, beginning with a letter, such as so_nguoi.",
        ),
    ),
    _saying(
        r"Could not find the name '([^']*)'",
        ".",
        ("Không có câu hỏi nào tên “{1}” như ${{{1}}} nhắc tới.", "${{{1}}} names no question."),
        (
            "Sửa chính tả, hoặc thêm câu hỏi mang tên đó vào trang survey.",
            "Mend the spelling, or add a question of that name to the survey sheet.",
        ),
    ),
    _saying(
        r"There is no survey element named '([^']*)'",
        "survey.",
        ("Không có câu hỏi nào tên “{1}” như ${{{1}}} nhắc tới.", "${{{1}}} names no question."),
        (
            "Sửa chính tả, hoặc thêm câu hỏi mang tên đó vào trang survey.",
            "Mend the spelling, or add a question of that name to the survey sheet.",
        ),
    ),
    _saying(
        r"The name '([^']*)' appears more than once|multiple survey elements named '([^']*)'",
        ".",
        (
            "${{{1}{2}}} không rõ là câu nào: có nhiều câu hỏi cùng tên.",
            "${{{1}{2}}} is ambiguous: several questions bear that name.",
        ),
        ("Đổi tên để mỗi câu một tên.", "Rename so that each question has a name of its own."),
    ),
    _saying(
        r"Reference variables? (?:must start|lists must)",
        ".",
        (
            "Chỗ nhắc tới câu khác viết chưa đúng.",
            "A reference to another question is not written right.",
        ),
        (
            "Viết đúng dạng ${{ten_cau}}; nhiều tên cách nhau bằng dấu phẩy.",
            "Write it as ${{name}}; part several names by commas.",
        ),
    ),
    _saying(
        r"List name not in (?:external )?choices sheet: (\S+)",
        "survey.type",
        ("Không có danh sách lựa chọn “{1}”.", "There is no choice list “{1}”."),
        (
            "Thêm danh sách đó vào trang choices (cột list_name), hoặc sửa tên trong cột type.",
            "Add the list to the choices sheet (column list_name), or mend the name in type.",
        ),
    ),
    _saying(
        r"There should be an? (?:external_)?choices sheet",
        "survey.type",
        ("Sổ thiếu trang choices.", "The workbook has no choices sheet."),
        (
            "Thêm trang choices với các cột list_name, name, label.",
            "Add a choices sheet with the columns list_name, name, label.",
        ),
        lambda sheets, _found: sheets.first_select(),
    ),
    _saying(
        r"You must have a sheet named 'survey'",
        "survey.",
        ("Thiếu trang survey.", "The survey sheet is missing."),
        (
            "Đặt tên trang chứa câu hỏi là survey (đúng chính tả).",
            "Name the sheet with the questions “survey”, spelt exactly so.",
        ),
    ),
    _saying(
        r"Duplicate column header: (.*)",
        ".{1}",
        ("Cột “{1}” có hai lần trong cùng một trang.", "Column “{1}” stands twice on one sheet."),
        ("Xoá hoặc đổi tên một cột.", "Delete or rename one of them."),
    ),
    _saying(
        r"Headers that are different names for the same column were found: '([^']*)', '([^']*)'",
        ".{2}",
        ("Cột “{1}” và cột “{2}” là một.", "Columns “{1}” and “{2}” mean the same."),
        ("Giữ một cột, xoá cột kia.", "Keep one and delete the other."),
    ),
    _saying(
        r"One or more required column headers were not found: (.*?)\. Learn",
        ".",
        ("Thiếu cột bắt buộc: {1}.", "Required columns are missing: {1}."),
        ("Thêm cột đó vào dòng đầu của trang.", "Add them to the first row of the sheet."),
    ),
    _saying(
        r"missing header row",
        ".",
        ("Trang không có dòng tiêu đề cột.", "The sheet has no header row."),
        (
            "Dòng đầu phải là tên cột: type, name, label…",
            "The first row must hold the column names: type, name, label …",
        ),
    ),
    _saying(
        r"Choice names with spaces.*?See \[([^\]]*)\] in \[([^\]]*)\]",
        "choices.name",
        (
            "Mã “{1}” của danh sách “{2}” có dấu cách, không dùng được cho select_multiple.",
            "Name “{1}” of list “{2}” holds a blank, which select_multiple cannot take.",
        ),
        ("Thay dấu cách bằng gạch dưới.", "Replace the blank by an underscore."),
        lambda sheets, found: sheets.choices_row(list_name=found[2], name=found[1]),
    ),
    _saying(
        r"Missing calculation",
        "survey.calculation",
        ("Dòng calculate chưa có công thức.", "The calculate row has no calculation."),
        ("Điền cột calculation.", "Fill in the calculation column."),
    ),
    _saying(
        r"Choice filter not supported with or_other",
        "survey.choice_filter",
        ("or_other không đi cùng choice_filter.", "or_other cannot go with a choice_filter."),
        (
            "Bỏ or_other và tự thêm lựa chọn “khác” vào danh sách.",
            "Drop or_other and add an “other” choice to the list yourself.",
        ),
    ),
    _saying(
        r"File name for '([^']*)' should end with",
        "survey.type",
        (
            "Tệp trong “{1}” phải có đuôi .csv, .xml hoặc .geojson.",
            "The file in “{1}” must end in .csv, .xml or .geojson.",
        ),
        (
            "Ghi đủ tên tệp, ví dụ select_one_from_file xa.csv.",
            "Write the whole file name, such as select_one_from_file communes.csv.",
        ),
    ),
    _saying(
        r"the 'save_to' value is invalid\. (.*)",
        "survey.save_to",
        ("Cột save_to chưa đúng: {1}", "The save_to column is not right: {1}"),
        (
            "Đối chiếu cột save_to với trang entities.",
            "Compare the save_to column with the entities sheet.",
        ),
    ),
    _saying(
        r"On the 'entities' sheet, (?:the entity declaration|one or more column names).*?\. (.*)",
        "entities.",
        ("Trang entities chưa đúng: {1}", "The entities sheet is not right: {1}"),
        ("Sửa dòng này của trang entities.", "Mend this row of the entities sheet."),
    ),
    _saying(
        r"the 'parameters' value is invalid\. (.*)",
        "survey.parameters",
        ("Cột parameters chưa đúng: {1}", "The parameters column is not right: {1}"),
        ("Viết dạng khoá=giá_trị, cách nhau bằng dấu cách.", "Write key=value, parted by blanks."),
    ),
    _saying(
        r"is not user-visible so it can't be used as a calculation trigger",
        "survey.trigger",
        (
            "Cột trigger trỏ tới một câu mà người trả lời không thấy.",
            "The trigger names a question that nobody sees.",
        ),
        ("Trỏ trigger tới một câu hỏi có nhãn.", "Let the trigger name a question with a label."),
    ),
    _saying(
        r"Audits must always be named",
        "survey.name",
        ("Dòng audit phải mang tên audit.", "The audit row must be named audit."),
        ("Xoá ô name của dòng này.", "Empty the name cell of this row."),
    ),
)
