"""Passwords and keys at rest: in the system's keyring, else in files under AES-256-GCM.

Nothing here logs, and no error holds what it was given. A choice that was once made for
a workstation stays, so that desktop and engine always look in the same place.
"""

import hashlib
import json
import secrets
from pathlib import Path
from typing import Protocol

import keyring.backend
import keyring.errors
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.config.paths import Paths
from app.config.private_file import link_new, others_may_read, write_private
from app.domain.errors import EnvironmentFault

_SERVICE = "atalaya"
_REAL_KEYRINGS = (
    "keyring.backends.SecretService",
    "keyring.backends.libsecret",
    "keyring.backends.kwallet",
    "keyring.backends.macOS",
    "keyring.backends.Windows",
)
"""Backends that encrypt; all others, plaintext files among them, are refused."""

_KEY_BYTES = 32
_NONCE_BYTES = 12
_MAGIC = b"ATALAYA-SECRET-1\n"
_LONGEST = 1024
_ENTER_AGAIN = (
    "For a camera enter its password again, for the evidence: python main.py evidence "
    "import-keys. Anything else comes from a backup of the secrets."
)


class SecretsUnreadable(EnvironmentFault):
    """Stored passwords cannot be read; the text says what to do."""


class Keyring(Protocol):
    """What is used of a backend of the keyring library."""

    def get_password(self, service: str, username: str) -> str | None:
        """Return an entry, None when there is none."""
        ...

    def set_password(self, service: str, username: str, password: str) -> None:
        """Store an entry."""
        ...

    def delete_password(self, service: str, username: str) -> None:
        """Delete an entry."""
        ...


class KeyringSecretStore:
    """Entries in the keyring of the person or service that runs the program."""

    def __init__(self, backend: Keyring, service: str) -> None:
        self._backend = backend
        self._service = service

    def get(self, reference: str) -> tuple[str, str] | None:
        """Return user and password, None when there is no such entry."""
        _check_reference(reference)
        try:
            text = self._backend.get_password(self._service, reference)
        except keyring.errors.KeyringError:
            raise _keyring_fault() from None
        return None if text is None else _unpacked(text.encode())

    def put(self, reference: str, user: str, password: str) -> None:
        """Store or replace an entry."""
        _check_reference(reference)
        text = _packed(user, password).decode()
        try:
            self._backend.set_password(self._service, reference, text)
        except keyring.errors.KeyringError:
            raise _keyring_fault() from None

    def delete(self, reference: str) -> None:
        """Forget an entry; not having it is no error."""
        _check_reference(reference)
        try:
            self._backend.delete_password(self._service, reference)
        except keyring.errors.PasswordDeleteError:
            return
        except keyring.errors.KeyringError:
            raise _keyring_fault() from None


