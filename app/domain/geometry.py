"""Points, boxes and lines; a pixel is never taken for a metre."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PixelPoint:
    """A point of the full-size picture, in pixels; x right, y down."""

    x_px: float
    y_px: float


@dataclass(frozen=True, slots=True)
class RoadPoint:
    """A point of the road plane, in metres; the site chooses origin and axes."""

    x_m: float
    y_m: float


@dataclass(frozen=True, slots=True)
class PixelBox:
    """An upright box of the full-size picture, in pixels."""

    left_px: float
    top_px: float
    right_px: float
    bottom_px: float

    def __post_init__(self) -> None:
        """Refuse a box that is inside out."""
        if self.right_px < self.left_px or self.bottom_px < self.top_px:
            raise ValueError(f"box is inside out: {self}")

    @property
    def width_px(self) -> float:
        """Width in pixels."""
        return self.right_px - self.left_px

    @property
    def height_px(self) -> float:
        """Height in pixels."""
        return self.bottom_px - self.top_px

    @property
    def foot(self) -> PixelPoint:
        """Middle of the lower edge: where the vehicle meets the road."""
        return PixelPoint((self.left_px + self.right_px) / 2, self.bottom_px)


def hull(boxes: Sequence[PixelBox]) -> PixelBox:
    """Return the smallest box that holds all of `boxes`, of which there is one."""
    return PixelBox(
        min(box.left_px for box in boxes),
        min(box.top_px for box in boxes),
        max(box.right_px for box in boxes),
        max(box.bottom_px for box in boxes),
    )


@dataclass(frozen=True, slots=True)
class PixelSegment:
    """A straight line between two points of the picture."""

    start: PixelPoint
    end: PixelPoint

    def side(self, point: PixelPoint) -> float:
        """Return twice the signed area; its sign tells the side of the line."""
        return (self.end.x_px - self.start.x_px) * (point.y_px - self.start.y_px) - (
            self.end.y_px - self.start.y_px
        ) * (point.x_px - self.start.x_px)


def contains(polygon: Sequence[PixelPoint], point: PixelPoint) -> bool:
    """Tell whether `point` lies inside `polygon` (even-odd rule)."""
    inside = False
    previous = polygon[-1]
    for current in polygon:
        if (current.y_px > point.y_px) != (previous.y_px > point.y_px):
            slope = (previous.x_px - current.x_px) / (previous.y_px - current.y_px)
            if point.x_px < current.x_px + slope * (point.y_px - current.y_px):
                inside = not inside
        previous = current
    return inside
