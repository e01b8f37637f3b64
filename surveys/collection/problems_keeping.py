"""Problems of backups and of encrypted forms. Data of `problems`, by number within each status."""

from typing import Final

from surveys.collection.problem import Problem

PROBLEMS: Final[tuple[Problem, ...]] = (
    Problem(
        400.91,
        "Mật khẩu của khoá cần ít nhất 10 ký tự. Hãy chọn một câu dài dễ nhớ.",
        "The passphrase of the key needs at least 10 characters. Choose a long sentence.",
    ),
    Problem(
        400.92,
        "Không giải mã được bằng khoá {key}: mật khẩu sai. Hãy nhập lại (gợi ý: {hint}).",
        "Key {key} does not open: the passphrase is wrong. Enter it again (hint: {hint}).",
    ),
    Problem(
        400.93,
        "Khoá {key} là khoá riêng của bạn: hãy đưa khoá bí mật dạng PEM (-----BEGIN PRIVATE KEY…) "
        "khớp với public_key của biểu mẫu.",
        "Key {key} is your own: give the private key as PEM (-----BEGIN PRIVATE KEY…) that fits "
        "the public_key of the form.",
    ),
    Problem(
        400.94,
        "public_key của biểu mẫu (trang settings) không phải khoá công khai RSA. Hãy dán nguyên "
        "phần base64 giữa hai dòng BEGIN và END PUBLIC KEY.",
        "The form's public_key (sheet settings) is no RSA public key. Paste the whole base64 "
        "between the lines BEGIN and END PUBLIC KEY.",
    ),
    Problem(
        403.91,
        "Bản sao lưu được mã hoá: thiếu mật khẩu, sai mật khẩu, hoặc tệp đã bị thay đổi. "
        "Hãy nhập lại mật khẩu; nếu vẫn lỗi, dùng bản sao khác.",
        "The backup is sealed: the passphrase is missing or wrong, or the file was changed. "
        "Enter it again; if that fails, use another copy.",
    ),
    Problem(
        404.91,
        "Không đọc được {path}. Hãy kiểm tra lại đường dẫn và quyền đọc.",
        "{path} cannot be read. Check the path and its permissions.",
    ),
    Problem(
        409.91,
        "Đã có {path}. Hãy chọn tên khác; bản sao lưu không bao giờ bị ghi đè.",
        "{path} is there already. Choose another name; a backup is never overwritten.",
    ),
    Problem(
        409.92,
        "Thư mục {path} đang chứa thứ khác. Hãy chọn một thư mục trống hoặc thư mục sao lưu cũ.",
        "The folder {path} holds something else. Choose an empty one or one of former backups.",
    ),
    Problem(
        409.93,
        "Nơi khôi phục đã có dữ liệu ({what}). Hãy đặt KHAOSAT_HOME vào một thư mục trống và "
        "DATABASE_URL vào một cơ sở dữ liệu trống rồi chạy lại.",
        "There are data already ({what}). Set KHAOSAT_HOME to an empty folder and DATABASE_URL "
        "to an empty database, then run it again.",
    ),
    Problem(
        409.94,
        "Cơ sở dữ liệu chưa đúng phiên bản của phần mềm. Hãy chạy manage.py setup rồi thử lại.",
        "The database is not of this version of the software. Run manage.py setup, then try again.",
    ),
    Problem(
        409.95,
        "Không đủ chỗ trên đĩa: cần {needed} MB, còn {free} MB. Hãy dọn bớt hoặc chọn đĩa khác.",
        "The disk is too full: {needed} MB needed, {free} MB free. Make room or take another disk.",
    ),
    Problem(
        409.96,
        "Một bản sao lưu khác đang được ghi vào {path}. Hãy đợi nó xong.",
        "Another backup is being written to {path}. Wait until it is done.",
    ),
    Problem(
        409.97,
        "Dự án này đã bật mã hoá. Khoá của dự án không thay được; hãy tạo dự án mới nếu cần.",
        "The project is encrypted already. Its key cannot be replaced; make a new project.",
    ),
    Problem(
        422.91,
        "Bản sao lưu bị hỏng hoặc bị cắt ({reason}). Hãy dùng bản khác; chưa có gì được ghi.",
        "The backup is damaged or cut ({reason}). Use another one; nothing has been written.",
    ),
    Problem(
        422.92,
        "Bản sao lưu do phiên bản mới hơn tạo ra ({needs}). Hãy cập nhật phần mềm rồi khôi phục.",
        "The backup was made by a newer version ({needs}). Update the software, then restore.",
    ),
)
