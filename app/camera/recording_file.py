"""What a video file says of itself, before it is worked on."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import av

from app.camera.stream import open_stream
from app.domain.clock import is_known
from app.domain.errors import CameraUnreachable
from app.domain.ids import Sha256

_CHUNK_BYTES = 1 << 20
_LARGEST_SIDE_PX = 8192
_CREATION = "creation_time"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingFile:
    """A file that can be opened as video; nothing in it is trusted.

    `frame_count` and `duration_s` are what the header claims, None when it does not;
    `created_at` is the header's creation time, aware, None when it has none.
    """

    path: Path
    sha256: Sha256
    size_bytes: int
    width_px: int
    height_px: int
    frame_count: int | None
    duration_s: float | None
    created_at: datetime | None


def look_at(path: Path) -> RecordingFile:
    """Open a file and hash it; CameraUnreachable with a sentence when it is no video.

    The network is never asked: a playlist cannot lead away from this computer.
    """
    stream = open_stream(str(path), None)
    try:
        size = stream.size_px
        frame_count = stream.frame_count
    finally:
        stream.close()
    if size is None:
        raise CameraUnreachable(f"{path.name} says nothing of its picture's size.")
    if max(size) > _LARGEST_SIDE_PX:
        raise CameraUnreachable(
            f"The picture of {path.name} is {size[0]} × {size[1]} pixels, more than "
            f"the {_LARGEST_SIDE_PX} of any camera. It is not worked on."
        )
    duration_s, created_at = _header(path)
    sha256, size_bytes = hash_file(path)
    return RecordingFile(
        path=path,
        sha256=sha256,
        size_bytes=size_bytes,
        width_px=size[0],
        height_px=size[1],
        frame_count=frame_count,
        duration_s=duration_s,
        created_at=created_at,
    )


def hash_file(path: Path) -> tuple[Sha256, int]:
    """Return the SHA-256 of a file and its size in bytes."""
    digest, size_bytes = hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
            size_bytes += len(chunk)
    return Sha256(digest.hexdigest()), size_bytes


def _header(path: Path) -> tuple[float | None, datetime | None]:
    options = {"protocol_whitelist": "file"}
    with av.open(str(path), options=options, metadata_errors="replace") as container:
        texts = [container.metadata.get(_CREATION, "")]
        texts += [s.metadata.get(_CREATION, "") for s in container.streams.video]
        length = container.duration
    moments = (_moment(text) for text in texts)
    return (
        length / av.time_base if length else None,
        next((moment for moment in moments if moment is not None), None),
    )


def _moment(text: str) -> datetime | None:
    """Return a creation time; one at or before 1970 is a header left empty."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.utcoffset() is None:
        return None
    return moment if is_known(moment.astimezone(UTC)) else None
