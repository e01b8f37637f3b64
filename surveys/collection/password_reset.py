"""A link with which somebody sets a new password, once: by e-mail, or handed over.

Nobody learns from here whether an account exists: an e-mail is asked for with the same answer and
the same work for everybody, and the worker looks whether there is somebody to write to.
"""

import time
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.utils import timezone

from surveys.collection import audit, jobs, people, rights, sign_in
from surveys.collection.models import Actor, Job, PasswordReset, User
from surveys.collection.refusal import Refused
from surveys.collection.rights import Right

KIND: Final = "password_link"
HOURS_BY_MAIL: Final = 2
HOURS_HANDED: Final = 24
WINDOW_SECONDS: Final = 3600.0
ASKED_ADDRESS: Final = 20  # links asked for from one address within the window
ASKED_ACCOUNT: Final = 3  # for one e-mail; more are not sent, and nobody is told


class ResetRefused(Refused):
    """401.5 the link is used or too old, 429.5 too many were asked for."""


_asked: Final = sign_in.Failures(window=WINDOW_SECONDS)


def is_by_mail() -> bool:
    """Whether links can be sent: a mail server and the address that links carry are known."""
    return bool(settings.EMAIL_URL and settings.PUBLIC_URL)


def ask(email: str, address: str) -> None:
    """Somebody forgot a password: the worker sends a link, if the account is there.

    Raises
    ------
    ResetRefused : 429.5 for an address that asks for many.
    """
    email = email.strip().lower().replace("\x00", "")[:254]
    now = time.monotonic()
    if _asked.count(f"address {address}", now) >= ASKED_ADDRESS:
        raise ResetRefused(429.5, minutes=round(WINDOW_SECONDS / 60))
    _asked.note(f"address {address}", now)
    if _asked.count(f"account {email}", now) >= ASKED_ACCOUNT or not is_by_mail():
        return
    _asked.note(f"account {email}", now)
    jobs.enqueue(KIND, {"email": email})


def invite(user: User) -> None:
    """Send a link to the owner of a new account; nothing where no letters are sent."""
    if is_by_mail():
        jobs.enqueue(KIND, {"email": user.email})


@jobs.handles(KIND)
def handle(job: Job, _report: jobs.Report) -> dict[str, Any]:
    """Send the link. The token is made here, so it stands in no row but as its sha256."""
    user = User.objects.filter(email__iexact=job.payload["email"], is_active=True).first()
    if user is not None:
        send(user, _make(None, user, HOURS_BY_MAIL), hours=HOURS_BY_MAIL)
    return {}


def send(user: User, token: str, *, hours: int) -> None:
    """Write to the account's owner, in both languages; outside of any transaction."""
    link = address(token, settings.PUBLIC_URL)
    send_mail(
        "Đặt mật khẩu mới / Set a new password",
        f"Mở liên kết này trong {hours} giờ để đặt mật khẩu mới; chỉ dùng được một lần:\n{link}\n"
        "Nếu bạn không xin liên kết này, hãy bỏ qua thư; mật khẩu cũ vẫn dùng được.\n\n"
        f"Open this link within {hours} hours to set a new password; it works once:\n{link}\n"
        "If you did not ask for it, ignore this letter; the old password still works.\n",
        settings.EMAIL_FROM,
        [user.email],
    )


def make_link(actor: Actor, user: User) -> str:
    """A token that an administrator hands over; older ones of the account end.

    Raises
    ------
    rights.Forbidden : only an administrator everywhere.
    """
    rights.require(actor, Right.ADMINISTER)
    return _make(actor, user, HOURS_HANDED)


def invalidate(actor: Actor, user: User) -> None:
    """The present password opens nothing any more, and all sessions end."""
    rights.require(actor, Right.ADMINISTER)
    with transaction.atomic():
        user.set_unusable_password()
        user.save(update_fields=["password"])
        people.close_sessions(user)
        audit.record("user.password", actor=actor, email=user.email, invalidated=True)


def holder_of(token: str) -> User | None:
    """Whose living link a token is."""
    found = (
        PasswordReset.objects.select_related("user__actor")
        .filter(
            token_sha256=sign_in.digest(token), expires_at__gt=timezone.now(), user__is_active=True
        )
        .first()
    )
    return found.user if found is not None else None


def use(token: str, password: str) -> User:
    """Set the password of the link's account; every link and session of it ends.

    Raises
    ------
    ResetRefused : 401.5.
    people.PersonRefused : 400.22 a weak password; the link may be used again.
    """
    with transaction.atomic():
        user = holder_of(token)
        if user is None:
            raise ResetRefused(401.5)
        people.check_strength(password)
        # Of two that use it at the same moment one deletes it.
        if not PasswordReset.objects.filter(token_sha256=sign_in.digest(token)).delete()[0]:
            raise ResetRefused(401.5)
        people.set_password(user.actor, user, password)
    return user


def address(token: str, base: str) -> str:
    """Where the link leads."""
    return f"{base.rstrip('/')}/password/{token}/"


def _make(actor: Actor | None, user: User, hours: int) -> str:
    token = people.new_token()
    with transaction.atomic():
        PasswordReset.objects.filter(user=user).delete()
        PasswordReset.objects.create(
            token_sha256=sign_in.digest(token),
            user=user,
            created_by=actor,
            expires_at=timezone.now() + timedelta(hours=hours),
        )
        audit.record("user.password.link", actor=actor, email=user.email, hours=hours)
    return token
