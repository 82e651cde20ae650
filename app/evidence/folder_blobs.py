"""Named bytes in a local folder or file share.

A file is written beside its place, flushed to the disk, and only then given its name,
so that a name never stands for half a file.
"""

import errno
import logging
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from app.config.private_file import link_new, sync_folder
from app.domain.errors import StorageFull, StorageUnavailable
from app.domain.ids import Sha256, new_uuid
from app.evidence.blobs import CURRENT_KEY, BlobMissing, checked_name

_log = logging.getLogger(__name__)
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_ABANDONED_AFTER_S = 24 * 3600
_PAIR = re.compile(r"[0-9a-f]{2}")

DEFAULT_FLOOR_BYTES = 2 << 30


def free_bytes(folder: Path) -> int:
    """Return the room that is left for this user on the folder's file system."""
    return shutil.disk_usage(folder).free


class FolderBlobs:
    """`Blobs` below `root`.

    `floor_bytes` of the disk are never filled with evidence, so that the database and
    the spool beside it can go on; `measure_free` tells how much is left. With a
    `marker`, a file that must be in `root`, nothing is read or written while it is not
    there: a share that is not mounted looks like an empty folder. What is `only_read`
    is left as it is: a backup may not be written to.
    """

    def __init__(
        self,
        root: Path,
        *,
        floor_bytes: int = DEFAULT_FLOOR_BYTES,
        measure_free: Callable[[Path], int] = free_bytes,
        marker: str | None = None,
        only_read: bool = False,
    ) -> None:
        self._root = root
        self._incoming = root / "incoming"
        self._damaged = root / "damaged"
        self._floor_bytes = floor_bytes
        self._measure_free = measure_free
        self._marker = marker
        self._prepared = False
        if marker is None and not only_read:
            self._prepare()

    def draft(self, size_bytes: int) -> Path:
        """Return a path in the same file system."""
        with self.guarded():
            self._require_marker()
            self._prepare()
            if self._measure_free(self._root) - size_bytes < self._floor_bytes:
                raise self._full()
        return self._incoming / str(new_uuid())

    def add(
        self, name: str, draft: Path, ahead: tuple[str, Path] | None = None
    ) -> bool:
        """Move the draft to its place unless that is taken."""
        place = self._place(name)
        pairs = [(name, draft)] if ahead is None else [ahead, (name, draft)]
        with self.guarded():
            self._settle(place.parent, [each for _, each in pairs])
            added = [_publish(each, self._place(called)) for called, each in pairs]
            sync_folder(place.parent)
        return added[-1]

    def replace(self, name: str, draft: Path) -> None:
        """Move the draft to its place."""
        place = self._place(name)
        with self.guarded():
            self._settle(place.parent, [draft])
            draft.replace(place)
            sync_folder(place.parent)

    def open(self, name: str) -> BinaryIO:
        """Open the file."""
        place = self._place(name)
        with self.guarded():
            try:
                return place.open("rb")
            except FileNotFoundError:
                self._require_marker()
                raise BlobMissing(name) from None

    def set_aside(self, name: str) -> None:
        """Move the file to `damaged`, under a name of its own."""
        with self.guarded():
            self._damaged.mkdir(mode=0o700, exist_ok=True)
            self._place(name).rename(self._damaged / f"{name}.{new_uuid()}")

    def remove(self, name: str) -> None:
        """Unlink the file."""
        with self.guarded():
            self._require_marker()
            _unlink([self._place(name)])

    def remove_damaged(self, sha256: Sha256) -> bool:
        """Unlink what is below `damaged` under names of its own."""
        with self.guarded():
            self._require_marker()
            begin = f"{checked_name(sha256)}."
            found = [n for n in self._listed(self._damaged) if n.startswith(begin)]
            return _unlink([self._damaged / name for name in found])

    def written_at(self, name: str) -> datetime:
        """Return when the file was last written to: it is moved here as it is."""
        place = self._place(name)
        with self.guarded():
            try:
                return datetime.fromtimestamp(place.stat().st_mtime, UTC)
            except FileNotFoundError:
                self._require_marker()
                raise BlobMissing(name) from None

    def names(self, prefix: str = "", since: str = "") -> Iterator[str]:
        """Look through the folders, or through the one of `prefix`."""
        with self.guarded():
            self._require_marker()
            one = (self._root / self._fan(prefix),) if prefix else ()
            for folder in one or self._folders(since):
                for name in filter(_is_ours, self._listed(folder)):
                    if name >= since and name.startswith(prefix):
                        yield name

    @property
    def incoming(self) -> Path:
        """Where drafts lie; swept of what is older than a day at each start."""
        return self._incoming

    def path_of(self, name: str) -> Path:
        """Return where the file of this name is, or would be."""
        return self._place(name)

    def _place(self, name: str) -> Path:
        if checked_name(name) == CURRENT_KEY:
            return self._root / name
        return self._root / self._fan(name) / name

    def _fan(self, name: str) -> str:
        return f"{name[:2]}/{name[2:4]}"

    def _folders(self, since: str) -> Iterator[Path]:
        """Yield the folders with names from `since` on, in order."""
        for first in _pairs(self._root, since[:2]):
            tail = since[2:4] if first.name == since[:2] else ""
            yield from _pairs(first, tail)

    def _listed(self, folder: Path) -> list[str]:
        """Return the names in a folder, in order; none where it was never made."""
        try:
            return sorted(path.name for path in folder.iterdir())
        except FileNotFoundError:
            self._require_marker()
            return []

    def _settle(self, folder: Path, drafts: Sequence[Path]) -> None:
        """Make bytes durable before they get names, and the folder of these.

        All at once: the disk puts them into one commit, which costs about one flush.
        """
        made = _make(folder, self._root)
        with ThreadPoolExecutor(len(drafts) + len(made) or 1) as beside:
            syncing = [beside.submit(sync_folder, each) for each in made]
            syncing += [beside.submit(_flush, each) for each in drafts]
            for each in syncing:
                each.result()

    def _require_marker(self) -> None:
        if self._marker is not None and not (self._root / self._marker).is_file():
            raise StorageUnavailable(
                f"The evidence share is not at {self._root}. "
                "Mount it, or check the network; evidence waits until then."
            )

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """StorageFull for a full disk; for a share, StorageUnavailable for all else."""
        try:
            yield
        except OSError as error:
            if error.errno in _FULL:
                raise self._full() from error
            if self._marker is None:
                raise
            raise StorageUnavailable(
                f"The evidence share at {self._root} does not answer as it should "
                f"({error.strerror}). Check the network and the rights on it."
            ) from error

    def _full(self) -> StorageFull:
        return StorageFull(
            f"There is no room left for evidence in {self._root}. "
            "Free space on that disk, or move the evidence to a larger one."
        )

    def _prepare(self) -> None:
        """Make the place for drafts; the first time, clear what a crash left there."""
        for changed in _make(self._incoming, self._root):
            sync_folder(changed)
        if not self._prepared:
            self._sweep()
            self._prepared = True

    def _sweep(self) -> None:
        """Remove what a crash left half written."""
        for path in self._incoming.iterdir():
            try:
                if time.time() - path.stat().st_mtime > _ABANDONED_AFTER_S:
                    path.unlink()
            except FileNotFoundError:
                continue


