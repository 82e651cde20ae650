"""The road plane against pinhole cameras whose truth is known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.config.camera import Calibration
from app.domain.errors import ConfigurationInvalid
from app.domain.geometry import PixelPoint, RoadPoint
from app.measure.calibration import RoadPlane
from tests.builders.road import CORNERS, RoadCamera, control_points

cameras = st.builds(
    RoadCamera,
    height_m=st.floats(3, 25),
    tilt_deg=st.floats(5, 60),
    pan_deg=st.floats(-30, 30),
    focal_px=st.floats(500, 4000),
)
road_points = st.tuples(st.floats(-10, 10), st.floats(12, 80))


@given(camera=cameras, point=road_points)
@settings(deadline=None, max_examples=60)
def test_exact_points_give_back_the_exact_camera(
    camera: RoadCamera, point: tuple[float, float]
) -> None:
    plane = RoadPlane.fit(camera.calibration())
    assert max(plane.residuals_px) < 1e-6
    assert max(plane.residuals_cm) < 1e-5
    seen = plane.to_pixel(RoadPoint(*point))
    assert seen is not None
    x_px, y_px = camera.project(np.array([point]))[0]
    assert (seen.x_px, seen.y_px) == pytest.approx((x_px, y_px), abs=1e-4, rel=1e-6)
    back = plane.to_road(seen)
    assert back is not None
    assert (back.x_m, back.y_m) == pytest.approx(point, abs=1e-5)


@given(camera=cameras, column=st.floats(0, 1919), above=st.floats(0, 2000))
@settings(deadline=None, max_examples=60)
def test_nothing_at_or_above_the_horizon_has_a_place_on_the_road(
    camera: RoadCamera, column: float, above: float
) -> None:
    plane = RoadPlane.fit(camera.calibration())
    horizon = plane.horizon_y_px(column)
    assert horizon is not None
    expected = camera.height_px / 2 - camera.focal_px * np.tan(
        np.radians(camera.tilt_deg)
    )
    assert horizon == pytest.approx(expected, abs=0.5)
    assert plane.to_road(PixelPoint(column, horizon - above)) is None


def test_a_point_behind_the_camera_is_not_seen() -> None:
    plane = RoadPlane.fit(RoadCamera().calibration())
    assert plane.to_pixel(RoadPoint(0.0, -40.0)) is None


def test_many_points_map_like_one_and_unmappable_ones_are_nan() -> None:
    plane = RoadPlane.fit(RoadCamera().calibration())
    pixels = np.array([[900.0, 800.0], [900.0, -500.0], [500.0, 600.0]])
    roads = plane.to_road_many(pixels)
    single = plane.to_road(PixelPoint(900.0, 800.0))
    assert single is not None
    assert roads[0] == pytest.approx((single.x_m, single.y_m))
    assert np.isnan(roads[1]).all()
    back = plane.to_pixel_many(roads)
    assert back[2] == pytest.approx(pixels[2])
    assert np.isnan(back[1]).all()


@pytest.mark.parametrize(
    "roads",
    [
        np.array([[0.0, y] for y in (10.0, 20.0, 30.0, 40.0)]),
        np.array([[0.0, 10.0], [0.0, 10.0], [4.0, 20.0], [0.0, 20.0]]),
        np.array([[0.0, 10.0], [0.0, 20.0], [0.0, 30.0], [4.0, 20.0]]),
        np.full((5, 2), 12.0),
    ],
)
def test_points_that_determine_no_plane_are_refused(
    roads: np.ndarray[tuple[int, int], np.dtype[np.float64]],
) -> None:
    with pytest.raises(ConfigurationInvalid):
        RoadPlane.fit(RoadCamera().calibration(roads))


def test_points_nearly_in_a_row_are_refused_however_they_were_clicked() -> None:
    roads = np.array([[0.02 * (-1) ** i, 12.0 + 6 * i] for i in range(6)])
    noise = np.random.default_rng(4)
    with pytest.raises(ConfigurationInvalid):
        RoadPlane.fit(RoadCamera().calibration(roads, noise, 0.5))


def test_swapped_points_show_in_the_residuals_or_are_refused() -> None:
    pixels = RoadCamera().project(CORNERS)
    swapped = pixels[[1, 0, 2, 3, 4, 5]]
    calibration = Calibration(points=control_points(swapped, CORNERS))
    try:
        plane = RoadPlane.fit(calibration)
    except ConfigurationInvalid:
        return
    assert max(plane.residuals_cm) > 50


def test_not_a_number_is_refused() -> None:
    pixels = RoadCamera().project(CORNERS)
    pixels[2, 0] = np.nan
    with pytest.raises(ConfigurationInvalid):
        RoadPlane.fit(Calibration(points=control_points(pixels, CORNERS)))


@pytest.mark.parametrize("count", [4, 6])
def test_stated_uncertainty_is_what_repeated_calibrations_scatter(count: int) -> None:
    noise = np.random.default_rng(11)
    camera = RoadCamera()
    corners = CORNERS[[0, 1, 4, 5, 2, 3]][:count]
    near, far = (PixelPoint(*map(float, p)) for p in camera.project(corners)[[0, 2]])
    truth = RoadPlane.fit(camera.calibration(corners))
    fitted = [RoadPlane.fit(camera.calibration(corners, noise)) for _ in range(400)]
    pixels = np.array([[near.x_px, near.y_px], [far.x_px, far.y_px]])
    places = np.array([plane.to_road_many(pixels) for plane in fitted])
    lengths = places[:, 1, 1] - places[:, 0, 1]
    assert truth.length_sigma_m(near, far) == pytest.approx(lengths.std(), rel=0.12)
    scatter = np.cov(places[:, 1].T)
    worst = np.sqrt(np.linalg.eigvalsh(scatter)[-1])
    assert truth.road_sigma_m(far) == pytest.approx(worst, rel=0.12)


def test_disagreeing_points_widen_the_uncertainty() -> None:
    camera = RoadCamera()
    good = camera.calibration()
    bad_roads = CORNERS.copy()
    bad_roads[2, 1] += 1.5
    bad = Calibration(points=control_points(camera.project(CORNERS), bad_roads))
    pixel = good.points[4].pixel
    honest, doubtful = RoadPlane.fit(good), RoadPlane.fit(bad)
    assert doubtful.road_sigma_m(pixel) > 2 * honest.road_sigma_m(pixel)


def test_one_pixel_reaches_farther_far_away() -> None:
    camera = RoadCamera()
    plane = RoadPlane.fit(camera.calibration())
    pixels = camera.project(np.array([[0.0, 15.0], [0.0, 45.0]]))
    near, far = plane.metres_per_pixel_many(pixels)
    moved = plane.to_road_many(np.add(pixels, [0.0, 0.01])) - plane.to_road_many(pixels)
    assert np.abs(moved[:, 1]) / 0.01 == pytest.approx([near, far], rel=0.05)
    assert far > 5 * near
