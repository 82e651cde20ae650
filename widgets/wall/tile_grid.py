"""Where the tiles lie: how many there are, in which order, which one is enlarged."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Self

from PySide6.QtCore import QPoint, QRect

from app.domain.ids import CameraId

LAYOUTS: Final = (1, 4, 9, 16)
"""Numbers of tiles that a wall can have: squares, so that tiles keep 16 to 9."""
GAP_PX: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class TileGrid:
    """An arrangement of cameras; every change returns another.

    `order` holds all cameras; `tiles` of them are on one screen; `screen` counts from
    0; `enlarged` fills the wall while it is set.
    """

    order: tuple[CameraId, ...] = ()
    tiles: int | None = None
    screen: int = 0
    enlarged: CameraId | None = None
    _layouts: tuple[int, ...] = field(default=LAYOUTS, repr=False)

    @property
    def tiles_shown(self) -> int:
        """Tiles on the screen: as chosen, else the fewest that hold all cameras."""
        if self.tiles is not None:
            return self.tiles
        fitting = (n for n in self._layouts if n >= len(self.order))
        return next(fitting, self._layouts[-1])

    @property
    def screens(self) -> int:
        """How many screens the cameras need, at least one."""
        return max(1, -(-len(self.order) // self.tiles_shown))

    @property
    def shown(self) -> tuple[CameraId, ...]:
        """The cameras on the screen now, in order."""
        if self.enlarged is not None:
            return (self.enlarged,)
        first = self.screen * self.tiles_shown
        return self.order[first : first + self.tiles_shown]

    def with_cameras(self, cameras: Sequence[CameraId]) -> Self:
        """Take the cameras there are; those known keep their place, new ones follow."""
        there = set(cameras)
        kept = [camera for camera in self.order if camera in there]
        new = [camera for camera in cameras if camera not in set(kept)]
        enlarged = self.enlarged if self.enlarged in there else None
        changed = replace(self, order=(*kept, *new), enlarged=enlarged)
        return replace(changed, screen=min(self.screen, changed.screens - 1))

    def with_order(self, wanted: Sequence[str]) -> Self:
        """Take a remembered order of camera ids, as far as those cameras exist."""
        rank = {text: place for place, text in enumerate(wanted)}
        last = len(rank)
        order = sorted(self.order, key=lambda camera: rank.get(str(camera), last))
        return replace(self, order=tuple(order))

    def next_layout(self) -> Self:
        """Return to the grid, or take the next number of tiles."""
        if self.enlarged is not None:
            return replace(self, enlarged=None)
        place = self._layouts.index(self.tiles_shown)
        tiles = self._layouts[(place + 1) % len(self._layouts)]
        return replace(self, tiles=tiles, screen=0)

    def enlarge(self, camera: CameraId | None) -> Self:
        """Let one camera fill the wall, or none."""
        return replace(self, enlarged=camera if camera in self.order else None)

    def turned(self, by: int) -> Self:
        """Go to another screen of tiles, round and round."""
        return replace(self, screen=(self.screen + by) % self.screens, enlarged=None)

    def swapped(self, one: CameraId, other: CameraId) -> Self:
        """Let two cameras change places."""
        places = {one: other, other: one}
        return replace(self, order=tuple(places.get(c, c) for c in self.order))

    def areas(self, room: QRect) -> tuple[QRect, ...]:
        """Return where each shown tile lies in `room`, edge to edge with small gaps."""
        if self.enlarged is not None:
            return (room,)
        side = round(self.tiles_shown**0.5)
        rows = self._rows(side)
        return tuple(
            _cell(room, place % side, place // side, side, rows)
            for place in range(len(self.shown))
        )

    def _rows(self, side: int) -> int:
        """Leave no empty row below few cameras."""
        return max(1, min(side, -(-len(self.shown) // side)))


def place_at(areas: Sequence[QRect], point: QPoint) -> int | None:
    """Return which tile lies under `point`."""
    hits = (place for place, area in enumerate(areas) if area.contains(point))
    return next(hits, None)


def _cell(room: QRect, column: int, row: int, columns: int, rows: int) -> QRect:
    left = room.left() + (room.width() + GAP_PX) * column // columns
    right = room.left() + (room.width() + GAP_PX) * (column + 1) // columns - GAP_PX
    top = room.top() + (room.height() + GAP_PX) * row // rows
    bottom = room.top() + (room.height() + GAP_PX) * (row + 1) // rows - GAP_PX
    return QRect(left, top, right - left, bottom - top)
