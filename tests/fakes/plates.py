"""Plates in memory, found by the rules of the domain: same contract suite."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from app.domain import plate_text
from app.domain.clock import Clock
from app.domain.errors import NotPermitted, StateConflict
from app.domain.ids import (
    CameraId,
    Login,
    PlateReadId,
    PlateSearchId,
    WatchId,
    new_uuid,
)
from app.domain.person import Person, Right, Role
from app.domain.plate import PlateSighting
from app.domain.plate_search import (
    NewWatch,
    PlateHit,
    PlatePage,
    PlateQuery,
    Watch,
    WatchHit,
)

_MOST_PLATES = 5000


@dataclass(frozen=True, slots=True)
class Traced:
    """One line of the trail."""

    login: Login
    action: str
    subject: str
    hits: int | None = None
    reason: str = ""


@dataclass(slots=True)
class PlateBook:
    """What the server holds of plates; implements `app.ports.PlateSink`."""

    clock: Clock
    camera_name: Callable[[CameraId], str]
    tell: Callable[[str, UUID | None], None]
    sightings: dict[PlateReadId, PlateSighting] = field(default_factory=dict)
    searches: dict[PlateSearchId, tuple[Login, PlateQuery, datetime]] = field(
        default_factory=dict
    )
    watches: dict[WatchId, Watch] = field(default_factory=dict)
    hits: list[tuple[WatchId, WatchHit]] = field(default_factory=list)
    trail: list[Traced] = field(default_factory=list)
    keep_days: int = 30

    def add(self, sightings: Sequence[PlateSighting]) -> None:
        """Keep each once, and tell of those that are watched for."""
        for sighting in sightings:
            text = sighting.reading.best_guess
            if text is not None and sighting.id not in self.sightings:
                self.sightings[sighting.id] = sighting
                self._compare(sighting, plate_text.bare(text))

    def watched_now(self) -> list[Watch]:
        """Return the entries in force, the newest first."""
        now = self.clock.now()
        kept = [watch for watch in self.watches.values() if watch.expires > now]
        return sorted(kept, key=lambda w: (w.created, w.id), reverse=True)

    def found(self, query: PlateQuery) -> list[PlateHit]:
        """Return all that matches, in order."""
        hits = [self._hit(sighting, query) for sighting in self.sightings.values()]
        kept = [hit for hit in hits if hit is not None]
        if len({hit.plate for hit in kept}) > _MOST_PLATES:
            raise NotPermitted("Too many plates match. Give more of the plate.")
        kept.sort(key=lambda hit: (hit.seen, hit.id), reverse=True)
        return sorted(kept, key=lambda hit: hit.distance)

    def _hit(self, sighting: PlateSighting, query: PlateQuery) -> PlateHit | None:
        reading, seen = sighting.reading, sighting.seen.wall
        text = plate_text.bare(reading.best_guess or "")
        distance = _distance(query, text)
        too_early = query.since is not None and seen < query.since
        too_late = query.until is not None and seen >= query.until
        if distance is None or too_early or too_late:
            return None
        return PlateHit(
            id=sighting.id,
            plate=text,
            published=reading.text is not None,
            confidence=reading.confidence,
            read_count=max(1, reading.read_count),
            camera_id=sighting.camera_id,
            camera_name=self.camera_name(sighting.camera_id),
            vehicle_class=sighting.vehicle_class,
            seen=seen,
            distance=distance,
        )

    def _compare(self, sighting: PlateSighting, text: str) -> None:
        for watch in self.watched_now():
            distance = plate_text.distance(watch.plate, text)
            if distance == 0 or (watch.look_alikes and distance == 1):
                self.watches[watch.id] = replace(watch, hits=watch.hits + 1)
                hit = WatchHit(
                    watched=watch.plate,
                    reason=watch.reason,
                    plate=text,
                    camera_name=self.camera_name(sighting.camera_id),
                    seen=sighting.seen.wall,
                    told=self.clock.now(),
                )
                self.hits.append((watch.id, hit))
                self.tell("watch_hit", new_uuid())


class InMemoryPlateRegister:
    """Implements `app.ports.PlateRegister`."""

    def __init__(self, book: PlateBook, person: Person) -> None:
        """Act in the name of `person`."""
        self._book = book
        self._person = person

    def search(self, query: PlateQuery, limit: int = 100) -> PlatePage:
        """Ask, which leaves a trace."""
        self._require(Right.SEARCH_PLATES)
        if query.flaw is not None:
            raise NotPermitted(f"The server refused this: {query.flaw}")
        book, search_id = self._book, PlateSearchId(new_uuid())
        book.searches[search_id] = (self._person.login, query, book.clock.now())
        self._trace("search_plates", query.pattern, reason=query.reason)
        return self._page(search_id, None, limit)

    def next_page(
        self, search_id: PlateSearchId, after: PlateHit, limit: int = 100
    ) -> PlatePage:
        """Return the page after a hit."""
        self._require(Right.SEARCH_PLATES)
        return self._page(search_id, after, limit)

    def add_watch(self, wanted: NewWatch) -> WatchId:
        """Watch for a plate from now on."""
        self._require(Right.WATCH_PLATES)
        now = self._book.clock.now()
        flaw = wanted.flaw_at(now)
        if flaw is not None:
            raise NotPermitted(f"The server refused this: {flaw}")
        watch = Watch(
            id=WatchId(new_uuid()),
            plate=wanted.plate,
            look_alikes=wanted.look_alikes,
            reason=wanted.reason,
            created_by=self._person.login,
            created=now,
            expires=wanted.expires,
            hits=0,
        )
        self._book.watches[watch.id] = watch
        self._trace("add_watch", wanted.plate, reason=wanted.reason)
        self._book.tell("watch", watch.id)
        return watch.id

    def end_watch(self, watch_id: WatchId) -> None:
        """End a watch early."""
        self._require(Right.WATCH_PLATES)
        now, watch = self._book.clock.now(), self._book.watches[watch_id]
        if watch.expires <= now:
            raise StateConflict("This plate is no longer watched.")
        self._book.watches[watch_id] = replace(watch, expires=now)
        self._trace("end_watch", watch.plate)
        self._book.tell("watch", watch_id)

    def watches(self) -> list[Watch]:
        """Return what is watched for now."""
        self._require(Right.SEARCH_PLATES)
        return self._book.watched_now()

    def watch_hits(self, limit: int = 20) -> list[WatchHit]:
        """Return what was met of it last."""
        self._require(Right.SEARCH_PLATES)
        return [hit for _, hit in reversed(self._book.hits)][:limit]

    def keep_days(self) -> int:
        """Return for how many days plates are kept."""
        return self._book.keep_days

    def set_keep_days(self, days: int) -> None:
        """Keep them for so many days."""
        if not self._person.roles & {Role.TECHNICIAN, Role.ADMINISTRATOR}:
            raise NotPermitted("The server does not allow this to your role.")
        if not 1 <= days <= 365:
            raise NotPermitted("Plates are kept for 1 to 365 days.")
        self._book.keep_days = days
        self._trace("set_plate_retention", "")

    def _require(self, right: Right) -> None:
        if not self._person.may(right):
            raise NotPermitted("The server does not allow this to your role.")

    def _page(
        self, search_id: PlateSearchId, after: PlateHit | None, limit: int
    ) -> PlatePage:
        login, query, asked = self._book.searches[search_id]
        if login != self._person.login:
            raise KeyError(search_id)
        if asked < self._book.clock.now() - timedelta(hours=1):
            raise StateConflict("This search is over. Search again.")
        found = self._book.found(query)
        if after is not None:
            found = [hit for hit in found if _key(hit) > _key(after)]
        hits = tuple(found[:limit])
        self._trace("found_plates", query.pattern, hits=len(hits))
        return PlatePage(search_id=search_id, hits=hits, more=len(hits) == limit)

    def _trace(
        self, action: str, subject: str, hits: int | None = None, reason: str = ""
    ) -> None:
        entry = Traced(self._person.login, action, subject, hits, reason)
        self._book.trail.append(entry)


def _distance(query: PlateQuery, text: str) -> int | None:
    if query.look_alikes:
        return plate_text.distance(query.pattern, text)
    return 0 if plate_text.matches(query.pattern, text) else None


def _key(hit: PlateHit) -> tuple[int, float, int]:
    return hit.distance, -hit.seen.timestamp(), -hit.id.int
