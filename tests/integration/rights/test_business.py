"""Acts that a role may do, in a way or at a time in which it may not."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import psycopg
import pytest

from app.domain.ids import InfractionId, Login, new_uuid
from db.address import Connection
from db.document import canonical_document
from db.provision import add_engine
from tests.builders.infractions import red_light, speeding
from tests.builders.site import finding, installed_camera
from tests.fixtures_db import password_of
from tests.integration.rights.matrix import (
    ADMINISTRATOR,
    AUDITOR,
    ENGINE,
    OPERATOR,
    SUPERVISOR,
    TECHNICIAN,
)
from tests.integration.rights.scene import (
    ENGINE_KEY,
    SEAL,
    STATION,
    Scene,
    changed,
    state_of,
)

_WRONG_STATE, _NO_ROW, _BAD_INPUT = "AT001", "AT002", "AT003"
_BREAKS_A_RULE, _NULL, _TAKEN, _UNKNOWN = "23514", "23502", "23505", "23503"
_DENIED = "42501"

_DECIDE = "SELECT atalaya.decide(%s, %s, %s, %s, %s, %s)"
_UNDO = "SELECT atalaya.undo(%s)"
_NOTICE = "SELECT atalaya.issue_notice(%s)"
_PERSON = "SELECT atalaya.create_person(%s, %s, %s, %s)"
_PUBLISH = "SELECT atalaya.publish_configuration(gen_random_uuid(), %s, %s, %s)"
_SAVE = "SELECT atalaya.save_camera(%s, %s, %s, %s, %s, %s, true)"
_WATCH = "SELECT atalaya.add_watch(%s, %s, true, %s, now() + %s::interval)"
_SEARCH = "SELECT atalaya.search_plates(%s, %s, %s, NULL, NULL, %s)"
_FOUND = "SELECT atalaya.found_plates(%s, NULL, NULL, NULL, 10)"
_LEASE = "SELECT atalaya.lease_camera(%s, %s, %s)"
_BEAT = "SELECT atalaya.heartbeat(%s, %s, %s, %s, %s, %s)"
_KEY = "SELECT atalaya.register_engine_key(%s, %s, %s, %s, %s, %s)"
_STAMP = "SELECT atalaya.add_seal_stamp(%s, %s, %s)"
_READS = "SELECT atalaya.add_plate_reads(%s, %s)"
_ADD = "SELECT * FROM atalaya.add_infraction(%s)"
_VERIFIER = f"SCRAM-SHA-256$4096:{'A' * 22}==${'A' * 43}=:{'B' * 43}="


def _refusal(connection: Connection, sql: str, *values: Any) -> str | None:
    """Return the SQLSTATE that an act is refused with, None when it is not."""
    try:
        connection.execute(sql.encode(), values)
    except psycopg.Error as error:
        return error.sqlstate
    return None


@pytest.fixture
def unchanged(scene: Scene) -> Iterator[Scene]:
    """Give the shared site, and see that the test has left it as it was."""
    before = state_of(scene)
    yield scene
    # Identities that a refused row had drawn are not given back.
    assert [
        name for name in changed(before, state_of(scene)) if name != "counters"
    ] == []


def test_decisions_that_are_none(unchanged: Scene) -> None:
    ana, new = unchanged.connect(OPERATOR), new_uuid
    pending, done = unchanged.pending, unchanged.confirmed
    reused = unchanged.watcher.execute(
        "SELECT id FROM atalaya.review WHERE infraction_id = %s", (done,)
    )
    known = (reused.fetchone() or (None,))[0]
    yes, no, plate = "confirm", "reject", "ABC123"
    tried = {
        "twice": (new(), done, no, "test", "", None),
        "of a notice": (new(), unchanged.notified, no, "test", "", None),
        "of no case": (new(), new(), yes, None, "", plate),
        "of null": (new(), None, yes, None, "", plate),
        "another verdict": (new(), pending, "notify", None, "", plate),
        "no verdict": (new(), pending, None, None, "", plate),
        "without a reason": (new(), pending, no, None, "", None),
        "with a reason of one's own": (new(), pending, no, "because", "", None),
        "without a plate": (new(), pending, yes, None, "", None),
        "with half a plate": (new(), pending, yes, None, "", "   "),
        "with markup for a plate": (new(), pending, yes, None, "", "<b>ABC</b>"),
        "a long plate": (new(), pending, yes, None, "", "A" * 17),
        "a long comment": (new(), pending, yes, None, "x" * 4001, plate),
        "no comment": (new(), pending, yes, None, None, plate),
        "replayed": (known, pending, yes, None, "", plate),
        "without an identity": (None, pending, yes, None, "", plate),
    }
    found = {name: _refusal(ana, _DECIDE, *values) for name, values in tried.items()}
    assert found == {
        "twice": _WRONG_STATE,
        "of a notice": _WRONG_STATE,
        "of no case": _NO_ROW,
        "of null": _NO_ROW,
        "another verdict": _BREAKS_A_RULE,
        "no verdict": _NULL,
        "without a reason": _BREAKS_A_RULE,
        "with a reason of one's own": _BREAKS_A_RULE,
        "without a plate": _BREAKS_A_RULE,
        "with half a plate": _BREAKS_A_RULE,
        "with markup for a plate": _BREAKS_A_RULE,
        "a long plate": _BREAKS_A_RULE,
        "a long comment": _BREAKS_A_RULE,
        "no comment": _NULL,
        "replayed": _TAKEN,
        "without an identity": _NULL,
    }


def test_undoing_what_is_not_to_be_undone(unchanged: Scene) -> None:
    ana, sofia = unchanged.connect(OPERATOR), unchanged.connect(SUPERVISOR)
    assert _refusal(sofia, _UNDO, unchanged.confirmed) == _WRONG_STATE
    assert _refusal(ana, _UNDO, unchanged.pending) == _WRONG_STATE
    assert _refusal(ana, _UNDO, unchanged.undone) == _WRONG_STATE
    assert _refusal(ana, _UNDO, unchanged.notified) == _WRONG_STATE
    assert _refusal(ana, _UNDO, new_uuid()) == _NO_ROW
    assert _refusal(ana, _UNDO, None) == _NO_ROW


def test_notices_of_what_nobody_confirmed(unchanged: Scene) -> None:
    for login in (OPERATOR, SUPERVISOR):
        connection = unchanged.connect(login)
        assert _refusal(connection, _NOTICE, unchanged.pending) == _WRONG_STATE
        assert _refusal(connection, _NOTICE, unchanged.undone) == _WRONG_STATE
        assert _refusal(connection, _NOTICE, new_uuid()) == _NO_ROW


def test_a_notice_is_numbered_once(unchanged: Scene) -> None:
    sofia = unchanged.connect(SUPERVISOR)
    numbers = {
        sofia.execute(_NOTICE.encode(), (unchanged.notified,)).fetchone()
        for _ in range(3)
    }
    assert len(numbers) == 1


def test_people_that_are_none(unchanged: Scene) -> None:
    admin = unchanged.connect(ADMINISTRATOR)
    sound = ("eve", "Eve", "operator", _VERIFIER)
    few = _VERIFIER.replace("4096", "4095")
    tried = {
        "taken": (("ana", *sound[1:]), _WRONG_STATE),
        "a role of the server": (("engine", *sound[1:]), "42710"),
        "a reserved name": (("pg_eve", *sound[1:]), _BAD_INPUT),
        "a group's name": (("atalaya_owner", *sound[1:]), _BAD_INPUT),
        "the superuser's name": (("postgres", *sound[1:]), _BAD_INPUT),
        "quotes in the name": (('eve"; DROP', *sound[1:]), _BAD_INPUT),
        "a second line": (("eve\nsuperuser", *sound[1:]), _BAD_INPUT),
        "no name": ((None, *sound[1:]), _BAD_INPUT),
        "nobody's full name": (("eve", "", *sound[2:]), _BREAKS_A_RULE),
        "a long full name": (("eve", "E" * 121, *sound[2:]), _BREAKS_A_RULE),
        "an engine": (("eve", "Eve", "engine", _VERIFIER), _BAD_INPUT),
        "an owner": (("eve", "Eve", "owner", _VERIFIER), _BAD_INPUT),
        "a role with more": (
            ("eve", "Eve", "operator, postgres", _VERIFIER),
            _BAD_INPUT,
        ),
        "no role": (("eve", "Eve", None, _VERIFIER), _BAD_INPUT),
        "a password in clear": ((*sound[:3], "sesame"), _BAD_INPUT),
        "a password that poses": ((*sound[:3], "SCRAM-SHA-256$1:sesame"), _BAD_INPUT),
        "few iterations": ((*sound[:3], few), _BAD_INPUT),
        "MD5": ((*sound[:3], "md5" + "a" * 32), _BAD_INPUT),
        "no password": ((*sound[:3], None), _BAD_INPUT),
        "more after it": ((*sound[:3], _VERIFIER + " SUPERUSER"), _BAD_INPUT),
    }
    found = {name: _refusal(admin, _PERSON, *act) for name, (act, _) in tried.items()}
    assert found == {name: state for name, (_, state) in tried.items()}


def test_a_reader_of_backslashes_gets_nobody_in(unchanged: Scene) -> None:
    admin = unchanged.connect(ADMINISTRATOR)
    admin.execute("SET standard_conforming_strings = off")
    posing = "SCRAM-SHA-256$1:sesame"
    assert _refusal(admin, _PERSON, "eve", "Eve", "operator", posing) == _BAD_INPUT


def test_cameras_and_configurations_that_are_none(unchanged: Scene) -> None:
    teo, known = unchanged.connect(TECHNICIAN), unchanged.camera_id
    url = "rtsp://user:secret@127.0.0.1/x"
    sound = (new_uuid(), "n", "l", "rtsp://127.0.0.1/x", None, None)
    tried = [
        ((*sound[:3], url, *sound[4:]), _BREAKS_A_RULE),
        ((*sound[:4], url, None), _BREAKS_A_RULE),
        ((*sound[:3], "", *sound[4:]), _BREAKS_A_RULE),
        ((*sound[:3], "x" * 2001, *sound[4:]), _BREAKS_A_RULE),
        ((sound[0], "", *sound[2:]), _BREAKS_A_RULE),
        ((sound[0], "n" * 121, *sound[2:]), _BREAKS_A_RULE),
        ((*sound[:2], "l" * 241, *sound[3:]), _BREAKS_A_RULE),
        ((*sound[:5], "r" * 201), _BREAKS_A_RULE),
        ((None, *sound[1:]), _NULL),
    ]
    assert [_refusal(teo, _SAVE, *act) for act, _ in tried] == [s for _, s in tried]
    large = json.dumps({"schema_version": 1, "x": "x" * 1_000_000})
    bodies = [
        ((known, "{}", ""), _BREAKS_A_RULE),
        ((known, "[]", ""), _BREAKS_A_RULE),
        ((known, "null", ""), _BREAKS_A_RULE),
        ((known, None, ""), _NULL),
        ((known, large, ""), _BREAKS_A_RULE),
        ((known, '{"schema_version": 1}', "x" * 2001), _BREAKS_A_RULE),
        ((known, '{"schema_version": 1', ""), "22P02"),
        ((known, '{"schema_version": "\\u0000"}', ""), "22P05"),
        ((known, "[" * 100_000, ""), "54001"),
        ((new_uuid(), '{"schema_version": 1}', ""), _NO_ROW),
    ]
    assert [_refusal(teo, _PUBLISH, *act) for act, _ in bodies] == [
        state for _, state in bodies
    ]


def test_searches_that_are_none(unchanged: Scene) -> None:
    ana, new = unchanged.connect(OPERATOR), new_uuid
    tried = {
        "everything": (new(), "*", False, "somebody asked"),
        "nearly everything": (new(), "*A*", False, "somebody asked"),
        "an expression": (new(), "(AB|CD).+", False, "somebody asked"),
        "LIKE's own signs": (new(), "%_%_%", False, "somebody asked"),
        "like a wildcard": (new(), "ABC*", True, "somebody asked"),
        "for nothing": (new(), "ABC123", False, "    "),
        "without a reason": (new(), "ABC123", False, None),
        "with a novel": (new(), "ABC123", False, "x" * 201),
    }
    found = {name: _refusal(ana, _SEARCH, *values) for name, values in tried.items()}
    assert found == dict.fromkeys(tried, _BAD_INPUT)
    another = unchanged.watcher.execute("SELECT id FROM atalaya.plate_search")
    assert _refusal(ana, _FOUND, (another.fetchone() or (None,))[0]) == _NO_ROW
    with ana.transaction(force_rollback=True):
        mine = new()
        assert _refusal(ana, _SEARCH, mine, "ABC123", False, "somebody asked") is None
        with ana.transaction(force_rollback=True):
            assert _refusal(ana, _FOUND, mine) == _WRONG_STATE


def test_watches_that_are_none(unchanged: Scene) -> None:
    sofia, new = unchanged.connect(SUPERVISOR), new_uuid
    known = unchanged.watcher.execute("SELECT id FROM atalaya.watch_entry")
    tried = [
        ((new(), "ABC123", "somebody asked", "91 days"), _BAD_INPUT),
        ((new(), "ABC123", "somebody asked", "-1 day"), _BAD_INPUT),
        ((new(), "ABC123", "somebody asked", "infinity"), _BAD_INPUT),
        ((new(), "ABC123", "somebody asked", None), _BAD_INPUT),
        ((new(), "A*", "somebody asked", "1 day"), _BAD_INPUT),
        ((new(), None, "somebody asked", "1 day"), _NULL),
        ((new(), "ABC123", "", "1 day"), _BAD_INPUT),
        (((known.fetchone() or (None,))[0], "ABC123", "asked", "1 day"), _TAKEN),
    ]
    assert [_refusal(sofia, _WATCH, *act) for act, _ in tried] == [s for _, s in tried]
    assert _refusal(sofia, "SELECT atalaya.end_watch(%s)", new()) == _NO_ROW


def _document(scene: Scene, **changes: Any) -> str:
    found = scene.watcher.execute(
        "SELECT document FROM atalaya.infraction WHERE id = %s", (scene.pending,)
    )
    document: dict[str, Any] = (found.fetchone() or ({},))[0]
    return json.dumps(document | {"id": str(new_uuid()), "track_id": 77} | changes)


def test_findings_that_are_none(unchanged: Scene) -> None:
    engine = unchanged.connect(ENGINE)
    document = json.loads(_document(unchanged))
    measured, provenance = document["measurement"], document["provenance"]
    late = document["occurred"] | {"wall": "2026-03-14T18:00:00+00:00"}

    def of(**changes: Any) -> str:
        return _document(unchanged, **({"occurred": late} | changes))

    def fast(speed: object) -> str:
        return of(measurement=measured | {"speed_kmh": speed})

    other = str(new_uuid())
    evidence = document["evidence"][0]
    tried = {
        "not a number": (fast("NaN"), _BREAKS_A_RULE),
        "backwards": (fast(-1), _BREAKS_A_RULE),
        "faster than sound": (fast(1e300), _BREAKS_A_RULE),
        "unmeasured": (of(measurement={}), _BREAKS_A_RULE),
        "of a kind of its own": (of(kind="jaywalking"), _BREAKS_A_RULE),
        "a plate surer than sure": (
            of(plate=document["plate"] | {"confidence": 2}),
            _BREAKS_A_RULE,
        ),
        "a vehicle with a story": (of(vehicle_class="x" * 41), _BREAKS_A_RULE),
        "of no camera": (of(camera_id=other), _UNKNOWN),
        "of no configuration": (
            of(provenance=provenance | {"configuration_id": other}),
            _UNKNOWN,
        ),
        "at no time": (of(occurred=late | {"wall": None}), _NULL),
        "at the end of time": (of(occurred=late | {"wall": "infinity"}), "0A000"),
        "hashed by hand": (of(evidence=[evidence | {"sha256": "x"}]), _BREAKS_A_RULE),
        "of negative size": (
            of(evidence=[evidence | {"size_bytes": -1}]),
            _BREAKS_A_RULE,
        ),
        "without identity": (of(id=None), _NULL),
        "larger than a megabyte": (of(note="x" * 1_000_001), _BAD_INPUT),
        "no document": ("hello", "22P02"),
        "with a zero in it": ('{"id": "\\u0000"}', "22P05"),
    }
    found = {}
    for name, (text, _) in tried.items():
        with engine.transaction(force_rollback=True):
            found[name] = _refusal_within(engine, _ADD, text)
    assert found == {name: state for name, (_, state) in tried.items()}


def _refusal_within(connection: Connection, sql: str, *values: Any) -> str | None:
    """Like `_refusal`, and the transaction around it lives on."""
    try:
        with connection.transaction():
            connection.execute(sql.encode(), values)
    except psycopg.Error as error:
        return error.sqlstate
    return None


def test_another_cameras_configuration(own_scene: Scene) -> None:
    version = installed_camera(own_scene.database.login(TECHNICIAN).site)
    provenance = json.loads(_document(own_scene))["provenance"]
    text = _document(
        own_scene, provenance=provenance | {"configuration_id": str(version.id)}
    )
    assert _refusal(own_scene.connect(ENGINE), _ADD, text) == _UNKNOWN


def test_a_finding_sent_again_with_other_words_changes_nothing(
    unchanged: Scene,
) -> None:
    forged = _document(unchanged, id=str(unchanged.notified), kind="red_light")
    kept = unchanged.watcher.execute(
        "SELECT document_sha256 FROM atalaya.infraction WHERE id = %s",
        (unchanged.notified,),
    )
    answer = unchanged.connect(ENGINE).execute(_ADD.encode(), (forged,)).fetchone()
    assert answer == (unchanged.notified, (kept.fetchone() or (None,))[0])


def test_what_an_engine_may_not_say(unchanged: Scene) -> None:
    engine, new = unchanged.connect(ENGINE), new_uuid
    beats: list[tuple[tuple[Any, ...], str]] = [
        ((new(), "v" * 201, "m", "d", 1, 0), _BREAKS_A_RULE),
        ((new(), "v", "m" * 201, "d", 1, 0), _BREAKS_A_RULE),
        ((new(), "v", "m", "d" * 10_000_000, 1, 0), _BREAKS_A_RULE),
        ((new(), "v", "m", "d", -1, 0), _BREAKS_A_RULE),
        ((new(), "v", "m", "d", 1, -1), _BREAKS_A_RULE),
        ((None, "v", "m", "d", 1, 0), _NULL),
    ]
    assert [_refusal(engine, _BEAT, *act) for act, _ in beats] == [s for _, s in beats]
    camera = unchanged.camera_id
    for seconds in (301, 2_000_000_000, -1, None):
        assert _refusal(engine, _LEASE, new(), camera, seconds) == _BAD_INPUT
    assert _refusal(engine, _LEASE, new(), new(), 60) == _DENIED
    # The camera is another's.
    assert engine.execute(_LEASE.encode(), (new(), camera, 60)).fetchone() == (None,)


def test_keys_that_are_none(unchanged: Scene) -> None:
    engine, other = unchanged.connect(ENGINE), new_uuid()
    new, since = "2e" * 32, "2026-02-01Z"
    signed = "ab" * 64
    tried = {
        "a second of the engine": (new, STATION, since, "d", None, None),
        "one handed over by nobody": (new, STATION, since, "d", ENGINE_KEY, None),
        "one handed over by a stranger": (new, STATION, since, "d", "3e" * 32, signed),
        "the key of another engine": (ENGINE_KEY, other, since, "d", None, None),
        "a handover that is none": (new, STATION, since, "d", ENGINE_KEY, "zz"),
        "no key": ("2E" * 32, other, since, "d", None, None),
        "of nobody": (new, None, since, "d", None, None),
        "of no time": (new, other, None, "d", None, None),
        "of a desk without a name": (new, other, since, "", None, None),
    }
    found = {name: _refusal(engine, _KEY, *act) for name, act in tried.items()}
    assert list(found.values()) == [
        *([_WRONG_STATE] * 4),
        _BAD_INPUT,
        _BREAKS_A_RULE,
        _NULL,
        _NULL,
        _BREAKS_A_RULE,
    ]


def test_a_changed_key_is_a_row_and_an_entry_of_the_trail(own_scene: Scene) -> None:
    engine = own_scene.connect(ENGINE)
    new, signed = "2e" * 32, "ab" * 64
    engine.execute(
        _KEY.encode(), (new, STATION, "2026-02-01Z", "d", ENGINE_KEY, signed)
    )
    assert _refusal(engine, _KEY, new, STATION, "2026-02-01Z", "d", None, None) is None
    keys = own_scene.watcher.execute(
        "SELECT public_key, replaces FROM atalaya.engine_key ORDER BY since"
    ).fetchall()
    assert keys == [(ENGINE_KEY, None), (new, ENGINE_KEY)]
    told = own_scene.watcher.execute(
        "SELECT detail ->> 'replaces' FROM atalaya.audit"
        " WHERE action = 'register_engine_key' ORDER BY sequence"
    ).fetchall()
    assert told == [(None,), (ENGINE_KEY,)]


@contextmanager
def _second_engine(scene: Scene) -> Iterator[Connection]:
    """Let a second workstation's engine in; roles are of the whole server."""
    login = "engine-of-another"
    password = password_of(login)
    add_engine(scene.database.superuser_dsn, Login(login), password)
    try:
        with scene.connect(login) as connection:
            yield connection
    finally:
        scene.watcher.execute(f'DROP ROLE "{login}"'.encode())


