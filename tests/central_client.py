"""A member of staff over /v1: signs in and reads."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.request import Request, urlopen

from tests.server import EMAIL, PASSWORD, RunningServer


@dataclass(frozen=True, slots=True)
class Central:
    base: str
    token: str

    @classmethod
    def signed_in(cls, server: RunningServer) -> "Central":
        body = json.dumps({"email": EMAIL, "password": PASSWORD}).encode()
        request = Request(
            f"{server.base}/v1/sessions", body, {"Content-Type": "application/json"}, method="POST"
        )
        with urlopen(request) as reply:
            return cls(f"{server.base}/v1", json.load(reply)["token"])

    def get(self, path: str) -> Any:
        return json.loads(self.get_bytes(path))

    def get_bytes(self, path: str) -> bytes:
        with self.open(path) as reply:
            return bytes(reply.read())

    def open(self, path: str) -> Any:
        """The reply itself, to read piece by piece or for its headers."""
        headers = {"Authorization": f"Bearer {self.token}"}
        return urlopen(Request(f"{self.base}/{path}", headers=headers))
