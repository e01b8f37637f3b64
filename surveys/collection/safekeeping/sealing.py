"""A stream under a passphrase: scrypt makes the key, AES-256-GCM seals it block by block.

Each stream has a key of its own (HKDF with 32 random bytes), so that a counter serves as nonce.
The last block is marked: a stream that was cut, or whose blocks were moved, does not open.

    magic 8 | scrypt salt 16 | stream salt 32 | (length 4, block)…   first bit of length: the last
"""

import secrets
import struct
from functools import lru_cache
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from surveys.collection.safekeeping.archive import BackupRefused

MAGIC: Final = b"KHSEAL1\n"
SALT: Final = 16
STREAM_SALT: Final = 32
BLOCK: Final = 262_144
TAG: Final = 16
LAST: Final = 0x8000_0000
# 32 MB and about a third of a second for each guess.
SCRYPT_N: Final = 2**15


class NotOpened(BackupRefused):
    """The passphrase is another one, or the sealed bytes were changed or cut."""

    def __init__(self) -> None:
        super().__init__(403.91)


@lru_cache(maxsize=8)
def _master(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=SCRYPT_N, r=8, p=3).derive(passphrase.encode())


def _cipher(passphrase: str, salt: bytes, stream_salt: bytes) -> AESGCM:
    derive = HKDF(algorithm=SHA256(), length=32, salt=stream_salt, info=b"khaosat backup")
    return AESGCM(derive.derive(_master(passphrase, salt)))


def new_salt() -> bytes:
    """A salt for one backup folder; files that share it share the slow step."""
    return secrets.token_bytes(SALT)


def is_sealed(start: bytes) -> bool:
    """Whether the first bytes of a file are those of a sealed stream."""
    return start.startswith(MAGIC)


class Sealing:
    """Writes what is given to it, sealed; `finish` has to be called for it to be whole."""

    def __init__(self, raw: BinaryIO, passphrase: str, salt: bytes) -> None:
        stream_salt = secrets.token_bytes(STREAM_SALT)
        self._raw = raw
        self._cipher = _cipher(passphrase, salt, stream_salt)
        self._waiting = bytearray()
        self._number = 0
        raw.write(MAGIC + salt + stream_salt)

    def write(self, data: bytes) -> int:
        self._waiting += data
        while len(self._waiting) > BLOCK:  # the last block is never written here
            self._put(bytes(self._waiting[:BLOCK]), last=False)
            del self._waiting[:BLOCK]
        return len(data)

    def finish(self) -> None:
        self._put(bytes(self._waiting), last=True)
        self._waiting.clear()

    def _put(self, block: bytes, *, last: bool) -> None:
        head = struct.pack(">I", (len(block) + TAG) | (LAST if last else 0))
        self._raw.write(head + self._cipher.encrypt(_nonce(self._number), block, head))
        self._number += 1


class Opening:
    """Reads a sealed stream.

    Raises
    ------
    NotOpened : from the first `read` on.
    """

    def __init__(self, raw: BinaryIO, passphrase: str) -> None:
        head = raw.read(len(MAGIC) + SALT + STREAM_SALT)
        if len(head) < len(MAGIC) + SALT + STREAM_SALT or not is_sealed(head):
            raise NotOpened
        salt, stream_salt = head[len(MAGIC) : len(MAGIC) + SALT], head[len(MAGIC) + SALT :]
        self._raw = raw
        self._cipher = _cipher(passphrase, salt, stream_salt)
        self._ready = bytearray()
        self._number = 0
        self._ended = False

    def read(self, size: int = -1) -> bytes:
        while not self._ended and (size < 0 or len(self._ready) < size):
            self._ready += self._next()
        taken = bytes(self._ready) if size < 0 else bytes(self._ready[:size])
        del self._ready[: len(taken)]
        return taken

    def close(self) -> None:
        self._raw.close()

    def _next(self) -> bytes:
        head = self._raw.read(4)
        if len(head) < 4:
            raise NotOpened
        said = struct.unpack(">I", head)[0]
        length = said & ~LAST
        if not TAG <= length <= BLOCK + TAG:
            raise NotOpened
        try:
            block = self._cipher.decrypt(_nonce(self._number), self._raw.read(length), head)
        except InvalidTag as error:
            raise NotOpened from error
        self._number += 1
        self._ended = bool(said & LAST)
        if self._ended and self._raw.read(1):
            raise NotOpened
        return block


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")
