"""The observations of one vehicle, kept with the case to replay its overlay.

A JSON file of the evidence store. Times are stream times; the clip's time 0 is
`clip_start_ns`. Pixels are those of the full-size picture. Since version 2 it also says
who else was in the picture and where the plate was cut out, so that third parties can
be masked in what leaves the house.
"""

import json
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol, cast

from app.domain.geometry import PixelBox, hull
from app.domain.ids import CameraId, ConfigurationId, InfractionId, TrackId
from app.domain.masks import Heading, RoadUser, Scene, heading_between
from app.domain.signal import LampPhase
from app.domain.vehicle import VehicleClass
from app.evidence.json_form import form_of, write

SCHEMA_VERSION = 2
MEDIA_TYPE = "application/json"
_LONGEST_GAP_NS = 500_000_000
_NEAR_NS = 700_000_000
_TREND_NS = 400_000_000
_MOST_BYTES = 64 << 20
_ROUNDING_NS = 2_000
"""Of two wall times in microseconds, a picture's and the decisive moment's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackSample:
    """The vehicle in one frame; `predicted` where the detector did not see it."""

    stream_ns: int
    wall: datetime
    box: PixelBox
    score: float
    predicted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherSample:
    """Somebody else in one frame; `predicted` where the detector did not see them."""

    stream_ns: int
    box: PixelBox
    predicted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherTrack:
    """Another road user, in order of stream time and at least once."""

    track_id: TrackId
    vehicle_class: VehicleClass
    samples: tuple[OtherSample, ...]

    def around(self, stream_ns: int) -> PixelBox | None:
        """Return a box that held them at a time, None when they were not near it.

        Between two frames in proportion; over a gap, before the first frame and after
        the last it is what the frames beside it span: a track begins some frames after
        its vehicle came into the picture.
        """
        exact = _box_at(self.samples, stream_ns)
        if exact is not None:
            return exact
        after = bisect_left(self.samples, stream_ns, key=lambda s: s.stream_ns)
        beside = self.samples[max(0, after - 1) : after + 1]
        near = [s.box for s in beside if abs(s.stream_ns - stream_ns) <= _NEAR_NS]
        return hull(near) if near else None


@dataclass(frozen=True, slots=True, kw_only=True)
class LampSample:
    """The lamp in one frame."""

    stream_ns: int
    phase: LampPhase
    contrast: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PlateCrop:
    """Where the case's `plate` picture was cut out of the full-size picture.

    `is_plate` when a plate was read there; else it is the whole vehicle.
    """

    stream_ns: int
    box: PixelBox
    is_plate: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackFile:
    """All that was observed of one vehicle, both sequences in order of stream time.

    `clip_start_ns` is None when there is no clip. `others` are those in the picture
    during the clip, None in a file of version 1, which does not tell. `crop` is None
    there too, and where no crop was made.
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
    others: tuple[OtherTrack, ...] | None
    crop: PlateCrop | None
    lamp: tuple[LampSample, ...]

    def box_at(self, stream_ns: int) -> PixelBox | None:
        """Return the box at a time, between two frames in proportion.

        None before the first frame, after the last, and in a gap of over half a second.
        """
        return _box_at(self.samples, stream_ns)

    def scene_at(self, stream_ns: int) -> Scene:
        """Return what is known of the picture at a time.

        A time just outside of the track is its end: it may be a wall time turned back,
        which has microseconds alone.
        """
        stream_ns = self._within(stream_ns)
        box = self.box_at(stream_ns)
        return Scene(
            width_px=self.image_width_px,
            height_px=self.image_height_px,
            concerned=None if box is None else RoadUser(box, self.vehicle_class),
            heading=self._heading_at(stream_ns),
            others=self._others_at(stream_ns),
        )

    def _within(self, stream_ns: int) -> int:
        """Return the track's own end for a time that only rounding put beside it."""
        for end in (*self.samples[:1], *self.samples[-1:]):
            if abs(end.stream_ns - stream_ns) <= _ROUNDING_NS:
                return end.stream_ns
        return stream_ns

    def _heading_at(self, stream_ns: int) -> Heading:
        beside = [
            sample.box
            for sample in self.samples
            if abs(sample.stream_ns - stream_ns) <= _TREND_NS
        ]
        if len(beside) < 2:
            return Heading.UNKNOWN
        return heading_between(beside[0], beside[-1])

    def _others_at(self, stream_ns: int) -> tuple[RoadUser, ...] | None:
        if self.others is None:
            return None
        boxes = [(other, other.around(stream_ns)) for other in self.others]
        return tuple(
            RoadUser(box, other.vehicle_class)
            for other, box in boxes
            if box is not None
        )

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
    version = data.pop("schema_version", 0) if isinstance(data, dict) else 0
    if version == 1 and not data.keys() & {"others", "crop"}:
        data |= {"others": None, "crop": None}
    elif version != SCHEMA_VERSION:
        raise ValueError("the track file is of an unknown version")
    return cast("TrackFile", form_of(TrackFile).restore(data))


class _Sample(Protocol):
    @property
    def stream_ns(self) -> int: ...

    @property
    def box(self) -> PixelBox: ...


def _box_at(samples: Sequence[_Sample], stream_ns: int) -> PixelBox | None:
    after = bisect_left(samples, stream_ns, key=lambda s: s.stream_ns)
    if after == len(samples):
        return None
    later = samples[after]
    if later.stream_ns == stream_ns:
        return later.box
    if after == 0:
        return None
    return _between(samples[after - 1], later, stream_ns)


def _between(earlier: _Sample, later: _Sample, stream_ns: int) -> PixelBox | None:
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
