"""Named bytes in a local folder or file share.

A file is written beside its place, flushed to the disk, and only then given its name,
so that a name never stands for half a file.
"""

import errno
import logging
import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from app.config.private_file import link_new, sync_folder
from app.domain.errors import StorageFull, StorageUnavailable
from app.domain.ids import new_uuid
from app.evidence.blobs import CURRENT_KEY, BlobMissing, checked_name

_log = logging.getLogger(__name__)
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_ABANDONED_AFTER_S = 24 * 3600

DEFAULT_FLOOR_BYTES = 2 << 30


def free_bytes(folder: Path) -> int:
    """Return the room that is left for this user on the folder's file system."""
    return shutil.disk_usage(folder).free


class FolderBlobs:
    """`Blobs` below `root`.

    `floor_bytes` of the disk are never filled with evidence, so that the database and
    the spool beside it can go on; `measure_free` tells how much is left. With a
    `marker`, a file that must be in `root`, nothing is read or written while it is not
    there: a share that is not mounted looks like an empty folder.
    """

    def __init__(
        self,
        root: Path,
        *,
        floor_bytes: int = DEFAULT_FLOOR_BYTES,
        measure_free: Callable[[Path], int] = free_bytes,
        marker: str | None = None,
    ) -> None:
        self._root = root
        self._incoming = root / "incoming"
        self._floor_bytes = floor_bytes
        self._measure_free = measure_free
        self._marker = marker
        self._prepared = False
        if marker is None:
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
            damaged = self._root / "damaged"
            damaged.mkdir(mode=0o700, exist_ok=True)
            self._place(name).rename(damaged / f"{name}.{new_uuid()}")

    def remove(self, name: str) -> None:
        """Unlink the file."""
        with self.guarded():
            self._require_marker()
            self._place(name).unlink(missing_ok=True)

    def names(self, prefix: str = "") -> Iterator[str]:
        """Look through the folders, or through the one of `prefix`."""
        with self.guarded():
            self._require_marker()
            fan = self._fan(prefix) if prefix else "[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]"
            for path in self._root.glob(f"{fan}/*"):
                if _is_ours(path.name) and path.name.startswith(prefix):
                    yield path.name

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


def _is_ours(name: str) -> bool:
    try:
        return checked_name(name) != CURRENT_KEY
    except ValueError:
        return False
