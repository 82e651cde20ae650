"""What the engine saw while the clip ran, ready to be drawn over it again."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.config.camera import ConfigurationVersion
from app.domain.clock import NS_PER_S
from app.domain.errors import ConfigurationInvalid
from app.domain.infraction import InfractionKind
from app.domain.overlay import Overlay, OverlayBox
from app.domain.signal import LampPhase
from app.domain.units import kmh_from_ms
from app.evidence.track_file import TrackFile, TrackSample
from app.measure.calibration import RoadPlane
from app.measure.foot import truncated

_WINDOW_NS = 350_000_000
_LAMP_HOLDS_NS = 500_000_000


@dataclass(frozen=True, slots=True)
class LampSpan:
    """A stretch of stream time with one lamp phase."""

    start_ns: int
    end_ns: int
    phase: LampPhase


@dataclass(frozen=True, slots=True)
class RoadSample:
    """Where the vehicle was on the road, and how fast around that moment.

    `along_m` is the road's y axis. `speed_kmh` is the slope of a line through the
    places of the nearest 0.7 s: it is for looking at, no finding rests on it.
    """

    stream_ns: int
    along_m: float
    speed_kmh: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """A track file with what follows from it; `road` is empty without calibration."""

    track: TrackFile
    violation: InfractionKind
    road: tuple[RoadSample, ...] = ()

    @property
    def lamps(self) -> tuple[LampSpan, ...]:
        """The lamp over the whole track."""
        return lamp_spans([(s.stream_ns, s.phase) for s in self.track.lamp])

    def overlay_at(self, stream_ns: int) -> Overlay:
        """Return what to draw over the frame of a stream time."""
        lamp = self.track.phase_at(stream_ns) if self.track.lamp else None
        box = self._box(stream_ns)
        return Overlay(boxes=() if box is None else (box,), lamp=lamp)

    def _box(self, stream_ns: int) -> OverlayBox | None:
        box = self.track.box_at(stream_ns)
        if box is None:
            return None
        sample = _nearest(self.track.samples, stream_ns)
        passed = stream_ns >= self.track.decisive_ns
        return OverlayBox(
            track_id=self.track.track_id,
            box=box,
            vehicle_class=self.track.vehicle_class,
            score=sample.score,
            predicted=sample.predicted,
            speed_kmh=self._speed_at(stream_ns),
            violation=self.violation if passed else None,
        )

    def _speed_at(self, stream_ns: int) -> float | None:
        if not self.road:
            return None
        return min(self.road, key=lambda s: abs(s.stream_ns - stream_ns)).speed_kmh


def replay_of(
    track: TrackFile, kind: InfractionKind, configuration: ConfigurationVersion | None
) -> Replay:
    """Return the replay of a track.

    The road is known only from the very configuration that the track was made with;
    any other is not used.
    """
    if configuration is None or configuration.id != str(track.configuration_id):
        return Replay(track=track, violation=kind)
    return Replay(track=track, violation=kind, road=road_samples(track, configuration))


def road_samples(
    track: TrackFile, configuration: ConfigurationVersion
) -> tuple[RoadSample, ...]:
    """Return the places that the detector saw whole, on the road.

    Empty when the configuration does not determine the road.
    """
    body = configuration.body
    width_px, height_px = track.image_width_px, track.image_height_px
    seen = [
        sample
        for sample in track.samples
        if not (sample.predicted or truncated(sample.box, width_px, height_px))
    ]
    if body.calibration is None or not seen:
        return ()
    try:
        plane = RoadPlane.fit(body.calibration)
    except ConfigurationInvalid:
        return ()
    scale_x = body.image_width_px / width_px
    scale_y = body.image_height_px / height_px
    feet_px = np.array(
        [(s.box.foot.x_px * scale_x, s.box.foot.y_px * scale_y) for s in seen]
    )
    times_ns = np.array([sample.stream_ns for sample in seen], np.int64)
    along_m = plane.to_road_many(feet_px)[:, 1]
    return tuple(
        RoadSample(int(t), float(y), _speed_kmh(times_ns, along_m, int(t)))
        for t, y in zip(times_ns, along_m, strict=True)
        if np.isfinite(y)
    )


def _speed_kmh(
    times_ns: npt.NDArray[np.int64],
    along_m: npt.NDArray[np.float64],
    at_ns: int,
) -> float | None:
    near = (np.abs(times_ns - at_ns) <= _WINDOW_NS) & np.isfinite(along_m)
    if np.count_nonzero(near) < 4:
        return None
    seconds = (times_ns[near] - at_ns) / NS_PER_S
    centred = seconds - seconds.mean()
    spread = float((centred**2).sum())
    if spread == 0.0:
        return None
    slope_ms = float((centred * along_m[near]).sum()) / spread
    return kmh_from_ms(abs(slope_ms))


def lamp_spans(readings: Sequence[tuple[int, LampPhase]]) -> tuple[LampSpan, ...]:
    """Join readings (stream time, phase) in order of time into spans.

    A span reaches to the next reading, but never over a gap of more than half a
    second.
    """
    spans: list[LampSpan] = []
    for index, (start_ns, phase) in enumerate(readings):
        following = readings[index + 1][0] if index + 1 < len(readings) else start_ns
        end_ns = min(following, start_ns + _LAMP_HOLDS_NS)
        if spans and spans[-1].phase is phase and spans[-1].end_ns >= start_ns:
            spans[-1] = LampSpan(spans[-1].start_ns, end_ns, phase)
        else:
            spans.append(LampSpan(start_ns, end_ns, phase))
    return tuple(spans)


def _nearest(samples: Sequence[TrackSample], stream_ns: int) -> TrackSample:
    place = bisect_left(samples, stream_ns, key=lambda s: s.stream_ns)
    near = samples[max(place - 1, 0) : place + 1]
    return min(near, key=lambda s: abs(s.stream_ns - stream_ns))
