"""The composition root: the only place that knows every class.

What belongs to one process is imported inside its function: the desktop must start
without the models' libraries, the engine without Qt.
"""

import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from app.config.paths import PROJECT, Paths
from app.config.secret_store import open_secret_store
from app.config.server_bundle import chosen_server, require_not_moved
from app.domain.clock import Clock, SystemClock
from app.domain.errors import ConfigurationInvalid, DatabaseUnavailable
from app.domain.ids import EngineId, InfractionId, Login, new_uuid
from app.domain.person import Role
from app.domain.pulse import Pulse
from app.ports import (
    Detector,
    EvidenceStore,
    InfractionSink,
    PlateReader,
    Progress,
    SecretStore,
)
from app.version import VERSION

if TYPE_CHECKING:
    from app.domain.infraction import Infraction
    from app.domain.seal import SealReport
    from app.evidence.recorder import CaptureRequest, Recorder
    from app.evidence.spool import Spool
    from app.evidence.timestamp import StampTrust
    from app.report.catalogue import Catalogue
    from app.runtime.anchoring import Anchoring
    from app.runtime.engine import EngineParts
    from app.runtime.recording import AnalysisParts
    from app.runtime.recording_batch import BatchListener, BatchResult
    from app.runtime.recording_job import RecordingJob
    from app.runtime.sealing import Sealing
    from app.runtime.single_source import SourceReport
    from db.address import Connection
    from db.audit_check import AuditReport
    from db.embedded import EmbeddedServer
    from db.engine_gateway import EngineGateway
    from db.keeper import Chores
    from db.provision import NewPerson
    from ml.plate.reader import TrackPlateReader
    from widgets.services import DesktopServices

_ENGINE_NICENESS = 5
ENGINE_SECRET = "engine-database"  # noqa: S105 - the name of an entry, not a secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """Where people log in; `embedded` is the server that this workstation brought."""

    address: str
    embedded: "EmbeddedServer | None" = None


@contextmanager
def database(
    paths: Paths,
    dsn: str | None,
    secrets: SecretStore,
    people: "tuple[NewPerson, ...]" = (),
) -> Iterator[Database]:
    """Yield the shared server of `dsn`, else a provisioned embedded one.

    The embedded server is kept running until the end of the block, and stopped there
    if it was started here. DatabaseUnavailable when its data was moved elsewhere.
    """
    if dsn:
        yield Database(address=dsn)
        return
    require_not_moved(paths)
    from db.embedded import EmbeddedServer
    from db.keeper import Keeper
    from db.provision import ENGINE_LOGIN, protect_server, provision

    server = EmbeddedServer.start(paths.database)
    try:
        known = secrets.get(ENGINE_SECRET)
        password = known[1] if known else _new_password()
        # Its only desktop is of this release.
        provision(server.superuser_dsn, people, engine_password=password, alone=True)
        protect_server(server.superuser_dsn)
        if known is None:
            secrets.put(ENGINE_SECRET, ENGINE_LOGIN, password)
        with closing(Keeper(server, SystemClock(), _chores(paths, secrets))):
            yield Database(address=server.address, embedded=server)
    finally:
        if server.started_here:
            server.stop()


def _chores(paths: Paths, secrets: SecretStore) -> "Chores":
    """Return what is done daily beside forgetting plates."""
    from app.evidence.open_store import eraser_of, open_evidence
    from db.case_erasure import Erasing

    def erase(dsn: str) -> Erasing:
        return Erasing(dsn, eraser_of(paths, open_evidence(paths, secrets)))

    return {"cases whose term is over are not erased": erase}


def _new_password() -> str:
    from db.people import random_password

    return random_password()


def engine_command(
    paths: Paths, dsn: str, model: str | None = None, metrics_port: int = 0
) -> list[str]:
    """Return the command line of the engine; `dsn` must hold no password."""
    chosen = ["--model", model] if model else []
    chosen += ["--metrics-port", str(metrics_port)] if metrics_port else []
    main = str(PROJECT / "main.py")
    home = ["--home", str(paths.root)]
    return [sys.executable, main, "engine", *home, "--dsn", dsn, *chosen]


def analyse_command(paths: Paths, model: str | None = None) -> tuple[str, ...]:
    """Return how the command line that analyses a recording begins."""
    chosen = ("--model", model) if model else ()
    main = str(PROJECT / "main.py")
    return (sys.executable, main, "analyse", "--home", str(paths.root), *chosen)


def models_command() -> tuple[str, ...]:
    """Return how the command lines that look after the models begin."""
    return (sys.executable, str(PROJECT / "main.py"), "models")


def engine_run_dir(paths: Paths) -> Path:
    """Return the folder of the engine's sockets and locks."""
    folder = paths.run / "engine"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