def test_no_engine_speaks_for_that_of_another_login(own_scene: Scene) -> None:
    """Until an administrator lets it go: then the next login that tells holds it."""
    new, signed = "2e" * 32, "ab" * 64
    own, replacing = (
        (ENGINE_KEY, STATION, "2026-01-01Z", "desk", None, None),
        (new, STATION, "2026-02-01Z", "desk", ENGINE_KEY, signed),
    )
    release = "SELECT atalaya.release_engine(%s, %s)"
    with _second_engine(own_scene) as other:
        for act in (own, replacing):
            assert _refusal(other, _KEY, *act) == _DENIED
        assert _refusal(other, release, STATION, "it is mine") == _DENIED
        first = own_scene.connect(ENGINE)
        assert _refusal(first, _KEY, *own) is None
        administrator = own_scene.connect(ADMINISTRATOR)
        assert _refusal(administrator, release, STATION, "") == _BAD_INPUT
        assert _refusal(administrator, release, STATION, "a new login") is None
        assert _refusal(administrator, release, STATION, "a new login") == _NO_ROW
        assert _refusal(other, _KEY, *replacing) is None
        assert _refusal(first, _KEY, *own) == _DENIED
    told = own_scene.watcher.execute(
        "SELECT login, action FROM atalaya.audit WHERE subject = %s"
        " AND action LIKE '%%engine' ORDER BY sequence",
        (str(STATION),),
    )
    assert told.fetchall() == [
        ("admin", "release_engine"),
        ("engine-of-another", "take_engine"),
    ]


