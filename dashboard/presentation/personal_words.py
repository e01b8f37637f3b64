"""Words for classes of personal data and for retention clocks."""

from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from surveys.collection.privacy import PrivacyClass
from surveys.collection.retention import Kind


@dataclass(frozen=True, slots=True)
class KindWords:
    """What a clock takes out, and from when its days count."""

    what: Any
    since: Any


_ROUND_END: Final = _("sau ngày cuối của đợt")
KINDS: Final[dict[Kind, KindWords]] = {
    Kind.CONTACTS: KindWords(_("Thông tin liên hệ (P1)"), _ROUND_END),
    Kind.IDENTIFYING: KindWords(_("Thông tin nhận ra người (P2)"), _ROUND_END),
    Kind.STAFF: KindWords(_("Thông tin về người thu phiếu (P4)"), _ROUND_END),
    Kind.MEDIA: KindWords(_("Ảnh, tiếng, phim"), _ROUND_END),
    Kind.QUARANTINE: KindWords(_("Phiếu cách ly đã xử lý"), _("sau ngày xử lý")),
    Kind.TESTS: KindWords(_("Phiếu thử của bản nháp"), _("sau ngày gửi")),
}
CLASSES: Final[dict[PrivacyClass, Any]] = {
    PrivacyClass.CONTACT: _("P1 liên hệ"),
    PrivacyClass.IDENTIFYING: _("P2 nhận ra người"),
    PrivacyClass.SENSITIVE: _("P3 nhạy cảm"),
    PrivacyClass.STAFF: _("P4 người thu phiếu"),
}