@contextmanager
def desktop_services(
    paths: Paths,
    server: Database,
    secrets: SecretStore,
    *,
    demo_logins: tuple[tuple[str, str], ...] = (),
    discovery_interfaces: tuple[str, ...] | None = None,
    language: str = "es",
    model: str | None = None,
    metrics_port: int = 0,
) -> Iterator["DesktopServices"]:
    """Yield what the desktop is made of; its engine runs until the end of the block.

    With a `metrics_port` the engine tells its figures there.
    """
    from app.evidence.open_store import open_evidence
    from app.runtime.link import ProcessEngineLink
    from db.server import PostgresServer
    from widgets.services import DesktopServices

    clock = SystemClock()
    command = engine_command(paths, server.address, model, metrics_port)
    with closing(ProcessEngineLink(command, engine_run_dir(paths), clock)) as engine:
        yield DesktopServices(
            clock=clock,
            paths=paths,
            connect=PostgresServer,
            default_dsn=server.address,
            engine=engine,
            evidence=open_evidence(paths, secrets).store,
            secrets=secrets,
            export=paths.reports,
            demo_logins=demo_logins,
            discovery_interfaces=discovery_interfaces,
            language=language,
            analyse_command=analyse_command(paths, model),
            models_command=models_command(),
            engine_model=model or "",
            stamp_trust=_shown_stamp_trust(paths),
        )


def _shown_stamp_trust(paths: Paths) -> "StampTrust | None":
    """Return whose time-stamps a window believes; none where the settings are wrong."""
    import logging

    try:
        return stamp_trust(paths)
    except ConfigurationInvalid as fault:
        logging.getLogger(__name__).warning("time-stamps are not checked: %s", fault)
        return None


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


def _give_way() -> None:
    """Let the desktop on this computer have the processor first: a hand waits there."""
    if hasattr(os, "nice"):
        os.nice(_ENGINE_NICENESS)


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
        closing(EngineGateway(_engine_dsn(dsn, secrets))) as gateway,
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


def _engine_dsn(dsn: str, secrets: SecretStore) -> str:
    """Join address and password in memory; neither log nor process list sees it."""
    from db.address import with_login

    entry = secrets.get(ENGINE_SECRET)
    if entry is None:
        raise DatabaseUnavailable(
            "The engine has no login for the database on this computer. An "
            "administrator must run: python main.py db engine-login"
        )
    return with_login(dsn, *entry)


def detector_maker(
    paths: Paths,
    model: str | None,
    progress: Progress | None = None,
    *,
    makeshift: bool = False,
) -> Callable[[], Detector]:
    """Return what opens the detector: a registry name, a path, a server's address.

    `makeshift`: where no network can run, what moves is shown, and recorded never.
    """

    def make() -> Detector:
        from ml.session import open_detector

        served = model is not None and "://" in model
        if model and not served and (Path(model).exists() or os.sep in model):
            return open_detector(paths.models, weights=Path(model), progress=progress)
        return open_detector(
            paths.models, name=model, progress=progress, makeshift=makeshift
        )

    return make


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


def run_control_room(
    paths: Paths, dsn: str | None, model: str | None, metrics_port: int = 0
) -> int:
    """Open the desktop; return its exit code."""
    from app.runtime.logs import configure_logging
    from widgets.application import run_desktop

    configure_logging(paths, "desktop")
    secrets = open_secret_store(paths)
    with (
        database(paths, dsn or chosen_server(paths), secrets) as server,
        desktop_services(
            paths, server, secrets, model=model, metrics_port=metrics_port
        ) as services,
    ):
        return run_desktop(services)


def set_up_database(paths: Paths, superuser_dsn: str | None, password: str) -> None:
    """Make a database ready, with an administrator and this engine's login."""
    from db.provision import ENGINE_LOGIN, provision

    secrets = open_secret_store(paths)
    admin = _person("admin", "Administrator", Role.ADMINISTRATOR, password)
    if superuser_dsn is None:
        with database(paths, None, secrets, (admin,)):
            return
    engine_password = _new_password()
    provision(superuser_dsn, (admin,), engine_password=engine_password)
    secrets.put(ENGINE_SECRET, ENGINE_LOGIN, engine_password)


def add_person(
    paths: Paths,
    superuser_dsn: str | None,
    *,
    login: str,
    full_name: str,
    role: Role,
    password: str,
) -> None:
    """Give somebody a login and one role; somebody who has one gets the password."""
    from db.provision import provision

    person = _person(login, full_name, role, password)
    if superuser_dsn is None:
        with database(paths, None, open_secret_store(paths), (person,)):
            return
    provision(superuser_dsn, (person,))


@contextmanager
def administration(paths: Paths, superuser_dsn: str | None) -> Iterator["Connection"]:
    """Yield a connection that may look after people; what it did is kept at the end."""
    from db import address

    with database(paths, superuser_dsn, open_secret_store(paths)) as server:
        owner = server.embedded
        dsn = owner.superuser_dsn if owner else server.address
        with address.connect(address.parse(dsn)) as connection:
            yield connection


