"""The engine process: cameras in, cases out, until it is told to stop."""

import contextlib
import logging
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from app.config.paths import Paths
from app.domain.camera import EngineStatus
from app.domain.clock import NS_PER_S, Clock
from app.domain.errors import AlreadyRunning, DatabaseUnavailable, EnvironmentFault
from app.domain.ids import CameraId, EngineId
from app.domain.pulse import Pulse
from app.ports import Detector, PlateReader, PlateSink, SecretStore, Tracker
from app.rule.judge import CameraJudge
from app.runtime.control import ControlHandlers, ControlServer, sweep_control_files
from app.runtime.evidence_desk import EvidenceDesk, InfractionRecorder
from app.runtime.follow import follow
from app.runtime.inference import InferenceLoop
from app.runtime.judging import JudgeMaker
from app.runtime.memory_guard import MemoryGuard
from app.runtime.memory_policy import MemoryLimits
from app.runtime.metrics import render
from app.runtime.metrics_report import EngineReport, ProcessReport
from app.runtime.metrics_server import MetricsServer
from app.runtime.pacing import Pacing
from app.runtime.pipeline import Maker, Pipeline
from app.runtime.plate_desk import PlateDesk
from app.runtime.plate_log import KeepsNoPlates, PlateLog
from app.runtime.roster import LaneParts, Roster
from app.runtime.run_lock import RunLock
from app.runtime.segment import sweep
from app.runtime.site import CachedSite, EngineSite
from app.runtime.stage_timing import StageTimes
from app.runtime.status_codec import StatusReport
from app.runtime.supervision import Remedies, Supervision
from app.runtime.vital_signs import Patience, VitalSigns
from app.runtime.watchdog import WatchedStage

_log = logging.getLogger(__name__)
_MAKESHIFT = (
    "No network runs on this computer: vehicles are found by their motion only, and no "
    "infraction is recorded. Install Atalaya again, then run: python main.py models "
    "verify"
)

EXIT_FAULT = 3
EXIT_ALREADY_RUNNING = 4
EXIT_STUCK = 5
FAULT_FILE = "engine.fault"
_RELOAD_AFTER_S = 30.0
_RETRY_AFTER_S = 3.0
_TICK_S = 0.1
_SAVE_WITHIN_S = 3.5


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineParts:
    """Everything from outside that an engine is made of; see `app.bootstrap`.

    `detector`, `tracker` and `plate_reader` are called once each on start (the tracker
    once per camera). `follow_pid` is the process to end with, None to outlive all.
    `evidence_trouble` says why files wait here for the evidence store, empty if none.
    `times` is told how long stages take, by what is outside too.
    `forwarding` is the sign of life of a forwarder in this process. `plate_sink` takes
    the plates of all that passes. `metrics_port` is where the figures are served, 0 any
    free port, None nowhere. `abandon` ends the process at once with an exit code, when
    a stage that hangs keeps it from ending.
    """

    clock: Clock
    paths: Paths
    engine_id: EngineId
    software_version: str
    detector: Callable[[], Detector]
    tracker: Callable[[], Tracker]
    plate_reader: Callable[[], PlateReader | None]
    site: EngineSite
    recorder: InfractionRecorder
    secrets: SecretStore
    run_dir: Path
    database_online: Callable[[], bool]
    spooled: Callable[[], int]
    evidence_trouble: Callable[[], str] = str
    make_judge: JudgeMaker = CameraJudge
    follow_pid: int | None = None
    patience: Patience = field(default_factory=Patience)
    limits: MemoryLimits = field(default_factory=MemoryLimits.of_this_computer)
    times: StageTimes = field(default_factory=StageTimes)
    forwarding: Pulse | None = None
    plate_sink: PlateSink = field(default_factory=KeepsNoPlates)
    metrics_port: int | None = None
    abandon: Callable[[int], None] = os._exit


