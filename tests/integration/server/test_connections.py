"""Who gets in to a shared server, and by what; everything else is refused."""

import os
import pwd
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from app.config.paths import Paths
from app.config.server_bundle import chosen_server, use_server
from app.domain.errors import DatabaseUnavailable, EnvironmentFault
from app.domain.ids import CameraId, EngineId, Login, new_uuid
from db.address import with_login
from db.engine_gateway import EngineGateway
from db.server import PostgresServer
from db.shared_server import MONITOR_LOGIN
from installer.server.__main__ import main as server_command
from installer.server.authority import authority_in, certify_client
from installer.server.setup import set_up
from installer.server.site import ClientCertificates
from tests.fixtures_tls import (
    ADMINISTRATOR,
    PASSWORD,
    WATCHER,
    TlsServer,
    quiet,
    wishes,
)


def _address(server: TlsServer, **changed: str) -> str:
    return make_conninfo(server.dsn(ADMINISTRATOR, PASSWORD, "atalaya"), **changed)


def _refused(dsn: str) -> str:
    with pytest.raises(psycopg.OperationalError) as caught:
        psycopg.connect(dsn)
    assert PASSWORD not in str(caught.value)
    return str(caught.value)


def test_the_newest_tls_and_a_bound_password_get_in(server: TlsServer) -> None:
    dsn = _address(server, require_auth="scram-sha-256", channel_binding="require")
    with psycopg.connect(dsn) as connection:
        row = connection.execute(
            "SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
        )
        assert row.fetchone() == (True, "TLSv1.3")


def test_a_workstation_that_imported_the_file_logs_in(
    server: TlsServer, tmp_path: Path
) -> None:
    use_server(Paths(tmp_path), server.bundle)
    address = chosen_server(Paths(tmp_path))
    assert address is not None
    assert PASSWORD not in address
    with closing(
        PostgresServer(address).login(Login(ADMINISTRATOR), PASSWORD)
    ) as session:
        assert session.person.login == ADMINISTRATOR
        assert session.site.cameras() == []


def test_an_engine_logs_in_with_the_password_that_was_drawn(server: TlsServer) -> None:
    password = (server.site.authority / "engine.password").read_text().strip()
    dsn = with_login(server.address_of("atalaya"), "engine", password)
    with closing(EngineGateway(dsn)) as gateway:
        gateway.probe()
        with pytest.raises(EnvironmentFault):
            gateway.lease_camera(EngineId(new_uuid()), CameraId(new_uuid()), 1_000_000)


def test_nothing_travels_in_the_clear(server: TlsServer) -> None:
    said = _refused(_address(server, sslmode="disable", channel_binding="disable"))
    assert "pg_hba.conf rejects" in said


def test_an_older_tls_is_refused(server: TlsServer) -> None:
    assert "protocol" in _refused(_address(server, ssl_max_protocol_version="TLSv1.2"))


@pytest.fixture
def stranger(tmp_path: Path) -> Path:
    """Give the certificate of an authority that is not the site's."""
    authority_in(quiet(), tmp_path, datetime.now(UTC))
    return tmp_path / "ca.crt"


def test_the_certificate_of_another_authority_is_refused(
    server: TlsServer, stranger: Path
) -> None:
    assert "verify failed" in _refused(_address(server, sslrootcert=str(stranger)))
    forged = server.address_of("atalaya").replace(
        str(server.site.authority / "ca.crt"), str(stranger)
    )
    with pytest.raises(DatabaseUnavailable, match="could not prove that it is ours"):
        PostgresServer(forged).login(Login(ADMINISTRATOR), PASSWORD)


def test_another_name_is_refused(server: TlsServer) -> None:
    assert "does not match" in _refused(_address(server, host="db.example.org"))


def test_a_workstation_without_the_authority_is_refused(
    server: TlsServer, tmp_path: Path
) -> None:
    bare = server.address_of("atalaya").partition("?")[0]
    dsn = f"{bare}?sslmode=verify-full&sslrootcert={tmp_path}/none.crt"
    with pytest.raises(DatabaseUnavailable, match="Import its connection file"):
        PostgresServer(dsn).login(Login(ADMINISTRATOR), PASSWORD)


@pytest.mark.parametrize("login", ["postgres", "atalaya_monitor"])
def test_the_server_itself_is_administered_on_its_machine_alone(
    server: TlsServer, login: str
) -> None:
    assert "rejects" in _refused(server.dsn(login, PASSWORD, "atalaya"))


@pytest.mark.parametrize("database", ["postgres", "template1"])
def test_no_other_database_is_open(server: TlsServer, database: str) -> None:
    said = _refused(server.dsn(ADMINISTRATOR, PASSWORD, database))
    assert "pg_hba.conf rejects" in said


def test_the_socket_is_the_administrators_alone(server: TlsServer) -> None:
    with psycopg.connect(server.superuser_dsn) as connection:
        assert connection.info.user == "postgres"
    people = make_conninfo(server.superuser_dsn, user=ADMINISTRATOR, password=PASSWORD)
    assert "rejects" in _refused(people)


@contextmanager
def _being(name: str) -> Iterator[None]:
    """Be another account of this machine: the socket tells the server who asks."""
    entry, groups = pwd.getpwnam(name), os.getgroups()
    os.setgroups([])
    os.setegid(entry.pw_gid)
    os.seteuid(entry.pw_uid)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)
        os.setgroups(groups)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
