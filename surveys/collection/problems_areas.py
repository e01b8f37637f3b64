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
        "Không đọc được {path}. Hãy kiểm tra đường dẫn, và lưu lại thành CSV UTF-8.",
        "{path} cannot be read. Check the path, and save it as CSV in UTF-8.",
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
        "Dòng {line}: “{value}” không phải là số đếm. Hãy ghi số từ 0 trở lên, không dấu ngăn cách "
        "hàng nghìn: 1.234 đọc được hai cách, nên viết 1234 hoặc 1.2340.",
        'Line {line}: "{value}" is no count. Write a number of 0 or more, without separators of '
        "thousands: 1.234 can be read in two ways, so write 1234 or 1.2340.",
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
        400.132,
        "Tệp thiếu cột {columns}. Dòng đầu cần có: village_id, commune, from, source; thôn nhập, "
        "tách hay đổi tên thêm became, how; thôn mới thêm name.",
        "The file lacks the columns {columns}. Its first line needs village_id, commune, from, "
        "source; became and how for villages that merged, split or were renamed; name for new "
        "ones.",
    ),
    Problem(
        400.133,
        "Dòng {line}: “{value}” không phải là ngày. Ghi năm-tháng-ngày, ví dụ 2025-07-01.",
        'Line {line}: "{value}" is no day. Write year-month-day, e.g. 2025-07-01.',
    ),
    Problem(
        400.134,
        "Dòng {line}: cột village_id cần một mã từ 1 đến 40 ký tự.",
        "Line {line}: village_id needs an id of 1 to 40 characters.",
    ),
    Problem(
        400.135,
        "Dòng {line}: thiếu nguồn. Ghi văn bản hoặc số đếm làm căn cứ ở cột source.",
        "Line {line}: the source is missing. Name the text or count in the column source.",
    ),
    Problem(
        400.136,
        "Dòng {line}: điền một trong hai cột commune (thôn thuộc xã nào) và became (thôn trở thành "
        "thôn nào).",
        "Line {line}: fill in one of commune (where the village lies) and became (the village that "
        "it became).",
    ),
    Problem(
        400.137,
        "Dòng {line}: how là merged, split hoặc renamed, không phải “{value}”.",
        'Line {line}: how is merged, split or renamed, not "{value}".',
    ),
    Problem(
        400.138,
        "Dòng {line}: ngày {day} không có xã, phường nào mang mã “{commune}”. Mã này từng hoặc sẽ "
        "là của: {candidates}.",
        'Line {line}: on {day} no commune had the code "{commune}". Bearers of the code at other '
        "times: {candidates}.",
    ),
    Problem(
        400.139,
        "Dòng {line}: chưa có thôn “{village}”. Thêm trước một dòng có name và commune của thôn.",
        'Line {line}: there is no village "{village}". Add a line with its name and commune first.',
    ),
    Problem(
        400.142,
        "Tệp cần cột code, date (năm-tháng-ngày), và cột count hoặc hai cột numerator và "
        "denominator.",
        "The file needs the columns code, date (year-month-day), and count or both numerator and "
        "denominator.",
    ),
    Problem(
        400.143,
        "Dòng {line}: mã {commune} của ngày {day} đã có ở dòng trước. Mỗi xã một dòng mỗi ngày.",
        "Line {line}: code {commune} of {day} stands in an earlier line. One line a commune and "
        "day.",
    ),
    Problem(
        400.144,
        "Tệp thiếu cột {columns}. Dòng đầu cần có: code, group, count, definition, source, date.",
        "The file lacks the columns {columns}. Its first line needs code, group, count, "
        "definition, source, date.",
    ),
    Problem(
        400.145,
        "Dòng {line}: nhóm “{value}” không dùng được. Ghi all, households, 15+, 18+ hoặc 15-24, có "
        "thể thêm male, female.",
        'Line {line}: the group "{value}" cannot be used. Write all, households, 15+, 18+ or '
        "15-24, with male or female if need be.",
    ),
    Problem(
        400.146,
        "Dòng {line}: definition là registered (đăng ký) hoặc usual (thực tế thường trú), không "
        "phải “{value}”.",
        'Line {line}: definition is registered or usual, not "{value}".',
    ),
    Problem(
        400.147,
        "Không có xã, phường nào mang các mã sau vào ngày của dòng; mũi tên chỉ xã mới có thể "
        "thay: {codes}.",
        "No commune had these codes on the day of their line; the arrow names what each became: "
        "{codes}.",
    ),
    Problem(
        400.148,
        "Dòng {line}: nhóm {group} của xã {commune} đã có ở dòng trước, cùng nguồn và ngày.",
        "Line {line}: the group {group} of commune {commune} stands in an earlier line of the same "
        "source and day.",
    ),
    Problem(
        400.149,
        "Dòng {line}: ở xã {commune}, {part} lớn hơn {whole}. Kiểm tra lại hai số này.",
        "Line {line}: in commune {commune}, {part} is more than {whole}. Check the two counts.",
    ),
    Problem(
        400.151,
        "Tệp cần cột code và value (một số), nên có se (sai số chuẩn của ước lượng).",
        "The file needs the columns code and value (a number); se (the standard error of the "
        "estimate) helps.",
    ),
    Problem(
        400.152,
        "Dòng {line}: “{value}” không phải là số. Ghi ví dụ 0.35; bỏ dòng của xã không có số liệu.",
        'Line {line}: "{value}" is no number. Write e.g. 0.35; leave out lines without a figure.',
    ),
    Problem(
        400.153,
        "Không so sánh được các xã này: cần ít nhất 10 xã giáp nhau có số liệu, và số liệu khác "
        "nhau.",
        "These communes cannot be compared: it takes at least 10 with figures and common borders, "
        "and figures that differ.",
    ),
    Problem(
        400.154,
        "Không đọc được {name}: {reason_vi}",
        "{name} cannot be read: {reason_en}",
    ),
    Problem(
        400.155,
        "Dòng {line} có nhiều ô hơn dòng tiêu đề. Ghi số không có dấu phẩy ngăn cách; đặt chữ có "
        "dấu phẩy trong dấu nháy kép.",
        "Line {line} has more cells than the first line. Write numbers without separators, and put "
        "text that holds a comma into double quotes.",
    ),
    Problem(
        400.156,
        "{name} rỗng hoặc lớn hơn 20 MB. Tải tệp mẫu về, điền rồi nhập lại.",
        "{name} is empty or larger than 20 MB. Download the example, fill it in and try again.",
    ),
    Problem(
        400.157,
        "Tệp không có cột date nên cần biết các mã là của ngày nào. Hãy chọn ngày của mã.",
        "The file has no column date, so the day of its codes must be told. Choose it.",
    ),
    Problem(
        400.158,
        "Tệp thiếu cột {columns}. Dòng đầu cần có: code, level, type, name, valid_from, source.",
        "The file lacks the columns {columns}. Its first line needs code, level, type, name, "
        "valid_from, source.",
    ),
    Problem(
        400.159,
        "Dòng {line}: level là province, district hoặc commune; type (Xã, Phường …) và name không "
        "để trống.",
        "Line {line}: level is province, district or commune; type (Xã, Phường …) and name must "
        "be filled in.",
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
        409.125,
        "Ngày {day} không có xã, phường nào mang các mã sau; mũi tên chỉ xã mới có thể thay: "
        "{codes}. Sửa mã hoặc ngày rồi chạy lại.",
        "On {day} no commune had these codes; the arrow names what each became: {codes}. Correct "
        "the codes or the date and run it again.",
    ),
    Problem(
        409.123,
        "Chưa có ranh giới thật của ngày này nên không kiểm tra điểm GPS được. Hãy nạp bằng "
        "manage.py areas import.",
        "No real boundaries of that day are stored, so points cannot be placed. Import them with "
        "manage.py areas import.",
    ),
    Problem(
        409.126,
        "Chưa có ranh giới thật của đủ các xã này vào ngày ấy nên không biết xã nào giáp nhau. Hãy "
        "nạp bằng manage.py areas import.",
        "No real boundaries of all these communes on that day are stored, so nobody knows which "
        "are neighbours. Import them with manage.py areas import.",
    ),
    Problem(
        409.143,
        "Bản đồ đã công bố của {rounds} vẽ trên bộ ranh giới này nên chưa xoá được. Hãy nạp bộ tốt "
        "hơn trước; khi bản đồ dùng bộ ấy thì xoá được bộ này.",
        "Published maps of {rounds} are drawn on this boundary set, so it cannot be removed. "
        "Import a better one first; once maps use that, this one can go.",
    ),
    Problem(
        409.131,
        "Dòng {line}: {subject} không tồn tại vào ngày {day}. Ghi mã xã của đúng ngày ấy.",
        "Line {line}: {subject} was not in force on {day}. Write the code of that day.",
    ),
    Problem(
        409.132,
        "Dòng {line}: ngày {day} chưa đến. Ghi việc chuyển của thôn {subject} khi đã có hiệu lực.",
        "Line {line}: {day} has not come. Tell the move of village {subject} once it is in force.",
    ),
    Problem(
        409.133,
        "Dòng {line}: thôn {subject} không còn từ ngày {day}. Ghi cho thôn kế tiếp của nó.",
        "Line {line}: village {subject} is no more since {day}. Write the one that followed it.",
    ),
    Problem(
        409.134,
        "Dòng {line}: thôn {subject} đã được ghi thuộc {stored} từ đúng ngày {day}. Kiểm tra nguồn "
        "và ngày.",
        "Line {line}: village {subject} is stored as lying in {stored} from the same day {day}. "
        "Check source and day.",
    ),
    Problem(
        409.135,
        "Dòng {line}: thôn {subject} không thể trở thành chính nó (qua {stored}) ngày {day}. Sửa "
        "cột became.",
        "Line {line}: village {subject} cannot become itself (by way of {stored}) on {day}. "
        "Correct the column became.",
    ),
    Problem(
        409.136,
        "Dòng {line}: thôn {subject} đã được ghi là hết từ ngày {day}. Kiểm tra ngày của dòng này.",
        "Line {line}: village {subject} is stored as having ended on {day}. Check the day of this "
        "line.",
    ),
    Problem(
        409.137,
        "Dòng {line}: thôn {subject} đã được ghi là chuyển xã vào hoặc sau ngày {day}. Kiểm tra "
        "ngày của dòng này.",
        "Line {line}: village {subject} is stored as having moved on or after {day}. Check the day "
        "of this line.",
    ),
    Problem(
        409.138,
        "Dòng {line}: từ đúng ngày ấy đơn vị đã được ghi tên là {stored}. Kiểm tra nguồn và ngày.",
        "Line {line}: from the same day the unit is stored as {stored}. Check source and day.",
    ),
)
