"""Publishes a camera's worked pictures at the size that the wall asks for."""

import logging
import threading
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from app.decode.main_pictures import MainPictures
from app.decode.picture import Picture, Session
from app.domain.overlay import Overlay
from app.runtime.overlay_codec import FrameCaption
from app.runtime.preview import MAX_HEIGHT_PX, MAX_WIDTH_PX, PreviewWriter

_log = logging.getLogger(__name__)
_FIRST_SIZE_PX = (640, 360)
_LEAST_SIDE_PX = 32
_PATIENCE_S = 0.03
_MOST_STRETCH = 1.5


class Showcase:
    """One camera's preview; without shared memory there is none, and no harm done."""

    def __init__(self, path: Path) -> None:
        """Make the segment."""
        self._lock = threading.Lock()
        self._size_px = _FIRST_SIZE_PX
        self._enlarged: tuple[Session, MainPictures] | None = None
        self._writer: PreviewWriter | None = None
        try:
            self._writer = PreviewWriter(path)
        except OSError as error:
            _log.error("no shared memory for a preview: %s", error)

    @property
    def path(self) -> Path | None:
        """Where a reader finds the segment, None when there is none.

        Asked by the status, which waits for no picture that is being shown.
        """
        writer = self._writer
        return None if writer is None else writer.path

    def watched(self, now_ns: int) -> bool:
        """Tell whether anybody looked of late; `now_ns` is monotonic."""
        with self._lock:
            watched = self._writer is not None and self._writer.watched(now_ns)
            if not watched:
                self._enlarged = None
            return watched

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
                self._image_of(picture),
                FrameCaption(
                    time=picture.time,
                    source_width_px=picture.session.format.width_px,
                    source_height_px=picture.session.format.height_px,
                    overlay=overlay,
                ),
                picture.sequence,
            )

    def close(self) -> None:
        """Unlink the segment."""
        with self._lock:
            self._enlarged = None
            if self._writer is not None:
                self._writer.close()
                self._writer = None

    def _image_of(self, picture: Picture) -> npt.NDArray[np.uint8]:
        """Return the picture at the size that is asked for, as sharp as there is one.

        A tile shows the small stream, also when it is somewhat larger: to decode the
        main stream of every tile would cost the looks that infractions need. A camera
        that is enlarged shows the main one.
        """
        enlarged = self._size_px[0] > _MOST_STRETCH * picture.width_px
        if not enlarged or picture.session.main is None:
            self._enlarged = None
            return picture.to_bgra(*self._size_px)
        full = self._main_of(picture.session).at(picture.time.stream_ns)
        if full is None:
            return picture.to_bgra(*self._size_px)
        return _fitted(full, self._size_px)

    def _main_of(self, session: Session) -> MainPictures:
        """Return a decoder of its own: plates look back, and would set it back."""
        if self._enlarged is None or self._enlarged[0] is not session:
            pictures = MainPictures(
                session.ring, session.format, patience_s=_PATIENCE_S
            )
            self._enlarged = (session, pictures)
        return self._enlarged[1]


def _fitted(
    image: npt.NDArray[np.uint8], size_px: tuple[int, int]
) -> npt.NDArray[np.uint8]:
    height, width = image.shape[:2]
    scale = min(1.0, size_px[0] / width, size_px[1] / height)
    size = max(2, round(width * scale)), max(2, round(height * scale))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2BGRA), np.uint8)
