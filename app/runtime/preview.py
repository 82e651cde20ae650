"""The pictures that the engine shows, each with its own overlay, in shared memory.

A segment per camera holds a ring of slots. A slot holds a caption (`overlay_codec`) and
BGRA pixels, so a picture can never be shown with the boxes of another. The writer
never waits and the reader never locks: each slot has a version that is odd while it is
written (a sequence lock), and a reader that finds it odd, or changed after
copying, throws the copy away.

The other way goes one word: the reader writes when it looked, so that the writer
knows whether anybody does, and need not scale pictures that nobody sees.
"""

import contextlib
import mmap
import threading
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from app.domain.clock import NS_PER_S, Clock
from app.domain.ids import CameraId
from app.domain.overlay import PreviewFrame
from app.runtime.overlay_codec import FrameCaption, decode_caption, encode_caption
from app.runtime.segment import attach_segment, create_segment

SIZES_PX = ((1280, 720), (1920, 1080), (2560, 1440), (3840, 2160))
"""What segments are made for: a tile, and a camera that fills a screen."""
SLOT_COUNT = 3
LEASE_NS = 3 * NS_PER_S
"""How long somebody who looked counts as looking."""
_MAGIC = 0x3259_414C_4154_41  # "ATALAY2", little-endian
_WORD = 8
_HEAD_BYTES = 4096
_HEADER_BYTES = 8 * _WORD
_CAPTION_BYTES = 64 * 1024
_NEWEST = 1
# On a cache line of its own: it is the only word that the reader writes.
_LOOKED_NS = 8
_VERSION, _SEQUENCE, _WIDTH, _HEIGHT, _CAPTION_LENGTH, _CAPTION_CRC = range(6)
_READ_ATTEMPTS = 3

_Words = npt.NDArray[np.uint64]
_Bytes = npt.NDArray[np.uint8]


class _Fence:
    """Order memory accesses between processes.

    Taking and leaving a lock is a barrier on every processor; x86 would not need it,
    ARM does.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def __call__(self) -> None:
        with self._lock:
            pass


def holding_px(width_px: int, height_px: int) -> tuple[int, int]:
    """Return the least size of a segment that holds such a picture, or the largest."""
    fit = (px for px in SIZES_PX if width_px <= px[0] and height_px <= px[1])
    return next(fit, SIZES_PX[-1])


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where things lie in a segment for pictures of at most `most_px`."""

    most_px: tuple[int, int]

    @classmethod
    def of_segment(cls, path: Path) -> "_Layout":
        """Return the layout of a segment by its size; ValueError when it has none."""
        size_bytes = path.stat().st_size
        for most_px in SIZES_PX:
            if cls(most_px).segment_bytes == size_bytes:
                return cls(most_px)
        raise ValueError(f"not a segment of ours: {path.name}, {size_bytes} bytes")

    @property
    def pixel_bytes(self) -> int:
        return self.most_px[0] * self.most_px[1] * 4

    @property
    def slot_bytes(self) -> int:
        return _HEADER_BYTES + _CAPTION_BYTES + self.pixel_bytes

    @property
    def segment_bytes(self) -> int:
        return _HEAD_BYTES + SLOT_COUNT * self.slot_bytes

    def slots(self, memory: _Bytes) -> "list[_Slot]":
        size = self.slot_bytes
        starts = range(_HEAD_BYTES, _HEAD_BYTES + SLOT_COUNT * size, size)
        return [_Slot(memory[start : start + size]) for start in starts]


class _Slot:
    """Views of one slot; the words are written whole, eight bytes at a time."""

    def __init__(self, slot: _Bytes) -> None:
        self.words: _Words = slot[:_HEADER_BYTES].view(np.uint64)
        self.caption = slot[_HEADER_BYTES : _HEADER_BYTES + _CAPTION_BYTES]
        self.pixels = slot[_HEADER_BYTES + _CAPTION_BYTES :]


