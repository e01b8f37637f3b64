"""A caller of `/v1` for the contract tests: signs in, sends, reads JSON."""

import json
from typing import Any
from urllib.parse import quote

from django.test import Client

from surveys.collection import sign_in
from surveys.collection.models import User


class Api:
    """Somebody with a bearer session, or nobody."""

    def __init__(self, user: User | None) -> None:
        self.client = Client(raise_request_exception=True)
        self.headers: dict[str, str] = {}
        if user is not None:
            self.headers["Authorization"] = f"Bearer {sign_in.open_session(user).token}"

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        content_type: str = "",
        headers: dict[str, str] | None = None,
    ) -> Any:
        """One request below /v1; a dict goes as JSON, bytes go as they are."""
        data = json.dumps(body).encode() if isinstance(body, dict | list) else body or b""
        default = "application/json" if isinstance(body, dict | list) else "application/xml"
        answer: Any = self.client.generic(
            method,
            f"/v1/{path}",
            data,
            content_type or default,
            headers={**self.headers, **(headers or {})},
        )
        # A file is streamed; it is closed at its end.
        answer.body = answer.getvalue() if answer.streaming else answer.content
        return answer

    def get(self, path: str, **options: Any) -> Any:
        return self.send("GET", path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> Any:
        return self.send("POST", path, body, **options)

    def json(self, path: str) -> Any:
        """The JSON of a GET that works."""
        answer = self.get(path)
        assert answer.status_code == 200, answer.body
        return json.loads(answer.body)


def part(name: str) -> str:
    """A name as one part of an address."""
    return quote(name, safe="")


def code(answer: Any) -> float:
    """The problem code of a refusal, checked against its status and its shape."""
    said = answer.json()
    assert set(said) == {"message", "code", "details"}
    assert int(said["code"]) == answer.status_code
    assert said["details"]["vi"]
    assert said["details"]["en"]
    found = said["code"]
    assert isinstance(found, float)
    return found
