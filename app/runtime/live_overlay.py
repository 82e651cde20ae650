"""What is drawn over pictures between two looks: every box where it is by then."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass

from app.decode.picture import Picture
from app.domain.clock import NS_PER_S
from app.domain.detection import TrackedBox
from app.domain.forecast import Forecast
from app.domain.ids import TrackId
from app.domain.infraction import InfractionKind
from app.domain.overlay import Overlay, OverlayBox
from app.domain.signal import LampPhase

_BELIEVED_NS = 5 * NS_PER_S
"""Longer than the pause between two looks at an empty road."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the last look at a camera left: immutable, shared between threads.

    `session` is the number of the session that the look was at.
    """

    session: int
    forecast: Forecast
    speeds_kmh: Mapping[TrackId, float]
    plates: Mapping[TrackId, str]
    violations: Mapping[TrackId, InfractionKind]
    lamp: LampPhase | None
    configuration_version: int | None


class LiveOverlay:
    """Written by the inference thread after each look, read by the capture thread."""

    def __init__(self) -> None:
        """Know nothing."""
        self._lock = threading.Lock()
        self._known: Known | None = None

    def update(self, known: Known) -> None:
        """Draw from this look on."""
        with self._lock:
            self._known = known

    def of(self, picture: Picture) -> Overlay:
        """Return the overlay that belongs to the very moment of `picture`.

        Of another session than the last look nothing is drawn: its boxes are of
        another picture. Nor is anything when nobody has looked for some seconds: the
        road is another one by then, and old boxes would say that all is well.
        """
        with self._lock:
            known = self._known
        if known is None or known.session != picture.session.number:
            return Overlay()
        if picture.time.stream_ns - known.forecast.stream_ns > _BELIEVED_NS:
            return Overlay()
        tracks = known.forecast.at(picture.time.stream_ns)
        return Overlay(
            boxes=tuple(_drawn(known, box) for box in tracks),
            lamp=known.lamp,
            configuration_version=known.configuration_version,
        )


def _drawn(known: Known, vehicle: TrackedBox) -> OverlayBox:
    return OverlayBox(
        track_id=vehicle.track_id,
        box=vehicle.box,
        vehicle_class=vehicle.vehicle_class,
        score=vehicle.score,
        predicted=vehicle.predicted,
        speed_kmh=known.speeds_kmh.get(vehicle.track_id),
        plate=known.plates.get(vehicle.track_id),
        violation=known.violations.get(vehicle.track_id),
    )
