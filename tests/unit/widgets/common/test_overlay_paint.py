"""Boxes and labels on ready pixels: where they are, what they say, what they cost."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from app.domain.geometry import PixelBox
from app.domain.ids import TrackId
from app.domain.infraction import InfractionKind
from app.domain.overlay import Overlay, OverlayBox
from app.domain.vehicle import VehicleClass
from widgets import theme
from widgets.common.overlay_paint import paint_overlay
from widgets.common.picture_map import PictureMap

WIDTH, HEIGHT = 480, 270
GROUND = QColor("#406080")


@pytest.fixture(autouse=True)
def dressed(qapp: QApplication) -> None:
    """Have fonts and colours."""
    theme.apply(theme.Mode.DARK)


def vehicle(left: float, top: float, width: float, height: float) -> OverlayBox:
    return OverlayBox(
        track_id=TrackId(1),
        box=PixelBox(left, top, left + width, top + height),
        vehicle_class=VehicleClass.CAR,
        score=0.9,
    )


def with_facts(**facts: object) -> OverlayBox:
    box = vehicle(200, 120, 60, 40)
    return OverlayBox(
        **{name: facts.get(name, getattr(box, name)) for name in box.__slots__}  # type: ignore[arg-type]
    )


def painted(*boxes: OverlayBox, clip: QRectF | None = None) -> QImage:
    image = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)
    image.fill(GROUND)
    painter = QPainter(image)
    area = clip or QRectF(0, 0, WIDTH, HEIGHT)
    paint_overlay(painter, Overlay(boxes=boxes), PictureMap(1.0, 0, 0), area)
    painter.end()
    return image


def touched(image: QImage) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom of everything that was drawn."""
    places = [
        (x, y)
        for y in range(image.height())
        for x in range(image.width())
        if image.pixelColor(x, y) != GROUND
    ]
    columns, rows = [x for x, _ in places], [y for _, y in places]
    return min(columns), min(rows), max(columns) + 1, max(rows) + 1


@pytest.mark.parametrize("size", [(60, 40), (61, 41), (300, 200)])
def test_the_line_lies_on_the_edge_and_the_inside_is_free(
    size: tuple[int, int],
) -> None:
    width, height = size
    image = painted(vehicle(100, 50, width, height))

    line = theme.color("video_line")
    across, down = 100 + width // 2, 50 + height // 2
    assert image.pixelColor(across, 50) == line
    assert image.pixelColor(100, down) == line
    assert image.pixelColor(across, down) == GROUND
    left, top, right, bottom = touched(image)
    assert (left, top) == (98, 48)
    assert abs(right - (102 + width)) <= 1
    assert abs(bottom - (52 + height)) <= 1


def test_every_corner_is_closed() -> None:
    image = painted(vehicle(100, 50, 60, 40))
    line = theme.color("video_line")
    ring = [(x, 49) for x in range(99, 162)]
    ring += [(161, y) for y in range(49, 91)]
    ring += [(x, 90) for x in range(161, 113, -1)]
    assert {image.pixelColor(x, y).name() for x, y in ring} <= {
        line.name(),
        theme.color("casing").name(),
    }
    assert all(abs(a[0] - b[0]) + abs(a[1] - b[1]) <= 1 for a, b in pairwise(ring))
    assert [image.pixelColor(x, 50) == line for x in (100, 160)] == [True, True]


@given(
    left=st.integers(-300, 600),
    top=st.integers(-300, 400),
    width=st.integers(0, 500),
    height=st.integers(0, 400),
)
def test_nothing_leaves_the_clip(left: int, top: int, width: int, height: int) -> None:
    clip = QRectF(40, 30, 300, 200)
    box = with_facts(
        box=PixelBox(left, top, left + width, top + height),
        plate="AHK472",
        speed_kmh=61.0,
        violation=InfractionKind.SPEEDING,
    )
    image = painted(box, clip=clip)
    outside = [(x, y) for x in range(0, WIDTH, 7) for y in (0, 29, 230, HEIGHT - 1)]
    outside += [(x, y) for y in range(0, HEIGHT, 7) for x in (0, 39, 340, WIDTH - 1)]
    assert all(image.pixelColor(x, y) == GROUND for x, y in outside)


def test_a_pedestrian_has_no_speed() -> None:
    walker = with_facts(vehicle_class=VehicleClass.PERSON)
    running = with_facts(vehicle_class=VehicleClass.PERSON, speed_kmh=12.0)
    car = with_facts(speed_kmh=12.0)

    assert painted(running) == painted(walker)
    assert painted(car) != painted(with_facts())


def test_a_violation_is_told_by_colour_shape_and_word() -> None:
    image = painted(with_facts(violation=InfractionKind.SPEEDING))
    assert image.pixelColor(230, 120) == theme.color("video_alarm")
    assert image.pixelColor(202, 105) == theme.color("video_alarm")
    assert touched(image)[1] == 118 - 16


def test_a_guess_is_dashed() -> None:
    image = painted(with_facts(predicted=True))
    edge = {image.pixelColor(x, 120).name() for x in range(215, 245)}
    assert edge == {theme.color("video_line").name(), theme.color("casing").name()}
