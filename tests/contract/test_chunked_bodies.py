"""Bodies without a length: whole for those who are known, a little of a stranger's."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.wsgi import get_wsgi_application
from django.test import RequestFactory

from config.chunked import MEMORY_LIMIT, SpoolChunkedBodies
from surveys.collection import people, public_links, sign_in
from surveys.collection.models import Submission
from tests.cast import Cast, published
from tests.openrosa_phone import MULTIPART, body_of, filled

LARGE = b"x" * (3 * MEMORY_LIMIT)


class Source(io.BytesIO):
    """A body that counts what is read of it."""

    def __init__(self, content: bytes) -> None:
        super().__init__(content)
        self.count = 0

    def read(self, size: int | None = -1, /) -> bytes:
        piece = super().read(size)
        self.count += len(piece)
        return piece


class Caller:
    def __init__(self) -> None:
        self.application = SpoolChunkedBodies(get_wsgi_application())

    def post(self, path: str, body: bytes, **headers: str) -> tuple[int, int]:
        """The status, and how much of the body was read."""
        status: list[Any] = []
        source = Source(body)
        environ: dict[str, Any] = {
            **RequestFactory().post(path.partition("?")[0]).environ,
            "HTTP_TRANSFER_ENCODING": "chunked",
            "CONTENT_TYPE": MULTIPART,
            "wsgi.input": source,
            **headers,
        }
        environ["QUERY_STRING"] = path.partition("?")[2]

        def start(line: str, _headers: Any, _info: Any = None, /) -> Callable[[bytes], object]:
            status.append(line)
            return status.append

        pieces = self.application(environ, start)
        for _piece in pieces:
            pass
        close = getattr(pieces, "close", None)
        if close is not None:
            close()
        return int(status[0].split()[0]), source.count


@pytest.fixture
def caller() -> Caller:
    return Caller()


@pytest.fixture
def base(cast: Cast) -> str:
    return f"projects/{cast.project.pk}"


@pytest.fixture(autouse=True)
def _connections(monkeypatch: pytest.MonkeyPatch) -> None:
    """The end of a request closes connections; the test's own stays open."""
    monkeypatch.setattr("django.core.handlers.wsgi.signals.request_started.send", lambda **_: None)
    monkeypatch.setattr("django.http.response.signals.request_finished.send", lambda **_: None)


@pytest.mark.parametrize(
    "path",
    [
        "/v1/key/nobody/{base}/submission",
        "/v1/{base}/submission",
        "/v1/{base}/submission?st=nobody",
        "/v1/{base}/forms",
        "/v1/test/nobody/{base}/forms/F/draft/submission",
        "/v1/key/nobody/{base}/forms/F/submissions",
        "/login/",
    ],
)
def test_little_of_a_strangers_body_is_read(caller: Caller, base: str, path: str) -> None:
    status, read = caller.post(path.format(base=base), LARGE)
    assert 400 <= status < 500
    assert read < MEMORY_LIMIT + 200_000


def test_a_wrong_password_and_a_wrong_session_are_strangers(caller: Caller, base: str) -> None:
    for header in ("Bearer nobody", "Basic eDp5"):
        status, read = caller.post(f"/v1/{base}/forms", LARGE, HTTP_AUTHORIZATION=header)
        assert status == 401
        assert read < MEMORY_LIMIT + 200_000


def test_the_body_of_a_phone_a_link_and_a_person_is_read_whole(
    cast: Cast, caller: Caller, base: str
) -> None:
    form = published(cast.alice.actor, cast.project)
    phone = people.create_app_user(cast.admin.actor, cast.project, "Minh")
    people.assign_form(cast.admin.actor, form, phone)
    link = public_links.create(cast.alice.actor, form, "Bàn 1")
    for number, token in enumerate((phone.token, link.token)):
        sent = filled("F", "<photo>a.jpg</photo>", instance_id=f"uuid:{number}")
        body = body_of(sent.xml, {"a.jpg": LARGE})
        assert caller.post(f"/v1/key/{token}/{base}/submission", body) == (201, len(body))
    assert Submission.objects.count() == 2
    session = sign_in.open_session(cast.alice).token
    status, read = caller.post(f"/v1/{base}/forms", LARGE, HTTP_AUTHORIZATION=f"Bearer {session}")
    assert (status, read) == (400, len(LARGE))  # read whole, and no form
