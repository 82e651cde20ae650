"""The engine's way in for the plates of all that passes."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Engine, text

from app.domain.ids import EngineId
from app.domain.plate import PlateSighting
from app.domain.plate_text import bare
from db.faults import translated

_ADD = text("SELECT atalaya.add_plate_reads(:engine, CAST(:reads AS jsonb))")


class PostgresPlateSink:
    """`app.ports.PlateSink`, in the name of one engine."""

    def __init__(self, engine: Engine, engine_id: EngineId) -> None:
        """Use the pool `engine` of an engine's login."""
        self._engine = engine
        self._engine_id = engine_id

    def add(self, sightings: Sequence[PlateSighting]) -> None:
        """Store each once, all or none; those without any text are passed over."""
        values = {"engine": self._engine_id, "reads": json.dumps([*_rows(sightings)])}
        with translated(), self._engine.begin() as connection:
            connection.execute(_ADD, values)


def _rows(sightings: Sequence[PlateSighting]) -> Iterator[dict[str, Any]]:
    for sighting in sightings:
        reading = sighting.reading
        if reading.best_guess is None:
            continue
        yield {
            "id": str(sighting.id),
            "plate": bare(reading.best_guess),
            "published": reading.text is not None,
            "confidence": reading.confidence,
            "read_count": max(1, reading.read_count),
            "camera_id": str(sighting.camera_id),
            "track_id": sighting.track_id,
            "vehicle_class": sighting.vehicle_class.name.lower(),
            "seen_at": sighting.seen.wall.isoformat(),
        }
