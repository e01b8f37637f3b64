"""The sheet of who is left behind (R8)."""

from __future__ import annotations

from typing import Final

from surveys.results.reading.left_behind import GroupPart, GroupRow, Told
from surveys.results.reading.names import Names
from surveys.results.report.words import Speaker
from surveys.results.report.workbook import SheetWriter, Value, count_value, share_value

HEADS: Final = (
    Names("Nhóm", "Group"),
    Names("Phần dân số", "Share of people"),
    Names("Sẵn sàng số", "Ready"),
    Names("từ", "from"),
    Names("đến", "to"),
    Names("Phần trong số chưa đủ", "Of those not ready"),
    Names("Trong nhà có người sẵn sàng", "Somebody at home is ready"),
    Names("từ", "from"),
    Names("đến", "to"),
    Names("Muốn được chỉ dẫn", "Wants to be shown"),
    Names("từ", "from"),
    Names("đến", "to"),
    Names("n", "n"),
    Names("Ghi chú", "Note"),
)
ABOUT: Final = Names(
    "Người từ 18 tuổi. Học vấn và khó khăn: người tự trả lời, tính cho tất cả.",
    "Persons aged 18 or over. Schooling and difficulty: those who answered in person, weighted to "
    "all.",
)


def left_behind_sheet(writer: SheetWriter, parts: tuple[GroupPart, ...], speaker: Speaker) -> None:
    """One block for each way to part adults."""
    writer.text(speaker.say(ABOUT))
    writer.blank()
    writer.heading([speaker.say(head) for head in HEADS])
    for part in parts:
        writer.row([Value(speaker.say(part.title), is_bold=True)])
        for row in part.rows:
            writer.row(_cells(row, speaker))
    writer.finish({1: 34, 14: 60})


def _cells(row: GroupRow, speaker: Speaker) -> list[Value | str]:
    return [
        speaker.say(row.group),
        share_value(row.population_share),
        *_told(row.ready),
        share_value(row.of_not_ready),
        *_told(row.near),
        *_told(row.wants_help),
        count_value(row.n),
        speaker.say(row.ready.reason),
    ]


def _told(told: Told) -> list[Value]:
    return [share_value(each) for each in (told.estimate, told.lower, told.upper)]
