"""Plays, loops and steps through a clip; decoding happens on another thread."""

from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from app.domain.clock import NS_PER_S
from widgets.review.case_media import CaseMedia
from widgets.review.clip_reader import ClipFrame, ClipIndex, ClipReader

LOOP_BEFORE_NS: Final = 2 * NS_PER_S
LOOP_AFTER_NS: Final = 3 * NS_PER_S // 2
_PATIENCE_MS: Final = 2


class ClipPlayer(QObject):
    """Shows one frame after the other in the clip's own time.

    A frame is asked for when the one before it has arrived and its time has come, so a
    slow machine plays slowly rather than skipping what a reviewer must see.
    """

    frame_shown = Signal(object)
    """The ClipFrame to draw now."""
    failed = Signal()
    playing_changed = Signal(bool)

    _delivered = Signal(object, object)

    def __init__(self) -> None:
        """Start without a clip."""
        super().__init__()
        self._reader: ClipReader | None = None
        self._token = object()
        self._index: ClipIndex | None = None
        self._decisive_ns = 0
        self._current = 0
        self._first_wish: int | None = None
        self._playing = False
        self._loop = (0, 0)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._advance)
        self._delivered.connect(self._take, Qt.ConnectionType.QueuedConnection)

    def open(self, media: CaseMedia, decisive_stream_ns: int) -> None:
        """Take another clip; nothing is decoded before the first wish."""
        self.close()
        self._decisive_ns = decisive_stream_ns - media.clip_start_ns
        if media.clip is None:
            return
        # What an earlier reader still has in the event queue is told apart by this.
        token = self._token = object()
        self._reader = ClipReader(
            media.clip, lambda what: self._delivered.emit(token, what)
        )

    def close(self, timeout_s: float = 0.0) -> None:
        """Let go of the clip."""
        self.pause()
        if self._reader is not None:
            self._reader.close(timeout_s)
        self._reader = self._index = self._first_wish = None
        self._current = 0

    @property
    def has_clip(self) -> bool:
        """Whether there is a clip, even if it is still being opened."""
        return self._reader is not None

    @property
    def playing(self) -> bool:
        """Whether it runs."""
        return self._playing

    @property
    def frame_count(self) -> int:
        """Frames of the clip, 0 while it is being opened."""
        return 0 if self._index is None else len(self._index)

    @property
    def decisive_ns(self) -> int:
        """The decisive moment in the clip's own time."""
        return self._decisive_ns

    def step(self, frames: int, *, from_decisive: bool = False) -> None:
        """Stop, and show the frame so many frames away."""
        self.pause()
        if self._index is None:
            self._first_wish = frames
            return
        start = self._decisive_index() if from_decisive else self._current
        self._show(start + frames)

    def seek_time(self, clip_ns: int) -> None:
        """Stop, and show the frame nearest to a time of the clip."""
        self.pause()
        if self._index is not None:
            self._show(self._index.nearest(clip_ns))

    def toggle_loop(self) -> None:
        """Run around the decisive moment again and again, or stop."""
        if self._playing:
            self.pause()
        elif self._reader is not None:
            self._set_playing(True)
            if self._index is not None:
                self._begin_loop()

    def pause(self) -> None:
        """Stop at the frame that is shown."""
        self._timer.stop()
        self._set_playing(False)

    @Slot(object, object)
    def _take(self, token: object, what: object) -> None:
        if self._reader is None or token is not self._token:
            return
        if isinstance(what, ClipIndex):
            self._take_index(what)
        elif isinstance(what, ClipFrame):
            self._take_frame(what)
        else:
            self.pause()
            self.failed.emit()

    def _take_index(self, index: ClipIndex) -> None:
        self._index = index
        self._current = self._decisive_index()
        if self._playing:
            self._begin_loop()
        elif self._first_wish is not None:
            self._show(self._current + self._first_wish)

    def _take_frame(self, frame: ClipFrame) -> None:
        self._current = frame.index
        self.frame_shown.emit(frame)
        if self._playing:
            self._timer.start(self._pause_after_ms(frame.index))

    def _begin_loop(self) -> None:
        if self._index is None:
            return
        first = self._index.nearest(self._decisive_ns - LOOP_BEFORE_NS)
        last = self._index.nearest(self._decisive_ns + LOOP_AFTER_NS)
        self._loop = (first, last)
        self._show(first)

    def _advance(self) -> None:
        first, last = self._loop
        following = self._current + 1
        self._show(first if following > last else following)

    def _pause_after_ms(self, index: int) -> int:
        """Return how long a frame stays, less what decoding the next one takes."""
        if self._index is None or index + 1 >= len(self._index):
            return 500
        times = self._index.times_ns
        shown_ms = (times[index + 1] - times[index]) // 1_000_000
        return max(1, min(shown_ms, 500) - _PATIENCE_MS)

    def _show(self, index: int) -> None:
        if self._reader is not None and self._index is not None:
            self._current = min(max(index, 0), len(self._index) - 1)
            self._reader.show(self._current)

    def _decisive_index(self) -> int:
        return 0 if self._index is None else self._index.nearest(self._decisive_ns)

    def _set_playing(self, playing: bool) -> None:
        if playing is not self._playing:
            self._playing = playing
            self.playing_changed.emit(playing)
