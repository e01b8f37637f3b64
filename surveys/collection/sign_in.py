"""Proof of who somebody is: passwords and the bearer sessions of `/v1`.

Failures are counted in memory, in each web process by itself: a guesser gets at most the limits
below times the number of web workers, which a restart forgets. That is weaker than a table and
costs nothing on the path of those who type their password right.
"""

import hashlib
import hmac
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from surveys.collection import audit, people
from surveys.collection.models import Actor, ApiSession, User
from surveys.collection.refusal import Refused

SESSION_HOURS: Final = 24
WINDOW_SECONDS: Final = 900.0
# One person at one place; one place (an office behind one address); one account from anywhere.
# The last is high, so that a stranger cannot lock an account out by guessing from one machine.
FAILURES_PAIR: Final = 10
FAILURES_ADDRESS: Final = 50
FAILURES_ACCOUNT: Final = 200
# A verified password is believed again without the slow hash (0.2 s of CPU) for this long: Excel
# and ruODK send Basic with every request.
BELIEVED_SECONDS: Final = 300.0
MOST_KEYS: Final = 10_000


class SignInRefused(Refused):
    """401.1 wrong e-mail or password; 429.1 too many failures."""


@dataclass(slots=True)
class Failures:
    """Times of failures by key, within the window; old keys go when there are too many."""

    window: float = WINDOW_SECONDS
    times: dict[str, deque[float]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, key: str, now: float) -> int:
        with self.lock:
            seen = self.times.get(key)
            if seen is None:
                return 0
            while seen and seen[0] < now - self.window:
                seen.popleft()
            if not seen:
                del self.times[key]
                return 0
            return len(seen)

    def note(self, key: str, now: float) -> None:
        with self.lock:
            if len(self.times) >= MOST_KEYS:
                self.times.pop(next(iter(self.times)))
            self.times.setdefault(key, deque(maxlen=FAILURES_ACCOUNT)).append(now)

    def forget(self, key: str) -> None:
        with self.lock:
            self.times.pop(key, None)


@dataclass(frozen=True, slots=True)
class Believed:
    """A password that was right a moment ago, with the hash that it was right for."""

    user_id: int
    stored: str
    until: float


_failures: Final = Failures()
_believed: Final[dict[str, Believed]] = {}


@dataclass(frozen=True, slots=True)
class OpenedSession:
    token: str
    created_at: datetime
    expires_at: datetime


def address_of(remote: str, forwarded_for: str) -> str:
    """The client's address; behind our https proxy the one that the proxy itself appended."""
    last = forwarded_for.rpartition(",")[2].strip()
    return last if settings.BEHIND_HTTPS and last else remote


def check_password(email: str, password: str, address: str) -> User:
    """The account of an e-mail and password.

    An unknown e-mail, a closed account and a wrong password take the same time and get the same
    answer.

    Raises
    ------
    SignInRefused : 401.1 or 429.1.
    """
    email = email.strip().lower().replace("\x00", "")  # PostgreSQL cannot be asked for NUL
    now = time.monotonic()
    limits = {
        f"pair {email} {address}": FAILURES_PAIR,
        f"address {address}": FAILURES_ADDRESS,
        f"account {email}": FAILURES_ACCOUNT,
    }
    if any(_failures.count(key, now) >= limit for key, limit in limits.items()):
        raise SignInRefused(429.1, minutes=round(WINDOW_SECONDS / 60))
    user = User.objects.select_related("actor").filter(email__iexact=email).first()
    proof = _proof(email, password)
    if user is not None and user.is_active and _is_believed(proof, user, now):
        return user
    if user is None:
        make_password(password)  # the same work as for an account that exists
        is_right = False
    else:
        is_right = user.check_password(password) and user.is_active
    if user is None or not is_right:
        for key in limits:
            _failures.note(key, now)
        raise SignInRefused(401.1)
    _failures.forget(f"pair {email} {address}")
    if len(_believed) >= MOST_KEYS:
        _believed.clear()
    _believed[proof] = Believed(user.pk, user.password, now + BELIEVED_SECONDS)
    return user


def open_session(user: User) -> OpenedSession:
    """A bearer token for 24 hours; only its sha256 is kept."""
    token = people.new_token()
    created = timezone.now()
    expires = created + timedelta(hours=SESSION_HOURS)
    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(last_login=created)
        ApiSession.objects.filter(expires_at__lt=created).delete()
        ApiSession.objects.create(
            token_sha256=digest(token), actor_id=user.actor_id, expires_at=expires
        )
        audit.record("session.open", actor=user.actor)
    return OpenedSession(token, created, expires)


def actor_of_session(token: str) -> Actor | None:
    """Whose living bearer session a token is; a closed account has none."""
    session = (
        ApiSession.objects.select_related("actor__user")
        .filter(token_sha256=digest(token), expires_at__gt=timezone.now())
        .first()
    )
    if session is None or not session.actor.user.is_active:
        return None
    return session.actor


def close_session(token: str) -> bool:
    """End a bearer session; whether there was one."""
    gone, _ = ApiSession.objects.filter(token_sha256=digest(token)).delete()
    return gone > 0


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _proof(email: str, password: str) -> str:
    said = f"{email}\0{password}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), said, hashlib.sha256).hexdigest()


def _is_believed(proof: str, user: User, now: float) -> bool:
    found = _believed.get(proof)
    return (
        found is not None
        and found.until > now
        and found.user_id == user.pk
        and found.stored == user.password
    )
