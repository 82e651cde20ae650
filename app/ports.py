"""What the application needs from the outside; `ml`, `db` and the fakes provide it."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol
from uuid import UUID

import numpy as np
import numpy.typing as npt

from app.config.camera import CameraConfiguration, ConfigurationVersion
from app.domain.audit import AuditPage, AuditQuery, ChainFault, ChainHead
from app.domain.camera import Camera, EngineStatus
from app.domain.clock import CaptureTime
from app.domain.detection import Detections, Tracks
from app.domain.forecast import Forecast
from app.domain.geometry import PixelBox
from app.domain.hold import Hold, NewHold
from app.domain.ids import (
    CameraId,
    HoldId,
    InfractionId,
    Login,
    PlateSearchId,
    Sha256,
    WatchId,
)
from app.domain.infraction import (
    Case,
    Infraction,
    InfractionKind,
    InfractionState,
    Review,
)
from app.domain.overlay import PreviewFrame
from app.domain.people import OpenSession, PersonEntry, Site
from app.domain.person import Person, Role
from app.domain.plate import PlateReading, PlateSighting
from app.domain.plate_search import (
    NewWatch,
    PlateHit,
    PlatePage,
    PlateQuery,
    Watch,
    WatchHit,
)
from app.domain.reading import Claim, ReadingPurpose
from app.domain.retention import DueTotal, RetentionRule
from app.domain.seal import EngineKey
from app.domain.summary import PeriodSummary

Progress = Callable[[str, float], None]
"""Called with what is being done and how much of it is, 0..1."""


class ScalablePicture(Protocol):
    """A picture that is not pixels yet: it scales itself to what a network wants."""

    @property
    def width_px(self) -> int:
        """Width before scaling, in pixels."""
        ...

    @property
    def height_px(self) -> int:
        """Height before scaling, in pixels."""
        ...

    def scaled_bgr(self, width_px: int, height_px: int) -> npt.NDArray[np.uint8]:
        """Return it at exactly this size: shape (height, width, 3), BGR."""
        ...


class Detector(Protocol):
    """Finds road users in pictures. One thread submits; any thread may wait."""

    @property
    def model_name(self) -> str:
        """Name in the model registry."""
        ...

    @property
    def model_sha256(self) -> Sha256:
        """Hash of the weights that are loaded."""
        ...

    @property
    def device(self) -> str:
        """Where it runs, for the status bar: "cuda:0", "openvino:cpu", "cpu".

        A further word names a precision below 32 bits: "openvino:cpu:bf16".
        """
        ...

    @property
    def parallel(self) -> int:
        """How many pictures are worth having under way at once, at least 1."""
        ...

    @property
    def evidential(self) -> bool:
        """Whether what it finds may become an infraction; false of a makeshift."""
        ...

    def submit(self, picture: ScalablePicture) -> "Future[Detections]":
        """Begin to look at a picture; its boxes come in the picture's own pixels.

        The picture is scaled before this returns. More than `parallel` pictures
        under way are accepted, and wait.
        """
        ...

    def detect(self, image: npt.NDArray[np.uint8]) -> Detections:
        """Return what is seen in a BGR picture of shape (height, width, 3)."""
        ...

    def close(self) -> None:
        """Give back what it holds; pictures under way are finished or cancelled."""
        ...


class Tracker(Protocol):
    """Gives vehicles of one camera an identity over time."""

    def update(self, detections: Detections, time: CaptureTime) -> Tracks:
        """Take the detections of the next frame, in order of stream time."""
        ...

    def forecast(self) -> Forecast:
        """Return a snapshot of the vehicles that says where they go next."""
        ...

    def reset(self) -> None:
        """Forget all tracks: the stream broke off. Identities are not used again."""
        ...


class PlateReader(Protocol):
    """Reads the number plate of one vehicle, and votes over its track."""

    def read(
        self, image: npt.NDArray[np.uint8], vehicle: PixelBox
    ) -> "PlateRead | None":
        """Return one read from a full-size BGR picture, None when no plate is seen."""
        ...

    def vote(self, reads: Sequence["PlateRead"]) -> PlateReading:
        """Return the reading that the reads of one track agree on."""
        ...


class PlateRead(Protocol):
    """One read of one plate in one frame."""

    @property
    def text(self) -> str:
        """The characters, upper case, without hyphen."""
        ...

    @property
    def confidence(self) -> float:
        """Least sure character, 0..1."""
        ...

    @property
    def box(self) -> PixelBox:
        """Where the plate lies in the full-size picture."""
        ...


class EvidenceReader(Protocol):
    """Where the files of a case are read, each checked as it is opened."""

    def open(self, sha256: Sha256) -> BinaryIO:
        """Open for reading, and seeking, after hashing again.

        Raises EvidenceDamaged when it is not what was stored, StorageUnavailable when
        nobody can say.
        """
        ...


class EvidenceEraser(Protocol):
    """Where the files of a case are erased."""

    def delete(self, sha256: Sha256) -> bool:
        """Remove a file and every copy of it for good; return whether there was one.

        Sound or not. Raises EnvironmentFault when it must be tried again later.
        """
        ...


class EvidenceStore(EvidenceReader, EvidenceEraser, Protocol):
    """Files that are written once and named by their SHA-256."""

    def put(self, source: Path) -> tuple[Sha256, int]:
        """Store a copy of a file; return its hash and size. Repeats are harmless.

        Raises StorageFull when there is no room, StorageUnavailable when it must be
        tried again for another reason.
        """
        ...

    def put_stream(self, source: BinaryIO, about_bytes: int) -> tuple[Sha256, int]:
        """Store what can be read from here on, about so many bytes; else as `put`."""
        ...

    def names(self, since: str = "") -> Iterator[Sha256]:
        """Yield the name of every file that is there, sound or not, in order.

        From `since` on: a name, or how one begins. However many there are, few are
        held in memory. Raises StorageUnavailable.
        """
        ...

    def stored_at(self, sha256: Sha256) -> datetime:
        """Return when a file came to where it lies, in UTC by the clock there.

        Raises KeyError without one, StorageUnavailable when nobody can say.
        """
        ...


class StampRequests(Protocol):
    """Where the engine asks for time-stamps; they come when they can be had."""

    def ask(self, infraction_id: InfractionId, seal_sha256: Sha256) -> None:
        """Note that a stamp is wanted; when this returns it survives a power cut.

        Another seal of the same case takes the place of an earlier one. Raises
        StorageFull.
        """
        ...


class InfractionSink(Protocol):
    """Where the engine hands its findings; PostgreSQL behind the spool."""

    def add(self, infraction: Infraction) -> None:
        """Store once; the same infraction again changes nothing.

        Raises DatabaseUnavailable when it must be tried again later.
        """
        ...


class PlateSink(Protocol):
    """Where the engine hands the plates of all that passes."""

    def add(self, sightings: Sequence[PlateSighting]) -> None:
        """Store each once; the same ones again change nothing.

        All or none are stored. Raises DatabaseUnavailable or StateConflict when they
        must be tried again later, another fault when they will never be taken.
        """
        ...


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


class CaseStore(Protocol):
    """Cases as reviewers and reports use them, of the sites that one may see.

    Each reading leaves a trace, repeated ones within a quarter of an hour none. Whose
    role does not need plates gets them with each character as "•".
    """

    def cases(
        self,
        *,
        states: Sequence[InfractionState] = (),
        kinds: Sequence[InfractionKind] = (),
        camera_id: CameraId | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        plate: str | None = None,
        after: InfractionId | None = None,
        oldest_first: bool = False,
        limit: int = 100,
    ) -> list[Case]:
        """Return cases newest first, a page after the case `after` (keyset).

        Those that were erased are no longer among them.
        """
        ...

    def count(
        self,
        *,
        states: Sequence[InfractionState] = (),
        kinds: Sequence[InfractionKind] = (),
        camera_id: CameraId | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        plate: str | None = None,
        at_most: int = 10_000,
    ) -> int:
        """Count such cases up to `at_most`; `at_most` + 1 stands for any more."""
        ...

    def case(self, infraction_id: InfractionId) -> Case:
        """Return one case; KeyError when there is none that this person may see."""
        ...

    def note_reading(
        self, infraction_id: InfractionId, purpose: ReadingPurpose, reason: str = ""
    ) -> None:
        """Leave a trace of what a case is read for now.

        After UNMASK the case comes with its plate in clear for a quarter of an hour.
        NotPermitted for a reason that is missing, too short or too long.
        """
        ...

    def claim(self, infraction_id: InfractionId, seconds: int = 120) -> Claim:
        """Take a pending case in hand, or keep it for longer.

        StateConflict when it is decided, KeyError when there is none.
        """
        ...

    def release(self, infraction_id: InfractionId, claim: Claim) -> None:
        """Let a case go; one that is no longer held is no error."""
        ...

    def decide(self, review: Review, claim: Claim | None = None) -> Case:
        """Record a decision; StateConflict when somebody else was first.

        With a claim, also when that is over, however it is replayed; without one, when
        somebody else has the case in hand.
        """
        ...

    def undo(self, infraction_id: InfractionId) -> Case:
        """Take back one's own decision within the minute; else StateConflict."""
        ...

    def issue_notice(self, infraction_id: InfractionId) -> Case:
        """Number a confirmed case; the same number when asked again."""
        ...

    def set_hold(self, infraction_id: InfractionId, wanted: NewHold) -> None:
        """Hold a case from now on; StateConflict when it is held like that already."""
        ...

    def release_hold(self, hold_id: HoldId, reason: str) -> None:
        """Release what somebody else holds; StateConflict for one's own."""
        ...

    def holds(self) -> list[Hold]:
        """Return all holds that stand, the oldest first."""
        ...

    def summary(self, since: datetime, until: datetime) -> PeriodSummary:
        """Return the figures of a period, `since` included, `until` not."""
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


