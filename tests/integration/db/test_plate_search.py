"""What only the server can promise of plates: traces, and indexes that miss none."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain import plate_text
from app.domain.ids import CameraId, EngineId, new_uuid
from app.domain.person import Right
from app.domain.plate_search import NewWatch, PlateQuery
from db.address import Connection
from tests.builders.plates import REASON, sighting
from tests.builders.site import camera
from tests.fixtures_db import Database
from tests.integration.db.test_changes import Heard

PLATES = st.lists(
    st.text("O0B8I1A4SX", min_size=2, max_size=8), min_size=1, max_size=30
)
PATTERNS = st.text("O0B8X*?", min_size=2, max_size=7)
_ONE_DATABASE = settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
_ASK = "SELECT atalaya.search_plates(%s, 'ABC123', false, NULL, NULL, %s)"
_READ = "SELECT * FROM atalaya.found_plates(%s, NULL, NULL, NULL, 10)"


def seed(database: Database, texts: Sequence[str]) -> CameraId:
    """Let these plates pass, one a minute."""
    made = camera()
    database.login("teo").site.save_camera(made)
    sink = database.gateway().plate_sink(EngineId(new_uuid()))
    sink.add([sighting(made.id, text, n) for n, text in enumerate(texts)])
    return made.id


def keep_only(connection: Connection, texts: Sequence[str]) -> None:
    """Put other texts into the dictionary."""
    connection.execute("DELETE FROM atalaya.plate")
    for text in sorted(set(texts)):
        connection.execute("INSERT INTO atalaya.plate (text) VALUES (%s)", (text,))


def matching(connection: Connection, pattern: str, alike: bool) -> dict[str, int]:
    rows = connection.execute(
        "SELECT p.text, m.distance FROM atalaya.matching_plates(%s, %s, 5000) AS m"
        " JOIN atalaya.plate AS p ON p.id = m.plate_id",
        (pattern, alike),
    )
    return {str(text): int(distance) for text, distance in rows}


@pytest.fixture
def connection(database: Database) -> Connection:
    made = database.connect()
    # The few rows of a test would be read in whole, and no index would be tried.
    made.execute("SET enable_seqscan = off")
    return made


@_ONE_DATABASE
@given(texts=PLATES)
def test_the_server_folds_as_the_domain_does(
    connection: Connection, texts: list[str]
) -> None:
    for one, other in zip(texts, reversed(texts), strict=True):
        row = connection.execute(
            "SELECT atalaya.plate_skeleton(%s), atalaya.plate_distance(%s, %s)",
            (one, one, other),
        ).fetchone()
        assert row == (plate_text.skeleton(one), plate_text.distance(one, other))


def test_the_whole_alphabet_is_folded_alike(connection: Connection) -> None:
    alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    row = connection.execute("SELECT atalaya.plate_skeleton(%s)", (alphabet,))
    assert row.fetchone() == (plate_text.skeleton(alphabet),)


@_ONE_DATABASE
@given(texts=PLATES)
def test_the_index_misses_no_look_alike(
    connection: Connection, texts: list[str]
) -> None:
    keep_only(connection, texts)
    apart = {text: plate_text.distance(texts[0], text) for text in texts}
    near = {text: distance for text, distance in apart.items() if distance is not None}
    assert matching(connection, texts[0], alike=True) == near


@_ONE_DATABASE
@given(texts=PLATES, pattern=PATTERNS)
def test_the_index_misses_no_match_of_a_pattern(
    connection: Connection, texts: list[str], pattern: str
) -> None:
    keep_only(connection, texts)
    fitting = {text: 0 for text in texts if plate_text.matches(pattern, text)}
    assert matching(connection, pattern, alike=False) == fitting


_SOME_PLATES = """
    INSERT INTO atalaya.plate (text)
        SELECT chr(65 + n % 26) || 'BC' || lpad(n::text, 4, '0')
        FROM generate_series(1, 2000) AS n ON CONFLICT DO NOTHING;
    ANALYZE atalaya.plate
