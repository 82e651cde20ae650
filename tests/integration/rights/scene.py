"""A site with a row in every table, and what refused acts must not change in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from uuid import UUID

from app.domain.evidence import EvidenceItem, EvidenceKind
from app.domain.ids import EngineId, EvidenceId, InfractionId, Sha256, new_uuid
from app.domain.infraction import Infraction
from db.address import Connection
from tests.builders.infractions import OCCURRED, speeding
from tests.builders.site import finding, installed_camera
from tests.contract.test_case_store import confirmation
from tests.fixtures_db import Database, password_of
from tests.integration.rights.matrix import (
    OPERATOR,
    STRANGER,
    SUPERVISOR,
    TECHNICIAN,
)

_STILL = EvidenceItem(
    id=EvidenceId(new_uuid()),
    kind=EvidenceKind.STILL_DECISIVE,
    sha256=Sha256("ab" * 32),
    media_type="image/jpeg",
    size_bytes=1000,
    captured_at=OCCURRED.wall,
)
_PLATES = """
    INSERT INTO atalaya.plate (text) VALUES ('ABC123');
    INSERT INTO atalaya.vehicle (id, plate, vehicle_class)
        VALUES (gen_random_uuid(), 'ABC123', 'car')
"""
_PASS = """
    SELECT atalaya.add_plate_reads(gen_random_uuid(), jsonb_build_array(
        jsonb_build_object('id', gen_random_uuid(), 'plate', 'ABC123',
            'published', true, 'confidence', 0.9, 'read_count', 3,
            'camera_id', %s::text, 'track_id', 1, 'vehicle_class', 'car',
            'seen_at', now())))
"""
SEAL = EvidenceItem(
    id=EvidenceId(new_uuid()),
    kind=EvidenceKind.SEAL,
    sha256=Sha256("5e" * 32),
    media_type="application/json",
    size_bytes=600,
    captured_at=OCCURRED.wall,
)
"""The seal of the pending case."""
ENGINE_KEY, STATION = "1e" * 32, "01980000-0000-7000-8000-0000000000aa"
"""The key that the engine of the scene told, and whose it is."""
_SEARCH = """
    SELECT atalaya.search_plates(gen_random_uuid(), 'ABC123', false, NULL, NULL,
        'somebody asked')
"""
_WATCH = """
    SELECT atalaya.add_watch(gen_random_uuid(), 'ABC123', true, 'somebody asked',
        now() + interval '1 day')
"""


@dataclass(frozen=True, kw_only=True)
class Scene:
    """The database and what lies in it. `confirmed` is held."""

    database: Database
    camera_id: UUID
    configuration_id: UUID
    pending: InfractionId
    confirmed: InfractionId
    notified: InfractionId
    undone: InfractionId

    @cached_property
    def watcher(self) -> Connection:
        """A superuser's connection, for looking."""
        return self.database.connect()

    def connect(self, login: str | None = None) -> Connection:
        """Return a bare autocommit connection, as a hostile client would."""
        return self.database.connect(login)


@contextmanager
def stranger_of(database: Database) -> Iterator[None]:
    """Let a login without a group connect for the length of a block."""
    superuser = database.connect()
    superuser.execute(
        f"CREATE ROLE {STRANGER} LOGIN PASSWORD '{password_of(STRANGER)}'".encode()
    )
    granted = f"CONNECT ON DATABASE {database.name}"
    superuser.execute(f"GRANT {granted} TO {STRANGER}".encode())
    try:
        yield
    finally:
        superuser.execute(f"REVOKE {granted} FROM {STRANGER}".encode())
        superuser.execute(f"DROP ROLE {STRANGER}".encode())


def furnished(database: Database) -> Scene:
    """Put a case of each state and a row of each table into a database."""
    version = installed_camera(database.login(TECHNICIAN).site)
    engine, store = database.gateway(), database.login(OPERATOR).case_store
    found = [finding(version, n, speeding(evidence=(_still(),))) for n in range(5)]
    found[0] = replace(found[0], evidence=(*found[0].evidence, SEAL))
    for each in (*found, _seen_by_another(found[0])):
        engine.add(each)
    pending, confirmed, notified, undone, _ = found
    for each in (confirmed, notified, undone):
        store.decide(confirmation(each))
    store.issue_notice(notified.id)
    store.undo(undone.id)
    scene = Scene(
        database=database,
        camera_id=UUID(version.camera_id),
        configuration_id=UUID(version.id),
        pending=pending.id,
        confirmed=confirmed.id,
        notified=notified.id,
        undone=undone.id,
    )
    _add_plates(scene)
    _add_engine(scene)
    _hold_and_erase(scene, found[4])
    return scene


def _still() -> EvidenceItem:
    return replace(_STILL, id=EvidenceId(new_uuid()))


def _seen_by_another(found: Infraction) -> Infraction:
    another = replace(found.provenance, engine_id=EngineId(new_uuid()))
    seen = replace(found, id=InfractionId(new_uuid()), provenance=another)
    return replace(seen, evidence=(_still(),))


def _add_plates(scene: Scene) -> None:
    scene.connect().execute(_PLATES.encode())
    supervisor = scene.connect(SUPERVISOR)
    for act in (_SEARCH, _WATCH):
        supervisor.execute(act.encode())
    engine = scene.connect("engine")
    engine.execute(_PASS.encode(), (str(scene.camera_id),))


def _add_engine(scene: Scene) -> None:
    engine = scene.connect("engine")
    identity = EngineId(new_uuid())
    engine.execute(
        "SELECT atalaya.heartbeat(%s, '0.1.0', 'm', 'cpu', 1, 0)", (identity,)
    )
    engine.execute(
        "SELECT atalaya.lease_camera(%s, %s, 300)", (identity, scene.camera_id)
    )
    engine.execute(
        "SELECT atalaya.register_engine_key(%s, %s, '2026-01-01Z', 'desk', NULL, NULL)",
        (ENGINE_KEY, STATION),
    )
    engine.execute(
        "SELECT atalaya.add_seal_stamp(%s, %s, '\\x30'::bytea)",
        (scene.pending, SEAL.sha256),
    )


