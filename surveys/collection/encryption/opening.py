"""Opening encrypted records for one export: in memory, by who knows the passphrase.

Nothing here is stored, logged or handed to a job: an `Opening` lives as long as the request (or
the command) that asked for the export.
"""

import hashlib
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from django.db.models import Exists, OuterRef, QuerySet

from forms.encryption import (
    Envelope,
    NotAnEnvelope,
    NotDecrypted,
    RecordKey,
    decrypt,
    is_consistent,
    open_key,
    plain_name,
    read_envelope,
)
from forms.instance import MalformedInstance, read_head
from forms.locked_keys import WrongPassphrase, from_pem, public_of, unlock
from forms.records import RecordRow, UnreadableRecord, flatten
from surveys.collection.blobs import BLOCK, open_blob
from surveys.collection.encryption.managed import EncryptionRefused
from surveys.collection.models import (
    Attachment,
    Form,
    FormVersion,
    Key,
    SubmissionVersion,
)
from surveys.collection.schemas import schema_of

LARGEST_RECORD: Final = 100_000_000


class Fault(StrEnum):
    """What an export has to say about a record that it could not, or not safely, open."""

    NOT_DECRYPTED = "not decrypted"  # no key was given for it, or its bytes are damaged
    RECORD_MISSING = "missing encrypted form data"
    FILE_MISSING = "missing encrypted file"
    FILE_DAMAGED = "encrypted file is damaged"
    INCONSISTENT = "envelope and files do not belong together"


@dataclass(frozen=True, slots=True)
class Remark:
    """A fault of a record; `name` is the file's where it is about one."""

    instance_id: str
    fault: Fault
    name: str = ""


@dataclass(frozen=True, slots=True)
class _Sealed:
    """A record as it is stored, and the key that opens it."""

    envelope: Envelope
    key: RecordKey
    private: RSAPrivateKey = field(repr=False)
    blobs: Mapping[str, str | None]  # by the name that the envelope gives


class Opening:
    """The private keys of one export; call it with the id of a `SubmissionVersion`.

    `remarks` collects what was missing, damaged or exchanged on the way, `opened` the versions
    whose record was read.
    """

    def __init__(self, privates: Mapping[int, RSAPrivateKey]) -> None:
        self._privates = dict(privates)
        self.remarks: list[Remark] = []
        self.opened = array("q")

    def __repr__(self) -> str:
        return f"Opening(keys={sorted(self._privates)})"

    def __call__(self, version_id: int) -> tuple[RecordRow, ...] | None:
        """The rows of a record; None when it stays closed (`remarks` says why)."""
        found = self._sealed(version_id)
        if found is None:
            return None
        xml = self._record(found)
        if xml is None:
            return None
        version = SubmissionVersion.objects.select_related("form_version", "form").defer(
            "xml", "form_version__xform", "form_version__workbook", "form_version__schema"
        )
        row = version.get(pk=version_id)
        schema = schema_of(row.form_version_id, row.form_version.md5)
        try:
            rows = flatten(schema, xml, never_stored=frozenset(row.form.never_stored))
        except UnreadableRecord:
            self._note(found.envelope, Fault.NOT_DECRYPTED)
            return None
        self.opened.append(version_id)
        if not _is_of(found.envelope, xml):
            self._note(found.envelope, Fault.INCONSISTENT)
        return rows

    def record(self, version_id: int) -> bytes | None:
        """The plain XML of a record."""
        found = self._sealed(version_id)
        return self._record(found) if found is not None else None

    def file(self, version_id: int, name: str) -> Iterator[bytes] | None:
        """The plain bytes of a file by its name as stored (`1.jpg.enc`); None: it is not there.

        Raises
        ------
        NotDecrypted : on the way, where the stored bytes are damaged.
        """
        found = self._sealed(version_id)
        if found is None or name not in found.envelope.files:
            return None
        if found.blobs.get(name) is None:
            self._note(found.envelope, Fault.FILE_MISSING, plain_name(name))
            return None
        return self._plain(found, found.envelope.files.index(name))

    def check(self, version_id: int) -> bool:
        """Whether envelope and files belong together as the phone made them; reads them all."""
        found = self._sealed(version_id)
        if found is None:
            return False
        digests = []
        for place, name in enumerate(found.envelope.files):
            if found.blobs.get(name) is None:
                self._note(found.envelope, Fault.FILE_MISSING, plain_name(name))
                return False
            digest = hashlib.md5(usedforsecurity=False)
            try:
                for piece in self._plain(found, place):
                    digest.update(piece)
            except NotDecrypted:
                self._note(found.envelope, Fault.FILE_DAMAGED, plain_name(name))
                return False
            digests.append(digest.hexdigest())
        if is_consistent(found.envelope, digests, found.private):
            return True
        self._note(found.envelope, Fault.INCONSISTENT)
        return False

    def _sealed(self, version_id: int) -> _Sealed | None:
        row = (
            SubmissionVersion.objects.filter(pk=version_id)
            .values_list("xml", "instance_id", "form_version__key_id")
            .first()
        )
        if row is None:
            return None
        xml, instance_id, key_id = row
        private = self._privates.get(key_id) if key_id is not None else None
        try:
            if private is None:
                raise NotDecrypted("no key was given")
            envelope = read_envelope(bytes(xml))
            key = open_key(envelope, private)
        except (NotAnEnvelope, NotDecrypted):
            self.remarks.append(Remark(instance_id, Fault.NOT_DECRYPTED))
            return None
        slots = Attachment.objects.filter(version=version_id).values_list("name", "blob_id")
        return _Sealed(envelope, key, private, dict(slots))

    def _record(self, found: _Sealed) -> bytes | None:
        if found.blobs.get(found.envelope.record) is None:
            self._note(found.envelope, Fault.RECORD_MISSING)
            return None
        data = bytearray()
        try:
            for piece in self._plain(found, len(found.envelope.media)):
                data += piece
                if len(data) > LARGEST_RECORD:
                    raise NotDecrypted("longer than any record")
        except NotDecrypted:
            self._note(found.envelope, Fault.NOT_DECRYPTED)
            return None
        return bytes(data)

    def _plain(self, found: _Sealed, place: int) -> Iterator[bytes]:
        sha256 = found.blobs[found.envelope.files[place]]
        assert sha256 is not None
        try:
            with open_blob(sha256) as source:
                yield from decrypt(found.key, place, iter(lambda: source.read(BLOCK), b""))
        except FileNotFoundError as error:
            raise NotDecrypted("the file is gone from the disk") from error

    def _note(self, envelope: Envelope, fault: Fault, name: str = "") -> None:
        remark = Remark(envelope.instance_id, fault, name)
        if remark not in self.remarks[-10:]:  # a record is asked for more than once
            self.remarks.append(remark)


