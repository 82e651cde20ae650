"""The camera model is a projection, and inverts on the ground."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.simulator.pinhole import PinholeCamera

cameras = st.builds(
    lambda x, height, aim_x, reach, focal: PinholeCamera.looking_at(
        (x, 0.0, height), (aim_x, reach, 0.0), focal
    ),
    st.floats(-5, 5),
    st.floats(3, 9),
    st.floats(-4, 4),
    st.floats(12, 60),
    st.floats(900, 5000),
)


@given(cameras, st.floats(0, 1280), st.floats(0, 720))
def test_ground_point_is_the_inverse_of_project(
    camera: PinholeCamera, x_px: float, y_px: float
) -> None:
    assume(camera.rays(np.array((x_px, y_px)))[2] < -0.01)
    x_m, y_m = camera.ground_point(x_px, y_px)
    assert camera.project_ground(x_m, y_m) == pytest.approx((x_px, y_px), abs=1e-5)


@given(cameras)
def test_rotation_is_a_rotation_and_keeps_the_picture_upright(
    camera: PinholeCamera,
) -> None:
    assert camera.rotation @ camera.rotation.T == pytest.approx(np.eye(3), abs=1e-9)
    assert np.linalg.det(camera.rotation) == pytest.approx(1.0)
    assert camera.rotation[0, 2] == pytest.approx(0.0, abs=1e-12)


@given(cameras, st.floats(-3, 3), st.floats(14, 50), st.floats(0.1, 3))
def test_straight_lines_stay_straight(
    camera: PinholeCamera, x_m: float, y_m: float, step_m: float
) -> None:
    along = np.array([(x_m, y_m + k * step_m, 0.3 * k) for k in range(3)])
    pixels, depth = camera.project(along)
    assume(bool((depth > 2).all()))
    one, two = pixels[1] - pixels[0], pixels[2] - pixels[0]
    area = one[0] * two[1] - one[1] * two[0]
    assert abs(area) < 1e-6 * max(float(np.abs(pixels).max()) ** 2, 1.0)


@given(cameras, st.floats(-2, 2), st.floats(15, 40))
def test_what_is_farther_looks_smaller(
    camera: PinholeCamera, x_m: float, y_m: float
) -> None:
    def width(y: float) -> float:
        pixels, _ = camera.project(np.array(((x_m - 1, y, 0.0), (x_m + 1, y, 0.0))))
        return float(np.linalg.norm(pixels[1] - pixels[0]))

    assert width(y_m) > width(y_m + 5)
