"""What the token of a public link opens: its own form, to fetch and to fill, and nothing else.

Asked only after no phone had that token, so phones pay nothing for it. Entity lists and records
are never handed out here: whoever saw the QR code has the token.
"""

import threading
import time
from dataclasses import dataclass, field
from typing import Final

from django.utils import timezone

from forms.instance import InstanceHead
from surveys.collection import statements
from surveys.collection.arrival import Admission
from surveys.collection.blank_forms import BlankForm
from surveys.collection.models import PublicLink, Submission
from surveys.collection.refusal import Refused

# A desk where everybody shares one network sends far less; a script sends far more.
MOST_FROM_ADDRESS: Final = 60
MOST_OF_LINK: Final = 600
WINDOW_SECONDS: Final = 300.0
MOST_KEYS: Final = 10_000


class LinkClosed(Refused):
    """403.31 revoked or unknown, 403.32 paused, 403.33 expired, 409.41 sent once already,
    429.2 too many at once."""


@dataclass(slots=True)
class Bucket:
    """Fills again steadily: `left` at the moment `at`."""

    left: float
    at: float


@dataclass(slots=True)
class Throttle:
    """Counts in memory, in each web process by itself, as `sign_in` counts failures."""

    buckets: dict[str, Bucket] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def wait_seconds(self, key: str, size: int, now: float) -> int:
        """Take one; 0, or how many seconds until one is there again."""
        rate = size / WINDOW_SECONDS
        with self.lock:
            bucket = self.buckets.pop(key, None) or Bucket(float(size), now)
            bucket.left = min(float(size), bucket.left + (now - bucket.at) * rate)
            bucket.at = now
            if len(self.buckets) >= MOST_KEYS:
                self.buckets.pop(next(iter(self.buckets)))
            self.buckets[key] = bucket
            if bucket.left < 1:
                return max(1, round((1 - bucket.left) / rate))
            bucket.left -= 1
            return 0


_throttle: Final = Throttle()


def link_of(token: str, project_id: int) -> PublicLink | None:
    """The link of a token in a living form of the project, whatever its state."""
    found: PublicLink | None = (
        PublicLink.objects.select_related("actor", "form", "form__project")
        .filter(
            token=token,
            actor__deleted_at__isnull=True,
            form__deleted_at__isnull=True,
            form__project=project_id,
            form__project__deleted_at__isnull=True,
        )
        .first()
    )
    return found


def link_anywhere(token: str) -> PublicLink:
    """The link of a token, for its page; 403.31 when there is none."""
    found: PublicLink | None = (
        PublicLink.objects.select_related("actor", "form__current", "form__project")
        .defer("form__current__xform", "form__current__workbook", "form__current__schema")
        .filter(
            token=token.replace("\x00", ""),
            actor__deleted_at__isnull=True,
            form__deleted_at__isnull=True,
            form__project__deleted_at__isnull=True,
        )
        .first()
    )
    if found is None:
        raise LinkClosed(403.31)
    return found


def require_living(link: PublicLink) -> None:
    """Raise `LinkClosed` for a link that is paused or has expired."""
    if link.token is None:
        raise LinkClosed(403.31)
    if link.expires_at is not None and link.expires_at <= timezone.now():
        raise LinkClosed(403.33)
    if link.paused_at is not None:
        raise LinkClosed(403.32)


def require_room(link: PublicLink, address: str) -> None:
    """Raise `LinkClosed` (429.2) when the link, or one address on it, sends too much.

    Two limits, so that one person on a shared network does not shut out the desk beside it.
    """
    now = time.monotonic()
    keys = ((f"{link.pk} {address}", MOST_FROM_ADDRESS), (f"{link.pk}", MOST_OF_LINK))
    for key, size in keys:
        if seconds := _throttle.wait_seconds(key, size, now):
            raise LinkClosed(429.2, seconds=seconds)


def require_first(link: PublicLink, device_id: str | None, instance_id: str) -> None:
    """Raise `LinkClosed` (409.41) when a link for one record each has one of this browser.

    The record's own resend passes. A browser that hides its id is stopped by its page alone.
    """
    if not link.once or not device_id:
        return
    others = Submission.objects.filter(submitter=link.pk, device_id=device_id, is_draft=False)
    if others.exclude(instance_id=instance_id).exists():
        raise LinkClosed(409.41)


def admission(link: PublicLink, head: InstanceHead) -> Admission:
    """The form for what came; another form than the link's own gives no right, nor does an edit:
    whoever saw the QR code could replace the answers of somebody else.
    """
    if head.form_id != link.form.xml_form_id or head.deprecated_id:
        return Admission(link.form.project_id, link.pk, form_id=link.form_id, may_submit=False)
    version = link.form.versions.filter(version=head.version, published_at__isnull=False)
    found = version.values_list("pk", "md5").first()
    return Admission(
        project_id=link.form.project_id,
        actor_id=link.pk,
        form_id=link.form_id,
        form_state=link.form.state,
        form_version_id=found[0] if found else None,
        form_md5=found[1] if found else "",
        may_submit=True,
        never_stored=frozenset(link.form.never_stored),
    )


_CURRENT = (
    "SELECT v.id, v.md5 FROM form f JOIN form_version v ON v.id = f.current_id WHERE f.id = $1"
)


def blank_form(link: PublicLink, xml_form_id: str) -> BlankForm:
    """The form to fill; `may_read` is false for every other form."""
    if xml_form_id != link.form.xml_form_id:
        return BlankForm(link.form_id, 0, "", link.pk, may_read=False)
    rows = statements.run(_CURRENT, (link.form_id,))
    version, md5 = rows[0] if rows else (0, "")
    return BlankForm(link.form_id, version, md5, link.pk, may_read=True, is_public=True)