def test_the_account_that_watches_gets_in_as_nothing_else(server: TlsServer) -> None:
    own = make_conninfo(server.superuser_dsn, user=MONITOR_LOGIN, dbname="postgres")
    with _being(WATCHER):
        with psycopg.connect(own) as connection:
            row = connection.execute("SELECT pg_has_role('pg_monitor', 'USAGE')")
            assert row.fetchone() == (True,)
        assert "Peer authentication failed" in _refused(server.superuser_dsn)
        assert "rejects" in _refused(make_conninfo(own, dbname="atalaya"))


def test_who_watches_the_server_sees_figures_and_no_data(server: TlsServer) -> None:
    with psycopg.connect(server.superuser_dsn) as connection:
        connection.execute("SET SESSION AUTHORIZATION atalaya_monitor")
        waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event IS NOT NULL"
        assert connection.execute(waits).fetchone() is not None
        for table in ("infraction", "person", "audit"):
            with (
                pytest.raises(psycopg.errors.InsufficientPrivilege),
                connection.transaction(),
            ):
                connection.execute(f"SELECT FROM atalaya.{table}".encode())


@pytest.fixture
def certified(
    server: TlsServer, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Path]:
    """Have the server ask for certificates, and give a folder with two of them."""
    kind = ClientCertificates(request.param)
    set_up(replace(server.site, client_certificates=kind), wishes(), quiet())
    now = datetime.now(UTC)
    authority = authority_in(quiet(), server.site.authority, now)
    assert authority is not None
    for name in (ADMINISTRATOR, "desk-1"):
        certify_client(authority, name, tmp_path, now)
    yield tmp_path
    set_up(server.site, wishes(), quiet())


def _with(folder: Path, name: str) -> dict[str, str]:
    return {
        "sslcert": str(folder / f"{name}.crt"),
        "sslkey": str(folder / f"{name}.key"),
    }


@pytest.mark.parametrize("certified", ["person"], indirect=True)
def test_a_certificate_of_the_person_beside_the_password(
    server: TlsServer, certified: Path
) -> None:
    mine = _with(certified, ADMINISTRATOR)
    psycopg.connect(_address(server, **mine)).close()
    assert "certificate" in _refused(_address(server))
    anothers = _refused(_address(server, **_with(certified, "desk-1")))
    assert "authentication failed" in anothers
    wrong = _refused(_address(server, **mine, password="wrong"))
    assert "password authentication failed" in wrong
    with pytest.raises(DatabaseUnavailable, match="asks for a certificate"):
        PostgresServer(server.address_of("atalaya")).login(
            Login(ADMINISTRATOR), PASSWORD
        )


@pytest.mark.parametrize("certified", ["workstation"], indirect=True)
def test_a_certificate_of_the_workstation_beside_the_password(
    server: TlsServer, certified: Path
) -> None:
    psycopg.connect(_address(server, **_with(certified, "desk-1"))).close()
    assert "certificate" in _refused(_address(server))


def test_no_client_can_stand_in_for_the_server(
    server: TlsServer, tmp_path: Path
) -> None:
    """A workstation's certificate says that it is none of a server."""
    from cryptography import x509
    from cryptography.x509.oid import ExtendedKeyUsageOID

    now = datetime.now(UTC)
    authority = authority_in(quiet(), server.site.authority, now)
    assert authority is not None
    certify_client(authority, "localhost", tmp_path, now)
    made = x509.load_pem_x509_certificate((tmp_path / "localhost.crt").read_bytes())
    usage = made.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [ExtendedKeyUsageOID.CLIENT_AUTH]
    with pytest.raises(x509.ExtensionNotFound):
        made.extensions.get_extension_for_class(x509.SubjectAlternativeName)


@pytest.mark.parametrize("certified", ["workstation"], indirect=True)
def test_a_certificate_that_is_taken_back(
    server: TlsServer, certified: Path, tmp_path: Path
) -> None:
    """From the next login on, for good; all others go on."""
    where = ["--data", str(server.site.data_dir)]
    at = [*where, "--port", str(server.site.port)]
    for name in ("lost-desk", "found-desk"):
        made = ["client-certificate", name, "--out", str(tmp_path)]
        assert server_command([*made, *where]) == 0
        psycopg.connect(_address(server, **_with(tmp_path, name))).close()
    assert server_command(["revoke", "lost-desk", *at]) == 0
    by_file = ["--certificate", str(certified / "desk-1.crt")]
    assert server_command(["revoke", "desk-1", *at]) == 1
    assert server_command(["revoke", "found-desk", *by_file, *at]) == 1
    assert server_command(["revoke", "desk-1", *by_file, *at]) == 0
    # An authority from a backup that is older than this list.
    (server.site.authority / "ca.crl").unlink()
    set_up(
        replace(server.site, client_certificates=ClientCertificates.WORKSTATION),
        wishes(),
        quiet(),
    )
    for name in ("lost-desk", "desk-1"):
        assert "revoked" in _refused(_address(server, **_with(tmp_path, name)))
    for name in ("found-desk", ADMINISTRATOR):
        psycopg.connect(_address(server, **_with(tmp_path, name))).close()
