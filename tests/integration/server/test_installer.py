"""Setting up a server: once, again, otherwise, and on what is not right."""

import os
import stat
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
from cryptography import x509

from db.migrate import HEAD
from db.shared_server import look_at
from installer.bootstrap import SetupFailed
from installer.server.__main__ import main
from installer.server.account import Account
from installer.server.authority import authority_in, keep_server_certificate
from installer.server.configuration import NEEDS_RESTART, settings_of
from installer.server.doing import Doing
from installer.server.programs import Programs
from installer.server.service import unit_text
from installer.server.setup import set_up
from installer.server.site import ServerSite
from tests.fixtures_tls import (
    ADMINISTRATOR,
    PASSWORD,
    TlsServer,
    quiet,
    site_in,
    wishes,
)

_SETTINGS = "SELECT name, context FROM pg_settings WHERE name = ANY (%s)"
_APPLIED = """
    SELECT name, setting FROM pg_file_settings
    WHERE sourcefile = %s AND applied AND error IS NULL
"""


def _ask(server: TlsServer, query: str, *values: object) -> list[tuple[Any, ...]]:
    with psycopg.connect(server.superuser_dsn) as connection:
        return connection.execute(query.encode(), values).fetchall()


def test_once_more_changes_nothing(server: TlsServer) -> None:
    doing = quiet()
    assert set_up(server.site, wishes(), doing) is not None
    assert doing.changes == []


def test_it_makes_what_a_site_needs(server: TlsServer) -> None:
    state = look_at(server.site.admin_dsn("postgres"), "atalaya")
    assert state.version == HEAD
    assert state.engine
    assert state.administrators == (ADMINISTRATOR,)
    assert _ask(server, "SHOW data_checksums") == [("on",)]
    rounds = "SELECT rolpassword FROM pg_authid WHERE rolname IN ('engine', 'chief')"
    for (verifier,) in _ask(server, rounds):
        assert str(verifier).startswith("SCRAM-SHA-256$100000:")


def test_every_setting_is_in_force(server: TlsServer) -> None:
    wished = settings_of(server.site)
    # The one that tests do without.
    assert wished.pop("fsync") == "on"
    applied = _ask(server, _APPLIED, str(server.site.cluster / "atalaya.conf"))
    assert dict(applied) == wished
    contexts = dict(_ask(server, _SETTINGS, list(wished)))
    restart = {name for name, kind in contexts.items() if kind == "postmaster"}
    assert restart == NEEDS_RESTART & wished.keys()
    assert wished.keys() >= NEEDS_RESTART


def test_what_somebody_changed_is_put_back(server: TlsServer) -> None:
    access = server.site.cluster / "pg_hba.conf"
    access.write_text("host all all all trust\nlocal all all reject\n")
    server.cluster.reload_at_once()
    settings = server.site.cluster / "atalaya.conf"
    settings.write_text(settings.read_text() + "log_lock_waits = 'off'\n")
    doing = quiet()
    set_up(server.site, wishes(), doing)
    assert "say who may connect, and how" in doing.changes
    assert "have the server read its files again" in doing.changes
    assert "trust" not in access.read_text()
    assert _ask(server, "SHOW log_lock_waits") == [("on",)]


def test_a_setting_that_needs_it_restarts_the_server(server: TlsServer) -> None:
    begun = "SELECT pg_postmaster_start_time()"
    before, doing = _ask(server, begun), quiet()
    set_up(replace(server.site, max_connections=90), wishes(), doing)
    assert "set max_connections" in doing.changes
    assert _ask(server, "SHOW max_connections") == [("90",)]
    assert _ask(server, begun) != before
    set_up(server.site, wishes(), quiet())


def test_a_new_name_is_certified_without_a_restart(server: TlsServer) -> None:
    begun = "SELECT pg_postmaster_start_time()"
    before, doing = _ask(server, begun), quiet()
    hosts = (*server.site.hosts, "db.example.org")
    set_up(replace(server.site, hosts=hosts), wishes(), doing)
    assert len(doing.changes) == 2
    dsn = server.dsn(ADMINISTRATOR, PASSWORD, "atalaya")
    psycopg.connect(dsn, host="db.example.org").close()
    assert _ask(server, begun) == before
    set_up(server.site, wishes(), quiet())


def test_a_certificate_is_renewed_in_time(tmp_path: Path) -> None:
    now = datetime(2026, 3, 14, tzinfo=UTC)
    owner = Account("somebody", os.geteuid(), os.getegid())
    authority = authority_in(quiet(), tmp_path, now)
    assert authority is not None

    def certified(after_days: int, *, renew: bool = False) -> bool:
        then = now + timedelta(days=after_days)
        return keep_server_certificate(
            quiet(), authority, tmp_path, ["db"], owner, then, renew=renew
        )

    assert [certified(days) for days in (0, 1, 330, 340, 341)] == [
        True,
        False,
        False,
        True,
        False,
    ]
    assert certified(342, renew=True)
    made = x509.load_pem_x509_certificate((tmp_path / "server.crt").read_bytes())
    made.verify_directly_issued_by(authority.certificate)


