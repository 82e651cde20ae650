"""What else a person asks the server: cameras, plates, trail, seals, terms."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from app.config.camera import CameraConfiguration, ConfigurationVersion
from app.domain.audit import AuditPage, AuditQuery, ChainFault, ChainHead
from app.domain.camera import Camera
from app.domain.ids import CameraId, PlateSearchId, Sha256, WatchId
from app.domain.infraction import InfractionKind, InfractionState
from app.domain.plate_search import (
    NewWatch,
    PlateHit,
    PlatePage,
    PlateQuery,
    Watch,
    WatchHit,
)
from app.domain.retention import DueTotal, RetentionRule
from app.domain.seal import EngineKey


class SiteStore(Protocol):
    """Cameras and their configurations, as the engine and the technician use them."""

    def cameras(self) -> list[Camera]:
        """Return all cameras, by name."""
        ...

    def save_camera(self, camera: Camera) -> None:
        """Add or change a camera."""
        ...

    def remove_camera(self, camera_id: CameraId) -> None:
        """Retire a camera; its cases stay."""
        ...

    def configuration(self, camera_id: CameraId) -> ConfigurationVersion | None:
        """Return the version in force."""
        ...

    def publish_configuration(
        self, camera_id: CameraId, body: CameraConfiguration, note: str
    ) -> ConfigurationVersion:
        """Add a version and put it in force at once."""
        ...


class PlateRegister(Protocol):
    """The plates of all that passed, and the list of those that are watched for.

    Whoever may not ask meets NotPermitted, and so does a question with a flaw.
    """

    def search(self, query: PlateQuery, limit: int = 100) -> PlatePage:
        """Ask, which leaves a trace, and return the first page."""
        ...

    def next_page(
        self, search_id: PlateSearchId, after: PlateHit, limit: int = 100
    ) -> PlatePage:
        """Return the page after a hit of one's own search of the last hour (keyset).

        StateConflict when the search is older, KeyError when there is none.
        """
        ...

    def add_watch(self, wanted: NewWatch) -> WatchId:
        """Watch for a plate from now on."""
        ...

    def end_watch(self, watch_id: WatchId) -> None:
        """End a watch early; StateConflict when it is over, KeyError without one."""
        ...

    def watches(self) -> list[Watch]:
        """Return what is watched for now, the newest first."""
        ...

    def watch_hits(self, limit: int = 20) -> list[WatchHit]:
        """Return what was met of it last, the newest first."""
        ...

    def keep_days(self) -> int:
        """Return for how many days the plate of a vehicle without a case is kept."""
        ...

    def set_keep_days(self, days: int) -> None:
        """Keep them for so many days, 1 to 365; what is older goes within a day."""
        ...


class AuditTrail(Protocol):
    """What people did. Whoever may not read it meets NotPermitted."""

    def entries(
        self, query: AuditQuery, *, after: int | None = None, limit: int = 100
    ) -> AuditPage:
        """Return entries newest first, a page after the sequence `after` (keyset)."""
        ...

    def first_fault(self) -> ChainFault | None:
        """Walk the chain within the server; return the first link that is broken."""
        ...

    def head(self) -> ChainHead:
        """Return where the chain ends; whoever makes documents may ask that much."""
        ...


class SealRegister(Protocol):
    """What the server knows of the keys and time-stamps of cases."""

    def keys(self) -> Sequence[EngineKey]:
        """Return all keys that ever sealed here, by when they came into force."""
        ...

    def stamps(self, seals: Collection[Sha256]) -> Mapping[Sha256, Sequence[bytes]]:
        """Return the time-stamp responses (RFC 3161, DER) of seals, by their hash."""
        ...


class Retention(Protocol):
    """For how long cases are kept."""

    def rules(self) -> list[RetentionRule]:
        """Return the term of each type and state."""
        ...

    def set_days(self, kind: InfractionKind, state: InfractionState, days: int) -> None:
        """Change a term, 8 to 36500 days; it erases nothing for the next seven days.

        NotPermitted for whoever is no administrator of all sites, and other numbers.
        """
        ...

    def due(self, on: datetime) -> list[DueTotal]:
        """Count what is over its term at the moment `on`, by type and state.

        Of the sites that one sees; NotPermitted for others than administrators.
        """
        ...
