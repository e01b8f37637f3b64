"""One POST to a checked address: no redirects, no proxy, a bound on time and on what is read."""

import http.client
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from surveys.collection.webhooks.addresses import Target

CONNECT_SECONDS: Final = 5.0
SILENCE_SECONDS: Final = 10.0
WHOLE_SECONDS: Final = 20.0  # one that answers a letter at a time is cut off
MOST_READ: Final = 300


class PostFailed(Exception):
    """Nobody answered as HTTP has it; says what went wrong."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    beginning: str  # of its text, for the page
    retry_after: float


class _Connection(http.client.HTTPConnection):
    """Connects to the number that was checked; the name stays for TLS and the Host header."""

    def __init__(self, target: Target, number: str) -> None:
        super().__init__(target.host, target.port, timeout=SILENCE_SECONDS)
        self._target = target
        self._number = number

    def connect(self) -> None:
        raw = socket.create_connection((self._number, self._target.port), CONNECT_SECONDS)
        raw.settimeout(SILENCE_SECONDS)
        if self._target.is_secure:
            raw = ssl.create_default_context().wrap_socket(raw, server_hostname=self._target.host)
        self.sock = raw

    def cut(self) -> None:
        with suppress(OSError, AttributeError):
            self.sock.shutdown(socket.SHUT_RDWR)


def post(target: Target, number: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Send and read the beginning of the answer.

    Raises
    ------
    PostFailed : no answer, or one that is no HTTP.
    OSError : no connection.
    """
    connection = _Connection(target, number)
    clock = threading.Timer(WHOLE_SECONDS, connection.cut)
    clock.daemon = True
    clock.start()
    try:
        sent = {"Host": target.host_header, "Connection": "close", **headers}
        connection.request("POST", target.path, body, sent)
        reply = connection.getresponse()
        text = reply.read(MOST_READ).decode("utf-8", "replace")
        return Answer(reply.status, _plain(text), _seconds(reply.headers.get("Retry-After", "")))
    except http.client.HTTPException as error:
        raise PostFailed(f"{type(error).__name__} {error}"[:200]) from error
    finally:
        clock.cancel()
        connection.close()


def _plain(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())[:MOST_READ]


def _seconds(said: str) -> float:
    return float(said) if said.isascii() and said.isdecimal() and len(said) < 7 else 0.0
