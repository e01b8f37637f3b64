"""A phone of the demonstration: request by request what ODK Collect does, over real HTTP."""

import csv
import io
import uuid
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

from lxml import etree

from surveys.results.demo.visits import ListedHousehold

LIST = "{http://openrosa.org/xforms/xformsList}"
MANIFEST = "{http://openrosa.org/xforms/xformsManifest}"
HEADERS = {"X-OpenRosa-Version": "1.0", "User-Agent": "org.odk.collect.android/v2026.3 demo"}
AUDIT_LOG = b"event,node,start,end\nform start,,%d,\nform exit,,%d,\n"
ACCEPTED = {201, 202}
TRIES = 5


class PhoneError(Exception):
    """The server said something that a phone cannot go on with."""


@dataclass(frozen=True, slots=True)
class ListedForm:
    form_id: str
    download_url: str
    manifest_url: str


class Phone:
    """One enumerator's device; `server_url` is what the settings QR code carries."""

    def __init__(self, server_url: str, enumerator: str) -> None:
        self.server_url = server_url.rstrip("/")
        self.enumerator = enumerator
        self.device_id = f"collect:{uuid.uuid5(uuid.NAMESPACE_URL, server_url).hex[:16]}"
        self.forms: dict[str, bytes] = {}
        self.media: dict[str, dict[str, bytes]] = {}
        self._connection: HTTPConnection | None = None

    def sync(self) -> None:
        """Form list, forms, manifests and media, as "match exactly" does."""
        for listed in self.form_list():
            self.forms[listed.form_id] = self._get(listed.download_url)
            self.media[listed.form_id] = self._media(listed.manifest_url)

    def form_list(self) -> list[ListedForm]:
        root = etree.fromstring(self._get(f"{self.server_url}/formList"))
        return [
            ListedForm(
                form_id=str(entry.findtext(f"{LIST}formID")),
                download_url=str(entry.findtext(f"{LIST}downloadUrl")),
                manifest_url=entry.findtext(f"{LIST}manifestUrl") or "",
            )
            for entry in root.iterfind(f"{LIST}xform")
        ]

    def households(self, form_id: str) -> list[ListedHousehold]:
        """The household list that came with a form."""
        text = self.media[form_id]["sampled_hh.csv"].decode()
        return [
            ListedHousehold(
                name=row["name"],
                version=row["__version"],
                psu=row["psu"],
                commune_code=row["commune_code"],
                hh_seq=int(row["hh_seq"]),
                kish_u=row["kish_u"],
                arm=row["arm"],
                status={key: row[key] or "" for key in _STATUS},
            )
            for row in csv.DictReader(io.StringIO(text))
        ]

    def send(self, xml: bytes, files: dict[str, bytes] | None = None) -> str:
        """HEAD, then POST until the server has it; returns what the enumerator reads."""
        address = f"{self.server_url}/submission?deviceID={self.device_id}"
        body, content_type = multipart(xml, files or {})
        for _ in range(TRIES):
            try:
                status, _ = self._request("HEAD", address)
                status, answer = self._request("POST", address, body, content_type)
            except (OSError, HTTPException):
                self.close()
                continue
            if status in ACCEPTED:
                return _message(answer)
            raise PhoneError(f"{status}: {_message(answer)}")
        raise PhoneError(f"no answer from {self.server_url}")

    def close(self) -> None:
        """Let the kept connection go."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _media(self, manifest_url: str) -> dict[str, bytes]:
        if not manifest_url:
            return {}
        root = etree.fromstring(self._get(manifest_url))
        return {
            str(file.findtext(f"{MANIFEST}filename")): self._get(
                str(file.findtext(f"{MANIFEST}downloadUrl"))
            )
            for file in root.iterfind(f"{MANIFEST}mediaFile")
        }

    def _get(self, url: str) -> bytes:
        status, body = self._request("GET", url)
        if status != 200:
            raise PhoneError(f"{status} for {urlsplit(url).path.rsplit('/', 1)[-1]}")
        return body

    def _request(
        self, method: str, url: str, body: bytes = b"", content_type: str = ""
    ) -> "tuple[int, bytes]":
        parts = urlsplit(url)
        if self._connection is None:
            self._connection = HTTPConnection(str(parts.hostname), parts.port, timeout=60)
        headers = HEADERS | ({"Content-Type": content_type} if content_type else {})
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        self._connection.request(method, target, body or None, headers)
        reply = self._connection.getresponse()
        return reply.status, reply.read()


_STATUS = ("st_a", "nv_a", "st_b", "nv_b", "b_line", "b_n18", "b_sex", "b_by")


def audit_log(start_ms: int, minutes: int) -> bytes:
    """A client audit log as the form's audit row asks for."""
    return AUDIT_LOG % (start_ms, start_ms + minutes * 60_000)


def multipart(xml: bytes, files: dict[str, bytes]) -> "tuple[bytes, str]":
    """The body as OkHttp writes it: xml_submission_file first, then a part a file."""
    boundary = uuid.uuid4().hex
    parts = [_part(boundary, "xml_submission_file", "submission.xml", "text/xml", xml)]
    for name, content in files.items():
        kind = "text/csv" if name.endswith(".csv") else "image/jpeg"
        parts.append(_part(boundary, name, name, kind, content))
    parts.append(f"--{boundary}--\r\n".encode())
    return b"".join(parts), f"multipart/form-data; boundary={boundary}"


def _part(boundary: str, name: str, filename: str, content_type: str, content: bytes) -> bytes:
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\n'
        f"Content-Type: {content_type}\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content + b"\r\n"


def _message(answer: bytes) -> str:
    try:
        root = etree.fromstring(answer)
    except etree.XMLSyntaxError:
        return answer[:200].decode(errors="replace")
    return root.findtext("{http://openrosa.org/http/response}message") or ""
