"""Each role tries everything that it must not do, and changes nothing by it."""

from collections.abc import Iterable, Sequence

import psycopg
import pytest

from db.address import Connection
from tests.fixtures_db import password_of
from tests.integration.rights.acts import BY_HAND, Act
from tests.integration.rights.catalogue import Catalogue, acts_of
from tests.integration.rights.matrix import EVERYBODY, STRANGER, TRIED
from tests.integration.rights.scene import Scene, changed, state_of
from tests.integration.rights.trace import Trace, untraced

AT_LEAST = 150


def passed(connection: Connection, acts: Iterable[Act]) -> list[str]:
    """Try all; return those that were not refused, or not for the named reason."""
    through = []
    for act in acts:
        try:
            connection.execute(act.sql.encode())
        except psycopg.Error as refusal:
            connection.rollback()
            if refusal.sqlstate not in act.sqlstates:
                through.append(f"{act.sql}: {refusal.sqlstate} {refusal}")
        else:
            through.append(act.sql)
    return through


def refuse_all(scene: Scene, login: str, acts: Sequence[Act]) -> None:
    """Have somebody try all; each is refused, changes nothing and leaves a trace."""
    before, trace = state_of(scene), Trace(scene)
    # Somebody whose session could be ended.
    with scene.connect(), scene.connect(login) as hostile:
        assert passed(hostile, acts) == []
    assert changed(before, state_of(scene)) == []
    assert untraced(trace.read(), login, scene, acts) == []


@pytest.mark.parametrize("login", TRIED)
def test_no_role_gets_past_by_hand(scene: Scene, login: str) -> None:
    assert len(BY_HAND) >= AT_LEAST
    refuse_all(scene, login, BY_HAND)


@pytest.mark.parametrize("login", TRIED)
def test_no_role_gets_past_the_tables_and_functions(
    scene: Scene, there: Catalogue, login: str
) -> None:
    acts = list(acts_of(login, there))
    assert len(acts) >= AT_LEAST
    refuse_all(scene, login, acts)


# PostgreSQL answers these with a warning, and does nothing.
_SHRUGGED_AT = (
    "GRANT SELECT ON atalaya.camera TO PUBLIC",
    "GRANT ALL ON ALL TABLES IN SCHEMA atalaya TO PUBLIC",
    "GRANT EXECUTE ON FUNCTION atalaya.my_rights() TO PUBLIC",
    "GRANT CREATE ON SCHEMA atalaya TO PUBLIC",
    "REVOKE SELECT ON atalaya.camera FROM atalaya_engine",
    "REVOKE EXECUTE ON FUNCTION atalaya.my_rights() FROM atalaya_operator",
    "ANALYZE atalaya.infraction",
    "VACUUM atalaya.infraction",
    "GRANT CONNECT ON DATABASE postgres TO CURRENT_USER",
)


def test_what_is_only_warned_of_changes_nothing(scene: Scene) -> None:
    before = state_of(scene)
    warned: list[str | None] = []
    for login in EVERYBODY:
        with scene.connect(login) as hostile:
            hostile.add_notice_handler(lambda notice: warned.append(notice.severity))
            shrugged = passed(hostile, [Act(each) for each in _SHRUGGED_AT])
        assert set(shrugged) <= set(_SHRUGGED_AT)
    assert set(warned) == {"WARNING"}
    assert changed(before, state_of(scene)) == []


def test_no_other_database_lets_people_in(scene: Scene) -> None:
    for login in TRIED:
        for name in ("postgres", "template1"):
            address = scene.database.host.dsn(login, password_of(login), name)
            with pytest.raises(psycopg.OperationalError, match="permission denied for"):
                psycopg.connect(address)


def test_whoever_has_no_group_is_not_let_in(scene: Scene) -> None:
    with scene.connect() as superuser:
        name = scene.database.name
        superuser.execute(f"REVOKE CONNECT ON DATABASE {name} FROM {STRANGER}".encode())
        with pytest.raises(psycopg.OperationalError, match="permission denied"):
            scene.connect(STRANGER)
        superuser.execute(f"GRANT CONNECT ON DATABASE {name} TO {STRANGER}".encode())


def test_no_setting_comes_in_with_the_connection(scene: Scene) -> None:
    for setting in (
        "session_replication_role=replica",
        "log_min_messages=panic",
        "log_min_error_statement=panic",
        "role=atalaya_owner",
        "session_preload_libraries=x",
    ):
        with pytest.raises(psycopg.OperationalError, match="permission denied"):
            psycopg.connect(scene.database.dsn("ana"), options=f"-c {setting}")


def test_what_others_run_stays_hidden(scene: Scene) -> None:
    with scene.connect() as other:
        other.execute("SELECT 'a secret of another'")
        for login in TRIED:
            with scene.connect(login) as hostile:
                seen = hostile.execute(
                    "SELECT query, client_addr FROM pg_stat_activity WHERE pid = %s",
                    (other.info.backend_pid,),
                ).fetchall()
            assert seen == [("<insufficient privilege>", None)]


def test_statistics_tell_no_plate(scene: Scene) -> None:
    with scene.connect() as superuser:
        superuser.execute("ANALYZE atalaya.infraction, atalaya.plate, atalaya.review")
    for login in ("teo", "admin", "engine", STRANGER):
        with scene.connect(login) as hostile:
            seen = hostile.execute(
                "SELECT attname FROM pg_stats WHERE schemaname = 'atalaya'"
                " AND attname IN ('plate_text', 'plate_in_force', 'text', 'reviewer')"
            ).fetchall()
        assert seen == []
