"""People see and touch their own sites: in tables, in functions, and whoever asks."""

import json
from typing import Any

import psycopg
import pytest

from app.domain.ids import new_uuid
from app.domain.infraction import RejectReason
from db.address import Connection
from tests.builders.infractions import OCCURRED
from tests.contract.test_case_store import rejection
from tests.integration.rights.matrix import (
    ADMINISTRATOR,
    AUDITOR,
    BY_SITE,
    ENGINE,
    OPERATOR,
    PEOPLE,
    READABLE,
    SUPERVISOR,
    TECHNICIAN,
)
from tests.integration.rights.scene import Scene

_DENIED, _NO_ROW, _WRONG_STATE, _BAD = "42501", "AT002", "AT001", "AT003"
_OTHER = 2


def _refusal(connection: Connection, sql: str, *values: Any) -> str | None:
    try:
        connection.execute(sql.encode(), values)
    except psycopg.Error as error:
        return error.sqlstate
    return None


@pytest.fixture
def apart(own_scene: Scene) -> Scene:
    """Give a site whose people all belong to another one; only "admin" sees both."""
    with own_scene.connect(ADMINISTRATOR) as admin:
        admin.execute("SELECT atalaya.add_site('Sur', 'America/Lima', 'SUR')")
        for login in PEOPLE:
            if login != ADMINISTRATOR:
                admin.execute("SELECT atalaya.set_sites(%s, '{2}')", (login,))
    return own_scene


def _limit_the_administrator(scene: Scene) -> None:
    """As a superuser: nobody does that to oneself."""
    scene.watcher.execute("SELECT atalaya.set_sites('admin', '{2}')")


def test_nothing_of_another_site_is_seen(apart: Scene) -> None:
    _limit_the_administrator(apart)
    for login in PEOPLE:
        with apart.connect(login) as person:
            for table in sorted(BY_SITE):
                if login not in READABLE[table]:
                    continue
                rows = person.execute(f"SELECT FROM atalaya.{table}".encode())
                assert (login, table, rows.fetchall()) == (login, table, [])


def test_figures_and_pages_are_empty(apart: Scene) -> None:
    _limit_the_administrator(apart)
    day = OCCURRED.wall.replace(hour=0), OCCURRED.wall.replace(hour=23)
    for login in PEOPLE:
        summary = apart.database.login(login).case_store.summary(*day)
        assert (summary.by_state, summary.by_hour) == ({}, ())
    for login in (OPERATOR, SUPERVISOR, AUDITOR):
        session = apart.database.login(login)
        assert session.case_store.cases() == []
        assert session.site.cameras() == []
        with pytest.raises(KeyError):
            session.case_store.case(apart.pending)


_DECIDE = "SELECT atalaya.decide(gen_random_uuid(), %s, 'reject', 'test', '', NULL)"
_FENCED = "SELECT atalaya.decide(gen_random_uuid(), %s, 'reject', 'test', '', NULL, 1)"


def _on_the_life_of_a_case(apart: Scene) -> list[tuple[str, str, tuple[Any, ...], str]]:
    """Holding is for one's own site; what goes over all sites for who sees them all."""
    row = apart.watcher.execute(
        "SELECT h.id, o.erasure_id, o.sha256, s.id FROM atalaya.case_hold AS h,"
        " atalaya.erasure_object AS o, atalaya.subject_request AS s"
    ).fetchone()
    assert row is not None
    hold, erasure, file, asked = row
    set_hold = (
        "SELECT atalaya.set_hold(gen_random_uuid(), %s, 'hold', 'an objection', NULL)"
    )
    ask = "SELECT atalaya.ask_subject(gen_random_uuid(), 'ABC123', 'somebody asked')"
    acts: list[tuple[str, str, tuple[Any, ...], str]] = []
    for login in (SUPERVISOR, ADMINISTRATOR):
        acts += [
            (login, set_hold, (apart.pending,), _NO_ROW),
            (login, "SELECT atalaya.release_hold(%s, 'answered')", (hold,), _NO_ROW),
            (login, ask, (), _DENIED),
            (login, "SELECT * FROM atalaya.subject_cases(%s)", (asked,), _DENIED),
            (login, "SELECT * FROM atalaya.subject_reads(%s)", (asked,), _DENIED),
        ]
    gone = "SELECT atalaya.object_gone(%s, %s, 'deleted')"
    term = "SELECT atalaya.set_case_retention('speeding', 'pending', 100)"
    return [
        *acts,
        (ADMINISTRATOR, "SELECT atalaya.begin_erasures(10)", (), _DENIED),
        (ADMINISTRATOR, "SELECT * FROM atalaya.open_erasures(10)", (), _DENIED),
        (ADMINISTRATOR, "SELECT atalaya.finish_erasures(10)", (), _DENIED),
        (ADMINISTRATOR, gone, (erasure, file), _DENIED),
        (ADMINISTRATOR, term, (), _DENIED),
    ]


