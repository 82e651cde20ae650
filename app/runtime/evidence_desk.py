"""evidence -> store: from a finding to a sealed case, without holding up detection.

Two threads. One waits until the seconds after the finding are in the packet ring and
cuts them out; the other has the evidence made and stored. So a slow disk delays
cases but never loses the packets they need. The number of open cases is bounded, and
who hands in one more waits: nothing is dropped, and the cutting never waits.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from app.camera.backoff import Backoff
from app.config.camera import ConfigurationVersion
from app.decode.picture import Session
from app.domain.camera import Camera
from app.domain.clock import NS_PER_S, CaptureTime, SystemClock
from app.domain.errors import EnvironmentFault, StorageUnavailable
from app.domain.infraction import Infraction
from app.domain.plate import PlateReading
from app.domain.pulse import Pulse
from app.domain.signal import LampReading
from app.domain.trace import correlation, tracing
from app.domain.units import ns_from_seconds
from app.evidence.recorder import CaptureRequest
from app.rule.finding import Finding
from app.runtime.history import CameraHistory
from app.runtime.stage_timing import SEAL, StageTimes

_log = logging.getLogger(__name__)
_MOST_OPEN = 128
_GRACE_S = 5.0
_LAMP_BEFORE_NS = 60 * NS_PER_S
_BESIDE_NS = NS_PER_S
"""The look after a clip may be the first that saw who is in its last picture."""
_MOST_FAILURES = 3
_STOP_POLL_S = 0.2


class InfractionRecorder(Protocol):
    """Makes, stores and spools the evidence of a case (`app.evidence.recorder`)."""

    def record(self, request: CaptureRequest) -> Infraction:
        """Block until the case is safe; StorageUnavailable when it cannot be now."""
        ...

    def hurry(self) -> None:
        """Make only what is quick from now on: the engine is being stopped."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OpenCase:
    """A finding on its way to evidence; `infraction` still lacks its plate.

    `plate` is asked at the last moment; `done` is called once the case is stored.
    """

    infraction: Infraction
    camera: Camera
    finding: Finding
    configuration: ConfigurationVersion
    session: Session
    history: CameraHistory
    plate: Callable[[], PlateReading]
    done: Callable[[], None]

    @property
    def start_ns(self) -> int:
        """Stream time at which the clip begins."""
        pre_roll_ns = ns_from_seconds(self.configuration.body.pre_roll_s)
        return min(
            self.finding.occurred.stream_ns - pre_roll_ns,
            self.finding.still_before_ns,
        )

    @property
    def end_ns(self) -> int:
        """Stream time at which the clip ends."""
        post_roll_ns = ns_from_seconds(self.configuration.body.post_roll_s)
        return max(
            self.finding.occurred.stream_ns + post_roll_ns,
            self.finding.still_after_ns,
        )