@contextmanager
def in_the_name_of(
    paths: Paths, dsn: str | None, login: str, password: str
) -> Iterator["Connection"]:
    """Yield somebody's own connection; what he or she did is kept at the end."""
    from db import address

    with database(paths, dsn, open_secret_store(paths)) as server:
        parameters = address.parse(server.address)
        parameters |= {"user": login, "password": password}
        parameters.setdefault("dbname", "atalaya")
        with address.connect(parameters) as connection:
            yield connection


def keep_guard(
    paths: Paths, superuser_dsn: str | None, *, log: Path, hba: Path
) -> None:
    """Guard a server, from beside it, until this process is told to end."""
    from app.runtime.signals import stop_on_signals
    from db.guard import Guard

    stop = threading.Event()
    stop_on_signals(stop)
    with ExitStack() as stack:
        dsn = superuser_dsn
        # Beside a shared server there need be nothing of a workstation.
        if dsn is None:
            secrets = open_secret_store(paths)
            server = stack.enter_context(database(paths, None, secrets))
            dsn = server.embedded.superuser_dsn if server.embedded else server.address
        guard = Guard(dsn, SystemClock(), log=log, hba=hba)
        stack.enter_context(closing(guard)).keep(stop)


def _person(login: str, full_name: str, role: Role, password: str) -> "NewPerson":
    from db.provision import NewPerson

    return NewPerson(
        login=Login(login), full_name=full_name, role=role, password=password
    )


def keep_plates(
    paths: Paths, dsn: str | None, *, login: str, password: str, days: int | None
) -> int:
    """Set, in somebody's name, for how many days plates are kept; return them.

    Without `days` nothing is changed. Raises LoginRefused or NotPermitted.
    """
    from db.server import PostgresServer

    with (
        database(
            paths, dsn or chosen_server(paths), open_secret_store(paths)
        ) as server,
        closing(PostgresServer(server.address).login(Login(login), password)) as one,
    ):
        if days is not None:
            one.plates.set_keep_days(days)
        return one.plates.keep_days()


def forget_plates(
    paths: Paths, superuser_dsn: str | None, *, dry_run: bool
) -> Iterator[str]:
    """Forget the plates older than is kept, and say how many; or only what would go."""
    from db.plate_retention import Forgetting, forgettable

    with database(paths, superuser_dsn, open_secret_store(paths)) as server:
        owner = server.embedded
        dsn = owner.superuser_dsn if owner else server.address
        would = forgettable(dsn)
        since = f", the oldest of {would.oldest:%Y-%m-%d}" if would.oldest else ""
        yield f"{would.reads} reads would be forgotten{since}."
        yield f"Reads are kept for {would.keep_days} days."
        yield f"{would.kept_by_case} old reads stay for their case."
        yield f"{would.kept_by_watch} old reads stay as hits of the watch list."
        if dry_run:
            return
        done = Forgetting(dsn)
        done.finish()
        yield f"{done.reads} reads and {done.plates} plates were forgotten."


def verify_audit(
    paths: Paths,
    superuser_dsn: str | None,
    files: Sequence[Path] = (),
    keys: Sequence[str] = (),
) -> "AuditReport":
    """Walk the audit chain; without `files` against the anchors kept here.

    Trusted are this workstation's own key and `keys`.
    """
    from app.evidence.anchors import AnchorKey, read_anchors
    from app.runtime.anchoring import anchor_file
    from db.audit_check import database_of
    from db.audit_check import verify_audit as walk

    secrets = open_secret_store(paths)
    with database(paths, superuser_dsn, secrets) as server:
        owner = server.embedded
        dsn = owner.superuser_dsn if owner else server.address
        own = anchor_file(paths.anchors, database_of(dsn))
        read = files or ([own] if own.exists() else [])
        anchors = [anchor for file in read for anchor in read_anchors(file)]
        return walk(dsn, anchors, (AnchorKey.of(secrets).public, *keys))


def stamp_trust(paths: Paths, ca_file: Path | None = None) -> "StampTrust | None":
    """Return whose time-stamps are believed: of a CA file, else of the settings."""
    from app.config.timestamping import load_timestamping

    if ca_file is None:
        settings = load_timestamping(paths.root)
        ca_file = Path(settings.ca_file) if settings else None
    if ca_file is None:
        return None
    from app.evidence.timestamp import StampTrust

    return StampTrust.of_file(ca_file)


def verify_case(
    paths: Paths,
    superuser_dsn: str | None,
    case: InfractionId,
    trust: "StampTrust | None",
    export: Path | None = None,
) -> "tuple[Infraction, SealReport]":
    """Check a case of the database; write its files to `export` when it holds."""
    from app.evidence.open_store import open_evidence
    from app.runtime.case_verification import verified
    from db.case_reader import open_cases

    secrets = open_secret_store(paths)
    store = open_evidence(paths, secrets).store
    with database(paths, superuser_dsn, secrets) as server:
        owner = server.embedded
        dsn = owner.superuser_dsn if owner else server.address
        with open_cases(dsn) as cases:
            return verified(cases, store, case, trust, export)
