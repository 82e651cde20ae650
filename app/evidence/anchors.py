"""Heads of the audit chain outside of the database, signed and only ever appended.

A chain alone cannot show that its tail was cut or that it was made anew as a whole:
whoever owns the database can do both without a trace in it. A head that is kept
elsewhere can. Each line of a file is one JSON object with its signature
(`app.evidence.signing`).
"""

import errno
import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from app.domain.audit import Anchor, ChainHead
from app.domain.errors import EnvironmentFault, StorageFull
from app.domain.ids import Sha256
from app.evidence.signing import SigningKey, signed_by
from app.ports import SecretStore

KEY_SECRET = "audit-anchor-key"  # noqa: S105 - the name of an entry, not a secret
_VERSION = 1


class AnchorUnreadable(EnvironmentFault):
    """A file of anchors cannot be used; the text says which line."""


class AnchorKey:
    """The key that this workstation signs heads with; no key of seals (see docs)."""

    def __init__(self, key: SigningKey) -> None:
        self._key = key

    @classmethod
    def of(cls, secrets: SecretStore) -> "AnchorKey":
        """Return the key of this workstation; the first call makes it."""
        known = secrets.get(KEY_SECRET)
        if known is not None:
            return cls(SigningKey.restored(known[1]))
        made = SigningKey.generate()
        secrets.put(KEY_SECRET, made.public, made.secret())
        return cls(made)

    @property
    def public(self) -> str:
        """The public half, in hexadecimal."""
        return self._key.public

    def line(self, head: ChainHead, taken: datetime) -> str:
        """Return a signed line, without its end."""
        fields: dict[str, str | int | bool] = {
            "version": _VERSION,
            "database": head.database,
            "sequence": head.sequence,
            "sha256": head.sha256,
            "time": taken.isoformat(),
            "key": self.public,
        }
        signature = self._key.sign(fields)
        return json.dumps(fields | {"signature": signature}, sort_keys=True)


def append_anchor(path: Path, line: str) -> None:
    """Add a line, on the disk when this returns.

    Raises StorageFull, or EnvironmentFault where the file cannot be written.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "ab") as file:
            file.write(line.encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        kind = StorageFull if error.errno == errno.ENOSPC else EnvironmentFault
        raise kind(
            f"The head of the trail cannot be kept in {path} "
            f"({error.strerror}). Make room, or check who owns the folder."
        ) from None


def read_anchors(path: Path) -> Iterator[Anchor]:
    """Yield the anchors of a file, each with a signature that its own key made.

    Whether that key is to be trusted is the caller's question. Raises AnchorUnreadable,
    also for a line that was altered.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise AnchorUnreadable(f"The file {path} cannot be read.") from None
    for number, line in enumerate(lines, 1):
        anchor = _parsed(line)
        if anchor is None:
            raise AnchorUnreadable(
                f"Line {number} of {path} is no anchor, or was altered. Take the file "
                "from where it was kept safe."
            )
        yield anchor


def _parsed(line: str) -> Anchor | None:
    try:
        fields: dict[str, Any] = json.loads(line)
        signature = fields.pop("signature")
        if not signed_by(fields["key"], fields, signature):
            return None
        return Anchor(
            head=ChainHead(
                database=str(fields["database"]),
                sequence=int(fields["sequence"]),
                sha256=Sha256(fields["sha256"]),
            ),
            taken=datetime.fromisoformat(fields["time"]),
            key=fields["key"],
        )
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
