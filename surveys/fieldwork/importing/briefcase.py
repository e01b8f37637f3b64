"""Servers that speak as ODK Briefcase asked them: Kobo, Ona, Aggregate.

They hand out the current version of each form and the current answers of each submission: no
older versions, no edits, no reviews, no senders.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Final
from urllib.parse import quote, urlsplit
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from forms.instance import MalformedInstance, head_of, parse_instance
from forms.schema import read_schema
from forms.xmlsafe import local_name, parse
from surveys.fieldwork.importing.pulled import (
    Edit,
    File,
    Head,
    Person,
    Pulled,
    RemoteForm,
    Version,
)
from surveys.fieldwork.importing.remote import Remote, RemoteFault

OPENROSA: Final = {"X-OpenRosa-Version": "1.0"}
A_PAGE: Final = 100
MOST_PAGES: Final = 100_000
_DATA: Final = re.compile(rb"<(?:[\w.-]+:)?data\b[^>]*>(.*)</(?:[\w.-]+:)?data\s*>", re.DOTALL)
_START: Final = re.compile(rb"<([^\s/>!?]+)")


@dataclass(frozen=True, slots=True)
class _Listed:
    form: RemoteForm
    download: str
    manifest: str


@dataclass
class Briefcase:
    remote: Remote
    _listed: dict[str, _Listed] = field(default_factory=dict)
    _roots: dict[str, str] = field(default_factory=dict)

    @property
    def base(self) -> str:
        return self.remote.base

    def forms(self) -> Sequence[RemoteForm]:
        for each in self._read("formList"):
            if local_name(each) != "xform":
                continue
            form_id = _said(each, "formID")
            form = RemoteForm(form_id, _said(each, "name") or form_id)
            listed = _Listed(form, _said(each, "downloadUrl"), _said(each, "manifestUrl"))
            if form_id and listed.download:
                self._listed[form_id] = listed
        return [each.form for each in self._listed.values()]

    def versions(self, form: RemoteForm) -> Sequence[Version]:
        listed = self._listed[form.form_id]
        xform = self.remote.read(listed.download, OPENROSA)
        schema = read_schema(xform)
        self._roots[form.form_id] = schema.root
        files = tuple(self._files(self._read(listed.manifest))) if listed.manifest else ()
        return [Version(schema.version, xform, None, files)]

    def heads(self, form: RemoteForm) -> Iterator[Head]:
        cursor, seen = "", set[str]()
        for _page in range(MOST_PAGES):
            asked = f"formId={quote(form.form_id, safe='')}&numEntries={A_PAGE}"
            chunk = self._read(f"view/submissionList?{asked}&cursor={quote(cursor, safe='')}")
            ids = [each.text or "" for each in chunk.iter() if local_name(each) == "id"]
            fresh = [each for each in ids if each and each not in seen]
            seen.update(fresh)
            yield from (Head(each, "") for each in fresh)
            following = _said(chunk, "resumptionCursor")
            # Servers end differently: an empty list, the same cursor again, or the same ids.
            if not fresh or not following or following == cursor:
                return
            cursor = following
        raise RemoteFault(f"the list of {form.form_id} does not end")

    def submission(self, form: RemoteForm, head: Head) -> Pulled:
        root = self._roots.get(form.form_id, "data")
        path = f"{form.form_id}[@version=null and @uiVersion=null]/{root}[@key={head.instance_id}]"
        raw = self.remote.read(f"view/downloadSubmission?formId={quote(path, safe='')}", OPENROSA)
        answer = _parsed(raw, path)
        xml, received_at = instance_in(raw, answer, head.instance_id)
        files = tuple(self._files(answer))
        sender = Person("", f"Nhập từ {urlsplit(self.base).hostname}", is_phone=True)
        edit = Edit(xml, received_at, sender, files)
        return Pulled(head.instance_id, (edit,))

    def _files(self, answer: etree._Element) -> Iterator[File]:
        for each in answer.iter():
            if isinstance(each.tag, str) and local_name(each) == "mediaFile":
                name, address = _said(each, "filename"), _said(each, "downloadUrl")
                md5 = _said(each, "hash").removeprefix("md5:")
                if name and address:
                    opener = partial(self.remote.open, address, OPENROSA)
                    yield File(name, opener, md5=md5 if len(md5) == 32 else "")

    def _read(self, path: str) -> etree._Element:
        return _parsed(self.remote.read(path, OPENROSA), path)


def instance_in(
    raw: bytes, answer: etree._Element, instance_id: str
) -> tuple[bytes, datetime | None]:
    """The filled form inside a `<submission>`, as it stands there, and when it arrived.

    The bytes between `<data>` and its end are taken as they are; prefixes that are declared
    outside of them and an instanceID that only the root carries are written into them.
    """
    found = _DATA.search(raw)
    element = next((each for each in answer.iter() if _is(each, "data")), None)
    if found is None or element is None or not len(element):
        raise RemoteFault(f"the answer for {instance_id} holds no data")
    xml, inner = found[1].strip(), element[0]
    received_at = _received(inner)
    try:
        head = head_of(parse_instance(xml))
    except MalformedInstance:
        head = None
    if head is None:
        xml = _declared(xml, inner)
        if not any(_is(each, "instanceID") for each in inner.iter()):
            xml = _with_id(xml, instance_id)
    return xml, received_at


def _declared(xml: bytes, inner: etree._Element) -> bytes:
    names = "".join(
        f" xmlns:{prefix}={quoteattr(uri)}"
        for prefix, uri in inner.nsmap.items()
        if prefix is not None and f"xmlns:{prefix}=".encode() not in xml
    )
    return _START.sub(lambda start: start[0] + names.encode(), xml, count=1)


def _with_id(xml: bytes, instance_id: str) -> bytes:
    meta = f"<meta><instanceID>{escape(instance_id)}</instanceID></meta>".encode()
    end = xml.rindex(b"</")
    return xml[:end] + meta + xml[end:]


def _received(inner: etree._Element) -> datetime | None:
    said = inner.get("submissionDate") or ""
    try:
        moment = datetime.fromisoformat(said)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None


def _parsed(raw: bytes, path: str) -> etree._Element:
    try:
        return parse(raw)
    except ValueError as error:
        raise RemoteFault(f"{path} answered with no XML: {error}") from error


def _said(inside: etree._Element, name: str) -> str:
    found = next((each for each in inside.iter() if _is(each, name)), None)
    return (found.text or "").strip() if found is not None else ""


def _is(each: etree._Element, name: str) -> bool:
    return isinstance(each.tag, str) and local_name(each) == name
