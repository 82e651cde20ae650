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
from app.runtime.preview import SIZES_PX, PreviewWriter, holding_px

_log = logging.getLogger(__name__)
_FIRST_SIZE_PX = (640, 360)
_LEAST_SIDE_PX = 32
_PATIENCE_S = 0.03
_MOST_STRETCH = 1.5


class Showcase:
    """One camera's preview; without shared memory there is none, and no harm done.

    A camera that is enlarged gets a larger segment. The one before is written to until
    somebody looks at the new one, so that no picture is missing in between.
    """

    def __init__(self, path: Path) -> None:
        """Make the segment."""
        self._lock = threading.Lock()
        self._size_px = _FIRST_SIZE_PX
        self._enlarged: tuple[Session, MainPictures] | None = None
        self._path = path
        self._made = 0
        self._next: PreviewWriter | None = None
        self._writer = self._made_for(holding_px(*_FIRST_SIZE_PX))

    @property
    def path(self) -> Path | None:
        """Where a reader finds the segment, None when there is none.

        Asked by the status, which waits for no picture that is being shown.
        """
        writer = self._next or self._writer
        return None if writer is None else writer.path

    def watched(self, now_ns: int) -> bool:
        """Tell whether anybody looked of late; `now_ns` is monotonic."""
        with self._lock:
            self._take_next(now_ns)
            watched = self._writer is not None and self._writer.watched(now_ns)
            if not watched:
                self._enlarged = None
            return watched

    def request_size(self, width_px: int, height_px: int) -> None:
        """Show from now on at most this size; called from the control thread."""
        with self._lock:
            largest = SIZES_PX[-1]
            self._size_px = (
                min(max(width_px, _LEAST_SIDE_PX), largest[0]),
                min(max(height_px, _LEAST_SIDE_PX), largest[1]),
            )
            self._fit_segment()

    def show(self, picture: Picture, overlay: Overlay) -> None:
        """Scale and publish `picture` with what was found in it."""
        with self._lock:
            if self._writer is None:
                return
            self._writer.write(
                self._image_of(picture, self._writer.most_px),
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
            for writer in (self._writer, self._next):
                if writer is not None:
                    writer.close()
            self._writer = self._next = None

    def _made_for(self, most_px: tuple[int, int]) -> PreviewWriter | None:
        path = self._path.with_name(f"{self._path.name}.{self._made}")
        self._made += 1
        try:
            return PreviewWriter(path, most_px)
        except OSError as error:
            _log.error("no shared memory for a preview: %s", error)
            return None

    def _fit_segment(self) -> None:
        """Prepare another segment where this one is too small, or needlessly large."""
        wanted = holding_px(*self._size_px)
        current = self._next or self._writer
        if self._writer is None or (current and current.most_px == wanted):
            return
        if self._next is not None:
            self._next.close()
        fits = self._writer.most_px == wanted
        self._next = None if fits else self._made_for(wanted)

    def _take_next(self, now_ns: int) -> None:
        if self._next is not None and self._next.watched(now_ns):
            if self._writer is not None:
                self._writer.close()
            self._writer, self._next = self._next, None

    def _image_of(
        self, picture: Picture, most_px: tuple[int, int]
    ) -> npt.NDArray[np.uint8]:
        """Return the picture at the size that is asked for, as sharp as there is one.

        A tile shows the small stream, also when it is somewhat larger: to decode the
        main stream of every tile would cost the looks that infractions need. A camera
        that is enlarged shows the main one.
        """
        size_px = min(self._size_px[0], most_px[0]), min(self._size_px[1], most_px[1])
        enlarged = self._size_px[0] > _MOST_STRETCH * picture.width_px
        if not enlarged or picture.session.main is None:
            self._enlarged = None
            return picture.to_bgra(*size_px)
        full = self._main_of(picture.session).at(picture.time.stream_ns)
        if full is None:
            return picture.to_bgra(*size_px)
        return _fitted(full, size_px)

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
