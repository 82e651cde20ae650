"""What analyses recordings and single sources, put together."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from app.bootstrap.detector import detector_maker
from app.config.paths import Paths
from app.config.secret_store import open_secret_store
from app.domain.clock import Clock, SystemClock
from app.ports import EvidenceStore, InfractionSink, PlateReader
from app.version import VERSION

if TYPE_CHECKING:
    from app.domain.infraction import Infraction
    from app.evidence.recorder import CaptureRequest
    from app.runtime.recording import AnalysisParts
    from app.runtime.recording_batch import BatchListener, BatchResult
    from app.runtime.recording_job import RecordingJob
    from app.runtime.single_source import SourceReport


def analyse_source(
    paths: Paths,
    source: str,
    model: str | None,
    clock: Clock | None = None,
    plate_reader: Callable[[], PlateReader | None] = lambda: None,
) -> "SourceReport":
    """Run the pipeline over one recording or camera, without a database."""
    from app.runtime.signals import stop_on_signals
    from app.runtime.single_source import SourceParts, run_single_source
    from ml.track.tracker import ByteTracker

    stop = threading.Event()
    stop_on_signals(stop)
    with closing(detector_maker(paths, model)()) as detector:
        parts = SourceParts(
            clock=clock or SystemClock(),
            detector=detector,
            tracker=ByteTracker,
            recorder=_NothingToRecord(),
            software_version=VERSION,
            plate_reader=plate_reader,
        )
        return run_single_source(parts, source, stop=stop)


def analyse_recordings(
    paths: Paths,
    jobs: Sequence["RecordingJob"],
    listener: "BatchListener",
    *,
    model: str | None = None,
    follow_pid: int | None = None,
) -> "BatchResult":
    """Find the infractions of recordings, without database or other cameras."""
    from app.decode.opencv import work_alone
    from app.runtime.follow import follow
    from app.runtime.recording_batch import analyse_batch
    from app.runtime.signals import stop_on_signals

    work_alone()
    stop = threading.Event()
    stop_on_signals(stop)
    ended = threading.Event()
    if follow_pid is not None:
        follow(follow_pid, stop.set, ended)
    try:
        with _analysis_parts(paths, model) as parts:
            return analyse_batch(parts, jobs, listener, stop)
    finally:
        ended.set()


@contextmanager
def _analysis_parts(paths: Paths, model: str | None) -> Iterator["AnalysisParts"]:
    from app.evidence.recorder import Recorder
    from app.evidence.seal import open_sealer
    from app.report.catalogue import Catalogue
    from app.runtime.recording import AnalysisParts
    from app.runtime.sealing import origin_of
    from ml.plate.reader import open_plate_reader
    from ml.track.tracker import ByteTracker

    clock, catalogue = SystemClock(), Catalogue.load()
    zone, secrets = catalogue.zone, open_secret_store(paths)
    open_reader = partial(
        open_plate_reader, paths.models, country=catalogue.head.country
    )
    plate_reader = open_reader()
    origin = origin_of(plate_reader.networks)
    sealer = open_sealer(secrets, clock, origin.workstation, time_stamp=False)

    def make_recorder(
        store: EvidenceStore, sink: InfractionSink, work_dir: Path
    ) -> Recorder:
        return Recorder(
            store,
            sink,
            clock,
            work_dir,
            plate_reader=plate_reader,
            zone=zone,
            origin=origin,
            sealer=sealer,
        )

    with closing(detector_maker(paths, model)()) as detector:
        yield AnalysisParts(
            clock=clock,
            detector=detector,
            tracker=ByteTracker,
            plate_reader=open_reader,
            make_recorder=make_recorder,
            software_version=VERSION,
        )


class _NothingToRecord:
    """A recording without a configuration is not measured, so nothing is found."""

    def record(self, request: "CaptureRequest") -> "Infraction":
        return request.infraction

    def hurry(self) -> None:
        return
