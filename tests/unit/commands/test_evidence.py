"""`evidence`: the whole way of a workstation by its commands."""

import os
import shlex
from pathlib import Path

import pytest

import main
from app.config import secret_store
from app.config.paths import Paths
from app.config.secret_store import open_secret_store
from app.domain.ids import Sha256
from app.evidence.blobs import CURRENT_KEY
from app.evidence.open_store import S3_SECRET, open_evidence, set_aside_store
from app.evidence.sealed_format import MAGIC
from app.evidence.store import BlobEvidenceStore, LocalEvidenceStore
from tests.fakes.key_command import KeyCommand


class Workstation:
    """A folder, and the commands in it."""

    def __init__(self, root: Path, said: pytest.CaptureFixture[str]) -> None:
        self.paths = Paths(root)
        self._said = said

    def run(self, *arguments: str, code: int = 0) -> str:
        """Run a command; return what it says."""
        got = main.main(["evidence", *arguments, "--home", str(self.paths.root)])
        shown = self._said.readouterr()
        assert got == code, shown
        return shown.out + shown.err

    def put(self, content: bytes) -> Sha256:
        """Store evidence as the engine does."""
        source = self.paths.root / "source"
        source.write_bytes(content)
        opened = open_evidence(self.paths, open_secret_store(self.paths))
        return opened.store.put(source)[0]

    def let_pass(self, *places: Path) -> None:
        """Have some time pass since the key in use was noted."""
        local = (self.paths.evidence, self.paths.set_aside)
        waiting = self.paths.spool / "evidence"
        for folder in (*local, waiting, *places):
            if (note := folder / CURRENT_KEY).exists():
                os.utime(note, (note.stat().st_atime, note.stat().st_mtime - 3600))

    def aside(self) -> BlobEvidenceStore:
        """Return where files without a case go."""
        opened = open_evidence(self.paths, open_secret_store(self.paths))
        return set_aside_store(self.paths, opened)

    def read(self, name: Sha256) -> bytes:
        """Read evidence as the desktop does."""
        opened = open_evidence(self.paths, open_secret_store(self.paths))
        with opened.store.open(name) as file:
            return file.read()


