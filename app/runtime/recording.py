"""A recording, worked through by the engine's own pipeline, and what comes of it."""

import hashlib
import json
import shutil
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from app.camera.recording_file import RecordingFile, look_at
from app.decode.picture import Picture
from app.domain.camera import Camera
from app.domain.clock import NS_PER_S, Clock
from app.domain.detection import Tracks
from app.domain.errors import ConfigurationInvalid
from app.domain.ids import EngineId, Sha256, new_uuid
from app.evidence.manifest import canonical_sha256
from app.evidence.store import LocalEvidenceStore
from app.ports import Detector, EvidenceStore, InfractionSink, PlateReader, Tracker
from app.runtime.evidence_desk import InfractionRecorder
from app.runtime.recording_folder import RecordingFolder
from app.runtime.recording_infractions import InfractionList, write_infractions
from app.runtime.recording_job import (
    RecordingJob,
    RecordingListener,
    RecordingProgress,
    WallTime,
)
from app.runtime.recording_tracks import open_track_writer, require_format
from app.runtime.recording_watch import RecordingWatch
from app.runtime.single_source import SourceParts, SourceReport, run_single_source

SCHEMA_VERSION = 1
_TELL_EVERY_NS = NS_PER_S // 4
_LARGEST_ASPECT_ERROR = 0.02
_NOTHING_MISSING = "The recording ended."
_MISSING_SHARE = 0.01
_MISSING_FRAMES = 5
_LEAST_TAIL_S = 1.0

RecorderMaker = Callable[[EvidenceStore, InfractionSink, Path], InfractionRecorder]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysisParts:
    """What all recordings of a run share; the same parts as the engine's."""

    clock: Clock
    detector: Detector
    tracker: Callable[[], Tracker]
    plate_reader: Callable[[], PlateReader | None]
    make_recorder: RecorderMaker
    software_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingOutcome:
    """Where the results lie; `fresh` is false when an earlier run had made them.

    `summary` is the content of summary.json.
    """

    folder: Path
    summary: dict[str, Any]
    fresh: bool

    @property
    def complete(self) -> bool:
        """Whether the whole file was worked on."""
        return bool(self.summary["complete"])


def analyse_recording(
    parts: AnalysisParts,
    job: RecordingJob,
    *,
    stop: threading.Event,
    tell: RecordingListener = lambda _: None,
) -> RecordingOutcome:
    """Work a recording through, every picture of it, and write what was found.

    What was there from the same run is left as it is. Raises CameraUnreachable when
    the file is no video, ConfigurationInvalid when it cannot be measured with.
    """
    require_format(job.tracks)
    recording = look_at(job.video)
    _require_same_shape(job, recording)
    folder = RecordingFolder(job.out, job.video, _identity(parts, job, recording))
    known = folder.finished()
    if known is not None:
        return RecordingOutcome(folder=folder.final, summary=known, fresh=False)
    folder.begin()
    try:
        return _Analysis(parts, job, recording, folder, stop, tell).run()
    finally:
        folder.release()


