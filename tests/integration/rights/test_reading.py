"""Cases are read with a trace or not at all, and some of them masked."""

from typing import Any

import psycopg
import pytest

from db.address import Connection
from tests.integration.rights.matrix import AUDITOR, OPERATOR, SUPERVISOR
from tests.integration.rights.scene import Scene

_DENIED, _NO_ROW, _WRONG_STATE, _BAD = "42501", "AT002", "AT001", "AT003"
_ASK = "SELECT atalaya.ask_reading(%s, %s, %s)"
_READ = "SELECT document, reviews FROM atalaya.read_cases(%s)"
_FIND = "SELECT * FROM atalaya.cases_of_plate(%s)"
_OWNER = "SELECT plate FROM atalaya.vehicle_of(%s)"


_AROUND = (
    "SELECT plate_in_force FROM atalaya.infraction",
    "SELECT document FROM atalaya.infraction",
    "SELECT count(*) FROM atalaya.infraction WHERE plate_text = 'ABC123'",
    "SELECT id FROM atalaya.infraction ORDER BY plate_in_force",
    "SELECT max(plate_text) FROM atalaya.infraction",
    "SELECT i FROM atalaya.infraction AS i",
    "SELECT plate_text FROM atalaya.review",
    "SELECT comment FROM atalaya.review",
    "SELECT document FROM atalaya.infraction_twin",
    "SELECT row_to_json(t) FROM atalaya.infraction_twin AS t",
)


def _refusal(connection: Connection, sql: str, *values: Any) -> str | None:
    try:
        with connection.transaction():
            connection.execute(sql.encode(), values)
    except psycopg.Error as error:
        return error.sqlstate
    return None


def _shown(connection: Connection, case: object) -> tuple[Any, Any]:
    row = connection.execute(_READ, ([case],)).fetchone()
    assert row
    return row[0], row[1]


def _entries(scene: Scene, login: str) -> list[tuple[str, str]]:
    rows = scene.watcher.execute(
        "SELECT action, subject FROM atalaya.audit WHERE login = %s"
        " AND action ~ '^read_' ORDER BY sequence",
        (login,),
    )
    return [(str(row[0]), str(row[1])) for row in rows]


def test_no_case_is_read_without_a_committed_trace(own_scene: Scene) -> None:
    ana, case = own_scene.connect(OPERATOR), own_scene.confirmed
    superuser = own_scene.connect()
    before = _entries(own_scene, OPERATOR)
    superuser.execute("TRUNCATE atalaya.reading")
    assert _refusal(ana, _READ, [case]) == _WRONG_STATE
    with ana.transaction(force_rollback=True):
        ana.execute(_ASK, ("open", [str(case)], None))
        # Within one transaction the trace could be taken back with the answer kept.
        assert _refusal(ana, _READ, [case]) == _WRONG_STATE
    assert _refusal(ana, _READ, [case]) == _WRONG_STATE
    assert _entries(own_scene, OPERATOR) == before
    # Another's question, and one for another case, answer nothing.
    with own_scene.connect(SUPERVISOR) as sofia:
        sofia.execute(_ASK, ("open", [str(case)], None))
    ana.execute(_ASK, ("open", [str(own_scene.pending)], None))
    assert _refusal(ana, _READ, [case]) == _WRONG_STATE
    assert _refusal(ana, _READ, [own_scene.pending, case]) == _WRONG_STATE
    ana.execute(_ASK, ("open", [str(case)], None))
    assert _refusal(ana, _READ, [case]) is None
    assert _entries(own_scene, OPERATOR)[-1] == ("read_open", str(case))
    # It was long ago.
    superuser.execute(
        "UPDATE atalaya.reading SET asked_at = asked_at - interval '17 minutes'"
    )
    assert _refusal(ana, _READ, [case]) == _WRONG_STATE


def test_questions_that_are_none(own_scene: Scene) -> None:
    case = str(own_scene.confirmed)
    tried: list[tuple[tuple[Any, ...], str]] = [
        (("gossip", [case], None), _BAD),
        ((None, [case], None), _BAD),
        (("open", None, None), _BAD),
        (("open", [case] * 1001, None), _BAD),
        (("open", ["a story for the trail"], None), "22P02"),
        (("open", [case.upper()], None), _NO_ROW),
        (("open", ["00000000-0000-0000-0000-000000000000"], None), _NO_ROW),
        (("open", [None], None), _NO_ROW),
        (("open", [case], "why"), _BAD),
        (("owner", [case], None), _BAD),
        (("unmask", [case], " "), _BAD),
        (("find", ["%"], None), _BAD),
        (("find", ["ABC", "DEF"], None), _BAD),
    ]
    for login in (OPERATOR, AUDITOR):
        before = _entries(own_scene, login)
        with own_scene.connect(login) as person:
            found = [_refusal(person, _ASK, *values) for values, _ in tried]
        assert found == [state for _, state in tried]
        assert _entries(own_scene, login) == before


def test_the_auditor_sees_no_plate_without_a_reason(own_scene: Scene) -> None:
    case = own_scene.confirmed
    with own_scene.connect(AUDITOR) as aurora:
        aurora.execute(_ASK, ("open", [str(case)], None))
        document, reviews = _shown(aurora, case)
        assert document["plate"]["text"] == "••••••"
        assert reviews[0]["plate_text"] == "••••••"
        assert "ABC" not in str(document["plate"]) + str(reviews)
        assert _refusal(aurora, _FIND, "ABC") == _DENIED
        for clause in _AROUND:
            assert _refusal(aurora, clause) == _DENIED
        aurora.execute(_ASK, ("unmask", [str(case)], "complaint 17"))
        document, reviews = _shown(aurora, case)
        assert document["plate"]["text"] == reviews[0]["plate_text"] == "ABC123"


def test_owners_are_read_for_a_reason(own_scene: Scene) -> None:
    case = own_scene.confirmed
    for login in (OPERATOR, SUPERVISOR, AUDITOR):
        with own_scene.connect(login) as person:
            person.execute(_ASK, ("open", [str(case)], None))
            assert _refusal(person, _OWNER, case) == _WRONG_STATE
            assert _refusal(person, "TABLE atalaya.vehicle") == _DENIED
            person.execute(_ASK, ("owner", [str(case)], "notice to be sent"))
            assert person.execute(_OWNER, (case,)).fetchall() == [("ABC123",)]
        assert _entries(own_scene, login)[-1] == ("read_owner", str(case))


def test_a_search_by_plate_is_asked_for(own_scene: Scene) -> None:
    with own_scene.connect(OPERATOR) as ana:
        assert _refusal(ana, _FIND, "ABC123") == _WRONG_STATE
        ana.execute(_ASK, ("find", ["ABC123"], None))
        assert len(ana.execute(_FIND, ("ABC123",)).fetchall()) == 4
        assert _refusal(ana, _FIND, "ABC") == _WRONG_STATE
        for pattern in ("%", "A.*", "", None):
            assert _refusal(ana, _FIND, pattern) in (_BAD, _WRONG_STATE)
    assert _entries(own_scene, OPERATOR)[-1] == ("read_find", "ABC123")


@pytest.mark.parametrize("login", [OPERATOR, AUDITOR])
def test_a_page_that_reloads_floods_no_trail(own_scene: Scene, login: str) -> None:
    keys = [str(own_scene.pending), str(own_scene.confirmed)]
    own_scene.connect().execute("TRUNCATE atalaya.reading")
    before = len(_entries(own_scene, login))
    with own_scene.connect(login) as person:
        for _ in range(50):
            person.execute(_ASK, ("list", keys, None))
    assert len(_entries(own_scene, login)) == before + 1