@pytest.fixture(autouse=True)
def no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test may write to the keyring of this computer."""
    monkeypatch.setattr(secret_store, "_real_keyring", lambda: None)


@pytest.fixture
def station(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Workstation:
    """Give a fresh one."""
    root = tmp_path / "home"
    root.mkdir()
    return Workstation(root, capsys)


def test_a_fresh_workstation_encrypts_and_asks_nothing(station: Workstation) -> None:
    name = station.put(b"evidence")
    place = station.paths.evidence / name[:2] / name[2:4] / name
    assert place.read_bytes().startswith(MAGIC)
    assert "encrypted, master keys in the secret store" in station.run("show")
    assert "answers, and its key is here" in station.run("check")


def test_what_older_releases_stored_is_encrypted_by_a_command(
    station: Workstation,
) -> None:
    source = station.paths.root / "old"
    source.write_bytes(b"older evidence")
    old = LocalEvidenceStore(station.paths.evidence, floor_bytes=0)
    name, _ = old.put(source)
    assert station.read(name) == b"older evidence"
    assert "1 were encrypted, 0 were so already" in station.run("encrypt")
    assert "0 were encrypted, 1 were so already" in station.run("encrypt")
    assert station.read(name) == b"older evidence"
    place = station.paths.evidence / name[:2] / name[2:4] / name
    assert b"older" not in place.read_bytes()


def test_a_key_is_rotated_and_the_old_one_forgotten(station: Workstation) -> None:
    name = station.put(b"evidence")
    old = station.run("keys").split(":")[0]
    assert "in use" in station.run("forget-key", old, code=main.EXIT_FAULT)
    assert "1 keys were wrapped anew" in station.run("rotate-key")
    assert "0 keys were wrapped anew, 1" in station.run("rotate-key", "--resume")
    assert old not in station.run("keys")
    station.let_pass()
    station.run("forget-key", old)
    assert station.read(name) == b"evidence"


def test_no_key_is_forgotten_while_an_engine_may_seal_with_it(
    station: Workstation,
) -> None:
    """An engine looks only now and then which key is in force, and holds what it had.

    What it sealed with a key that is gone, nobody could read again.
    """
    station.put(b"before")
    running = open_evidence(station.paths, open_secret_store(station.paths))
    running.store.put(station.paths.root / "source")
    old = station.run("keys").split(":")[0]
    station.run("rotate-key")
    assert "minutes" in station.run("forget-key", old, code=main.EXIT_FAULT)
    (station.paths.root / "source").write_bytes(b"by the engine that was running")
    name, _ = running.store.put(station.paths.root / "source")
    station.let_pass()
    assert "1 files" in station.run("forget-key", old, code=main.EXIT_FAULT)
    assert station.read(name) == b"by the engine that was running"


def test_a_key_is_not_forgotten_for_the_place_in_use_alone(
    station: Workstation, tmp_path: Path
) -> None:
    """What lies in the own folder still is rotated, and counted, like the rest."""
    name = station.put(b"in the own folder")
    old = station.run("keys").split(":")[0]
    station.run("set", "share", str(tmp_path / "share"))
    station.put(b"in the share")
    assert "2 file(s)" in station.run("keys")
    assert "2 keys were wrapped anew" in station.run("rotate-key")
    station.let_pass(tmp_path / "share")
    station.run("forget-key", old)
    station.run("set", "own")
    assert station.read(name) == b"in the own folder"


def test_what_was_sealed_is_read_also_by_a_store_in_clear(
    station: Workstation,
) -> None:
    """And is not taken for damaged; its key is in use as long as it is there."""
    name = station.put(b"evidence")
    key = station.run("keys").split(":")[0]
    station.run("set", "own", "--plain")
    assert station.read(name) == b"evidence"
    assert station.put(b"evidence") == name
    assert not (station.paths.evidence / "damaged").exists()
    assert f"{key}: 1 file(s)" in station.run("keys")
    assert station.put(b"in clear") != name
    assert "1 keys were wrapped anew" in station.run("rotate-key")
    assert station.read(name) == b"evidence"


def test_what_waits_sealed_follows_to_a_store_in_clear(
    station: Workstation, tmp_path: Path
) -> None:
    share = tmp_path / "share"
    station.run("set", "share", str(share))
    share.rename(tmp_path / "gone")
    name = station.put(b"waits")
    (tmp_path / "gone").rename(share)
    station.run("set", "share", str(share), "--plain")
    assert "1 file(s) were handed on" in station.run("forward")
    assert (share / name[:2] / name[2:4] / name).read_bytes() == b"waits"


def test_what_was_set_aside_is_sealed_and_rotated_as_the_rest(
    station: Workstation,
) -> None:
    """Else a key that is forgotten would take it along."""
    station.put(b"evidence")
    source = station.paths.root / "stray"
    source.write_bytes(b"no case names it")
    name, _ = station.aside().put(source)
    place = station.paths.set_aside / name[:2] / name[2:4] / name
    assert place.read_bytes().startswith(MAGIC)
    old = station.run("keys").split(":")[0]
    assert "2 file(s)" in station.run("keys")
    assert "2 keys were wrapped anew" in station.run("rotate-key")
    station.let_pass()
    station.run("forget-key", old)
    with station.aside().open(name) as file:
        assert file.read() == b"no case names it"


def test_a_store_in_clear_sets_aside_in_clear(station: Workstation) -> None:
    station.run("set", "own", "--plain")
    source = station.paths.root / "stray"
    source.write_bytes(b"no case names it")
    name, _ = station.aside().put(source)
    assert not station.aside().is_sealed(name)
    assert list(station.aside().names()) == [name]


def test_two_workstations_share_a_folder(
    station: Workstation, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the keys brought over once; the old evidence is copied there."""
    before = station.put(b"before the share")
    share, keys = tmp_path / "share", tmp_path / "keys.json"
    assert "not mounted" in station.run("set", "share", str(share))
    assert "1 were copied, 0 were there already" in station.run("copy")
    name = station.put(b"evidence")
    station.run("export-keys", str(keys))
    assert keys.stat().st_mode & 0o077 == 0 or os.name == "nt"

    (tmp_path / "second").mkdir()
    second = Workstation(tmp_path / "second", capsys)
    assert "not mounted" not in second.run("set", "share", str(share))
    assert "evidence import-keys" in second.run("check", code=1)
    second.run("import-keys", str(keys))
    assert "answers, and its key is here" in second.run("check")
    assert second.read(name) == b"evidence"
    assert station.read(second.put(b"from the second")) == b"from the second"
    assert station.read(before) == b"before the share"


def test_a_share_that_is_not_mounted_is_no_empty_share(
    station: Workstation, tmp_path: Path
) -> None:
    """Nothing is written to the mount point; what is found waits, and follows."""
    share = tmp_path / "share"
    station.run("set", "share", str(share))
    share.rename(tmp_path / "elsewhere")
    share.mkdir()
    name = station.put(b"evidence")
    assert list(share.iterdir()) == []
    assert "1 evidence files wait" in station.run("check", code=1)
    assert station.read(name) == b"evidence"
    share.rmdir()
    (tmp_path / "elsewhere").rename(share)
    assert "1 file(s) were handed on" in station.run("forward")
    assert "0 file(s) wait" in station.run("show")
    assert station.read(name) == b"evidence"


