"""Passwords come back, and appear nowhere else."""

import logging
import os
import stat
import subprocess
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import cast

import keyring.backend
import keyring.errors
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.config import private_file, secret_store
from app.config.paths import Paths
from app.config.secret_store import (
    FileSecretStore,
    Keyring,
    KeyringSecretStore,
    SecretsUnreadable,
    open_secret_store,
)
from app.ports import SecretStore

CANARY = "c4n4ry-Pässwörd-Q7Z9"
PROJECT = Path(__file__).resolve().parents[3]


class MemoryKeyring:
    """A backend that keeps entries in memory, and can be locked."""

    priority = 5.0

    def __init__(self) -> None:
        self.entries: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        """Return an entry."""
        self._require_open()
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Store an entry."""
        self._require_open()
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        """Delete an entry."""
        self._require_open()
        if (service, username) not in self.entries:
            raise keyring.errors.PasswordDeleteError("not there")
        del self.entries[service, username]

    def _require_open(self) -> None:
        if self.locked:
            raise keyring.errors.KeyringLocked("locked")


def _offer(monkeypatch: pytest.MonkeyPatch, *backends: object) -> None:
    monkeypatch.setattr(keyring.backend, "get_all_keyring", lambda: list(backends))


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """Give the test a workstation of its own."""
    return Paths(tmp_path / "home")


@pytest.fixture
def system_keyring(monkeypatch: pytest.MonkeyPatch) -> MemoryKeyring:
    """Give the computer a real keyring."""
    backend = MemoryKeyring()
    monkeypatch.setattr(MemoryKeyring, "__module__", "keyring.backends.SecretService")
    _offer(monkeypatch, backend)
    return backend


@pytest.fixture
def files(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> FileSecretStore:
    """Give the test a store on a computer without keyring."""
    _offer(monkeypatch)
    store = open_secret_store(paths)
    assert isinstance(store, FileSecretStore)
    return store


@pytest.fixture(params=["files", "keyring"])
def store(request: pytest.FixtureRequest, paths: Paths) -> SecretStore:
    """Give the test a store of each kind."""
    if request.param == "files":
        return cast("SecretStore", request.getfixturevalue("files"))
    request.getfixturevalue("system_keyring")
    opened = open_secret_store(paths)
    assert isinstance(opened, KeyringSecretStore)
    return opened


class TestEveryStore:
    """What both kinds promise."""

    def test_what_is_put_comes_back(self, store: SecretStore) -> None:
        """And can be replaced and forgotten."""
        store.put("camera-1", "root", CANARY)
        store.put("camera-2", "", "")
        assert store.get("camera-1") == ("root", CANARY)
        assert store.get("camera-2") == ("", "")
        store.put("camera-1", "ana", "other")
        assert store.get("camera-1") == ("ana", "other")
        store.delete("camera-1")
        assert store.get("camera-1") is None
        store.delete("camera-1")

    @settings(
        max_examples=40,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(st.text(max_size=60), st.text(max_size=60))
    def test_any_text_survives(
        self, store: SecretStore, user: str, password: str
    ) -> None:
        """Quotes, line breaks, NUL, any script."""
        store.put("camera", user, password)
        assert store.get("camera") == (user, password)

    @pytest.mark.parametrize("reference", ["", "a\n", "\x00", "x" * 2000])
    def test_odd_references_are_refused(
        self, store: SecretStore, reference: str
    ) -> None:
        """They come from a database that others write to."""
        with pytest.raises(ValueError, match="reference"):
            store.get(reference)

    def test_a_reference_is_never_a_path(
        self, store: SecretStore, paths: Paths
    ) -> None:
        """It may look like one."""
        store.put("../../escaped", "user", CANARY)
        assert store.get("../../escaped") == ("user", CANARY)
        assert not list(paths.root.parent.glob("escaped*"))


class TestFiles:
    """The encrypted files."""

    def test_no_one_else_may_read(self, files: FileSecretStore, paths: Paths) -> None:
        """Key and entries are 0600; nothing else is left in the folder."""
        files.put("camera", "root", CANARY)
        found = list(paths.secrets.iterdir())
        assert sorted(path.suffix for path in found) == [".key", ".secret"]
        assert {stat.S_IMODE(path.stat().st_mode) for path in found} == {0o600}

    def test_the_password_is_not_on_the_disk(
        self, files: FileSecretStore, paths: Paths
    ) -> None:
        """Nor is the user."""
        files.put("camera", "a-very-special-user", CANARY)
        stored = b"".join(path.read_bytes() for path in paths.secrets.iterdir())
        assert CANARY.encode() not in stored
        assert b"special" not in stored

    def test_the_same_password_never_looks_the_same(
        self, files: FileSecretStore, paths: Paths
    ) -> None:
        """A nonce is used once."""
        (place,) = self._put(files, paths)
        before = place.read_bytes()
        self._put(files, paths)
        assert place.read_bytes() != before

    def test_every_changed_bit_is_noticed(
        self, files: FileSecretStore, paths: Paths
    ) -> None:
        """Also a shorter file; the message says what to do."""
        (place,) = self._put(files, paths)
        sealed = place.read_bytes()
        forgeries = [
            sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]
            for at in range(len(sealed))
        ]
        forgeries += [sealed[:n] for n in range(len(sealed))]
        for forged in forgeries:
            place.write_bytes(forged)
            with pytest.raises(SecretsUnreadable, match=r"camera .*import-keys"):
                files.get("camera")

    def test_entries_cannot_change_places(
        self, files: FileSecretStore, paths: Paths
    ) -> None:
        """One camera's password is not sent to another."""
        files.put("gate", "root", CANARY)
        (gate,) = paths.secrets.glob("*.secret")
        sealed = gate.read_bytes()
        files.put("evil", "x", "y")
        evil = next(p for p in paths.secrets.glob("*.secret") if p != gate)
        evil.write_bytes(sealed)
        with pytest.raises(SecretsUnreadable):
            files.get("evil")

    def test_another_process_reads_the_same(
        self, files: FileSecretStore, paths: Paths
    ) -> None:
        """Desktop and engine share the store."""
        files.put("camera", "root", CANARY)
        assert open_secret_store(paths).get("camera") == ("root", CANARY)

    @pytest.mark.usefixtures("files")
    def test_a_key_that_others_may_read_is_refused(self, paths: Paths) -> None:
        """And the message says how to mend it."""
        (paths.secrets / "secrets.key").chmod(0o644)
        with pytest.raises(SecretsUnreadable, match="chmod 600"):
            open_secret_store(paths)

    @pytest.mark.parametrize("spoil", [Path.unlink, lambda p: p.write_bytes(b"short")])
    def test_a_lost_key_is_not_replaced_in_silence(
        self, files: FileSecretStore, paths: Paths, spoil: Callable[[Path], None]
    ) -> None:
        """The passwords would be lost without a word."""
        files.put("camera", "root", CANARY)
        spoil(paths.secrets / "secrets.key")
        with pytest.raises(SecretsUnreadable, match="Restore it"):
            open_secret_store(paths)

    def test_two_processes_begin_at_once(
        self, paths: Paths, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Both end up with the key of the first."""
        _offer(monkeypatch)
        write = private_file.write_private
        first: list[SecretStore] = []

        def overtaken(
            path: Path,
            content: bytes,
            publish: Callable[[Path, Path], object] = Path.replace,
        ) -> None:
            monkeypatch.setattr(secret_store, "write_private", write)
            first.append(open_secret_store(paths))
            write(path, content, publish)

        monkeypatch.setattr(secret_store, "write_private", overtaken)
        second = open_secret_store(paths)
        first[0].put("camera", "root", CANARY)
        assert second.get("camera") == ("root", CANARY)

    def _put(self, files: FileSecretStore, paths: Paths) -> list[Path]:
        files.put("camera", "root", CANARY)
        return list(paths.secrets.glob("*.secret"))


class TestChoice:
    """Which store is taken."""

    def test_backends_that_do_not_encrypt_are_refused(
        self, paths: Paths, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The library's own empty ones, and plaintext files."""
        backend = MemoryKeyring()
        for module in (
            "keyring.backends.fail",
            "keyring.backends.null",
            "keyring.backends.chainer",
            "keyrings.alt.file",
        ):
            monkeypatch.setattr(MemoryKeyring, "__module__", module)
            _offer(monkeypatch, backend)
            assert isinstance(open_secret_store(paths), FileSecretStore)
        assert backend.entries == {}

    def test_a_keyring_that_does_not_work_is_not_taken(
        self, system_keyring: MemoryKeyring, paths: Paths
    ) -> None:
        """A locked one would lose the password that somebody just typed."""
        system_keyring.locked = True
        assert isinstance(open_secret_store(paths), FileSecretStore)

    def test_the_trial_leaves_nothing_behind(
        self, system_keyring: MemoryKeyring, paths: Paths
    ) -> None:
        """Only what was put is in the keyring."""
        open_secret_store(paths).put("camera", "root", CANARY)
        assert len(system_keyring.entries) == 1

    @pytest.mark.usefixtures("system_keyring")
    def test_a_choice_stays(
        self, paths: Paths, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A keyring that is gone is a fault, not an empty store."""
        open_secret_store(paths).put("camera", "root", CANARY)
        _offer(monkeypatch)
        with pytest.raises(SecretsUnreadable, match="Unlock it"):
            open_secret_store(paths)

    def test_files_stay_files(
        self, files: FileSecretStore, paths: Paths, request: pytest.FixtureRequest
    ) -> None:
        """A keyring that turns up later does not hide what is there."""
        files.put("camera", "root", CANARY)
        request.getfixturevalue("system_keyring")
        assert open_secret_store(paths).get("camera") == ("root", CANARY)

    @pytest.mark.usefixtures("system_keyring")
    def test_two_homes_do_not_share_entries(self, tmp_path: Path) -> None:
        """A demo cannot overwrite the password of the real site."""
        open_secret_store(Paths(tmp_path / "a")).put("camera", "root", CANARY)
        assert open_secret_store(Paths(tmp_path / "b")).get("camera") is None

    def test_a_keyring_that_locks_later_says_what_to_do(
        self, system_keyring: MemoryKeyring, paths: Paths
    ) -> None:
        """In every act."""
        opened = open_secret_store(paths)
        system_keyring.locked = True
        acts: tuple[Callable[[], object], ...] = (
            lambda: opened.get("camera"),
            lambda: opened.put("camera", "root", CANARY),
            lambda: opened.delete("camera"),
        )
        for act in acts:
            with pytest.raises(SecretsUnreadable, match="Unlock it"):
                act()


class TestCanary:
    """The password is nowhere but in the store."""

    def test_not_in_errors_logs_or_representations(
        self,
        files: FileSecretStore,
        system_keyring: MemoryKeyring,
        paths: Paths,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        """Whatever goes wrong."""
        caplog.set_level(logging.DEBUG)
        in_keyring = KeyringSecretStore(cast("Keyring", system_keyring), "service")
        in_keyring.put("camera", "root", CANARY)
        ((entry, _),) = system_keyring.entries.items()
        files.put("camera", "root", CANARY)
        (place,) = paths.secrets.glob("*.secret")
        said = [repr(files), repr(in_keyring), str(vars(in_keyring))]
        place.write_bytes(place.read_bytes()[:-1])
        said.append(self._told(lambda: files.get("camera")))
        said.append(self._told(lambda: files.put("camera", CANARY * 99, CANARY * 99)))
        for broken in (
            CANARY,
            f'["{CANARY}"]',
            f'{{"a": "{CANARY}"}}',
            f'[1,"{CANARY}"]',
        ):
            system_keyring.entries[entry] = broken
            said.append(self._told(lambda: in_keyring.get("camera")))
        system_keyring.locked = True
        said.append(self._told(lambda: in_keyring.put("camera", "root", CANARY)))
        assert CANARY not in "".join(said) + caplog.text
        assert "Q7Z9" not in "".join(said) + caplog.text

    def _told(self, act: Callable[[], object]) -> str:
        try:
            act()
        except (SecretsUnreadable, ValueError) as error:
            lines = traceback.TracebackException.from_exception(error)
            return "".join(lines.format()) + repr(vars(error)) + repr(error.__context__)
        raise AssertionError("nothing went wrong")


def test_the_real_library_on_this_computer(tmp_path: Path) -> None:
    """A process of its own, whatever keyring there is: the round trip works."""
    code = (
        "import sys; from pathlib import Path;"
        "from app.config.paths import Paths;"
        "from app.config.secret_store import open_secret_store;"
        "s = open_secret_store(Paths(Path(sys.argv[1])));"
        "s.put('c', 'u', 'p'); assert s.get('c') == ('u', 'p'); s.delete('c');"
        "assert s.get('c') is None"
    )
    subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        cwd=PROJECT,
        check=True,
        env={**os.environ, "PYTHONWARNINGS": "error"},
    )
