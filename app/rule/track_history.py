"""What is remembered of one vehicle while it is in view."""

from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from app.domain.clock import CaptureTime
from app.domain.detection import TrackedBox
from app.domain.geometry import PixelBox
from app.domain.ids import TrackId
from app.domain.vehicle import VehicleClass
from app.measure.camera_pose import CameraPose
from app.measure.clearance import grounded
from app.measure.foot import Foot

_KEPT = 400
_COMING_NEARER = 5
_NEARER_PX = 20.0


@dataclass(frozen=True, slots=True)
class Sighting:
    """One seen, whole box of a vehicle, in pixels of the configuration's picture."""

    foot: Foot
    box: PixelBox
    time: CaptureTime

    @property
    def stream_ns(self) -> int:
        """When it was seen."""
        return self.foot.stream_ns


@dataclass(slots=True)
class TrackHistory:
    """The sightings of one track, oldest first, bounded.

    Boxes that the tracker guessed or the picture's border cuts are never among them:
    they decide nothing. With a `pose`, `feet` stand under the end that faces the
    camera, by the class that most sightings agree on.
    """

    track_id: TrackId
    pose: CameraPose | None = None
    sightings: deque[Sighting] = field(default_factory=lambda: deque(maxlen=_KEPT))
    gone_below: bool = False
    """It came nearer until the lower border cut it: what is seen later is a part."""
    _votes: Counter[VehicleClass] = field(default_factory=Counter)
    _feet: deque[Foot] = field(default_factory=lambda: deque(maxlen=_KEPT))
    _feet_class: VehicleClass | None = None

    def add(self, tracked: TrackedBox, sighting: Sighting) -> None:
        """Remember a sighting and the detector's opinion of the class."""
        self.sightings.append(sighting)
        self._votes[tracked.vehicle_class] += 1
        vehicle = self.vehicle_class
        if vehicle is self._feet_class:
            self._feet.append(grounded(sighting.foot, vehicle, self.pose))
            return
        self._feet_class = vehicle
        self._feet.clear()
        for known in self.sightings:
            self._feet.append(grounded(known.foot, vehicle, self.pose))

    def cut_below(self, box: PixelBox) -> None:
        """Note that the lower border cuts the vehicle now.

        One that comes into the picture from below is cut too, but not growing nearer.
        """
        if len(self.sightings) < 2:
            return
        earlier = self.sightings[-min(_COMING_NEARER, len(self.sightings))]
        if box.bottom_px - earlier.box.bottom_px > _NEARER_PX:
            self.gone_below = True

    @property
    def feet(self) -> Sequence[Foot]:
        """The feet of all sightings."""
        return self._feet

    @property
    def vehicle_class(self) -> VehicleClass:
        """The class that most sightings agree on; needs one sighting."""
        return self._votes.most_common(1)[0][0]

    @property
    def last(self) -> Sighting:
        """The newest sighting; needs one."""
        return self.sightings[-1]

    def time_at(self, stream_ns: int) -> CaptureTime:
        """Return all clocks at a moment of the stream, from the nearest sighting."""
        nearest = min(self.sightings, key=lambda s: abs(s.stream_ns - stream_ns))
        return nearest.time.shifted(stream_ns - nearest.stream_ns)
