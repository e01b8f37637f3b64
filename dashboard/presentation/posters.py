"""Public links as people see them: a row of a list, a poster with its QR code."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import quote

from django.utils import timezone
from django.utils.safestring import SafeString

from dashboard.presentation.qr import qr_svg
from surveys.collection import public_links
from surveys.collection.models import Form, PublicLink


class LinkState(StrEnum):
    OPEN = "open"
    PAUSED = "paused"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class LinkRow:
    link: PublicLink
    state: LinkState
    sent: int
    last: datetime | None
    address: str
    qr: SafeString | str


def rows_of(form: Form, links: list[PublicLink], base: str = "") -> list[LinkRow]:
    """The links with what they brought; with a base address their QR codes too."""
    sent = public_links.sent_by(form, links)
    rows = []
    for link in links:
        n, last = sent.get(link.pk, (0, None))
        address = f"{base}/f/{quote(link.token, safe='!$')}/" if base and link.token else ""
        # A poster is folded, stained and photographed from the side: a quarter may be lost.
        code = qr_svg(address, error="q") if address else ""
        rows.append(LinkRow(link, state_of(link), n, last, address, code))
    return rows


def state_of(link: PublicLink) -> LinkState:
    if link.token is None:
        return LinkState.REVOKED
    if link.expires_at is not None and link.expires_at <= timezone.now():
        return LinkState.EXPIRED
    return LinkState.PAUSED if link.paused_at is not None else LinkState.OPEN
