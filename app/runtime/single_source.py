"""One recording or camera, headless: what would the product see in it?"""

import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import UUID

from app.camera.faults import place_of
from app.camera.source import CameraSource, Pace
from app.config.camera import ConfigurationVersion
from app.decode.capture import Capture
from app.decode.mailbox import Mailbox
from app.decode.picture import Picture, Session
from app.domain.camera import Camera
from app.domain.clock import NS_PER_S, Clock
from app.domain.detection import Tracks
from app.domain.errors import CameraUnreachable
from app.domain.ids import CameraId, EngineId, TrackId
from app.domain.vehicle import VehicleClass
from app.ports import Detector, PlateReader, Tracker
from app.rule.judge import CameraJudge
from app.runtime.camera_monitor import CameraMonitor
from app.runtime.evidence_desk import EvidenceDesk, InfractionRecorder
from app.runtime.inference import InferenceLoop
from app.runtime.lane import Lane
from app.runtime.pipeline import Maker, Pipeline
from app.runtime.plate_desk import PlateDesk
from app.runtime.schedule import FairTurn

_POLL_S = 0.2
_NOBODY = EngineId(UUID(int=0))
_SOURCE_ID = CameraId(UUID(int=0))


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceParts:
    """What a headless run is made of.

    Without `configuration` nothing is measured; `recorder` is then never called.
    """

    clock: Clock
    detector: Detector
    tracker: Callable[[], Tracker]
    recorder: InfractionRecorder
    plate_reader: Callable[[], PlateReader | None] = lambda: None
    configuration: ConfigurationVersion | None = None
    engine_id: EngineId = _NOBODY
    software_version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceReport:
    """What a run saw; rates are frames per second of this computer's time.

    `tracks_by_class` counts each track once, in the class it was seen as most often.
    `stream_s` is the length of the video that was worked on.
    """

    source: str
    model_name: str
    device: str
    frames_decoded: int
    frames_detected: int
    frames_dropped: int
    drops_by_reason: Mapping[str, int]
    detections: int
    tracks: int
    tracks_by_class: Mapping[str, int]
    infractions: int
    stream_s: float
    duration_s: float
    decoded_fps: float
    detected_fps: float

    def to_json(self) -> dict[str, object]:
        """Return the report for `json.dump`."""
        return asdict(self)


class _Tally:
    """Counts the tracks of a run, on the inference thread."""

    def __init__(self) -> None:
        self.classes: dict[TrackId, Counter[VehicleClass]] = {}
        self.first_ns: int | None = None
        self.last_ns = 0

    def add(self, picture: Picture, tracks: Tracks) -> None:
        stream_ns = picture.time.stream_ns
        self.first_ns = stream_ns if self.first_ns is None else self.first_ns
        self.last_ns = stream_ns
        for vehicle in tracks:
            seen = self.classes.setdefault(vehicle.track_id, Counter())
            seen[vehicle.vehicle_class] += 1

    def by_class(self) -> dict[str, int]:
        majority = Counter(c.most_common(1)[0][0] for c in self.classes.values())
        return {kind.name.lower(): majority[kind] for kind in sorted(majority)}

    @property
    def stream_s(self) -> float:
        return (self.last_ns - (self.first_ns or 0)) / NS_PER_S


class _Ends:
    """A camera's monitor that also remembers how the only session ended."""

    def __init__(self, monitor: CameraMonitor) -> None:
        self._monitor = monitor
        self.message = ""
        self.opened = False
        self.over = threading.Event()

    def session_began(self, session: Session) -> None:
        self.opened = True
        self._monitor.session_began(session)

    def received(self, picture: Picture) -> None:
        self._monitor.received(picture)

    def dropped(self, reason: str, count: int = 1) -> None:
        self._monitor.dropped(reason, count)

    def session_lost(self, message: str, retry_in_s: float | None) -> None:
        self._monitor.session_lost(message, retry_in_s)
        self.message = message
        self.over.set()


