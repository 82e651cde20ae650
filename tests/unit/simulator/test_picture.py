"""Pictures show what is there, where the boxes say, the same every time."""

import numpy as np
import pytest

from app.domain.signal import LampPhase
from app.domain.vehicle import VehicleClass
from app.simulator.bodies import make_body
from app.simulator.furniture import SignalHead
from app.simulator.lighting import NIGHT, SUNNY, Lighting
from app.simulator.paint import Pose, to_world
from app.simulator.picture import Actor, FramePainter
from app.simulator.pinhole import PinholeCamera
from app.simulator.street import StreetPlan, carriageway

CAMERA = PinholeCamera.looking_at((1.6, 26, 6.5), (1.6, -2, 0), 720.0, (320, 180))
STREET = StreetPlan(tuple(carriageway((0.0, 3.3), 3.3, (-100, 20))))
HEAD = SignalHead(-2.4, -1.0, 2.0, 1.0)


def car(key: int, x_m: float, y_m: float, seed: int = 1) -> Actor:
    body = make_body(VehicleClass.CAR, np.random.default_rng(seed))
    return Actor(key, body, Pose(x_m, y_m), "ABC-123")


def painter(lighting: Lighting = SUNNY) -> FramePainter:
    return FramePainter(CAMERA, STREET, lighting, [HEAD], seed=3)


@pytest.fixture(scope="module")
def day() -> FramePainter:
    return painter()


@pytest.mark.parametrize("lighting", [SUNNY, NIGHT], ids=["day", "night"])
def test_the_same_scene_gives_the_same_bytes(lighting: Lighting) -> None:
    actors = [car(0, 0.0, 0.0), car(1, 3.3, -8.0, 2)]
    one, sights = painter(lighting).paint(actors, LampPhase.RED, 5)
    two, again = painter(lighting).paint(actors, LampPhase.RED, 5)
    np.testing.assert_array_equal(one, two)
    assert sights == again


def test_the_box_is_the_silhouette(day: FramePainter) -> None:
    actor = car(0, 0.0, -2.0)
    _, sights = day.paint([actor])
    pixels, _ = CAMERA.project(to_world(actor.body.mesh.vertices, actor.pose))
    box = sights[0].box
    assert (box.left_px, box.top_px) == pytest.approx(tuple(pixels.min(axis=0)))
    assert (box.right_px, box.bottom_px) == pytest.approx(tuple(pixels.max(axis=0)))
    assert sights[0].in_picture == 1


def test_the_picture_changes_inside_the_box_and_its_shadow_only(
    day: FramePainter,
) -> None:
    empty, _ = day.paint([])
    full, sights = day.paint([car(0, 0.0, -2.0)])
    changed = np.abs(full.astype(int) - empty).max(axis=2) > 12
    box = sights[0].box
    inside = np.zeros_like(changed)
    inside[
        int(box.top_px) : int(box.bottom_px) + 1, int(box.left_px) : int(box.right_px)
    ] = True
    assert changed[inside].mean() > 0.6
    rows, columns = np.nonzero(changed & ~inside)
    near = (np.abs(rows - box.bottom_px) < 40) & (np.abs(columns - box.left_px) < 120)
    assert near.all()


def test_who_is_hidden_is_known_to_be(day: FramePainter) -> None:
    _, sights = day.paint([car(0, 0.0, 0.0), car(1, 0.0, -6.0, 2), car(2, 3.3, -6.0)])
    assert sights[0].visible == pytest.approx(1.0)
    assert sights[1].visible < 0.7
    assert sights[2].visible == pytest.approx(1.0)


def test_the_order_of_the_actors_does_not_matter(day: FramePainter) -> None:
    near, far = car(0, 0.0, 0.0), car(1, 0.0, -6.0, 2)
    one, _ = day.paint([near, far])
    two, _ = day.paint([far, near])
    np.testing.assert_array_equal(one, two)


def test_who_is_not_in_the_picture_has_no_sight(day: FramePainter) -> None:
    _, sights = day.paint([car(0, 0.0, 40.0), car(1, 200.0, -5.0)])
    assert sights == {}


@pytest.mark.parametrize(
    ("phase", "channel"), [(LampPhase.RED, 2), (LampPhase.GREEN, 1)]
)
def test_the_lamp_that_is_lit_shines(
    day: FramePainter, phase: LampPhase, channel: int
) -> None:
    image, _ = day.paint([], phase)
    pixels, _ = CAMERA.project(np.array([HEAD.lamp_centre_m(phase)]))
    x, y = np.rint(pixels[0]).astype(int)
    colour = image[y, x].astype(int)
    assert colour[channel] == colour.max() > 150
    other = LampPhase.GREEN if phase is LampPhase.RED else LampPhase.RED
    dark, _ = day.paint([], other)
    assert dark[y, x].max() < 120


def test_night_is_darker_and_headlamps_light_the_road() -> None:
    night = painter(NIGHT)
    empty, _ = night.paint([])
    assert empty.mean() < painter().paint([])[0].mean() / 2
    lit, _ = night.paint([car(0, 0.0, -8.0)])
    x, y = (round(v) for v in CAMERA.project_ground(0.0, -4.0))
    patch = np.s_[y - 3 : y + 4, x - 3 : x + 4]
    assert lit[patch].mean() > empty[patch].mean() + 5


def test_what_the_edge_cuts_off_is_told_as_a_share(day: FramePainter) -> None:
    shares = [
        day.paint([car(0, 0.0, y_m)])[1][0].in_picture for y_m in (-2.0, 10.0, 14.0)
    ]
    assert shares[0] == 1
    assert shares[0] > shares[1] > shares[2] > 0
