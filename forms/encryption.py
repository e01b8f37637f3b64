"""Encrypted records, as ODK Collect makes them: the envelope, its keys, its files.

A phone draws an AES key for each record, seals it with the form's RSA key and encrypts every file
with it; what is sent in place of the record is an envelope that names the files. Everything here
takes bytes and gives bytes; no private key or passphrase is kept.

The "signature" of an envelope is no signature: it is made with the public key. It tells that files
and envelope belong together and were not exchanged by accident, not who made them.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.hazmat.primitives.serialization import load_der_public_key
from lxml import etree

from forms.instance import MalformedInstance, head_of, is_envelope, parse_instance
from forms.xmlsafe import parse

SUFFIX: Final = ".enc"
RECORD: Final = "submission.xml"
KEY_BYTES: Final = 32
# SHA-256 for the hash and for the mask: Android's provider; others default to SHA-1 for the mask.
_OAEP: Final = OAEP(mgf=MGF1(algorithm=SHA256()), algorithm=SHA256(), label=None)


class NotAnEnvelope(ValueError):
    """The bytes are not the envelope of an encrypted record."""


class NotDecrypted(ValueError):
    """The key does not fit, or the encrypted bytes were changed or cut."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """What a phone sends in place of a record; names as sent, with their ``.enc``."""

    form_id: str
    version: str
    instance_id: str
    sealed_key: str  # base64
    media: tuple[str, ...]
    record: str
    signature: str  # base64, or "" where the phone made none

    @property
    def files(self) -> tuple[str, ...]:
        """All files in the order in which they were encrypted: media first, the record last."""
        return (*self.media, self.record)


@dataclass(frozen=True, slots=True)
class RecordKey:
    """The AES key of one record."""

    key: bytes = field(repr=False)
    instance_id: str


def read_envelope(xml: bytes) -> Envelope:
    """Read an envelope.

    Raises
    ------
    NotAnEnvelope : not XML, not encrypted, no key, no encrypted record.

    Examples
    --------
    >>> read_envelope(b"<data id='f' encrypted='yes'/>")
    Traceback (most recent call last):
    forms.encryption.NotAnEnvelope: no_instance_id
    """
    try:
        root = parse_instance(xml)
        head = head_of(root)
    except MalformedInstance as fault:
        raise NotAnEnvelope(str(fault)) from fault
    sealed_key, record = _text(root, "base64EncryptedKey"), _text(root, "encryptedXmlFile")
    if not is_envelope(root) or not sealed_key or not record:
        raise NotAnEnvelope("no base64EncryptedKey or encryptedXmlFile")
    named = (each.text or "" for each in root.iterfind("{*}media/{*}file"))
    return Envelope(
        form_id=head.form_id,
        version=head.version,
        instance_id=head.instance_id,
        sealed_key="".join(sealed_key.split()),
        media=tuple(name.strip() for name in named if name.strip()),
        record=record,
        signature="".join(_text(root, "base64EncryptedElementSignature").split()),
    )


def open_key(envelope: Envelope, private: RSAPrivateKey) -> RecordKey:
    """The AES key of a record.

    Raises
    ------
    NotDecrypted : it was sealed for another private key.
    """
    key = _unsealed(envelope.sealed_key, private)
    if len(key) != KEY_BYTES:
        raise NotDecrypted("the key has not 256 bits")
    return RecordKey(key, envelope.instance_id)


def decrypt(key: RecordKey, place: int, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The plain bytes of a file, piece by piece.

    Parameters
    ----------
    key : of the record.
    place : of the file in ``Envelope.files``, from 0: it decides the initial vector.
    pieces : the encrypted bytes.

    Raises
    ------
    NotDecrypted : the bytes do not end as they must; what was yielded before is worth nothing.
    """
    cipher = Cipher(AES(key.key), CFB(initial_vector(key, place))).decryptor()
    padding = PKCS7(AES.block_size).unpadder()
    try:
        for piece in pieces:
            yield padding.update(cipher.update(piece))
        yield padding.update(cipher.finalize()) + padding.finalize()
    except ValueError as error:
        raise NotDecrypted(str(error)) from error


