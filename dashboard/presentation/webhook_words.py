"""The events of webhooks in words."""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from surveys.collection.models import Webhook

EVENTS: Final[list[tuple[str, Any]]] = [
    ("submission.created", _("nhận phiếu mới")),
    ("submission.updated", _("phiếu có bản sửa hoặc thêm tệp")),
    ("submission.reviewed", _("đổi kết luận duyệt")),
    ("submission.deleted", _("xoá phiếu")),
    ("submission.restored", _("khôi phục phiếu")),
    ("entity.created", _("thêm thực thể")),
    ("entity.updated", _("sửa thực thể")),
    ("entity.deleted", _("xoá thực thể")),
    ("form.published", _("phát hành biểu mẫu")),
    ("run.published", _("công bố kết quả")),
    ("quarantine.kept", _("có phiếu vào khu cách ly")),
]
ANSWERS: Final[list[tuple[str, Any]]] = [
    (Webhook.Answers.NONE.value, _("không gửi câu trả lời nào")),
    (Webhook.Answers.OPEN.value, _("câu trả lời không bị che")),
    (Webhook.Answers.ALL.value, _("mọi câu trả lời, cả phần được che")),
]


def event_words(event: str) -> str:
    words = dict(EVENTS).get(event)
    return str(words) if words is not None else str(_("gửi thử"))
