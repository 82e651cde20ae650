"""Keys that an outside command opens: nowhere in clear, and a failure says so."""

import os
import sys
from pathlib import Path

import pytest

from app.domain.errors import KeyUnavailable
from app.evidence.command_vault import CommandVault
from app.evidence.master_keys import MasterKeys
from tests.fakes.key_command import KeyCommand


@pytest.fixture
def service(tmp_path: Path) -> KeyCommand:
    return KeyCommand(tmp_path / "service")


def _vault(service: KeyCommand, path: Path) -> CommandVault:
    return CommandVault(path, service.wrap, service.unwrap)


def test_a_key_is_neither_in_the_file_nor_on_a_command_line(
    service: KeyCommand, tmp_path: Path
) -> None:
    path = tmp_path / "keys.json"
    master = MasterKeys(_vault(service, path)).make()
    key = MasterKeys(_vault(service, path)).key(master)
    assert len(key) == 32
    assert key.hex() not in path.read_text()
    assert path.stat().st_mode & 0o077 == 0
    assert set(service.asked) == {"wrap", "unwrap"}


def test_the_service_is_asked_once_for_a_key(
    service: KeyCommand, tmp_path: Path
) -> None:
    path = tmp_path / "keys.json"
    master = MasterKeys(_vault(service, path)).make()
    vault = _vault(service, path)
    before = len(service.asked)
    assert vault.current_id() == master
    assert len({vault.get(master) for _ in range(3)}) == 1
    assert len(service.asked) == before + 1


def test_a_service_that_is_away(service: KeyCommand, tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    master = MasterKeys(_vault(service, path)).make()
    service.unplug()
    vault = _vault(service, path)
    with pytest.raises(KeyUnavailable, match="gave no key"):
        vault.get(master)
    before = path.read_bytes()
    with pytest.raises(KeyUnavailable):
        MasterKeys(vault).make()
    assert path.read_bytes() == before


def test_a_service_that_is_away_is_not_asked_for_each_object(
    service: KeyCommand, tmp_path: Path
) -> None:
    path, now_s = tmp_path / "keys.json", [100.0]
    master = MasterKeys(_vault(service, path)).make()
    vault = CommandVault(path, service.wrap, service.unwrap, now_s=lambda: now_s[0])
    service.unplug()
    for _ in range(3):
        with pytest.raises(KeyUnavailable, match="gave no key"):
            vault.get(master)
    service.plug_in()
    asked = len(service.asked)
    with pytest.raises(KeyUnavailable, match="gave no key"):
        vault.get(master)
    assert len(service.asked) == asked
    now_s[0] += 15
    assert vault.get(master) is not None


def test_a_key_that_could_not_be_opened_again_is_not_kept(
    service: KeyCommand, tmp_path: Path
) -> None:
    path = tmp_path / "keys.json"
    other = (sys.executable, "-I", "-S", "-c", "print('00' * 32)")
    with pytest.raises(KeyUnavailable, match="does not open"):
        MasterKeys(CommandVault(path, service.wrap, other)).make()
    assert not path.exists()


def test_a_command_that_never_ends_or_is_not_there(tmp_path: Path) -> None:
    """With what it started: a child of it holds its output open."""
    child = "import subprocess, sys; subprocess.run(['/bin/sleep', '60'])"
    late = (sys.executable, "-I", "-S", "-c", child)
    path = tmp_path / "keys.json"
    with pytest.raises(KeyUnavailable, match="did not end in time"):
        MasterKeys(CommandVault(path, late, late, within_s=0.3)).make()
    gone = (str(tmp_path / "gone"),)
    with pytest.raises(KeyUnavailable, match="cannot be started"):
        MasterKeys(CommandVault(path, gone, gone)).make()


def test_one_that_may_not_be_ended_is_late_and_not_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One of another account, as `sudo` starts it."""
    end = os.killpg

    def refused(group: int, number: int) -> None:
        end(group, number)
        raise PermissionError

    monkeypatch.setattr(os, "killpg", refused)
    late = ("/bin/sleep", "60")
    with pytest.raises(KeyUnavailable, match="did not end in time"):
        MasterKeys(
            CommandVault(tmp_path / "keys.json", late, late, within_s=0.05)
        ).make()
