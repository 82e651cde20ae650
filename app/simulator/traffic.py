"""Who drives through a scene, and where everybody is in every frame."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.domain.units import ms_from_kmh
from app.domain.vehicle import VehicleClass
from app.simulator.bodies import make_body
from app.simulator.body import Body
from app.simulator.motion import Driver, StopRule, drive
from app.simulator.paint import Pose
from app.simulator.picture import Actor
from app.simulator.plates import make_plate
from app.simulator.sites import LanePath

Floats = npt.NDArray[np.float64]

_BRAKE_LAMP_MS2 = -0.7


@dataclass(frozen=True, slots=True)
class Trip:
    """One vehicle's plan: unhindered, it passes `pass_m` of its lane at `pass_s`."""

    vehicle_class: VehicleClass
    pass_s: float
    pass_m: float
    speed_kmh: float
    runs_red: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Mover:
    """A road user with its whole journey.

    `front_m`, `speed_ms` (frames,) along the lane, NaN while it is not there;
    `braking` (frames,).
    """

    key: int
    body: Body
    plate: str | None
    lane: LanePath
    aside_m: float
    front_m: Floats
    speed_ms: Floats
    braking: npt.NDArray[np.bool_]
    runs_red: bool = False

    def present(self, frame: int) -> bool:
        """Tell whether it is in the world in that frame."""
        return bool(np.isfinite(self.front_m[frame]))

    def actor(self, frame: int) -> Actor:
        """Return it as it is to be drawn."""
        x, y = self.lane.place(float(self.front_m[frame]), self.aside_m)
        pose = Pose(x, y, self.lane.heading_rad)
        braking = bool(self.braking[frame])
        return Actor(self.key, self.body, pose, self.plate, braking)

    def ends(self, frame: int) -> tuple[tuple[float, float], tuple[float, float]]:
        """Return the ground points (x, y) of its front and its rear end."""
        front = float(self.front_m[frame])
        return (
            self.lane.place(front, self.aside_m),
            self.lane.place(front - self.body.length_m, self.aside_m),
        )


def travel(
    lane: LanePath,
    trips: Sequence[Trip],
    times_s: Floats,
    start_m: float,
    rng: np.random.Generator,
    first_key: int,
    rule: StopRule | None = None,
) -> list[Mover]:
    """Move all trips of one lane; they enter with their front at `start_m`."""
    ordered = sorted(trips, key=lambda trip: _enter_s(trip, start_m))
    bodies = [make_body(trip.vehicle_class, rng) for trip in ordered]
    drivers = [
        _driver(trip, body, start_m) for trip, body in zip(ordered, bodies, strict=True)
    ]
    motion = drive(drivers, times_s, rule)
    movers = []
    for number, (trip, body) in enumerate(zip(ordered, bodies, strict=True)):
        slow = motion.speed_ms[number] < 0.3
        braking = (motion.acceleration_ms2[number] < _BRAKE_LAMP_MS2) | slow
        movers.append(
            Mover(
                key=first_key + number,
                body=body,
                plate=make_plate(trip.vehicle_class, rng),
                lane=lane,
                aside_m=_aside(lane, body, rng),
                front_m=motion.front_m[number],
                speed_ms=motion.speed_ms[number],
                braking=braking,
                runs_red=trip.runs_red,
            )
        )
    return movers


def _enter_s(trip: Trip, start_m: float) -> float:
    return trip.pass_s - (trip.pass_m - start_m) / ms_from_kmh(trip.speed_kmh)


def _driver(trip: Trip, body: Body, start_m: float) -> Driver:
    heavy = trip.vehicle_class in (VehicleClass.BUS, VehicleClass.TRUCK)
    return Driver(
        enter_s=_enter_s(trip, start_m),
        start_m=start_m,
        speed_ms=ms_from_kmh(trip.speed_kmh),
        length_m=body.length_m,
        runs_red=trip.runs_red,
        acceleration_ms2=1.4 if heavy else 2.1,
    )


def _aside(lane: LanePath, body: Body, rng: np.random.Generator) -> float:
    spare = max(lane.width_m - body.width_m - 0.5, 0.0) / 2
    return float(np.clip(rng.normal(0, 0.18), -spare, spare))


def stroll(
    path: LanePath,
    start_s: float,
    span_m: tuple[float, float],
    speed_ms: float,
    times_s: Floats,
    rng: np.random.Generator,
    key: int,
) -> Mover:
    """Return a person who walks from one coordinate of a path to another."""
    front = span_m[0] + (times_s - start_s) * speed_ms
    outside = (front < span_m[0]) | (front > span_m[1])
    front = np.where(outside, np.nan, front)
    speed = np.where(outside, np.nan, speed_ms)
    return Mover(
        key=key,
        body=make_body(VehicleClass.PERSON, rng),
        plate=None,
        lane=path,
        aside_m=0.0,
        front_m=front,
        speed_ms=speed,
        braking=np.zeros(len(times_s), np.bool_),
    )