# As a superuser who lets years pass for one case alone.
_AGED = """
    SET session_replication_role = replica;
    UPDATE atalaya.infraction SET occurred_at = '2001-01-01', document = jsonb_set(
        document, '{occurred,wall}', '"2001-01-01T00:00:00+00:00"'),
        recorded_at = '2001-01-01' WHERE id = %s;
    UPDATE atalaya.case_retention SET changed_at = '2001-01-01';
    SET session_replication_role = origin
"""
_HOLD = "SELECT atalaya.set_hold(gen_random_uuid(), %s, 'hold', 'an objection', NULL)"
_ASK = "SELECT atalaya.ask_subject(gen_random_uuid(), 'ABC123', 'somebody asked')"


def _hold_and_erase(scene: Scene, old: Infraction) -> None:
    """Hold a case, let another be erased, and ask for what is kept of a plate."""
    superuser = scene.connect()
    for part in filter(str.strip, _AGED.split(";")):
        values = (old.id,) if "%s" in part else None
        superuser.execute(part.encode(), values)
    supervisor = scene.connect(SUPERVISOR)
    supervisor.execute(_HOLD.encode(), (scene.confirmed,))
    supervisor.execute(_ASK.encode())
    superuser.execute("SELECT atalaya.begin_erasures(10)")
    superuser.execute(
        "SELECT atalaya.object_gone(erasure_id, sha256, 'shared')"
        " FROM atalaya.open_erasures(10)"
    )
    superuser.execute("SELECT atalaya.finish_erasures(10)")


_TABLES = """
    SELECT relname FROM pg_class WHERE relnamespace = 'atalaya'::regnamespace
    AND relkind IN ('r', 'p') ORDER BY 1
"""
# What the server knows of itself: roles, grants, code, guards, settings. Of what came
# with it, only what was granted and owned otherwise since.
_CATALOGUE = {
    "roles": "SELECT rolname, rolsuper, rolcreaterole, rolcreatedb, rolcanlogin, "
    "rolreplication, rolbypassrls, rolpassword, rolvaliduntil FROM pg_authid",
    "members": "SELECT roleid, member, admin_option, inherit_option, set_option "
    "FROM pg_auth_members",
    "settings": "SELECT setdatabase, setrole, setconfig FROM pg_db_role_setting",
    "functions": "SELECT oid, proname, proowner, prosrc, prosecdef, proconfig, proacl "
    "FROM pg_proc WHERE oid >= 16384 OR proacl IS NOT NULL OR proowner <> 10",
    "relations": "SELECT oid, relname, relowner, relacl, relrowsecurity, "
    "relforcerowsecurity FROM pg_class "
    "WHERE (oid >= 16384 OR relacl IS NOT NULL OR relowner <> 10)"
    " AND relnamespace <> 'pg_toast'::regnamespace",
    "columns": "SELECT attrelid, attname, atttypid, attacl FROM pg_attribute "
    "WHERE attrelid >= 16384 OR attacl IS NOT NULL",
    "guards": "SELECT tgrelid, tgname, tgenabled, tgfoid FROM pg_trigger",
    "policies": "SELECT polrelid, polname, polroles, polqual::text, polwithcheck::text "
    "FROM pg_policy",
    "constraints": "SELECT conrelid, conname, convalidated FROM pg_constraint",
    "schemas": "SELECT oid, nspname, nspowner, nspacl FROM pg_namespace",
    "databases": "SELECT datname, datdba, datacl FROM pg_database",
    "extensions": "SELECT oid, extname FROM pg_extension",
    "languages": "SELECT oid, lanname, lanacl FROM pg_language",
    "types": "SELECT oid, typname, typowner, typacl FROM pg_type "
    "WHERE oid >= 16384 OR typacl IS NOT NULL OR typowner <> 10",
    "operators": "SELECT oid, oprname, oprnamespace FROM pg_operator "
    "WHERE oid >= 16384",
    "casts": "SELECT oid, castsource, casttarget FROM pg_cast",
    "comments": "SELECT objoid, description FROM pg_description WHERE objsubid = 0",
    "large objects": "SELECT oid FROM pg_largeobject_metadata",
    "default rights": "SELECT oid, defaclrole, defaclacl FROM pg_default_acl",
    "slots": "SELECT slot_name FROM pg_replication_slots",
    "publications": "SELECT pubname FROM pg_publication",
    "server settings": "SELECT name, setting FROM pg_file_settings",
    "counters": "SELECT sequencename, last_value FROM pg_sequences "
    "WHERE schemaname = 'atalaya'",
}


def state_of(scene: Scene) -> dict[str, str | None]:
    """Return a digest of every table and of what the server knows of itself."""
    tables = [str(row[0]) for row in scene.watcher.execute(_TABLES)]
    queries = {name: f"TABLE atalaya.{name}" for name in tables} | _CATALOGUE
    found = {}
    for name, query in queries.items():
        digest = scene.watcher.execute(
            f"SELECT md5(string_agg(q::text, E'\\n' ORDER BY q::text)) "  # noqa: S608
            f"FROM ({query}) AS q".encode()
        ).fetchone()
        found[name] = None if digest is None else digest[0]
    return found


def changed(before: dict[str, str | None], after: dict[str, str | None]) -> list[str]:
    """Name what differs."""
    return sorted(
        name
        for name in before.keys() | after.keys()
        if before.get(name) != after.get(name)
    )
