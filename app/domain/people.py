"""People as an administrator looks after them, and the sites that they see."""

from dataclasses import dataclass
from datetime import datetime

from app.domain.ids import Login
from app.domain.person import Role

MOST_REASON = 200
LEAST_REASON = 5
MOST_NAME = 80
LEAST_NAME = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A place with cameras of its own; its cases are seen by whom it is given to."""

    id: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonEntry:
    """Somebody with a login; `sites` is None for all, those to come included.

    `locked_until` is set while logins fail too often from somewhere, and
    `reset_asked_by` while a new password waits for another administrator.
    """

    login: Login
    full_name: str
    role: Role | None
    active: bool
    sites: tuple[int, ...] | None
    must_change_password: bool = False
    locked_until: datetime | None = None
    reset_asked_by: Login | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSession:
    """A connection of a person; `application` is what its client says it is."""

    login: Login
    address: str
    application: str
    since: datetime
    in_transaction_since: datetime | None = None