def initial_vector(key: RecordKey, place: int) -> bytes:
    """MD5 of instanceID and key; before file n, byte n mod 16 is counted up, for good.

    Examples
    --------
    >>> key = RecordKey(bytes(32), "uuid:1")
    >>> first, second = initial_vector(key, 0), initial_vector(key, 1)
    >>> [n for n in range(16) if first[n] != second[n]]
    [1]
    """
    seed = key.instance_id.encode() + key.key
    vector = bytearray(hashlib.md5(seed, usedforsecurity=False).digest())
    for number in range(place + 1):
        vector[number % 16] = (vector[number % 16] + 1) % 256
    return bytes(vector)


def is_consistent(envelope: Envelope, md5s: Sequence[str], private: RSAPrivateKey) -> bool:
    """Whether envelope and files belong together as the phone made them.

    Parameters
    ----------
    envelope : with a signature; without one there is nothing to compare and this is false.
    md5s : hexadecimal digests of the plain files, in the order of ``Envelope.files``.
    private : the key for which the record was encrypted.
    """
    try:
        said = _unsealed(envelope.signature, private)
    except NotDecrypted:
        return False
    text = signed_text(envelope, md5s)
    # Some clients leave out the last line break.
    made = (hashlib.md5(each, usedforsecurity=False).digest() for each in (text, text[:-1]))
    return any(hmac.compare_digest(said, each) for each in made)


def signed_text(envelope: Envelope, md5s: Sequence[str]) -> bytes:
    """What the signature is made of: form, version, key, instanceID, each file with its MD5.

    Examples
    --------
    >>> envelope = Envelope("f", "", "uuid:1", "a2V5", ("1.jpg.enc",), "submission.xml.enc", "")
    >>> signed_text(envelope, ["aa", "bb"]).decode().split()
    ['f', 'a2V5', 'uuid:1', '1.jpg::aa', 'submission.xml::bb']
    """
    head = [envelope.form_id, envelope.version, envelope.sealed_key, envelope.instance_id]
    lines = [line for line in head if line]
    lines += [f"{plain_name(name)}::{md5}" for name, md5 in zip(envelope.files, md5s, strict=True)]
    return "".join(f"{line}\n" for line in lines).encode()


def plain_name(name: str) -> str:
    """The name of a file before it was encrypted.

    Examples
    --------
    >>> plain_name("1.jpg.enc"), plain_name("note.txt")
    ('1.jpg', 'note.txt')
    """
    return name.removesuffix(SUFFIX)


def is_public_key(text: str) -> bool:
    """Whether a text is what a form may carry: base64 of an RSA public key (DER).

    Examples
    --------
    >>> is_public_key("no key")
    False
    """
    try:
        key = load_der_public_key(base64.b64decode(text, validate=True))
    except (ValueError, UnsupportedAlgorithm):
        return False
    return isinstance(key, RSAPublicKey)


def with_public_key(xform: bytes, public: str) -> bytes:
    """The form with a public key: phones encrypt from now on what they fill in.

    Raises
    ------
    ValueError : no XForm.

    Examples
    --------
    >>> form = b"<h:html xmlns:h='http://x' xmlns='http://y'><h:head><model/></h:head></h:html>"
    >>> b'<submission base64RsaPublicKey="AAAA"/></model>' in with_public_key(form, "AAAA")
    True
    """
    root = parse(xform, huge=True)
    model = next(root.iter("{*}model"), None)
    if model is None:
        raise ValueError("no model")
    submission = model.find("{*}submission")
    if submission is None:
        space = etree.QName(model).namespace
        submission = etree.SubElement(model, f"{{{space}}}submission" if space else "submission")
    submission.set("base64RsaPublicKey", public)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _unsealed(text: str, private: RSAPrivateKey) -> bytes:
    try:
        return private.decrypt(base64.b64decode(text, validate=True), _OAEP)
    except (ValueError, binascii.Error) as error:
        raise NotDecrypted("sealed for another key") from error


def _text(root: etree._Element, name: str) -> str:
    return (root.findtext(f"{{*}}{name}") or "").strip()