def test_what_is_overdue_elsewhere_is_not_listed(apart: Scene) -> None:
    overdue = (
        "SELECT count(*) FROM atalaya.overdue_cases(now() + '40 years', NULL, NULL)"
    )
    with apart.connect(ADMINISTRATOR) as admin:
        assert admin.execute(overdue.encode()).fetchone() == (4,)
        _limit_the_administrator(apart)
        assert admin.execute(overdue.encode()).fetchone() == (0,)


def test_no_function_reaches_another_site(apart: Scene) -> None:
    _limit_the_administrator(apart)
    pending, notified, camera = apart.pending, apart.notified, apart.camera_id
    acts: list[tuple[str, str, tuple[Any, ...], str]] = []
    for login in (OPERATOR, SUPERVISOR):
        acts += [
            (login, _DECIDE, (pending,), _NO_ROW),
            (login, _FENCED, (pending,), _NO_ROW),
            (login, "SELECT atalaya.undo(%s)", (apart.confirmed,), _NO_ROW),
            (login, "SELECT atalaya.issue_notice(%s)", (apart.confirmed,), _NO_ROW),
            # Not even the number of a notice that there is.
            (login, "SELECT atalaya.issue_notice(%s)", (notified,), _NO_ROW),
            (login, "SELECT atalaya.claim_case(%s, 60)", (pending,), _NO_ROW),
        ]
    acts += [
        (
            login,
            "SELECT atalaya.ask_reading(%s, %s, %s)",
            (purpose, [case], why),
            _NO_ROW,
        )
        for login in (OPERATOR, SUPERVISOR, AUDITOR)
        for purpose in ("list", "open", "clip", "print", "export", "unmask", "owner")
        for case, why in ((str(pending), "somebody asked"),)
    ]
    save = "SELECT atalaya.save_camera(%s, 'mine', '', 'rtsp://x/', NULL, NULL, true)"
    publish = (
        "SELECT atalaya.publish_configuration(%s, %s, '{\"schema_version\": 1}', '')"
    )
    acts += [
        (TECHNICIAN, save, (camera,), _DENIED),
        (ADMINISTRATOR, save, (camera,), _DENIED),
        (TECHNICIAN, "SELECT atalaya.remove_camera(%s)", (camera,), _NO_ROW),
        (ADMINISTRATOR, "SELECT atalaya.remove_camera(%s)", (camera,), _NO_ROW),
        (TECHNICIAN, publish, (new_uuid(), camera), _NO_ROW),
        (
            ADMINISTRATOR,
            "SELECT atalaya.move_camera(%s, 2::smallint)",
            (camera,),
            _NO_ROW,
        ),
        (
            ADMINISTRATOR,
            "SELECT atalaya.forget_plate_reads(NULL, NULL, 1)",
            (),
            _DENIED,
        ),
    ]
    acts += _on_the_life_of_a_case(apart)
    for login, sql, values, state in acts:
        with apart.connect(login) as person:
            assert (login, sql, _refusal(person, sql, *values) or "") == (
                login,
                sql,
                state,
            )


def test_searches_and_hits_stay_at_home(apart: Scene) -> None:
    ask = (
        "SELECT atalaya.search_plates(%s, 'ABC123', false, NULL, NULL,"
        " 'somebody asked')"
    )
    with apart.connect(SUPERVISOR) as sofia:
        mine = new_uuid()
        sofia.execute(ask.encode(), (mine,))
        found = sofia.execute(
            b"SELECT * FROM atalaya.found_plates(%s, NULL, NULL, NULL, 10)", (mine,)
        )
        assert found.fetchall() == []
        assert sofia.execute("SELECT * FROM atalaya.watch_hits(10)").fetchall() == []
        hits = sofia.execute("SELECT hits FROM atalaya.watch_list()").fetchall()
        assert hits == [(0,)]
    assert apart.watcher.execute(
        "SELECT count(*) FROM atalaya.watch_hit"
    ).fetchone() == (1,)


