"""The cameras that run, kept equal to those that the site wants."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from app.camera.credentials import Credentials
from app.camera.sources import sources_of
from app.config.camera import ConfigurationVersion
from app.decode.capture import Capture
from app.decode.mailbox import Mailbox
from app.decode.packets import MOST_RING_BYTES
from app.decode.picture import Picture
from app.domain.camera import Camera, CameraHealth, CameraState
from app.domain.clock import NS_PER_S, Clock
from app.domain.ids import CameraId
from app.domain.units import ns_from_seconds
from app.ports import SecretStore, Tracker
from app.runtime.camera_monitor import CameraMonitor
from app.runtime.inference import InferenceLoop
from app.runtime.judging import JudgeMaker
from app.runtime.lane import Lane
from app.runtime.metrics_report import CameraReport
from app.runtime.on_show import OnShow
from app.runtime.plate_desk import PlateDesk
from app.runtime.roster_plan import plan_roster
from app.runtime.segment import run_prefix, shared_folder
from app.runtime.showcase import Showcase
from app.runtime.site import SiteCamera
from app.runtime.stage_timing import DECODE, StageTimes
from app.runtime.watchdog import CAPTURE, WatchedStage
from app.runtime.watchdog_policy import Remedy

_SPARE_NS = 30 * NS_PER_S
_LEAST_KEPT_NS = 60 * NS_PER_S
_NO_PREVIEW = (
    "This computer has no shared memory left to show the camera; it is measured all "
    "the same. Enlarge /dev/shm, then start the engine again."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneParts:
    """What every camera is built from.

    `capture_allowed_s` is how long a capture may give no sign of life.
    """

    clock: Clock
    secrets: SecretStore
    tracker: Callable[[], Tracker]
    make_judge: JudgeMaker
    run_dir: Path
    times: StageTimes = field(default_factory=StageTimes)
    capture_allowed_s: float = 30.0


@dataclass(frozen=True, slots=True)
class _Running:
    camera: Camera
    lane: Lane
    capture: Capture
    showcase: Showcase


class Roster:
    """Starts, reconfigures and stops cameras; one caller at a time."""

    def __init__(
        self, parts: LaneParts, inference: InferenceLoop, plates: PlateDesk
    ) -> None:
        """Start without cameras."""
        self._parts = parts
        self._inference = inference
        self._plates = plates
        self._lock = threading.Lock()
        self._running: dict[CameraId, _Running] = {}
        self._disabled: tuple[CameraId, ...] = ()
        self._ending: list[Capture] = []
        self._started = 0
        self._renewed: set[CameraId] = set()
        self._wishes: dict[CameraId, tuple[int, int]] = {}
        self._most_bytes = MOST_RING_BYTES

    def apply(self, site: list[SiteCamera]) -> None:
        """Make the running cameras those of `site`."""
        self._ending = [capture for capture in self._ending if capture.alive]
        with self._lock:
            running = {key: entry.camera for key, entry in self._running.items()}
            self._disabled = tuple(c.id for c, _ in site if not c.enabled)
            known = {camera.id for camera, _ in site}
            self._wishes = {c: px for c, px in self._wishes.items() if c in known}
            renewed, self._renewed = self._renewed & running.keys(), set()
        for camera_id in renewed:
            del running[camera_id]
            self._stop(camera_id)
        plan = plan_roster(running, site)
        for camera_id in plan.stop:
            self._stop(camera_id)
        for camera, version in plan.start:
            self._start(camera, version)
        for camera, version in plan.reconfigure:
            self._running[camera.id].lane.reconfigure(camera, version)

    def health(self) -> tuple[CameraHealth, ...]:
        """Return the health of every camera, disabled ones too."""
        with self._lock:
            entries = tuple(self._running.values())
            disabled = self._disabled
        return tuple(entry.lane.monitor.health() for entry in entries) + tuple(
            CameraHealth(
                camera_id=camera_id,
                state=CameraState.DISABLED,
                message="The camera is switched off.",
            )
            for camera_id in disabled
        )

    def segments(self) -> dict[CameraId, Path]:
        """Return where each camera's preview lies."""
        with self._lock:
            paths = {c: entry.showcase.path for c, entry in self._running.items()}
        return {c: path for c, path in paths.items() if path is not None}

    def request_size(self, camera_id: CameraId, width_px: int, height_px: int) -> None:
        """Show a camera at about this size, now and whenever it is begun anew.

        A desktop says what it wants once, perhaps before the site is loaded.
        """
        with self._lock:
            self._wishes[camera_id] = (width_px, height_px)
            entry = self._running.get(camera_id)
        if entry is not None:
            entry.showcase.request_size(width_px, height_px)

    def renew(self, camera_id: CameraId) -> None:
        """Have the next `apply` begin a camera anew; from any thread."""
        with self._lock:
            self._renewed.add(camera_id)

    def watched(self) -> list[WatchedStage]:
        """Return the captures' signs of life."""
        return [
            WatchedStage(
                stage=CAPTURE,
                pulse=pulse,
                allowed_s=self._parts.capture_allowed_s,
                remedy=Remedy.REPLACE,
                camera_id=entry.camera.id,
            )
            for entry in self._entries()
            for pulse in entry.capture.pulses
        ]

    def share_memory(self, budget_bytes: int) -> None:
        """Divide what may be kept for evidence evenly among the cameras."""
        entries = self._entries()
        share_bytes = budget_bytes // max(1, len(entries))
        self._most_bytes = min(MOST_RING_BYTES, share_bytes)
        for entry in entries:
            entry.capture.limit(self._most_bytes)

    def reports(self) -> list[CameraReport]:
        """Return what is known of each running camera, for the metrics."""
        return [
            CameraReport(
                name=entry.lane.camera.name,
                health=entry.lane.monitor.health(),
                drops=entry.lane.monitor.drops,
                kept_bytes=entry.capture.kept_bytes,
            )
            for entry in self._entries()
        ]

    @property
    def abandoned(self) -> int:
        """Captures that were told to end and have not ended."""
        return sum(capture.alive for capture in self._ending)

    def halt(self) -> None:
        """Ask every capture to end, and let evidence stop waiting for packets."""
        for entry in self._entries():
            entry.capture.stop()

    def close(self, timeout_s: float) -> None:
        """Drop all cameras; inference must have stopped. Wait for the captures."""
        for camera_id in tuple(self._running):
            self._stop(camera_id)
        deadline_ns = self._parts.clock.monotonic_ns() + ns_from_seconds(timeout_s)
        for capture in self._ending:
            left_ns = deadline_ns - self._parts.clock.monotonic_ns()
            capture.join(max(0.0, left_ns / NS_PER_S))

    def _start(self, camera: Camera, version: ConfigurationVersion | None) -> None:
        parts = self._parts
        monitor = CameraMonitor(camera.id, parts.clock)
        showcase = Showcase(self._segment_path(camera.id))
        lane = Lane(
            camera,
            version,
            tracker=parts.tracker(),
            make_judge=parts.make_judge,
            monitor=monitor,
        )
        events = OnShow(monitor, lane.overlay, showcase)
        mailbox = Mailbox[Picture](announce=self._inference.announce)
        stop = threading.Event()
        main, second = sources_of(
            camera, self._credentials_of(camera), parts.clock, stop
        )
        capture = Capture(
            camera.id,
            main,
            stop,
            mailbox,
            events,
            keep_ns=_kept_ns(version),
            second=second,
            clock=parts.clock,
            decode_took=partial(parts.times.observe, camera.id, DECODE),
        )
        capture.limit(self._most_bytes)
        with self._lock:
            self._running[camera.id] = _Running(camera, lane, capture, showcase)
            wish = self._wishes.get(camera.id)
        if wish is not None:
            showcase.request_size(*wish)
        if showcase.path is None:
            monitor.preview_remark(_NO_PREVIEW)
        self._inference.add(camera.id, lane, mailbox)
        capture.start()

    def _stop(self, camera_id: CameraId) -> None:
        with self._lock:
            entry = self._running.pop(camera_id)
        entry.capture.stop()
        self._inference.remove(camera_id)
        self._plates.forget(camera_id)
        self._parts.times.forget(camera_id)
        entry.showcase.close()
        self._ending.append(entry.capture)

    def _entries(self) -> tuple[_Running, ...]:
        with self._lock:
            return tuple(self._running.values())

    def _segment_path(self, camera_id: CameraId) -> Path:
        self._started += 1
        name = f"{run_prefix(self._parts.run_dir)}{camera_id.hex}-{self._started}"
        return shared_folder() / name

    def _credentials_of(self, camera: Camera) -> Callable[[], Credentials | None]:
        def credentials() -> Credentials | None:
            if camera.credential_ref is None:
                return None
            entry = self._parts.secrets.get(camera.credential_ref)
            return None if entry is None else Credentials(*entry)

        return credentials


def _kept_ns(version: ConfigurationVersion | None) -> int:
    if version is None:
        return _LEAST_KEPT_NS
    rolls_s = version.body.pre_roll_s + version.body.post_roll_s
    return max(_LEAST_KEPT_NS, ns_from_seconds(rolls_s) + _SPARE_NS)
