"""What really happened in a clip: the key that the product's findings are held to."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, NamedTuple

from pydantic import ConfigDict, TypeAdapter

from app.domain.geometry import PixelBox, RoadPoint
from app.domain.infraction import InfractionKind
from app.domain.signal import LampPhase
from app.domain.vehicle import VehicleClass

_LEGIBLE_WIDTH_PX = 100.0
_FULL_VIEW = 0.95


class TruthSample(NamedTuple):
    """One road user in one frame, as a row.

    The box is the silhouette within the picture, hidden parts included. `in_picture`:
    share of its whole box that the picture's edge leaves, 0..1; 1 where nothing is cut
    off. `visible`: share of the silhouette that nothing hides, 0..1.
    `x_m`, `y_m`: the end that faces the camera (front or rear bumper) on the road.
    """

    frame: int
    left_px: float
    top_px: float
    right_px: float
    bottom_px: float
    in_picture: float
    visible: float
    x_m: float
    y_m: float
    speed_kmh: float

    @property
    def whole(self) -> bool:
        """Whether nothing of it is cut off by the picture's edge."""
        return self.in_picture == 1

    @property
    def box(self) -> PixelBox:
        """Its silhouette in the picture."""
        return PixelBox(self.left_px, self.top_px, self.right_px, self.bottom_px)

    @property
    def road(self) -> RoadPoint:
        """Where the end that faces the camera is."""
        return RoadPoint(self.x_m, self.y_m)


@dataclass(frozen=True, slots=True, kw_only=True)
class TruthVehicle:
    """One road user of the clip; people and bicycles have no plate.

    `plate_shown`: there is a plate at the end that faces the camera.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    id: int
    vehicle_class: VehicleClass
    plate: str | None
    plate_shown: bool
    samples: tuple[TruthSample, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TruthLampSpan:
    """Frames [first, end) during which the signal shows one phase."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    first_frame: int
    end_frame: int
    phase: LampPhase


@dataclass(frozen=True, slots=True, kw_only=True)
class TruthInfraction:
    """One infraction of the clip.

    `time_s`: the decisive moment in the clip's time, between frames. Speeding: the end
    that faces the camera leaves the stretch; `speed_kmh` is its mean speed over it.
    Red light: that end crosses the stop line; it had been red for `red_for_s`.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    kind: InfractionKind
    vehicle: int
    plate: str | None
    time_s: float
    speed_kmh: float | None = None
    red_for_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """All that is true of one clip of one camera."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    camera: str
    fps: int
    frame_count: int
    duration_s: float
    width_px: int
    height_px: int
    vehicles: tuple[TruthVehicle, ...]
    lamp: tuple[TruthLampSpan, ...]
    infractions: tuple[TruthInfraction, ...]

    def vehicle(self, vehicle_id: int) -> TruthVehicle:
        """Return one road user; KeyError when there is none of that number."""
        for vehicle in self.vehicles:
            if vehicle.id == vehicle_id:
                return vehicle
        raise KeyError(vehicle_id)

    def legible_plates(self) -> frozenset[str]:
        """Return the plates of the vehicles that pass whole and in full view.

        That is for half a second at least, and wide enough for a reader to try.
        """
        return frozenset(
            vehicle.plate
            for vehicle in self.vehicles
            if vehicle.plate is not None
            and vehicle.plate_shown
            and sum(map(_in_full_view, vehicle.samples)) >= self.fps / 2
        )

    def phase_at(self, frame: int) -> LampPhase:
        """Return what the signal shows, UNKNOWN where the scene has none."""
        for span in self.lamp:
            if span.first_frame <= frame < span.end_frame:
                return span.phase
        return LampPhase.UNKNOWN

    def save(self, path: Path) -> None:
        """Write as JSON."""
        path.write_bytes(_ADAPTER.dump_json(self) + b"\n")

    @classmethod
    def load(cls, path: Path) -> "Truth":
        """Read what `save` wrote; ValueError when anything is missing or unknown."""
        return _ADAPTER.validate_json(path.read_bytes(), strict=True)


def _in_full_view(sample: TruthSample) -> bool:
    wide = sample.right_px - sample.left_px >= _LEGIBLE_WIDTH_PX
    return sample.whole and wide and sample.visible >= _FULL_VIEW


_ADAPTER = TypeAdapter(Truth)