def test_time_stamps_that_are_none(own_scene: Scene) -> None:
    engine, seal = own_scene.connect(ENGINE), SEAL.sha256
    pending, confirmed = own_scene.pending, own_scene.confirmed
    tried = {
        "of another case": (confirmed, seal, b"0"),
        "of a still": (pending, "ab" * 32, b"0"),
        "of no case": (new_uuid(), seal, b"0"),
        "empty": (pending, seal, b""),
        "too large": (pending, seal, b"0" * 65_537),
        "of null": (pending, seal, None),
    }
    found = [_refusal(engine, _STAMP, *act) for act in tried.values()]
    assert found == [*([_NO_ROW] * 3), _BREAKS_A_RULE, _BREAKS_A_RULE, _NULL]
    # The scene has one; the ninth finds no room, and a known one changes nothing.
    more = [_refusal(engine, _STAMP, pending, seal, bytes([n])) for n in range(9)]
    assert more == [*([None] * 7), _BAD_INPUT, _BAD_INPUT]
    assert _refusal(engine, _STAMP, pending, seal, bytes([0])) is None


def test_reads_that_are_none(unchanged: Scene) -> None:
    engine = unchanged.connect(ENGINE)
    sound = {
        "id": str(new_uuid()),
        "plate": "XYZ987",
        "published": True,
        "confidence": 0.9,
        "read_count": 3,
        "camera_id": str(unchanged.camera_id),
        "track_id": 1,
        "vehicle_class": "car",
        "seen_at": "2026-03-14T15:09:26+00:00",
    }
    tried = [
        ([sound] * 501, _BAD_INPUT),
        ([sound | {"plate": "'; DROP"}], _BREAKS_A_RULE),
        ([sound | {"plate": "A" * 11}], _BREAKS_A_RULE),
        ([sound | {"confidence": "NaN"}], _BREAKS_A_RULE),
        ([sound | {"confidence": 2}], _BREAKS_A_RULE),
        ([sound | {"read_count": 0}], _BREAKS_A_RULE),
        ([sound | {"vehicle_class": "x" * 21}], _BREAKS_A_RULE),
        ([sound | {"camera_id": str(new_uuid())}], _UNKNOWN),
        ([sound | {"seen_at": "yesterday's tomorrow"}], "22007"),
        ({"plate": "XYZ987"}, "22023"),
    ]
    found = [_refusal(engine, _READS, new_uuid(), json.dumps(act)) for act, _ in tried]
    assert found == [state for _, state in tried]