def open_with(form: Form, secrets: Mapping[int, str]) -> Opening:
    """An opening by passphrases (managed keys) and PEM texts (own keys), by the id of the key.

    Keys of other forms are ignored, as ODK Central does.

    Raises
    ------
    EncryptionRefused : 400.92 a wrong passphrase, 400.93 no fitting private key.
    """
    keys = keys_of(form).filter(pk__in=[pk for pk, secret in secrets.items() if secret])
    return Opening({key.pk: _private(key, secrets[key.pk]) for key in keys})


def keys_of(form: Form) -> QuerySet[Key]:
    """All keys that any version of a form carries."""
    versions = FormVersion.objects.filter(form=form, key=OuterRef("pk"))
    return Key.objects.filter(Exists(versions)).order_by("pk")


def keys_in_use(form: Form, *, is_draft: bool = False) -> QuerySet[Key]:
    """The keys with which living submissions of a form were encrypted."""
    sent = SubmissionVersion.objects.filter(
        form_version=OuterRef("pk"),
        is_draft=is_draft,
        is_current=True,
        submission__deleted_at=None,
    )
    versions = FormVersion.objects.filter(Exists(sent), form=form, key=OuterRef("pk"))
    return Key.objects.filter(Exists(versions)).order_by("pk")


def _private(key: Key, secret: str) -> RSAPrivateKey:
    if not key.is_managed or key.private is None:
        try:
            private = from_pem(secret)
        except WrongPassphrase as error:
            raise EncryptionRefused(400.93, key=key.pk) from error
        if public_of(private) != key.public:
            raise EncryptionRefused(400.93, key=key.pk)
        return private
    try:
        return unlock(key.private, secret)
    except WrongPassphrase as error:
        raise EncryptionRefused(400.92, key=key.pk, hint=key.hint or "–") from error


def _is_of(envelope: Envelope, xml: bytes) -> bool:
    """Whether the record inside is the one that the envelope names."""
    try:
        head = read_head(xml)
    except MalformedInstance:
        return False
    return (head.form_id, head.instance_id) == (envelope.form_id, envelope.instance_id)
