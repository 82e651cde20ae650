"""Everything that belongs to one camera between its capture and its evidence."""

import logging
import threading

from app.config.camera import ConfigurationVersion
from app.decode.picture import Picture, Session
from app.domain.camera import Camera
from app.domain.detection import Tracks
from app.domain.errors import EnvironmentFault
from app.domain.frame import Frame
from app.ports import Tracker
from app.rule.finding import Observation
from app.runtime.camera_monitor import CameraMonitor
from app.runtime.history import CameraHistory
from app.runtime.judging import NOTHING_OBSERVED, Judge, JudgeMaker
from app.runtime.showcase import Showcase
from app.runtime.violations import Violations

_log = logging.getLogger(__name__)


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
        showcase: Showcase | None,
    ) -> None:
        """Start with nothing seen."""
        self.monitor = monitor
        self.showcase = showcase
        self.tracker = tracker
        self.history = CameraHistory()
        self.violations = Violations()
        self._make_judge = make_judge
        self._lock = threading.Lock()
        self._wanted: tuple[Camera, ConfigurationVersion | None] = (camera, version)
        self._camera = camera
        self._version: ConfigurationVersion | None = None
        self._judge: Judge | None = None
        self._session: Session | None = None

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
        if self._session is not None and picture.session is not self._session:
            self.tracker.reset()
            self.history = CameraHistory()
            if self._judge is not None:
                self._judge.reset()
        self._session = picture.session

    def observe(self, frame: Frame, tracks: Tracks) -> Observation:
        """Measure and rule, and remember what was seen."""
        judge = self._judge
        seen = NOTHING_OBSERVED if judge is None else judge.observe(frame, tracks)
        self.history.add(frame.time, tracks, seen.lamp)
        self.violations.add(seen.findings)
        return seen

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