class People(Protocol):
    """Who may log in, and which sites they see.

    NotPermitted for others than administrators, and for people who see sites that one
    does not see.
    """

    def people(self) -> list[PersonEntry]:
        """Return whom one looks after, by login."""
        ...

    def sites(self) -> list[Site]:
        """Return all sites."""
        ...

    def sessions(self) -> list[OpenSession]:
        """Return who is connected now, by login and since when."""
        ...

    def add(self, login: Login, full_name: str, role: Role) -> str:
        """Make a person; return the password that serves to set another one.

        NotPermitted for a bad login, name or role, StateConflict for a login taken.
        """
        ...

    def end_sessions(self, login: Login) -> int:
        """End all of a person but this one; return how many. KeyError for nobody."""
        ...

    def set_sites(self, login: Login, sites: Sequence[int] | None) -> None:
        """Give these sites and no others; None gives all, those to come included.

        StateConflict for oneself, KeyError without such a person.
        """
        ...

    def set_active(self, login: Login, *, active: bool) -> None:
        """Put a person out, with all sessions, or let in; StateConflict for oneself."""
        ...

    def lift_lockout(self, login: Login) -> None:
        """Let somebody log in again who failed too often."""
        ...

    def ask_password_reset(self, login: Login, reason: str) -> str:
        """Ask another administrator for a password for once; return that."""
        ...

    def end_password_reset(self, login: Login, *, approve: bool) -> None:
        """Let another administrator's reset happen, or end it.

        KeyError when none is waiting, StateConflict when one asked for it oneself.
        """
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


