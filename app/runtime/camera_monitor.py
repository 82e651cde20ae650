"""What one camera does, counted: every picture, and every one that was given up."""

import threading
from collections import Counter
from collections.abc import Mapping

from app.decode.picture import Picture, Session
from app.domain.camera import CameraHealth, CameraState
from app.domain.clock import NS_PER_S, Clock
from app.domain.ids import CameraId
from app.runtime.rate import RateMeter

_LATE_AFTER_MS = 1000.0
_SILENT_AFTER_NS = 2 * NS_PER_S
_SMOOTHING = 0.1
_LATE_SENTENCE = "Pictures are worked on late: the computer is too slow for its load."
_SILENT_SENTENCE = "The camera has sent no picture for some seconds."


class CameraMonitor:
    """Told by capture, inference and evidence threads; asked by the status thread."""

    def __init__(self, camera_id: CameraId, clock: Clock) -> None:
        """Start as connecting."""
        self._camera_id = camera_id
        self._clock = clock
        self._lock = threading.Lock()
        self._state = CameraState.CONNECTING
        self._message = ""
        self._remark = ""
        self._stream_remark = ""
        self._preview_remark = ""
        self._retry_at_ns: int | None = None
        self._counts: Counter[str] = Counter()
        self._drops: Counter[str] = Counter()
        self._received = RateMeter()
        self._detected = RateMeter()
        self._last_received_ns: int | None = None
        self._latency_ms = 0.0
        self._clock_offset_ms: float | None = None

    @property
    def drops(self) -> Mapping[str, int]:
        """Pictures given up, by reason."""
        with self._lock:
            return dict(self._drops)

    def session_began(self, session: Session) -> None:
        """Count the reconnection, unless it is the first session."""
        with self._lock:
            self._counts["reconnects"] += session.number > 1
            self._retry_at_ns = None

    def received(self, picture: Picture) -> None:
        """Count a decoded picture."""
        now_ns = self._clock.monotonic_ns()
        offset_ns = picture.time.clock_offset_ns
        with self._lock:
            self._counts["received"] += 1
            self._received.tick(now_ns)
            self._last_received_ns = now_ns
            self._state = CameraState.ONLINE
            if offset_ns is not None:
                self._clock_offset_ms = offset_ns / 1e6

    def dropped(self, reason: str, count: int = 1) -> None:
        """Count pictures that were given up."""
        with self._lock:
            self._drops[reason] += count

    def session_lost(self, message: str, retry_in_s: float | None) -> None:
        """Note that there is no stream."""
        now_ns = self._clock.monotonic_ns()
        with self._lock:
            self._state, self._message = CameraState.OFFLINE, message
            self._last_received_ns = None
            self._retry_at_ns = (
                None if retry_in_s is None else now_ns + round(retry_in_s * NS_PER_S)
            )

    def worked_on(self, picture: Picture, detection_count: int) -> None:
        """Count a picture that went through to its overlay."""
        now_ns = self._clock.monotonic_ns()
        latency_ms = (now_ns - picture.time.monotonic_ns) / 1e6
        with self._lock:
            self._counts["detected"] += 1
            self._counts["detections"] += detection_count
            self._detected.tick(now_ns)
            first = self._counts["detected"] == 1
            weight = 1.0 if first else _SMOOTHING
            self._latency_ms += weight * (latency_ms - self._latency_ms)

    def remark(self, sentence: str) -> None:
        """Show `sentence` while pictures come; empty for nothing to say."""
        with self._lock:
            self._remark = sentence

    def stream_remark(self, sentence: str) -> None:
        """Show what the streams say of themselves, in the same way."""
        with self._lock:
            self._stream_remark = sentence

    def preview_remark(self, sentence: str) -> None:
        """Show why nobody can see this camera, in the same way."""
        with self._lock:
            self._preview_remark = sentence

    def recorded(self) -> None:
        """Count an infraction whose evidence is stored."""
        with self._lock:
            self._counts["infractions"] += 1

    def health(self) -> CameraHealth:
        """Return the counters and the state of now."""
        now_ns = self._clock.monotonic_ns()
        with self._lock:
            state, message = self._state_at(now_ns)
            return CameraHealth(
                camera_id=self._camera_id,
                state=state,
                message=message,
                frames_received=self._counts["received"],
                frames_detected=self._counts["detected"],
                frames_dropped=sum(self._drops.values()),
                detections=self._counts["detections"],
                reconnects=self._counts["reconnects"],
                infractions=self._counts["infractions"],
                fps=round(self._received.per_second(now_ns), 2),
                detected_fps=round(self._detected.per_second(now_ns), 2),
                latency_ms=round(self._latency_ms, 1),
                clock_offset_ms=self._clock_offset_ms,
                retry_in_s=self._retry_in_s(now_ns),
            )

    def _state_at(self, now_ns: int) -> tuple[CameraState, str]:
        if self._state is not CameraState.ONLINE or self._last_received_ns is None:
            return self._state, self._message
        if now_ns - self._last_received_ns > _SILENT_AFTER_NS:
            return CameraState.LATE, _SILENT_SENTENCE
        if self._latency_ms > _LATE_AFTER_MS:
            return CameraState.LATE, _LATE_SENTENCE
        remarks = (self._remark, self._preview_remark, self._stream_remark)
        return self._state, next(filter(None, remarks), "")

    def _retry_in_s(self, now_ns: int) -> float | None:
        if self._retry_at_ns is None:
            return None
        return round(max(0.0, (self._retry_at_ns - now_ns) / NS_PER_S), 1)