def test_cases_by_plate_stay_at_home(apart: Scene) -> None:
    """Found in the parts of the table, where no policy looks on."""
    find = b"SELECT * FROM atalaya.cases_of_plate('ABC')"
    for sites, hits in (("{2}", False), ("{1,2}", True)):
        apart.watcher.execute("SELECT atalaya.set_sites('ana', %s)", (sites,))
        with apart.connect(OPERATOR) as ana:
            ana.execute("SELECT atalaya.ask_reading('find', '{ABC}', NULL)")
            assert bool(ana.execute(find).fetchall()) is hits


def test_a_case_of_the_own_site_is_worked_on(apart: Scene) -> None:
    apart.watcher.execute("SELECT atalaya.set_sites('ana', '{1,2}')")
    store = apart.database.login(OPERATOR).case_store
    case = store.case(apart.pending)
    decided = store.decide(rejection(case.infraction, RejectReason.TEST))
    assert decided.reviews[0].reviewer == OPERATOR
    assert len(store.cases()) == 4


def test_the_engine_sees_all_and_folds_no_row_unseen(apart: Scene) -> None:
    """ON CONFLICT DO NOTHING on a row that a policy hides would be silent."""
    with apart.connect(ENGINE) as engine:
        sites = engine.execute("SELECT atalaya.my_sites()").fetchone()
        assert sites == ([1, _OTHER],)
        document, sha256 = apart.watcher.execute(
            "SELECT document::text, document_sha256 FROM atalaya.infraction"
            " WHERE id = %s",
            (apart.pending,),
        ).fetchone() or ("", "")
        again = engine.execute(
            "SELECT * FROM atalaya.add_infraction(%s)", (document,)
        ).fetchone()
    assert again == (apart.pending, sha256)


def test_rows_are_of_the_site_of_their_camera(apart: Scene) -> None:
    with apart.connect(ADMINISTRATOR) as admin:
        admin.execute("SELECT atalaya.move_camera(%s, 2::smallint)", (apart.camera_id,))
    engine = apart.connect(ENGINE)
    read = {
        "id": str(new_uuid()),
        "plate": "ABC123",
        "published": True,
        "confidence": 0.9,
        "read_count": 3,
        "camera_id": str(apart.camera_id),
        "track_id": 9,
        "vehicle_class": "car",
        "seen_at": "2026-03-14T15:09:26+00:00",
        "site_id": 1,
    }
    engine.execute(
        "SELECT atalaya.add_plate_reads(gen_random_uuid(), %s)",
        (json.dumps([read]),),
    )
    rows = apart.watcher.execute(
        "SELECT r.site_id, h.site_id FROM atalaya.plate_read AS r"
        " JOIN atalaya.watch_hit AS h ON h.read_id = r.id WHERE r.id = %s",
        (read["id"],),
    )
    assert rows.fetchall() == [(_OTHER, _OTHER)]
    # What was made before stays where it was made.
    with apart.connect(OPERATOR) as ana:
        assert ana.execute("SELECT name FROM atalaya.camera").fetchall() != []
        assert ana.execute("SELECT id FROM atalaya.infraction").fetchall() == []
    apart.watcher.execute("SELECT atalaya.set_sites('ana', '{1}')")
    session = apart.database.login(OPERATOR)
    assert session.site.cameras() == []
    assert session.case_store.case(apart.pending).camera_name == "Av. Arequipa · norte"


def _given(scene: Scene, login: str) -> Any:
    row = scene.watcher.execute("SELECT atalaya.sites_of(%s)", (login,)).fetchone()
    return row and row[0]


def test_sites_are_given_and_taken_with_a_trace(own_scene: Scene) -> None:
    with own_scene.connect(ADMINISTRATOR) as admin:
        admin.execute("SELECT atalaya.add_site('Sur', 'America/Lima', 'SUR')")
        admin.execute("SELECT atalaya.set_sites('ana', '{2}')")
        assert _given(own_scene, "ana") == [2]
        admin.execute("SELECT atalaya.set_sites('ana', NULL)")
    assert _given(own_scene, "ana") == [1, 2]
    rows = own_scene.watcher.execute(
        "SELECT login, action, subject, detail -> 'sites', detail -> 'before'"
        " FROM atalaya.audit WHERE action ~ 'site' ORDER BY sequence"
    )
    assert rows.fetchall() == [
        ("admin", "add_site", "2", None, None),
        ("admin", "set_sites", "ana", [2], None),
        ("admin", "set_sites", "ana", None, [2]),
    ]