class Changes(Protocol):
    """What the server says has changed, to redraw by."""

    def listen(self, callback: Callable[["Change"], None]) -> Callable[[], None]:
        """Call back from a thread of its own; return the function that stops it."""
        ...


class Change(Protocol):
    """A table and the row in it that changed."""

    @property
    def topic(self) -> str:
        """What changed: "infraction", "camera", "configuration" or "person".

        "watch" tells of the watch list, "watch_hit" of what was met of it, "claim" of a
        case that was taken in hand or let go.
        """
        ...

    @property
    def row_id(self) -> UUID | None:
        """The row; None when many changed or a connection was lost meanwhile."""
        ...


class Session(Protocol):
    """A person's open connection to the server."""

    @property
    def person(self) -> Person:
        """Who is logged in, with the rights that the server states."""
        ...

    @property
    def site(self) -> SiteStore:
        """Cameras and configurations."""
        ...

    @property
    def case_store(self) -> CaseStore:
        """Cases and figures."""
        ...

    @property
    def plates(self) -> PlateRegister:
        """Plates that passed, and those that are watched for."""
        ...

    @property
    def audit(self) -> AuditTrail:
        """What people did."""
        ...

    @property
    def seals(self) -> SealRegister:
        """Keys and time-stamps of cases."""
        ...

    @property
    def people(self) -> People:
        """Who may log in, for administrators."""
        ...

    @property
    def retention(self) -> Retention:
        """For how long cases are kept."""
        ...

    @property
    def changes(self) -> Changes:
        """Notices of change."""
        ...

    def ping(self) -> float:
        """Return the round trip in milliseconds; raises DatabaseUnavailable."""
        ...

    def close(self) -> None:
        """Log out."""
        ...


class Server(Protocol):
    """A PostgreSQL server that people log in to."""

    def login(self, login: Login, password: str) -> Session:
        """Open a session; LoginRefused or DatabaseUnavailable otherwise.

        PasswordMustChange, a LoginRefused, when another password must be chosen first.
        """
        ...

    def change_password(self, login: Login, old: str, new: str) -> None:
        """Change one's own; WeakPassword when `new` is no good, and as `login` does."""
        ...


class SecretStore(Protocol):
    """Camera passwords and keys, encrypted at rest."""

    def get(self, reference: str) -> tuple[str, str] | None:
        """Return user and password, None when there is no such entry."""
        ...

    def put(self, reference: str, user: str, password: str) -> None:
        """Store or replace an entry."""
        ...

    def delete(self, reference: str) -> None:
        """Forget an entry; not having it is no error."""
        ...


class EngineLink(Protocol):
    """The desktop's view of the engine process; every call returns at once."""

    def status(self) -> EngineStatus | None:
        """Return what the engine last said; None while there is no live engine."""
        ...

    def message(self) -> str:
        """Return a plain sentence on the engine's state, empty when all is well."""
        ...

    def frame(self, camera_id: CameraId) -> PreviewFrame | None:
        """Return the newest frame; the same object until there is a newer one."""
        ...

    def request_size(self, camera_id: CameraId, width_px: int, height_px: int) -> None:
        """Ask for previews of about this size, in device pixels."""
        ...

    def close(self) -> None:
        """Stop the engine that this link started, within 3 s."""
        ...