class EvidenceDesk:
    """Takes findings, and sees each through to the store."""

    def __init__(
        self,
        recorder: InfractionRecorder,
        *,
        patience_s: float = _GRACE_S,
        most_open: int = _MOST_OPEN,
        cutting: Pulse | None = None,
        recording: Pulse | None = None,
        times: StageTimes | None = None,
    ) -> None:
        """Start both threads, each with its sign of life.

        A case whose packets do not come for `patience_s` is cut as it is; `most_open`
        bounds the cases, and with them the packets, that are held.
        """
        self._cutting = cutting or Pulse(SystemClock())
        self._recording = recording or Pulse(SystemClock())
        self._times = times or StageTimes()
        self._refusing = False
        self._recorder = recorder
        self._patience_s = patience_s
        self._room = threading.BoundedSemaphore(most_open)
        self._waiting: queue.Queue[OpenCase | None] = queue.Queue()
        self._ready: queue.Queue[_ReadyCase | None] = queue.Queue()
        self._closing = threading.Event()
        self._give_up = threading.Event()
        self._lock = threading.Lock()
        self._message = ""
        self._failed = 0
        self._recorded = 0
        self._threads = [
            threading.Thread(target=self._cut_all, name="evidence-cut", daemon=True),
            threading.Thread(
                target=self._record_all, name="evidence-record", daemon=True
            ),
        ]
        for thread in self._threads:
            thread.start()

    @property
    def message(self) -> str:
        """A sentence when cases cannot be stored, else empty."""
        with self._lock:
            return self._message

    @property
    def recorded(self) -> int:
        """Cases stored since the start."""
        with self._lock:
            return self._recorded

    @property
    def failed(self) -> int:
        """Cases that no evidence could be made of; each is in the log."""
        with self._lock:
            return self._failed

    @property
    def open_count(self) -> int:
        """Cases on their way, about."""
        return self._waiting.qsize() + self._ready.qsize()

    @property
    def uncut(self) -> int:
        """Cases that wait for their packets, about."""
        return self._waiting.qsize()

    @property
    def unrecorded(self) -> int:
        """Cases that have all their packets and wait to be made, about."""
        return self._ready.qsize()

    @property
    def full(self) -> bool:
        """Whether somebody waits to hand in a finding: too many are open."""
        return self._refusing

    def submit(self, case: OpenCase) -> None:
        """Take a finding; blocks while too many are open."""
        frame = correlation()
        with _tracing(case.infraction):
            _log.info(
                "found %s by track %s",
                case.finding.kind,
                case.finding.track_id,
                extra={"frame": frame},
            )
        if not self._room.acquire(blocking=False):
            self._refusing = True
            self._room.acquire()
            self._refusing = False
        self._waiting.put(case)

    def drain(self) -> None:
        """Wait until every case taken so far is stored or has failed."""
        self._waiting.join()
        self._ready.join()

    def close(self, timeout_s: float = 2.0) -> bool:
        """Record what is there, without waiting for more video; return if all was.

        Rings must be closed before, or the cut waits for its packets.
        """
        self._closing.set()
        self._recorder.hurry()
        deadline_s = time.monotonic() + timeout_s
        self._waiting.put(None)
        for thread in self._threads:
            thread.join(max(0.0, deadline_s - time.monotonic()))
        self._give_up.set()
        self._threads[-1].join(0.5)
        return not any(thread.is_alive() for thread in self._threads)

    def _cut_all(self) -> None:
        while True:
            case = self._waiting.get()
            try:
                if case is None:
                    self._ready.put(None)
                    return
                with self._cutting.working(), _tracing(case.infraction):
                    self._ready.put(self._cut(case))
            except Exception:  # noqa: BLE001 - one case must not stop the others
                self._note_failure("cutting the packets of a case failed")
                self._room.release()
            finally:
                # A thread at rest must not keep a session and its packets alive.
                del case
                self._waiting.task_done()

    def _cut(self, case: OpenCase) -> "_ReadyCase":
        if not self._await_packets(case):
            _log.warning(
                "case %s: the stream ended before its clip did", case.infraction.id
            )
        infraction = replace(case.infraction, plate=case.plate())
        request = _request(case, infraction)
        _log.info("cut %d packets", len(request.packets))
        return _ReadyCase(request, case.done)

    def _await_packets(self, case: OpenCase) -> bool:
        """Wait for the end of the clip, for as long as packets keep coming."""
        ring = case.session.ring
        newest_ns, idle_s = ring.newest_ns, 0.0
        while not ring.wait_for(case.end_ns, _STOP_POLL_S):
            self._cutting.beat()
            if ring.closed or self._closing.is_set() or idle_s > self._patience_s:
                return False
            idle_s = idle_s + _STOP_POLL_S if ring.newest_ns == newest_ns else 0.0
            newest_ns = ring.newest_ns
        return True

    def _record_all(self) -> None:
        while True:
            ready = self._ready.get()
            try:
                if ready is None:
                    return
                infraction = ready.request.infraction
                with self._recording.working(), _tracing(infraction):
                    self._record(ready)
                self._room.release()
            finally:
                del ready
                self._ready.task_done()

    def _record(self, ready: "_ReadyCase") -> None:
        backoff = Backoff(first_s=1.0, ceiling_s=30.0)
        failures = 0
        while failures < _MOST_FAILURES:
            try:
                with self._times.measure(ready.request.infraction.camera_id, SEAL):
                    self._recorder.record(ready.request)
            except EnvironmentFault as fault:
                failures += not isinstance(fault, StorageUnavailable)
                self._note_trouble(str(fault))
            except Exception:  # noqa: BLE001 - one case must not stop the others
                failures += 1
                _log.exception("recording case %s failed", ready.request.infraction.id)
            else:
                self._note_success(ready)
                return
            delay_s = backoff.next_s()
            self._recording.rest(delay_s)
            if self._give_up.wait(delay_s):
                break
            self._recording.beat()
        self._note_failure(f"case {ready.request.infraction.id} could not be recorded")

    def _note_success(self, ready: "_ReadyCase") -> None:
        with self._lock:
            self._message = ""
            self._recorded += 1
        ready.done()

    def _note_trouble(self, sentence: str) -> None:
        _log.error("evidence waits: %s", sentence)
        with self._lock:
            self._message = sentence

    def _note_failure(self, what: str) -> None:
        _log.error(what, exc_info=True)
        with self._lock:
            self._failed += 1


@dataclass(frozen=True, slots=True, eq=False)
class _ReadyCase:
    request: CaptureRequest
    done: Callable[[], None]


def _tracing(infraction: Infraction) -> AbstractContextManager[None]:
    return tracing(str(infraction.id), camera=str(infraction.camera_id))


def _request(case: OpenCase, infraction: Infraction) -> CaptureRequest:
    session = case.session
    lamp: tuple[LampReading, ...] = case.history.lamp(
        case.finding.occurred.stream_ns - _LAMP_BEFORE_NS, case.end_ns
    )
    return CaptureRequest(
        infraction=infraction,
        camera=case.camera,
        finding=case.finding,
        configuration=case.configuration,
        stream=session.format,
        packets=session.ring.cut(case.start_ns, case.end_ns),
        history=case.history.boxes(case.finding.track_id),
        others=case.history.others(
            case.finding.track_id, case.start_ns - _BESIDE_NS, case.end_ns + _BESIDE_NS
        ),
        lamp_history=lamp,
        wall_at=_wall_at(case.finding.occurred),
    )


def _wall_at(anchor: CaptureTime) -> Callable[[int], datetime]:
    """Return wall time as a function of stream time, fixed at the decisive moment."""

    def wall_at(stream_ns: int) -> datetime:
        return anchor.shifted(stream_ns - anchor.stream_ns).wall

    return wall_at
