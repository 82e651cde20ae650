"""Findings arrive exactly once, through a server that goes and comes back."""

import tempfile
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from psycopg.conninfo import make_conninfo

from app.domain.camera import EngineStatus
from app.domain.clock import NS_PER_S
from app.domain.errors import DatabaseUnavailable, EvidenceDamaged, NotPermitted
from app.domain.ids import EngineId, InfractionId, new_uuid
from app.domain.infraction import Infraction
from app.domain.plate import PlateReading
from db.embedded import EmbeddedServer
from db.engine_gateway import EngineGateway
from db.provision import DEMO_PEOPLE, ENGINE_LOGIN, provision
from db.server import PostgresServer
from tests.builders.infractions import red_light
from tests.builders.site import camera, finding, installed_camera
from tests.fixtures_db import Database

_STATUS = EngineStatus(
    engine_id="e",
    model_name="junction-n",
    device="cpu",
    database_online=True,
    spooled=3,
    cameras=(),
)


def by_other_engine(infraction: Infraction, later_ns: int = 0) -> Infraction:
    """Return what a second engine makes of the same vehicle."""
    provenance = replace(infraction.provenance, engine_id=EngineId(new_uuid()))
    return replace(
        infraction,
        id=InfractionId(new_uuid()),
        provenance=provenance,
        occurred=infraction.occurred.shifted(later_ns),
    )


def test_cameras_with_what_is_in_force(database: Database) -> None:
    teo = database.login("teo").site
    version = installed_camera(teo)
    bare = camera("Zulu")
    teo.save_camera(bare)
    found = database.gateway().cameras_with_configurations()
    assert [(c.name, v) for c, v in found] == [
        ("Av. Arequipa · norte", version),
        ("Zulu", None),
    ]


def test_another_content_under_the_same_identity_is_an_alarm(
    database: Database,
) -> None:
    made = finding(installed_camera(database.login("teo").site))
    gateway = database.gateway()
    gateway.add(made)
    gateway.add(made)
    with pytest.raises(EvidenceDamaged):
        gateway.add(replace(made, plate=PlateReading.unread()))
    assert database.login("ana").case_store.case(made.id).infraction == made


def test_twins_of_two_engines_are_one_case(database: Database) -> None:
    made = finding(installed_camera(database.login("teo").site))
    twin = by_other_engine(made, 300_000_000)
    gateway = database.gateway()
    for each in (made, twin, twin, made):
        gateway.add(each)
    cases = database.login("ana").case_store.cases()
    assert [case.infraction for case in cases] == [made]
    kept = database.connect().execute("SELECT id, twin_of FROM atalaya.infraction_twin")
    assert kept.fetchall() == [(twin.id, made.id)]


def test_two_vehicles_are_never_folded(database: Database) -> None:
    version = installed_camera(database.login("teo").site)
    first = finding(version)
    beside = replace(finding(version, 1), occurred=first.occurred)
    late = by_other_engine(first, NS_PER_S)
    other_rule = by_other_engine(finding(version, 2, red_light()))
    other_rule = replace(other_rule, occurred=first.occurred)
    gateway = database.gateway()
    for each in (first, beside, late, other_rule):
        gateway.add(each)
    assert len(database.login("ana").case_store.cases()) == 4


def test_two_vehicles_seen_by_two_engines_are_two_cases(database: Database) -> None:
    version = installed_camera(database.login("teo").site)
    first = finding(version)
    second = replace(finding(version, 1), occurred=first.occurred.shifted(200_000_000))
    other = EngineId(new_uuid())
    gateway = database.gateway()
    for each in (first, second):
        gateway.add(each)
        twin = by_other_engine(each, 50_000_000)
        provenance = replace(twin.provenance, engine_id=other)
        gateway.add(replace(twin, provenance=provenance))
    assert len(database.login("ana").case_store.cases()) == 2


def test_the_same_track_twice_is_one_case(database: Database) -> None:
    made = finding(installed_camera(database.login("teo").site))
    again = replace(made, id=InfractionId(new_uuid()))
    gateway = database.gateway()
    gateway.add(made)
    gateway.add(again)
    assert len(database.login("ana").case_store.cases()) == 1


def test_a_finding_of_an_unknown_camera_is_refused(database: Database) -> None:
    version = installed_camera(database.login("teo").site)
    stray = replace(finding(version), camera_id=camera().id)
    with pytest.raises(NotPermitted):
        database.gateway().add(stray)


def test_heartbeat_and_lease(database: Database) -> None:
    camera_id = finding(installed_camera(database.login("teo").site)).camera_id
    gateway = database.gateway()
    one, two = EngineId(new_uuid()), EngineId(new_uuid())
    for engine in (one, two, one):
        gateway.heartbeat(engine, "0.1.0", _STATUS)
    assert gateway.lease_camera(one, camera_id, 60) == 1
    assert gateway.lease_camera(one, camera_id, 0) == 1
    assert gateway.lease_camera(two, camera_id, 60) == 2
    assert gateway.lease_camera(one, camera_id, 60) is None


@pytest.fixture
def own_server() -> Iterator[tuple[EmbeddedServer, Path]]:
    """Give a server that the test may stop."""
    with tempfile.TemporaryDirectory(prefix="atalaya-db-") as name:
        folder = Path(name) / "database"
        server = EmbeddedServer.start(folder)
        yield server, folder
        EmbeddedServer.start(folder).stop()


def test_nothing_is_lost_or_doubled_while_the_server_dies_and_returns(
    own_server: tuple[EmbeddedServer, Path],
) -> None:
    server, folder = own_server
    provisioned = provision(server.superuser_dsn, DEMO_PEOPLE)
    passwords = provisioned.passwords
    teo = PostgresServer(server.address).login(
        DEMO_PEOPLE[2].login, passwords[DEMO_PEOPLE[2].login]
    )
    version = installed_camera(teo.site)
    teo.close()
    gateway = EngineGateway(server.dsn(ENGINE_LOGIN, passwords[ENGINE_LOGIN]))
    made = [finding(version, n) for n in range(120)]
    progress = threading.Semaphore(0)
    failures: list[DatabaseUnavailable] = []
    pause = threading.Event()

    def forward() -> None:
        for infraction in made:
            while True:
                try:
                    gateway.add(infraction)
                    # As a forwarder that died before it could mark the row.
                    gateway.add(infraction)
                    break
                except DatabaseUnavailable as error:
                    failures.append(error)
                    pause.wait(0.05)
            progress.release()

    thread = threading.Thread(target=forward)
    thread.start()
    for _ in range(2):
        for _ in range(30):
            assert progress.acquire(timeout=60)
        server.stop()
        server = EmbeddedServer.start(folder)
    thread.join(120)
    assert not thread.is_alive()
    assert failures
    stored = _stored(server)
    gateway.close()
    assert stored == sorted(str(each.id) for each in made)


def _stored(server: EmbeddedServer) -> list[str]:
    import psycopg

    with psycopg.connect(make_conninfo(server.superuser_dsn)) as connection:
        rows = connection.execute("SELECT id::text FROM atalaya.infraction ORDER BY 1")
        return [row[0] for row in rows]
