"""The key that this workstation's engine seals cases with, and how it is changed.

It is not the key of the anchors (`app.evidence.anchors`): this one is registered with
the server, the other is a witness against whoever owns the server.
"""

import json
import logging
from datetime import datetime
from typing import Any
from uuid import UUID

from app.domain.clock import Clock
from app.domain.errors import EnvironmentFault
from app.domain.ids import new_uuid
from app.domain.seal import EngineKey
from app.evidence.signing import Fields, SigningKey, fingerprint, signed_by
from app.ports import SecretStore

_log = logging.getLogger(__name__)

KEY_SECRET = "case-seal-key"  # noqa: S105 - the name of an entry, not a secret
_MOST_BEFORE = 1000
_HANDOVER = "atalaya handover of a seal key"


class SealKey:
    """A key with its station, which stays the same when the key is changed."""

    def __init__(
        self,
        key: SigningKey,
        station: UUID,
        since: datetime,
        *,
        replaces: str | None = None,
        handover: str | None = None,
    ) -> None:
        """Take the key, since when it is in force, and what it replaces."""
        self._key = key
        self.station = station
        self._since = since
        self._replaces = replaces
        self._handover = handover

    @classmethod
    def of(cls, secrets: SecretStore, clock: Clock) -> "SealKey":
        """Return the key of this workstation; the first call makes it.

        Raises EnvironmentFault where the entry in the secret store is another thing.
        """
        known = secrets.get(KEY_SECRET)
        if known is not None:
            return _restored(known[1])
        made = cls(SigningKey.generate(), new_uuid(), clock.now())
        made._keep(secrets)
        return made

    @classmethod
    def rotate(cls, secrets: SecretStore, clock: Clock) -> "SealKey":
        """Make a new key in place of the present one, which signs it and is gone.

        What the server is told of the one before is kept: it may not know it yet.
        """
        old = cls.of(secrets, clock)
        old.keep_public(secrets)
        key, since = SigningKey.generate(), clock.now()
        new = cls(
            key,
            old.station,
            since,
            replaces=old.public,
            handover=old.sign(_handover(old.station, key.public, since)),
        )
        new._keep(secrets)
        return new

    @property
    def public(self) -> str:
        """The public half, in hexadecimal."""
        return self._key.public

    def sign(self, fields: Fields) -> str:
        """Return the signature over `fields`, in hexadecimal."""
        return self._key.sign(fields)

    def entry(self, workstation: str) -> EngineKey:
        """Return what the server is told of the key."""
        return EngineKey(
            station=self.station,
            key=self.public,
            since=self._since,
            workstation=workstation,
            replaces=self._replaces,
            handover=self._handover,
        )

    def _keep(self, secrets: SecretStore) -> None:
        entry = {"private": self._key.secret(), **self._fields()}
        secrets.put(KEY_SECRET, self.public, json.dumps(entry))

    def keep_public(self, secrets: SecretStore) -> None:
        """Keep what the server is told of this key, also when it is replaced."""
        entry = json.dumps(self._fields())
        secrets.put(_former(self.public), self.public, entry)

    def _fields(self) -> dict[str, str | None]:
        return {
            "station": str(self.station),
            "since": self._since.isoformat(),
            "replaces": self._replaces,
            "handover": self._handover,
        }


def entries_before(secrets: SecretStore, entry: EngineKey) -> list[EngineKey]:
    """Return the keys that came before one, the oldest first, as far as is known."""
    found: list[EngineKey] = []
    wanted = entry.replaces
    while wanted is not None and len(found) < _MOST_BEFORE:
        before = _former_entry(secrets, wanted, entry.workstation)
        if before is None:
            break
        found.insert(0, before)
        wanted = before.replaces
    return found


def handed_over(entry: EngineKey) -> bool:
    """Tell whether the key that this one replaces signed it."""
    if entry.replaces is None or entry.handover is None:
        return False
    fields = _handover(entry.station, entry.key, entry.since)
    return signed_by(entry.replaces, fields, entry.handover)


def _handover(station: UUID, key: str, since: datetime) -> Fields:
    # Microseconds since 1970: a server gives a time back in another zone.
    return {
        "purpose": _HANDOVER,
        "station": str(station),
        "key": key,
        "since_us": round(since.timestamp() * 1_000_000),
    }


def _former(public: str) -> str:
    """Return the name of the entry of a key that was replaced."""
    return f"{KEY_SECRET}-{public}"


def _former_entry(
    secrets: SecretStore, public: str, workstation: str
) -> EngineKey | None:
    """Return a key that was replaced; None, with a warning, where it is damaged."""
    try:
        known = secrets.get(_former(public))
        if known is None:
            return None
        entry: dict[str, Any] = json.loads(known[1])
        return EngineKey(
            station=UUID(entry["station"]),
            key=public,
            since=datetime.fromisoformat(entry["since"]),
            workstation=workstation,
            replaces=entry["replaces"],
            handover=entry["handover"],
        )
    except (ValueError, KeyError, TypeError, EnvironmentFault):
        _log.warning("a former key of seals cannot be read: %s", fingerprint(public))
        return None


def _restored(secret: str) -> SealKey:
    try:
        entry: dict[str, Any] = json.loads(secret)
        return SealKey(
            SigningKey.restored(entry["private"]),
            UUID(entry["station"]),
            datetime.fromisoformat(entry["since"]),
            replaces=entry["replaces"],
            handover=entry["handover"],
        )
    except (ValueError, KeyError, TypeError):
        raise EnvironmentFault(
            f"The entry {KEY_SECRET!r} of the secret store is no key of seals. "
            "Restore the secret store from a backup."
        ) from None
