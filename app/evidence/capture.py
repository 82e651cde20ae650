"""What the engine hands over for one case, and what is asked of it while recording."""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from app.config.camera import ConfigurationVersion
from app.decode.packets import PacketRecord, StreamFormat
from app.domain.camera import Camera
from app.domain.clock import CaptureTime
from app.domain.detection import TrackedBox
from app.domain.evidence import EvidenceKind
from app.domain.infraction import Infraction
from app.domain.signal import LampPhase, LampReading
from app.evidence.track_file import (
    LampSample,
    OtherSample,
    OtherTrack,
    TrackFile,
    TrackSample,
)
from app.rule.finding import Finding

BoxHistory = tuple[tuple[CaptureTime, TrackedBox], ...]
"""The boxes of one road user, oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureRequest:
    """One finding with all that evidence is made of.

    `infraction` has its plate and no evidence yet. `packets` reach from pre-roll to
    post-roll, in decode order from a keyframe on. `history` holds the vehicle's boxes
    in pixels of the full-size picture, `others` those of all who were in it at the
    time of the clip; None when that is not known. `wall_at` turns stream time into wall
    time.
    """

    infraction: Infraction
    camera: Camera
    finding: Finding
    configuration: ConfigurationVersion
    stream: StreamFormat
    packets: list[PacketRecord]
    history: BoxHistory
    others: tuple[BoxHistory, ...] | None
    lamp_history: tuple[LampReading, ...]
    wall_at: Callable[[int], datetime]

    @property
    def stills(self) -> tuple[tuple[EvidenceKind, int], ...]:
        """The three stills and their stream times."""
        return (
            (EvidenceKind.STILL_BEFORE, self.finding.still_before_ns),
            (EvidenceKind.STILL_DECISIVE, self.finding.still_decisive_ns),
            (EvidenceKind.STILL_AFTER, self.finding.still_after_ns),
        )

    def lamp_at(self, stream_ns: int) -> LampPhase | None:
        """Return what the lamp showed last; None before the first reading."""
        readings = sorted(self.lamp_history, key=lambda r: r.time.stream_ns)
        after = bisect_right(readings, stream_ns, key=lambda r: r.time.stream_ns)
        return readings[after - 1].phase if after else None

    def track_file(self, clip_start_ns: int | None) -> TrackFile:
        """Return the observations, in order of stream time, each frame once.

        Where the plate was cut out is not known yet.
        """
        boxes = {time.stream_ns: (time, seen) for time, seen in self.history}
        lamp = {reading.time.stream_ns: reading for reading in self.lamp_history}
        return TrackFile(
            infraction_id=self.infraction.id,
            camera_id=self.infraction.camera_id,
            configuration_id=self.infraction.provenance.configuration_id,
            track_id=self.infraction.track_id,
            vehicle_class=self.infraction.vehicle_class,
            image_width_px=self.stream.width_px,
            image_height_px=self.stream.height_px,
            clip_start_ns=clip_start_ns,
            decisive_ns=self.finding.occurred.stream_ns,
            samples=tuple(_sample(*boxes[at]) for at in sorted(boxes)),
            others=None if self.others is None else tuple(map(_other, self.others)),
            crop=None,
            lamp=tuple(_lamp_sample(lamp[at]) for at in sorted(lamp)),
        )


def _sample(time: CaptureTime, seen: TrackedBox) -> TrackSample:
    return TrackSample(
        stream_ns=time.stream_ns,
        wall=time.wall,
        box=seen.box,
        score=seen.score,
        predicted=seen.predicted,
    )


def _other(history: BoxHistory) -> OtherTrack:
    boxes = {time.stream_ns: seen for time, seen in history}
    latest = history[-1][1]
    return OtherTrack(
        track_id=latest.track_id,
        vehicle_class=latest.vehicle_class,
        samples=tuple(
            OtherSample(stream_ns=at, box=boxes[at].box, predicted=boxes[at].predicted)
            for at in sorted(boxes)
        ),
    )


def _lamp_sample(reading: LampReading) -> LampSample:
    return LampSample(
        stream_ns=reading.time.stream_ns,
        phase=reading.phase,
        contrast=reading.contrast,
    )
