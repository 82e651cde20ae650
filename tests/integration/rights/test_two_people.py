"""Second reviews, notices by another, and claims: refused by the server."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from db.address import Connection
from tests.integration.rights.matrix import ADMINISTRATOR, OPERATOR, SUPERVISOR
from tests.integration.rights.scene import Scene

_DENIED, _NO_ROW, _WRONG_STATE, _BAD = "42501", "AT002", "AT001", "AT003"
_CONFIRM = "SELECT atalaya.decide(gen_random_uuid(), %s, 'confirm', NULL, '', %s)"
_REJECT = "SELECT atalaya.decide(gen_random_uuid(), %s, 'reject', 'test', '', NULL)"
_FENCED = "SELECT atalaya.decide(gen_random_uuid(), %s, 'reject', 'test', '', NULL, %s)"
_CLAIM = "SELECT epoch, holder FROM atalaya.claim_case(%s, %s)"
_RELEASE = "SELECT atalaya.release_case(%s, %s)"
_RULES = "SELECT atalaya.set_review_rules(%s::smallint, %s, %s, %s)"
_UNDO, _NOTICE = "SELECT atalaya.undo(%s)", "SELECT atalaya.issue_notice(%s)"


def _refusal(connection: Connection, sql: str, *values: Any) -> str | None:
    try:
        connection.execute(sql.encode(), values)
    except psycopg.Error as error:
        return error.sqlstate
    return None


@pytest.fixture
def ana(own_scene: Scene) -> Iterator[Connection]:
    """Give the operator."""
    with own_scene.connect(OPERATOR) as connection:
        yield connection


@pytest.fixture
def sofia(own_scene: Scene) -> Iterator[Connection]:
    """Give the supervisor."""
    with own_scene.connect(SUPERVISOR) as connection:
        yield connection


def _rules(scene: Scene, *rules: bool) -> None:
    with scene.connect(ADMINISTRATOR) as admin:
        admin.execute(_RULES, (1, *rules))


def _state(scene: Scene, case: object) -> Any:
    return scene.watcher.execute(
        "SELECT state, plate_in_force FROM atalaya.infraction WHERE id = %s", (case,)
    ).fetchone()


def test_two_confirm_where_the_site_wants_two(
    own_scene: Scene, ana: Connection, sofia: Connection
) -> None:
    _rules(own_scene, True, False, False)
    case = own_scene.pending
    ana.execute(_CONFIRM, (case, "XYZ987"))
    assert _state(own_scene, case) == ("pending", "ABC123")
    # Neither twice by one person, nor with another plate, nor a notice of half of it.
    assert _refusal(ana, _CONFIRM, case, "XYZ987") == _WRONG_STATE
    assert _refusal(ana, _REJECT, case) == _WRONG_STATE
    assert _refusal(ana, _NOTICE, case) == _WRONG_STATE
    assert _refusal(sofia, _CONFIRM, case, "ABC123") == _WRONG_STATE
    assert _refusal(sofia, _UNDO, case) == _WRONG_STATE
    sofia.execute(_CONFIRM, (case, "XYZ987"))
    assert _state(own_scene, case) == ("confirmed", "XYZ987")
    # Undone, it waits for a second one again; then the first is undone as well.
    sofia.execute(_UNDO, (case,))
    assert _state(own_scene, case) == ("pending", "ABC123")
    ana.execute(_UNDO, (case,))
    sofia.execute(_REJECT, (case,))
    assert _state(own_scene, case)[0] == "rejected"
    kept = own_scene.watcher.execute(
        "SELECT reviewer, decisive FROM atalaya.review WHERE infraction_id = %s"
        " ORDER BY decided_at",
        (case,),
    )
    assert kept.fetchall() == [
        (OPERATOR, False),
        (SUPERVISOR, True),
        (SUPERVISOR, True),
    ]


def test_one_rejection_is_enough(
    own_scene: Scene, ana: Connection, sofia: Connection
) -> None:
    _rules(own_scene, True, False, False)
    ana.execute(_CONFIRM, (own_scene.pending, "ABC123"))
    sofia.execute(_REJECT, (own_scene.pending,))
    assert _state(own_scene, own_scene.pending)[0] == "rejected"


def test_another_than_the_only_reviewer_issues_the_notice(
    own_scene: Scene, ana: Connection, sofia: Connection
) -> None:
    _rules(own_scene, False, True, False)
    # ana confirmed it.
    assert _refusal(ana, _NOTICE, own_scene.confirmed) == _WRONG_STATE
    assert _refusal(sofia, _NOTICE, own_scene.confirmed) is None
    assert _state(own_scene, own_scene.confirmed)[0] == "notified"


def test_an_old_claim_decides_nothing(
    own_scene: Scene, ana: Connection, sofia: Connection
) -> None:
    case, superuser = own_scene.pending, own_scene.connect()
    assert ana.execute(_CLAIM, (case, 60)).fetchone() == (1, OPERATOR)
    assert sofia.execute(_CLAIM, (case, 60)).fetchone() == (None, OPERATOR)
    for epoch in (None, 0, 1, 2):
        assert _refusal(sofia, _FENCED, case, epoch) == _WRONG_STATE
    # Another's claim is not let go by knowing its number.
    sofia.execute(_RELEASE, (case, 1))
    assert sofia.execute(_CLAIM, (case, 60)).fetchone() == (None, OPERATOR)
    # It ran out, and was taken by the other.
    superuser.execute("UPDATE atalaya.case_claim SET expires_at = now()")
    assert _refusal(ana, _FENCED, case, 1) == _WRONG_STATE
    assert sofia.execute(_CLAIM, (case, 60)).fetchone() == (2, SUPERVISOR)
    for epoch in (None, 1, 2, 3):
        assert _refusal(ana, _FENCED, case, epoch) == _WRONG_STATE
    sofia.execute(_RELEASE, (case, 2))
    # Taken again by the first: the number of the first time is over all the same.
    assert ana.execute(_CLAIM, (case, 60)).fetchone() == (3, OPERATOR)
    assert _refusal(ana, _FENCED, case, 1) == _WRONG_STATE
    assert _refusal(ana, _FENCED, case, 3) is None
    assert _refusal(ana, _CLAIM, case, 60) == _WRONG_STATE


def test_a_claim_where_the_site_wants_one(own_scene: Scene, ana: Connection) -> None:
    _rules(own_scene, False, False, True)
    case = own_scene.pending
    assert _refusal(ana, _REJECT, case) == _WRONG_STATE
    for seconds in (0, 601, None, -1):
        assert _refusal(ana, _CLAIM, case, seconds) == _BAD
    ana.execute(_CLAIM, (case, 60))
    assert _refusal(ana, _FENCED, case, 1) is None


def test_rules_are_for_administrators(own_scene: Scene, ana: Connection) -> None:
    assert _refusal(ana, _RULES, 1, False, False, False) == _DENIED
    with own_scene.connect(ADMINISTRATOR) as admin:
        assert _refusal(admin, _RULES, 9, True, True, True) == _NO_ROW
        assert _refusal(admin, _RULES, 1, None, True, True) == "23502"