def run_engine(parts: EngineParts, *, stop: threading.Event) -> int:
    """Work until `stop` is set, a desktop says so, or the followed process is gone.

    Returns the exit code: 0, or EXIT_FAULT or EXIT_STUCK with a sentence in
    `FAULT_FILE` of the run folder, or EXIT_ALREADY_RUNNING.
    """
    try:
        lock = RunLock(parts.run_dir)
    except AlreadyRunning as fault:
        _log.error("%s", fault)
        return EXIT_ALREADY_RUNNING
    try:
        return _run_locked(parts, stop)
    finally:
        lock.release()


def _run_locked(parts: EngineParts, stop: threading.Event) -> int:
    fault_file = parts.run_dir / FAULT_FILE
    fault_file.unlink(missing_ok=True)
    sweep(parts.run_dir)
    sweep_control_files(parts.run_dir)
    try:
        with contextlib.closing(Engine(parts, stop)) as engine:
            engine.run()
    except EnvironmentFault as fault:
        _log.error("%s", fault)
        fault_file.write_text(str(fault), encoding="utf-8")
        return EXIT_FAULT
    if engine.gave_up:
        fault_file.write_text(engine.gave_up, encoding="utf-8")
        return EXIT_STUCK
    return 0


class Engine:
    """The joined stages; `close` leaves no thread, file or memory behind."""

    def __init__(self, parts: EngineParts, stop: threading.Event) -> None:
        """Load the model and open the control socket; cameras come with `run`."""
        self._parts = parts
        self._stop = stop
        self._changed = threading.Event()
        self._began_ns = parts.clock.monotonic_ns()
        self._site = CachedSite(parts.site, parts.paths.run / "site.json")
        self._detector = parts.detector()
        if parts.follow_pid is not None:
            follow(parts.follow_pid, stop.set, stop)
        self._times = parts.times
        self._signs = VitalSigns(parts.clock, parts.patience, parts.forwarding)
        signs = self._signs
        self._plate_log = PlateLog(parts.plate_sink)
        self._plates = PlateDesk(
            parts.plate_reader, pulse=signs.plates, tell=self._plate_log.add
        )
        self._desk = EvidenceDesk(
            parts.recorder,
            cutting=signs.cutting,
            recording=signs.recording,
            times=self._times,
        )
        maker = Maker(parts.engine_id, parts.software_version)
        pipeline = Pipeline(
            maker, self._detector, self._plates, self._desk, self._times
        )
        self._inference = InferenceLoop(
            pipeline,
            parts.clock,
            Pacing(),
            pulse=signs.inference,
            seeing=signs.detection,
        )
        lanes = _lane_parts(parts, self._times)
        self._roster = Roster(lanes, self._inference, self._plates)
        self.gave_up = ""
        """Why the engine ended itself; empty when it did not."""
        self._supervision = self._supervised()
        handlers = ControlHandlers(self.report, self._roster.request_size, stop.set)
        self._control = ControlServer(parts.run_dir, handlers)
        self._metrics = self._served()

    def run(self) -> None:
        """Serve the site's cameras, and follow its changes at once."""
        self._inference.start()
        stop_watching = self._parts.site.watch(self._changed.set)
        try:
            self._serve()
        finally:
            stop_watching()

    def report(self) -> StatusReport:
        """Return what the engine says of itself now."""
        return StatusReport(
            status=EngineStatus(
                engine_id=str(self._parts.engine_id),
                model_name=self._detector.model_name,
                device=self._detector.device,
                database_online=self._parts.database_online(),
                spooled=self._parts.spooled(),
                cameras=self._roster.health(),
            ),
            message=self.trouble() or self._supervision.message or self._remark(),
            segments=self._roster.segments(),
        )

    def _remark(self) -> str:
        if not self._detector.evidential:
            return _MAKESHIFT
        return self._parts.evidence_trouble()

    def close(self) -> None:
        """End within 3 s: what is being recorded first, idle waiting last.

        Only a case that is not stored yet may take longer: evidence is worth it.
        """
        self._supervision.close()
        if self._metrics is not None:
            self._metrics.close()
        self._roster.halt()
        if not self._inference.stop(timeout_s=0.8):
            _log.error("inference does not end; it is left behind")
        if not self._desk.close(timeout_s=_SAVE_WITHIN_S):
            _log.error("a case was still being recorded at the end")
        self._detector.close()
        self._plates.close(timeout_s=0.3)
        self._plate_log.close(timeout_s=0.3)
        self._roster.close(timeout_s=0.3)
        self._control.close()
        self._supervision.ended()

    @property
    def metrics_port(self) -> int | None:
        """Where the figures are served, None when nowhere."""
        return None if self._metrics is None else self._metrics.port

    def trouble(self) -> str:
        """Return why the engine does not do its work, empty when it does."""
        return self.gave_up or self._desk.message or self._inference.trouble

    def figures(self) -> EngineReport:
        """Return what is told to a monitoring system."""
        parts, desk = self._parts, self._desk
        return EngineReport(
            status=self.report().status,
            software_version=parts.software_version,
            model_sha256=self._detector.model_sha256,
            cameras=tuple(self._roster.reports()),
            times=self._times.snapshot(),
            queues={
                "cases to cut": desk.uncut,
                "cases to record": desk.unrecorded,
                "plates": self._plates.waiting,
                "plates to store": self._plate_log.waiting,
            },
            cases_recorded=desk.recorded,
            cases_failed=desk.failed,
            plate_reads_skipped=self._plates.skipped,
            plates_stored=self._plate_log.stored,
            plates_dropped=self._plate_log.dropped,
            stuck=self._supervision.stuck,
            captures_abandoned=self._roster.abandoned,
            process=ProcessReport.of_this(parts.clock, self._began_ns),
            memory_bound_bytes=parts.limits.resident,
            trouble=self.trouble(),
        )

    def _supervised(self) -> Supervision:
        def stages() -> list[WatchedStage]:
            own = self._signs.stages(evidence_full=self._desk.full)
            return own + self._roster.watched()

        remedies = Remedies(
            renew=self._renew,
            give_up=self._give_up,
            abandon=lambda: self._parts.abandon(EXIT_STUCK),
        )
        memory = MemoryGuard(self._parts.limits, self._roster.share_memory)
        return Supervision(self._parts.clock, stages, memory, remedies)

    def _served(self) -> MetricsServer | None:
        port = self._parts.metrics_port
        if port is None:
            return None
        try:
            return MetricsServer(port, lambda: render(self.figures), self.trouble)
        except AlreadyRunning as fault:
            _log.error("%s", fault)
            return None

    def _renew(self, camera_id: CameraId) -> None:
        self._roster.renew(camera_id)
        self._changed.set()

    def _give_up(self, sentence: str) -> None:
        self.gave_up = self.gave_up or sentence
        self._stop.set()
        # Whoever waits for a look that hangs, to stop its camera, waits no more.
        self._inference.stop(timeout_s=0.0)

    def _serve(self) -> None:
        due_ns = 0
        while not self._stop.wait(_TICK_S):
            now_ns = self._parts.clock.monotonic_ns()
            if now_ns >= due_ns or self._changed.is_set():
                self._changed.clear()
                with self._signs.site.working():
                    loaded = self._reload()
                wait_s = _RELOAD_AFTER_S if loaded else _RETRY_AFTER_S
                due_ns = now_ns + round(wait_s * NS_PER_S)

    def _reload(self) -> bool:
        try:
            site = self._site.load()
        except DatabaseUnavailable as fault:
            _log.warning("the site cannot be loaded: %s", fault)
            return False
        except Exception:  # noqa: BLE001 - the cameras that run go on
            _log.exception("loading the site failed")
            return False
        self._roster.apply(site)
        return True


def _lane_parts(parts: EngineParts, times: StageTimes) -> LaneParts:
    return LaneParts(
        clock=parts.clock,
        secrets=parts.secrets,
        tracker=parts.tracker,
        make_judge=parts.make_judge,
        run_dir=parts.run_dir,
        times=times,
        capture_allowed_s=parts.patience.capture_s,
    )
