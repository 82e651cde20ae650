"""The commands by which people, sites and passwords are looked after."""

import getpass
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from app.domain.seal import EngineKey
from db.engine_gateway import EngineGateway
from main import EXIT_FAULT, main
from tests.fixtures_db import Database, password_of


def test_sites_and_people(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dsn = ["--superuser-dsn", database.dsn("admin"), "--home", str(tmp_path)]

    def said(*words: str) -> str:
        assert main(["db", *words, *dsn]) == 0
        return capsys.readouterr().out

    place = ["--timezone", "America/Lima", "--prefix", "SUR"]
    assert "Sur is site 2." in said("add-site", "Sur", *place)
    assert "ana sees sites [2]." in said("assign", "ana", "2")
    listed = said("people")
    assert "ana (Ana Quispe), operator, sites [2]" in listed
    assert "sofia (Sofía Paredes), supervisor, all sites" in listed
    assert "ana sees all sites." in said("assign", "ana", "--all")
    assert "a second person confirms" in said("review-rules", "2", "--second-review")
    assert "2 Sur; a second person confirms each case" in said("sites")
    assert "one review is enough" in said("review-rules", "2")
    assert "from 0 address(es)" in said("unlock", "ana")
    assert "for 180 days" in said("password-age", "180")
    assert "does not grow old" in said("password-age", "0")
    assert "This was so before." in said("close-reading")
    for words in (
        ("assign", "ana"),
        ("assign", "nobody", "1"),
        ("assign", "ana", "7"),
        ("move-camera", "none", "2"),
        ("review-rules", "7"),
        ("add-site", "Sur", "--timezone", "Mars", "--prefix", "X"),
    ):
        assert main(["db", *words, *dsn]) == EXIT_FAULT


def test_passwords(
    database: Database,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    typed: list[str] = []
    monkeypatch.setattr(getpass, "getpass", lambda _prompt: typed.pop(0))
    where = ["--dsn", database.address, "--home", str(tmp_path)]
    before = database.connect().execute(
        "SELECT rolpassword FROM pg_authid WHERE rolname = 'ana'"
    )
    verifier = before.fetchone()
    try:
        typed += [password_of("ana"), "four words in a row", "other words in a row"]
        assert main(["db", "change-password", "ana", *where]) == EXIT_FAULT
        typed += [password_of("ana"), "short", "short"]
        assert main(["db", "change-password", "ana", *where]) == EXIT_FAULT
        typed += [password_of("ana"), *["four words in a row"] * 2]
        assert main(["db", "change-password", "ana", *where]) == 0
        with pytest.raises(psycopg.OperationalError):
            database.connect("ana")
        asked = ["ana", "--as", "admin", "--reason", "forgot it on leave"]
        typed.append(password_of("admin"))
        assert main(["db", "ask-reset", *asked, *where]) == 0
        assert "approves it within the hour" in capsys.readouterr().out
        typed += [password_of("admin")] * 2
        assert (
            main(["db", "approve-reset", "ana", "--as", "admin", *where]) == EXIT_FAULT
        )
        assert main(["db", "refuse-reset", "ana", "--as", "admin", *where]) == 0
    finally:
        assert verifier
        database.connect().execute(f"ALTER ROLE ana PASSWORD '{verifier[0]}'".encode())


def test_each_engine_can_have_a_login_of_its_own(
    database: Database,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The same again gives it a new password; nobody's own becomes an engine's."""
    station = UUID("5a5a5a5a-0000-4000-8000-000000000001")
    dsn = ["--superuser-dsn", database.superuser_dsn, "--home", str(tmp_path)]
    superuser = database.connect()
    try:
        assert main(["db", "add-engine", "gate-three", *dsn]) == 0
        assert main(["db", "add-engine", "gate-three", *dsn]) == 0
        password = capsys.readouterr().out.split("password: ")[-1].strip()
        monkeypatch.setattr(getpass, "getpass", lambda _prompt: password)
        login = ["db", "engine-login", "--login", "gate-three", "--home", str(tmp_path)]
        assert main(login) == 0
        dsn_of_it = database.host.dsn("gate-three", password, database.name)
        with closing(EngineGateway(dsn_of_it)) as gateway:
            gateway.register_key(
                EngineKey(
                    station=station,
                    key="3a" * 32,
                    since=datetime(2026, 1, 1, tzinfo=UTC),
                    workstation="gate",
                )
            )
        for somebody in ("ana", "atalaya_owner", "postgres"):
            assert main(["db", "add-engine", somebody, *dsn]) == EXIT_FAULT
        release = ["db", "release-engine", str(station), "a new computer"]
        assert main([*release, *dsn]) == 0
        assert main([*release, *dsn]) == EXIT_FAULT
    finally:
        superuser.execute('DROP ROLE "gate-three"')
