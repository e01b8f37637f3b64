"""Who calls: a bearer session, a password (Basic), or the cookie of the pages.

Basic is taken over https only (401.3 otherwise), as Central does it: Excel and Power BI would
send the password in the clear. One exception for scripts on the server itself: without PUBLIC_URL,
from a loopback address and with no proxy in between.
"""

import base64
import binascii
import ipaddress
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from api.problems import ProblemRaised
from surveys.collection import sign_in
from surveys.collection.models import Actor, User

REALM = "khaosat"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Via(StrEnum):
    BEARER = "bearer"
    BASIC = "basic"
    SESSION = "session"


@dataclass(frozen=True, slots=True)
class Caller:
    """A signed-in person and how he or she proved it."""

    user: User
    via: Via
    token: str = ""

    @property
    def actor(self) -> Actor:
        return self.user.actor


def identify(request: HttpRequest) -> Caller | None:
    """The caller named by the Authorization header; None when there is no such header.

    Raises
    ------
    ProblemRaised : 401.1 wrong password, 401.3 Basic without https, 401.4 unknown session.
    sign_in.SignInRefused : 429.1 too many failures.
    """
    header = request.headers.get("Authorization", "")
    if not header:
        return None
    scheme, _, value = header.partition(" ")
    if scheme.lower() == "bearer":
        return _by_bearer(value.strip())
    if scheme.lower() == "basic":
        return _by_basic(request, value.strip())
    raise ProblemRaised(401.2)


def _by_bearer(token: str) -> Caller:
    actor = sign_in.actor_of_session(token)
    if actor is None:
        raise ProblemRaised(401.4)
    return Caller(actor.user, Via.BEARER, token)


def _by_basic(request: HttpRequest, value: str) -> Caller:
    if not takes_basic(request):
        raise ProblemRaised(401.3)
    if _is_from_another_site(request):
        raise ProblemRaised(403.1)
    try:
        said = base64.b64decode(value, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise ProblemRaised(401.1) from error
    email, colon, password = said.partition(":")  # a password may hold further colons
    if not colon:
        raise ProblemRaised(401.1)
    return Caller(sign_in.check_password(email, password, address_of(request)), Via.BASIC)


def takes_basic(request: HttpRequest) -> bool:
    """Whether a password may be sent with this request."""
    if request.is_secure():
        return True
    return not settings.PUBLIC_URL and not _is_forwarded(request) and _is_loopback(request)


def address_of(request: HttpRequest) -> str:
    return sign_in.address_of(
        str(request.META.get("REMOTE_ADDR", "")), request.headers.get("X-Forwarded-For", "")
    )


def challenge(request: HttpRequest) -> str:
    """The value of WWW-Authenticate: only what would be accepted here."""
    if takes_basic(request):
        return f'Basic realm="{REALM}", charset="UTF-8"'
    return f'Bearer realm="{REALM}"'


def with_challenge(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Every 401 says how to sign in."""
    if response.status_code == 401:
        response["WWW-Authenticate"] = challenge(request)
    return response


def _is_from_another_site(request: HttpRequest) -> bool:
    """A change that another site has a browser ask for, with the password that it remembers.

    Scripts send no such header; browsers let no page change it.
    """
    site = request.headers.get("Sec-Fetch-Site", "none")
    return request.method not in SAFE_METHODS and site not in {"none", "same-origin"}


def _is_forwarded(request: HttpRequest) -> bool:
    return "X-Forwarded-For" in request.headers or "Forwarded" in request.headers


def _is_loopback(request: HttpRequest) -> bool:
    try:
        return ipaddress.ip_address(str(request.META.get("REMOTE_ADDR", ""))).is_loopback
    except ValueError:
        return False


class BearerOrBasicOrSession:
    """DRF's shape of `identify`, for `/api`; the pages' cookie reads and never writes there."""

    def authenticate(self, request: HttpRequest) -> tuple[User, Caller] | None:
        plain: HttpRequest = getattr(request, "_request", request)
        caller = identify(plain)
        if caller is None:
            user = getattr(plain, "user", None)
            # A cookie travels with requests that other sites make: it is good for reading alone.
            if isinstance(user, User) and user.is_active and plain.method in SAFE_METHODS:
                caller = Caller(user, Via.SESSION)
        return (caller.user, caller) if caller is not None else None

    def authenticate_header(self, request: HttpRequest) -> str:
        return challenge(getattr(request, "_request", request))
