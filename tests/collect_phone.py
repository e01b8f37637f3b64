"""A phone that behaves as ODK Collect does, request by request, over a bad network.

It keeps what Collect keeps on a phone: forms by their md5, media, entity lists, an HTTP cache, and
finalised instances until the server has said 201 or 202. What is not sent is tried again later,
all of it from the first request on.
"""

import base64
import csv
import gzip
import hashlib
import http.client
import io
import json
import random
import time
import uuid
import zlib
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from typing import Any
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree

from tests.openrosa_phone import MULTIPART, body_of

LIST = "{http://openrosa.org/xforms/xformsList}"
MANIFEST = "{http://openrosa.org/xforms/xformsManifest}"
STORED = {201, 202}
AGENT = "org.odk.collect.android/v2026.3.3 Dalvik/2.1.0 (Linux; U; Android 14; SM-A155F)"


class Fault(Enum):
    """What the network does to one POST."""

    NONE = "none"
    CUT = "cut"  # the connection breaks inside the body
    UNHEARD = "unheard"  # all is sent; nobody reads the reply
    LOST = "lost"  # the reply was made, and is lost on its way


class NetworkLost(Exception):
    """The phone heard nothing, or nothing whole."""


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class BlankForm:
    form_id: str
    version: str
    md5: str
    xml: bytes
    media: dict[str, bytes] = field(default_factory=dict)


@dataclass(slots=True)
class PhoneEntity:
    """A row of an entity list as the phone knows it."""

    label: str
    properties: dict[str, str]
    version: int
    trunk: int | None = None  # the server's version that the phone saw last
    branch: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def is_offline(self) -> bool:
        return self.trunk is None


@dataclass(slots=True)
class PhoneList:
    token: str = ""
    rows: dict[str, PhoneEntity] = field(default_factory=dict)


@dataclass(slots=True)
class Instance:
    """A finalised form with its files."""

    instance_id: str
    form_id: str
    xml: bytes
    files: dict[str, bytes]
    edit_of: str = ""
    is_sent: bool = False


