"""A desktop without engine, server or files: what its pages are given in tests."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np
import numpy.typing as npt

from app.config.paths import Paths
from app.domain.camera import Camera, CameraHealth, CameraState, EngineStatus
from app.domain.clock import NS_PER_S, CaptureTime, Clock
from app.domain.errors import DatabaseUnavailable
from app.domain.geometry import PixelBox
from app.domain.ids import CameraId, Login, Sha256, TrackId
from app.domain.infraction import InfractionKind
from app.domain.overlay import Overlay, OverlayBox, PreviewFrame
from app.domain.signal import LampPhase
from app.domain.vehicle import VehicleClass
from app.ports import Server, Session
from tests.builders import site
from tests.builders.infractions import red_light, speeding
from tests.fakes.in_memory import InMemoryServer
from widgets.services import DesktopServices

SOURCE_PX: Final = (1280, 720)
_CYCLE: Final = (LampPhase.GREEN,) * 4 + (LampPhase.AMBER,) + (LampPhase.RED,) * 3


class FakeEngineLink:
    """Makes a picture of a road with moving boxes whenever a frame is due."""

    def __init__(self, clock: Clock, *, fps: int = 15) -> None:
        """Start with an engine that runs and has no cameras."""
        self.clock = clock
        self.period_ns = NS_PER_S // fps
        self.healths: dict[CameraId, CameraHealth] = {}
        self.sizes: dict[CameraId, tuple[int, int]] = {}
        self.engine_message = ""
        self.running = True
        self.silent: set[CameraId] = set()
        self.closed = False
        self._frames: dict[CameraId, PreviewFrame] = {}
        self._status: EngineStatus | None = None

    def add(self, camera_id: CameraId, **changes: object) -> None:
        """Let the engine have a camera; `changes` are fields of its health."""
        healthy = CameraHealth(
            camera_id=camera_id,
            state=CameraState.ONLINE,
            fps=15.0,
            detected_fps=15.2,
            latency_ms=74.0,
            clock_offset_ms=12.0,
        )
        self.healths[camera_id] = replace(healthy, **changes)  # type: ignore[arg-type]
        self._status = None

    def status(self) -> EngineStatus | None:
        """Return the same status until something is added."""
        if not self.running:
            return None
        if self._status is None:
            self._status = EngineStatus(
                engine_id="engine-1",
                model_name="junction-n",
                device="openvino:cpu",
                database_online=True,
                spooled=0,
                cameras=tuple(self.healths.values()),
            )
        return self._status

    def message(self) -> str:
        """Return what the test set."""
        return self.engine_message

    def frame(self, camera_id: CameraId) -> PreviewFrame | None:
        """Return a new frame once per period."""
        last = self._frames.get(camera_id)
        health = self.healths.get(camera_id)
        if health is None or health.state is not CameraState.ONLINE:
            return last
        now_ns = self.clock.monotonic_ns()
        due = last is None or now_ns - last.time.monotonic_ns >= self.period_ns
        if due and camera_id not in self.silent:
            sequence = last.sequence + 1 if last else 0
            self._frames[camera_id] = self._make(camera_id, sequence)
        return self._frames.get(camera_id)

    def request_size(self, camera_id: CameraId, width_px: int, height_px: int) -> None:
        """Make frames of this size from now on."""
        self.sizes[camera_id] = (width_px, height_px)

    def close(self) -> None:
        """Stop the engine."""
        self.running = False
        self.closed = True

    def _make(self, camera_id: CameraId, sequence: int) -> PreviewFrame:
        width, height = self.sizes.get(camera_id, (480, 270))
        seed = int(camera_id) % 7
        return PreviewFrame(
            camera_id=camera_id,
            sequence=sequence,
            time=CaptureTime(
                stream_ns=sequence * self.period_ns,
                monotonic_ns=self.clock.monotonic_ns(),
                wall=self.clock.now(),
            ),
            image=road_picture(width, height, seed),
            source_width_px=SOURCE_PX[0],
            source_height_px=SOURCE_PX[1],
            overlay=_overlay(sequence, seed),
        )


def road_picture(width: int, height: int, seed: int = 0) -> npt.NDArray[np.uint8]:
    """Return a grey road under a pale sky, BGRX."""
    rows = np.linspace(0, 1, height)[:, None]
    columns = np.linspace(-1, 1, width)[None, :]
    road = np.abs(columns) < 0.15 + 0.8 * np.clip(rows - 0.25, 0, 1)
    shade = np.where(rows < 0.27, 150 - 60 * rows, np.where(road, 84, 96 - 20 * rows))
    shade = shade + np.random.default_rng(seed).normal(0, 3, (height, width))
    image = np.full((height, width, 4), 255, np.uint8)
    image[..., :3] = np.clip(shade, 0, 255).astype(np.uint8)[..., None]
    return image


def _overlay(sequence: int, seed: int) -> Overlay:
    step = (sequence * 6 + seed * 90) % 420
    size = 60 + step / 3
    car = PixelBox(
        560 - step / 3, 220 + step * 0.8, 560 + size, 220 + size + step * 0.8
    )
    boxes = [
        OverlayBox(
            track_id=TrackId(1),
            box=car,
            vehicle_class=VehicleClass.CAR,
            score=0.9,
            speed_kmh=52.0 + seed,
            plate="AHK472",
        ),
        OverlayBox(
            track_id=TrackId(2),
            box=PixelBox(700, 240, 780, 330),
            vehicle_class=VehicleClass.BUS,
            score=0.8,
            predicted=True,
        ),
    ]
    if seed % 2:
        boxes.append(
            OverlayBox(
                track_id=TrackId(3),
                box=PixelBox(420, 420, 560, 540),
                vehicle_class=VehicleClass.MOTORCYCLE,
                score=0.8,
                speed_kmh=87.0,
                violation=InfractionKind.SPEEDING,
            )
        )
    phase = _CYCLE[(sequence // 15 + seed) % len(_CYCLE)]
    return Overlay(boxes=tuple(boxes), lamp=phase, configuration_version=1)


class NoEvidence:
    """An evidence store that holds nothing."""

    def put(self, source: Path) -> tuple[Sha256, int]:
        """Refuse."""
        raise KeyError(source)

    def open(self, sha256: Sha256) -> BinaryIO:
        """Refuse."""
        raise KeyError(sha256)

    def put_stream(self, source: BinaryIO, about_bytes: int) -> tuple[Sha256, int]:
        """Refuse."""
        raise KeyError(source, about_bytes)

    def delete(self, sha256: Sha256) -> bool:
        """Refuse."""
        raise KeyError(sha256)

    def names(self, since: str = "") -> Iterator[Sha256]:
        """Return nothing."""
        del since
        return iter(())

    def stored_at(self, sha256: Sha256) -> datetime:
        """Refuse."""
        raise KeyError(sha256)


class NoSecrets:
    """A secret store that holds nothing."""

    def get(self, _reference: str) -> tuple[str, str] | None:
        """Return nothing."""
        return None

    def put(self, reference: str, user: str, password: str) -> None:
        """Forget at once."""

    def delete(self, _reference: str) -> None:
        """There was nothing."""


class DeadServer:
    """A server that nobody can reach."""

    def login(self, _login: Login, _password: str) -> Session:
        """Fail as the network does."""
        raise DatabaseUnavailable(
            "The server does not answer. Check its address and the network."
        )

    def change_password(self, login: Login, old: str, _new: str) -> None:
        """Fail likewise."""
        self.login(login, old)


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A control room to try pages in."""

    services: DesktopServices
    engine: FakeEngineLink
    server: InMemoryServer
    cameras: tuple[Camera, ...]


