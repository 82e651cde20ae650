"""What a headless run over one source saw."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from app.decode.picture import Picture
from app.domain.clock import NS_PER_S
from app.domain.detection import Tracks
from app.domain.ids import TrackId
from app.domain.vehicle import VehicleClass


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceReport:
    """What a run saw; rates are frames per second of this computer's time.

    `tracks_by_class` counts each track once, in the class it was seen as most often.
    `stream_s` is the length of the video that was worked on. `cases_failed` counts
    the findings that no evidence could be made of. `ending` says why the video ended.
    """

    source: str
    model_name: str
    device: str
    frames_decoded: int
    frames_detected: int
    frames_dropped: int
    drops_by_reason: Mapping[str, int]
    detections: int
    tracks: int
    tracks_by_class: Mapping[str, int]
    infractions: int
    cases_failed: int
    stream_s: float
    duration_s: float
    decoded_fps: float
    detected_fps: float
    ending: str

    def to_json(self) -> dict[str, object]:
        """Return the report for `json.dump`."""
        return asdict(self)


class SourceTally:
    """Counts the tracks of a run, on the inference thread."""

    def __init__(self) -> None:
        """Start with nothing seen."""
        self._classes: dict[TrackId, Counter[VehicleClass]] = {}
        self._first_ns: int | None = None
        self._last_ns = 0

    def add(self, picture: Picture, tracks: Tracks) -> None:
        """Count the vehicles of the next picture."""
        stream_ns = picture.time.stream_ns
        self._first_ns = stream_ns if self._first_ns is None else self._first_ns
        self._last_ns = stream_ns
        for vehicle in tracks:
            seen = self._classes.setdefault(vehicle.track_id, Counter())
            seen[vehicle.vehicle_class] += 1

    @property
    def tracks(self) -> int:
        """How many vehicles were followed."""
        return len(self._classes)

    def by_class(self) -> dict[str, int]:
        """Count each track in the class it was seen as most often."""
        majority = Counter(c.most_common(1)[0][0] for c in self._classes.values())
        return {kind.name.lower(): majority[kind] for kind in sorted(majority)}

    @property
    def stream_s(self) -> float:
        """Seconds of video from the first picture to the last."""
        return (self._last_ns - (self._first_ns or 0)) / NS_PER_S
