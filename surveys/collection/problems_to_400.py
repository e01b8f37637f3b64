"""Problems 202 and 400: kept aside, or not understood. Data of `problems`."""

from typing import Final

from surveys.collection.problem import Problem

PROBLEMS: Final[tuple[Problem, ...]] = (
    # 202: kept in quarantine, shown to staff
    Problem(
        202.1,
        "Đã giữ phiếu, nhưng máy chủ chưa có biểu mẫu này. Người phụ trách sẽ xem lại.",
        "The submission is kept, but the server has no such form. Staff will look at it.",
    ),
    Problem(
        202.2,
        "Đã giữ phiếu, nhưng máy chủ không có phiên bản này của biểu mẫu. Hãy cập nhật biểu mẫu.",
        "The submission is kept, but the server has no such form version. Update the form.",
    ),
    Problem(
        202.3,
        "Đã giữ phiếu, nhưng biểu mẫu đã đóng. Người phụ trách sẽ quyết định.",
        "The submission is kept, but the form is closed. Staff will decide about it.",
    ),
    Problem(
        202.4,
        "Đã giữ bản sửa, nhưng chưa thấy phiếu gốc. Hãy gửi cả phiếu gốc.",
        "The edit is kept, but its original has not arrived. Send the original too.",
    ),
    Problem(
        202.5,
        "Đã giữ phiếu, nhưng không đọc được nội dung. Người phụ trách sẽ xem lại.",
        "The submission is kept, but its answers could not be read. Staff will look at it.",
    ),
    # 400: what was sent cannot be understood
    Problem(
        400.1,
        "Không đọc được JSON. Hãy kiểm tra nội dung gửi lên.",
        "The JSON cannot be read. Check the body that was sent.",
    ),
    Problem(
        400.2,
        "Thiếu hoặc sai giá trị “{field}”. Hãy sửa rồi gửi lại.",
        'The value "{field}" is missing or wrong. Correct it and send again.',
    ),
    Problem(
        400.3,
        "XML không hợp lệ: {reason}. Hãy mở lại phiếu và gửi lại.",
        "The XML is not well-formed: {reason}. Open the record again and resend it.",
    ),
    Problem(
        400.4,
        "XML có khai báo DOCTYPE nên không được nhận. Hãy bỏ dòng đó.",
        "XML with a DOCTYPE is not accepted. Remove it.",
    ),
    Problem(
        400.5,
        "Phiếu không ghi mã biểu mẫu (thuộc tính id). Hãy tải lại biểu mẫu.",
        "The submission names no form (attribute id). Download the form again.",
    ),
    Problem(
        400.6,
        "Thiếu phần xml_submission_file. Hãy gửi lại phiếu.",
        "The part xml_submission_file is missing. Send the submission again.",
    ),
    Problem(
        400.7,
        "Dữ liệu gửi lên bị đứt giữa chừng. Hãy gửi lại khi mạng ổn định.",
        "The upload was cut short. Send it again when the network is stable.",
    ),
    Problem(
        400.8,
        "Phiếu không có mã instanceID. Hãy tải lại biểu mẫu rồi gửi lại.",
        "The submission has no instanceID. Download the form again and resend.",
    ),
    Problem(
        400.9,
        "Mã biểu mẫu trong phiếu ({sent}) khác với địa chỉ gửi ({expected}). Hãy gửi đúng địa chỉ.",
        "The submission's form id ({sent}) is not the one addressed ({expected}). Send it there.",
    ),
    Problem(
        400.11,
        "Tệp không phải XForm: {reason_vi}",
        "The file is no XForm: {reason_en}",
    ),
    Problem(
        400.12,
        "Mã biểu mẫu “{form_id}” kết thúc bằng .xml, .xls hoặc .xlsx. Hãy đặt mã khác (form_id).",
        'The form id "{form_id}" ends in .xml, .xls or .xlsx. Choose another (form_id).',
    ),
    Problem(
        400.13,
        "Còn chỗ chưa điền trong biểu mẫu: {names}. Hãy tạo đợt khảo sát hoặc điền trước khi "
        "phát hành.",
        "Places of the form are not filled: {names}. Publish it through a round, or fill them.",
    ),
    Problem(
        400.14,
        "Mã biểu mẫu trong tệp ({found}) khác với biểu mẫu đang sửa ({expected}). Hãy sửa form_id.",
        "The form id of the file ({found}) is not the form's ({expected}). Correct form_id.",
    ),
    Problem(
        400.15,
        "Sổ tính có lỗi. Hãy sửa các ô được nêu rồi tải lên lại.",
        "The workbook has errors. Correct the cells named and upload again.",
    ),
    Problem(
        400.17,
        "Mã hoặc phiên bản biểu mẫu quá dài hoặc có ký tự không dùng được: “{value}”. Hãy đặt ngắn "
        "hơn, chỉ dùng chữ không dấu, số, gạch dưới, gạch nối và dấu chấm.",
        'The form id or version is too long or holds characters that cannot be used: "{value}". '
        "Choose a shorter one of plain letters, digits, underscores, hyphens and dots.",
    ),
    Problem(
        400.18,
        "Một giá trị quá dài hoặc quá lớn để lưu. Hãy rút ngắn rồi gửi lại.",
        "A value is too long or too large to be stored. Shorten it and send again.",
    ),
    Problem(
        400.19,
        "Tệp được gửi là sổ tính (.xlsx, .xls) nhưng nội dung không phải. Hãy gửi lại tệp XLSForm "
        "nguyên vẹn, hoặc gửi XForm với Content-Type application/xml.",
        "The file was sent as a workbook (.xlsx, .xls) and its bytes are none. Send the whole "
        "XLSForm again, or an XForm with the Content-Type application/xml.",
    ),
    Problem(
        400.21,
        "Địa chỉ e-mail “{email}” không hợp lệ. Hãy nhập lại.",
        'The e-mail "{email}" is not valid. Enter it again.',
    ),
    Problem(
        400.22,
        "Mật khẩu quá yếu: dùng ít nhất 10 ký tự và tránh mật khẩu phổ biến.",
        "The password is too weak: use at least 10 characters and no common password.",
    ),
    Problem(
        400.23,
        "Tên hiển thị phải có từ 1 đến 120 ký tự. Hãy nhập lại.",
        "The display name must have 1 to 120 characters. Enter it again.",
    ),
    Problem(
        400.24,
        "Không điền sẵn được “{field}”: biểu mẫu không có câu hỏi chữ nào tên như vậy, hoặc "
        "giá trị dài quá 200 ký tự. Hãy chọn lại.",
        '"{field}" cannot be filled in beforehand: the form has no text field of that name, or the '
        "value is longer than 200 characters. Choose again.",
    ),
    Problem(
        400.25,
        "Ngày hết hạn của liên kết phải ở sau hôm nay. Hãy chọn lại.",
        "The link must expire in the future. Choose again.",
    ),
    Problem(
        400.31,
        "Tệp danh sách có lỗi. Hãy sửa các dòng được nêu rồi nhập lại.",
        "The list has errors. Correct the rows named and import again.",
    ),
    Problem(
        400.32,
        "Thông tin của đợt khảo sát thiếu hoặc sai: {reason_vi}",
        "The facts of the round are missing or wrong: {reason_en}",
    ),
    Problem(
        400.33,
        "Không quyết định như vậy được: {reason_vi}",
        "This cannot be decided so: {reason_en}",
    ),
)
