"""The head of a filled form: which form, which version, which instance. For the intake path."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from enum import Enum
from typing import Final

from lxml import etree

from forms.xmlsafe import XmlRefused, local_name, parse

# Which record it is and what it replaces: written by programs in every form, nobody's answer.
IDENTITY: Final = frozenset({"instanceID", "deprecatedID", "rootUuid"})
IDENTITY_COLUMNS: Final = frozenset(f"meta/{name}" for name in IDENTITY)
_OPENROSA_VERSION = "{http://openrosa.org/xforms}version"


class InstanceFault(Enum):
    """Why an instance cannot be taken."""

    NOT_XML = "not_xml"
    DOCTYPE = "doctype"
    NO_FORM_ID = "no_form_id"
    NO_INSTANCE_ID = "no_instance_id"


class MalformedInstance(ValueError):
    """The bytes are not a filled form; ``code`` says why, ``detail`` is the parser's word."""

    def __init__(self, code: InstanceFault, detail: str = "") -> None:
        super().__init__(f"{code.value}: {detail}" if detail else code.value)
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class InstanceHead:
    """What the intake must know of an instance; ``""`` where the instance does not say it."""

    form_id: str
    version: str
    instance_id: str
    deprecated_id: str
    instance_name: str
    is_encrypted: bool
    # The instance names none: the id was made of its bytes, so that a resend has the same.
    is_named_by_bytes: bool = False


def parse_instance(xml: bytes) -> etree._Element:
    """Parse a filled form once; ``head_of`` and ``forms.records`` take the element.

    Raises
    ------
    MalformedInstance : not XML, or a DOCTYPE in any encoding.

    Examples
    --------
    >>> parse_instance(b"<data id='f'><a>1</a></data>").get("id")
    'f'
    """
    try:
        return parse(xml)
    except XmlRefused as refused:
        code = InstanceFault.DOCTYPE if refused.is_doctype else InstanceFault.NOT_XML
        raise MalformedInstance(code, refused.reason) from refused


def head_of(root: etree._Element) -> InstanceHead:
    """Read the head from a parsed instance.

    Raises
    ------
    MalformedInstance : no form id on the root, or no instanceID in any meta block.

    Examples
    --------
    >>> xml = b"<d id='f' version='2'><meta><instanceID>uuid:1</instanceID></meta></d>"
    >>> head_of(parse_instance(xml)).instance_id
    'uuid:1'
    """
    form_id = (root.get("id") or "").strip()
    if not form_id:
        raise MalformedInstance(InstanceFault.NO_FORM_ID)
    meta = _meta(root)
    instance_id = meta.get("instanceID", "")
    if not instance_id:
        raise MalformedInstance(InstanceFault.NO_INSTANCE_ID)
    return InstanceHead(
        form_id=form_id,
        version=root.get("version") or root.get(_OPENROSA_VERSION) or "",
        instance_id=instance_id,
        deprecated_id=meta.get("deprecatedID", ""),
        instance_name=meta.get("instanceName", ""),
        is_encrypted=is_envelope(root),
    )


def head_named_by_bytes(root: etree._Element, xml: bytes) -> InstanceHead:
    """The head of an instance without an instanceID: old forms ask for none.

    Examples
    --------
    >>> xml = b"<d id='f'/>"
    >>> head_named_by_bytes(parse_instance(xml), xml).instance_id
    'uuid:27770225-d6e4-5fee-87b1-5cf82bd21346'
    """
    name = uuid.UUID(bytes=hashlib.sha256(xml).digest()[:16], version=5)
    return InstanceHead(
        form_id=(root.get("id") or "").strip(),
        version=root.get("version") or root.get(_OPENROSA_VERSION) or "",
        instance_id=f"uuid:{name}",
        deprecated_id="",
        instance_name="",
        is_encrypted=False,
        is_named_by_bytes=True,
    )


def read_head(xml: bytes) -> InstanceHead:
    """Read the head of a filled form from its bytes.

    Parameters
    ----------
    xml : the instance as the phone or the browser sent it.

    Raises
    ------
    MalformedInstance : not XML, a DOCTYPE, no form id, no instanceID.

    Examples
    --------
    >>> xml = b"<d id='f' version='2'><meta><instanceID>uuid:1</instanceID></meta></d>"
    >>> read_head(xml).version
    '2'
    """
    return head_of(parse_instance(xml))


def is_envelope(root: etree._Element) -> bool:
    """Whether an instance is the envelope of an encrypted record, whose answers no one here reads.

    Examples
    --------
    >>> is_envelope(parse_instance(b"<data id='f' encrypted='yes'/>"))
    True
    """
    return (root.get("encrypted") or "").strip().lower() in {"yes", "true", "1"}


def _meta(root: etree._Element) -> dict[str, str]:
    """The meta block that carries an instanceID, whatever its namespace.

    A form may hold a group of its own that is called `meta`, so the first block is not enough.
    """
    for block in root:
        if local_name(block) != "meta":
            continue
        found: dict[str, str] = {}
        for child in block:
            if child.text:
                found.setdefault(local_name(child), child.text.strip())
        if found.get("instanceID"):
            return found
    return {}
