"""A receiver of webhooks: a real HTTP server that checks signatures and fails at will."""

import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Receiver:
    """`answers(n)` says the status of the nth request; 0 closes without an answer."""

    answers: Callable[[int], int] = lambda _n: 200
    headers: dict[str, str] = field(default_factory=dict)
    secret: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    accepted: dict[str, dict[str, Any]] = field(default_factory=dict)  # by Idempotency-Key
    order: list[str] = field(default_factory=list)
    forged: int = 0
    address: str = ""

    def take(self, headers: Any, body: bytes) -> int:
        status = self.answers(len(self.requests))
        said = json.loads(body)
        self.requests.append(said)
        signed = headers["X-Khaosat-Timestamp"].encode() + b"." + body
        mac = hmac.new(self.secret.encode(), signed, hashlib.sha256).hexdigest()
        if self.secret and headers["X-Khaosat-Signature"] != f"v1={mac}":
            self.forged += 1
        key = headers["Idempotency-Key"]
        assert key == said["id"]
        if 200 <= status < 300 and key not in self.accepted:
            self.accepted[key] = said
            self.order.append(key)
        return status


@contextmanager
def receiver(answers: Callable[[int], int] = lambda _n: 200) -> Iterator[Receiver]:
    made = Receiver(answers)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = made.take(self.headers, body)
            if not status:
                self.connection.close()
                return
            self.send_response(status)
            for name, value in made.headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_words: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_words: None  # type: ignore[method-assign] # a cut connection is meant
    made.address = f"http://127.0.0.1:{server.server_port}/hook"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
