"""The one thread that has pictures looked at, and takes the cameras in turn."""

import logging
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import CancelledError
from dataclasses import dataclass

from app.decode.mailbox import Mailbox
from app.decode.picture import Picture
from app.domain.clock import Clock
from app.domain.detection import Tracks
from app.domain.ids import CameraId
from app.domain.pulse import Pulse
from app.domain.trace import tracing
from app.runtime.lane import Lane
from app.runtime.look_faults import LookFaults
from app.runtime.pacing import STALE, Pacing, Waiting
from app.runtime.pipeline import Look, Pipeline

_log = logging.getLogger(__name__)
_IDLE_POLL_S = 0.5
_STOP_POLL_S = 0.1
_REST_AFTER_FAILURE_S = 0.01

Seen = Callable[[Picture, Tracks], None]


@dataclass(frozen=True, slots=True)
class _Served:
    lane: Lane
    mailbox: Mailbox[Picture]


class InferenceLoop:
    """Keeps the detector busy with the newest pictures of the cameras in turn.

    As many looks are under way as the detector bears at once; they are finished in
    the order in which they began, so each camera's pictures stay in order. Lanes are
    added and removed at any time from other threads.
    """

    def __init__(
        self,
        pipeline: Pipeline,
        clock: Clock,
        pacing: Pacing,
        *,
        seen: Seen | None = None,
        pulse: Pulse | None = None,
        seeing: Pulse | None = None,
    ) -> None:
        """Make ready; `start` starts the thread, whose sign of life is `pulse`.

        `seeing` is the detector's: see `LookFaults`.
        """
        self._pulse = pulse or Pulse(clock)
        self._faults = LookFaults(clock, seeing)
        self._pipeline = pipeline
        self._clock = clock
        self._pacing = pacing
        self._seen = seen
        self._lanes: dict[CameraId, _Served] = {}
        self._under_way: deque[Look] = deque()
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
            self._lanes[camera_id] = _Served(lane, mailbox)
        self._wake.set()

    def remove(self, camera_id: CameraId) -> None:
        """Serve it no more; its lane can be closed when this returns.

        After `stop` a step that does not end is not waited for.
        """
        ended = self._working.acquire(blocking=False)
        while not ended and not self._stop.is_set():
            ended = self._working.acquire(timeout=_STOP_POLL_S)
        try:
            self._drop(camera_id)
        finally:
            if ended:
                self._working.release()

    def _drop(self, camera_id: CameraId) -> None:
        with self._lock:
            served = self._lanes.pop(camera_id, None)
        self._pacing.forget(camera_id)
        if served is None:
            return
        kept = [look for look in self._under_way if look.lane != served.lane]
        for _ in range(len(self._under_way) - len(kept)):
            self._pulse.end()
        self._under_way = deque(kept)

    @property
    def trouble(self) -> str:
        """Why no camera is looked at, as a sentence; empty when all is well."""
        return self._faults.sentence

    @property
    def idle(self) -> bool:
        """Whether no look is under way and no picture waits."""
        with self._working, self._lock:
            waiting = any(served.mailbox.peek() for served in self._lanes.values())
            return not waiting and not self._under_way

    def step(self) -> bool:
        """Begin what can be begun, finish what is done; return whether anything was."""
        with self._working:
            begun = self._begin_looks()
            return self._finish_look() or begun

    def stop(self, timeout_s: float = 2.0) -> bool:
        """End after the picture under way; return whether the thread ended."""
        self._stop.set()
        self._wake.set()
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._stop.is_set():
            self._wake.clear()
            if not self._safe_step():
                self._wake.wait(_IDLE_POLL_S)

    def _safe_step(self) -> bool:
        try:
            return self.step()
        except Exception:  # noqa: BLE001 - a bug here would blind every camera
            _log.exception("the inference loop stumbled; it goes on")
            self._stop.wait(_IDLE_POLL_S)
            return True

    def _begin_looks(self) -> bool:
        begun = False
        while len(self._under_way) < self._pipeline.parallel:
            chosen = self._choose()
            if chosen is None:
                break
            begun = self._begin(*chosen) or begun
        return begun

    def _choose(self) -> tuple[Lane, Picture] | None:
        with self._lock:
            lanes = dict(self._lanes)
        now_ns = self._clock.monotonic_ns()
        waiting = [
            self._waiting(camera_id, served.lane, picture, now_ns)
            for camera_id, served in lanes.items()
            if (picture := served.mailbox.peek()) is not None
        ]
        turn = self._pacing.choose(waiting, now_ns)
        for camera_id, reason in turn.let_go:
            self._let_go(lanes[camera_id], reason)
        if turn.serve is None:
            return None
        served = lanes[turn.serve]
        taken = served.mailbox.take()
        return None if taken is None else (served.lane, taken)

    def _waiting(
        self, camera_id: CameraId, lane: Lane, picture: Picture, now_ns: int
    ) -> Waiting:
        quiet = self._pacing.quiet(camera_id, now_ns)
        stirred = lane.stirred(picture, always=quiet)
        return Waiting(camera_id, picture.time.monotonic_ns, quiet and stirred)

    def _let_go(self, served: _Served, reason: str) -> None:
        picture = served.mailbox.take()
        if picture is None:
            return
        served.lane.monitor.dropped(reason)
        in_order = all(look.lane is not served.lane for look in self._under_way)
        if reason != STALE and in_order:
            served.lane.glance(picture)

    def _begin(self, lane: Lane, picture: Picture) -> bool:
        self._pulse.begin()
        try:
            with tracing(_name_of(picture), camera=str(picture.camera_id)):
                look = self._pipeline.begin(lane, picture)
        except Exception as error:  # noqa: BLE001 - the other cameras go on
            self._pulse.end()
            self._give_up(lane, error)
            return False
        self._under_way.append(look)
        look.detections.add_done_callback(lambda _: self._wake.set())
        return True

    def _finish_look(self) -> bool:
        if not self._under_way or not self._under_way[0].detections.done():
            return False
        look = self._under_way.popleft()
        lane, picture = look.lane, look.picture
        failure = _failure_of(look)
        try:
            with tracing(_name_of(picture), camera=str(picture.camera_id)):
                if failure is not None:
                    self._give_up(lane, failure)
                    return True
                self._faults.worked()
                seen = self._pipeline.finish(look)
        except Exception:  # noqa: BLE001 - one bad picture must not stop the others
            _log.exception("a picture of %s was given up", lane.camera.name)
            lane.monitor.dropped("failed")
            return True
        finally:
            self._pulse.end()
        self._pacing.note(
            picture.camera_id,
            seen.attention,
            self._clock.monotonic_ns(),
            stirred=lane.stirred(picture),
        )
        if self._seen is not None:
            self._seen(picture, seen.tracks)
        return True

    def _give_up(self, lane: Lane, error: BaseException) -> None:
        """Note that the detector failed; a short rest, lest it fails ever faster."""
        self._faults.failed(error, lane.camera.name)
        lane.monitor.dropped("failed")
        self._stop.wait(_REST_AFTER_FAILURE_S)


def _failure_of(look: Look) -> BaseException | None:
    """Return why a look that is done saw nothing at all, None when it saw."""
    if look.detections.cancelled():
        return CancelledError("the detector was closed")
    return look.detections.exception()


def _name_of(picture: Picture) -> str:
    """Return what the log calls a picture before there is an infraction."""
    return f"{picture.camera_id}/{picture.sequence}"
