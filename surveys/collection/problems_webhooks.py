"""Problems of changes to many records, of saved filters and of webhooks. Data of `problems`."""

from typing import Final

from surveys.collection.problem import Problem

PROBLEMS: Final[tuple[Problem, ...]] = (
    Problem(
        400.171,
        "Địa chỉ nhận không dùng được: {reason_vi}",
        "The receiving address cannot be used: {reason_en}",
    ),
    Problem(
        400.172,
        "Không có sự kiện “{event}”. Hãy chọn trong danh sách sự kiện.",
        'There is no event "{event}". Choose from the list of events.',
    ),
    Problem(
        403.71,
        "Chỉ người duyệt phiếu của cả dự án mới cho gửi đi câu trả lời được che.",
        "Only somebody who reviews the whole project may have restricted answers sent out.",
    ),
    Problem(
        404.71,
        "Không có nơi nhận hoặc lượt gửi này trong dự án. Hãy xem lại danh sách.",
        "There is no such webhook or delivery in the project. Look at the list again.",
    ),
    Problem(
        409.71,
        "Phiếu không gắn với hộ nào trong mẫu nên không giao được. Hãy xem mã hộ trong phiếu.",
        "The record belongs to no sampled household and cannot be given out. Check its household.",
    ),
    Problem(
        409.72,
        "Một lần chỉ thay đổi được {limit} phiếu. Hãy lọc hẹp hơn rồi làm từng phần.",
        "One change takes at most {limit} records. Narrow the filter and work in parts.",
    ),
    Problem(
        409.73,
        "Bạn đã có bộ lọc tên “{name}” cho biểu mẫu này. Hãy đặt tên khác.",
        'You have a filter named "{name}" for this form already. Choose another name.',
    ),
    Problem(
        409.74,
        "Dự án đã có {limit} nơi nhận. Hãy xoá nơi không dùng nữa trước.",
        "The project has {limit} webhooks already. Delete one that is not used first.",
    ),
    Problem(
        409.75,
        "Số phiếu khớp đã đổi từ {expected} thành {found}. Hãy xem lại rồi xác nhận lần nữa.",
        "The number of matching records went from {expected} to {found}. Look again and confirm.",
    ),
)