def test_of_two_who_decide_at_once_one_is_refused(own_scene: Scene) -> None:
    def decide(login: str) -> str | None:
        values = (new_uuid(), own_scene.pending, "reject", "test", "", None)
        return _refusal(connections[login], _DECIDE, *values)

    connections = {login: own_scene.connect(login) for login in (OPERATOR, SUPERVISOR)}
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(decide, connections))
    assert sorted(found, key=str) == [_WRONG_STATE, None]


def test_an_open_transaction_dates_nothing_back(own_scene: Scene) -> None:
    ana, superuser = own_scene.connect(OPERATOR), own_scene.connect()
    with ana.transaction():
        began = ana.execute("SELECT now()").fetchone()
        later = superuser.execute("SELECT clock_timestamp()").fetchone()
        values = (new_uuid(), own_scene.pending, "confirm", None, "", "ABC123")
        ana.execute(_DECIDE.encode(), values)
        ana.execute(_NOTICE.encode(), (own_scene.pending,))
    assert began
    assert later
    dates = superuser.execute(
        "SELECT r.decided_at, n.issued_at, (SELECT min(at) FROM atalaya.audit"
        " WHERE action = 'issue_notice' AND subject = r.infraction_id::text)"
        " FROM atalaya.review AS r JOIN atalaya.notice AS n USING (infraction_id)"
        " WHERE r.infraction_id = %s",
        (own_scene.pending,),
    ).fetchone()
    assert dates
    assert all(date > later[0] > began[0] for date in dates)


