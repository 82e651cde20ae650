"""Plates that passed: asked for by the server's functions, which leave a trace."""

from typing import Any

from sqlalchemy import Engine, text

from app.domain.ids import (
    CameraId,
    Login,
    PlateReadId,
    PlateSearchId,
    WatchId,
    new_uuid,
)
from app.domain.plate_search import (
    NewWatch,
    PlateHit,
    PlatePage,
    PlateQuery,
    Watch,
    WatchHit,
)
from app.domain.vehicle import VehicleClass
from db.faults import translated

MAX_PAGE = 500
_ASK = text(
    "SELECT atalaya.search_plates(:id, :pattern, :look_alikes, :since, :until, :reason)"
)
_FOUND = text(
    "SELECT * FROM atalaya.found_plates("
    ":search, :distance, CAST(:seen AS timestamptz), CAST(:read AS uuid), :limit)"
)
_ADD_WATCH = text(
    "SELECT atalaya.add_watch(:id, :plate, :look_alikes, :reason, :expires)"
)
_END_WATCH = text("SELECT atalaya.end_watch(:id)")
_WATCHES = text("SELECT * FROM atalaya.watch_list()")
_HITS = text("SELECT * FROM atalaya.watch_hits(:limit)")

_KEEP_DAYS = text("SELECT keep_days FROM atalaya.plate_retention")
_SET_KEEP_DAYS = text("SELECT atalaya.set_plate_retention(:days)")


class PostgresPlateRegister:
    """`app.ports.PlateRegister` on the functions of the server."""

    def __init__(self, engine: Engine) -> None:
        """Use the connections of one person."""
        self._engine = engine

    def search(self, query: PlateQuery, limit: int = 100) -> PlatePage:
        """Ask in one transaction and read in the next: the trace is kept first."""
        search_id = PlateSearchId(new_uuid())
        values = {
            "id": search_id,
            "pattern": query.pattern,
            "look_alikes": query.look_alikes,
            "since": query.since,
            "until": query.until,
            "reason": query.reason,
        }
        with translated(), self._engine.begin() as connection:
            connection.execute(_ASK, values)
        return self._page(search_id, None, limit)

    def next_page(
        self, search_id: PlateSearchId, after: PlateHit, limit: int = 100
    ) -> PlatePage:
        """Return the page after a hit of one's own search of the last hour."""
        return self._page(search_id, after, limit)

    def add_watch(self, wanted: NewWatch) -> WatchId:
        """Watch for a plate from now on, in the name of whoever is logged in."""
        watch_id = WatchId(new_uuid())
        values = {
            "id": watch_id,
            "plate": wanted.plate,
            "look_alikes": wanted.look_alikes,
            "reason": wanted.reason,
            "expires": wanted.expires,
        }
        with translated(), self._engine.begin() as connection:
            connection.execute(_ADD_WATCH, values)
        return watch_id

    def end_watch(self, watch_id: WatchId) -> None:
        """End a watch early; StateConflict when it is over, KeyError without one."""
        with translated(), self._engine.begin() as connection:
            connection.execute(_END_WATCH, {"id": watch_id})

    def watches(self) -> list[Watch]:
        """Return what is watched for now, the newest first."""
        with translated(), self._engine.connect() as connection:
            return [_watch(row) for row in connection.execute(_WATCHES)]

    def watch_hits(self, limit: int = 20) -> list[WatchHit]:
        """Return what was met of it last, the newest first."""
        with translated(), self._engine.connect() as connection:
            rows = connection.execute(_HITS, {"limit": limit})
            return [_watch_hit(row) for row in rows]

    def keep_days(self) -> int:
        """Return for how many days the plate of a vehicle without a case is kept."""
        with translated(), self._engine.connect() as connection:
            days: int = connection.execute(_KEEP_DAYS).scalar_one()
        return days

    def set_keep_days(self, days: int) -> None:
        """Keep them for so many days; the technician's and administrator's right."""
        with translated(), self._engine.begin() as connection:
            connection.execute(_SET_KEEP_DAYS, {"days": days})

    def _page(
        self, search_id: PlateSearchId, after: PlateHit | None, limit: int
    ) -> PlatePage:
        asked = max(1, min(limit, MAX_PAGE))
        values = {
            "search": search_id,
            "distance": None if after is None else after.distance,
            "seen": None if after is None else after.seen,
            "read": None if after is None else after.id,
            "limit": asked,
        }
        with translated(), self._engine.begin() as connection:
            rows = connection.execute(_FOUND, values).all()
        hits = tuple(_hit(row) for row in rows)
        return PlatePage(search_id=search_id, hits=hits, more=len(hits) == asked)


def _hit(row: Any) -> PlateHit:
    return PlateHit(
        id=PlateReadId(row.read_id),
        plate=row.plate,
        published=row.published,
        confidence=row.confidence,
        read_count=row.read_count,
        camera_id=CameraId(row.camera_id),
        camera_name=row.camera_name,
        vehicle_class=VehicleClass[row.vehicle_class.upper()],
        seen=row.seen_at,
        distance=row.distance,
    )


def _watch(row: Any) -> Watch:
    return Watch(
        id=WatchId(row.id),
        plate=row.plate,
        look_alikes=row.look_alikes,
        reason=row.reason,
        created_by=Login(row.created_by),
        created=row.created_at,
        expires=row.expires_at,
        hits=row.hits,
    )


def _watch_hit(row: Any) -> WatchHit:
    return WatchHit(
        watched=row.watched,
        reason=row.reason,
        plate=row.plate,
        camera_name=row.camera_name,
        seen=row.seen_at,
        told=row.hit_at,
    )
