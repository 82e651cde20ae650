"""Master keys: they wrap the data key of each object, and nothing else.

`KeyWrapper` is the port: behind it are `MasterKeys`, whose keys lie in the secret store
or in a file, in clear or as a command wrapped them (`command_vault`). A data key is
wrapped with AES-256-GCM under a random nonce and bound to what it is for, the name of
its object among it. A key's id is drawn from the key itself, so no key can pass for
another.
"""

import hashlib
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.config.private_file import only_writer, others_may_read, write_private
from app.domain.errors import KeyUnavailable
from app.evidence.sealed_format import SealBroken
from app.ports import SecretStore

CURRENT = "evidence-key"
_KEY_BYTES = 32
_NONCE_BYTES = 12
_ID_DIGITS = 16
_FILE_VERSION = 1
_MOST_FILE_BYTES = 1 << 20


class KeyWrapper(Protocol):
    """Wraps and unwraps data keys under master keys that have ids."""

    def current_id(self) -> str | None:
        """Return the key that wraps from now on, None before the first one."""
        ...

    def holds(self, key_id: str) -> bool:
        """Tell whether a key can be used here."""
        ...

    def make(self) -> str:
        """Make a new key, the current one from now on; return its id."""
        ...

    def use(self, key_id: str) -> None:
        """Make a key that is held the current one."""
        ...

    def wrap(self, data_key: bytes, key_id: str, bound_to: bytes) -> bytes:
        """Wrap a data key; raises KeyUnavailable."""
        ...

    def unwrap(self, wrapped: bytes, key_id: str, bound_to: bytes) -> bytes:
        """Unwrap a data key; raises KeyUnavailable or SealBroken."""
        ...


class KeyVault(Protocol):
    """Where the bytes of master keys lie."""

    def get(self, key_id: str) -> bytes | None:
        """Return a key of 32 bytes, None when it is not here."""
        ...

    def put(self, key_id: str, key: bytes) -> None:
        """Keep a key; it survives a power cut when this returns."""
        ...

    def delete(self, key_id: str) -> None:
        """Forget a key for good."""
        ...

    def current_id(self) -> str | None:
        """Return the key that wraps, None without one."""
        ...

    def set_current(self, key_id: str) -> None:
        """Say which key wraps."""
        ...