class FileSecretStore:
    """One encrypted file per entry in `folder`, beside a key that only its user reads.

    The reference is authenticated with each file, so that files cannot change places.
    Safe for several processes: files are replaced whole.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._cipher = AESGCM(_key_of(folder))

    def get(self, reference: str) -> tuple[str, str] | None:
        """Return user and password, None when there is no such entry."""
        try:
            sealed = self._place(reference).read_bytes()
        except FileNotFoundError:
            return None
        body = sealed.removeprefix(_MAGIC)
        nonce, encrypted = body[:_NONCE_BYTES], body[_NONCE_BYTES:]
        try:
            plain = self._cipher.decrypt(nonce, encrypted, _bound_to(reference))
        except (InvalidTag, ValueError):
            raise SecretsUnreadable(
                "A stored password or key was changed, or belongs to another key "
                f"file. {_ENTER_AGAIN}"
            ) from None
        return _unpacked(plain)

    def put(self, reference: str, user: str, password: str) -> None:
        """Store or replace an entry."""
        place = self._place(reference)
        nonce = secrets.token_bytes(_NONCE_BYTES)
        plain = _packed(user, password)
        encrypted = self._cipher.encrypt(nonce, plain, _bound_to(reference))
        write_private(place, _MAGIC + nonce + encrypted)

    def delete(self, reference: str) -> None:
        """Forget an entry; not having it is no error."""
        self._place(reference).unlink(missing_ok=True)

    def _place(self, reference: str) -> Path:
        _check_reference(reference)
        name = hashlib.sha256(reference.encode()).hexdigest()
        return self._folder / f"{name}.secret"


def open_secret_store(paths: Paths) -> KeyringSecretStore | FileSecretStore:
    """Open the store of this workstation.

    The first time, the system's keyring is taken if there is a real one. Raises
    SecretsUnreadable when the one that was taken then is gone.
    """
    folder = paths.secrets
    if _key_path(folder).exists():
        return FileSecretStore(folder)
    in_keyring = folder / "in-keyring"
    backend = _real_keyring()
    if backend is None:
        if in_keyring.exists():
            raise _keyring_fault()
        return FileSecretStore(folder)
    in_keyring.touch(mode=0o600)
    home = hashlib.sha256(str(paths.root).encode()).hexdigest()[:12]
    return KeyringSecretStore(backend, f"{_SERVICE}:{home}")


def _real_keyring() -> Keyring | None:
    """Return the best backend that encrypts and works, None without one."""
    found = [
        backend
        for backend in keyring.backend.get_all_keyring()
        if type(backend).__module__ in _REAL_KEYRINGS
    ]
    for backend in sorted(found, key=lambda each: each.priority, reverse=True):
        if _works(backend):
            return backend
    return None


def _works(backend: Keyring) -> bool:
    """Try a round trip: a keyring may be there and yet be locked or read-only."""
    service, name, text = f"{_SERVICE}-trial", secrets.token_hex(8), "trial"
    try:
        backend.set_password(service, name, text)
        held = backend.get_password(service, name) == text
        backend.delete_password(service, name)
    except Exception:  # noqa: BLE001 - a backend that fails in any way is not used
        return False
    return held


def _key_path(folder: Path) -> Path:
    return folder / "secrets.key"


def _key_of(folder: Path) -> bytes:
    path = _key_path(folder)
    if not path.exists():
        _begin(folder, path)
    _require_private(path)
    key = path.read_bytes()
    if len(key) != _KEY_BYTES:
        raise SecretsUnreadable(
            f"The key file {path} is damaged. Restore it from a backup. Without one, "
            "delete the folder, enter all passwords again, and import the keys of the "
            "evidence: python main.py evidence import-keys."
        )
    return key


def _begin(folder: Path, path: Path) -> None:
    """Make the key; when two processes do so at once, the first one's stands."""
    if any(folder.glob("*.secret")):
        raise SecretsUnreadable(
            f"The key file {path} is missing. Restore it from a backup. Without one, "
            "delete the folder, enter all passwords again, and import the keys of the "
            "evidence: python main.py evidence import-keys."
        )
    try:
        write_private(path, secrets.token_bytes(_KEY_BYTES), link_new)
    except FileExistsError:
        return


def _require_private(path: Path) -> None:
    if others_may_read(path):
        raise SecretsUnreadable(
            f"Other users may read the key file {path}. Take that right away from "
            "them (chmod 600), change the cameras' passwords, and rotate the key of "
            "the evidence: python main.py evidence rotate-key."
        )


def _bound_to(reference: str) -> bytes:
    return _MAGIC + reference.encode()


def _check_reference(reference: str) -> None:
    if not reference or len(reference) > _LONGEST or not reference.isprintable():
        raise ValueError("the reference of a secret must be short printable text")


def _packed(user: str, password: str) -> bytes:
    if len(user) > _LONGEST or len(password) > _LONGEST:
        raise ValueError("user or password is too long")
    return json.dumps([user, password]).encode()


def _unpacked(plain: bytes) -> tuple[str, str]:
    try:
        user, password = json.loads(plain)
    except (ValueError, TypeError):
        user = password = None
    if not isinstance(user, str) or not isinstance(password, str):
        raise SecretsUnreadable(
            f"A stored password or key cannot be understood. {_ENTER_AGAIN}"
        )
    return user, password


def _keyring_fault() -> SecretsUnreadable:
    return SecretsUnreadable(
        "The system's keyring, where passwords and keys are, is locked or missing. "
        "Unlock it, or log in to the desktop as usual, and start again."
    )