class Collect:
    """One phone; `heard` counts the replies by method and status."""

    def __init__(self, settings: str, seed: int) -> None:
        self.rng = random.Random(seed)
        letters = "".join(self.rng.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=16))
        self.device_id = f"collect:{letters}"
        self.forms: dict[str, BlankForm] = {}
        self.lists: dict[str, PhoneList] = {}
        self.instances: list[Instance] = []
        self.heard: dict[tuple[str, int], int] = {}
        self._cache: dict[str, Reply] = {}
        self._connection: http.client.HTTPConnection | None = None
        self.server = ""
        self.scan(settings)

    def scan(self, settings: str) -> None:
        """Take the settings of a QR code: base64 of zlib of JSON."""
        said = json.loads(zlib.decompress(base64.b64decode(settings)))
        assert {"general", "admin"} <= said.keys()
        self.server = said["general"]["server_url"].rstrip("/")

    # --- blank forms, in the mode "match exactly"

    def sync(self) -> None:
        """The form list; each new form, each manifest, changed media, changed entity lists."""
        root = self._document(f"{self.server}/formList", f"{LIST}xforms")
        listed = set()
        for entry in root:
            said = {each.tag.removeprefix(LIST): each.text or "" for each in entry}
            assert said["formID"]
            assert said["name"]
            listed.add(said["formID"])
            self._form(said)
        for gone in self.forms.keys() - listed:
            del self.forms[gone]

    def _form(self, said: dict[str, str]) -> None:
        md5 = said["hash"].removeprefix("md5:")
        known = self.forms.get(said["formID"])
        if known is None or known.md5 != md5:
            xml = self._get(said["downloadUrl"]).body
            assert _md5(xml) == md5
            media = known.media if known else {}
            known = BlankForm(said["formID"], said.get("version", ""), md5, xml, dict(media))
        if "manifestUrl" in said:
            for file in self._document(said["manifestUrl"], f"{MANIFEST}manifest"):
                self._media(known, file)
        self.forms[known.form_id] = known  # only with all that belongs to it

    def _media(self, form: BlankForm, file: ElementTree.Element) -> None:
        said = {each.tag.removeprefix(MANIFEST): each.text or "" for each in file}
        name, token = said["filename"], said["hash"].removeprefix("md5:")
        if file.get("type") == "entityList":
            self._entities(name.removesuffix(".csv"), token, said)
        elif _md5(form.media.get(name, b"")) != token:
            form.media[name] = self._get(said["downloadUrl"]).body
            assert _md5(form.media[name]) == token

    def _entities(self, name: str, token: str, said: dict[str, str]) -> None:
        known = self.lists.setdefault(name, PhoneList())
        if known.token != token:
            text = self._get(said["downloadUrl"]).body.decode()
            _take(known, list(csv.DictReader(io.StringIO(text))))
            known.token = token
        offline = [each for each, row in known.rows.items() if row.is_offline]
        if offline:
            asked = f"{said['integrityUrl']}?id={','.join(offline)}"
            for entity in self._document(asked, "data").iterfind("entities/entity"):
                if entity.findtext("deleted") == "true":
                    del known.rows[entity.get("id", "")]

    # --- filled forms

    def finalise(
        self,
        form_id: str,
        answers: str,
        files: dict[str, bytes] | None = None,
        *,
        edit_of: Instance | None = None,
        meta: str = "",
    ) -> Instance:
        """A filled form of the version that is on the phone now, ready to be sent."""
        instance_id = f"uuid:{uuid.UUID(int=self.rng.getrandbits(128), version=4)}"
        former = f"<deprecatedID>{edit_of.instance_id}</deprecatedID>" if edit_of else ""
        version = self.forms[form_id].version
        xml = (
            f"<?xml version='1.0' encoding='UTF-8' ?><data id=\"{form_id}\" version=\"{version}\">"
            f"{answers}<meta><instanceID>{instance_id}</instanceID>{former}{meta}</meta></data>"
        )
        made = Instance(
            instance_id,
            form_id,
            xml.encode(),
            files or {},
            edit_of.instance_id if edit_of else "",
        )
        self.instances.append(made)
        return made

    @property
    def unsent(self) -> list[Instance]:
        return [each for each in self.instances if not each.is_sent]

    def send_all(self, faults: list[Fault], *, in_order: bool = True) -> None:
        """Send what is ready; what fails stays and is no error here.

        Each fault of the list hits one POST, in the order of the list.
        """
        waiting = self.unsent
        if not in_order:
            self.rng.shuffle(waiting)
        for instance in waiting:
            try:
                self._upload(instance, faults)
            except (NetworkLost, OSError, http.client.HTTPException):
                self.hang_up()

    def _upload(self, instance: Instance, faults: list[Fault]) -> None:
        url = f"{self.server}/submission"
        head = self._request("HEAD", url)
        if head.status == 401:
            return
        assert head.status == 204 or head.status >= 300, head
        limit = int(head.headers.get("x-openrosa-accept-content-length", "10000000"))
        order = list(instance.files)
        self.rng.shuffle(order)  # `File.listFiles()` promises no order
        requests = _split(instance, order, limit)
        for number, names in enumerate(requests):
            body = body_of(
                instance.xml,
                {name: instance.files[name] for name in names},
                is_incomplete=number + 1 < len(requests),
            )
            fault = faults.pop(0) if faults else Fault.NONE
            reply = self._request("POST", url, body, fault)
            if reply.status not in STORED:
                return
            ElementTree.fromstring(reply.body)  # Collect reads the sentence in it
        instance.is_sent = True

    # --- HTTP

    def _document(self, url: str, root: str) -> ElementTree.Element:
        reply = self._get(url)
        assert "text/xml" in reply.headers["content-type"]
        assert reply.headers["x-openrosa-version"]
        found = ElementTree.fromstring(reply.body)
        assert found.tag == root
        return found

    def _get(self, url: str) -> Reply:
        reply = self._request("GET", url)
        if reply.status == 304:
            return self._cache[url]
        if reply.status != 200:
            raise NetworkLost(f"{reply.status} {url}")
        if "etag" in reply.headers and "no-store" not in reply.headers.get("cache-control", ""):
            self._cache[url] = reply
        return reply

    def _request(
        self, method: str, url: str, body: bytes | None = None, fault: Fault = Fault.NONE
    ) -> Reply:
        at = urlsplit(url)
        target = f"{at.path}?{at.query}&" if at.query else f"{at.path}?"
        target += f"deviceID={quote(self.device_id, safe='')}"
        headers = {
            "User-Agent": AGENT,
            "X-OpenRosa-Version": "1.0",
            "Date": time.strftime("%a, %d %b %Y %I:%M:%S GMT", time.gmtime()),  # a 12-hour clock
            "Accept-Encoding": "gzip",
        }
        if method == "GET" and url in self._cache:
            headers["If-None-Match"] = self._cache[url].headers["etag"]
        if body is not None:
            headers["Content-Type"] = MULTIPART
        if self._connection is None:
            self._connection = http.client.HTTPConnection(at.netloc, timeout=60)
        connection = self._connection
        if body is not None and fault is Fault.CUT:
            _cut(connection, target, headers, body, self.rng.randrange(len(body)))
            raise NetworkLost("cut")
        connection.request(method, target, body, headers)
        if fault is Fault.UNHEARD:
            raise NetworkLost("unheard")
        answer = connection.getresponse()
        content = answer.read()
        self.heard[method, answer.status] = self.heard.get((method, answer.status), 0) + 1
        if fault is Fault.LOST:
            raise NetworkLost("lost")
        got = {name.lower(): value for name, value in answer.getheaders()}
        if got.get("content-encoding") == "gzip":
            content = gzip.decompress(content)
        return Reply(answer.status, got, content)

    def hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def _take(known: PhoneList, rows: list[dict[str, Any]]) -> None:
    """A downloaded list: newer rows win, rows of the server that are not there any more go."""
    seen = set()
    for row in rows:
        name, version = row.pop("name"), int(row.pop("__version"))
        label = row.pop("label")
        seen.add(name)
        held = known.rows.get(name)
        if held is None or held.version <= version:
            known.rows[name] = PhoneEntity(label, row, version, trunk=version)
        elif held.is_offline:
            held.trunk = version
    for name in [each for each, row in known.rows.items() if not row.is_offline]:
        if name not in seen:
            del known.rows[name]


def _split(instance: Instance, order: list[str], limit: int) -> list[list[str]]:
    """Collect closes a request after a file when there are over 100, or the next would not fit."""
    requests: list[list[str]] = [[]]
    size = len(instance.xml)
    for name in order:
        if len(requests[-1]) > 100 or (requests[-1] and size + len(instance.files[name]) > limit):
            requests.append([])
            size = len(instance.xml)
        requests[-1].append(name)
        size += len(instance.files[name])
    return requests


def _cut(
    connection: http.client.HTTPConnection,
    target: str,
    headers: dict[str, str],
    body: bytes,
    after: int,
) -> None:
    connection.putrequest("POST", target, skip_accept_encoding=True)
    for name, value in (headers | {"Content-Length": str(len(body))}).items():
        connection.putheader(name, value)
    with suppress(OSError):
        connection.endheaders()
        connection.send(body[:after])
