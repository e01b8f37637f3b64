"""What one may do to many submissions, in words, and what came of it."""

from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dashboard.presentation.formats import number
from surveys.collection.models import AppUser, Form, Submission
from surveys.collection.rights import Access
from surveys.fieldwork.bulk import RIGHTS, Action, Change

NO_REVIEW: Final = "none"
EVERYBODY: Final = "everybody"
_WORDS: Final[dict[str, Any]] = {
    "review:approved": _("Duyệt"),
    "review:hasIssues": _("Đánh dấu có vấn đề"),
    "review:rejected": _("Loại, không tính"),
    "review:none": _("Bỏ kết luận duyệt"),
    "comment": _("Viết ghi chú"),
    "assign": _("Giao hộ cho điều tra viên"),
    "delete": _("Xoá"),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """A change that the page offers."""

    value: str
    words: str


def changes_for(access: Access, project_id: int) -> list[Offer]:
    """The changes that the person may make somewhere in the project."""
    return [
        Offer(value, str(words))
        for value, words in _WORDS.items()
        if access.may(RIGHTS[Action(value.partition(":")[0])], project_id)
    ]


def phones_of(form: Form) -> list[AppUser]:
    """The enumerators to whom households can be given."""
    living = AppUser.objects.filter(
        project=form.project_id, token__isnull=False, actor__deleted_at=None
    )
    return list(living.select_related("actor").order_by("actor__display_name"))


def read(value: str, comment: str, to: str) -> Change | None:
    """The change that a page sent; None = it cannot be read."""
    if value not in _WORDS:
        return None
    action, _colon, state = value.partition(":")
    comment = comment.replace("\x00", "")  # PostgreSQL takes none
    if action != Action.ASSIGN:
        is_review = state and state != NO_REVIEW
        return Change(
            Action(action), Submission.Review(state).value if is_review else None, comment.strip()
        )
    if to == EVERYBODY:
        return Change(Action.ASSIGN)
    is_number = to.isascii() and to.isdecimal() and len(to) < 19
    return Change(Action.ASSIGN, to=int(to)) if is_number else None


def question(change: Change, count: int) -> str:
    """What is about to happen, with the number of records in it."""
    words = {"n": number(count), "name": _name_of(change)}
    sentences = {
        "review:approved": gettext("Duyệt %(n)s phiếu?"),
        "review:hasIssues": gettext("Đánh dấu %(n)s phiếu có vấn đề?"),
        "review:rejected": gettext("Loại %(n)s phiếu?"),
        "review:none": gettext("Bỏ kết luận duyệt của %(n)s phiếu?"),
        "comment": gettext("Viết ghi chú vào %(n)s phiếu?"),
        "assign": gettext("Giao hộ của %(n)s phiếu cho %(name)s?"),
        "delete": gettext("Xoá %(n)s phiếu?"),
        "restore": gettext("Khôi phục %(n)s phiếu?"),
    }
    return sentences[key_of(change)] % words


def title(change: Change, count: int) -> str:
    """What was done, as a heading."""
    return question(change, count).rstrip("?")


def key_of(change: Change) -> str:
    if change.action is Action.REVIEW:
        return f"review:{change.review_state or NO_REVIEW}"
    return change.action.value


def _name_of(change: Change) -> str:
    if change.action is not Action.ASSIGN:
        return ""
    if change.to is None:
        return gettext("mọi điều tra viên")
    found = AppUser.objects.select_related("actor").filter(pk=change.to).first()
    return found.actor.display_name if found is not None else "–"
