"""The unit of systemd; a `systemctl` of paper notes what it is told."""

import os
from pathlib import Path

import pytest

from installer.bootstrap import SetupFailed
from installer.server import service
from installer.server.account import Account
from installer.server.doing import Doing
from installer.server.programs import Programs
from installer.server.service import NAME, keep_service
from installer.server.site import ServerSite

_SYSTEMCTL = """#!/bin/sh
echo "$@" >> "{there}/told"
case "$1" in
    is-enabled) test -e "{there}/enabled" ;;
    enable) touch "{there}/enabled" ;;
esac
"""
_SITE = ServerSite(hosts=("db",), data_dir=Path("/var/lib/x"))
_ACCOUNT = Account("me", os.geteuid(), os.getegid())


@pytest.fixture
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder for units, with a systemd that can be asked afterwards."""
    program = tmp_path / "systemctl"
    program.write_text(_SYSTEMCTL.format(there=tmp_path))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(service, "FOLDER", tmp_path)
    monkeypatch.setattr(service, "has_systemd", lambda: True)
    return tmp_path


def _keep(folder: str = "/opt/postgresql/bin", *, dry_run: bool = False) -> list[str]:
    doing = Doing(dry_run=dry_run, say=lambda _: None)
    assert keep_service(doing, _SITE, Programs(Path(folder), 18), _ACCOUNT) is not None
    return doing.changes


def test_a_server_that_runs_already_starts_with_its_machine_too(there: Path) -> None:
    """It may have been started by hand, or enabling it may have failed before."""
    assert len(_keep(dry_run=True)) == 2
    assert not (there / NAME).exists()
    assert len(_keep()) == 2
    assert (there / "enabled").exists()
    assert _keep() == []
    (there / "enabled").unlink()
    assert len(_keep()) == 1
    assert (there / "told").read_text().count(f"enable {NAME}") == 2


def test_programs_that_a_unit_cannot_name_are_refused(there: Path) -> None:
    with pytest.raises(SetupFailed, match="--no-service"):
        _keep("/opt/our postgresql/bin")
    assert not (there / NAME).exists()