def test_an_open_transaction_prolongs_no_search(own_scene: Scene) -> None:
    ana, superuser = own_scene.connect(OPERATOR), own_scene.connect()
    mine = new_uuid()
    ana.execute(_SEARCH.encode(), (mine, "ABC123", False, "somebody asked"))
    with ana.transaction(force_rollback=True):
        ana.execute(_FOUND.encode(), (mine,))
        superuser.execute("SET session_replication_role = replica")
        # An hour passes for the search, none for the open transaction.
        superuser.execute(
            "UPDATE atalaya.plate_search SET asked_at = now() - interval '61 minutes'"
        )
        assert _refusal_within(ana, _FOUND, mine) == _WRONG_STATE


def test_the_minute_of_an_undo_is_the_servers(own_scene: Scene) -> None:
    superuser = own_scene.connect()
    superuser.execute("SET session_replication_role = replica")
    superuser.execute(
        "UPDATE atalaya.review SET decided_at = decided_at - interval '61 seconds'"
    )
    ana = own_scene.connect(OPERATOR)
    with ana.transaction(force_rollback=True):
        assert _refusal_within(ana, _UNDO, own_scene.confirmed) == _WRONG_STATE


def _acts_of_each(scene: Scene) -> dict[str, tuple[str, tuple[Any, ...]]]:
    soon = (new_uuid(), "ABC123", "somebody asked", "1 day")
    return {
        OPERATOR: (_DECIDE, (new_uuid(), scene.pending, "reject", "test", "", None)),
        SUPERVISOR: (_WATCH, soon),
        TECHNICIAN: (_PUBLISH, (scene.camera_id, '{"schema_version": 1}', "")),
        ADMINISTRATOR: (_PERSON, ("eve", "Eve", "operator", _VERIFIER)),
    }


