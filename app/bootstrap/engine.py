"""The engine, put together."""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from app.bootstrap.database import engine_dsn
from app.bootstrap.detector import detector_maker
from app.config.paths import PROJECT, Paths
from app.config.secret_store import open_secret_store
from app.domain.clock import Clock, SystemClock
from app.domain.ids import EngineId, new_uuid
from app.domain.pulse import Pulse
from app.ports import EvidenceStore, SecretStore
from app.version import VERSION

if TYPE_CHECKING:
    from app.evidence.recorder import Recorder
    from app.evidence.spool import Spool
    from app.report.catalogue import Catalogue
    from app.runtime.anchoring import Anchoring
    from app.runtime.engine import EngineParts
    from app.runtime.sealing import Sealing
    from db.engine_gateway import EngineGateway
    from ml.plate.reader import TrackPlateReader


def engine_command(
    paths: Paths, dsn: str, model: str | None = None, metrics_port: int = 0
) -> list[str]:
    """Return the command line of the engine; `dsn` must hold no password."""
    chosen = ["--model", model] if model else []
    chosen += ["--metrics-port", str(metrics_port)] if metrics_port else []
    main = str(PROJECT / "main.py")
    home = ["--home", str(paths.root)]
    return [sys.executable, main, "engine", *home, "--dsn", dsn, *chosen]


def engine_run_dir(paths: Paths) -> Path:
    """Return the folder of the engine's sockets and locks."""
    folder = paths.run / "engine"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def run_engine_process(
    paths: Paths,
    dsn: str,
    *,
    model: str | None = None,
    follow_pid: int | None = None,
    metrics_port: int | None = None,
) -> int:
    """Run the engine until it is told to stop; return its exit code."""
    from app.decode.opencv import work_alone
    from app.runtime.allocator import use_few_heaps
    from app.runtime.engine import run_engine
    from app.runtime.signals import stop_on_signals

    use_few_heaps()
    work_alone()
    stop = threading.Event()
    stop_on_signals(stop)
    with _engine_parts(paths, dsn, model, follow_pid) as parts:
        served = replace(parts, metrics_port=metrics_port)
        return run_engine(served, stop=stop)


@contextmanager
def _engine_parts(
    paths: Paths, dsn: str, model: str | None, follow_pid: int | None
) -> Iterator["EngineParts"]:
    from app.evidence.open_store import open_evidence
    from app.evidence.spool import Forwarder, Spool
    from app.report.catalogue import Catalogue
    from app.runtime.engine import EngineParts
    from app.runtime.sealing import sealing
    from app.runtime.stage_timing import StageTimes
    from app.runtime.timed_sink import TimedSink
    from db.engine_gateway import EngineGateway
    from ml.plate.reader import open_plate_reader
    from ml.track.tracker import ByteTracker

    clock, secrets = SystemClock(), open_secret_store(paths)
    evidence = open_evidence(paths, secrets)
    with (
        evidence.forwarding(),
        closing(EngineGateway(engine_dsn(dsn, secrets))) as gateway,
        closing(Spool(paths.spool / "spool.sqlite", clock)) as spool,
        closing(_anchoring(paths, gateway, secrets, clock)),
        sealing(paths, evidence.store, secrets, clock, gateway) as seals,
    ):
        times, forwarding = StageTimes(), Pulse(clock)
        sink = TimedSink(seals.sink, times)
        forwarder = Forwarder(
            spool, sink, clock, probe=seals.sink.probe, pulse=forwarding
        )
        forwarder.start()
        catalogue = Catalogue.load()
        open_reader = partial(
            open_plate_reader, paths.models, country=catalogue.head.country
        )
        recorder = _sealing_recorder(
            paths, evidence.store, spool, catalogue, open_reader(), seals, clock
        )
        engine_id = EngineId(new_uuid())
        try:
            yield EngineParts(
                clock=clock,
                paths=paths,
                engine_id=engine_id,
                software_version=VERSION,
                detector=detector_maker(paths, model, makeshift=True),
                tracker=ByteTracker,
                plate_reader=open_reader,
                site=_GatewaySite(gateway),
                recorder=recorder,
                secrets=secrets,
                run_dir=engine_run_dir(paths),
                database_online=lambda: forwarder.online,
                spooled=spool.count,
                evidence_trouble=evidence.trouble,
                times=times,
                forwarding=forwarding,
                plate_sink=gateway.plate_sink(engine_id),
                follow_pid=follow_pid,
            )
        finally:
            forwarder.stop(1.0)


def _sealing_recorder(
    paths: Paths,
    store: EvidenceStore,
    spool: "Spool",
    catalogue: "Catalogue",
    reader: "TrackPlateReader",
    seals: "Sealing",
    clock: Clock,
) -> "Recorder":
    from app.evidence.recorder import Recorder
    from app.runtime.sealing import origin_of

    return Recorder(
        store,
        spool,
        clock,
        paths.spool / "work",
        plate_reader=reader,
        zone=catalogue.zone,
        origin=origin_of(reader.networks),
        sealer=seals.sealer,
        stamps=seals.stamps,
    )


def _anchoring(
    paths: Paths, gateway: "EngineGateway", secrets: SecretStore, clock: Clock
) -> "Anchoring":
    """Begin to keep the head of the audit chain outside of the database."""
    from app.evidence.anchors import AnchorKey
    from app.runtime.anchoring import Anchoring

    made = Anchoring(
        gateway.audit_head, lambda: AnchorKey.of(secrets), paths.anchors, clock
    )
    made.start()
    return made


class _GatewaySite:
    """`app.runtime.site.EngineSite` on the engine's database connection."""

    def __init__(self, gateway: "EngineGateway") -> None:
        self._gateway = gateway
        self.load = gateway.cameras_with_configurations

    def watch(self, callback: Callable[[], None]) -> Callable[[], None]:
        return self._gateway.listen(lambda _: callback())
