"""What a version of a form changes, as lines of a table."""

from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from dashboard.presentation.formats import is_english
from forms import labels
from forms.diff import Effect, FormChange, Kind
from surveys.collection.version_safety import VersionSafety

_SAYS: Final[dict[Kind, Any]] = {
    Kind.ADDED: _("Câu hỏi mới"),
    Kind.REMOVED: _("Bỏ câu hỏi"),
    Kind.RENAMED: _("Đổi tên hoặc chuyển chỗ"),
    Kind.TYPE: _("Đổi kiểu dữ liệu"),
    Kind.CONTROL: _("Đổi cách trả lời"),
    Kind.CHOICE_ADDED: _("Thêm lựa chọn"),
    Kind.CHOICE_REMOVED: _("Bỏ lựa chọn"),
    Kind.CHOICE_RELABELLED: _("Đổi lời của lựa chọn"),
    Kind.LABEL: _("Đổi lời của câu hỏi"),
    Kind.CONSTRAINT: _("Đổi điều kiện hợp lệ"),
    Kind.RELEVANT: _("Đổi điều kiện hỏi"),
    Kind.REQUIRED: _("Đổi bắt buộc trả lời"),
    Kind.CALCULATE: _("Đổi công thức tính"),
}
_ORDER: Final = {Effect.HURT: 0, Effect.LOOK: 1, Effect.NONE: 2}


@dataclass(frozen=True, slots=True)
class Line:
    """One change; `effect` is hurt, look or none."""

    question: str
    name: str
    what: str
    choice: str
    old: str
    new: str
    records: int | None
    effect: str


def lines(safety: VersionSafety) -> list[Line]:
    """Every change, what hurts answers first."""
    found = sorted(safety.changes, key=lambda each: _ORDER[each.effect])
    return [
        Line(
            question=_question(each.change),
            name=each.change.question.name,
            what=str(_SAYS[each.change.kind]),
            choice=each.change.choice,
            old=each.change.old,
            new=each.change.new,
            records=each.records,
            effect=each.effect.value,
        )
        for each in found
    ]


def _question(change: FormChange) -> str:
    return labels.label(change.question, "en" if is_english() else "vi")
