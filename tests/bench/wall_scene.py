"""Sixteen busy roads without an engine: what the wall's benchmarks show."""

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt

from app.domain.camera import Camera, CameraHealth, CameraState, EngineStatus
from app.domain.clock import CaptureTime, Clock
from app.domain.geometry import PixelBox
from app.domain.ids import CameraId, TrackId
from app.domain.infraction import InfractionKind
from app.domain.overlay import Overlay, OverlayBox, PreviewFrame
from app.domain.signal import LampPhase
from app.domain.vehicle import VehicleClass
from tests.builders.site import camera
from tests.fakes.desktop import road_picture

TILE_PX = (480, 270)
SOURCE_PX = (1920, 1080)
CAMERAS = 16
VEHICLES = 6
_CLASSES = (
    VehicleClass.CAR,
    VehicleClass.CAR,
    VehicleClass.MOTORCYCLE,
    VehicleClass.BUS,
    VehicleClass.TRUCK,
    VehicleClass.CAR,
)
_PASSAGE = 170
"""Pictures that a vehicle is in view for."""


def cameras(count: int = CAMERAS) -> list[Camera]:
    """Return cameras with names of the usual length."""
    return [camera(f"Av. Arequipa {1000 + 100 * n}") for n in range(count)]


def pictures(seed: int, count: int = 3) -> list[npt.NDArray[np.uint8]]:
    """Return pictures of a tile's size that differ."""
    return [road_picture(*TILE_PX, seed=seed * count + n) for n in range(count)]


def overlay(seed: int, step: int) -> Overlay:
    """Return vehicles that come nearer, every one of them elsewhere in every picture.

    Every fourth camera has one that is too fast, every third one a lamp; two plates
    in three are read, and one box in six is a guess.
    """
    boxes = tuple(_vehicle(seed, number, step) for number in range(VEHICLES))
    lamp = tuple(LampPhase)[step // 100 % 3] if seed % 3 == 0 else None
    return Overlay(boxes=boxes, lamp=lamp, configuration_version=1)


def capture_time(step: int, clock: Clock, age_ns: int = 0) -> CaptureTime:
    """Return the times of a picture that came `age_ns` ago."""
    return CaptureTime(
        stream_ns=step * 40_000_000,
        monotonic_ns=clock.monotonic_ns() - age_ns,
        wall=datetime.now(UTC),
    )


def _vehicle(seed: int, number: int, step: int) -> OverlayBox:
    phase = number * _PASSAGE // VEHICLES + seed * 11
    passage, place = divmod(step + phase, _PASSAGE)
    nearness = place / _PASSAGE
    width = 90 + 330 * nearness**2
    centre = 960 + (number % 3 - 1) * (160 + 420 * nearness) + seed * 3
    foot = 330 + 700 * nearness**1.5
    fast = seed % 4 == 0 and number == VEHICLES - 1
    return OverlayBox(
        track_id=TrackId(1 + number + VEHICLES * passage),
        box=PixelBox(centre - width / 2, foot - width * 0.72, centre + width / 2, foot),
        vehicle_class=_CLASSES[number],
        score=0.9,
        predicted=(step + number) % VEHICLES == 0,
        speed_kmh=34.0 + (seed * 7 + number * 5 + passage * 3) % 40,
        plate=f"A{seed % 10}H{100 + number + 6 * (passage % 99)}"
        if number % 3
        else None,
        violation=InfractionKind.SPEEDING if fast else None,
    )


class SceneLink:
    """Implements `app.ports.EngineLink` with pictures that are ready."""

    def __init__(self, site: Sequence[Camera], clock: Clock) -> None:
        """Prepare three pictures of each camera."""
        self._clock = clock
        self._seeds = {entry.id: seed for seed, entry in enumerate(site)}
        self.images = {c: pictures(seed) for c, seed in self._seeds.items()}
        self._status = status_of(site)
        self._frames: dict[CameraId, PreviewFrame] = {}

    def advance(self, step: int) -> None:
        """Have the next picture of every camera ready."""
        time = capture_time(step, self._clock, age_ns=40_000_000)
        for camera_id, seed in self._seeds.items():
            images = self.images[camera_id]
            self._frames[camera_id] = PreviewFrame(
                camera_id=camera_id,
                sequence=step,
                time=time,
                image=images[step % len(images)],
                source_width_px=SOURCE_PX[0],
                source_height_px=SOURCE_PX[1],
                overlay=overlay(seed, step),
            )

    def status(self) -> EngineStatus | None:
        """Return the same status for ever."""
        return self._status

    def message(self) -> str:
        """Nothing is wrong."""
        return ""

    def frame(self, camera_id: CameraId) -> PreviewFrame | None:
        """Return what `advance` prepared."""
        return self._frames.get(camera_id)

    def request_size(self, camera_id: CameraId, width_px: int, height_px: int) -> None:
        """The pictures have the size of a tile already."""

    def close(self) -> None:
        """There is nothing to stop."""


def status_of(site: Sequence[Camera]) -> EngineStatus:
    """Return the status of an engine whose cameras are all online."""
    return EngineStatus(
        engine_id="bench",
        model_name="none",
        device="cpu",
        database_online=True,
        spooled=0,
        cameras=tuple(
            CameraHealth(camera_id=entry.id, state=CameraState.ONLINE) for entry in site
        ),
    )
