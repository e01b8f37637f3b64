"""What contradicts itself in a case, and the words in which a supervisor reads it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Conflict(StrEnum):
    """What a supervisor has to look at."""

    TWO_PEOPLE = "two_people"  # two completes that different people answered or sent
    CONTACT_THEN_INELIGIBLE = "contact_then_ineligible"
    DRAW_MISMATCH = "draw_mismatch"  # not the line that the household's kish_u gives
    DRAW_CHANGED = "draw_changed"  # a later visit holds another drawn person
    RESULT_UNREADABLE = "result_unreadable"  # the result is none of the codes
    COUNT_UNREADABLE = "count_unreadable"  # an interview with an impossible number of persons


@dataclass(frozen=True, slots=True)
class ConflictText:
    vi: str
    en: str


CONFLICT_TEXTS: Final = {
    Conflict.TWO_PEOPLE: ConflictText(
        "Hai phiếu hoàn thành không phải của cùng một người: chọn phiếu được tính.",
        "Two completes do not come from one person: choose the record that counts.",
    ),
    Conflict.CONTACT_THEN_INELIGIBLE: ConflictText(
        "Đã từng gặp người trong nhà, lần sau lại báo không thuộc diện hỏi: kiểm tra lại tại chỗ.",
        "Somebody had been met here, a later visit says not eligible: check on the spot.",
    ),
    Conflict.DRAW_MISMATCH: ConflictText(
        "Người được chọn không đúng với cách chọn đã định: xem lại danh sách người lớn.",
        "The drawn person is not the one the draw gives: look at the list of adults again.",
    ),
    Conflict.DRAW_CHANGED: ConflictText(
        "Các lần đến ghi người được chọn khác nhau: xác định đúng người được chọn lần đầu.",
        "Visits hold different drawn persons: find out who was drawn first.",
    ),
    Conflict.RESULT_UNREADABLE: ConflictText(
        "Kết quả của một lần đến không phải mã nào trong danh mục: hỏi điều tra viên rồi sửa phiếu,"
        " hoặc cho đến lại.",
        "The result of a visit is none of the codes: ask the enumerator and edit the submission, "
        "or send another visit.",
    ),
    Conflict.COUNT_UNREADABLE: ConflictText(
        "Số người của hộ trong phiếu không thể đúng (không phải số, hoặc ngoài 1–99): hỏi lại rồi "
        "sửa phiếu.",
        "A number of persons in the interview cannot be right (no number, or outside 1–99): ask "
        "again and edit the submission.",
    ),
}
