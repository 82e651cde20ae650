"""Scatters road users over a street at random, so that none touches another."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from app.domain.vehicle import VehicleClass
from app.simulator.bodies import make_body
from app.simulator.body import Body
from app.simulator.paint import Pose
from app.simulator.picture import Actor
from app.simulator.pinhole import PinholeCamera
from app.simulator.plates import make_plate
from app.simulator.sites import LanePath

_TRAFFIC = (
    (VehicleClass.CAR, 0.50),
    (VehicleClass.MOTORCYCLE, 0.16),
    (VehicleClass.BUS, 0.16),
    (VehicleClass.TRUCK, 0.18),
)
_CROSS_REACH_M = 40.0
_LONGEST_M = 12.0
_ELBOW_ROOM_M = 0.3
_GROUPS, _ALONG = 1.5, 2.2
"""Groups of people that cross, and people along the road, on average."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """Where people walk across the road, along x."""

    span_x_m: tuple[float, float]
    span_y_m: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Ground:
    """Where road users may be."""

    lanes: tuple[LanePath, ...]
    walk_x_m: tuple[float, ...]
    """Where people walk and ride along the road."""
    crossings: tuple[Crossing, ...] = ()


class _Extent(NamedTuple):
    low_x_m: float
    high_x_m: float
    low_y_m: float
    high_y_m: float


def scatter(
    camera: PinholeCamera, ground: Ground, rng: np.random.Generator
) -> list[Actor]:
    """Return road users before a camera that looks along the y axis."""
    actors: list[Actor] = []
    density = float(rng.uniform(2.5, 26.0))
    for lane in ground.lanes:
        place = _across if lane.across else _along
        for actor in place(lane, camera, density, rng):
            _admit(actor, actors)
    for actor in (*_crossing(ground, rng), *_beside(camera, ground, rng)):
        _admit(actor, actors)
    return [
        Actor(key, actor.body, actor.pose, actor.plate, actor.braking)
        for key, actor in enumerate(actors)
    ]


def _admit(actor: Actor, actors: list[Actor]) -> None:
    mine = _extent(actor.body, actor.pose)
    if not any(_touch(mine, _extent(other.body, other.pose)) for other in actors):
        actors.append(actor)


def _extent(body: Body, pose: Pose) -> _Extent:
    """Return the ground below a body, whose pose is that of its front end."""
    s, c = float(np.sin(pose.heading_rad)), float(np.cos(pose.heading_rad))
    x, y = pose.x_m - s * body.length_m / 2, pose.y_m - c * body.length_m / 2
    half_x = (abs(s) * body.length_m + abs(c) * body.width_m) / 2
    half_y = (abs(c) * body.length_m + abs(s) * body.width_m) / 2
    return _Extent(x - half_x, x + half_x, y - half_y, y + half_y)


def _touch(one: _Extent, two: _Extent) -> bool:
    return (
        one.low_x_m < two.high_x_m + _ELBOW_ROOM_M
        and two.low_x_m < one.high_x_m + _ELBOW_ROOM_M
        and one.low_y_m < two.high_y_m + _ELBOW_ROOM_M
        and two.low_y_m < one.high_y_m + _ELBOW_ROOM_M
    )


def _along(
    lane: LanePath, camera: PinholeCamera, density_m: float, rng: np.random.Generator
) -> Iterator[Actor]:
    near, far = _depth_range_m(camera)
    sight = _sight(camera)
    # Some stand in the picture with their far end alone.
    depth = near - float(rng.uniform(0, _LONGEST_M)) + float(rng.exponential(density_m))
    while depth < far:
        kind = _draw_kind(rng)
        body = make_body(kind, rng)
        away = lane.direction == sight
        # The body lies behind its front end, as seen along the lane.
        front = depth + body.length_m if away else depth
        y = float(camera.position_m[1]) + sight * front
        pose = Pose(
            lane.offset_m + _aside(lane, body, rng),
            y,
            lane.heading_rad + float(rng.normal(0, 0.012)),
        )
        yield _vehicle(body, pose, rng)
        depth += body.length_m + 1.2 + float(rng.exponential(density_m))


def _across(
    lane: LanePath, _: PinholeCamera, density_m: float, rng: np.random.Generator
) -> Iterator[Actor]:
    travelled = -_CROSS_REACH_M + float(rng.exponential(density_m))
    while travelled < _CROSS_REACH_M:
        body = make_body(_draw_kind(rng), rng)
        travelled += body.length_m
        x, y = lane.place(travelled, _aside(lane, body, rng))
        pose = Pose(x, y, lane.heading_rad + float(rng.normal(0, 0.012)))
        yield _vehicle(body, pose, rng)
        travelled += 1.2 + float(rng.exponential(density_m))


def _aside(lane: LanePath, body: Body, rng: np.random.Generator) -> float:
    spare = max(lane.width_m - body.width_m - 0.3, 0.0) / 2
    return float(rng.uniform(-spare, spare))


def _vehicle(body: Body, pose: Pose, rng: np.random.Generator) -> Actor:
    plate = make_plate(body.vehicle_class, rng)
    return Actor(0, body, pose, plate, braking=bool(rng.random() < 0.35))


def _crossing(ground: Ground, rng: np.random.Generator) -> Iterator[Actor]:
    """People walk across in small groups, each group in one direction."""
    if not ground.crossings:
        return
    for _ in range(int(rng.poisson(_GROUPS))):
        crossing = ground.crossings[int(rng.integers(len(ground.crossings)))]
        heading = np.pi / 2 if rng.random() < 0.5 else -np.pi / 2
        x, y = rng.uniform(*crossing.span_x_m), rng.uniform(*crossing.span_y_m)
        for _ in range(1 + int(rng.poisson(0.8))):
            pose = Pose(float(x), float(y), float(heading + rng.normal(0, 0.15)))
            yield Actor(0, make_body(VehicleClass.PERSON, rng), pose)
            x, y = x + rng.normal(0, 0.9), y + rng.normal(0, 0.7)


def _beside(
    camera: PinholeCamera, ground: Ground, rng: np.random.Generator
) -> Iterator[Actor]:
    near, far = _depth_range_m(camera)
    for _ in range(int(rng.poisson(_ALONG))):
        rides = bool(rng.random() < 0.4)
        path = ground.walk_x_m[int(rng.integers(len(ground.walk_x_m)))]
        x = path + float(rng.normal(0, 0.15 if rides else 0.5))
        depth = float(rng.uniform(near - 4.0, far))
        y = float(camera.position_m[1]) + _sight(camera) * depth
        heading = 0.0 if rng.random() < 0.5 else np.pi
        if not rides:
            heading = float(rng.uniform(0, 2 * np.pi))
        kind = VehicleClass.BICYCLE if rides else VehicleClass.PERSON
        yield Actor(0, make_body(kind, rng), Pose(x, y, float(heading)))


def _draw_kind(rng: np.random.Generator) -> VehicleClass:
    shares = [share for _, share in _TRAFFIC]
    return _TRAFFIC[int(rng.choice(len(shares), p=shares))][0]


def _sight(camera: PinholeCamera) -> float:
    """Return +1 when the camera looks towards growing y, else -1."""
    return 1.0 if camera.rotation[2, 1] > 0 else -1.0


def _depth_range_m(camera: PinholeCamera) -> tuple[float, float]:
    """Return how far along the road the picture begins, and the last road users."""
    _, y = camera.ground_point(camera.width_px / 2, camera.height_px - 1)
    near = abs(y - float(camera.position_m[1]))
    far = min(camera.focal_px * 1.7 / 26, 110.0)
    ray = camera.rays(np.array((camera.width_px / 2, 1.0)))
    if ray[2] < -1e-3:
        _, top_y = camera.ground_point(camera.width_px / 2, 1.0)
        far = min(far, abs(top_y - float(camera.position_m[1])))
    return near, max(far, near + 10.0)