def _make(folder: Path, root: Path) -> list[Path]:
    """Make a folder below `root`; return those that got a new name, to be synced."""
    if folder.is_dir():
        return []
    missing = [folder]
    while missing[-1] != root and not missing[-1].parent.is_dir():
        missing.append(missing[-1].parent)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return [each.parent for each in missing]


def _flush(draft: Path) -> None:
    """Write to the disk, and make read-only."""
    handle = os.open(draft, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    draft.chmod(0o400)


def _publish(draft: Path, place: Path) -> bool:
    """Give a draft its name; False when that is taken."""
    try:
        link_new(draft, place)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno in _FULL:
            raise
        # Some shares have no hard links; there a look comes first.
        if place.exists():
            return False
        draft.rename(place)
    return True


def _unlink(paths: Sequence[Path]) -> bool:
    """Remove files of one folder for good; tell whether there was any."""
    gone = False
    for path in paths:
        try:
            if os.name == "nt":
                # It deletes nothing that is read-only; elsewhere another's file may
                # be deleted, but its mode not be changed.
                path.chmod(0o600)
            path.unlink()
            gone = True
        except FileNotFoundError:
            continue
    if gone:
        sync_folder(paths[0].parent)
    return gone


def _pairs(folder: Path, since: str) -> list[Path]:
    """Return the folders named by two digits, in order, from `since` on."""
    with os.scandir(folder) as found:
        # A share tells what a name is with the name; asking for each takes minutes.
        names = [each.name for each in found if each.is_dir()]
    return [
        folder / name
        for name in sorted(names)
        if name >= since and _PAIR.fullmatch(name)
    ]


def _is_ours(name: str) -> bool:
    try:
        return checked_name(name) != CURRENT_KEY
    except ValueError:
        return False