"""


@pytest.mark.parametrize(
    ("question", "index"),
    [
        ("TABLE atalaya.plate", None),
        ("SELECT FROM atalaya.plate WHERE text = 'ABC123'", "plate_text_key"),
        ("SELECT FROM atalaya.plate WHERE text LIKE 'ABC%'", "plate_text_key"),
        (
            "SELECT FROM atalaya.plate WHERE reverse(text) LIKE '321%'",
            "plate_reversed",
        ),
        (
            "SELECT FROM atalaya.plate WHERE"
            " atalaya.plate_pairs(text) @> atalaya.plate_pairs('*123')",
            "plate_pairs",
        ),
        (
            "SELECT FROM atalaya.plate WHERE"
            " atalaya.plate_near(text) && atalaya.plate_near('ABC123')",
            "plate_near",
        ),
    ],
)
def test_each_way_of_asking_has_its_index(
    connection: Connection, question: str, index: str | None
) -> None:
    connection.execute(_SOME_PLATES)
    explain = f"EXPLAIN (FORMAT JSON) {question}"
    plan = json.dumps(connection.execute(explain.encode()).fetchone())
    # An index may be read from end to end as well: a condition is what serves.
    assert ("Index Cond" in plan) == (index is not None)
    assert index is None or index in plan


def test_a_search_is_in_the_trail_with_its_reason_and_its_hits(
    database: Database,
) -> None:
    seed(database, ["ABC-123", "ABC-124", "XYZ-999"])
    register = database.login("ana").plates
    page = register.search(PlateQuery(pattern="ABC12?", reason=REASON))
    entries = database.connect("aurora").execute(
        "SELECT login, workstation, action, subject, detail FROM atalaya.audit"
        " WHERE action IN ('search_plates', 'found_plates') ORDER BY sequence"
    )
    asked, found = entries.fetchall()
    assert asked[:4] == ("ana", "127.0.0.1 atalaya", "search_plates", "ABC12?")
    assert asked[4]["reason"] == REASON
    assert asked[4]["search"] == found[4]["search"] == str(page.search_id)
    assert (found[0], found[2], found[4]["hits"]) == ("ana", "found_plates", 2)
    assert (
        database.connect("aurora")
        .execute("SELECT * FROM atalaya.verify_audit()")
        .fetchall()
        == []
    )


def test_no_rollback_takes_a_search_out_of_the_trail(database: Database) -> None:
    """Who has results has left a trace that is committed already."""
    seed(database, ["ABC-123"])
    connection = database.connect("ana")
    search_id = new_uuid()
    with connection.transaction(force_rollback=True):
        connection.execute(_ASK, (search_id, REASON))
        with (
            pytest.raises(psycopg.Error) as caught,
            connection.transaction(),
        ):
            connection.execute(_READ, (search_id,))
        assert caught.value.sqlstate == "AT001"
    with pytest.raises(psycopg.Error) as caught:
        connection.execute(_READ, (search_id,))
    assert caught.value.sqlstate == "AT002"
    connection.execute(_ASK, (search_id, REASON))
    assert len(connection.execute(_READ, (search_id,)).fetchall()) == 1


@pytest.mark.parametrize("reason", [None, "", "1234", "    1234    ", "x" * 201])
def test_the_server_wants_a_reason(database: Database, reason: str | None) -> None:
    connection = database.connect("ana")
    with pytest.raises(psycopg.Error) as caught:
        connection.execute(_ASK, (new_uuid(), reason))
    assert caught.value.sqlstate == "AT003"


def test_a_search_is_answered_for_an_hour(database: Database) -> None:
    seed(database, ["ABC-123"])
    connection, search_id = database.connect("ana"), new_uuid()
    connection.execute(_ASK, (search_id, REASON))
    superuser = database.connect()
    superuser.execute("SET session_replication_role = replica")
    superuser.execute(
        "UPDATE atalaya.plate_search SET asked_at = asked_at - interval '61 minutes'"
    )
    with pytest.raises(psycopg.Error) as caught:
        connection.execute(_READ, (search_id,))
    assert caught.value.sqlstate == "AT001"


def test_a_hit_reaches_those_who_listen(database: Database) -> None:
    heard = Heard()
    ana = database.login("ana")
    ana.changes.listen(heard)
    expires = datetime.now(UTC) + timedelta(days=1)
    watch_id = database.login("sofia").plates.add_watch(
        NewWatch(plate="ABC123", reason=REASON, expires=expires)
    )
    assert heard.wait("watch", watch_id)
    seed(database, ["ABC-I23", "XYZ-999"])
    row = database.connect().execute("SELECT id FROM atalaya.watch_hit").fetchone()
    assert row is not None
    assert heard.wait("watch_hit", UUID(str(row[0])))
    assert [hit.plate for hit in ana.plates.watch_hits()] == ["ABCI23"]


def test_an_expired_watch_is_silent(database: Database) -> None:
    expires = datetime.now(UTC) + timedelta(days=1)
    sofia = database.login("sofia")
    sofia.plates.add_watch(NewWatch(plate="ABC123", reason=REASON, expires=expires))
    superuser = database.connect()
    superuser.execute("SET session_replication_role = replica")
    superuser.execute(
        "UPDATE atalaya.watch_entry SET created_at = created_at - interval '2 days',"
        " expires_at = expires_at - interval '2 days'"
    )
    seed(database, ["ABC-123"])
    assert sofia.plates.watch_hits() == []
    assert sofia.plates.watches() == []


def test_rights_follow_the_grants(database: Database) -> None:
    rights = {
        login: database.login(login).person.rights
        & {Right.SEARCH_PLATES, Right.WATCH_PLATES}
        for login in ("ana", "sofia", "teo", "admin", "aurora")
    }
    assert rights == {
        "ana": {Right.SEARCH_PLATES},
        "sofia": {Right.SEARCH_PLATES, Right.WATCH_PLATES},
        "teo": set(),
        "admin": set(),
        "aurora": set(),
    }


def test_the_release_before_still_reads_its_rights(database: Database) -> None:
    """It would let nobody log in whose rights it does not know by name."""
    row = database.connect("sofia").execute("SELECT rights FROM atalaya.my_rights()")
    assert row.fetchone() == (["review", "report"],)


def test_a_batch_is_bounded(database: Database) -> None:
    connection = database.connect("engine")
    with pytest.raises(psycopg.Error) as caught:
        connection.execute(
            "SELECT atalaya.add_plate_reads(gen_random_uuid(), %s)",
            (json.dumps([{}] * 501),),
        )
    assert caught.value.sqlstate == "AT003"


def test_each_plate_is_kept_once(database: Database) -> None:
    seed(database, ["ABC-123", "ABC-123", "XYZ-999"])
    row = database.connect().execute(
        "SELECT (SELECT count(*) FROM atalaya.plate),"
        " (SELECT count(*) FROM atalaya.plate_read)"
    )
    assert row.fetchone() == (2, 3)
