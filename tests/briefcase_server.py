"""A small server that speaks to Briefcase as Kobo, Ona and Aggregate do, for tests of pulling."""

import base64
import hashlib
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, quote, unquote, urlsplit

A_PAGE = 4
REALM, NONCE = "kho", "b7c1f0e2"


@dataclass
class Filled:
    xml: str
    files: dict[str, bytes] = field(default_factory=dict)
    received: str = "2026-03-02T05:00:00.000Z"


@dataclass
class Briefcase:
    """Forms by id, their media, and filled forms by instanceID in order of arrival."""

    forms: dict[str, bytes] = field(default_factory=dict)
    media: dict[str, dict[str, bytes]] = field(default_factory=dict)
    filled: dict[str, dict[str, Filled]] = field(default_factory=dict)
    user: str = "an"
    password: str = ""  # "" = open to all
    way: str = "digest"  # or "basic"
    faults: int = 0  # so many answers are 503 first
    cut: int = 0  # so many answers break off in the middle
    damaged: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    base: str = ""

    def answer(self, path: str) -> bytes | None:
        """The body of an address; None = there is none."""
        parts = urlsplit(path)
        asked = {key: values[0] for key, values in parse_qs(parts.query).items()}
        for pattern, make in (
            (r"/formList", self._form_list),
            (r"/forms/(\w+)/form.xml", self.forms.get),
            (r"/xformsManifest/(\w+)", self._manifest),
            (r"/media/(\w+)/(.+)", lambda form, name: self.media.get(form, {}).get(name)),
            (r"/files/(\w+)/(\d+)/(.+)", self._file),
            (r"/view/submissionList", lambda: self._list(asked)),
            (r"/view/downloadSubmission", lambda: self._download(asked["formId"])),
        ):
            if found := re.fullmatch(pattern, unquote(parts.path)):
                answered: bytes | None = make(*found.groups())  # type: ignore[operator]
                return answered
        return None

    def _file(self, form_id: str, number: str, name: str) -> bytes | None:
        content = list(self.filled[form_id].values())[int(number)].files.get(name)
        return content[::-1] if content and name in self.damaged else content

    def _form_list(self) -> bytes:
        forms = "".join(
            f"<xform><formID>{form_id}</formID><name>Phiếu {form_id}</name><version>1</version>"
            f"<hash>md5:{_md5(xml)}</hash>"
            f"<downloadUrl>{self.base}/forms/{form_id}/form.xml</downloadUrl>"
            f"<manifestUrl>{self.base}/xformsManifest/{form_id}</manifestUrl></xform>"
            for form_id, xml in self.forms.items()
        )
        return f'<xforms xmlns="http://openrosa.org/xforms/xformsList">{forms}</xforms>'.encode()

    def _manifest(self, form_id: str) -> bytes:
        files = "".join(
            _media(name, content, f"{self.base}/media/{form_id}/{quote(name)}")
            for name, content in self.media.get(form_id, {}).items()
        )
        return (
            f'<manifest xmlns="http://openrosa.org/xforms/xformsManifest">{files}</manifest>'
        ).encode()

    def _list(self, asked: dict[str, str]) -> bytes:
        form_id, cursor = asked["formId"], int(asked.get("cursor") or 0)
        ids = list(self.filled.get(form_id, {}))[cursor : cursor + A_PAGE]
        inside = "".join(f"<id>{each}</id>" for each in ids)
        return (
            '<idChunk xmlns="http://opendatakit.org/submissions">'
            f"<idList>{inside}</idList>"
            f"<resumptionCursor>{cursor + len(ids)}</resumptionCursor></idChunk>"
        ).encode()

    def _download(self, key: str) -> bytes | None:
        found = re.fullmatch(r"(\w+)\[@version=null and @uiVersion=null\]/(\w+)\[@key=(.+)\]", key)
        assert found is not None, key
        form_id, _root, instance_id = found.groups()
        one = self.filled[form_id].get(instance_id)
        if one is None:
            return None
        number = list(self.filled[form_id]).index(instance_id)
        files = "".join(
            _media(name, content, f"{self.base}/files/{form_id}/{number}/{quote(name)}")
            for name, content in one.files.items()
        )
        marks = f'instanceID="{instance_id}" submissionDate="{one.received}" isComplete="true"'
        xml = re.sub(r"^<(\w+) ", rf"<\1 {marks} ", one.xml)
        return (
            '<submission xmlns="http://opendatakit.org/submissions"'
            ' xmlns:orx="http://openrosa.org/xforms">'
            f"<data>{xml}</data>{files}</submission>"
        ).encode()


def _md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def _media(name: str, content: bytes, address: str) -> str:
    md5 = _md5(content)
    return (
        f"<mediaFile><filename>{name}</filename><hash>md5:{md5}</hash>"
        f"<downloadUrl>{address}</downloadUrl></mediaFile>"
    )


def _is_allowed(made: Briefcase, header: str, path: str) -> bool:
    if not made.password:
        return True
    if made.way == "basic":
        said = base64.b64encode(f"{made.user}:{made.password}".encode()).decode()
        return header == f"Basic {said}"
    said = dict(re.findall(r'(\w+)="?([^",]+)"?', header))
    if not header.startswith("Digest ") or said.get("uri") != path:
        return False
    first = _md5(f"{made.user}:{REALM}:{made.password}".encode())
    second = _md5(f"GET:{path}".encode())
    whole = ":".join((first, NONCE, said["nc"], said["cnonce"], "auth", second))
    return said["response"] == _md5(whole.encode())


@contextmanager
def briefcase_server() -> Iterator[Briefcase]:
    made = Briefcase()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.asked.append(self.path)
            assert self.headers["X-OpenRosa-Version"] == "1.0"
            if made.faults:
                made.faults -= 1
                return self._send(503, b"", {"Retry-After": "0"})
            if not _is_allowed(made, self.headers.get("Authorization", ""), self.path):
                challenge = f'Basic realm="{REALM}"'
                if made.way == "digest":
                    challenge = f'Digest realm="{REALM}", qop="auth", nonce="{NONCE}"'
                return self._send(401, b"", {"WWW-Authenticate": challenge})
            body = made.answer(self.path)
            return self._send(404 if body is None else 200, body or b"", {})

        def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Type", "text/xml; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if made.cut and status == 200:
                made.cut -= 1
                body = body[: len(body) // 2]
            self.wfile.write(body)

        def log_message(self, *_words: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.base = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
