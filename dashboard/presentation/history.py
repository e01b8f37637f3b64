"""What happened to a record, as sentences."""

from collections.abc import Callable
from typing import Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dashboard.presentation import audit_words
from dashboard.presentation.formats import pick
from surveys.collection import problems
from surveys.collection.models import Actor, AuditEvent, Submission

_SENTENCES: Final[dict[str, Any]] = {
    **audit_words.WORDS,
    "submission.create": _("Nhận phiếu"),
    "submission.update.version": _("Nhận bản sửa"),
    "submission.attachment.update": _("Nhận thêm ảnh hoặc tệp"),
    "submission.review": _("Đổi kết luận duyệt"),
    "submission.comment": _("Viết ghi chú"),
    "submission.attachment.delete": _("Bỏ một tệp của phiếu"),
    "submission.delete": _("Đưa phiếu vào thùng rác"),
    "submission.restore": _("Khôi phục phiếu từ thùng rác"),
    "entity.create": _("Tạo thực thể"),
    "entity.update.version": _("Cập nhật thực thể"),
    "entity.update.resolve": _("Giải quyết xung đột của thực thể"),
    "entity.delete": _("Xoá thực thể"),
    "entity.restore": _("Khôi phục thực thể"),
    "entity.purge": _("Xoá hẳn thực thể"),
    "entity.bulk.create": _("Thêm thực thể từ tệp"),
    "submission.backlog.hold": _("Thực thể chờ phiếu trước của cùng điện thoại"),
    "submission.backlog.reprocess": _("Phiếu trước đã đến, xử lý thực thể"),
    "submission.backlog.force": _("Xử lý thực thể không chờ phiếu trước"),
    "submission.import": _("Nhập phiếu từ máy chủ khác"),
    "submission.bulk": _("Thay đổi nhiều phiếu một lần"),
    "webhook.create": _("Thêm nơi nhận webhook"),
    "webhook.update": _("Sửa nơi nhận webhook"),
    "webhook.delete": _("Xoá nơi nhận webhook"),
    "webhook.pause": _("Dừng nơi nhận webhook"),
    "webhook.resume": _("Cho nơi nhận webhook chạy tiếp"),
    "webhook.secret": _("Tạo khoá ký mới cho webhook"),
    "quarantine.take": _("Lấy phiếu ra khỏi khu cách ly"),
    "outcome.decide": _("Giám sát viên quyết định về hộ"),
    "outcome.decision.withdraw": _("Rút quyết định về hộ"),
}
_REVIEWS: Final[dict[str | None, Any]] = {
    Submission.Review.APPROVED: _("Duyệt phiếu"),
    Submission.Review.HAS_ISSUES: _("Đánh dấu phiếu có vấn đề"),
    Submission.Review.REJECTED: _("Loại phiếu, không tính"),
    Submission.Review.EDITED: _("Đánh dấu phiếu đã sửa"),
    None: _("Bỏ kết luận duyệt"),
}


def _received(event: AuditEvent) -> str:
    if event.actor is None:
        return ""
    name = {"name": event.actor.display_name}
    if event.actor.kind == Actor.Kind.PUBLIC_LINK:
        return gettext("Nhận qua liên kết %(name)s") % name
    if event.actor.kind != Actor.Kind.APP_USER:
        return ""
    if event.action == "submission.create":
        return gettext("Nhận từ máy của %(name)s") % name
    return gettext("Nhận bản sửa từ máy của %(name)s") % name


def _review(event: AuditEvent) -> str:
    state = event.details.get("review_state")
    return str(_REVIEWS[state]) if state in _REVIEWS else ""


def _files(event: AuditEvent) -> str:
    names = event.details.get("names") or []
    return gettext("Nhận thêm tệp %(names)s") % {"names": ", ".join(names)} if names else ""


def _entity_error(event: AuditEvent) -> str:
    problem = event.details.get("problem") or {}
    found = problems.get(problem.get("problemCode") or problems.SERVER_FAULT)
    said = problem.get("problemDetails") or {}
    reason = pick(found.vi_with(said), found.en_with(said))
    return gettext("Chưa áp dụng được thực thể: %(reason)s") % {"reason": reason}


_WITH_DETAILS: Final[dict[str, Callable[[AuditEvent], str]]] = {
    "submission.create": _received,
    "submission.update.version": _received,
    "submission.review": _review,
    "submission.attachment.update": _files,
    "entity.error": _entity_error,
}


def sentence(event: AuditEvent) -> str:
    """What an event says in the language of the page; an unknown action keeps its code."""
    in_full = _WITH_DETAILS.get(event.action)
    found = in_full(event) if in_full is not None else ""
    if found:
        return found
    known = _SENTENCES.get(event.action)
    return str(known) if known else gettext("Việc khác (%(code)s)") % {"code": event.action}
