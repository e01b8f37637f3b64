"""A phone that encrypts: the steps of ODK Collect, from primitives alone, for the tests.

It shares nothing with `forms.encryption`, so that a slip there is not made here as well.
"""

import base64
import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms


@dataclass(frozen=True, slots=True)
class Sent:
    """What leaves the phone: the envelope, and every file with `.enc` at its end."""

    envelope: bytes
    files: dict[str, bytes]


def encrypt(
    public: str,
    form_id: str,
    version: str,
    instance_id: str,
    *,
    record: bytes,
    media: Mapping[str, bytes] | None = None,
) -> Sent:
    key = serialization.load_der_public_key(base64.b64decode(public))
    assert isinstance(key, rsa.RSAPublicKey)
    aes = os.urandom(32)
    sealed = _wrapped(key, aes)
    vector = list(_md5(instance_id.encode("utf-8") + aes).digest())
    lines = [form_id, version, sealed, instance_id]
    files = {}
    for turn, (name, plain) in enumerate([*(media or {}).items(), ("submission.xml", record)]):
        lines.append(name + "::" + _md5(plain).hexdigest())
        vector[turn % 16] = (vector[turn % 16] + 1) & 255
        short = 16 - len(plain) % 16
        cipher = Cipher(algorithms.AES(aes), CFB(bytes(vector))).encryptor()
        files[name + ".enc"] = cipher.update(plain + bytes([short]) * short) + cipher.finalize()
    signature = _wrapped(key, _md5(("\n".join(lines) + "\n").encode("utf-8")).digest())
    named = "".join(f"<media><file>{name}.enc</file></media>\n" for name in media or {})
    envelope = (
        "<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>"
        f'<data id="{form_id}" version="{version}" encrypted="yes"'
        ' xmlns="http://www.opendatakit.org/xforms/encrypted">'
        f"<base64EncryptedKey>{sealed}</base64EncryptedKey>"
        '<orx:meta xmlns:orx="http://openrosa.org/xforms">'
        f"<orx:instanceID>{instance_id}</orx:instanceID></orx:meta>\n{named}"
        "<encryptedXmlFile>submission.xml.enc</encryptedXmlFile>"
        f"<base64EncryptedElementSignature>{signature}</base64EncryptedElementSignature></data>"
    )
    return Sent(envelope.encode(), files)


def own_pair() -> tuple[str, str]:
    """A key pair that somebody made with openssl: base64 of the public DER, private PEM."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    der = private.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return base64.b64encode(der).decode(), pem.decode()


def _wrapped(key: rsa.RSAPublicKey, data: bytes) -> str:
    oaep = padding.OAEP(
        mgf=padding.MGF1(algorithm=hashes.SHA256()), algorithm=hashes.SHA256(), label=None
    )
    return base64.b64encode(key.encrypt(data, oaep)).decode()


def _md5(data: bytes) -> "hashlib._Hash":
    return hashlib.md5(data, usedforsecurity=False)