class MasterKeys:
    """A `KeyWrapper` over keys that this process may hold."""

    def __init__(self, vault: KeyVault) -> None:
        self._vault = vault

    def current_id(self) -> str | None:
        """Return the vault's current key."""
        return self._vault.current_id()

    def holds(self, key_id: str) -> bool:
        """Tell whether the vault has it."""
        return self._vault.get(key_id) is not None

    def make(self) -> str:
        """Draw a key, keep it, and only then point at it."""
        key_id = self.adopt(secrets.token_bytes(_KEY_BYTES))
        self._vault.set_current(key_id)
        return key_id

    def adopt(self, key: bytes) -> str:
        """Keep a key that was made elsewhere; return its id."""
        if len(key) != _KEY_BYTES:
            raise ValueError("a master key has 32 bytes")
        key_id = id_of(key)
        self._vault.put(key_id, key)
        return key_id

    def use(self, key_id: str) -> None:
        """Make a key the current one; raises KeyUnavailable."""
        self.key(key_id)
        self._vault.set_current(key_id)

    def forget(self, key_id: str) -> None:
        """Delete a key for good: what it alone wraps can never be read again."""
        self._vault.delete(key_id)

    def wrap(self, data_key: bytes, key_id: str, bound_to: bytes) -> bytes:
        """Return nonce and ciphertext."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        cipher = AESGCM(self.key(key_id))
        return nonce + cipher.encrypt(nonce, data_key, key_id.encode() + bound_to)

    def unwrap(self, wrapped: bytes, key_id: str, bound_to: bytes) -> bytes:
        """Return the data key."""
        nonce, body = wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:]
        cipher = AESGCM(self.key(key_id))
        try:
            return cipher.decrypt(nonce, body, key_id.encode() + bound_to)
        except (InvalidTag, ValueError):
            raise SealBroken from None

    def key(self, key_id: str) -> bytes:
        """Return a key to hand on; raises KeyUnavailable."""
        found = self._vault.get(key_id)
        if found is None:
            raise missing_key(key_id)
        return found


class SecretVault:
    """Keys as entries of the workstation's secret store: the keyring, else its file.

    A key that was read is held: a keyring is another process to ask for each object.
    """

    def __init__(self, store: SecretStore) -> None:
        self._store = store
        self._held: dict[str, bytes] = {}

    def get(self, key_id: str) -> bytes | None:
        """Return a key."""
        if key_id not in self._held:
            entry = self._store.get(f"{CURRENT}-{_checked(key_id)}")
            if entry is None:
                return None
            self._held[key_id] = key_of(key_id, entry[1])
        return self._held[key_id]

    def put(self, key_id: str, key: bytes) -> None:
        """Keep a key."""
        self._store.put(f"{CURRENT}-{_checked(key_id)}", key_id, key.hex())
        self._held.pop(key_id, None)

    def delete(self, key_id: str) -> None:
        """Forget a key."""
        self._store.delete(f"{CURRENT}-{_checked(key_id)}")
        self._held.pop(key_id, None)

    def current_id(self) -> str | None:
        """Return the current key."""
        entry = self._store.get(CURRENT)
        return None if entry is None else entry[0]

    def set_current(self, key_id: str) -> None:
        """Point at a key."""
        self._store.put(CURRENT, _checked(key_id), "")


class FileVault:
    """Keys in one file that nobody but its user may read; refused otherwise."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def get(self, key_id: str) -> bytes | None:
        """Return a key."""
        text = self.text_of(key_id)
        return None if text is None else key_of(key_id, text)

    def text_of(self, key_id: str) -> str | None:
        """Return what stands there for a key, as it stands there."""
        return self.read().keys.get(_checked(key_id))

    def put(self, key_id: str, key: bytes) -> None:
        """Keep a key; the file is replaced whole."""
        self.put_text(key_id, key.hex())

    def put_text(self, key_id: str, text: str) -> None:
        """Let a text stand for a key."""
        with self._changed() as document:
            document.keys[_checked(key_id)] = text

    def delete(self, key_id: str) -> None:
        """Forget a key."""
        with self._changed() as document:
            document.keys.pop(key_id, None)
            if document.current == key_id:
                document.current = None

    def current_id(self) -> str | None:
        """Return the current key."""
        return self.read().current

    def set_current(self, key_id: str) -> None:
        """Point at a key."""
        with self._changed() as document:
            document.current = _checked(key_id)

    def read(self) -> "KeyDocument":
        """Return what the file holds, nothing without one; raises KeyUnavailable."""
        try:
            if others_may_read(self._path):
                raise KeyUnavailable(
                    f"Other users may read the key file {self._path}. Take that right "
                    "away from them (chmod 600), and rotate the key: python main.py "
                    "evidence rotate-key."
                )
            with self._path.open("rb") as file:
                return _keys_in(file.read(_MOST_FILE_BYTES))
        except FileNotFoundError:
            return KeyDocument(None, {})
        except (OSError, ValueError):
            raise KeyUnavailable(
                f"The key file {self._path} cannot be read or is no key file. "
                "Check its rights, or restore it from a backup."
            ) from None

    @contextmanager
    def _changed(self) -> Iterator["KeyDocument"]:
        """Read, let the caller change it, and write: one process after the other."""
        try:
            with only_writer(self._path):
                document = self.read()
                yield document
                write_private(self._path, document.text())
        except OSError as error:
            raise KeyUnavailable(
                f"The key file {self._path} cannot be written ({error.strerror}). "
                "Check the folder and its rights."
            ) from None


@dataclass(slots=True)
class KeyDocument:
    """What a key file holds; keys are in hexadecimal, by id."""

    current: str | None
    keys: dict[str, str]

    def __repr__(self) -> str:
        """Show the ids alone."""
        return f"KeyDocument(current={self.current}, keys={sorted(self.keys)})"

    def text(self) -> bytes:
        """Return the file's content."""
        fields = {"version": _FILE_VERSION, "current": self.current, "keys": self.keys}
        return json.dumps(fields, indent=1).encode() + b"\n"


def missing_key(key_id: str) -> KeyUnavailable:
    """Return the fault of a key that is not here."""
    return KeyUnavailable(
        f"Evidence is sealed with the master key {key_id}, which is not on this "
        "computer. Bring it from one that has it: python main.py evidence export-keys "
        "there, evidence import-keys here."
    )


def id_of(key: bytes) -> str:
    """Return the id of a master key: it says nothing of the key."""
    return hashlib.sha256(b"atalaya evidence master key\n" + key).hexdigest()[
        :_ID_DIGITS
    ]


def is_key_id(text: str) -> bool:
    """Tell whether a text names a master key at all."""
    return len(text) == _ID_DIGITS and set(text) <= set("0123456789abcdef")


def _checked(key_id: str) -> str:
    if not is_key_id(key_id):
        raise ValueError("a master key is named by 16 hexadecimal digits")
    return key_id


def _keys_in(text: bytes) -> KeyDocument:
    document = json.loads(text)
    if not isinstance(document, dict) or document.get("version") != _FILE_VERSION:
        raise ValueError("no key file of this version")
    current, keys = document.get("current"), document.get("keys")
    if not isinstance(keys, dict) or not (current is None or isinstance(current, str)):
        raise ValueError("no key file")
    texts = {_checked(str(each)): str(text) for each, text in keys.items()}
    return KeyDocument(current, texts)


def key_of(key_id: str, text: str) -> bytes:
    """Return the key in a text; KeyUnavailable when it is another's."""
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if id_of(key) != key_id:
        raise KeyUnavailable(
            f"What is kept as the master key {key_id} is another one or damaged. "
            "Restore it from the file that evidence export-keys made."
        )
    return key
