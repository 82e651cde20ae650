"""Applies a camera's rules to what was tracked, frame by frame."""

from collections.abc import Mapping
from uuid import UUID

from app.config.camera import (
    CameraConfiguration,
    ConfigurationVersion,
    RedLightRule,
    SpeedingRule,
)
from app.domain.clock import NS_PER_S
from app.domain.detection import TrackedBox, Tracks
from app.domain.frame import Frame
from app.domain.geometry import PixelBox
from app.domain.ids import ConfigurationId, TrackId
from app.domain.infraction import InfractionKind
from app.domain.signal import LampReading
from app.measure.calibration import RoadPlane
from app.measure.foot import cut_below, locate, truncated
from app.measure.lamp_timeline import LampTimeline
from app.measure.signal import LampReader
from app.measure.speed import live_speed_kmh
from app.measure.stop_line import StopLineFrame
from app.rule.candidate import Candidate
from app.rule.finding import Observation
from app.rule.red_light import RedLightJudge
from app.rule.speeding import SpeedingJudge
from app.rule.track_history import Sighting, TrackHistory
from app.rule.twins import TwinFilter

_LOST_NS = 6 * NS_PER_S // 5
_FORGOTTEN_NS = 10 * NS_PER_S


class CameraJudge:
    """The rules of one camera in one configuration; serves one thread.

    Raises ConfigurationInvalid when the configuration cannot be measured with.
    """

    def __init__(self, version: ConfigurationVersion) -> None:
        """Prepare the measurements that the configuration asks for."""
        body = version.body
        self._size_px = (body.image_width_px, body.image_height_px)
        self._plane = RoadPlane.fit(body.calibration) if body.calibration else None
        self._pose = self._plane.pose(*self._size_px) if self._plane else None
        self._lamp = (
            LampReader(body.lamp_head, *self._size_px) if body.lamp_head else None
        )
        self._body = body
        self._configuration_id = ConfigurationId(UUID(version.id))
        self._now_ns: int | None = None
        self._begin()

    def reset(self) -> None:
        """Forget all vehicles and the lamp: the stream broke off."""
        if self._lamp is not None:
            self._lamp.reset()
        self._begin()

    def observe(self, frame: Frame, tracks: Tracks) -> Observation:
        """Judge the next frame, in order of stream time.

        A frame that is not later than the last one says that the stream began anew.
        """
        now_ns = frame.time.stream_ns
        if self._now_ns is not None and now_ns <= self._now_ns:
            self.reset()
        self._now_ns = now_ns
        reading = self._read_lamp(frame)
        seen = self._remember(frame, tracks)
        held = self._speeding(seen, tracks, now_ns) + self._red_light(seen, now_ns)
        findings = [c.finding(self._size_px) for c in held if self._holds(c)]
        self._tidy(now_ns)
        return Observation(
            lamp=reading, speeds_kmh=self._speeds(tracks), findings=tuple(findings)
        )

    def watch(self, frame: Frame) -> LampReading | None:
        """Read only the lamp, in a frame later than all before; None without one.

        Keeps the phases known to a tenth of a second on a road where nothing is
        looked for.
        """
        if self._now_ns is not None and frame.time.stream_ns <= self._now_ns:
            return None
        self._now_ns = frame.time.stream_ns
        return self._read_lamp(frame)

    def _begin(self) -> None:
        self._now_ns = None
        self._timeline = LampTimeline()
        self._histories: dict[TrackId, TrackHistory] = {}
        self._twins = TwinFilter()
        self._found: set[tuple[InfractionKind, TrackId]] = set()
        self._speeding_judge = _speeding_judge(
            self._body, self._plane, self._configuration_id
        )
        self._red_light_judge = _red_light_judge(
            self._body, self._plane, self._timeline, self._configuration_id
        )

    def _read_lamp(self, frame: Frame) -> LampReading | None:
        """Return the reading with the phase that holds, not one that flickers."""
        if self._lamp is None:
            return None
        raw = self._lamp.read(frame)
        self._timeline.add(raw)
        return LampReading(
            phase=self._timeline.phase, contrast=raw.contrast, time=raw.time
        )

    def _remember(self, frame: Frame, tracks: Tracks) -> list[TrackHistory]:
        """Add the whole, seen boxes to their histories; return those, longest first."""
        whole = [
            (tracked, box)
            for tracked in tracks
            if not tracked.predicted
            and self._is_whole(tracked, box := self._scaled(tracked, frame))
        ]
        feet = locate(frame.time.stream_ns, [b.foot for _, b in whole], self._plane)
        seen = []
        for (tracked, box), foot in zip(whole, feet, strict=True):
            history = self._histories.setdefault(
                tracked.track_id, TrackHistory(tracked.track_id, self._pose)
            )
            history.add(tracked, Sighting(foot, box, frame.time))
            seen.append(history)
        return sorted(seen, key=lambda history: -len(history.sightings))

    def _is_whole(self, tracked: TrackedBox, box: PixelBox) -> bool:
        """Tell whether the box shows where the vehicle stands."""
        history = self._histories.get(tracked.track_id)
        if history is not None and cut_below(box, self._size_px[1]):
            history.cut_below(box)
        gone = history is not None and history.gone_below
        return not gone and not truncated(box, *self._size_px)

    def _scaled(self, tracked: TrackedBox, frame: Frame) -> PixelBox:
        """Return a box in pixels of the configuration's picture."""
        across = self._size_px[0] / frame.width_px
        down = self._size_px[1] / frame.height_px
        box = tracked.box
        return PixelBox(
            box.left_px * across,
            box.top_px * down,
            box.right_px * across,
            box.bottom_px * down,
        )

    def _speeding(
        self, seen: list[TrackHistory], tracks: Tracks, now_ns: int
    ) -> list[Candidate]:
        judge = self._speeding_judge
        if judge is None:
            return []
        ended = set(tracks.ended)
        lost = [
            history
            for history in self._histories.values()
            if history.track_id in ended or now_ns - history.last.stream_ns > _LOST_NS
        ]
        answers = [judge.judge(history, lost=False) for history in seen]
        answers += [judge.judge(history, lost=True) for history in lost]
        return [answer for answer in answers if answer is not None]

    def _red_light(self, seen: list[TrackHistory], now_ns: int) -> list[Candidate]:
        judge = self._red_light_judge
        if judge is None:
            return []
        for history in seen:
            judge.observe(history)
        return judge.judge(now_ns)

    def _holds(self, candidate: Candidate) -> bool:
        """Tell whether this is a motor vehicle's first finding of the kind."""
        history = candidate.history
        key = (candidate.kind, history.track_id)
        if not history.vehicle_class.motorised or key in self._found:
            return False
        if not self._twins.is_new(candidate.appearance):
            return False
        self._found.add(key)
        return True

    def _speeds(self, tracks: Tracks) -> Mapping[TrackId, float]:
        if self._plane is None:
            return {}
        histories = (self._histories.get(t.track_id) for t in tracks)
        speeds = {h.track_id: live_speed_kmh(h.feet) for h in histories if h}
        return {track: speed for track, speed in speeds.items() if speed is not None}

    def _tidy(self, now_ns: int) -> None:
        """Forget vehicles that are long gone."""
        for track_id, history in list(self._histories.items()):
            if now_ns - history.last.stream_ns <= _FORGOTTEN_NS:
                continue
            del self._histories[track_id]
            if self._speeding_judge is not None:
                self._speeding_judge.forget(track_id)
            if self._red_light_judge is not None:
                self._red_light_judge.forget(track_id)


def _speeding_judge(
    body: CameraConfiguration,
    plane: RoadPlane | None,
    configuration_id: ConfigurationId,
) -> SpeedingJudge | None:
    rule = _speeding_rule(body)
    if rule is None or body.stretch is None or plane is None:
        return None
    return SpeedingJudge(rule, body.stretch, plane, configuration_id)


def _red_light_judge(
    body: CameraConfiguration,
    plane: RoadPlane | None,
    timeline: LampTimeline,
    configuration_id: ConfigurationId,
) -> RedLightJudge | None:
    rule = next((r for r in body.rules if isinstance(r, RedLightRule)), None)
    if rule is None or body.stop_line is None:
        return None
    limit = _speeding_rule(body)
    return RedLightJudge(
        rule,
        StopLineFrame(body.stop_line, plane),
        timeline,
        configuration_id,
        limit.limit_kmh if limit else None,
    )


def _speeding_rule(body: CameraConfiguration) -> SpeedingRule | None:
    return next((r for r in body.rules if isinstance(r, SpeedingRule)), None)
