"""The trail of what people did: each entry holds the hash of the one before."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.ids import Login, Sha256

LONGEST_TEXT = 200


class AuditTrouble(StrEnum):
    """What can be wrong with the trail."""

    ALTERED = "altered"
    MISSING_BEFORE = "missing_before"
    MISSING_AFTER = "missing_after"
    OUTSIDE_THE_CHAIN = "outside_the_chain"
    TAIL_CUT = "tail_cut"
    REBUILT = "rebuilt"
    OTHER_DATABASE = "other_database"
    UNKNOWN_KEY = "unknown_key"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainFault:
    """A link that does not hold; `sequence` is None for what is outside the chain."""

    trouble: AuditTrouble
    sequence: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainHead:
    """Where the chain of one database ends; sequence 0 is the empty chain."""

    database: str
    sequence: int
    sha256: Sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """A head as it was at a time, kept outside of its database.

    `key` is the Ed25519 public key that it is signed with, in hexadecimal.
    """

    head: ChainHead
    taken: datetime
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditQuery:
    """Which entries are asked for; what is None or empty does not narrow.

    `since` is included, `until` is not. `text` is looked for in subject, workstation
    and detail, in any case.
    """

    login: str = ""
    action: str = ""
    since: datetime | None = None
    until: datetime | None = None
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One act of a person. `detail` is JSON, as the server writes it."""

    sequence: int
    at: datetime
    login: Login
    workstation: str
    action: str
    subject: str
    detail: str
    sha256: Sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPage:
    """Entries, the newest first; `more` tells that there may be further ones."""

    entries: tuple[AuditEntry, ...]
    more: bool