def run_single_source(
    parts: SourceParts, source: str, *, stop: threading.Event | None = None
) -> SourceReport:
    """Work `source` through to its end, or until `stop`, and report.

    A recording is worked through frame by frame, as fast as it goes, dropping none; a
    URL is watched live, newest frame first, until it breaks off.
    Raises CameraUnreachable when it cannot be opened.
    """
    run = _Run(parts, source, stop or threading.Event())
    try:
        return run.to_the_end()
    finally:
        run.close()


class _Run:
    """The joined stages of one headless run."""

    def __init__(self, parts: SourceParts, source: str, stop: threading.Event) -> None:
        live = "://" in source
        self._parts = parts
        self._source = source
        self._stop = stop
        self._monitor = CameraMonitor(_SOURCE_ID, parts.clock)
        self._ends = _Ends(self._monitor)
        self._tally = _Tally()
        self._plates = PlateDesk(parts.plate_reader, lossless=not live)
        self._desk = EvidenceDesk(parts.recorder)
        maker = Maker(parts.engine_id, parts.software_version)
        self._inference = InferenceLoop(
            Pipeline(maker, parts.detector, self._plates, self._desk),
            parts.clock,
            FairTurn() if live else FairTurn(stale_after_ns=None),
            seen=self._tally.add,
        )
        self._mailbox = Mailbox[Picture](
            lossless=not live, announce=self._inference.announce
        )
        self._capture = self._made_capture(live)

    def to_the_end(self) -> SourceReport:
        began_ns = self._parts.clock.monotonic_ns()
        self._inference.add(_SOURCE_ID, self._made_lane(), self._mailbox)
        self._inference.start()
        self._capture.start()
        while not self._ends.over.wait(_POLL_S) and not self._stop.is_set():
            pass
        if not self._ends.opened and not self._stop.is_set():
            raise CameraUnreachable(self._ends.message)
        self._finish()
        elapsed_ns = self._parts.clock.monotonic_ns() - began_ns
        return self._report(elapsed_ns / NS_PER_S)

    def close(self) -> None:
        self._capture.stop()
        self._inference.stop()
        self._plates.close()
        self._desk.close()
        self._capture.join(1.0)

    def _made_capture(self, live: bool) -> Capture:
        pace = Pace.LIVE if live else Pace.FAST
        clock = self._parts.clock
        camera = CameraSource(self._source, lambda: None, clock, self._stop, pace=pace)
        return Capture(_SOURCE_ID, camera, self._stop, self._mailbox, self._ends)

    def _made_lane(self) -> Lane:
        return Lane(
            Camera(
                id=_SOURCE_ID,
                name=_name_of(self._source),
                location="",
                url=self._source,
            ),
            self._parts.configuration,
            tracker=self._parts.tracker(),
            make_judge=CameraJudge,
            monitor=self._monitor,
            showcase=None,
        )

    def _finish(self) -> None:
        """Let what was decoded go all the way to the store."""
        while self._mailbox.peek() is not None and not self._stop.is_set():
            self._inference.announce()
            self._stop.wait(0.01)
        self._inference.remove(_SOURCE_ID)
        if not self._stop.is_set():
            self._plates.drain()
            self._desk.drain()

    def _report(self, duration_s: float) -> SourceReport:
        health = self._monitor.health()
        return SourceReport(
            source=_name_of(self._source),
            model_name=self._parts.detector.model_name,
            device=self._parts.detector.device,
            frames_decoded=health.frames_received,
            frames_detected=health.frames_detected,
            frames_dropped=health.frames_dropped,
            drops_by_reason=self._monitor.drops,
            detections=health.detections,
            tracks=len(self._tally.classes),
            tracks_by_class=self._tally.by_class(),
            infractions=self._desk.recorded,
            stream_s=round(self._tally.stream_s, 3),
            duration_s=round(duration_s, 3),
            decoded_fps=round(health.frames_received / duration_s, 2),
            detected_fps=round(health.frames_detected / duration_s, 2),
        )


def _name_of(source: str) -> str:
    return place_of(source) if "://" in source else Path(source).name
