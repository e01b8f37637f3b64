"""Problems of accounts, rights and personal data."""

from typing import Final

from surveys.collection.problem import Problem

PROBLEMS: Final = (
    Problem(
        202.7,
        "Bản sửa này do người không được sửa phiếu ấy gửi đến trước phiếu gốc. Hãy xem rồi nhận "
        "vào, hoặc xếp sang một bên.",
        "This edit came before its original, from somebody who may not edit that record. Look at "
        "it, then take it in or set it aside.",
    ),
    Problem(
        202.6,
        "Người trả lời đã yêu cầu xoá phiếu này. Bản sửa được giữ riêng để giám sát viên xem xét.",
        "The respondent asked for this record to be erased. The edit is kept aside for a "
        "supervisor to look at.",
    ),
    Problem(
        400.41,
        "Hãy ghi lý do xoá, ví dụ số công văn hoặc ngày nhận yêu cầu (không ghi tên người).",
        "Give the reason of the erasure, such as the number or date of the request (no names).",
    ),
    Problem(
        400.42,
        "Câu “{field}”: không có lớp “{value}”. Hãy dùng P1, P2, P3, P4 hoặc none.",
        'Question "{field}": there is no class "{value}". Use P1, P2, P3, P4 or none.',
    ),
    Problem(
        400.43,
        "Thời hạn lưu phải là số ngày nguyên từ 0 đến 36500. Hãy nhập lại.",
        "How long data are kept must be a whole number of days from 0 to 36500. Enter it again.",
    ),
    Problem(
        401.5,
        "Liên kết đặt mật khẩu đã dùng rồi hoặc hết hạn. Hãy xin liên kết mới.",
        "This link to set a password was used already or has expired. Ask for a new one.",
    ),
    Problem(
        404.51,
        "Không có tài khoản này. Hãy kiểm tra lại mã số.",
        "There is no such account. Check its number.",
    ),
    Problem(
        404.52,
        "Không có vai trò “{role}”. Hãy lấy danh sách vai trò ở /v1/roles.",
        'There is no role "{role}". See the list at /v1/roles.',
    ),
    Problem(
        404.53,
        "Người này không có vai trò đó ở đây, nên không có gì để rút.",
        "This person does not have that role here, so there is nothing to take away.",
    ),
    Problem(
        409.51,
        "Phiếu đã mã hoá nên máy chủ không tách được từng câu. Hãy chọn xoá toàn bộ câu trả lời.",
        "The record is encrypted, so single answers cannot be told apart. Erase all answers.",
    ),
    Problem(
        409.52,
        "Phiếu này không còn gì để xoá theo phạm vi đã chọn.",
        "Nothing of what you chose is left in this record.",
    ),
    Problem(
        429.5,
        "Đã xin quá nhiều liên kết đặt mật khẩu. Hãy thử lại sau {minutes} phút.",
        "Too many links to set a password were asked for. Try again in {minutes} minutes.",
    ),
)
