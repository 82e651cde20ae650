"""The port below an evidence store: named bytes, in a folder or on a server."""

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol

from app.domain.ids import Sha256

_NAME = re.compile(r"[0-9a-f]{64}(\.[0-9a-f]{32}\.key)?", re.ASCII)
CURRENT_KEY = "current-key"
"""A note that names the master key which seals; the one name that is no hash."""


class BlobMissing(LookupError):
    """There is nothing of this name; its store answered, and is sure."""


class Blobs(Protocol):
    """Named bytes that are written once; safe for several threads and processes.

    A name never stands for half of its bytes. Each method may raise StorageUnavailable,
    and each that writes StorageFull. Names are SHA-256 in lower-case hexadecimal, with
    a suffix for the wrapped key of an object (`key_name`), and `CURRENT_KEY`.
    """

    def guarded(self) -> AbstractContextManager[None]:
        """Turn what the system says of a draft or an open file into a fault."""
        ...

    def draft(self, size_bytes: int) -> Path:
        """Return a new private path to write about so many bytes to."""
        ...

    def add(
        self, name: str, draft: Path, ahead: tuple[str, Path] | None = None
    ) -> bool:
        """Keep what was written to a draft; False, and no change, if there is one.

        `ahead` is another name and draft, kept before this one whatever comes of it:
        nobody ever finds the second without the first. When this returns the bytes
        survive a power cut. Drafts may be used up.
        """
        ...

    def replace(self, name: str, draft: Path) -> None:
        """Keep what was written to a draft, in place of what is there."""
        ...

    def open(self, name: str) -> BinaryIO:
        """Open for reading and seeking; raises BlobMissing."""
        ...

    def set_aside(self, name: str) -> None:
        """Keep damaged bytes out of the way, so that the name is free."""
        ...

    def remove(self, name: str) -> None:
        """Take bytes away for good; not having them is no error.

        When this returns they do not come back after a power cut.
        """
        ...

    def remove_damaged(self, sha256: Sha256) -> bool:
        """Take away for good what was set aside of an object; tell if anything was."""
        ...

    def written_at(self, name: str) -> datetime:
        """Return when bytes came here, in UTC by the clock there; BlobMissing."""
        ...

    def names(self, prefix: str = "", since: str = "") -> Iterator[str]:
        """Yield the names that begin with `prefix`, from `since` on, in order.

        `prefix` is empty or a SHA-256, `since` one or how one begins. Few names are
        held in memory at once.
        """
        ...


def checked_name(name: str) -> str:
    """Return a name that is one; ValueError for any other, so that no path is."""
    if name != CURRENT_KEY and not _NAME.fullmatch(name):
        raise ValueError("evidence is named by 64 lower-case hexadecimal digits")
    return name


def is_object(name: str) -> bool:
    """Tell the name of an object from that of a wrapped key."""
    return len(name) == 64


def is_key(name: str) -> bool:
    """Tell the name of a wrapped key from all others."""
    return name.endswith(".key")


def key_name(sha256: Sha256, instance: bytes) -> str:
    """Return where the wrapped key of one sealed copy of an object lies."""
    return f"{sha256}.{instance.hex()}.key"
