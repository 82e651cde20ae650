"""The observations of one vehicle, kept with the case to replay its overlay.

A JSON file of the evidence store. Times are stream times; the clip's time 0 is
`clip_start_ns`. Pixels are those of the full-size picture.
"""

import json
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, cast

from app.domain.geometry import PixelBox
from app.domain.ids import CameraId, ConfigurationId, InfractionId, TrackId
from app.domain.signal import LampPhase
from app.domain.vehicle import VehicleClass
from app.evidence.json_form import form_of, write

SCHEMA_VERSION = 1
MEDIA_TYPE = "application/json"
_LONGEST_GAP_NS = 500_000_000
_MOST_BYTES = 64 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackSample:
    """The vehicle in one frame; `predicted` where the detector did not see it."""

    stream_ns: int
    wall: datetime
    box: PixelBox
    score: float
    predicted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LampSample:
    """The lamp in one frame."""

    stream_ns: int
    phase: LampPhase
    contrast: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackFile:
    """All that was observed of one vehicle, both sequences in order of stream time.

    `clip_start_ns` is None when there is no clip.
    """

    infraction_id: InfractionId
    camera_id: CameraId
    configuration_id: ConfigurationId
    track_id: TrackId
    vehicle_class: VehicleClass
    image_width_px: int
    image_height_px: int
    clip_start_ns: int | None
    decisive_ns: int
    samples: tuple[TrackSample, ...]
    lamp: tuple[LampSample, ...]

    def box_at(self, stream_ns: int) -> PixelBox | None:
        """Return the box at a time, between two frames in proportion.

        None before the first frame, after the last, and in a gap of over half a second.
        """
        after = bisect_left(self.samples, stream_ns, key=lambda s: s.stream_ns)
        if after == len(self.samples):
            return None
        later = self.samples[after]
        if later.stream_ns == stream_ns:
            return later.box
        if after == 0:
            return None
        return _between(self.samples[after - 1], later, stream_ns)

    def phase_at(self, stream_ns: int) -> LampPhase:
        """Return what the lamp showed last, UNKNOWN before the first reading."""
        after = bisect_right(self.lamp, stream_ns, key=lambda s: s.stream_ns)
        return self.lamp[after - 1].phase if after else LampPhase.UNKNOWN


def write_track(track: TrackFile, path: Path) -> None:
    """Write the file; ValueError for values that JSON cannot keep exactly."""
    data = {"schema_version": SCHEMA_VERSION, **write(TrackFile, track)}
    path.write_text(json.dumps(data, separators=(",", ":"), allow_nan=False), "utf-8")


def read_track(file: BinaryIO) -> TrackFile:
    """Read what `write_track` wrote; ValueError for anything else."""
    text = file.read(_MOST_BYTES + 1)
    if len(text) > _MOST_BYTES:
        raise ValueError("the track file is too large")
    try:
        data = json.loads(text)
    except RecursionError:
        raise ValueError("the track file is nested too deep") from None
    if not isinstance(data, dict) or data.pop("schema_version", 0) != SCHEMA_VERSION:
        raise ValueError("the track file is of an unknown version")
    return cast("TrackFile", form_of(TrackFile).restore(data))


def _between(
    earlier: TrackSample, later: TrackSample, stream_ns: int
) -> PixelBox | None:
    gap_ns = later.stream_ns - earlier.stream_ns
    if gap_ns > _LONGEST_GAP_NS:
        return None
    share = (stream_ns - earlier.stream_ns) / gap_ns
    edges = [
        before + share * (after - before)
        for before, after in zip(_edges(earlier.box), _edges(later.box), strict=True)
    ]
    return PixelBox(*edges)


def _edges(box: PixelBox) -> tuple[float, float, float, float]:
    return box.left_px, box.top_px, box.right_px, box.bottom_px
