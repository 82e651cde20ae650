"""One widget paints all tiles; frames are pulled by its timer, never pushed."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final, cast

from PySide6.QtCore import QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QRegion,
    QResizeEvent,
)
from PySide6.QtWidgets import QApplication, QWidget

from app.config.camera import CameraConfiguration
from app.domain.camera import Camera
from app.domain.clock import Clock
from app.domain.ids import CameraId
from app.ports import EngineLink
from widgets import theme
from widgets.wall.health_board import HealthBoard
from widgets.wall.tile import Tile
from widgets.wall.tile_condition import (
    TileFacts,
    cause_of,
    condition_of,
    sentence_of,
)
from widgets.wall.tile_grid import TileGrid, place_at
from widgets.wall.tile_painter import Look, paint_tile, paint_words

_FRAME_MS: Final = 16
"""Newer frames are looked for as often as a screen can show them."""
_JUDGE_NS: Final = 100_000_000
"""A tile without a new frame is judged this often: its picture may have become old."""


class WallCanvas(QWidget):
    """The wall itself. Lives in the GUI thread; the engine link answers at once.

    `arranged` follows every change of the arrangement.
    """

    arranged = Signal()

    def __init__(self, engine: EngineLink, clock: Clock) -> None:
        """Stand still until `start`."""
        super().__init__()
        self._engine = engine
        self._clock = clock
        self._board = HealthBoard(clock)
        self._tiles: dict[CameraId, Tile] = {}
        self._grid = TileGrid()
        self._look = Look()
        self._current: CameraId | None = None
        self._pressed_at: QPoint | None = None
        self._dragged: CameraId | None = None
        self._drop_area = QRect()
        self._shown: list[Tile] = []
        self._covered = QRegion()
        self._gaps: list[QRect] = []
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._frame_timer = QTimer(self)
        self._frame_timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._frame_timer.setInterval(_FRAME_MS)
        self._frame_timer.timeout.connect(self.pull)

    @property
    def grid(self) -> TileGrid:
        """The arrangement now."""
        return self._grid

    @property
    def look(self) -> Look:
        """What is shown over the pictures."""
        return self._look

    @property
    def board(self) -> HealthBoard:
        """What the engine says of the cameras."""
        return self._board

    def tile(self, camera_id: CameraId) -> Tile:
        """Return what is kept of a camera; KeyError when the site has no such one."""
        return self._tiles[camera_id]

    def start(self) -> None:
        """Begin to pull frames, at the wall's own sizes: other pages ask for others."""
        for tile in self._shown:
            tile.ask_again()
            self._ask_size(tile)
        self._frame_timer.start()
        self.pull()

    def stop(self) -> None:
        """Pull no more."""
        self._frame_timer.stop()
        for tile in self._tiles.values():
            tile.looked_since_ns = None

    def show_cameras(self, cameras: Sequence[Camera]) -> None:
        """Take the cameras of the site; tiles of those known keep their frames."""
        known = self._tiles
        self._tiles = {}
        for camera in cameras:
            tile = known.get(camera.id) or Tile(camera)
            tile.camera = camera
            self._tiles[camera.id] = tile
        self.arrange(self._grid.with_cameras([camera.id for camera in cameras]))

    def show_configuration(
        self, camera_id: CameraId, body: CameraConfiguration | None
    ) -> None:
        """Take the zones of one camera."""
        tile = self._tiles.get(camera_id)
        if tile:
            tile.set_configuration(body)
            self.update(tile.area)

    def arrange(self, grid: TileGrid) -> None:
        """Take another arrangement."""
        changed = grid != self._grid
        self._grid = grid
        if self._current not in grid.shown:
            self._current = None
        self._lay_out()
        if changed:
            self.arranged.emit()

    def set_look(self, look: Look) -> None:
        """Show or hide what lies over the pictures; freeze or go on."""
        self._look = look
        self.update()

    def pull(self) -> None:
        """Take new frames and repaint only the tiles that changed."""
        news = self._board.read(self._engine)
        now_ns = self._clock.monotonic_ns()
        changed = [t for t in self._shown if self._renew(t, now_ns, news=news)]
        if len(changed) > 1 and len(changed) == len(self._shown):
            self.update()
            return
        for tile in changed:
            self.update(tile.area)

    def move_current(self, by: int) -> None:
        """Let the focus go from tile to tile."""
        shown = self._grid.shown
        if not shown:
            return
        current = self._current
        place = shown.index(current) + by if current in shown else 0
        self._current = shown[place % len(shown)]
        self.update()

    def swap_current(self, by: int) -> None:
        """Let the tile with the focus change places with another."""
        shown = self._grid.shown
        if self._current in shown and len(shown) > 1:
            other = shown[(shown.index(self._current) + by) % len(shown)]
            self.arrange(self._grid.swapped(self._current, other))

    def enlarge_place(self, place: int) -> None:
        """Let the tile at a place of the screen, from 0, fill the wall."""
        shown = replace(self._grid, enlarged=None).shown
        if place < len(shown):
            self.arrange(self._grid.enlarge(shown[place]))

    def toggle_enlarged(self, camera_id: CameraId | None) -> None:
        """Let a camera fill the wall, or go back to the grid."""
        enlarged = None if self._grid.enlarged else camera_id
        self.arrange(self._grid.enlarge(enlarged))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the tiles out again."""
        super().resizeEvent(event)
        self._lay_out()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the tiles that were touched."""
        painter, region = QPainter(self), event.region()
        whole = region.rectCount() == 1 and event.rect() == self.rect()
        ground = theme.color("ground")
        for gap in self._gaps if whole else _rects(region.subtracted(self._covered)):
            painter.fillRect(gap, ground)
        touched = [t for t in self._shown if whole or region.intersects(t.area)]
        self._paint_tiles(painter, touched, in_parts=region.rectCount() > 1)
        focused = self._current if self.hasFocus() else None
        for tile in touched:
            if tile.sentence or tile.camera.id == focused:
                paint_words(painter, tile, current=tile.camera.id == focused)
        if self._dragged is not None and not self._drop_area.isEmpty():
            painter.setPen(QPen(theme.color("accent"), theme.FOCUS_RING_PX))
            painter.drawRect(self._drop_area.adjusted(1, 1, -1, -1))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move the focus, with Ctrl the tile; Return enlarges."""
        side = round(self._grid.tiles_shown**0.5)
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -side,
            Qt.Key.Key_Down: side,
        }
        step = steps.get(Qt.Key(event.key()))
        if step is not None:
            move = event.modifiers() & Qt.KeyboardModifier.ControlModifier
            (self.swap_current if move else self.move_current)(step)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.toggle_enlarged(self._current)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A tile takes the focus, and may be dragged."""
        camera_id = self._camera_at(event.position().toPoint())
        if event.button() is Qt.MouseButton.LeftButton and camera_id:
            self._current = camera_id
            self._pressed_at = event.position().toPoint()
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show where the tile would go."""
        if self._pressed_at is None or self._grid.enlarged:
            return
        way = event.position().toPoint() - self._pressed_at
        if self._dragged is None:
            if way.manhattanLength() < QApplication.startDragDistance():
                return
            self._dragged = self._camera_at(self._pressed_at)
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        target = self._camera_at(event.position().toPoint())
        area = self._tiles[target].area if target else QRect()
        if area != self._drop_area:
            self._drop_area = area
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let the tiles change places."""
        dragged, self._dragged, self._pressed_at = self._dragged, None, None
        self._drop_area = QRect()
        if dragged is None:
            return
        self.unsetCursor()
        target = self._camera_at(event.position().toPoint())
        if target and target != dragged:
            self.arrange(self._grid.swapped(dragged, target))
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Enlarge, or go back."""
        self._pressed_at = None
        self.toggle_enlarged(self._camera_at(event.position().toPoint()))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the ring away."""
        super().focusOutEvent(event)
        self.update()

    def _paint_tiles(
        self, painter: QPainter, tiles: Sequence[Tile], *, in_parts: bool
    ) -> None:
        look = replace(self._look, ratio=self.devicePixelRatioF())
        painter.save()
        painter.scale(1 / look.ratio, 1 / look.ratio)
        for tile in tiles:
            if in_parts:
                # One rectangle: clipped by many, Qt would copy line by line.
                painter.setClipRect(tile.place(look.ratio).area)
            paint_tile(painter, tile, look)
        painter.restore()

    def _renew(self, tile: Tile, now_ns: int, *, news: bool) -> bool:
        """Take what is new of one camera; tell whether its tile looks different."""
        if self._look.frozen:
            tile.looked_since_ns = None
            return False
        if tile.looked_since_ns is None:
            tile.looked_since_ns = now_ns
        fresh = tile.take(self._engine.frame(tile.camera.id))
        if fresh:
            self._ask_size(tile)
        if not fresh and not news and 0 <= now_ns - tile.judged_ns < _JUDGE_NS:
            return False
        return self._judge(tile, now_ns, fresh=fresh) or fresh

    def _judge(self, tile: Tile, now_ns: int, *, fresh: bool) -> bool:
        """Renew condition, sentence and age; tell whether there is something to say."""
        facts = TileFacts(
            camera=tile.camera,
            health=self._board.health(tile.camera.id),
            frame=tile.frame,
            engine_up=self._board.engine_up,
            offline_since=self._board.offline_since(tile.camera.id),
            now_ns=now_ns,
            looked_since_ns=tile.looked_since_ns,
        )
        before = (tile.condition, tile.sentence, tile.cause)
        tile.judged_ns = now_ns
        tile.condition = condition_of(facts)
        tile.sentence = sentence_of(tile.condition, facts)
        tile.cause = cause_of(tile.condition, facts)
        if fresh and facts.age_ns is not None:
            tile.note_age(facts.age_ns / 1e6)
        return before != (tile.condition, tile.sentence, tile.cause)

    def _ask_size(self, tile: Tile) -> None:
        size = tile.size_to_ask(self.devicePixelRatioF())
        if size is not None:
            self._engine.request_size(tile.camera.id, size.width(), size.height())

    def _lay_out(self) -> None:
        shown = self._grid.shown
        for camera_id, tile in self._tiles.items():
            tile.area = QRect()
            if camera_id not in shown:
                tile.looked_since_ns = None
        self._shown = [self._tiles[camera_id] for camera_id in shown]
        self._covered = QRegion()
        for tile, area in zip(self._shown, self._grid.areas(self.rect()), strict=True):
            tile.area = area
            tile.number = self._number(tile.camera.id)
            self._covered += area
            self._ask_size(tile)
        self._gaps = _rects(QRegion(self.rect()).subtracted(self._covered))
        self.update()

    def _camera_at(self, point: QPoint) -> CameraId | None:
        shown = self._grid.shown
        place = place_at([self._tiles[camera].area for camera in shown], point)
        return None if place is None else shown[place]

    def _number(self, camera_id: CameraId) -> int:
        """Return the key that enlarges a tile, which counts places of the screen."""
        first = self._grid.screen * self._grid.tiles_shown
        return self._grid.order.index(camera_id) - first + 1


def _rects(region: QRegion) -> list[QRect]:
    """Return the rectangles of a region, which is a sequence without saying so."""
    return list(cast("Iterable[QRect]", region))
