"""Everything that belongs to one camera between its capture and its evidence."""

import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace

from app.config.camera import ConfigurationVersion
from app.decode.motion_gate import MotionGate
from app.decode.picture import Picture
from app.domain.camera import Camera
from app.domain.clock import NS_PER_S
from app.domain.detection import Tracks
from app.domain.errors import EnvironmentFault
from app.domain.frame import Frame
from app.domain.ids import TrackId
from app.ports import Tracker
from app.rule.finding import Observation
from app.runtime.camera_monitor import CameraMonitor
from app.runtime.history import CameraHistory
from app.runtime.judging import NOTHING_OBSERVED, Judge, JudgeMaker
from app.runtime.live_overlay import Known, LiveOverlay
from app.runtime.pacing import Attention
from app.runtime.violations import Violations

_log = logging.getLogger(__name__)
_GLANCE_EVERY_NS = NS_PER_S // 12
_GATE_EVERY_NS = NS_PER_S // 13
_FOLLOW_EVERY_NS = NS_PER_S // 2


@dataclass(frozen=True, slots=True)
class _Moment:
    """When a picture was; the picture itself would keep its session's packets."""

    session: int
    stream_ns: int

    @classmethod
    def of(cls, picture: Picture) -> "_Moment":
        return cls(picture.session.number, picture.time.stream_ns)

    def follows(self, last: "_Moment", within_ns: int) -> bool:
        """Tell whether this comes less than `within_ns` after `last`."""
        alike = self.session == last.session
        return alike and self.stream_ns - last.stream_ns < within_ns


class Lane:
    """One camera's tracker, judge and memory; used by the inference thread.

    `reconfigure` may be called from any thread: the new version takes effect with
    the next picture, and the capture goes on undisturbed.
    """

    def __init__(
        self,
        camera: Camera,
        version: ConfigurationVersion | None,
        *,
        tracker: Tracker,
        make_judge: JudgeMaker,
        monitor: CameraMonitor,
    ) -> None:
        """Start with nothing seen."""
        self.monitor = monitor
        self.tracker = tracker
        self.history = CameraHistory()
        self.overlay = LiveOverlay()
        self._violations = Violations()
        self._gate = MotionGate()
        self._gated: _Moment | None = None
        self._stirred = True
        self._glanced_ns: int | None = None
        self._make_judge = make_judge
        self._lock = threading.Lock()
        self._wanted: tuple[Camera, ConfigurationVersion | None] = (camera, version)
        self._camera = camera
        self._version: ConfigurationVersion | None = None
        self._judge: Judge | None = None
        self._session: int | None = None

    @property
    def camera(self) -> Camera:
        """The camera as it is called now."""
        return self._camera

    @property
    def version(self) -> ConfigurationVersion | None:
        """The configuration in force, None for a camera that only shows."""
        return self._version

    def reconfigure(self, camera: Camera, version: ConfigurationVersion | None) -> None:
        """Use this name and this configuration from the next picture on."""
        with self._lock:
            self._wanted = (camera, version)

    def enter(self, picture: Picture) -> None:
        """Prepare for `picture`: a new session forgets what the old one saw."""
        self._take_configuration()
        number = picture.session.number
        if self._session is not None and number != self._session:
            self.tracker.reset()
            self.history = CameraHistory()
            if self._judge is not None:
                self._judge.reset()
        self._session = number

    def stirred(self, picture: Picture, *, always: bool = False) -> bool:
        """Tell whether the motion gate saw something in `picture`.

        The answer holds for some pictures: on a camera that is looked at anyway the
        gate only follows the scene now and then, unless it `always` decides.
        """
        last, now = self._gated, _Moment.of(picture)
        pause_ns = _GATE_EVERY_NS if always else _FOLLOW_EVERY_NS
        if last is not None and now.follows(last, pause_ns):
            return self._stirred
        if last is not None and last.session != now.session:
            self._gate.reset()
        self._gated = now
        self._stirred = self._gate.moved(picture.luma())
        return self._stirred

    def glance(self, picture: Picture) -> None:
        """Read the lamp in a picture that nobody looks at: its phases have no pause."""
        now_ns = picture.time.stream_ns
        last_ns = self._glanced_ns
        if last_ns is not None and 0 <= now_ns - last_ns < _GLANCE_EVERY_NS:
            return
        self._glanced_ns = now_ns
        self.enter(picture)
        lamp = None if self._judge is None else self._judge.watch(picture.to_frame())
        if lamp is not None:
            self.history.add(picture.time, Tracks(()), lamp)

    def observe(
        self, frame: Frame, tracks: Tracks, *, evidential: bool = True
    ) -> Observation:
        """Measure and rule, and remember what was seen.

        Nothing is found on tracks that are not `evidential`.
        """
        judge = self._judge
        seen = NOTHING_OBSERVED if judge is None else judge.observe(frame, tracks)
        if not evidential:
            seen = replace(seen, findings=())
        self.history.add(frame.time, tracks, seen.lamp)
        self._violations.add(seen.findings)
        return seen

    def show(
        self, picture: Picture, seen: Observation, plates: Mapping[TrackId, str]
    ) -> None:
        """Draw what was seen over the pictures from now on."""
        forecast = self.tracker.forecast()
        version = self._version
        self.overlay.update(
            Known(
                session=picture.session.number,
                forecast=forecast,
                speeds_kmh=seen.speeds_kmh,
                plates=plates,
                violations=self._violations.among(forecast.track_ids),
                lamp=None if seen.lamp is None else seen.lamp.phase,
                configuration_version=None if version is None else version.version,
            )
        )

    def attention(self, tracks: Tracks, seen: Observation, detected: int) -> Attention:
        """Return how closely the next pictures are to be followed.

        `detected` counts what the look saw: a vehicle has no track at first.
        """
        moving = self.tracker.forecast().moving
        judged = self._judge is not None
        if any(box.track_id in moving for box in tracks):
            return Attention.MEASURING if judged else Attention.TRAFFIC
        # Who waits at a signal may run it at any moment, and who has just come into
        # view has no known speed yet.
        waits = seen.lamp is not None and bool(tracks.boxes)
        comes = judged and self._stirred and detected > 0
        return Attention.TRAFFIC if waits or comes else Attention.NONE

    def _take_configuration(self) -> None:
        with self._lock:
            self._camera, version = self._wanted
        if (version and version.id) == (self._version and self._version.id):
            return
        self._version = version
        self._judge = None
        if version is not None:
            self._judge = self._made_judge(version)

    def _made_judge(self, version: ConfigurationVersion) -> Judge | None:
        try:
            judge = self._make_judge(version)
        except EnvironmentFault as fault:
            _log.error("camera %s measures nothing: %s", self._camera.name, fault)
            self.monitor.remark(f"Nothing is measured: {fault}")
            return None
        self.monitor.remark("")
        return judge
