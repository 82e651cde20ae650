"""A point of the picture is where it is drawn, however it is zoomed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF

from app.domain.geometry import PixelBox, PixelPoint
from widgets.common.picture_map import PictureMap

coordinates = st.floats(-5000, 5000)
scales = st.floats(0.01, 50)
maps = st.builds(PictureMap, scales, coordinates, coordinates)
points = st.builds(PixelPoint, coordinates, coordinates)


@given(maps, points)
def test_there_and_back_is_the_same_point(where: PictureMap, point: PixelPoint) -> None:
    back = where.to_picture(where.to_screen(point))
    assert back.x_px == pytest.approx(point.x_px, abs=1e-6)
    assert back.y_px == pytest.approx(point.y_px, abs=1e-6)


@given(maps, st.floats(0.1, 10), coordinates, coordinates)
def test_zoom_keeps_what_lies_under_the_pointer(
    where: PictureMap, factor: float, x: float, y: float
) -> None:
    pointer = QPointF(x, y)
    before = where.to_picture(pointer)
    after = where.zoomed(factor, pointer).to_picture(pointer)
    tolerance = 1e-6 / where.scale * 1e3
    assert after.x_px == pytest.approx(before.x_px, abs=tolerance)
    assert after.y_px == pytest.approx(before.y_px, abs=tolerance)


@given(st.integers(1, 8000), st.integers(1, 8000), st.integers(1, 4000))
def test_fitting_shows_all_of_it_in_the_middle(
    width_px: int, height_px: int, room_px: int
) -> None:
    area = QRectF(10, 20, room_px, room_px / 2)
    where = PictureMap.fitting(width_px, height_px, area)
    shown = where.box(PixelBox(0, 0, width_px, height_px))
    assert area.adjusted(-1e-6, -1e-6, 1e-6, 1e-6).contains(shown)
    assert shown.center().x() == pytest.approx(area.center().x(), abs=1e-6)
    assert shown.center().y() == pytest.approx(area.center().y(), abs=1e-6)
    touching = shown.width() / area.width(), shown.height() / area.height()
    assert max(touching) == pytest.approx(1)
