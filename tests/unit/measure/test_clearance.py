"""Where the camera stands, and where a vehicle's end stands under its lowest edge."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.geometry import PixelPoint
from app.domain.vehicle import VehicleClass
from app.measure.calibration import RoadPlane
from app.measure.camera_pose import CameraPose
from app.measure.clearance import grounded
from app.measure.foot import Foot
from tests.builders.road import RoadCamera

POSE = CameraPose(x_m=0.0, y_m=0.0, height_m=6.0, focal_px=1500.0)


def foot(y_m: float, x_m: float = 0.0) -> Foot:
    return Foot(0, PixelPoint(0, 0), x_m, y_m, 0.1)


@given(
    height_m=st.floats(3, 20),
    tilt_deg=st.floats(6, 50),
    pan_deg=st.floats(-25, 25),
    focal_px=st.floats(800, 4000),
)
@settings(deadline=None, max_examples=40)
def test_the_plane_tells_where_its_camera_stands(
    height_m: float, tilt_deg: float, pan_deg: float, focal_px: float
) -> None:
    camera = RoadCamera(
        height_m=height_m, tilt_deg=tilt_deg, pan_deg=pan_deg, focal_px=focal_px
    )
    pose = RoadPlane.fit(camera.calibration()).pose(1920, 1080)
    assert pose is not None
    assert pose.height_m == pytest.approx(height_m, rel=1e-4)
    assert pose.focal_px == pytest.approx(focal_px, rel=1e-4)
    assert math.hypot(pose.x_m, pose.y_m) < 0.01


def test_a_careful_calibration_tells_the_height_well_enough() -> None:
    noise = np.random.default_rng(8)
    camera = RoadCamera(height_m=7.0)
    heights = []
    for _ in range(100):
        calibration = camera.calibration(noise=noise, pixel_sigma_px=1.0)
        pose = RoadPlane.fit(calibration).pose(1920, 1080)
        assert pose is not None
        heights.append(pose.height_m)
    assert np.mean(heights) == pytest.approx(7.0, rel=0.05)
    assert np.std(heights) < 0.8


def test_a_bumper_that_hangs_over_the_road_is_nearer_than_it_seems() -> None:
    # The lower edge 0.3 m up at 30 m from a 6 m mast is seen at 30 * 6 / 5.7 m.
    seen = foot(30 * 6 / 5.7)
    assert grounded(seen, VehicleClass.BUS, POSE).y_m == pytest.approx(30.0)
    assert grounded(seen, VehicleClass.BUS, POSE).scale_doubt > 0.005


def test_wheels_stand_an_overhang_behind_the_end() -> None:
    moved = grounded(foot(40.85), VehicleClass.CAR, POSE)
    assert moved.y_m == pytest.approx(40.0)


def test_the_foot_moves_towards_the_camera_from_any_side() -> None:
    for y_m in (30.0, -30.0):
        moved = grounded(foot(y_m, 10.0), VehicleClass.TRUCK, POSE)
        assert math.hypot(moved.x_m, moved.y_m) < math.hypot(10.0, y_m)
        assert moved.x_m / moved.y_m == pytest.approx(10.0 / y_m)


def test_without_a_pose_nothing_moves() -> None:
    seen = foot(30.0)
    assert grounded(seen, VehicleClass.BUS, None) is seen
    lost = foot(math.nan)
    assert grounded(lost, VehicleClass.BUS, POSE) is lost
