"""Envelopes of encrypted records, against an encryptor that was written on its own."""

import hashlib
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms import locked_keys
from forms.encryption import (
    NotAnEnvelope,
    NotDecrypted,
    decrypt,
    is_consistent,
    is_public_key,
    open_key,
    read_envelope,
    with_public_key,
)
from forms.schema import read_schema
from tests.cast import xform
from tests.encryptor import Sent, encrypt, own_pair

RECORD = b"<data id='F' version='1'><name>B\xc3\xac m\xe1\xba\xadt</name></data>"
MEDIA = {"1.jpg": b"\xff\xd8" * 3000, "2.jpg": b"", "ghi \xe2m.m4a": b"x" * 16}


@cache
def pair() -> tuple[str, str]:
    return own_pair()


def sent(record: bytes = RECORD, media: dict[str, bytes] | None = None) -> Sent:
    return encrypt(
        pair()[0], "F", "1", "uuid:1", record=record, media=MEDIA if media is None else media
    )


def opened(one: Sent) -> dict[str, bytes]:
    envelope = read_envelope(one.envelope)
    key = open_key(envelope, locked_keys.from_pem(pair()[1]))
    return {
        name: b"".join(decrypt(key, place, [one.files[name]]))
        for place, name in enumerate(envelope.files)
    }


def test_what_a_phone_encrypted_opens_as_it_was() -> None:
    plain = opened(sent())
    assert plain.pop("submission.xml.enc") == RECORD
    assert plain == {f"{name}.enc": data for name, data in MEDIA.items()}


@settings(max_examples=40, deadline=None)
@given(st.lists(st.binary(max_size=200), max_size=40), st.binary(max_size=200))
def test_any_number_of_files_of_any_length_open(media: list[bytes], record: bytes) -> None:
    named = {f"{number}.bin": data for number, data in enumerate(media)}
    plain = opened(sent(record, named))
    assert plain.pop("submission.xml.enc") == record
    assert plain == {f"{name}.enc": data for name, data in named.items()}


def test_a_file_opens_in_pieces_of_any_size() -> None:
    one = sent()
    envelope = read_envelope(one.envelope)
    key = open_key(envelope, locked_keys.from_pem(pair()[1]))
    data = one.files["1.jpg.enc"]
    pieces = [data[start : start + 7] for start in range(0, len(data), 7)]
    assert b"".join(decrypt(key, 0, pieces)) == MEDIA["1.jpg"]


def test_the_files_are_expected_in_the_order_of_the_envelope_the_record_last() -> None:
    envelope = read_envelope(sent().envelope)
    assert envelope.files == (*(f"{name}.enc" for name in MEDIA), "submission.xml.enc")
    assert (envelope.form_id, envelope.version, envelope.instance_id) == ("F", "1", "uuid:1")


def test_another_key_opens_nothing() -> None:
    with pytest.raises(NotDecrypted):
        open_key(read_envelope(sent().envelope), locked_keys.from_pem(own_pair()[1]))


@pytest.mark.parametrize("cut", [1, 5, 16])
def test_a_file_that_was_cut_is_told(cut: int) -> None:
    one = sent(media={})
    one.files["submission.xml.enc"] = one.files["submission.xml.enc"][:-cut]
    with pytest.raises(NotDecrypted):
        opened(one)


def test_files_of_another_place_or_record_are_told() -> None:
    one = sent()
    private = locked_keys.from_pem(pair()[1])
    envelope = read_envelope(one.envelope)
    md5s = [
        hashlib.md5(data, usedforsecurity=False).hexdigest() for data in (*MEDIA.values(), RECORD)
    ]
    assert is_consistent(envelope, md5s, private)
    assert not is_consistent(envelope, list(reversed(md5s)), private)
    assert not is_consistent(replace(envelope, version="2"), md5s, private)
    assert not is_consistent(replace(envelope, signature=""), md5s, private)


@pytest.mark.parametrize(
    "xml",
    [
        b"",
        b"<data",
        b"<data id='F' version='1'><meta><instanceID>uuid:1</instanceID></meta></data>",
        b"<data id='F' encrypted='yes'><meta><instanceID>uuid:1</instanceID></meta></data>",
        b"<data id='F' encrypted='yes'><base64EncryptedKey>a</base64EncryptedKey></data>",
    ],
)
def test_what_is_no_envelope_is_told(xml: bytes) -> None:
    with pytest.raises(NotAnEnvelope):
        read_envelope(xml)


def test_a_managed_key_opens_with_its_passphrase_only() -> None:
    made = locked_keys.new_pair("một câu dài dễ nhớ")
    private = locked_keys.unlock(made.locked, "một câu dài dễ nhớ")
    assert locked_keys.public_of(private) == made.public
    assert is_public_key(made.public)
    for wrong in ("một câu dài", "", "một câu dài dễ nhớ "):
        with pytest.raises(locked_keys.WrongPassphrase):
            locked_keys.unlock(made.locked, wrong)


@pytest.mark.parametrize("text", ["", "AAAA", "không phải", "-----BEGIN PUBLIC KEY-----"])
def test_what_is_no_public_key_is_told(text: str) -> None:
    assert not is_public_key(text)
    with pytest.raises(locked_keys.WrongPassphrase):
        locked_keys.from_pem(text)


def test_a_form_gets_a_key_and_stays_the_form_it_was() -> None:
    before, after = (read_schema(form) for form in (xform(), with_public_key(xform(), pair()[0])))
    assert after.submission.base64_rsa_public_key == pair()[0]
    assert replace(after, submission=before.submission) == before
    again = read_schema(with_public_key(with_public_key(xform(), "AAAA"), pair()[0]))
    assert again == after
