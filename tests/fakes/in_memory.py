"""A server in memory that keeps the promises of PostgreSQL's: same contract suite."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from uuid import UUID

from app.config.camera import CameraConfiguration, ConfigurationVersion
from app.domain.camera import Camera
from app.domain.clock import Clock
from app.domain.errors import (
    LoginRefused,
    NotPermitted,
    PasswordMustChange,
    StateConflict,
)
from app.domain.ids import CameraId, HoldId, InfractionId, Login, new_uuid
from app.domain.infraction import (
    Infraction,
)
from app.domain.password import require_another
from app.domain.people import PersonEntry
from app.domain.person import Person, Right, Role
from tests.fakes.audit import AuditBook, InMemoryAuditTrail
from tests.fakes.cases import InMemoryCaseStore, Kept, require
from tests.fakes.people import InMemoryPeople, PeopleBook
from tests.fakes.plates import InMemoryPlateRegister, PlateBook
from tests.fakes.retention import InMemoryRetention, RetentionBook
from tests.fakes.seals import InMemorySealRegister

RIGHTS: dict[Role, frozenset[Right]] = {
    Role.OPERATOR: frozenset({Right.REVIEW, Right.SEARCH_PLATES}),
    Role.SUPERVISOR: frozenset(
        {
            Right.REVIEW,
            Right.REPORT,
            Right.SEARCH_PLATES,
            Right.WATCH_PLATES,
            Right.HOLD_CASES,
        }
    ),
    Role.TECHNICIAN: frozenset({Right.CALIBRATE, Right.MANAGE_CAMERAS}),
    Role.ADMINISTRATOR: frozenset(
        {Right.MANAGE_CAMERAS, Right.MANAGE_PEOPLE, Right.HOLD_CASES}
    ),
    Role.AUDITOR: frozenset({Right.READ_AUDIT}),
}
DEMO_PEOPLE: tuple[tuple[str, str, Role], ...] = (
    ("ana", "Ana Quispe", Role.OPERATOR),
    ("sofia", "Sofía Paredes", Role.SUPERVISOR),
    ("teo", "Teo Huamán", Role.TECHNICIAN),
    ("admin", "Elena Rojas", Role.ADMINISTRATOR),
    ("aurora", "Aurora Salas", Role.AUDITOR),
)


@dataclass(frozen=True, slots=True)
class MemoryChange:
    """A change, as listeners hear of it."""

    topic: str
    row_id: UUID | None


class InMemoryServer:
    """Implements `app.ports.Server` and `app.ports.InfractionSink`."""

    def __init__(self, clock: Clock) -> None:
        """Know the demo's people; a password is the login with "-opens-sesame"."""
        self.clock = clock
        self.lock = threading.RLock()
        self.cameras: dict[CameraId, Camera] = {}
        self.retired: set[CameraId] = set()
        self.versions: dict[CameraId, list[ConfigurationVersion]] = {}
        self.kept: dict[InfractionId, Kept] = {}
        self.issued = 0
        self.released: set[HoldId] = set()
        self.plates = PlateBook(clock, self.camera_name, self.tell)
        self.trail = AuditBook(clock)
        self.seals = InMemorySealRegister()
        self.people = PeopleBook(self.trail)
        self.retention = RetentionBook.of(clock)
        self.passwords = {name: f"{name}-opens-sesame" for name, _, _ in DEMO_PEOPLE}
        for name, full_name, role in DEMO_PEOPLE:
            login = Login(name)
            self.people.people[login] = PersonEntry(
                login=login, full_name=full_name, role=role, active=True, sites=None
            )
        self._callbacks: list[Callable[[MemoryChange], None]] = []

    def login(self, login: Login, password: str) -> "InMemorySession":
        """Open a session of a demo person."""
        for name, full_name, role in DEMO_PEOPLE:
            if name == login and self.passwords[name] == password:
                self._let_in(login)
                roles = frozenset({role})
                person = Person(
                    login=login, full_name=full_name, roles=roles, rights=RIGHTS[role]
                )
                return InMemorySession(self, person)
        raise LoginRefused("The name or the password is wrong.")

    def change_password(self, login: Login, old: str, new: str) -> None:
        """Change a demo person's own."""
        require_another(login, old, new)
        if self.passwords.get(login) != old:
            raise LoginRefused("The name or the password is wrong.")
        self.passwords[login] = new
        entry = self.people.people[login]
        self.people.people[login] = replace(entry, must_change_password=False)

    def _let_in(self, login: Login) -> None:
        if self.people.people[login].must_change_password:
            raise PasswordMustChange("Your password must be changed before you go on.")

    def add(self, infraction: Infraction) -> None:
        """Keep a finding, once."""
        with self.lock:
            if infraction.id in self.kept:
                return
            self.kept[infraction.id] = Kept(infraction, self.clock.now())
        self.tell("infraction", infraction.id)

    def camera_name(self, camera_id: CameraId) -> str:
        """Return what a camera is called, retired or not."""
        return self.cameras[camera_id].name

    def tell(self, topic: str, row_id: UUID | None) -> None:
        """Call all listeners."""
        for callback in tuple(self._callbacks):
            callback(MemoryChange(topic, row_id))

    def listen(self, callback: Callable[[MemoryChange], None]) -> Callable[[], None]:
        """Call back from the thread that makes the change."""
        self._callbacks.append(callback)

        def stop() -> None:
            if callback in self._callbacks:
                self._callbacks.remove(callback)

        return stop


