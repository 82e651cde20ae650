"""Decodes a clip frame by frame on a thread of its own.

The newest wish wins: a frame that was asked for and overtaken is not decoded. Stepping
forward decodes one frame; stepping back seeks to the keyframe before it, and the frames
on the way are kept, so that further steps back cost nothing.
"""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

import av
from av.container import InputContainer
from av.video.stream import VideoStream
from PySide6.QtGui import QImage

from app.domain.clock import NS_PER_S
from app.domain.errors import EnvironmentFault

_log = logging.getLogger(__name__)
_KEPT_BYTES = 96 << 20
MAX_FRAMES = 20_000


@dataclass(frozen=True, slots=True)
class ClipFrame:
    """One frame: which one it is, when it is shown, and its picture."""

    index: int
    time_ns: int
    image: QImage


@dataclass(frozen=True, slots=True)
class ClipIndex:
    """Presentation times of all frames, in order, the first at 0."""

    times_ns: tuple[int, ...]

    def __len__(self) -> int:
        """Return the number of frames."""
        return len(self.times_ns)

    def nearest(self, time_ns: int) -> int:
        """Return the frame that is shown nearest to a time."""
        return min(
            range(len(self.times_ns)), key=lambda i: abs(self.times_ns[i] - time_ns)
        )


class ClipFile:
    """An open clip: its index, and any of its frames. Serves one thread."""

    def __init__(self, source: BinaryIO) -> None:
        """Take an open file and index it; ValueError when it holds no video."""
        self._source = source
        try:
            self._container: InputContainer = av.open(source, "r")
        except (OSError, ValueError, av.FFmpegError, EnvironmentFault) as error:
            source.close()
            raise ValueError("the file holds no video") from error
        try:
            self._stream: VideoStream = self._container.streams.video[0]
            self._pts = _presentation_times(self._container, self._stream)
        except (IndexError, ValueError, av.FFmpegError, EnvironmentFault) as error:
            self.close()
            raise ValueError("the file holds no video") from error
        self._places = {pts: i for i, pts in enumerate(self._pts)}
        self._kept: OrderedDict[int, QImage] = OrderedDict()
        self._kept_bytes = 0
        self._running: Iterator[av.VideoFrame] | None = None
        self._next = -1
        self.index = ClipIndex(tuple(self._time_ns(pts) for pts in self._pts))

    def frame(self, index: int) -> ClipFrame | None:
        """Return a frame, None when it cannot be decoded."""
        image = self._kept.get(index) or self._decode_to(index)
        if image is None:
            return None
        return ClipFrame(index, self.index.times_ns[index], image)

    def close(self) -> None:
        """Close the file."""
        self._running = None
        self._container.close()
        self._source.close()

    def _time_ns(self, pts: int) -> int:
        base = self._stream.time_base
        if base is None:
            raise ValueError("the stream has no time base")
        return round((pts - self._pts[0]) * base * NS_PER_S)

    def _decode_to(self, index: int) -> QImage | None:
        if self._running is None or not self._next <= index <= self._next + 4:
            self._container.seek(self._pts[index], stream=self._stream)
            self._running = iter(self._container.decode(self._stream))
        for frame in self._running:
            place = self._places.get(frame.pts if frame.pts is not None else -1)
            if place is None:
                continue
            image = self._keep(place, frame)
            self._next = place + 1
            if place >= index:
                return image if place == index else None
        self._running = None
        return None

    def _keep(self, place: int, frame: av.VideoFrame) -> QImage:
        image = _to_image(frame)
        self._kept[place] = image
        self._kept_bytes += image.sizeInBytes()
        while self._kept_bytes > _KEPT_BYTES and len(self._kept) > 1:
            _, dropped = self._kept.popitem(last=False)
            self._kept_bytes -= dropped.sizeInBytes()
        return image


class ClipReader:
    """A `ClipFile` on its own thread; `deliver` is called from that thread.

    It gets the ClipIndex once, then a ClipFrame for each wish that was not overtaken;
    None when the file or the frame cannot be decoded. Nothing is delivered after
    `close`, and the thread ends after the frame in hand.
    """

    def __init__(
        self,
        source: Callable[[], BinaryIO],
        deliver: Callable[[ClipIndex | ClipFrame | None], None],
    ) -> None:
        """Start the thread, which opens the `source` and closes it."""
        self._source = source
        self._deliver = deliver
        self._wake = threading.Condition()
        self._wanted: int | None = None
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="clip", daemon=True)
        self._thread.start()

    def show(self, index: int) -> None:
        """Ask for a frame; an older wish that still waits is forgotten."""
        with self._wake:
            self._wanted = index
            self._wake.notify()

    def close(self, timeout_s: float = 0.0) -> None:
        """Stop delivering; wait up to `timeout_s` for the thread to end."""
        with self._wake:
            self._closed = True
            self._wake.notify()
        if timeout_s:
            self._thread.join(timeout_s)

    def _run(self) -> None:
        try:
            file = ClipFile(self._source())
        except (OSError, ValueError, EnvironmentFault):
            _log.warning("a clip cannot be opened", exc_info=True)
            self._hand_over(None)
            return
        try:
            self._hand_over(file.index)
            while (index := self._next_wish()) is not None:
                self._hand_over(self._decode(file, index))
        finally:
            file.close()

    def _decode(self, file: ClipFile, index: int) -> ClipFrame | None:
        try:
            return file.frame(index)
        except (av.FFmpegError, ValueError, EnvironmentFault):
            _log.warning("frame %d cannot be decoded", index, exc_info=True)
            return None

    def _next_wish(self) -> int | None:
        with self._wake:
            self._wake.wait_for(lambda: self._closed or self._wanted is not None)
            index, self._wanted = self._wanted, None
            return None if self._closed else index

    def _hand_over(self, what: ClipIndex | ClipFrame | None) -> None:
        with self._wake:
            if not self._closed:
                self._deliver(what)


def _presentation_times(container: InputContainer, stream: VideoStream) -> list[int]:
    times = sorted(
        packet.pts for packet in container.demux(stream) if packet.pts is not None
    )
    if not 0 < len(times) <= MAX_FRAMES:
        raise ValueError(f"{len(times)} frames")
    return times


def _to_image(frame: av.VideoFrame) -> QImage:
    pixels = frame.to_ndarray(format="bgra")
    height, width = pixels.shape[:2]
    view = QImage(pixels.data, width, height, width * 4, QImage.Format.Format_RGB32)
    # The view does not keep the array alive; the copy owns its bytes.
    return view.copy()
