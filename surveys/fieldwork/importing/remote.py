"""Asks another server, patiently: so many times a second, again after a fault, never for ever."""

import http.client
import json
import ssl
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

TIMEOUT: Final = 120.0
TRIES: Final = 6
FIRST_WAIT: Final = 1.0
LONGEST_WAIT: Final = 60.0
AGAIN: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
USER_AGENT: Final = "khaosat-import/1"
BLOCK: Final = 262_144
MOST_BYTES: Final = 500_000_000
Headers = Mapping[str, str]
NO_HEADERS: Final[Headers] = {}


class RemoteFault(Exception):
    """The other server did not give what was asked for; says the status and the address."""

    def __init__(self, said: str, status: int | None = None) -> None:
        super().__init__(said)
        self.status = status


class Answer:
    """A stream that knows where it ends: one that breaks off raises, it never reads as whole."""

    def __init__(self, address: str, reply: Any) -> None:
        self._address = address
        self._reply = reply
        said = reply.headers.get("Content-Length", "")
        self._left = int(said) if said.isascii() and said.isdecimal() else None
        self.headers = reply.headers

    def __enter__(self) -> "Answer":
        return self

    def __exit__(self, *_error: object) -> None:
        self._reply.close()

    def read(self, size: int = BLOCK) -> bytes:
        """The next piece; b"" at the end.

        Raises
        ------
        RemoteFault : the connection ended before the answer did.
        """
        try:
            piece: bytes = self._reply.read(size)
        except (OSError, http.client.HTTPException) as error:
            raise RemoteFault(f"{self._address} broke off: {error}") from error
        if self._left is not None:
            self._left -= len(piece)
            if not piece and self._left > 0:
                raise RemoteFault(f"{self._address} broke off")
        return piece

    def whole(self) -> bytes:
        """All of it, up to a bound."""
        pieces = []
        size = 0
        while piece := self.read():
            pieces.append(piece)
            size += len(piece)
            if size > MOST_BYTES:
                raise RemoteFault(f"{self._address} does not end")
        return b"".join(pieces)


class _Careful(urllib.request.HTTPRedirectHandler):
    """Files may lie elsewhere (object storage), but the session goes to no other server."""

    def redirect_request(self, req: Any, *said: Any) -> urllib.request.Request | None:
        following = super().redirect_request(req, *said)
        if following is not None:
            here, there = _parts(req.full_url), _parts(following.full_url)
            if here.scheme == "https" and there.scheme != "https":
                raise RemoteFault(f"{req.full_url} leads from https to {there.scheme}")
            if here.netloc != there.netloc:
                following.remove_header("Authorization")
        return following


@dataclass
class Remote:
    """One server; `rate` requests a second at most."""

    base: str
    rate: float = 20.0
    headers: dict[str, str] = field(default_factory=dict)
    wait: float = field(default_factory=lambda: FIRST_WAIT)
    _next_at: float = 0.0
    _opener: urllib.request.OpenerDirector | None = None

    def __post_init__(self) -> None:
        self._opener = urllib.request.build_opener(
            _Careful(), urllib.request.HTTPSHandler(context=ssl.create_default_context())
        )

    def sign_in_with(self, name: str, password: str) -> None:
        """Answer Basic and Digest challenges of this server alone."""
        known = urllib.request.HTTPPasswordMgrWithDefaultRealm()
        known.add_password(None, self.base, name, password)
        assert self._opener is not None
        # Digest first: it does not send the password.
        self._opener.add_handler(urllib.request.HTTPDigestAuthHandler(known))
        self._opener.add_handler(urllib.request.HTTPBasicAuthHandler(known))

    def address(self, path: str) -> str:
        return path if "://" in path else f"{self.base}/{path.lstrip('/')}"

    def open(
        self, path: str, headers: Headers = NO_HEADERS, *, body: bytes | None = None
    ) -> Answer:
        """The answer as a stream; its status is 2xx.

        Raises
        ------
        RemoteFault : another status (after some tries where that may help), or no answer.
        """
        address = self.address(path)
        own = self.headers if self._is_ours(address) else {}
        sent = {"User-Agent": USER_AGENT, **own, **headers}
        for tries in range(1, TRIES + 1):
            self._hold_back()
            request = urllib.request.Request(address, body, sent)  # noqa: S310 - checked above
            try:
                assert self._opener is not None
                return Answer(address, self._opener.open(request, timeout=TIMEOUT))
            except urllib.error.HTTPError as error:
                with error:
                    said = error.read(300).decode("utf-8", "replace")
                if error.code not in AGAIN or tries == TRIES:
                    fault = f"{error.code} for {address}: {' '.join(said.split())}"
                    raise RemoteFault(fault, error.code) from None
                self._rest(tries, error.headers.get("Retry-After", ""))
            except (OSError, ValueError, http.client.HTTPException) as error:
                if tries == TRIES:
                    raise RemoteFault(f"{address}: {error}") from error
                self._rest(tries, "")
        raise AssertionError("the last try returns or raises")

    def read(self, path: str, headers: Headers = NO_HEADERS) -> bytes:
        """The whole answer; one that breaks off is asked for again."""
        for tries in range(1, TRIES + 1):
            with self.open(path, headers) as answer:
                try:
                    return answer.whole()
                except RemoteFault:
                    if tries == TRIES:
                        raise
            self._rest(tries, "")
        raise AssertionError("the last try returns or raises")

    def json(self, path: str, headers: Headers = NO_HEADERS) -> Any:
        try:
            return json.loads(self.read(path, headers))
        except ValueError as error:
            raise RemoteFault(f"{self.address(path)} answered with no JSON") from error

    def _is_ours(self, address: str) -> bool:
        """Whether the session may go there; addresses that the other server names may lead away."""
        here, there = _parts(self.base), _parts(address)
        if there.scheme not in {"http", "https"} or (here.scheme, there.scheme) == (
            "https",
            "http",
        ):
            raise RemoteFault(f"{address} is no address to follow from {self.base}")
        return here.netloc == there.netloc

    def _hold_back(self) -> None:
        now = time.monotonic()
        if now < self._next_at:
            time.sleep(self._next_at - now)
        self._next_at = max(now, self._next_at) + 1.0 / self.rate

    def _rest(self, tries: int, said: str) -> None:
        asked = float(said) if said.isascii() and said.isdecimal() and len(said) < 6 else 0.0
        time.sleep(min(max(self.wait * 2 ** (tries - 1), asked), LONGEST_WAIT))


def _parts(address: str) -> urllib.parse.SplitResult:
    return urllib.parse.urlsplit(address)