def test_whoever_was_put_out_does_nothing_on_an_old_connection(
    own_scene: Scene,
) -> None:
    acts = _acts_of_each(own_scene)
    open_before = {login: own_scene.connect(login) for login in acts}
    own_scene.watcher.execute("UPDATE atalaya.person SET active = false")
    before = state_of(own_scene)
    for login, (sql, values) in acts.items():
        # Of cases and cameras there are none any more, whatever the act.
        found = _refusal(open_before[login], sql, *values)
        assert (login, found) in ((login, _DENIED), (login, _NO_ROW))
    left = changed(before, state_of(own_scene))
    assert [name for name in left if name != "counters"] == []
    own_scene.watcher.execute("UPDATE atalaya.person SET active = true")


def test_a_sender_that_keeps_its_turn_open_silences_nobody(own_scene: Scene) -> None:
    hostile, other = own_scene.connect(AUDITOR), own_scene.connect(OPERATOR)
    superuser = own_scene.connect()
    superuser.execute("DELETE FROM atalaya.outbox")
    other.execute("LISTEN atalaya")
    hostile.execute("BEGIN")
    hostile.execute("SELECT atalaya.dispatch_changes()")
    other.execute(
        _DECIDE.encode(), (new_uuid(), own_scene.pending, "reject", "test", "", None)
    )
    other.execute("SELECT atalaya.dispatch_changes()")
    heard = [each.payload for each in other.notifies(timeout=5, stop_after=1)]
    assert heard == [f"infraction {own_scene.pending}"]
    hostile.execute("ROLLBACK")


