"""Old reads are forgotten, but for those that a case or the watch list needs."""

import threading
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from app.config.camera import ConfigurationVersion
from app.domain.ids import CameraId, EngineId, TrackId, new_uuid
from app.domain.plate import PlateSighting
from app.domain.plate_search import NewWatch
from db.address import Connection
from db.plate_retention import Forgetting, forgettable
from tests.builders.plates import REASON, sighting
from tests.builders.site import finding, installed_camera
from tests.fixtures_db import Database
from tests.integration.db.test_engine_gateway import by_other_engine

_OLD, _YOUNG = 31, 29
_WITHIN_S = 20
_READS = "SELECT p.text FROM atalaya.plate_read AS r JOIN atalaya.plate AS p"
_READS += " ON p.id = r.plate_id ORDER BY 1"


@dataclass(frozen=True)
class Passed:
    """A camera past which vehicles drove, and the run of the engine that read them."""

    database: Database
    version: ConfigurationVersion
    engine_id: EngineId

    def by(self, text: str, days: float, track: int = 1) -> PlateSighting:
        """Let a vehicle have passed so many days ago."""
        made = sighting(CameraId(self._camera_id()), text)
        wall = datetime.now(UTC) - timedelta(days=days)
        made = replace(
            made, track_id=TrackId(track), seen=replace(made.seen, wall=wall)
        )
        self.database.gateway().plate_sink(self.engine_id).add([made])
        return made

    def _camera_id(self) -> CameraId:
        return finding(self.version).camera_id

    def forget(self, batch: int = 1000) -> Forgetting:
        """Forget all that is old."""
        done = Forgetting(self.database.superuser_dsn, batch)
        done.finish()
        return done

    def kept(self) -> list[str]:
        """Return the plate of each read that is there, in order."""
        rows = self.database.connect().execute(_READS).fetchall()
        return [str(text) for (text,) in rows]


@pytest.fixture
def passed(database: Database) -> Passed:
    """Give a camera past which nobody has driven yet."""
    version = installed_camera(database.login("teo").site)
    return Passed(database, version, EngineId(new_uuid()))


def _plates(connection: Connection) -> list[str]:
    rows = connection.execute("SELECT text FROM atalaya.plate ORDER BY 1").fetchall()
    return [str(text) for (text,) in rows]


def test_what_is_older_than_is_kept_is_forgotten(passed: Passed) -> None:
    passed.by("OLD-111", _OLD)
    passed.by("NEW-222", _YOUNG)
    done = passed.forget()
    assert passed.kept() == ["NEW222"]
    assert (done.reads, done.plates) == (1, 1)


def test_a_plate_goes_with_the_last_of_its_reads(passed: Passed) -> None:
    passed.by("ABC-123", _OLD)
    passed.by("ABC-123", _YOUNG)
    passed.by("XYZ-999", _OLD)
    passed.by("XYZ-999", _OLD + 5)
    assert passed.forget().plates == 1
    assert _plates(passed.database.connect()) == ["ABC123"]


def test_a_hit_of_the_watch_list_stays(passed: Passed) -> None:
    expires = datetime.now(UTC) + timedelta(days=1)
    sofia = passed.database.login("sofia").plates
    sofia.add_watch(NewWatch(plate="ABC123", reason=REASON, expires=expires))
    passed.by("ABC-123", _OLD)
    passed.by("XYZ-999", _OLD)
    passed.forget()
    assert passed.kept() == ["ABC123"]
    assert [hit.plate for hit in sofia.watch_hits()] == ["ABC123"]


