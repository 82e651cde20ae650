"""The stages of the pipeline joined for one source, without a database."""

import threading
from pathlib import Path

from app.camera.faults import place_of
from app.camera.source import CameraSource, Pace
from app.decode.capture import Capture
from app.decode.mailbox import Mailbox
from app.decode.picture import Picture
from app.domain.clock import NS_PER_S
from app.domain.detection import Tracks
from app.domain.errors import CameraUnreachable
from app.runtime.camera_monitor import CameraMonitor
from app.runtime.evidence_desk import EvidenceDesk
from app.runtime.inference import InferenceLoop
from app.runtime.lane import Lane
from app.runtime.pacing import EVERY_PICTURE, Pacing
from app.runtime.pipeline import Maker, Pipeline
from app.runtime.plate_desk import PlateDesk
from app.runtime.source_ends import SourceEnds
from app.runtime.source_parts import SourceParts
from app.runtime.source_report import SourceReport, SourceTally

_POLL_S = 0.2
_PATIENCE_S = 600.0
_MOST_UNRECORDED = 16


class SourceRun:
    """One run over one source: `to_the_end` once, then `close`."""

    def __init__(self, parts: SourceParts, source: str, stop: threading.Event) -> None:
        """Join the stages; nothing is opened yet."""
        live = "://" in source
        self._parts = parts
        self._source = source
        self._stop = stop
        self._capture_stop = threading.Event()
        self._failure: Exception | None = None
        self._camera = parts.camera_of(source, _name_of(source))
        self._monitor = CameraMonitor(self._camera.id, parts.clock)
        self._ends = SourceEnds(self._monitor)
        self._tally = SourceTally()
        self._plates = PlateDesk(parts.plate_reader, lossless=not live)
        self._desk = _made_desk(parts, live=live)
        maker = Maker(parts.engine_id, parts.software_version)
        self._inference = InferenceLoop(
            Pipeline(maker, parts.detector, self._plates, self._desk),
            parts.clock,
            Pacing() if live else Pacing(EVERY_PICTURE),
            seen=self._seen,
        )
        self._mailbox = Mailbox[Picture](
            lossless=not live, announce=self._inference.announce
        )
        self._capture = self._made_capture(live)

    def to_the_end(self) -> SourceReport:
        """Work until the source ends or is stopped; see `run_single_source`.

        Raises what `SourceParts.seen` raised: there is no use in going on.
        """
        began_ns = self._parts.clock.monotonic_ns()
        self._inference.add(self._camera.id, self._made_lane(), self._mailbox)
        self._inference.start()
        self._capture.start()
        while not self._ends.over.wait(_POLL_S) and not self._stopped:
            pass
        if not self._ends.opened and not self._stopped:
            raise CameraUnreachable(self._ends.message)
        self._finish()
        if self._failure is not None:
            raise self._failure
        elapsed_ns = self._parts.clock.monotonic_ns() - began_ns
        return self._report(elapsed_ns / NS_PER_S)

    def close(self) -> None:
        """End the threads."""
        self._capture.stop()
        self._inference.stop()
        self._plates.close()
        self._desk.close()
        self._capture.join(1.0)

    def _made_capture(self, live: bool) -> Capture:
        camera = CameraSource(
            self._source,
            lambda: None,
            self._parts.clock,
            self._capture_stop,
            pace=Pace.LIVE if live else Pace.FAST,
            recorded_from=self._parts.recorded_from,
        )
        stop = self._capture_stop
        return Capture(self._camera.id, camera, stop, self._mailbox, self._ends)

    def _made_lane(self) -> Lane:
        return Lane(
            self._camera,
            self._parts.configuration,
            tracker=self._parts.tracker(),
            make_judge=self._parts.make_judge,
            monitor=self._monitor,
        )

    def _seen(self, picture: Picture, tracks: Tracks) -> None:
        self._tally.add(picture, tracks)
        try:
            if self._parts.seen is not None and self._failure is None:
                self._parts.seen(picture, tracks)
        except Exception as error:  # noqa: BLE001 - raised where the run was asked for
            self._failure = error
        self._let_evidence_catch_up()

    @property
    def _stopped(self) -> bool:
        return self._stop.is_set() or self._failure is not None

    def _let_evidence_catch_up(self) -> None:
        """Read no further while many cases wait to be made: the ring forgets."""
        while self._desk.unrecorded > _MOST_UNRECORDED and not self._stopped:
            self._stop.wait(0.02)

    def _finish(self) -> None:
        """Let what was decoded go all the way to the store."""
        while not self._inference.idle and not self._stopped:
            self._inference.announce()
            self._stop.wait(0.01)
        self._inference.remove(self._camera.id)
        if not self._stopped:
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
            tracks=self._tally.tracks,
            tracks_by_class=self._tally.by_class(),
            infractions=self._desk.recorded,
            cases_failed=self._desk.failed,
            stream_s=round(self._tally.stream_s, 3),
            duration_s=round(duration_s, 3),
            decoded_fps=round(health.frames_received / duration_s, 2),
            detected_fps=round(health.frames_detected / duration_s, 2),
            ending=self._ends.message,
        )


def _made_desk(parts: SourceParts, *, live: bool) -> EvidenceDesk:
    """A recording's packets come as fast as it is worked on: that may be slow."""
    if live:
        return EvidenceDesk(parts.recorder)
    return EvidenceDesk(parts.recorder, patience_s=_PATIENCE_S)


def _name_of(source: str) -> str:
    """Return a name for reports that holds no password."""
    return place_of(source) if "://" in source else Path(source).name
