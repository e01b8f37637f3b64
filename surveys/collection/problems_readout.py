"""Problems of reading data out: filters, pages, tables. Data of `problems`."""

from typing import Final

from surveys.collection.problem import Problem

PROBLEMS: Final[tuple[Problem, ...]] = (
    Problem(
        400.51,
        "Không đọc được biểu thức từ vị trí {at}: “{text}”. Hãy xem cú pháp trong tài liệu API.",
        'The expression cannot be read from place {at} on: "{text}". The API\'s documentation '
        "shows how it is written.",
    ),
    Problem(
        400.52,
        "Không so sánh được hai loại giá trị ở “{text}” (vị trí {at}). Hãy viết chữ trong dấu "
        "nháy đơn, số và ngày không có dấu nháy.",
        'Two kinds of values do not compare at "{text}" (place {at}). Write texts in single '
        "quotes, numbers and dates without.",
    ),
    Problem(
        400.53,
        "Bảng này không có cột “{property}”. Hãy xem các cột trong $metadata.",
        'This table has no property "{property}". Look the properties up in $metadata.',
    ),
    Problem(
        400.54,
        "Không chọn riêng cột “{property}” của bảng con được. Hãy đọc bảng con ấy, hoặc dùng "
        "$expand=*.",
        'The property "{property}" of a repeat cannot be selected here. Read the table of the '
        "repeat, or use $expand=*.",
    ),
    Problem(
        400.55,
        "Dấu trang ($skiptoken) không đúng hoặc dòng ấy không còn. Hãy đọc lại từ trang đầu.",
        "The page mark ($skiptoken) is wrong or its row is gone. Read from the first page again.",
    ),
    Problem(
        400.56,
        "Chỉ chọn được một câu hỏi vị trí mỗi lần (fieldpath). Hãy gọi riêng cho từng câu.",
        "Only one question can be chosen at a time (fieldpath). Ask for each of them.",
    ),
    Problem(
        406.51,
        "Địa chỉ này chỉ trả về {allowed}. Hãy đổi $format hoặc Accept.",
        "This address answers {allowed} only. Change $format or Accept.",
    ),
    Problem(
        501.51,
        "Máy chủ chưa hiểu “{text}” (vị trí {at}). Dùng được: {supported}.",
        'This server does not understand "{text}" (place {at}). It understands: {supported}.',
    ),
    Problem(
        501.52,
        "Không lọc hay xếp theo “{text}” được (vị trí {at}). Hãy xem các cột trong $metadata; "
        "câu trả lời riêng tư chỉ người duyệt mọi phiếu lọc được.",
        'One cannot filter or order by "{text}" (place {at}). Look the properties up in '
        "$metadata; restricted answers are for those who review all records.",
    ),
    Problem(
        501.53,
        "Chỉ dùng được $expand=*.",
        "Only $expand=* is understood.",
    ),
    Problem(
        409.142,
        "Đặt cạnh lần đã công bố trước, {n} ô làm lộ con số của rất ít người. Hãy đọc danh sách và "
        "đánh dấu rồi mới công bố.",
        "Beside the run published before, {n} cells tell of very few persons. Read the list and "
        "tick the box before publishing.",
    ),
    Problem(
        400.141,
        "Không chọn cách ước lượng như vậy được: {reason_vi}",
        "The round cannot be estimated so: {reason_en}",
    ),
)
