"""The middle of the review page: the picture, its time, the stills, the history."""

from PySide6.QtCore import QPointF, QRectF, QSize, Signal
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QStackedLayout, QVBoxLayout

from app.domain.clock import NS_PER_S
from app.domain.evidence import EvidenceKind
from app.domain.infraction import Case
from widgets import theme
from widgets.common import formatting
from widgets.common.empty_state import EmptyState
from widgets.common.key_button import KeyButton
from widgets.common.overlay_paint import paint_overlay
from widgets.common.picture_map import PictureMap
from widgets.common.picture_view import PictureView
from widgets.common.video_paint import paint_lamp
from widgets.review.case_media import CaseMedia
from widgets.review.clip_player import ClipPlayer
from widgets.review.clip_reader import ClipFrame
from widgets.review.history_chart import HistoryChart
from widgets.review.still_strip import StillStrip

_LAMP_MARGIN_PX = 8.0
_NOTHING = QImage()


class Stage(QFrame):
    """Shows one case's evidence: a still, or the clip with its overlay replayed."""

    unplayable = Signal()

    def __init__(self) -> None:
        """Start empty."""
        super().__init__()
        self._case: Case | None = None
        self._media = CaseMedia()
        self._frame: ClipFrame | None = None
        self._view = PictureView()
        self._view.add_painter(self._paint_overlay)
        self._refused = EmptyState("shield")
        self._time = QLabel()
        theme.as_role(self._time, "quiet")
        self._previous = KeyButton(key=",")
        self._next = KeyButton(key=".")
        self._loop = KeyButton(key="L")
        self._loop.setCheckable(True)
        self._overlay = KeyButton(key="O")
        self._overlay.setCheckable(True)
        self._overlay.setChecked(True)
        self._strip = StillStrip()
        self._chart = HistoryChart()
        self._player = ClipPlayer()
        self._connect()
        self._lay_out()
        self.retranslate()

    def retranslate(self) -> None:
        """Set all texts again."""
        self._previous.setText(self.tr("‹ Frame"))
        self._next.setText(self.tr("Frame ›"))
        self._loop.setText(self.tr("Loop"))
        self._overlay.setText(self.tr("Overlay"))
        self._chart.retranslate()
        self._strip.update()
        self._say_time()

    def show_case(self, case: Case | None) -> None:
        """Empty the stage for a case whose evidence is on its way."""
        self._case = case
        self._player.close()
        self._show(CaseMedia())

    def show_media(self, media: CaseMedia) -> None:
        """Show the evidence, or the sentence that says why not."""
        if self._case is None:
            return
        self._show(media)
        if media.trouble:
            self._refused.say(media.trouble)
            self._pictures.setCurrentWidget(self._refused)
            return
        self._player.open(media, self._case.infraction.occurred.stream_ns)
        self._show_still(EvidenceKind.STILL_DECISIVE)
        self._allow()

    def close_stage(self) -> None:
        """Release the clip and its thread."""
        self._player.close(timeout_s=2.0)

    def pause(self) -> None:
        """Stop the clip; the page is out of view."""
        self._player.pause()

    @property
    def shown_frame(self) -> int | None:
        """The clip frame on screen, None while it is a still."""
        return None if self._frame is None else self._frame.index

    @property
    def refused(self) -> bool:
        """Whether the evidence is refused because it is damaged."""
        return self._pictures.currentWidget() is self._refused

    @property
    def has_picture(self) -> bool:
        """Whether a picture is on screen."""
        return self._view.has_image and not self.refused

    def _connect(self) -> None:
        self._player.frame_shown.connect(self._show_frame)
        self._player.playing_changed.connect(self._loop.setChecked)
        self._player.failed.connect(self.unplayable)
        self._previous.clicked.connect(lambda: self._step(-1))
        self._next.clicked.connect(lambda: self._step(1))
        self._loop.clicked.connect(self._player.toggle_loop)
        self._overlay.toggled.connect(lambda _: self._view.update())
        self._strip.chosen.connect(self._show_still)
        self._chart.moment_chosen.connect(self._seek)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        self._pictures = QStackedLayout()
        column.addLayout(self._pictures, 1)
        # Only now: a stack without a parent shows its first widget as a window.
        self._pictures.addWidget(self._view)
        self._pictures.addWidget(self._refused)
        transport = QHBoxLayout()
        transport.setContentsMargins(8, 0, 8, 0)
        transport.setSpacing(8)
        for button in (self._previous, self._next, self._loop, self._overlay):
            transport.addWidget(button)
        transport.addStretch(1)
        transport.addWidget(self._time)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(transport)
        column.addWidget(self._strip)
        column.addWidget(self._chart)

    def _show(self, media: CaseMedia) -> None:
        self._media = media
        self._frame = None
        self._pictures.setCurrentWidget(self._view)
        self._view.set_image(media.stills.get(EvidenceKind.STILL_DECISIVE, _NOTHING))
        self._strip.show_stills(media.stills)
        self._strip.mark(None)
        self._chart.show_history(self._case, media.replay)
        self._allow()
        self._say_time()

    def _show_still(self, kind: EvidenceKind) -> None:
        self._player.pause()
        self._frame = None
        self._view.set_image(self._media.stills.get(kind, _NOTHING))
        self._view.fit()
        self._strip.mark(kind)
        self._chart.mark(None)
        self._say_time()

    def _show_frame(self, frame: ClipFrame) -> None:
        self._frame = frame
        self._view.set_image(frame.image, self._source_size(frame))
        self._strip.mark(None)
        self._chart.mark(self._media.clip_start_ns + frame.time_ns)
        self._say_time()

    def _source_size(self, frame: ClipFrame) -> QSize:
        replay = self._media.replay
        if replay is None:
            return frame.image.size()
        return QSize(replay.track.image_width_px, replay.track.image_height_px)

    def _step(self, frames: int) -> None:
        if self._frame is None:
            # The first press leaves the still for the same moment of the clip.
            self._player.step(0, from_decisive=True)
        else:
            self._player.step(frames)

    def _seek(self, stream_ns: int) -> None:
        self._player.seek_time(stream_ns - self._media.clip_start_ns)

    def _allow(self) -> None:
        ready = self._player.has_clip and not self._media.trouble
        for button in (self._previous, self._next, self._loop):
            button.setEnabled(ready)
        self._overlay.setEnabled(self._media.replay is not None)

    def _say_time(self) -> None:
        self._time.setText(self._time_text())

    def _time_text(self) -> str:
        if self._case is None:
            return ""
        occurred = self._case.infraction.occurred
        if self._frame is None:
            return self._still_time(self._case)
        stream_ns = self._media.clip_start_ns + self._frame.time_ns
        offset_ns = stream_ns - occurred.stream_ns
        moment = occurred.shifted(offset_ns).wall
        sign = "−" if offset_ns < 0 else "+"
        offset = formatting.number(abs(offset_ns) / NS_PER_S, 3, "s")
        frame = self.tr("frame {0} of {1}").format(
            self._frame.index + 1, self._player.frame_count
        )
        return f"{formatting.clock_ms(moment)}  {sign}{offset}  {frame}"

    def _still_time(self, case: Case) -> str:
        marked = self._strip.marked
        for item in case.infraction.evidence:
            if item.kind is marked:
                return formatting.clock_ms(item.captured_at)
        return ""

    def _paint_overlay(self, painter: QPainter, picture: PictureMap) -> None:
        replay = self._media.replay
        if self._frame is None or replay is None or not self._overlay.isChecked():
            return
        stream_ns = self._media.clip_start_ns + self._frame.time_ns
        overlay = replay.overlay_at(stream_ns)
        paint_overlay(painter, overlay, picture, QRectF(self._view.rect()))
        if overlay.lamp is not None:
            left = max(picture.left, 0.0) + _LAMP_MARGIN_PX
            top = max(picture.top, 0.0) + _LAMP_MARGIN_PX
            paint_lamp(painter, overlay.lamp, QPointF(left, top))