def test_nobody_widens_the_own_view(apart: Scene) -> None:
    _limit_the_administrator(apart)
    give = "SELECT atalaya.set_sites(%s, %s)"
    tried: list[tuple[str, tuple[Any, ...], str]] = [
        (give, ("admin", None), _WRONG_STATE),
        (give, ("admin", [1, 2]), _WRONG_STATE),
        # An accomplice would do as well.
        (give, ("ana", None), _DENIED),
        (give, ("ana", [1]), _DENIED),
        (give, ("ana", [1, 2]), _DENIED),
        (give, ("ana", [3]), _DENIED),
        (give, ("nobody", [2]), _NO_ROW),
        (give, ("engine", [2]), _NO_ROW),
        ("SELECT atalaya.add_site(%s, 'UTC', 'X')", ("mine",), _DENIED),
    ]
    with apart.connect(ADMINISTRATOR) as admin:
        found = [_refusal(admin, sql, *values) for sql, values, _ in tried]
    assert found == [state for *_, state in tried]


def test_nobody_looks_after_who_sees_more(apart: Scene) -> None:
    _limit_the_administrator(apart)
    apart.watcher.execute("SELECT atalaya.set_sites('ana', '{1}')")
    verifier = f"SCRAM-SHA-256$4096:{'A' * 22}==${'A' * 43}=:{'B' * 43}="
    tried: list[tuple[str, tuple[Any, ...]]] = [
        ("SELECT atalaya.set_active(%s, false)", ("ana",)),
        ("SELECT atalaya.end_sessions(%s)", ("ana",)),
        ("SELECT atalaya.set_sites(%s, '{2}')", ("ana",)),
        ("SELECT atalaya.lift_lockout(%s)", ("ana",)),
        (
            "SELECT atalaya.ask_password_reset(gen_random_uuid(), %s, %s, 'no reason')",
            ("ana", verifier),
        ),
    ]
    with apart.connect(ADMINISTRATOR) as admin:
        assert [_refusal(admin, *act) for act in ((s, *v) for s, v in tried)] == [
            _DENIED
        ] * len(tried)
        seen = admin.execute("SELECT login FROM atalaya.people()").fetchall()
        assert ("ana",) not in seen
        admin.execute(
            "SELECT atalaya.create_person('eva', 'Eva', 'operator', %s)", (verifier,)
        )
    assert _given(apart, "eva") == [2]
    apart.watcher.execute("DROP ROLE eva")


@pytest.mark.parametrize(
    ("name", "zone", "prefix", "state"),
    [
        ("", "UTC", "X", "23514"),
        ("n" * 121, "UTC", "X", "23514"),
        ("Sur", "Mars/Olympus", "X", _BAD),
        ("Sur", None, "X", _BAD),
        ("Sur", "UTC", "PE", "23505"),
        ("Sur", "UTC", "x y", "23514"),
        (None, "UTC", "X", "23502"),
    ],
)
def test_sites_that_are_none(
    scene: Scene, name: str | None, zone: str | None, prefix: str, state: str
) -> None:
    with scene.connect(ADMINISTRATOR) as admin:
        act = "SELECT atalaya.add_site(%s, %s, %s)"
        assert _refusal(admin, act, name, zone, prefix) == state


def test_each_site_numbers_its_own_notices(own_scene: Scene) -> None:
    own_scene.watcher.execute("SELECT atalaya.add_site('Sur', 'UTC', 'SUR')")
    superuser = own_scene.connect()
    superuser.execute("SET session_replication_role = replica")
    superuser.execute(
        "UPDATE atalaya.infraction SET site_id = 2 WHERE id = %s",
        (own_scene.confirmed,),
    )
    with own_scene.connect(OPERATOR) as ana:
        row = ana.execute(
            "SELECT atalaya.issue_notice(%s)", (own_scene.confirmed,)
        ).fetchone()
    assert row
    assert row[0].startswith("SUR-")
    assert row[0].endswith("-000001")


def test_whoever_is_out_or_must_change_sees_no_row(own_scene: Scene) -> None:
    ana = own_scene.connect(OPERATOR)
    cases = "SELECT count(*) FROM atalaya.infraction"

    def see() -> Any:
        return ana.execute(cases.encode()).fetchone()

    assert see() == (5,)
    put = "UPDATE atalaya.person SET active = %s, must_change_password = %s"
    for active, must_change, seen in (
        (False, False, 0),
        (True, True, 0),
        (True, False, 5),
    ):
        own_scene.watcher.execute(put, (active, must_change))
        assert see() == (seen,)
