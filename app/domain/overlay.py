"""What is drawn over one frame: vectors that belong to that very frame."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.domain.clock import CaptureTime
from app.domain.geometry import PixelBox
from app.domain.ids import CameraId, TrackId
from app.domain.infraction import InfractionKind
from app.domain.signal import LampPhase
from app.domain.vehicle import VehicleClass


@dataclass(frozen=True, slots=True, kw_only=True)
class OverlayBox:
    """One vehicle as the wall draws it; `box` in pixels of the full-size picture."""

    track_id: TrackId
    box: PixelBox
    vehicle_class: VehicleClass
    score: float
    predicted: bool = False
    speed_kmh: float | None = None
    plate: str | None = None
    violation: InfractionKind | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlay:
    """Everything that was known of one frame when it was published."""

    boxes: tuple[OverlayBox, ...] = ()
    lamp: LampPhase | None = None
    configuration_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PreviewFrame:
    """A picture for the wall with its own overlay.

    `image` is a private copy of shape (height, width, 4), bytes blue, green, red, 255:
    Qt's RGB32 on a little-endian machine. `source_width_px` x `source_height_px` is
    the full-size picture that the overlay's pixels refer to.
    """

    camera_id: CameraId
    sequence: int
    time: CaptureTime
    image: npt.NDArray[np.uint8]
    source_width_px: int
    source_height_px: int
    overlay: Overlay