def test_a_forged_notice_of_change_carries_nothing(own_scene: Scene) -> None:
    """NOTIFY cannot be refused; it makes others read again what they may read."""
    hostile, session = own_scene.connect(AUDITOR), own_scene.database.login(OPERATOR)
    case = session.case_store.case(own_scene.pending)
    hostile.execute(f"NOTIFY atalaya, 'infraction {own_scene.pending}'".encode())
    hostile.execute("NOTIFY atalaya, 'infraction ''; DROP TABLE atalaya.site; --'")
    assert session.case_store.case(own_scene.pending) == case


_SHADOWS = """
    CREATE SCHEMA mine;
    GRANT USAGE ON SCHEMA mine TO PUBLIC;
    CREATE FUNCTION mine.upper(text) RETURNS text LANGUAGE sql AS $$ SELECT 'EVIL' $$;
    CREATE FUNCTION mine.btrim(text) RETURNS text LANGUAGE sql AS $$ SELECT 'EVIL' $$;
    CREATE FUNCTION mine.now() RETURNS timestamptz
        LANGUAGE sql AS $$ SELECT '2001-01-01'::timestamptz $$;
    CREATE FUNCTION mine.clock_timestamp() RETURNS timestamptz
        LANGUAGE sql AS $$ SELECT '2001-01-01'::timestamptz $$;
    CREATE FUNCTION mine.unequal(text, text) RETURNS boolean
        LANGUAGE sql AS $$ SELECT false $$;
    CREATE OPERATOR mine.<> (LEFTARG = text, RIGHTARG = text, FUNCTION = mine.unequal);
    CREATE TYPE mine.uuid AS (evil integer)
"""


def test_shadows_in_front_of_the_search_path_catch_nothing(own_scene: Scene) -> None:
    superuser, sofia = own_scene.connect(), own_scene.connect(SUPERVISOR)
    superuser.execute(_SHADOWS.encode())
    superuser.execute(
        f"GRANT TEMPORARY ON DATABASE {own_scene.database.name} TO sofia".encode()
    )
    sofia.execute("CREATE TEMP TABLE infraction (state text)")
    sofia.execute("CREATE TEMP TABLE person (login text, active boolean)")
    sofia.execute("SET search_path = mine, pg_temp, pg_catalog, atalaya")
    assert sofia.execute("SELECT 'x' <> 'y', upper('x')").fetchone() == (False, "EVIL")
    # Another's decision: `<>` in the function would say that she is its reviewer.
    assert _refusal(sofia, _UNDO, own_scene.confirmed) == _WRONG_STATE
    # A state that is not pending: `<>` would say that it is.
    twice = (new_uuid(), own_scene.notified, "reject", "test", "", None)
    assert _refusal(sofia, _DECIDE, *twice) == _WRONG_STATE
    sound = (new_uuid(), own_scene.pending, "confirm", None, "", "abc124")
    assert _refusal(sofia, _DECIDE, *sound) is None
    row = superuser.execute(
        "SELECT plate_text, decided_at > now() - interval '1 minute'"
        " FROM atalaya.review WHERE id = %s",
        (sound[0],),
    )
    assert row.fetchone() == ("ABC124", True)


def test_red_light_and_speed_go_in(own_scene: Scene) -> None:
    """The rules above refuse nothing that an engine really says."""
    version = own_scene.database.login(TECHNICIAN).site.configuration
    configuration = version(_camera(own_scene))
    assert configuration is not None
    engine = own_scene.connect(ENGINE)
    for ordinal, like in enumerate((speeding(), red_light()), 20):
        text = canonical_document(finding(configuration, ordinal, like))
        stored = engine.execute(_ADD.encode(), (text,)).fetchone()
        assert stored is not None
        assert InfractionId(stored[0]) == like.id


def _camera(scene: Scene) -> Any:
    return UUID(str(scene.camera_id))


_HOLD = "SELECT atalaya.set_hold(%s, %s, %s, %s, now() + %s::interval)"
_RELEASE = "SELECT atalaya.release_hold(%s, %s)"
_TERM = "SELECT atalaya.set_case_retention(%s, %s, %s)"
_SUBJECT = "SELECT atalaya.ask_subject(%s, %s, %s)"
_ANSWER = "SELECT * FROM atalaya.subject_cases(%s)"
_READ_ANSWER = "SELECT * FROM atalaya.subject_reads(%s)"
_GONE = "SELECT atalaya.object_gone(%s, %s, %s)"


def _known(scene: Scene, query: str) -> Any:
    row = scene.watcher.execute(query.encode()).fetchone()
    return None if row is None else row[0]


