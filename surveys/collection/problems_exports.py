"""Problems of made files. Data of `problems`."""

from typing import Final

from surveys.collection.problem import Problem

PROBLEMS: Final[tuple[Problem, ...]] = (
    Problem(
        400.81,
        "Tệp này sẽ có dữ liệu cá nhân. Hãy xác nhận rằng bạn cần và được phép dùng dữ liệu ấy.",
        "This file would hold personal data. Confirm that you need it and may use it.",
    ),
    Problem(
        400.82,
        "Không có lần chạy đã công bố nào của đợt khảo sát dùng biểu mẫu này. Hãy công bố một lần "
        "chạy trước.",
        "No published run stands on this form. Publish a run of its round first.",
    ),
    Problem(
        404.81,
        "Không có tệp này, hoặc tệp đã hết hạn hay đã xoá. Hãy tạo tệp mới.",
        "There is no such file, or it has expired or was deleted. Make a new one.",
    ),
    Problem(
        409.81,
        "Tệp chưa làm xong. Hãy chờ đến khi xong rồi tải.",
        "The file is not finished. Wait until it is, then download it.",
    ),
    Problem(
        429.81,
        "Bạn đang có {limit} tệp chưa làm xong. Hãy chờ chúng xong rồi tạo tiếp.",
        "You have {limit} files that are not finished. Wait for them before you make another.",
    ),
)
