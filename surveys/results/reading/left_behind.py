"""Who is left behind (R8), as the run stored it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from surveys.results.models import Run
from surveys.results.reading.names import DOMAIN_NAMES, Names

KIND_NAMES: Final[Mapping[str, Names]] = {
    "sex": Names("Giới", "Sex"),
    "age_group": Names("Nhóm tuổi", "Age"),
    "urban_rural": Names("Thành thị, nông thôn", "Urban, rural"),
    "education": Names("Học vấn (người tự trả lời)", "Schooling (answered in person)"),
    "limitation": Names(
        "Khó khăn do sức khoẻ, khuyết tật (người tự trả lời)",
        "Difficulty from health or disability (answered in person)",
    ),
    "poverty": Names("Danh sách nghèo của xã", "The commune's list of the poor"),
}
GROUP_NAMES: Final[Mapping[tuple[str, str], Names]] = {
    ("education", "none"): Names("Chưa hết tiểu học", "No schooling completed"),
    ("education", "primary"): Names("Tiểu học", "Primary"),
    ("education", "lower"): Names("Trung học cơ sở", "Lower secondary"),
    ("education", "upper"): Names("Trung học phổ thông", "Upper secondary"),
    ("education", "higher"): Names("Trung cấp trở lên", "Vocational and above"),
    ("limitation", "none"): Names("Không khó khăn", "No difficulty"),
    ("limitation", "some"): Names("Hơi khó", "Some difficulty"),
    ("limitation", "severe"): Names("Rất khó, không làm được", "A lot, or cannot"),
    ("poverty", "poor"): Names("Hộ nghèo", "Poor"),
    ("poverty", "near"): Names("Hộ cận nghèo", "Near-poor"),
    ("poverty", "neither"): Names("Không nghèo, không cận nghèo", "Neither"),
}
ORDER: Final = [*DOMAIN_NAMES, *GROUP_NAMES]


@dataclass(frozen=True, slots=True)
class Told:
    """A share with its interval, or the reason why it is not told."""

    estimate: float | None
    lower: float | None
    upper: float | None
    is_caution: bool
    reason: Names

    @property
    def is_shown(self) -> bool:
        return self.estimate is not None


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One group of adults; shares in 0..1, None where they are withheld."""

    group: Names
    n: int | None
    population_share: float | None
    of_not_ready: float | None
    ready: Told
    near: Told
    wants_help: Told


@dataclass(frozen=True, slots=True)
class GroupPart:
    """The groups that one way of parting adults gives."""

    title: Names
    rows: tuple[GroupRow, ...]


def left_behind(run: Run) -> tuple[GroupPart, ...]:
    """() of runs that were made before it was told."""
    rows = run.report.get("left_behind", [])
    parts = []
    for kind, title in KIND_NAMES.items():
        here = [row for row in rows if row["kind"] == kind]
        here.sort(key=lambda row: _place(row["kind"], row["group"]))
        if here:
            parts.append(GroupPart(title, tuple(_row(row) for row in here)))
    return tuple(parts)


def _place(kind: str, group: str) -> int:
    key = (kind, group)
    return ORDER.index(key) if key in ORDER else len(ORDER)


def _row(row: Mapping[str, Any]) -> GroupRow:
    key = (row["kind"], row["group"])
    name = GROUP_NAMES.get(key) or DOMAIN_NAMES.get(key) or Names(row["group"], row["group"])
    return GroupRow(
        name,
        row["n"],
        row["population_share"],
        row["of_not_ready"],
        _told(row["ready"]),
        _told(row["near"]),
        _told(row["wants_help"]),
    )


def _told(said: Mapping[str, Any]) -> Told:
    reason = Names(said["reason_vi"], said["reason_en"])
    return Told(said["estimate"], said["lower"], said["upper"], said["caution"], reason)
