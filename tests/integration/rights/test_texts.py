"""Every text field of every function takes text for text, and garbage for garbage."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg import pq

from db.address import Connection
from tests.integration.rights.matrix import (
    ADMINISTRATOR,
    CALLABLE,
    ENGINE,
    OPERATOR,
    SUPERVISOR,
    TECHNICIAN,
)
from tests.integration.rights.scene import Scene, changed, state_of

_LARGE = 2_000_000
_HOSTILE = (
    "'; DROP TABLE atalaya.infraction; --",
    "'); SELECT pg_sleep(20); --",
    '"; ALTER ROLE ana SUPERUSER; --',
    "\\'; COPY (SELECT 1) TO PROGRAM 'id'; --",
    "$$; SELECT pg_terminate_backend(pg_backend_pid()); $$",
    "%I %L %s %1$s :name $1 {0} {{7*7}}",
    "<img src='file:///etc/passwd'>",
    "../../etc/passwd",
    "‮evil‬\u200b",
    "x" * _LARGE,
)
_REFUSED_CLASSES = ("22", "23", "AT", "42", "54")

# A sound call of each function that takes text or JSON, and which arguments are such.
_SOUND: dict[str, tuple[str, tuple[Any, ...]]] = {
    "add_infraction(text)": (ENGINE, ("{}",)),
    "add_plate_reads(uuid,jsonb)": (ENGINE, (uuid4(), "[]")),
    "add_seal_stamp(uuid,text,bytea)": (ENGINE, (uuid4(), "5e" * 32, b"0")),
    "register_engine_key(text,uuid,timestamp with time zone,text,text,text)": (
        ENGINE,
        ("2e" * 32, uuid4(), "2026-01-01Z", "desk", None, None),
    ),
    "release_engine(uuid,text)": (ADMINISTRATOR, (uuid4(), "somebody asked")),
    "add_watch(uuid,text,boolean,text,timestamp with time zone)": (
        SUPERVISOR,
        (uuid4(), "ABC123", True, "somebody asked", "2026-12-31"),
    ),
    "add_person(text,text,text,text)": (ADMINISTRATOR, ("eve", "E", "auditor", "x")),
    "add_site(text,text,text)": (ADMINISTRATOR, ("n", "America/Lima", "N")),
    "ask_password_reset(uuid,text,text,text)": (
        ADMINISTRATOR,
        (uuid4(), "ana", "x", "somebody asked"),
    ),
    "ask_reading(text,text[],text)": (OPERATOR, ("open", [], "somebody asked")),
    "cases_of_plate(text)": (OPERATOR, ("ABC123",)),
    "change_password(text)": (OPERATOR, ("x",)),
    "lift_lockout(text)": (ADMINISTRATOR, ("nobody",)),
    "set_sites(text,smallint[])": (ADMINISTRATOR, ("nobody", [1])),
    "create_person(text,text,text,text)": (ADMINISTRATOR, ("eve", "E", "auditor", "x")),
    "ask_subject(uuid,text,text)": (
        SUPERVISOR,
        (uuid4(), "ABC123", "somebody asked"),
    ),
    "decide(uuid,uuid,text,text,text,text)": (
        OPERATOR,
        (uuid4(), "PENDING", "confirm", None, "seen", "ABC123"),
    ),
    "decide(uuid,uuid,text,text,text,text,bigint)": (
        OPERATOR,
        (uuid4(), "PENDING", "confirm", None, "seen", "ABC123", None),
    ),
    "end_sessions(text)": (ADMINISTRATOR, ("nobody",)),
    "set_active(text,boolean)": (ADMINISTRATOR, ("nobody", False)),
    "heartbeat(uuid,text,text,text,integer,integer)": (
        ENGINE,
        (uuid4(), "1", "m", "cpu", 1, 0),
    ),
    "publish_configuration(uuid,uuid,jsonb,text)": (
        TECHNICIAN,
        (uuid4(), "CAMERA", '{"schema_version": 1}', "note"),
    ),
    "save_camera(uuid,text,text,text,text,boolean)": (
        TECHNICIAN,
        (uuid4(), "n", "l", "rtsp://x/", None, True),
    ),
    "save_camera(uuid,text,text,text,text,text,boolean)": (
        TECHNICIAN,
        (uuid4(), "n", "l", "rtsp://x/", None, None, True),
    ),
    "object_gone(uuid,text,text)": (ADMINISTRATOR, (uuid4(), "ab" * 32, "deleted")),
    "release_hold(uuid,text)": (ADMINISTRATOR, (uuid4(), "it is answered")),
    "set_case_retention(text,text,integer)": (
        ADMINISTRATOR,
        ("speeding", "pending", 100),
    ),
    "set_hold(uuid,uuid,text,text,timestamp with time zone)": (
        SUPERVISOR,
        (uuid4(), "PENDING", "hold", "an objection", None),
    ),
    "search_plates(uuid,text,boolean,timestamp with time zone,"
    "timestamp with time zone,text)": (
        OPERATOR,
        (uuid4(), "ABC123", False, None, None, "somebody asked"),
    ),
}


def _kinds(function: str) -> list[str]:
    return function.partition("(")[2].removesuffix(")").split(",")


def _calls(scene: Scene, function: str) -> Iterator[tuple[Any, ...]]:
    """Yield the sound call with each of its texts replaced by each hostile one."""
    places = {"PENDING": scene.pending, "CAMERA": scene.camera_id}
    sound = [places.get(str(value), value) for value in _SOUND[function][1]]
    for position, kind in enumerate(_kinds(function)):
        if kind not in ("text", "jsonb"):
            continue
        for text in _HOSTILE:
            values = list(sound)
            values[position] = text
            yield tuple(values)


def test_every_function_with_a_text_is_tried() -> None:
    texts = {
        function
        for function, callers in CALLABLE.items()
        if callers and {"text", "jsonb"} & set(_kinds(function))
    }
    assert texts == set(_SOUND)


def test_hostile_texts_are_kept_or_refused_and_never_run(scene: Scene) -> None:
    before = state_of(scene)
    for function, (login, _) in _SOUND.items():
        with scene.connect(login) as hostile:
            hostile.execute("SET statement_timeout = '5s'")
            for values in _calls(scene, function):
                outcome = _outcome(hostile, function, values)
                assert outcome is None or outcome[:2] in _REFUSED_CLASSES
                assert outcome != "42601", "part of the text was read as SQL"
    left = changed(before, state_of(scene))
    assert [name for name in left if name != "counters"] == []


def _outcome(
    connection: Connection, function: str, values: tuple[Any, ...]
) -> str | None:
    """Return the SQLSTATE of the refusal; whatever was done is taken back."""
    name = function.partition("(")[0]
    slots = ", ".join(f"%s::{kind}" for kind in _kinds(function))
    large = max(len(str(value)) for value in values) >= _LARGE
    with connection.transaction(force_rollback=True):
        try:
            with connection.transaction():
                connection.execute(f"SELECT atalaya.{name}({slots})".encode(), values)
        except psycopg.Error as error:
            return error.sqlstate or "none"
    assert not large, f"{function} takes two megabytes"
    return None


_KEPT = [text for text in _HOSTILE if len(text) < 100 and "://" not in text]


@pytest.mark.parametrize("text", _KEPT)
def test_what_is_kept_is_kept_as_it_came(scene: Scene, text: str) -> None:
    camera = uuid4()
    with scene.connect(TECHNICIAN) as teo, teo.transaction(force_rollback=True):
        teo.execute(
            "SELECT atalaya.save_camera(%s, %s, %s, %s, %s, true)",
            (camera, text, text, text, text),
        )
        row = teo.execute(
            "SELECT name, location, url, credential_ref FROM atalaya.camera"
            " WHERE id = %s",
            (camera,),
        )
        assert row.fetchone() == (text,) * 4


def test_a_comment_is_kept_as_it_came(own_scene: Scene) -> None:
    ana = own_scene.connect(OPERATOR)
    for text in _KEPT:
        review = uuid4()
        ana.execute(
            "SELECT atalaya.decide(%s, %s, 'reject', 'test', %s, NULL)",
            (review, own_scene.pending, text),
        )
        row = own_scene.watcher.execute(
            "SELECT comment FROM atalaya.review WHERE id = %s", (review,)
        )
        assert row.fetchone() == (text,)
        ana.execute("SELECT atalaya.undo(%s)", (own_scene.pending,))


_RAW = {
    b"a\x00b": "22021",
    b"\xff\xfe": "22021",
    b"\xc0\xaf": "22021",
    b"\xed\xa0\x80": "22021",
}


@pytest.mark.parametrize("raw", list(_RAW), ids=lambda raw: raw.hex())
def test_bytes_that_are_no_text_are_refused(scene: Scene, raw: bytes) -> None:
    """In binary form, past what a decent client library lets through."""
    with scene.connect(OPERATOR) as ana:
        for encoding in (b"UTF8", b"SQL_ASCII"):
            ana.pgconn.exec_(b"SET client_encoding = " + encoding)
            result = ana.pgconn.exec_params(
                b"SELECT atalaya.decide(gen_random_uuid(), gen_random_uuid(), 'reject',"
                b" 'test', $1, NULL)",
                [raw],
                [25],
                [pq.Format.BINARY],
            )
            state = result.error_field(pq.DiagnosticField.SQLSTATE)
            assert state == _RAW[raw].encode()
