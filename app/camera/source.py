"""A camera as an endless run of packets, over all its reconnections."""

import logging
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Protocol

from av.packet import Packet
from av.video.stream import VideoStream as AvVideoStream

from app.camera.backoff import Backoff
from app.camera.clock_offset import ClockOffsetFilter
from app.camera.credentials import Credentials
from app.camera.stream import VideoStream, open_somehow
from app.camera.stream_clock import Stamp, StreamClock, TimelineBroken
from app.camera.transport import Transport
from app.domain.clock import NS_PER_S, CaptureTime, Clock
from app.domain.errors import CameraUnreachable, EnvironmentFault

_log = logging.getLogger(__name__)
_UNIX_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HEALTHY_AFTER_PACKETS = 25
_LEAST_REST = 0.2
"""Of every delay this share is waited, however long the attempt took."""
_LONGEST_GAP_NS = 30 * NS_PER_S
"""A gap of a recording that the packet ring bears: no picture of it is lost."""
_LONGEST_PAUSE_NS = 12 * 3600 * NS_PER_S
"""A recorder that only writes when something moves pauses for as long as it likes."""


class StreamChanged(CameraUnreachable):
    """The camera sends another kind of picture now: to be opened again at once."""


class Pace(Enum):
    """How a source is read."""

    LIVE = "live"
    """As packets come; a camera sets its own pace."""
    REAL_TIME = "real_time"
    """A recording played at its own speed, as if it were a camera."""
    FAST = "fast"
    """A recording as fast as it can be worked on; wall time follows stream time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoPacket:
    """A compressed packet with its place in stream time and its arrival.

    `camera_wall` is the camera's own time of the picture, None where no sender report
    has given it.
    """

    packet: "Packet[AvVideoStream]"
    stamp: Stamp
    arrival: CaptureTime
    camera_wall: datetime | None = None

    @property
    def keyframe(self) -> bool:
        """Whether decoding can begin here."""
        return self.packet.is_keyframe

    @property
    def camera_wall_ns(self) -> int | None:
        """`camera_wall` in nanoseconds since 1970."""
        if self.camera_wall is None:
            return None
        return (self.camera_wall - _UNIX_EPOCH) // timedelta(microseconds=1) * 1000


class SourceListener(Protocol):
    """Is told what a source sees, on the source's own thread."""

    def opened(self, stream: VideoStream) -> None:
        """Take the first packet of a new session next; the old one is over."""
        ...

    def arrived(self, packet: VideoPacket) -> None:
        """Take the next packet of the session.

        May raise CameraUnreachable to have the session opened again, StreamChanged to
        have that done without waiting.
        """
        ...

    def ended(self, stream: VideoStream) -> None:
        """Take what the decoder still holds: a recording came to its end."""
        ...

    def lost(self, message: str, retry_in_s: float | None) -> None:
        """Note that the session is over; None when it will not be tried again."""
        ...


