"""How long a camera that cannot be reached is left alone."""

import random
import threading
from datetime import UTC, datetime
from itertools import count

import pytest

from app.camera.backoff import Backoff
from app.camera.source import CameraSource, VideoPacket
from app.camera.stream import VideoStream
from app.domain.clock import NS_PER_S


class _SlowClock:
    """A clock by which every attempt takes `attempt_s`."""

    def __init__(self, attempt_s: float) -> None:
        self._ticks = count(step=int(attempt_s * NS_PER_S))

    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC)

    def monotonic_ns(self) -> int:
        return next(self._ticks)


class _Waits:
    """Keeps the waits of a source, and ends it after the fifth."""

    def __init__(self, stop: threading.Event) -> None:
        self.waits_s: list[float] = []
        self._stop = stop

    def opened(self, stream: VideoStream) -> None:
        raise AssertionError(f"nothing was there to open, but {stream}")

    def arrived(self, packet: VideoPacket) -> None:
        raise AssertionError(f"nothing was there to send {packet}")

    def ended(self, stream: VideoStream) -> None:
        raise AssertionError(f"nothing was there to end, but {stream}")

    def lost(self, message: str, retry_in_s: float | None) -> None:
        assert "no file" in message
        assert retry_in_s is not None
        self.waits_s.append(retry_in_s)
        if len(self.waits_s) == 5:
            self._stop.set()


def _waits_s(attempt_s: float) -> list[float]:
    stop = threading.Event()
    listener = _Waits(stop)
    backoff = Backoff(first_s=0.01, ceiling_s=0.08, chance=random.Random(3))  # noqa: S311
    source = CameraSource(
        "/nowhere/clip.mp4", lambda: None, _SlowClock(attempt_s), stop, backoff=backoff
    )
    source.run(listener)
    return listener.waits_s


def _delays_s() -> list[float]:
    backoff = Backoff(first_s=0.01, ceiling_s=0.08, chance=random.Random(3))  # noqa: S311
    return [backoff.next_s() for _ in range(5)]


def test_a_quick_refusal_waits_for_the_whole_delay() -> None:
    """A dead switch is not stormed."""
    assert _waits_s(0.0) == pytest.approx(_delays_s())


def test_an_attempt_in_vain_has_waited_already() -> None:
    """Time-out and delay do not add up, but some rest there always is."""
    delays_s = _delays_s()
    waits_s = _waits_s(0.02)
    assert waits_s == pytest.approx([max(d - 0.02, 0.2 * d) for d in delays_s])
    assert all(wait_s > 0 for wait_s in _waits_s(60.0))