class _Analysis:
    """One recording on its way to its results."""

    def __init__(
        self,
        parts: AnalysisParts,
        job: RecordingJob,
        recording: RecordingFile,
        folder: RecordingFolder,
        stop: threading.Event,
        tell: RecordingListener,
    ) -> None:
        self._parts = parts
        self._job = job
        self._recording = recording
        self._folder = folder
        self._stop = stop
        self._tell = tell
        self._found = InfractionList()
        self._store = LocalEvidenceStore(folder.partial / "evidence")
        self._version = job.camera.in_force if job.camera else None
        self._start, self._wall_time = job.began(recording.created_at)

    def run(self) -> RecordingOutcome:
        partial = self._folder.partial
        body = self._version.body if self._version else None
        with closing(open_track_writer(self._job.tracks, partial)) as writer:
            watch = RecordingWatch(self._camera_name, body, writer)
            report = self._work(watch)
        found = self._found.in_order()
        write_infractions(
            partial, found, self._store, camera=self._camera_name, head=self._head()
        )
        summary = self._summary(report, watch)
        keep = self._folder.leave if self._stop.is_set() else self._folder.complete
        return RecordingOutcome(folder=keep(summary), summary=summary, fresh=True)

    def _work(self, watch: RecordingWatch) -> SourceReport:
        work_dir = self._folder.partial / "work"
        source = SourceParts(
            clock=self._parts.clock,
            detector=self._parts.detector,
            tracker=self._parts.tracker,
            recorder=self._parts.make_recorder(self._store, self._found, work_dir),
            plate_reader=self._parts.plate_reader,
            make_judge=watch.make_judge,
            configuration=self._version,
            camera=self._camera(),
            recorded_from=self._start,
            seen=_Telling(self, watch).seen,
            engine_id=EngineId(new_uuid()),
            software_version=self._parts.software_version,
        )
        report = run_single_source(source, str(self._job.video), stop=self._stop)
        shutil.rmtree(work_dir, ignore_errors=True)
        return report

    def progress(self, watch: RecordingWatch, elapsed_ns: int) -> None:
        """Tell how far it is."""
        length_s = self._recording.duration_s
        share = min(1.0, watch.reached_s / length_s) if length_s else None
        self._tell(
            RecordingProgress(
                frames=watch.frames,
                reached_s=watch.reached_s,
                share=share,
                fps=watch.frames * NS_PER_S / max(1, elapsed_ns),
                infractions=len(self._found),
            )
        )

    @property
    def clock(self) -> Clock:
        """The time of this computer."""
        return self._parts.clock

    @property
    def _camera_name(self) -> str:
        return self._job.camera.name if self._job.camera else self._job.video.stem

    def _camera(self) -> Camera | None:
        """Return the camera for the evidence; its address names the file by hash."""
        camera = self._job.camera
        if camera is None:
            return None
        name = quote(self._job.video.name)
        return Camera(
            id=camera.camera_id,
            name=camera.name,
            location=camera.location,
            url=f"recording:{name}#sha256={self._recording.sha256}",
        )

    def _head(self) -> dict[str, Any]:
        unknown = self._wall_time is WallTime.UNKNOWN
        return {
            "source": {
                "file": self._job.video.name,
                "sha256": self._recording.sha256,
                "size_bytes": self._recording.size_bytes,
            },
            "wall_time": {
                "source": self._wall_time.value,
                "start": None if unknown else self._start.isoformat(),
            },
            "measured": self._version is not None,
        }

    def _summary(self, report: SourceReport, watch: RecordingWatch) -> dict[str, Any]:
        ending = self._ending(report, watch.reached_s)
        size = (self._recording.width_px, self._recording.height_px)
        return {
            "schema_version": SCHEMA_VERSION,
            **self._head(),
            "complete": ending == _NOTHING_MISSING,
            "ending": ending,
            "picture_px": list(size),
            "frames_stated": self._recording.frame_count,
            "seconds_stated": self._recording.duration_s,
            "reached_s": round(watch.reached_s, 3),
            "frames_decoded": report.frames_decoded,
            "frames_looked_at": report.frames_detected,
            "frames_dropped": dict(report.drops_by_reason),
            "seconds_worked": round(report.duration_s, 2),
            "frames_per_s": round(report.detected_fps, 2),
            "times_real_time": round(report.stream_s / report.duration_s, 2),
            "detections": report.detections,
            "tracks": report.tracks,
            "tracks_by_class": dict(report.tracks_by_class),
            "track_rows": watch.rows,
            "infractions": len(self._found),
            "infractions_by_kind": self._by_kind(),
            "cases_failed": report.cases_failed,
            "model": {
                "name": report.model_name,
                "sha256": self._parts.detector.model_sha256,
                "device": report.device,
            },
            "configuration": self._configuration(),
            "software_version": self._parts.software_version,
        }

    def _by_kind(self) -> dict[str, int]:
        kinds = [infraction.kind.value for infraction in self._found.in_order()]
        return {kind: kinds.count(kind) for kind in sorted(set(kinds))}

    def _configuration(self) -> dict[str, Any] | None:
        version = self._version
        if version is None:
            return None
        return {
            "camera": self._camera_name,
            "id": version.id,
            "version": version.version,
            "sha256": canonical_sha256(version.body),
        }

    def _ending(self, report: SourceReport, reached_s: float) -> str:
        """Say why the work ended, in a sentence."""
        if self._stop.is_set():
            return "The analysis was interrupted; what it had is kept."
        if report.ending != _NOTHING_MISSING:
            return f"The file breaks off: {report.ending}"
        length_s = self._recording.duration_s
        if length_s is not None and reached_s + _LEAST_TAIL_S < length_s:
            return f"The file breaks off after {reached_s:.1f} of {length_s:.1f} s."
        lost = self._lost(report)
        return f"Pictures damaged and left out: {lost}." if lost else _NOTHING_MISSING

    def _lost(self, report: SourceReport) -> int:
        """Return how many pictures should have been there, and were not."""
        stated = self._recording.frame_count or 0
        missing = stated - report.frames_decoded
        if missing <= max(_MISSING_FRAMES, stated * _MISSING_SHARE):
            missing = 0
        return max(missing, report.frames_dropped)


class _Telling:
    """Writes rows and tells the progress, a few times a second."""

    def __init__(self, analysis: _Analysis, watch: RecordingWatch) -> None:
        self._analysis = analysis
        self._watch = watch
        self._began_ns = self._told_ns = analysis.clock.monotonic_ns()
        self._write = watch.seen

    def seen(self, picture: Picture, tracks: Tracks) -> None:
        self._write(picture, tracks)
        now_ns = self._analysis.clock.monotonic_ns()
        if now_ns - self._told_ns >= _TELL_EVERY_NS:
            self._told_ns = now_ns
            self._analysis.progress(self._watch, now_ns - self._began_ns)


def _identity(
    parts: AnalysisParts, job: RecordingJob, recording: RecordingFile
) -> Sha256:
    """Hash all that the results follow from."""
    camera = job.camera
    start: datetime | None = job.start
    made_of = {
        "video": recording.sha256,
        "camera": camera and [camera.name, camera.location],
        "configuration": camera and canonical_sha256(camera.in_force),
        "start": start and start.isoformat(),
        "tracks": job.tracks,
        "model": parts.detector.model_sha256,
        "device": parts.detector.device,
        "software": parts.software_version,
    }
    text = json.dumps(made_of, sort_keys=True)
    return Sha256(hashlib.sha256(text.encode()).hexdigest())


def _require_same_shape(job: RecordingJob, recording: RecordingFile) -> None:
    if job.camera is None:
        return
    body = job.camera.in_force.body
    wanted = body.image_width_px / body.image_height_px
    shape = recording.width_px / recording.height_px
    if abs(shape / wanted - 1) > _LARGEST_ASPECT_ERROR:
        raise ConfigurationInvalid(
            f"{recording.path.name} is {recording.width_px} × {recording.height_px}, "
            f"but “{job.camera.name}” was calibrated on {body.image_width_px} × "
            f"{body.image_height_px}: another shape. Choose the camera that took it."
        )
