"""Finds stages that hang, says which, and has them begun anew."""

import logging
import sys
import threading
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.domain.clock import NS_PER_S, Clock
from app.domain.ids import CameraId
from app.domain.pulse import Pulse
from app.runtime.watchdog_policy import Remedy, StageSign, WatchdogPolicy

_log = logging.getLogger(__name__)
_LOOK_EVERY_S = 1.0
_TOLD_FOR_NS = 60 * NS_PER_S

CAPTURE = "capture"
INFERENCE = "inference"
DETECTION = "detection"
PLATES = "plates"
CUTTING = "evidence cutting"
RECORDING = "evidence recording"
FORWARDING = "forwarding"
SITE = "site"

_SENTENCES = {
    CAPTURE: "Reading a camera stood still; it was begun anew.",
    INFERENCE: "Looking at pictures stood still; the engine starts again.",
    DETECTION: "The detector kept failing; the engine starts again.",
    PLATES: "Reading plates stood still; the engine starts again.",
    CUTTING: "Making evidence stood still; the engine starts again.",
    RECORDING: "Making evidence stood still; the engine starts again.",
    FORWARDING: "Handing on infractions stood still; the engine starts again.",
    SITE: "Starting and stopping cameras stood still; the engine starts again.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedStage:
    """A stage, its sign of life, and how long it may go without one."""

    stage: str
    pulse: Pulse
    allowed_s: float
    remedy: Remedy
    camera_id: CameraId | None = None


class Watchdog:
    """Looks once a second; `close` ends its thread.

    `stages` is asked at each look. `remedy` is called on this thread for a stage that
    was found stuck, and must not wait for it.
    """

    def __init__(
        self,
        stages: Callable[[], Sequence[WatchedStage]],
        remedy: Callable[[StageSign, str], None],
        clock: Clock,
        policy: WatchdogPolicy | None = None,
    ) -> None:
        """Start looking."""
        self._stages = stages
        self._remedy = remedy
        self._clock = clock
        self._policy = policy or WatchdogPolicy()
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        self._message = ""
        self._told_ns = 0
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watchdog", daemon=True)
        self._thread.start()

    @property
    def message(self) -> str:
        """A sentence for a minute after a stage was stuck, else empty."""
        with self._lock:
            age_ns = self._clock.monotonic_ns() - self._told_ns
            return self._message if age_ns < _TOLD_FOR_NS else ""

    @property
    def counts(self) -> dict[str, int]:
        """How often each stage was stuck."""
        with self._lock:
            return dict(self._counts)

    def close(self) -> None:
        """Stop looking."""
        self._closing.set()
        if self._thread is not threading.current_thread():
            self._thread.join(1.0)

    def look(self) -> None:
        """Find and remedy what is stuck now."""
        stages = self._stages()
        readings = [(stage, stage.pulse.read()) for stage in stages]
        threads = {
            (stage.stage, stage.camera_id): reading.thread_id
            for stage, reading in readings
            if reading.silent_s > stage.allowed_s
        }
        signs = [
            StageSign(
                stage=stage.stage,
                camera_id=stage.camera_id,
                silent_s=reading.silent_s,
                allowed_s=stage.allowed_s,
                remedy=stage.remedy,
            )
            for stage, reading in readings
        ]
        now_s = self._clock.monotonic_ns() / NS_PER_S
        for sign in self._policy.decide(signs, now_s):
            self._tell(sign, threads.get((sign.stage, sign.camera_id)))

    def _run(self) -> None:
        while not self._closing.wait(_LOOK_EVERY_S):
            try:
                self.look()
            except Exception:  # noqa: BLE001 - the watch must outlive its own bugs
                _log.exception("watching the stages failed")

    def _tell(self, sign: StageSign, thread_id: int | None) -> None:
        sentence = _SENTENCES[sign.stage]
        _log.error(
            "%s has not got on for %.0f s; its thread is at:\n%s",
            sign.stage,
            sign.silent_s,
            stack_of(thread_id),
            extra={"camera": sign.camera_id, "stage": sign.stage},
        )
        with self._lock:
            self._counts[sign.stage] += 1
            self._message, self._told_ns = sentence, self._clock.monotonic_ns()
        self._remedy(sign, sentence)


def stack_of(thread_id: int | None) -> str:
    """Return where a thread is, as text; native code shows only its caller."""
    frame = sys._current_frames().get(thread_id or 0)  # noqa: SLF001 - the only way
    if frame is None:
        return "(the thread is gone, or was never here)"
    return "".join(traceback.format_stack(frame))
