"""Private keys under a passphrase: made here, kept locked, opened for one export."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
    load_pem_private_key,
)

BITS: Final = 2048  # what phones of this protocol expect
# 32 MB and about a third of a second for each guess.
SCRYPT: Final = {"n": 2**15, "r": 8, "p": 3}
_CONTEXT: Final = b"khaosat managed key"


class WrongPassphrase(ValueError):
    """The passphrase does not open the key."""


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A public key as forms carry it, and its private one, locked; ``locked`` is JSON-ready."""

    public: str
    locked: Mapping[str, Any]


def new_pair(passphrase: str) -> KeyPair:
    """Make a key pair whose private part only the passphrase opens.

    Examples
    --------
    >>> pair = new_pair("a long passphrase")
    >>> public_of(unlock(pair.locked, "a long passphrase")) == pair.public
    True
    """
    private = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    plain = private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    box = AESGCM(_derived(passphrase, salt, SCRYPT)).encrypt(nonce, plain, _CONTEXT)
    locked = {
        "kdf": {"name": "scrypt", **SCRYPT},
        "salt": _base64(salt),
        "nonce": _base64(nonce),
        "box": _base64(box),
    }
    return KeyPair(public_of(private), locked)


def unlock(locked: Mapping[str, Any], passphrase: str) -> rsa.RSAPrivateKey:
    """Open a private key.

    Raises
    ------
    WrongPassphrase : it does not open.

    Examples
    --------
    >>> unlock(new_pair("a long passphrase").locked, "another one")
    Traceback (most recent call last):
    forms.locked_keys.WrongPassphrase
    """
    kdf = locked["kdf"]
    costs = {name: int(kdf[name]) for name in SCRYPT}
    derived = _derived(passphrase, base64.b64decode(locked["salt"]), costs)
    nonce, box = base64.b64decode(locked["nonce"]), base64.b64decode(locked["box"])
    try:
        plain = AESGCM(derived).decrypt(nonce, box, _CONTEXT)
    except InvalidTag as error:
        raise WrongPassphrase from error
    return _rsa(load_der_private_key(plain, None))


def from_pem(text: str) -> rsa.RSAPrivateKey:
    """The private key of somebody who made the pair himself (PEM, not itself encrypted).

    Raises
    ------
    WrongPassphrase : no RSA private key in PEM.
    """
    try:
        return _rsa(load_pem_private_key(text.strip().encode(), None))
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise WrongPassphrase from error


def public_of(private: rsa.RSAPrivateKey) -> str:
    """The public key as a form carries it: base64 of its DER."""
    der = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return _base64(der)


def _derived(passphrase: str, salt: bytes, costs: Mapping[str, int]) -> bytes:
    kdf = Scrypt(salt=salt, length=32, n=costs["n"], r=costs["r"], p=costs["p"])
    return kdf.derive(passphrase.encode())


def _rsa(key: object) -> rsa.RSAPrivateKey:
    if not isinstance(key, rsa.RSAPrivateKey):
        raise WrongPassphrase
    return key


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
