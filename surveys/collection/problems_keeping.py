"""Problems of backups and of encrypted forms. Data of `problems`, by number within each status."""

from typing import Final

from surveys.collection.problem import Problem

PROBLEMS: Final[tuple[Problem, ...]] = (
    Problem(
        403.61,
        "Bản sao lưu được mã hoá: thiếu mật khẩu, sai mật khẩu, hoặc tệp đã bị thay đổi. "
        "Hãy nhập lại mật khẩu; nếu vẫn lỗi, dùng bản sao khác.",
        "The backup is sealed: the passphrase is missing or wrong, or the file was changed. "
        "Enter it again; if that fails, use another copy.",
    ),
    Problem(
        404.61,
        "Không đọc được {path}. Hãy kiểm tra lại đường dẫn và quyền đọc.",
        "{path} cannot be read. Check the path and its permissions.",
    ),
    Problem(
        409.61,
        "Đã có {path}. Hãy chọn tên khác; bản sao lưu không bao giờ bị ghi đè.",
        "{path} is there already. Choose another name; a backup is never overwritten.",
    ),
    Problem(
        409.62,
        "Thư mục {path} đang chứa thứ khác. Hãy chọn một thư mục trống hoặc thư mục sao lưu cũ.",
        "The folder {path} holds something else. Choose an empty one or one of former backups.",
    ),
    Problem(
        409.63,
        "Nơi khôi phục đã có dữ liệu ({what}). Hãy đặt KHAOSAT_HOME vào một thư mục trống và "
        "DATABASE_URL vào một cơ sở dữ liệu trống rồi chạy lại.",
        "There are data already ({what}). Set KHAOSAT_HOME to an empty folder and DATABASE_URL "
        "to an empty database, then run it again.",
    ),
    Problem(
        409.64,
        "Cơ sở dữ liệu chưa đúng phiên bản của phần mềm. Hãy chạy manage.py setup rồi thử lại.",
        "The database is not of this version of the software. Run manage.py setup, then try again.",
    ),
    Problem(
        409.65,
        "Không đủ chỗ trên đĩa: cần {needed} MB, còn {free} MB. Hãy dọn bớt hoặc chọn đĩa khác.",
        "The disk is too full: {needed} MB needed, {free} MB free. Make room or take another disk.",
    ),
    Problem(
        409.66,
        "Một bản sao lưu khác đang được ghi vào {path}. Hãy đợi nó xong.",
        "Another backup is being written to {path}. Wait until it is done.",
    ),
    Problem(
        422.61,
        "Bản sao lưu bị hỏng hoặc bị cắt ({reason}). Hãy dùng bản khác; chưa có gì được ghi.",
        "The backup is damaged or cut ({reason}). Use another one; nothing has been written.",
    ),
    Problem(
        422.62,
        "Bản sao lưu do phiên bản mới hơn tạo ra ({needs}). Hãy cập nhật phần mềm rồi khôi phục.",
        "The backup was made by a newer version ({needs}). Update the software, then restore.",
    ),
)
