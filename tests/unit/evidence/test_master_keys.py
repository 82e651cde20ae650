"""Master keys: where they lie, who may read them, and what they open."""

import json
import stat
from pathlib import Path
from threading import Thread

import pytest

from app.domain.errors import KeyUnavailable
from app.evidence.command_vault import CommandVault
from app.evidence.master_keys import (
    FileVault,
    KeyVault,
    MasterKeys,
    SecretVault,
    id_of,
)
from app.evidence.sealed_format import SealBroken
from tests.fakes.key_command import KeyCommand
from tests.fakes.secrets import MemorySecrets


@pytest.fixture(params=["secrets", "file", "command"])
def vault(request: pytest.FixtureRequest, tmp_path: Path) -> KeyVault:
    """Give each place for keys."""
    if request.param == "command":
        service = KeyCommand(tmp_path / "service")
        return CommandVault(tmp_path / "keys.json", service.wrap, service.unwrap)
    if request.param == "file":
        return FileVault(tmp_path / "keys.json")
    return SecretVault(MemorySecrets())


def test_a_data_key_comes_back_for_what_it_is_bound_to(vault: KeyVault) -> None:
    """And for nothing else."""
    keys = MasterKeys(vault)
    assert keys.current_id() is None
    master = keys.make()
    assert keys.current_id() == master
    wrapped = keys.wrap(b"data key", master, b"this object")
    assert b"data key" not in wrapped
    assert keys.unwrap(wrapped, master, b"this object") == b"data key"
    for changed in (wrapped[:-1], b"", bytes([wrapped[0] ^ 1]) + wrapped[1:]):
        with pytest.raises(SealBroken):
            keys.unwrap(changed, master, b"this object")
    with pytest.raises(SealBroken):
        keys.unwrap(wrapped, master, b"another object")


def test_older_keys_go_on_unwrapping(vault: KeyVault) -> None:
    """Until they are forgotten."""
    keys = MasterKeys(vault)
    old = keys.make()
    wrapped = keys.wrap(b"data key", old, b"")
    new = keys.make()
    assert new != old
    assert keys.current_id() == new
    assert keys.unwrap(wrapped, old, b"") == b"data key"
    with pytest.raises(SealBroken):
        keys.unwrap(wrapped, new, b"")
    keys.forget(old)
    assert not keys.holds(old)
    with pytest.raises(KeyUnavailable, match=old):
        keys.unwrap(wrapped, old, b"")


def test_the_id_says_nothing_of_the_key_and_is_the_key_s_alone(vault: KeyVault) -> None:
    """So a key cannot be passed off as another."""
    keys = MasterKeys(vault)
    key_id = keys.adopt(b"k" * 32)
    assert key_id == id_of(b"k" * 32)
    assert keys.key(key_id) == b"k" * 32
    vault.put(key_id, b"x" * 32)
    with pytest.raises(KeyUnavailable, match="another one or damaged"):
        keys.key(key_id)


@pytest.mark.parametrize("name", ["", "../../etc", "A" * 16, "0" * 15, "0" * 16 + "\n"])
def test_only_ids_are_names(vault: KeyVault, name: str) -> None:
    with pytest.raises(ValueError, match="named by"):
        vault.get(name)


def test_a_key_file_is_for_its_user_alone(tmp_path: Path) -> None:
    """One that others may read is refused, whatever is in it."""
    path = tmp_path / "keys.json"
    keys = MasterKeys(FileVault(path))
    master = keys.make()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for mode in (0o640, 0o604, 0o620):
        path.chmod(mode)
        with pytest.raises(KeyUnavailable, match="chmod 600"):
            keys.key(master)
    path.chmod(0o600)
    assert len(keys.key(master)) == 32


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"version": 2, "current": null, "keys": {}}',
             '{"version": 1, "current": 7, "keys": {}}',
             '{"version": 1, "current": null, "keys": {"x": "00"}}']
)  # fmt: skip
def test_what_is_no_key_file_is_said_to_be_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "keys.json"
    path.touch(mode=0o600)
    path.write_text(text)
    with pytest.raises(KeyUnavailable, match="no key file"):
        FileVault(path).current_id()


def test_no_fault_holds_a_key(tmp_path: Path) -> None:
    """Not even of a file that cannot be understood."""
    path = tmp_path / "keys.json"
    secret = "5e" * 31
    path.touch(mode=0o600)
    document = {"version": 1, "current": None, "keys": {"0" * 16: secret}}
    path.write_text(json.dumps(document))
    with pytest.raises(KeyUnavailable) as caught:
        MasterKeys(FileVault(path)).key("0" * 16)
    assert secret not in f"{caught.value!r} {caught.value.__context__!r}"


def test_two_that_make_keys_at_once_lose_none(tmp_path: Path) -> None:
    """A key that a store has taken must never be written over."""
    vaults = [MasterKeys(FileVault(tmp_path / "keys.json")) for _ in range(6)]
    made: list[str] = []
    threads = [Thread(target=lambda v=v: made.append(v.make())) for v in vaults]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 6
    assert all(vaults[0].holds(key_id) for key_id in made)
    assert vaults[0].current_id() in made
