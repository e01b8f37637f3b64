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
)
