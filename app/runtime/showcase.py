"""Publishes a camera's worked pictures at the size that the wall asks for."""

import logging
import threading
from pathlib import Path

from app.decode.picture import Picture
from app.domain.overlay import Overlay
from app.runtime.overlay_codec import FrameCaption
from app.runtime.preview import MAX_HEIGHT_PX, MAX_WIDTH_PX, PreviewWriter

_log = logging.getLogger(__name__)
_FIRST_SIZE_PX = (640, 360)
_LEAST_SIDE_PX = 32


class Showcase:
    """One camera's preview; without shared memory there is none, and no harm done."""

    def __init__(self, path: Path) -> None:
        """Make the segment."""
        self._lock = threading.Lock()
        self._size_px = _FIRST_SIZE_PX
        self._writer: PreviewWriter | None = None
        try:
            self._writer = PreviewWriter(path)
        except OSError as error:
            _log.error("no shared memory for a preview: %s", error)

    @property
    def path(self) -> Path | None:
        """Where a reader finds the segment, None when there is none."""
        with self._lock:
            return None if self._writer is None else self._writer.path

    def watched(self, now_ns: int) -> bool:
        """Tell whether anybody looked of late; `now_ns` is monotonic."""
        with self._lock:
            return self._writer is not None and self._writer.watched(now_ns)

    def request_size(self, width_px: int, height_px: int) -> None:
        """Show from now on at most this size; called from the control thread."""
        with self._lock:
            self._size_px = (
                min(max(width_px, _LEAST_SIDE_PX), MAX_WIDTH_PX),
                min(max(height_px, _LEAST_SIDE_PX), MAX_HEIGHT_PX),
            )

    def show(self, picture: Picture, overlay: Overlay) -> None:
        """Scale and publish `picture` with what was found in it."""
        with self._lock:
            if self._writer is None:
                return
            self._writer.write(
                picture.to_bgra(*self._size_px),
                FrameCaption(
                    time=picture.time,
                    source_width_px=picture.video_frame.width,
                    source_height_px=picture.video_frame.height,
                    overlay=overlay,
                ),
                picture.sequence,
            )

    def close(self) -> None:
        """Unlink the segment."""
        with self._lock:
            if self._writer is not None:
                self._writer.close()
                self._writer = None
