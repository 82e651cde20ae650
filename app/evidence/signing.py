"""Ed25519 keys of this workstation, and the one form of what they sign.

A key is made once and never leaves the secret store. What is signed is a flat JSON
object in canonical form: sorted keys, no spaces, ASCII alone, so that the same fields
are the same bytes on every computer (Ed25519: RFC 8032).
"""

import hashlib
import json
import re
from collections.abc import Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

Fields = Mapping[str, str | int | bool]

_KEY = re.compile(r"[0-9a-f]{64}")
_SIGNATURE = re.compile(r"[0-9a-f]{128}")
_SHOWN_DIGITS = 16
_GROUP = 4


class SigningKey:
    """A private key; only its public half and its signatures come out."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        """Take the key."""
        self._private = private

    @classmethod
    def generate(cls) -> "SigningKey":
        """Make a new one."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def restored(cls, secret: str) -> "SigningKey":
        """Return the key that `secret` was taken of; ValueError for another text."""
        return cls(Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secret)))

    @property
    def public(self) -> str:
        """The public half, in hexadecimal."""
        return self._private.public_key().public_bytes_raw().hex()

    def secret(self) -> str:
        """Return the private half in hexadecimal, for the secret store alone."""
        return self._private.private_bytes_raw().hex()

    def sign(self, fields: Fields) -> str:
        """Return the signature over `fields`, in hexadecimal."""
        return self._private.sign(canonical(fields)).hex()


def canonical(fields: Fields) -> bytes:
    """Return the bytes that are signed."""
    return json.dumps(
        dict(fields), sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode("ascii")


def signed_by(key: str, fields: Fields, signature: str) -> bool:
    """Tell whether the key (hexadecimal) made this signature over these fields."""
    if not (_KEY.fullmatch(key) and _SIGNATURE.fullmatch(signature)):
        return False
    try:
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))
        public.verify(bytes.fromhex(signature), canonical(fields))
    except (InvalidSignature, ValueError):
        return False
    return True


def fingerprint(key: str) -> str:
    """Return what people compare of a public key: 16 digits of its SHA-256."""
    digest = hashlib.sha256(bytes.fromhex(key)).hexdigest()[:_SHOWN_DIGITS]
    return " ".join(digest[at : at + _GROUP] for at in range(0, _SHOWN_DIGITS, _GROUP))
