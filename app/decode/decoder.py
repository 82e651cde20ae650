"""Packets to pictures, and nothing shown that rests on damaged data."""

import time
from collections import OrderedDict
from collections.abc import Callable

import av
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from app.camera.source import VideoPacket
from app.domain.clock import NS_PER_S, CaptureTime
from app.domain.errors import CameraUnreachable

_MOST_HELD = 64
_HOPELESS_AFTER_NS = 30 * NS_PER_S


class PictureDecoder:
    """The decoder of one session; holds no frame back unless there are B-frames.

    After a damaged packet nothing is handed out until the next keyframe: a torn
    picture can look like a vehicle. On a `lossy` way a picture may be missing whole,
    which the decoder does not see: there a gap in time counts as damage, too.
    """

    def __init__(
        self,
        *,
        lossy: bool = False,
        live: bool = False,
        took: Callable[[float], None] | None = None,
    ) -> None:
        """Wait for the first keyframe; `took` is told the seconds of each packet.

        Of a `live` stream that gives no sound picture for 30 s nothing more is hoped:
        `decode` then raises CameraUnreachable.
        """
        self._live = live
        self._hoping_since_ns: int | None = None
        self._took = took
        self.corrupt_count = 0
        """Pictures that were damaged."""
        self.withheld_count = 0
        """Pictures that rested on damage, or came before the first keyframe."""
        self._lossy = lossy
        self._last_pts: int | None = None
        self._step: int | None = None
        self._waiting_for_keyframe = True
        self._lacks_keyframe = True
        self._arrivals: OrderedDict[int | None, CaptureTime] = OrderedDict()

    def decode(self, packet: VideoPacket) -> list[tuple[VideoFrame, CaptureTime]]:
        """Return the frames that this packet completes, with the times of each.

        Packets that no keyframe has come before are not even decoded.
        """
        self._hope(packet.arrival.monotonic_ns)
        if self._lossy and self._is_gap(packet.packet.pts) and not packet.keyframe:
            self._damaged()
            self._lacks_keyframe = True
        self._lacks_keyframe = self._lacks_keyframe and not packet.keyframe
        if self._lacks_keyframe:
            self.withheld_count += 1
            return []
        self._remember(packet)
        try:
            frames = self._timed(packet)
        except av.error.FFmpegError:
            self._damaged()
            return []
        if packet.packet.is_corrupt:
            self._damaged()
        sound = [
            (frame, self._arrivals.pop(frame.pts, packet.arrival))
            for frame in frames
            if self._sound(frame)
        ]
        if sound:
            self._hoping_since_ns = None
        return sound

    def _hope(self, now_ns: int) -> None:
        since_ns = self._hoping_since_ns
        if since_ns is None:
            self._hoping_since_ns = now_ns
        elif self._live and now_ns - since_ns > _HOPELESS_AFTER_NS:
            raise CameraUnreachable(
                "What the camera sends cannot be decoded. Check its encoder."
            )

    def skip(self) -> None:
        """Take note that a packet was left out: only a keyframe mends that."""
        self._waiting_for_keyframe = True
        self._lacks_keyframe = True
        self._hoping_since_ns = None
        self._arrivals.clear()

    def flush(self, codec: VideoCodecContext) -> list[tuple[VideoFrame, CaptureTime]]:
        """Return the frames that waited for a later packet; the recording is over."""
        try:
            frames = codec.decode(None)
        except av.error.FFmpegError:
            return []
        return [
            (frame, self._arrivals.pop(frame.pts))
            for frame in frames
            if frame.pts in self._arrivals and self._sound(frame)
        ]

    def _is_gap(self, pts: int | None) -> bool:
        """Tell whether the time from the last packet is that of two pictures."""
        last, self._last_pts = self._last_pts, pts
        if last is None or pts is None or pts <= last:
            return False
        step = pts - last
        usual, self._step = self._step, step
        if usual is None:
            return False
        self._step = min(step, usual + usual // 8)
        return step > usual * 7 // 4

    def _timed(self, packet: VideoPacket) -> list[VideoFrame]:
        began_ns = time.perf_counter_ns()
        try:
            return packet.packet.decode()
        finally:
            if self._took is not None:
                self._took((time.perf_counter_ns() - began_ns) / NS_PER_S)

    def _remember(self, packet: VideoPacket) -> None:
        self._arrivals[packet.packet.pts] = packet.arrival
        while len(self._arrivals) > _MOST_HELD:
            self._arrivals.popitem(last=False)

    def _sound(self, frame: VideoFrame) -> bool:
        if frame.is_corrupt:
            self._damaged()
            return False
        self._waiting_for_keyframe = self._waiting_for_keyframe and not frame.key_frame
        self.withheld_count += self._waiting_for_keyframe
        return not self._waiting_for_keyframe

    def _damaged(self) -> None:
        self.corrupt_count += 1
        self._waiting_for_keyframe = True