def test_the_read_of_a_case_stays_also_when_another_engine_made_it(
    passed: Passed,
) -> None:
    """By camera, track and run of the engine, all three: a track number comes again."""
    case = finding(passed.version)
    provenance = replace(case.provenance, engine_id=passed.engine_id)
    mine = replace(case, track_id=TrackId(7), provenance=provenance)
    other = by_other_engine(mine)
    gateway = passed.database.gateway()
    gateway.add(other)
    gateway.add(mine)
    passed.by("TWN-001", _OLD, track=7)
    passed.by("ELS-002", _OLD, track=8)
    theirs = replace(passed, engine_id=other.provenance.engine_id)
    theirs.by("CAS-003", _OLD, track=7)
    replace(passed, engine_id=EngineId(new_uuid())).by("RUN-004", _OLD, track=7)
    would = forgettable(passed.database.superuser_dsn)
    assert (would.reads, would.kept_by_case, would.kept_by_watch) == (2, 2, 0)
    passed.forget()
    assert passed.kept() == ["CAS003", "TWN001"]


def test_batches_go_past_what_stays(passed: Passed) -> None:
    """However small they are, and however much of each stays."""
    expires = datetime.now(UTC) + timedelta(days=1)
    passed.database.login("sofia").plates.add_watch(
        NewWatch(plate="ABC123", reason=REASON, expires=expires)
    )
    for number in range(5):
        passed.by("ABC-123", _OLD + number)
        passed.by(f"XYZ-90{number}", _OLD + number)
    one = Forgetting(passed.database.superuser_dsn, 2)
    assert one.step()
    assert one.reads == 1
    one.finish()
    assert (one.reads, one.plates) == (5, 5)
    assert passed.kept() == ["ABC123"] * 5


def test_the_days_can_be_set(passed: Passed) -> None:
    passed.by("ABC-123", 9)
    passed.by("XYZ-999", 11)
    passed.database.login("teo").plates.set_keep_days(10)
    passed.forget()
    assert passed.kept() == ["ABC123"]


def test_a_look_forgets_nothing_and_says_the_same(passed: Passed) -> None:
    oldest = passed.by("ABC-123", _OLD + 9)
    passed.by("ABC-123", _OLD)
    passed.by("XYZ-999", _YOUNG)
    would = forgettable(passed.database.dsn("admin"))
    assert (would.keep_days, would.reads) == (30, 2)
    assert would.oldest is not None
    assert abs(would.oldest - oldest.seen.wall) < timedelta(milliseconds=1)
    assert len(passed.kept()) == 3
    assert passed.forget().reads == would.reads
    empty = forgettable(passed.database.superuser_dsn)
    assert (empty.reads, empty.oldest) == (0, None)


def test_the_trail_counts_what_was_forgotten_and_names_no_plate(
    passed: Passed,
) -> None:
    for number in range(3):
        passed.by(f"ABC-12{number}", _OLD + number)
    passed.database.login("teo").plates.set_keep_days(20)
    passed.forget(batch=2)
    rows = passed.database.connect("aurora").execute(
        "SELECT login, action, subject, detail FROM atalaya.audit"
        " WHERE action LIKE '%plate%' ORDER BY sequence"
    )
    (set_, first, second) = rows.fetchall()
    assert set_[:3] == ("teo", "set_plate_retention", "")
    assert set_[3] == {"keep_days": 20, "before": 30}
    assert [entry[3]["reads"] for entry in (first, second)] == [2, 1]
    assert [entry[3]["plates"] for entry in (first, second)] == [2, 1]
    assert "ABC" not in str((first, second))
    faults = passed.database.connect("aurora").execute(
        "SELECT * FROM atalaya.verify_audit()"
    )
    assert faults.fetchall() == []


def test_where_nothing_is_old_the_trail_stays_short(passed: Passed) -> None:
    passed.by("ABC-123", _YOUNG)
    passed.forget()
    row = passed.database.connect().execute(
        "SELECT count(*) FROM atalaya.audit WHERE action = 'forget_plate_reads'"
    )
    assert row.fetchone() == (0,)


def test_a_plate_that_is_just_being_read_again_stays(passed: Passed) -> None:
    """Its entry is held by the engine's transaction, and is not waited for."""
    passed.by("ABC-123", _OLD)
    engine = passed.database.connect("engine")
    with engine.transaction():
        engine.execute(_hold(passed))
        done = passed.forget()
        assert (done.reads, done.plates) == (1, 0)
    assert passed.kept() == ["ABC123"]


