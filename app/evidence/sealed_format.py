"""An object at rest: encrypted in segments that cannot be cut, moved or exchanged.

The construction is STREAM (Hoang, Reyhanitabar, Rogaway, Vizár: Online Authenticated-
Encryption and its Nonce-Reuse Misuse-Resistance, CRYPTO 2015), with AES-256-GCM:

    object   = magic (16 bytes) | instance (16 random bytes) | segment | segment ...
    segment  = AES-256-GCM of 256 KiB of plaintext, fewer in the last; a tag of 16 bytes
    nonce    = instance[0:7] | number of the segment (4 bytes) | 1 if it is the last
    bound    = magic | instance, with every segment

The data key is drawn for this one object, so a nonce never comes twice under it. The
number stops reordering, the flag stops truncation and appending. A segment of another
object has another key. The object's name is bound where the data key is wrapped
(`app.evidence.master_keys`): name, instance and magic are authenticated with it, so a
whole object under another's name has no key.
"""

import io
import os
import secrets
from dataclasses import dataclass
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.domain.errors import EvidenceDamaged

MAGIC = b"ATALAYA-SEALED-1"
INSTANCE_BYTES = 16
HEADER_BYTES = len(MAGIC) + INSTANCE_BYTES
SEGMENT_BYTES = 1 << 18
TAG_BYTES = 16
KEY_BYTES = 32
_SEALED_BYTES = SEGMENT_BYTES + TAG_BYTES
_PREFIX_BYTES = 7


class SealBroken(EvidenceDamaged):
    """The bytes are not what was sealed; no part of them is given out."""

    def __init__(self) -> None:
        super().__init__(
            "An evidence file is not as it was sealed. "
            "Do not decide its case; restore the file from a backup."
        )


@dataclass(frozen=True, slots=True)
class DataKey:
    """The key of one object and the instance that its segments are bound to."""

    secret: bytes
    instance: bytes

    def __repr__(self) -> str:
        """Show the instance alone: a traceback must not hold a key."""
        return f"DataKey(instance={self.instance.hex()})"

    @classmethod
    def draw(cls) -> "DataKey":
        """Return a new one from the system's generator."""
        return cls(secrets.token_bytes(KEY_BYTES), secrets.token_bytes(INSTANCE_BYTES))


class SegmentWriter:
    """Seals what is written to it into `target`; `close` writes the last segment.

    Holds one segment in memory. The target stays open.
    """

    def __init__(self, target: BinaryIO, key: DataKey) -> None:
        self._target = target
        self._cipher = AESGCM(key.secret)
        self._instance = key.instance
        self._held = bytearray()
        self._sealed = bytearray(_SEALED_BYTES)
        self._number = 0
        target.write(MAGIC + key.instance)

    def write(self, data: bytes | memoryview) -> None:
        """Take plaintext. A full segment waits, for it may be the last."""
        view = memoryview(data)
        while len(self._held) + len(view) > SEGMENT_BYTES:
            taken = SEGMENT_BYTES - len(self._held)
            if self._held:
                self._held += view[:taken]
                self._seal(memoryview(self._held), last=False)
                self._held = bytearray()
            else:
                self._seal(view[:taken], last=False)
            view = view[taken:]
        self._held += view

    def close(self) -> None:
        """Seal what is left, even if it is nothing: some segment must be the last."""
        self._seal(memoryview(self._held), last=True)

    def _seal(self, plain: memoryview, *, last: bool) -> None:
        nonce = _nonce(self._instance, self._number, last=last)
        sealed = memoryview(self._sealed)[: len(plain) + TAG_BYTES]
        self._cipher.encrypt_into(nonce, plain, MAGIC + self._instance, sealed)
        self._target.write(sealed)
        self._number += 1


class SegmentReader(io.RawIOBase):
    """Reads what was sealed, from anywhere in it; holds one segment in memory.

    SealBroken for the first byte that is not as it was sealed. Closes `source` too.
    """

    def __init__(self, source: BinaryIO, key: DataKey) -> None:
        self._source = source
        self._cipher = AESGCM(key.secret)
        self._instance = key.instance
        self._position = 0
        self._number = -1
        self._plain = b""
        body = source.seek(0, os.SEEK_END) - HEADER_BYTES
        self._segments = max(1, -(-body // _SEALED_BYTES))
        self.size_bytes = body - self._segments * TAG_BYTES
        if self.size_bytes < 0 or self._ends_empty():
            raise SealBroken

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move; return the new place."""
        origin = {os.SEEK_SET: 0, os.SEEK_CUR: self._position}
        base = origin.get(whence, self.size_bytes)
        if base + offset < 0:
            raise ValueError("a negative place")
        self._position = base + offset
        return self._position

    def readinto(self, buffer: "memoryview | bytearray") -> int:  # type: ignore[override]
        """Fill with what follows, at most to the end of its segment."""
        number, begin = divmod(self._position, SEGMENT_BYTES)
        if self._position >= self.size_bytes and self._position:
            return 0
        plain = self._segment(number)[begin : begin + len(buffer)]
        buffer[: len(plain)] = plain
        self._position += len(plain)
        return len(plain)

    def close(self) -> None:
        """Close this and the source."""
        if not self.closed:
            self._source.close()
        super().close()

    def _ends_empty(self) -> bool:
        """Tell whether the last of several segments holds nothing: never sealed so."""
        return self._segments > 1 and (
            self.size_bytes <= (self._segments - 1) * SEGMENT_BYTES
        )

    def _segment(self, number: int) -> bytes:
        if number != self._number:
            self._source.seek(HEADER_BYTES + number * _SEALED_BYTES)
            sealed = self._source.read(_SEALED_BYTES)
            nonce = _nonce(self._instance, number, last=number == self._segments - 1)
            try:
                self._plain = self._cipher.decrypt(
                    nonce, sealed, MAGIC + self._instance
                )
            except InvalidTag:
                raise SealBroken from None
            self._number = number
        return self._plain


def instance_of(source: BinaryIO) -> bytes | None:
    """Return the instance of a sealed object, None when the bytes are not sealed."""
    source.seek(0)
    header = source.read(HEADER_BYTES)
    source.seek(0)
    if len(header) < HEADER_BYTES or not header.startswith(MAGIC):
        return None
    return header[len(MAGIC) :]


def _nonce(instance: bytes, number: int, *, last: bool) -> bytes:
    return instance[:_PREFIX_BYTES] + number.to_bytes(4, "big") + bytes([last])
