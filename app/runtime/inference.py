"""The one thread that looks at pictures, and takes the cameras in fair turn."""

import logging
import threading
from collections.abc import Callable, Mapping

from app.decode.mailbox import Mailbox
from app.decode.picture import Picture
from app.domain.clock import Clock
from app.domain.detection import Tracks
from app.domain.ids import CameraId
from app.runtime.lane import Lane
from app.runtime.pipeline import Pipeline
from app.runtime.schedule import FairTurn, Waiting

_log = logging.getLogger(__name__)
_IDLE_POLL_S = 0.5

Seen = Callable[[Picture, Tracks], None]


class InferenceLoop:
    """Takes the newest picture of the camera whose turn it is, and works it through.

    Lanes are added and removed at any time from other threads; `removed` returns only
    when the lane's picture under way is done.
    """

    def __init__(
        self,
        pipeline: Pipeline,
        clock: Clock,
        turn: FairTurn,
        *,
        seen: Seen | None = None,
    ) -> None:
        """Make ready; `start` starts the thread."""
        self._pipeline = pipeline
        self._clock = clock
        self._turn = turn
        self._seen = seen
        self._lanes: dict[CameraId, tuple[Lane, Mailbox[Picture]]] = {}
        self._lock = threading.Lock()
        self._working = threading.Lock()
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="inference", daemon=True)

    def start(self) -> None:
        """Start looking."""
        self._thread.start()

    def announce(self) -> None:
        """Say that a mailbox has something; called by capture threads."""
        self._wake.set()

    def add(self, camera_id: CameraId, lane: Lane, mailbox: Mailbox[Picture]) -> None:
        """Serve a camera from now on."""
        with self._lock:
            self._lanes[camera_id] = (lane, mailbox)
        self._wake.set()

    def remove(self, camera_id: CameraId) -> None:
        """Serve it no more; its lane can be closed when this returns."""
        with self._lock:
            self._lanes.pop(camera_id, None)
            self._turn.forget(camera_id)
        with self._working:
            pass

    def step(self) -> bool:
        """Work on one picture if there is any; return whether there was."""
        with self._working:
            chosen = self._choose()
            if chosen is None:
                return False
            self._work(*chosen)
        return True

    def stop(self, timeout_s: float = 2.0) -> bool:
        """End after the picture under way; return whether the thread ended."""
        self._stop.set()
        self._wake.set()
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._stop.is_set():
            self._wake.clear()
            if not self.step():
                self._wake.wait(_IDLE_POLL_S)

    def _choose(self) -> tuple[Lane, Picture] | None:
        with self._lock:
            lanes = dict(self._lanes)
            turn = self._turn.choose(_waiting(lanes), self._clock.monotonic_ns())
        for camera_id in turn.stale:
            lane, mailbox = lanes[camera_id]
            if mailbox.take() is not None:
                lane.monitor.dropped("too old")
        if turn.serve is None:
            return None
        lane, mailbox = lanes[turn.serve]
        picture = mailbox.take()
        return None if picture is None else (lane, picture)

    def _work(self, lane: Lane, picture: Picture) -> None:
        try:
            tracks = self._pipeline.work(lane, picture)
        except Exception:  # noqa: BLE001 - one bad picture must not stop the others
            _log.exception("a picture of %s was given up", lane.camera.name)
            lane.monitor.dropped("failed")
            self._stop.wait(0.01)
            return
        with self._lock:
            self._turn.note(lane.camera.id, traffic=bool(tracks.boxes))
        if self._seen is not None:
            self._seen(picture, tracks)


def _waiting(
    lanes: Mapping[CameraId, tuple[Lane, Mailbox[Picture]]],
) -> list[Waiting]:
    waiting = []
    for camera_id, (_, mailbox) in lanes.items():
        picture = mailbox.peek()
        if picture is not None:
            waiting.append(Waiting(camera_id, picture.time.monotonic_ns))
    return waiting