def test_a_plate_whose_engine_failed_while_it_was_held_goes_later(
    passed: Passed,
) -> None:
    """No read is left then by which its text would be found again."""
    passed.by("ABC-123", _OLD)
    passed.by("XYZ-999", _YOUNG)
    engine = passed.database.connect("engine")
    with engine.transaction(force_rollback=True):
        engine.execute(_hold(passed))
        done = passed.forget()
        assert (done.reads, done.plates) == (1, 0)
    superuser = passed.database.connect()
    assert _plates(superuser) == ["ABC123", "XYZ999"]
    assert passed.forget().plates == 1
    assert _plates(superuser) == ["XYZ999"]
    row = superuser.execute("SELECT count(*) FROM atalaya.plate_left").fetchone()
    assert row == (0,)


def test_a_plate_that_was_held_and_read_again_stays(passed: Passed) -> None:
    passed.by("ABC-123", _OLD)
    engine = passed.database.connect("engine")
    with engine.transaction():
        engine.execute(_hold(passed))
        passed.forget()
    assert passed.forget().plates == 0
    superuser = passed.database.connect()
    assert _plates(superuser) == ["ABC123"]
    row = superuser.execute("SELECT count(*) FROM atalaya.plate_left").fetchone()
    assert row == (0,)


def test_a_batch_larger_than_the_server_takes_does_not_end_the_pass(
    passed: Passed,
) -> None:
    passed.by("ABC-123", _OLD)
    passed.database.connect().execute(
        "INSERT INTO atalaya.plate_read SELECT gen_random_uuid(), plate_id, published,"
        " confidence, read_count, camera_id, engine_id, track_id, vehicle_class,"
        " seen_at FROM atalaya.plate_read, generate_series(1, 5000)"
    )
    assert passed.forget(batch=100_000).reads == 5001
    assert passed.kept() == []


@pytest.mark.parametrize("wrong", ["track_id", "camera_id"])
def test_a_twin_that_is_malformed_does_not_stop_the_pass(
    passed: Passed, wrong: str
) -> None:
    passed.database.gateway().add(finding(passed.version))
    passed.database.connect().execute(
        "INSERT INTO atalaya.infraction_twin"
        " (id, twin_of, engine_id, document, document_sha256)"
        " SELECT gen_random_uuid(), id, %s, jsonb_set(document, ARRAY[%s],"
        " '\"none\"'), repeat('0', 64) FROM atalaya.infraction",
        (passed.engine_id, wrong),
    )
    passed.by("ABC-123", _OLD, track=int(finding(passed.version).track_id))
    assert passed.forget().reads == 1


def test_a_plate_that_goes_while_it_is_read_again_comes_back(passed: Passed) -> None:
    """The engine waits for it to be gone and makes it anew: no read is lost."""
    passed.by("ABC-123", _OLD)
    superuser = passed.database.connect()
    adding = threading.Thread(target=passed.by, args=("ABC-123", 0))
    with superuser.transaction():
        superuser.execute("SELECT * FROM atalaya.forget_plate_reads(NULL, NULL, 10)")
        adding.start()
        assert _somebody_waits(passed.database.connect())
    adding.join(_WITHIN_S)
    assert not adding.is_alive()
    assert passed.kept() == ["ABC123"]


def _hold(passed: Passed) -> bytes:
    """Return what an engine asks when it reads ABC123 now."""
    camera_id = finding(passed.version).camera_id
    read = (
        f'[{{"id": "{new_uuid()}", "plate": "ABC123", "published": true,'
        f' "confidence": 0.9, "read_count": 1, "camera_id": "{camera_id}",'
        f' "track_id": 1, "vehicle_class": "car", "seen_at": "{datetime.now(UTC)}"}}]'
    )
    return f"SELECT atalaya.add_plate_reads('{new_uuid()}', '{read}')".encode()


def _somebody_waits(connection: Connection) -> bool:
    patience = threading.Event()
    for _ in range(_WITHIN_S * 20):
        row = connection.execute(
            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            " AND datname = current_database())"
        ).fetchone()
        if row == (True,):
            return True
        patience.wait(0.05)
    return False
