"""Sealing evidence, against writing the same bytes to the same disk as they are.

Ours is what the engine does with each file of a case: `put` of the encrypting store in
a folder hashes, encrypts, flushes and names it, and its wrapped key beside it. The
peer writes the same bytes from memory to a new file in chunks of a megabyte, flushes it
and its folder, and renames it: nothing that is durable can be less. Both are megabytes
a second of one thread's calls, over a run of files of one size, none of them stored
before; the source is in memory (`/dev/shm` where there is one), as what the recorder
just wrote is.
"""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from app.config.private_file import sync_folder
from app.evidence.folder_blobs import FolderBlobs
from app.evidence.master_keys import FileVault, MasterKeys
from app.evidence.sealing import Sealing
from app.evidence.store import BlobEvidenceStore
from tests.bench.legs import Comparison, alternate, parser, report

GOAL = 0.8
_CHUNK_BYTES = 1 << 20
_STAMP_BYTES = 16


class Sources:
    """Files of one size, of which no two are equal, in memory."""

    def __init__(self, folder: Path, size_bytes: int, files: int) -> None:
        self._numbers = count()
        self._content = bytearray(os.urandom(size_bytes))
        self.size_bytes = size_bytes
        self.paths = [folder / str(number) for number in range(files)]
        for path in self.paths:
            path.write_bytes(self._content)

    def renew(self) -> None:
        """Change each: the store keeps equal files once."""
        for path in self.paths:
            with path.open("r+b") as file:
                file.write(next(self._numbers).to_bytes(_STAMP_BYTES, "big"))

    @property
    def megabytes(self) -> float:
        """What one leg writes."""
        return self.size_bytes * len(self.paths) / 1e6


def sealed_rate(store: BlobEvidenceStore, sources: Sources) -> float:
    """Return the MB/s of storing every source."""
    sources.renew()
    began = time.perf_counter()
    for path in sources.paths:
        store.put(path)
    return sources.megabytes / (time.perf_counter() - began)


def raw_rate(folder: Path, sources: Sources) -> float:
    """Return the MB/s of writing every source durably under a new name."""
    sources.renew()
    began = time.perf_counter()
    for number, path in enumerate(sources.paths):
        _write_raw(path, folder / f"{number}.raw")
    return sources.megabytes / (time.perf_counter() - began)


def _write_raw(source: Path, target: Path) -> None:
    arriving = target.with_suffix(".new")
    with source.open("rb") as reader, arriving.open("wb") as writer:
        while chunk := reader.read(_CHUNK_BYTES):
            writer.write(chunk)
        writer.flush()
        os.fsync(writer.fileno())
    arriving.rename(target)
    sync_folder(target.parent)


@contextmanager
def _folders(disk: Path | None) -> Iterator[tuple[Path, Path]]:
    """Yield a folder on the disk that is measured, and one in memory."""
    memory = Path("/dev/shm")  # noqa: S108 - where Linux keeps shared memory
    with (
        tempfile.TemporaryDirectory(dir=disk) as measured,
        tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as held,
    ):
        yield Path(measured), Path(held)


def compare(
    *,
    legs: int = 6,
    size_bytes: int = 16_000_000,
    files: int = 12,
    disk: Path | None = None,
) -> Comparison:
    """Measure both in turns."""
    with _folders(disk) as (measured, held):
        sources = Sources(held, size_bytes, files)
        blobs = FolderBlobs(measured / "store", floor_bytes=0)
        keys = MasterKeys(FileVault(measured / "keys.json"))
        store = BlobEvidenceStore(blobs, Sealing(blobs, keys))
        raw = measured / "raw"
        raw.mkdir()
        ours, peer = alternate(
            lambda: sealed_rate(store, sources), lambda: raw_rate(raw, sources), legs
        )
    return Comparison(
        name=f"sealed evidence, files of {size_bytes / 1e6:g} MB",
        unit="MB/s",
        ours=ours,
        peer=peer,
        higher_is_better=True,
        goal=GOAL,
        extra={"file_bytes": size_bytes, "files": files},
    )


def main() -> None:
    """Measure, print, write."""
    options = parser(str(__doc__))
    options.add_argument("--megabytes", type=float, default=16.0, help="of each file")
    options.add_argument("--files", type=int, default=12, help="in each leg")
    options.add_argument("--disk", type=Path, help="folder on the disk to measure")
    given = options.parse_args()
    comparison = compare(
        legs=given.legs,
        size_bytes=round(given.megabytes * 1e6),
        files=given.files,
        disk=given.disk,
    )
    report(comparison, given.json)


if __name__ == "__main__":
    main()