def test_an_address_is_certified_once_however_it_is_written(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    account = Account("me", os.geteuid(), os.getegid())
    authority = authority_in(quiet(), tmp_path, now)
    assert authority is not None
    folder = tmp_path / "tls"
    folder.mkdir()
    hosts = ("db.site.example", "2001:DB8:0:0::1")
    certify = partial(
        keep_server_certificate, quiet(), authority, folder, hosts, account, now
    )
    assert certify()
    assert not certify()


@pytest.mark.parametrize("name", ["", "../ana", "ana/x", "x" * 65])
def test_nobody_is_certified_under_a_name_that_is_none(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "authority").mkdir()
    assert authority_in(quiet(), tmp_path / "authority", datetime.now(UTC))
    told = ["client-certificate", name, "--data", str(tmp_path)]
    assert main([*told, "--out", str(tmp_path / "out")]) == 1
    assert "is no name" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_an_authority_that_others_could_read_is_not_used(tmp_path: Path) -> None:
    authority_in(quiet(), tmp_path, datetime.now(UTC))
    (tmp_path / "ca.key").chmod(0o640)
    with pytest.raises(SetupFailed, match="stand in for the server"):
        authority_in(quiet(), tmp_path, datetime.now(UTC))
    (tmp_path / "ca.key").unlink()
    with pytest.raises(SetupFailed, match="Restore"):
        authority_in(quiet(), tmp_path, datetime.now(UTC))


def test_no_secret_lies_open(server: TlsServer) -> None:
    engine = (server.site.authority / "engine.password").read_text().strip()
    secrets = [PASSWORD, engine, "PRIVATE KEY"]
    for path in server.site.data_dir.rglob("*"):
        if not stat.S_ISREG(path.lstat().st_mode):
            continue
        text = path.read_bytes().decode(errors="replace")
        shared = path.stat().st_mode & 0o077
        held = [each for each in secrets if each in text]
        assert not (held and shared), path
        # What was typed is kept nowhere at all, the log of the server included.
        assert PASSWORD not in text, path


def test_a_dry_run_makes_nothing_and_says_everything(
    server: TlsServer, tmp_path: Path
) -> None:
    said: list[str] = []
    doing = Doing(dry_run=True, say=said.append)
    assert set_up(site_in(tmp_path), wishes(), doing) is None
    assert list(tmp_path.iterdir()) == []
    assert all(line.startswith("would ") for line in said)
    assert any("certificate authority" in line for line in said)
    dry = Doing(dry_run=True, say=said.append)
    set_up(replace(server.site, max_connections=80), wishes(), dry)
    assert dry.changes == [
        "set max_connections",
        "restart the server; all sessions end",
    ]
    assert _ask(server, "SHOW max_connections") == [("100",)]


def test_a_port_that_is_taken_is_told(server: TlsServer, tmp_path: Path) -> None:
    other = replace(site_in(tmp_path), port=server.site.port)
    with pytest.raises(SetupFailed, match="is taken by another program"):
        set_up(other, wishes(), quiet())
    assert not other.cluster.exists()


def test_a_cluster_of_another_version_is_left_alone(
    server: TlsServer, tmp_path: Path
) -> None:
    site = site_in(tmp_path)
    site.cluster.mkdir(parents=True)
    (site.cluster / "PG_VERSION").write_text("16\n")
    cluster = replace(server.cluster, site=site)
    with pytest.raises(SetupFailed, match="is of PostgreSQL 16"):
        cluster.make(quiet())
    assert [path.name for path in site.cluster.iterdir()] == ["PG_VERSION"]


@pytest.mark.parametrize(
    ("says", "sentence"),
    [
        ("echo 'postgres (PostgreSQL) 15.18'", "holds PostgreSQL 15; 16 or newer"),
        ("echo no such library >&2; exit 127", "does not start: no such library"),
    ],
)
def test_programs_that_do_not_do_are_told(
    tmp_path: Path, says: str, sentence: str
) -> None:
    for name in ("postgres", "initdb", "pg_ctl"):
        (tmp_path / name).write_text(f"#!/bin/sh\n{says}\n")
        (tmp_path / name).chmod(0o755)
    with pytest.raises(SetupFailed, match=sentence):
        Programs.at(tmp_path)


_SOUND = ServerSite(hosts=("db",), data_dir=Path("/var/lib/x"))


@pytest.mark.parametrize(
    "site",
    [
        replace(_SOUND, hosts=()),
        replace(_SOUND, hosts=("db;rm",)),
        replace(_SOUND, networks=("0.0.0.0/0",)),
        replace(_SOUND, networks=("10.0.0.0/8 trust",)),
        replace(_SOUND, port=0),
        replace(_SOUND, database="x'; --"),
        replace(_SOUND, data_dir=Path("/" + "x" * 100)),
        replace(_SOUND, data_dir=Path("/var/lib/our server")),
        replace(_SOUND, data_dir=Path("/var/lib/100%")),
        replace(_SOUND, monitor_user="watcher\natalaya everybody postgres"),
        replace(_SOUND, monitor_user="/.*"),
    ],
)
def test_what_cannot_be_meant_is_refused(site: ServerSite) -> None:
    _SOUND.check()
    with pytest.raises(SetupFailed):
        site.check()


def test_the_service_runs_as_its_account_and_writes_its_folder(
    server: TlsServer,
) -> None:
    cluster = server.cluster
    text = unit_text(server.site, cluster.programs, cluster.account)
    assert f"User={cluster.account.name}\n" in text
    assert f"ReadWritePaths={server.site.data_dir}\n" in text
    assert "\nEnvironment=LD_LIBRARY_PATH=" in text


def test_as_it_is_typed(
    server: TlsServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = ["--data", str(server.site.data_dir)]
    made = ["client-certificate", "desk-2", "--out", str(tmp_path / "out"), *data]
    assert main(made) == 0
    assert (tmp_path / "out" / "desk-2.key").stat().st_mode & 0o077 == 0
    assert main([*made[:4], "--data", str(tmp_path)]) == 1
    assert "no authority here" in capsys.readouterr().err
    bare = ["setup", "--host", "db", "--data", str(tmp_path / "x"), "--dry-run"]
    assert main([*bare, "--bin", str(tmp_path)]) == 1
    assert "There is no program postgres" in capsys.readouterr().err