def test_holds_that_are_none(unchanged: Scene) -> None:
    sofia, admin = unchanged.connect(SUPERVISOR), unchanged.connect(ADMINISTRATOR)
    standing = _known(unchanged, "SELECT id FROM atalaya.case_hold")
    erased = _known(unchanged, "SELECT infraction_id FROM atalaya.erasure")
    new, case, why = new_uuid, unchanged.pending, "an objection"
    tried = {
        "of no case": (new(), new(), "hold", why, None),
        "of an erased case": (new(), erased, "hold", why, None),
        "twice": (new(), unchanged.confirmed, "hold", why, None),
        "under an identity in use": (standing, case, "hold", why, None),
        "of another kind": (new(), case, "grip", why, None),
        "of no kind": (new(), case, None, why, None),
        "a hold with an end": (new(), case, "hold", why, "1 day"),
        "a lock without an end": (new(), case, "lock", why, None),
        "that ended": (new(), case, "lock", why, "-1 s"),
        "for ever": (new(), case, "lock", why, "100 years"),
        "without a reason": (new(), case, "hold", "    ", None),
        "with half a book": (new(), case, "hold", "x" * 201, None),
    }
    assert {name: _refusal(sofia, _HOLD, *each) for name, each in tried.items()} == {
        "of no case": _NO_ROW,
        "of an erased case": _WRONG_STATE,
        "twice": _WRONG_STATE,
        "under an identity in use": _TAKEN,
        "of another kind": _BAD_INPUT,
        "of no kind": _BAD_INPUT,
        "a hold with an end": _BAD_INPUT,
        "a lock without an end": _BAD_INPUT,
        "that ended": _BAD_INPUT,
        "for ever": _BAD_INPUT,
        "without a reason": _BAD_INPUT,
        "with half a book": _BAD_INPUT,
    }
    assert _refusal(sofia, _RELEASE, standing, why) == _WRONG_STATE
    assert _refusal(admin, _RELEASE, standing, " ") == _BAD_INPUT
    assert _refusal(admin, _RELEASE, new_uuid(), why) == _NO_ROW
    assert _refusal(admin, _RELEASE, None, why) == _NO_ROW


def test_terms_that_are_none(unchanged: Scene) -> None:
    admin = unchanged.connect(ADMINISTRATOR)
    assert _refusal(admin, _TERM, "speeding", "pending", 7) == _BAD_INPUT
    assert _refusal(admin, _TERM, "speeding", "pending", 0) == _BAD_INPUT
    assert _refusal(admin, _TERM, "speeding", "pending", 36501) == _BAD_INPUT
    assert _refusal(admin, _TERM, "speeding", "pending", None) == _BAD_INPUT
    assert _refusal(admin, _TERM, "speeding", "eaten", 100) == _NO_ROW
    assert _refusal(admin, _TERM, None, None, 100) == _NO_ROW


def test_an_administrator_erases_nothing_whose_term_is_not_over(
    unchanged: Scene,
) -> None:
    """Nor says of a file that a case needs that it is gone."""
    admin = unchanged.connect(ADMINISTRATOR)
    row = admin.execute("SELECT atalaya.begin_erasures(1000)").fetchone()
    assert row == (0,)
    erasure = _known(unchanged, "SELECT id FROM atalaya.erasure")
    needed = _known(unchanged, "SELECT sha256 FROM atalaya.evidence")
    for outcome in ("deleted", "absent"):
        assert _refusal(admin, _GONE, erasure, needed, outcome) == _WRONG_STATE
    assert _refusal(admin, _GONE, erasure, "0" * 64, "deleted") == _NO_ROW
    assert _refusal(admin, _GONE, erasure, needed, None) == _BAD_INPUT
    # The same content was in the erased case: told once, it stays told.
    assert _refusal(admin, _GONE, erasure, needed, "shared") is None


def test_what_is_kept_of_a_plate_is_told_once_asked_and_to_whoever_asked(
    unchanged: Scene,
) -> None:
    sofia, admin = unchanged.connect(SUPERVISOR), unchanged.connect(ADMINISTRATOR)
    asked = _known(unchanged, "SELECT id FROM atalaya.subject_request")
    for query in (_ANSWER, _READ_ANSWER):
        assert _refusal(admin, query, asked) == _NO_ROW
        assert _refusal(sofia, query, new_uuid()) == _NO_ROW
    why = "somebody asked"
    for plate in ("", "A", "AB%", "ABC-123", "A" * 11, None):
        assert _refusal(sofia, _SUBJECT, new_uuid(), plate, why) == _BAD_INPUT
    assert _refusal(sofia, _SUBJECT, new_uuid(), "ABC123", "so") == _BAD_INPUT
    assert _refusal(sofia, _SUBJECT, asked, "ABC123", why) == _TAKEN
    with sofia.transaction(force_rollback=True):
        unseen = new_uuid()
        sofia.execute(_SUBJECT.encode(), (unseen, "ABC123", why))
        with pytest.raises(psycopg.Error) as caught, sofia.transaction():
            sofia.execute(_ANSWER.encode(), (unseen,))
        assert caught.value.sqlstate == _WRONG_STATE
