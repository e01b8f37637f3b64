"""Problems of entity lists and entities. Data of `problems`."""

from typing import Final

from surveys.collection.problem import Problem

PROBLEMS: Final[tuple[Problem, ...]] = (
    Problem(
        400.61,
        "Khai báo thực thể trong biểu mẫu chưa đúng: {reason_vi}",
        "The form's declaration of entities is wrong: {reason_en}",
    ),
    Problem(
        400.62,
        "Tên danh sách “{name}” không hợp lệ. Hãy bắt đầu bằng chữ, chỉ dùng chữ, số, gạch dưới, "
        "gạch nối.",
        'The list name "{name}" is not valid. Begin with a letter; use letters, digits, '
        "underscores and hyphens.",
    ),
    Problem(
        400.63,
        "Tên thuộc tính “{name}” không hợp lệ. Hãy bắt đầu bằng chữ, chỉ dùng chữ, số, gạch dưới, "
        "gạch nối, dấu chấm; không dùng name, label.",
        'The property name "{name}" is not valid. Begin with a letter; use letters, digits, '
        "underscores, hyphens and dots; not name or label.",
    ),
    Problem(
        400.64,
        "Mã thực thể “{value}” không phải UUID phiên bản 4. Hãy để máy tự sinh mã: uuid().",
        'The entity id "{value}" is no version 4 UUID. Let the form make it: uuid().',
    ),
    Problem(
        400.65,
        "Thực thể thiếu nhãn (label). Hãy điền nhãn rồi gửi lại.",
        "The entity has no label. Give it one and send again.",
    ),
    Problem(
        400.66,
        "Danh sách không có thuộc tính “{name}”. Hãy thêm thuộc tính trước, hoặc bỏ giá trị này.",
        'The list has no property "{name}". Add the property first, or leave the value out.',
    ),
    Problem(
        400.67,
        "Giá trị {field} “{value}” của thực thể không đúng. Hãy tải lại biểu mẫu và danh sách.",
        'The value {field} "{value}" of the entity is wrong. Download form and list again.',
    ),
    Problem(
        400.68,
        "Thực thể này không có xung đột để giải quyết. Hãy tải lại trang.",
        "This entity has no conflict to resolve. Load the page again.",
    ),
    Problem(
        400.69,
        "Còn {count} phiếu chờ duyệt để tạo thực thể. Hãy chọn tạo luôn (convert=true) hoặc không "
        "(convert=false).",
        "{count} submissions wait for approval to make entities. Say whether to make them now "
        "(convert=true) or not (convert=false).",
    ),
    Problem(
        400.71,
        "Tệp có lỗi nên chưa nhập gì. Hãy sửa các dòng được nêu rồi tải lên lại.",
        "The file has errors, so nothing was taken. Correct the rows named and upload again.",
    ),
    Problem(
        400.72,
        "Chỉ gắn được danh sách thực thể vào tệp dữ liệu (.csv). Hãy chọn tệp khác.",
        "An entity list can only take the place of a data file (.csv). Choose another file.",
    ),
    Problem(
        400.73,
        "Bộ lọc của danh sách chưa đúng: {reason_vi}",
        "The filter of the list is wrong: {reason_en}",
    ),
    Problem(
        403.61,
        "Biểu mẫu không được phép làm “{action}” với danh sách này. Hãy kiểm tra phiên bản biểu "
        "mẫu.",
        'The form may not "{action}" entities of this list. Check the version of the form.',
    ),
    Problem(
        404.61,
        "Dự án không có danh sách thực thể “{name}”. Hãy xem các danh sách của dự án.",
        'The project has no entity list "{name}". Look it up in the lists of the project.',
    ),
    Problem(
        404.62,
        "Không có thực thể {uuid} trong danh sách “{name}”. Hãy kiểm tra mã.",
        'There is no entity {uuid} in the list "{name}". Check the id.',
    ),
    Problem(
        404.63,
        "Thực thể {uuid} không có phiên bản {version}. Hãy tải lại danh sách trên điện thoại.",
        "Entity {uuid} has no version {version}. Download the list to the phone again.",
    ),
    Problem(
        404.64,
        "Danh sách không có thuộc tính “{name}”. Hãy xem các thuộc tính của danh sách.",
        'The list has no property "{name}". Look it up in the list\'s properties.',
    ),
    Problem(
        404.65,
        "Thực thể {uuid} đã bị xoá. Hãy khôi phục thực thể rồi thử lại.",
        "Entity {uuid} was deleted. Restore it and try again.",
    ),
    Problem(
        409.61,
        "Dự án đã có danh sách “{name}” (không phân biệt chữ hoa, chữ thường). Hãy dùng danh sách "
        "ấy hoặc đặt tên khác.",
        'The project has a list "{name}" already (letter case makes no other name). Use it, or '
        "choose another name.",
    ),
    Problem(
        409.62,
        "Danh sách đã có thuộc tính “{name}” (không phân biệt chữ hoa, chữ thường). Hãy dùng đúng "
        "tên ấy hoặc đặt tên khác.",
        'The list has a property "{name}" already (letter case makes no other name). Use that '
        "very name, or choose another.",
    ),
    Problem(
        409.63,
        "Đã có thực thể mang mã {uuids}. Hãy dùng mã khác, hoặc cập nhật thực thể ấy.",
        "There is an entity with the id {uuids}. Use another id, or update that entity.",
    ),
    Problem(
        409.64,
        "Mã {uuids} là của thực thể đã xoá, không dùng lại được. Hãy khôi phục thực thể ấy hoặc "
        "dùng mã khác.",
        "The id {uuids} is that of a deleted entity and cannot be used again. Restore that entity "
        "or use another id.",
    ),
    Problem(
        409.65,
        "Thực thể đang ở phiên bản {current}, bạn sửa từ phiên bản {provided}. Hãy tải bản mới rồi "
        "sửa lại, hoặc dùng force=true.",
        "The entity is at version {current}, you changed version {provided}. Take the newest one "
        "and change it again, or say force=true.",
    ),
    Problem(
        409.66,
        "Biểu mẫu {forms} còn dùng danh sách này nên không xoá được. Hãy bỏ danh sách khỏi biểu "
        "mẫu trước.",
        "The forms {forms} still use this list, so it stays. Take the list out of the forms first.",
    ),
    Problem(
        409.67,
        "Không xoá được thuộc tính “{name}”: biểu mẫu {forms} ghi vào đó, hoặc {count} thực thể có "
        "giá trị. Hãy xoá các giá trị và bỏ khỏi biểu mẫu trước.",
        'The property "{name}" stays: the forms {forms} write to it, or {count} entities hold a '
        "value. Empty the values and take it out of the forms first.",
    ),
    Problem(
        409.68,
        "Danh sách “{name}” được tạo từ mẫu điều tra, không sửa ở đây được. Hãy sửa mẫu hoặc kết "
        "quả thực địa.",
        'The list "{name}" is generated from the sample and cannot be changed here. Change the '
        "sample or the field results.",
    ),
)
