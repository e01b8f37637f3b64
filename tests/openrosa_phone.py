"""A phone for the tests: multipart bodies and requests as ODK Collect makes them."""

import http.client
import uuid
from contextlib import closing, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

BOUNDARY = "b7c1f0e2-own-boundary"
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"
OPENROSA = "{http://openrosa.org/http/response}"


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def message(self) -> str:
        """The sentence that Collect would show; fails when Collect could not read it."""
        root = ElementTree.fromstring(self.body)
        assert root.tag == f"{OPENROSA}OpenRosaResponse"
        found = root.findtext(f"{OPENROSA}message")
        assert found
        return found


@dataclass(frozen=True)
class Filled:
    """A filled form."""

    xml: bytes
    instance_id: str


def filled(
    form_id: str = "nhanh",
    answers: str = "<ten>Lan</ten>",
    *,
    version: str = "1",
    instance_id: str = "",
    edit_of: str = "",
) -> Filled:
    instance_id = instance_id or f"uuid:{uuid.uuid4()}"
    deprecated = f"<deprecatedID>{escape(edit_of)}</deprecatedID>" if edit_of else ""
    xml = (
        "<?xml version='1.0' encoding='UTF-8' ?>"
        f"<data id={quoteattr(form_id)} version={quoteattr(version)}>{answers}"
        f"<meta><instanceID>{escape(instance_id)}</instanceID>{deprecated}</meta></data>"
    )
    return Filled(xml.encode(), instance_id)


def part(name: str, content: bytes, filename: str | None, kind: str) -> bytes:
    def quoted(text: str) -> str:
        return text.replace("\n", "%0A").replace("\r", "%0D").replace('"', "%22")

    head = f'Content-Disposition: form-data; name="{quoted(name)}"'
    if filename is not None:
        head += f'; filename="{quoted(filename)}"'
    head += f"\r\nContent-Type: {kind}\r\nContent-Length: {len(content)}\r\n\r\n"
    return head.encode() + content


def body_of(
    xml: bytes | None, files: dict[str, bytes] | None = None, *, is_incomplete: bool = False
) -> bytes:
    parts = []
    if xml is not None:
        parts.append(part("xml_submission_file", xml, "phieu.xml", "text/xml"))
    parts += [part(n, c, n, "application/octet-stream") for n, c in (files or {}).items()]
    if is_incomplete:
        parts.append(part("*isIncomplete*", b"yes", None, "text/plain"))
    lines = [f"--{BOUNDARY}\r\n".encode() + each + b"\r\n" for each in parts]
    return b"".join(lines) + f"--{BOUNDARY}--\r\n".encode()


@dataclass
class Phone:
    """Sends to `server_url`, each request on a connection of its own."""

    server_url: str
    headers: dict[str, str] = field(default_factory=dict)

    def request(
        self,
        method: str,
        path: str,
        body: bytes | list[bytes] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Reply:
        """`path` is below the server URL, or an absolute address that the server handed out."""
        url = urlsplit(path if path.startswith("http") else self.server_url + path)
        target = url.path + (f"?{url.query}" if url.query else "")
        sent = {"X-OpenRosa-Version": "1.0", **self.headers, **(headers or {})}
        with closing(http.client.HTTPConnection(url.netloc, timeout=30)) as connection:
            connection.connect()
            # A server may refuse before it has read the body: its answer is there already.
            with suppress(BrokenPipeError, ConnectionResetError):
                connection.request(
                    method,
                    target,
                    iter(body) if isinstance(body, list) else body,
                    sent,
                    encode_chunked=isinstance(body, list),
                )
            answer = connection.getresponse()
            got = {name.lower(): value for name, value in answer.getheaders()}
            return Reply(answer.status, got, answer.read())

    def post(self, body: bytes | list[bytes], query: str = "", **headers: str) -> Reply:
        sent = {"Content-Type": MULTIPART}
        if isinstance(body, list):
            sent["Transfer-Encoding"] = "chunked"
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        return self.request("POST", f"/submission{query}", body, sent)

    def send(self, xml: bytes, files: dict[str, bytes] | None = None) -> Reply:
        return self.post(body_of(xml, files))