class InMemorySession:
    """Implements `app.ports.Session`, `Changes` included."""

    def __init__(self, server: InMemoryServer, person: Person) -> None:
        """Made by `InMemoryServer.login`."""
        self._server = server
        self._person = person
        self._site = InMemorySiteStore(server, person)
        self._case_store = InMemoryCaseStore(server, person)
        self._plates = InMemoryPlateRegister(server.plates, person)
        self._audit = InMemoryAuditTrail(server.trail, person)
        self._people = InMemoryPeople(server.people, person)
        self._retention = InMemoryRetention(server, person)
        self._stops: list[Callable[[], None]] = []

    @property
    def person(self) -> Person:
        """Who is logged in."""
        return self._person

    @property
    def site(self) -> "InMemorySiteStore":
        """Cameras and configurations."""
        return self._site

    @property
    def case_store(self) -> "InMemoryCaseStore":
        """Cases and figures."""
        return self._case_store

    @property
    def plates(self) -> InMemoryPlateRegister:
        """Reads of plates, and the watch list."""
        return self._plates

    @property
    def audit(self) -> InMemoryAuditTrail:
        """What people did."""
        return self._audit

    @property
    def seals(self) -> InMemorySealRegister:
        """Keys and time-stamps of cases."""
        return self._server.seals

    @property
    def people(self) -> InMemoryPeople:
        """Who may log in."""
        return self._people

    @property
    def retention(self) -> InMemoryRetention:
        """For how long cases are kept."""
        return self._retention

    @property
    def changes(self) -> "InMemorySession":
        """Notices of change."""
        return self

    def listen(self, callback: Callable[[MemoryChange], None]) -> Callable[[], None]:
        """Call back on every change until stopped or logged out."""
        stop = self._server.listen(callback)
        self._stops.append(stop)
        return stop

    def ping(self) -> float:
        """Return no delay."""
        return 0.0

    def close(self) -> None:
        """Log out."""
        for stop in self._stops:
            stop()


class InMemorySiteStore:
    """Implements `app.ports.SiteStore`."""

    def __init__(self, server: InMemoryServer, person: Person) -> None:
        """Act in the name of `person`."""
        self._server = server
        self._person = person

    def cameras(self) -> list[Camera]:
        """Return all cameras that are not retired, by name."""
        server = self._server
        kept = [c for c in server.cameras.values() if c.id not in server.retired]
        return sorted(kept, key=lambda camera: camera.name)

    def save_camera(self, camera: Camera) -> None:
        """Add or change a camera."""
        require(self._person, Right.MANAGE_CAMERAS)
        addresses = (camera.url, camera.sub_url or "")
        if any("@" in a.partition("://")[2].partition("/")[0] for a in addresses):
            raise NotPermitted("The server refused the values as not valid.")
        if camera.id in self._server.retired:
            raise StateConflict("This camera has been retired.")
        self._server.cameras[camera.id] = camera
        detail = {"name": camera.name, "location": camera.location, "url": camera.url}
        self._server.trail.record(self._person, "save_camera", str(camera.id), detail)
        self._server.tell("camera", camera.id)

    def remove_camera(self, camera_id: CameraId) -> None:
        """Retire a camera."""
        require(self._person, Right.MANAGE_CAMERAS)
        self._server.retired.add(camera_id)
        self._server.trail.record(self._person, "remove_camera", str(camera_id), {})
        self._server.tell("camera", camera_id)

    def configuration(self, camera_id: CameraId) -> ConfigurationVersion | None:
        """Return the version in force."""
        versions = self._server.versions.get(camera_id)
        return versions[-1] if versions else None

    def publish_configuration(
        self, camera_id: CameraId, body: CameraConfiguration, note: str
    ) -> ConfigurationVersion:
        """Add a version."""
        require(self._person, Right.CALIBRATE)
        server = self._server
        if camera_id not in server.cameras or camera_id in server.retired:
            raise KeyError(camera_id)
        versions = server.versions.setdefault(camera_id, [])
        made = ConfigurationVersion(
            id=str(new_uuid()),
            camera_id=str(camera_id),
            version=len(versions) + 1,
            created_at=server.clock.now(),
            created_by=self._person.login,
            note=note,
            body=body,
        )
        versions.append(made)
        server.tell("configuration", camera_id)
        return made
