"""Problems of territory: what old units became. Data of `problems`, by number."""

from typing import Final

from surveys.collection.problem import Problem

PROBLEMS: Final[tuple[Problem, ...]] = (
    Problem(
        400.121,
        "Thiếu nguồn. Hãy ghi căn cứ, ví dụ “Nghị quyết 1686/NQ-UBTVQH15”.",
        'The source is missing. Name the text or count it rests on, e.g. "Resolution 1686".',
    ),
    Problem(
        400.122,
        "Tỷ lệ {share} không nằm trong khoảng 0 đến 1. Hãy ghi phần dân số của xã cũ, ví dụ 0,35.",
        "The share {share} is not between 0 and 1. Give the part of the old unit's people, "
        "e.g. 0.35.",
    ),
    Problem(
        400.123,
        "Tệp thiếu cột {columns}. Dòng đầu cần có: old, new, verdict, share, source.",
        "The file lacks the columns {columns}. Its first line needs old, new, verdict, share, "
        "source.",
    ),
    Problem(
        400.124,
        "Không đọc được {path}. Hãy lưu lại thành CSV UTF-8.",
        "{path} cannot be read. Save it as CSV in UTF-8.",
    ),
    Problem(
        400.125,
        "Dòng {line}: không có xã, phường nào mang mã “{commune}” vào ngày {day}.",
        'Line {line}: no commune had the code "{commune}" on {day}.',
    ),
    Problem(
        400.126,
        "Dòng {line}: verdict là accepted hoặc rejected; share là một số như 0.35 hoặc để trống.",
        "Line {line}: verdict is accepted or rejected; share is a number such as 0.35, or empty.",
    ),
    Problem(
        400.127,
        "Dòng {line}: “{value}” không phải là số đếm. Hãy ghi số từ 0 trở lên.",
        'Line {line}: "{value}" is no count. Write a number of 0 or more.',
    ),
    Problem(
        400.128,
        "Tệp cần cột code, và cột count hoặc hai cột numerator và denominator.",
        "The file needs a column code, and count or both numerator and denominator.",
    ),
    Problem(
        400.129,
        "Dòng {line}: mã {commune} đã có ở dòng trước. Mỗi xã một dòng.",
        "Line {line}: code {commune} stands in an earlier line. One line a commune.",
    ),
    Problem(
        400.131,
        "Tệp cần cột lat và lon (độ), nên có accuracy (mét) và code (mã xã ghi trong phiếu).",
        "The file needs the columns lat and lon (degrees); accuracy (metres) and code (the commune "
        "that the record names) help.",
    ),
    Problem(
        409.121,
        "Không thể bỏ cặp cuối cùng của {old}: khi đó xã này không đi về đâu. Hãy thêm cặp đúng "
        "trước.",
        "The last pair of {old} cannot be rejected: it would have gone nowhere. Add the right "
        "pair first.",
    ),
    Problem(
        409.122,
        "Tổng tỷ lệ của {old} là {total}, lớn hơn 1. Hãy sửa các phần để cộng lại bằng 1.",
        "The shares of {old} add up to {total}, more than 1. Change them so that they add up to 1.",
    ),
    Problem(
        409.123,
        "Chưa có ranh giới thật của ngày này nên không kiểm tra điểm GPS được. Hãy nạp bằng "
        "manage.py areas import.",
        "No real boundaries of that day are stored, so points cannot be placed. Import them with "
        "manage.py areas import.",
    ),
)