class PreviewWriter:
    """The engine's side: one camera, one thread."""

    def __init__(self, path: Path, most_px: tuple[int, int] = SIZES_PX[0]) -> None:
        """Make the segment at `path`; OSError when the memory is not there.

        `most_px`, one of `SIZES_PX`, is the size of the largest picture.
        """
        self.path = path
        self.most_px = most_px
        layout = _Layout(most_px)
        self._pixel_bytes = layout.pixel_bytes
        self._map = create_segment(path, layout.segment_bytes)
        memory: _Bytes = np.frombuffer(self._map, np.uint8)
        self._header: _Words = memory[:_HEAD_BYTES].view(np.uint64)
        self._slots = layout.slots(memory)
        self._fence = _Fence()
        self._count = 0
        self._header[0] = _MAGIC

    def write(self, image: _Bytes, caption: FrameCaption, sequence: int) -> None:
        """Publish a picture of at most `most_px`, shape (height, width, 4)."""
        encoded = encode_caption(caption)
        height_px, width_px = image.shape[:2]
        if image.nbytes > self._pixel_bytes or len(encoded) > _CAPTION_BYTES:
            raise ValueError(f"preview does not fit: {image.shape}, {len(encoded)} B")
        self._count += 1
        slot = self._slots[self._count % SLOT_COUNT]
        slot.words[_VERSION] += np.uint64(1)
        self._fence()
        slot.words[_SEQUENCE : _CAPTION_CRC + 1] = (
            sequence,
            width_px,
            height_px,
            len(encoded),
            zlib.crc32(encoded),
        )
        slot.caption[: len(encoded)] = np.frombuffer(encoded, np.uint8)
        target = slot.pixels[: image.nbytes].reshape(image.shape)
        np.copyto(target, image)
        self._fence()
        slot.words[_VERSION] += np.uint64(1)
        self._header[_NEWEST] = self._count

    def watched(self, now_ns: int) -> bool:
        """Tell whether a reader looked within the last 3 s, on the monotonic clock."""
        looked_ns = int(self._header[_LOOKED_NS])
        return looked_ns > 0 and abs(now_ns - looked_ns) <= LEASE_NS

    def close(self) -> None:
        """Unmap and unlink; readers keep what they have mapped until they close."""
        del self._header
        self._slots.clear()
        _unmap(self._map)
        self.path.unlink(missing_ok=True)


class PreviewReader:
    """The desktop's side; polled by the paint timer, never waits.

    It can write to the head of the segment only, and writes there when it looked.
    """

    def __init__(self, path: Path, camera_id: CameraId, clock: Clock) -> None:
        """Map the segment; OSError or ValueError when it is not there or not ours."""
        self.path = path
        self._camera_id = camera_id
        self._clock = clock
        layout = _Layout.of_segment(path)
        self._pixel_bytes = layout.pixel_bytes
        size_bytes = layout.segment_bytes
        self._map = attach_segment(path, size_bytes)
        self._head_map = attach_segment(path, size_bytes, writable=_HEAD_BYTES)
        self._lease: _Words = np.frombuffer(self._head_map, np.uint64)
        memory: _Bytes = np.frombuffer(self._map, np.uint8)
        self._header: _Words = memory[:_HEAD_BYTES].view(np.uint64)
        self._slots = layout.slots(memory)
        self._fence = _Fence()
        self._seen = 0
        self._latest: PreviewFrame | None = None

    def latest(self) -> PreviewFrame | None:
        """Return the newest picture: the same object until there is a newer one."""
        self._lease[_LOOKED_NS] = self._clock.monotonic_ns()
        for _ in range(_READ_ATTEMPTS):
            count = int(self._header[_NEWEST])
            if count in (0, self._seen) or self._header[0] != _MAGIC:
                break
            frame = self._copy(self._slots[count % SLOT_COUNT])
            if frame is not None:
                self._seen, self._latest = count, frame
                break
        return self._latest

    def close(self) -> None:
        """Unmap; pictures already handed out stay valid, they are copies."""
        del self._header, self._lease
        self._slots.clear()
        _unmap(self._map)
        _unmap(self._head_map)

    def _copy(self, slot: _Slot) -> PreviewFrame | None:
        before = int(slot.words[_VERSION])
        if before % 2:
            return None
        self._fence()
        words = slot.words.copy()
        width_px, height_px = int(words[_WIDTH]), int(words[_HEIGHT])
        if not 0 < width_px * height_px * 4 <= self._pixel_bytes:
            return None
        pixels = slot.pixels[: width_px * height_px * 4].copy()
        caption = slot.caption[: int(words[_CAPTION_LENGTH])].tobytes()
        self._fence()
        whole = int(slot.words[_VERSION]) == before
        if not whole or zlib.crc32(caption) != int(words[_CAPTION_CRC]):
            return None
        try:
            decoded = decode_caption(caption)
        except ValueError:
            return None
        image = pixels.reshape(height_px, width_px, 4)
        return self._frame(int(words[_SEQUENCE]), image, decoded)

    def _frame(
        self, sequence: int, image: _Bytes, caption: FrameCaption
    ) -> PreviewFrame:
        return PreviewFrame(
            camera_id=self._camera_id,
            sequence=sequence,
            time=caption.time,
            image=image,
            source_width_px=caption.source_width_px,
            source_height_px=caption.source_height_px,
            overlay=caption.overlay,
        )


def _unmap(memory: mmap.mmap) -> None:
    # A traceback may still hold a view; the memory is then freed along with it.
    with contextlib.suppress(BufferError):
        memory.close()
