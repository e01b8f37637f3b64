"""What the weighting did, said in both languages; the engine speaks English alone."""

from __future__ import annotations

import re
from typing import Final

from analysis.stages import CollapsedStratum
from analysis.weights import CellMerge

STEPS_VI: Final = {"non-response": "Bù không trả lời", "raking": "Hiệu chỉnh"}
_SPOKEN: Final = (
    (r"fewer than (\d+) respondents", r"dưới \1 người trả lời"),
    (
        r"under the least number; next age, same sex",
        "dưới mức tối thiểu; gộp với nhóm tuổi kế tiếp, cùng giới",
    ),
    (
        r"under the least number; both sexes of these ages",
        "dưới mức tối thiểu; gộp hai giới của nhóm tuổi này",
    ),
    (r"under the least number; next age", "dưới mức tối thiểu; gộp với nhóm tuổi kế tiếp"),
    (
        r"number of persons capped at (\d+) in (\d+)\.(\d)% of the rows",
        r"Số người lớn của hộ tính nhiều nhất là \1; áp dụng cho \2,\3 % số phiếu",
    ),
    (
        r"sex x age raked over (\d+) areas together: a cell has under (\d+)",
        r"Hiệu chỉnh giới × nhóm tuổi chung cho \1 tầng, vì có ô dưới \2 người trả lời",
    ),
    (r"(\d+) weights trimmed", r"\1 trọng số bị chặn"),
    (r"(\d+)\.(\d+)% of the sum of weights moved", r"\1,\2 % tổng trọng số được chuyển"),
    (
        r"R-indicator ([\d.]+); propensities ([\d.]+) to ([\d.]+)",
        r"Chỉ số đại diện R = \1; khả năng trả lời từ \2 đến \3",
    ),
    (
        r"(\d+) rows in no benchmark cell got the mean factor of their group",
        r"\1 phiếu không thuộc ô đối chiếu nào (giới hoặc tuổi không rõ) nhận hệ số trung bình "
        "của nhóm tuổi",
    ),
)


def note_words(note: str) -> dict[str, str]:
    """A note of a weighting step.

    Example
    -------
    >>> note_words("number of persons capped at 4 in 12.1% of the rows")["vi"]
    'Số người lớn của hộ tính nhiều nhất là 4; áp dụng cho 12,1 % số phiếu'
    """
    return {"vi": _vietnamese(note), "en": note}


def merge_words(merge: CellMerge) -> dict[str, str]:
    """A merge of thin cells or classes."""
    step = STEPS_VI.get(merge.step, merge.step)
    reason = _vietnamese(merge.reason)
    vi = f"{step}: {merge.cell} ({merge.respondents}) gộp với {merge.into}: {reason}"
    return {"vi": vi, "en": str(merge)}


def collapse_words(collapsed: CollapsedStratum) -> dict[str, str]:
    """A stratum of one village that was paired for the variance."""
    sizes = f"{collapsed.size:g} và {collapsed.size_of_neighbour:g}".replace(".", ",")
    vi = (
        f"Tầng {collapsed.stratum} chỉ có một thôn; ghép với {collapsed.merged_into} "
        f"(tổng trọng số {sizes})"
    )
    return {"vi": vi, "en": str(collapsed)}


def _vietnamese(text: str) -> str:
    for pattern, vi in _SPOKEN:
        found = re.fullmatch(pattern, text)
        if found is not None:
            return found.expand(vi)
    return text