class CameraSource:
    """Opens, reads, times and reopens one camera."""

    def __init__(
        self,
        url: str,
        credentials: Callable[[], Credentials | None],
        clock: Clock,
        stop: threading.Event,
        *,
        pace: Pace = Pace.LIVE,
        backoff: Backoff | None = None,
        recorded_from: datetime | None = None,
        accelerate: bool = False,
    ) -> None:
        """Make ready; `credentials` is asked at every connection, and not kept.

        With `accelerate` a graphics card decodes it, where there is one.
        `recorded_from` is the wall time at which a FAST recording begins; without it
        the recording begins now.
        """
        self._url = url
        self._credentials = credentials
        self._clock = clock
        self._stop = stop
        self._pace = pace
        self._accelerate = accelerate
        self._backoff = backoff or Backoff()
        self._recorded_from = recorded_from
        self._stream_clock = (
            StreamClock(
                largest_step_ns=_LONGEST_GAP_NS, longest_pause_ns=_LONGEST_PAUSE_NS
            )
            if pace is Pace.FAST
            else StreamClock()
        )
        self._offsets = ClockOffsetFilter()
        self._began: CaptureTime | None = None
        self._transport = Transport.TCP
        self._packets = 0

    def run(self, listener: SourceListener) -> None:
        """Read until `stop` is set; a FAST recording ends by itself."""
        while not self._stop.is_set():
            asked_ns = self._clock.monotonic_ns()
            message, changed = self._session(listener)
            if self._pace is Pace.FAST or self._stop.is_set():
                listener.lost(message, None)
                return
            # A camera that changes all the time is left to the back-off.
            steady = self._packets >= _HEALTHY_AFTER_PACKETS
            retry_in_s = 0.0 if changed and steady else self._wait_s(asked_ns)
            listener.lost(message, retry_in_s)
            self._stop.wait(retry_in_s)

    def _wait_s(self, asked_ns: int) -> float:
        """Return how long to wait; an attempt in vain that took long has waited."""
        delay_s = self._backoff.next_s()
        if self._packets:
            return delay_s
        spent_s = (self._clock.monotonic_ns() - asked_ns) / NS_PER_S
        return max(delay_s - spent_s, delay_s * _LEAST_REST)

    def _session(self, listener: SourceListener) -> tuple[str, bool]:
        """Run one session to its end; return why it ended, and if by a change."""
        self._packets = 0
        try:
            stream = self._opened()
        except EnvironmentFault as fault:
            return str(fault), False
        try:
            return self._read(stream, listener), False
        except EnvironmentFault as fault:
            return str(fault), isinstance(fault, StreamChanged)
        finally:
            stream.close()

    def _opened(self) -> VideoStream:
        """Open the camera in the way that it accepted before."""
        remembered, self._transport = self._transport, Transport.TCP
        stream = open_somehow(
            self._url,
            self._credentials(),
            first=remembered,
            accelerate=self._accelerate,
        )
        self._transport = stream.transport
        return stream

    def _read(self, stream: VideoStream, listener: SourceListener) -> str:
        self._begin(stream, listener)
        for packet in stream.packets():
            if self._stop.is_set():
                return ""
            listener.arrived(self._timed(packet, stream, listener))
            self._packets += 1
            if self._packets == _HEALTHY_AFTER_PACKETS:
                self._backoff.reset()
        listener.ended(stream)
        live = self._pace is Pace.LIVE
        return "The camera ended the stream." if live else "The recording ended."

    def _begin(self, stream: VideoStream, listener: SourceListener) -> None:
        self._stream_clock.begin_session(self._clock.monotonic_ns())
        self._began = None
        self._packets = 0
        listener.opened(stream)

    def _timed(
        self,
        packet: "Packet[AvVideoStream]",
        stream: VideoStream,
        listener: SourceListener,
    ) -> VideoPacket:
        arrival_ns = self._clock.monotonic_ns()
        try:
            stamp = self._stamp(packet, arrival_ns)
        except TimelineBroken:
            _log.info("timestamps jumped; a new session begins")
            self._begin(stream, listener)
            stamp = self._stamp(packet, arrival_ns)
        camera_wall = _camera_wall(packet) if self._pace is Pace.LIVE else None
        return VideoPacket(
            packet=packet,
            stamp=stamp,
            arrival=self._arrival(stamp, arrival_ns, camera_wall),
            camera_wall=camera_wall,
        )

    def _stamp(self, packet: "Packet[AvVideoStream]", arrival_ns: int) -> Stamp:
        return self._stream_clock.stamp(
            pts=packet.pts,
            dts=packet.dts,
            duration=packet.duration,
            time_base=packet.time_base,
            arrival_ns=arrival_ns,
        )

    def _arrival(
        self, stamp: Stamp, arrival_ns: int, camera_wall: datetime | None
    ) -> CaptureTime:
        now = CaptureTime(
            stream_ns=stamp.stream_ns,
            monotonic_ns=arrival_ns,
            wall=self._clock.now(),
        )
        if self._pace is Pace.LIVE:
            return self._with_camera_clock(camera_wall, now)
        began = self._began = self._began or now
        due = began.shifted(stamp.stream_ns - began.stream_ns)
        if self._pace is Pace.REAL_TIME:
            self._stop.wait(max(0, due.monotonic_ns - arrival_ns) / NS_PER_S)
        if self._pace is Pace.FAST and self._recorded_from is not None:
            played = timedelta(microseconds=stamp.stream_ns / 1000)
            return replace(due, wall=self._recorded_from + played)
        return due

    def _with_camera_clock(
        self, camera_wall: datetime | None, arrival: CaptureTime
    ) -> CaptureTime:
        if camera_wall is None:
            return arrival
        offset_us = (camera_wall - arrival.wall) // timedelta(microseconds=1)
        best_ns = self._offsets.add(offset_us * 1000, arrival.monotonic_ns)
        return replace(arrival, clock_offset_ns=best_ns)


def _camera_wall(packet: "Packet[AvVideoStream]") -> datetime | None:
    """Return the camera's own time of the packet, if its sender reports gave it.

    libav then attaches an AVProducerReferenceTime: int64 microseconds since 1970, int32
    flags.
    """
    if not packet.has_sidedata("prft"):
        return None
    (camera_us,) = struct.unpack_from("<q", bytes(packet.get_sidedata("prft")))
    try:
        return _UNIX_EPOCH + timedelta(microseconds=camera_us)
    except OverflowError:
        return None
