"""Problems of plans for teams. Data of `problems`."""

from typing import Final

from surveys.collection.problem import Problem

PROBLEMS: Final[tuple[Problem, ...]] = (
    Problem(
        400.161,
        "Không lập kế hoạch như vậy được: {reason_vi}",
        "No such plan can be made: {reason_en}",
    ),
    Problem(
        404.161,
        "Không có kế hoạch này. Hãy mở danh sách kế hoạch của đợt.",
        "There is no such plan. Open the list of plans of the round.",
    ),
    Problem(
        409.161,
        "Đợt này chưa có kết quả về sẵn sàng số. Hãy tính kết quả trước khi lập kế hoạch.",
        "The round has no figures of digital readiness yet. Run the analysis before planning.",
    ),
    Problem(
        429.161,
        "Bạn đang có {limit} kế hoạch chưa tính xong. Hãy chờ chúng xong rồi lập tiếp.",
        "You have {limit} plans that are still being solved. Wait for them before the next.",
    ),
)
