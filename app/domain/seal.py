"""What a case is sealed with, and what can be wrong with that."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from app.domain.ids import EngineId, InfractionId, Sha256


class SealTrouble(StrEnum):
    """The first thing of a case that does not hold; the order is that of looking."""

    DOCUMENT_ALTERED = "document_altered"
    FILE_DAMAGED = "file_damaged"
    MANIFEST_MISSING = "manifest_missing"
    MANIFEST_UNREADABLE = "manifest_unreadable"
    MANIFEST_DIFFERS = "manifest_differs"
    SEAL_MISSING = "seal_missing"
    SEAL_UNREADABLE = "seal_unreadable"
    SIGNATURE_WRONG = "signature_wrong"
    OTHER_CASE = "other_case"
    OTHER_MANIFEST = "other_manifest"
    OTHER_KEY = "other_key"
    KEY_UNKNOWN = "key_unknown"
    KEY_NOT_IN_FORCE = "key_not_in_force"
    HANDOVER_WRONG = "handover_wrong"


class StampState(StrEnum):
    """What is known of a case's time-stamp."""

    NONE = "none"
    """None was asked for: no authority was configured."""
    WAITING = "waiting"
    """It was asked for and is not there yet."""
    UNCHECKED = "unchecked"
    """It is of this seal; whose it is cannot be told without the authority's CA."""
    HOLDS = "holds"
    WRONG = "wrong"
    """There is one, and it is not of this seal, or of nobody who is trusted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """What an engine signed of a case: its manifest, by hash, and who and when.

    `key` is the Ed25519 public key in hexadecimal. `station` stays the same when the
    key is changed. `time_stamp` tells whether a time-stamp was to be asked for.
    """

    infraction_id: InfractionId
    manifest_sha256: Sha256
    engine_id: EngineId
    station: UUID
    workstation: str
    software_version: str
    key: str
    sealed_at: datetime
    time_stamp: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineKey:
    """A key as the server knows it.

    `since` is by the engine's clock, `registered_at` by the server's. `handover` is the
    signature of the replaced key over this one.
    """

    station: UUID
    key: str
    since: datetime
    workstation: str
    replaces: str | None = None
    handover: str | None = None
    registered_at: datetime | None = None

    @property
    def begins(self) -> datetime:
        """When it came into force: an engine may be away, or its clock ahead."""
        return min(self.since, self.registered_at or self.since)


@dataclass(frozen=True, slots=True, kw_only=True)
class StampFinding:
    """What a look at the time-stamps of a seal found."""

    state: StampState
    at: datetime | None = None
    authority: str = ""


NO_STAMP = StampFinding(state=StampState.NONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class SealReport:
    """What a look at a case found.

    `seal` is None for a case without one, or one that cannot be believed.
    `key_checked` tells whether the keys that the server knows were at hand. `subject`
    names the file of the trouble, where it has one.
    """

    seal: Seal | None = None
    key_checked: bool = False
    stamp: StampFinding = NO_STAMP
    trouble: SealTrouble | None = None
    subject: str = ""
    files: int = 0

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong; also of a case without seal or time-stamp."""
        return self.trouble is None and self.stamp.state is not StampState.WRONG
