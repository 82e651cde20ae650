"""The file by which a workstation learns of its server."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.config.paths import Paths
from app.config.server_bundle import (
    ServerBundle,
    chosen_server,
    forget_server,
    use_server,
)
from app.domain.errors import ConfigurationInvalid
from db import address
from installer.server.authority import authority_in, certify_client
from installer.server.doing import Doing
from main import EXIT_FAULT, main


@pytest.fixture
def bundle(tmp_path: Path) -> ServerBundle:
    """Give a server of an authority that was just made."""
    doing = Doing(say=lambda _: None)
    authority = authority_in(doing, tmp_path, datetime.now(UTC))
    assert authority is not None
    certify_client(authority, "desk", tmp_path, datetime.now(UTC))
    return ServerBundle(
        host="db.example.org", port=5433, database="site", ca_certificate=authority.pem
    )


def test_it_is_read_as_it_was_written(bundle: ServerBundle) -> None:
    assert ServerBundle.from_text(bundle.to_text()) == bundle


def test_a_workstation_keeps_it_and_can_go_back(
    bundle: ServerBundle, tmp_path: Path
) -> None:
    paths = Paths(tmp_path / "a home?&")
    assert chosen_server(paths) is None
    kept = use_server(paths, bundle)
    assert chosen_server(paths) == kept
    parameters = address.parse(kept)
    assert parameters["host"] == "db.example.org"
    assert str(parameters["port"]) == "5433"
    assert parameters["dbname"] == "site"
    assert parameters["sslmode"] == "verify-full"
    assert parameters["channel_binding"] == "require"
    assert Path(parameters["sslrootcert"]).read_text() == bundle.ca_certificate
    assert forget_server(paths)
    assert not forget_server(paths)
    assert chosen_server(paths) is None


@pytest.mark.parametrize(
    "changed",
    [
        {"format": "another"},
        {"host": "db&sslmode=disable"},
        {"host": "/run/x"},
        {"host": ""},
        {"host": None},
        {"port": 0},
        {"port": "x"},
        {"port": None},
        {"database": "x?host=y"},
        {"ca_certificate": ""},
        {"ca_certificate": "-----BEGIN CERTIFICATE-----\nno\n"},
        {"password": "x"},
    ],
)
def test_what_is_none_is_refused(
    bundle: ServerBundle, changed: dict[str, object]
) -> None:
    text = json.dumps(json.loads(bundle.to_text()) | changed)
    with pytest.raises(ConfigurationInvalid, match="no connection file"):
        ServerBundle.from_text(text)


def test_a_certificate_that_is_no_authority_is_refused(
    bundle: ServerBundle, tmp_path: Path
) -> None:
    certificate = (tmp_path / "desk.crt").read_text()
    text = json.dumps(json.loads(bundle.to_text()) | {"ca_certificate": certificate})
    with pytest.raises(ConfigurationInvalid):
        ServerBundle.from_text(text)


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", "\0", "{" * 200_000])
def test_garbage_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationInvalid):
        ServerBundle.from_text(text)


def test_as_it_is_typed(
    bundle: ServerBundle, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, home = tmp_path / "atalaya-server.json", ["--home", str(tmp_path / "home")]
    command = ["db", "use-server"]
    assert main([*command, str(file), *home]) == EXIT_FAULT
    file.write_text(bundle.to_text())
    assert main([*command, str(file), *home]) == 0
    assert "uses the database of db.example.org" in capsys.readouterr().out
    assert main([*command, *home]) == EXIT_FAULT
    assert main([*command, "--built-in", *home]) == 0
    assert chosen_server(Paths(tmp_path / "home")) is None


@pytest.mark.parametrize("content", [b"", b"\xff\xfe{}", b"{}"])
def test_a_choice_that_cannot_be_read_is_told(tmp_path: Path, content: bytes) -> None:
    """It must not pass for the built-in database, nor for a bug."""
    paths = Paths(tmp_path)
    (paths.server / "server.json").write_bytes(content)
    with pytest.raises(ConfigurationInvalid, match="use-server"):
        chosen_server(paths)
