"""When each camera could be seen, so that the scoring is fair."""

from collections import defaultdict
from datetime import datetime, timedelta

from app.domain.camera import CameraState, EngineStatus
from app.domain.ids import CameraId
from app.simulator.score import Interval

# A crossing counts from here on: the lamp must have been seen to change, and the
# vehicle before the line, since the picture came.
_SETTLE = timedelta(seconds=6)
# A finding that is younger than this may still be on its way to the database.
_SEAL = timedelta(seconds=9)


class OnlineLog:
    """Spans of wall time in which a camera was online, from repeated looks."""

    def __init__(self) -> None:
        self._spans: dict[CameraId, list[Interval]] = defaultdict(list)
        self._open: dict[CameraId, datetime] = {}

    def look(self, status: EngineStatus | None, now: datetime) -> None:
        """Note which cameras are online now; a missing status means none is."""
        cameras = status.cameras if status is not None else ()
        online = {c.camera_id for c in cameras if c.state is CameraState.ONLINE}
        for camera_id in online - self._open.keys():
            self._open[camera_id] = now
        for camera_id in self._open.keys() - online:
            start = self._open.pop(camera_id)
            self._spans[camera_id].append(Interval(start=start, end=now))

    def observed(self, camera_id: CameraId, now: datetime) -> tuple[Interval, ...]:
        """Return the spans in which an infraction should have been found."""
        spans = [*self._spans[camera_id]]
        if camera_id in self._open:
            spans.append(Interval(start=self._open[camera_id], end=now))
        trimmed = ((s.start + _SETTLE, s.end - _SEAL) for s in spans)
        return tuple(
            Interval(start=start, end=end) for start, end in trimmed if start < end
        )