def control_room(
    root: Path,
    clock: Clock,
    *,
    cameras: int = 4,
    cases: int = 12,
    language: str = "en",
    demo_logins: Sequence[str] = ("ana", "sofia", "teo", "admin", "aurora"),
    connect: Callable[[str], Server] | None = None,
) -> Room:
    """Return services over fakes, with cameras that show a road and some cases."""
    server = InMemoryServer(clock)
    engine = FakeEngineLink(clock)
    technician = server.login(Login("teo"), "teo-opens-sesame")
    made = []
    for place in range(cameras):
        camera = site.camera(f"{_STREETS[place % len(_STREETS)]} {place + 1}")
        technician.site.save_camera(camera)
        body = site.configuration()
        technician.site.publish_configuration(camera.id, body, "first")
        engine.add(camera.id)
        made.append(camera)
    _add_cases(server, made, cases, clock)
    services = DesktopServices(
        clock=clock,
        paths=Paths(root),
        connect=connect or (lambda _dsn: server),
        default_dsn="demo",
        engine=engine,
        evidence=NoEvidence(),
        secrets=NoSecrets(),
        export=root,
        demo_logins=tuple((name, f"{name}-opens-sesame") for name in demo_logins),
        language=language,
    )
    return Room(services=services, engine=engine, server=server, cameras=tuple(made))


_STREETS: Final = (
    "Av. Arequipa con Av. Aramburú · norte",
    "Av. Javier Prado · este",
    "Óvalo Gutiérrez",
    "Av. Brasil cdra. 14 · sur",
)


def _add_cases(
    server: InMemoryServer, cameras: Sequence[Camera], count: int, clock: Clock
) -> None:
    for place in range(count if cameras else 0):
        camera = cameras[place % len(cameras)]
        make = red_light if place % 3 == 0 else speeding
        moment = clock.now() - timedelta(minutes=3 * place, seconds=7 * place)
        time = CaptureTime(stream_ns=0, monotonic_ns=0, wall=moment)
        server.add(make(camera_id=camera.id, occurred=time))