def test_what_waited_is_not_forgotten_when_the_place_changes(
    station: Workstation, tmp_path: Path
) -> None:
    share = tmp_path / "share"
    station.run("set", "share", str(share))
    share.rename(tmp_path / "gone")
    name = station.put(b"waits")
    folder = str(station.paths.spool / "evidence")
    assert f"evidence copy {folder}" in station.run("set", "own")
    assert "1 were copied" in station.run("copy", folder)
    assert station.read(name) == b"waits"


def test_an_access_key_goes_to_the_secret_store_alone(
    station: Workstation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is asked for, never an argument, and in no file in clear."""
    where = ("--endpoint", "https://store.lan:9000", "--bucket", "evidence")
    assert "evidence login" in station.run("set", "s3", *where)
    assert "evidence login" in station.run("check", code=main.EXIT_FAULT)
    answers = iter(["the-access-key", "c4n4ry-secret-key"])
    monkeypatch.setattr("getpass.getpass", lambda _: next(answers))
    assert "c4n4ry" not in station.run("login")
    stored = open_secret_store(station.paths).get(S3_SECRET)
    assert stored == ("the-access-key", "c4n4ry-secret-key")
    for path in station.paths.root.rglob("*"):
        if path.is_file():
            assert b"c4n4ry" not in path.read_bytes()


def test_keys_in_a_file(station: Workstation, tmp_path: Path) -> None:
    """Chosen instead of the secret store; refused when others may read it."""
    keys = tmp_path / "keys.json"
    station.run("set", "own", "--key-file", str(keys))
    name = station.put(b"evidence")
    assert station.read(name) == b"evidence"
    keys.chmod(0o644)
    assert "chmod 600" in station.run("check", code=1)


def test_keys_that_a_command_opens(station: Workstation, tmp_path: Path) -> None:
    """They come along from the secret store; the setting names no secret."""
    first = station.put(b"first")
    service = KeyCommand(tmp_path / "service")
    wrap, unwrap = shlex.join(service.wrap), shlex.join(service.unwrap)
    chosen = ("--wrap-command", wrap, "--unwrap-command", unwrap)
    assert "need a key file" in station.run("set", "own", *chosen, code=3)
    here = ("--key-file", str(tmp_path / "keys.json"))
    half = station.run("set", "own", *here, "--wrap-command", wrap, code=3)
    assert "absolute path" in half
    said = station.run("set", "own", *here, *chosen)
    assert "1 master key(s) came along" in said
    assert "opened by" in said
    assert station.read(first) == b"first"
    second = station.put(b"second")
    assert "a file of their own" in station.run("set", "own", *here, code=3)
    station.run("set", "own")
    assert [station.read(name) for name in (first, second)] == [b"first", b"second"]


def test_keys_go_along_to_where_they_are_kept_from_now_on(
    station: Workstation, tmp_path: Path
) -> None:
    """From the secret store to a file, and back again; nothing is sealed in between."""
    first = station.put(b"first")
    station.run("rotate-key")
    keys = tmp_path / "keys.json"
    said = station.run("set", "own", "--key-file", str(keys))
    assert "1 master key(s) came along" in said
    assert station.read(first) == b"first"
    second = station.put(b"second")
    station.run("rotate-key")
    station.run("set", "own")
    keys.unlink()
    assert "key is here" in station.run("check")
    third = station.put(b"third")
    found = [station.read(name) for name in (first, second, third)]
    assert found == [b"first", b"second", b"third"]


def test_a_setting_that_cannot_be_read_is_set_again(station: Workstation) -> None:
    (station.paths.root / "evidence.json").write_text("{", encoding="utf-8")
    assert "evidence set" in station.run("show", code=main.EXIT_FAULT)
    assert "own folder, encrypted" in station.run("set", "own")


def test_a_store_in_clear_is_told_by_the_check(station: Workstation) -> None:
    assert "NOT encrypted" in station.run("set", "own", "--plain")
    name = station.put(b"evidence")
    place = station.paths.evidence / name[:2] / name[2:4] / name
    assert place.read_bytes() == b"evidence"
    assert "not encrypted" in station.run("check", code=1)
    assert "in clear" in station.run("encrypt", code=main.EXIT_FAULT)
