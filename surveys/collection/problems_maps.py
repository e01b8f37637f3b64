"""Problems of figures to be drawn as a map. Data of `problems`, by number."""

from typing import Final

from surveys.collection.problem import Problem

PROBLEMS: Final[tuple[Problem, ...]] = (
    Problem(
        400.185,
        "Dòng {line}: không vẽ được – {said}. Hãy sửa dòng này; tỷ lệ ghi trong khoảng 0 đến 1.",
        "Line {line} cannot be drawn: {said}. Correct this line; shares lie between 0 and 1.",
    ),
    Problem(
        400.186,
        "Tệp cần cột code và value. Các cột hiểu được: {columns}.",
        "The file needs the columns code and value. Understood are: {columns}.",
    ),
    Problem(
        400.187,
        "Không vẽ được bản đồ: {said}. Hãy xem lại --unit, --breaks và các số trong tệp.",
        "The map cannot be drawn: {said}. Check --unit, --breaks and the figures of the file.",
    ),
    Problem(
        400.188,
        "Không có bản đồ như vậy ({said}). Hãy chọn lại trên trang của đợt.",
        "There is no such map ({said}). Choose again on the page of the round.",
    ),
    Problem(404.181, "Không có bản đồ này. Hãy đặt lại.", "There is no such map. Order it again."),
    Problem(
        409.181,
        "Không đặt hai bản đồ này cạnh nhau được: {reason_vi}",
        "These maps cannot stand side by side: {reason_en}",
    ),
    Problem(
        409.182,
        "Hai đợt không có xã nào chung nên không đặt cạnh nhau. Hãy chọn đợt khác.",
        "The two rounds have no commune in common, so they are not put side by side. Choose "
        "another round.",
    ),
    Problem(
        429.181,
        "Bạn đang có {limit} bản đồ chưa vẽ xong. Hãy chờ chúng xong rồi đặt tiếp.",
        "You have {limit} maps that are still being drawn. Wait for them before the next.",
    ),
)
