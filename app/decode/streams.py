"""One session of pictures out of one or two streams of a camera.

The main stream fills the packet ring, and the second one, where there is one, is
decoded; its times are moved onto the main stream's axis. Where the second stream does
not come, or does not show the same picture, the main stream is decoded instead.
"""

import threading
from dataclasses import replace

from av.video.frame import VideoFrame

from app.camera.alignment import Alignment, StreamAligner
from app.camera.source import StreamChanged, VideoPacket
from app.camera.stream import VideoStream
from app.decode.delivery import Delivery
from app.decode.main_pictures import MainPictures
from app.decode.packets import MOST_RING_BYTES, PacketRecord, PacketRing, StreamFormat
from app.decode.parameter_sets import sequence_parameters
from app.decode.stream_choice import StreamChoice
from app.domain.clock import NS_PER_S, CaptureTime

_CHECK_EVERY_NS = NS_PER_S
_MOST_STRAYS = 12
_LARGEST_ASPECT_ERROR = 0.02
_CHANGED = "The camera changed the size of its picture."


def unfit(main_px: tuple[int, int], second_px: tuple[int, int]) -> str:
    """Return why a second stream cannot stand for the main one; empty when it can.

    Both sizes are (width, height). Boxes are carried from one to the other by scaling,
    which is right only where both show the same picture.
    """
    aspect, second_aspect = main_px[0] / main_px[1], second_px[0] / second_px[1]
    if abs(second_aspect / aspect - 1) > _LARGEST_ASPECT_ERROR:
        return (
            f"The second stream has another shape ({second_px[0]} × {second_px[1]}) "
            f"than the first ({main_px[0]} × {main_px[1]}); only the first is used."
        )
    if second_px[0] >= main_px[0]:
        return (
            "The second stream is not smaller than the first; only the first is used."
        )
    return ""


class Streams:
    """Takes what the threads of both streams bring."""

    def __init__(self, delivery: Delivery, keep_ns: int, *, two: bool) -> None:
        """Wait for the main stream, and with `two` for the second."""
        self._delivery = delivery
        self._keep_ns = keep_ns
        self._lock = threading.RLock()
        self._most_bytes = MOST_RING_BYTES
        self._ring = PacketRing(keep_ns)
        self._main: VideoStream | None = None
        self._main_px: tuple[int, int] | None = None
        self._sequence_set: bytes | None = None
        self._choice = StreamChoice(two=two)
        self._aligner = StreamAligner()
        self._alignment: Alignment | None = None
        self._checked_ns = 0
        self._strays = 0

    def close(self) -> None:
        """Let nobody wait for packets any more; waits for no thread of the capture."""
        self._ring.close()

    @property
    def kept_bytes(self) -> int:
        """Compressed bytes that the ring holds."""
        return self._ring.size_bytes

    def limit(self, most_bytes: int) -> None:
        """Keep at most this much of the main stream, of later sessions too.

        Called by the watch over the engine, which must not wait for a capture that
        hangs. A ring that is made at this very moment gets the bound next time.
        """
        self._most_bytes = most_bytes
        self._ring.limit(most_bytes)

    def dropped(self, reason: str, count: int) -> None:
        """Count pictures that a decoder gave up."""
        self._delivery.dropped(reason, count)

    # ---------------------------------------------------------------- the main stream

    def main_opened(self, stream: VideoStream) -> None:
        """Begin with a ring of its own."""
        with self._lock:
            self._delivery.end()
            self._ring.close()
            self._ring = PacketRing(self._keep_ns, self._most_bytes)
            self._main = stream
            self._main_px = stream.size_px
            self._sequence_set = None
            self._aligner.begin_first()
            self._alignment = None
            self._choice.main_opened()
            self._delivery.remark("transport", stream.transport.remark)

    def keep(self, packet: VideoPacket) -> bool:
        """Keep a packet of the main stream; return whether it is to be decoded.

        Raises StreamChanged when it begins another kind of picture.
        """
        record = _record(packet)
        self._refuse_change(record)
        self._ring.append(record)
        now_ns = packet.arrival.monotonic_ns
        with self._lock:
            self._aligner.saw_first(record.stream_ns, now_ns, packet.camera_wall_ns)
            return self._main_px is None or self._choice.wants_main(now_ns)

    def show_main(self, frame: VideoFrame, time: CaptureTime) -> None:
        """Deliver a picture of the main stream, unless the second one's are shown.

        Raises StreamChanged when it has another size than those before it.
        """
        with self._lock:
            self._main_px = (frame.width, frame.height)
            if not self._choice.wants_main(time.monotonic_ns):
                return
            if not self._choice.shows_main or not self._delivery.under_way:
                self._delivery.end()
                stream = self._format(frame.width, frame.height)
                self._delivery.begin(frame, stream, self._ring)
                self._choice.showed_main()
            if not self._delivery.fits(frame):
                raise StreamChanged(_CHANGED)
        self._delivery.deliver(frame, time)

    def main_lost(self, message: str, retry_in_s: float | None) -> None:
        """Close the ring, so that evidence does not wait for more."""
        with self._lock:
            self._main = None
            self._ring.close()
            # Who cuts evidence from the old one holds it; nobody else needs it.
            self._ring = PacketRing(self._keep_ns, self._most_bytes)
            self._ring.close()
            self._delivery.lost(message, retry_in_s)

    def _refuse_change(self, record: PacketRecord) -> None:
        """See in the packets what the decoder of an undecoded stream would see."""
        stream = self._main
        if stream is None or not record.keyframe or not stream.is_annex_b:
            return
        found = sequence_parameters(stream.codec, record.data)
        before, self._sequence_set = self._sequence_set, found or self._sequence_set
        if found is not None and before is not None and before != found:
            raise StreamChanged(_CHANGED)

    # -------------------------------------------------------------- the second stream

    def second_opened(self) -> None:
        """Wait for the first picture of a new run of the second stream."""
        with self._lock:
            self._aligner.begin_second()
            self._alignment = None
            self._choice.second_opened()

    def saw_second(self, packet: VideoPacket) -> None:
        """Take the time of a packet of the second stream."""
        with self._lock:
            self._aligner.saw_second(
                packet.stamp.stream_ns,
                packet.arrival.monotonic_ns,
                packet.camera_wall_ns,
            )

    def show_second(self, frame: VideoFrame, time: CaptureTime) -> None:
        """Deliver a picture of the second stream at the main stream's time."""
        with self._lock:
            alignment = self._alignment_for(frame, time)
            if alignment is None:
                return
            if not self._shows_run_of(frame, alignment):
                self._begin_second(frame, alignment)
            self._choice.showed_second(time.monotonic_ns)
            moved_ns = time.stream_ns + alignment.offset_ns
        self._delivery.deliver(frame, replace(time, stream_ns=moved_ns))

    def second_lost(self, message: str, retry_in_s: float | None) -> None:
        """Say that its pictures stopped; the main stream takes over by and by."""
        with self._lock:
            self._alignment = None
            shown = self._choice.shows_second and self._delivery.under_way
            self._choice.second_lost()
            if message:
                sentence = f"Only the first stream is used: {message}"
                self._delivery.remark("second", sentence)
            if shown:
                self._delivery.lost(message, retry_in_s)

    def _alignment_for(self, frame: VideoFrame, time: CaptureTime) -> Alignment | None:
        """Return how to move a picture's time, None when it is not to be shown."""
        if self._main is None or self._main_px is None:
            self._delivery.dropped("main stream away")
            return None
        reason = unfit(self._main_px, (frame.width, frame.height))
        self._choice.judge(fit=not reason)
        if reason:
            self._delivery.remark("second", reason)
        if not self._choice.takes_second(time.monotonic_ns):
            self._delivery.dropped("second stream not used")
            return None
        self._keep_aligned(time.monotonic_ns)
        if self._alignment is None:
            self._delivery.dropped("being aligned")
        return self._alignment

    def _keep_aligned(self, now_ns: int) -> None:
        """Align once, and anew only when the streams stay visibly apart.

        A camera whose clock is set tells so in one stream before it does in the other.
        """
        known = self._alignment
        if known is not None and now_ns - self._checked_ns < _CHECK_EVERY_NS:
            return
        self._checked_ns = now_ns
        best = self._aligner.estimate(now_ns)
        if best is None:
            return
        strays = known is not None and best.strays_from(known, self._aligner.frame_ns)
        self._strays = self._strays + 1 if strays else 0
        if known is None or self._strays >= _MOST_STRAYS:
            self._alignment, self._strays = best, 0

    def _shows_run_of(self, frame: VideoFrame, alignment: Alignment) -> bool:
        """Whether a picture belongs to the session that is under way."""
        return (
            self._choice.shows_second
            and self._delivery.alignment is alignment
            and self._delivery.fits(frame)
        )

    def _begin_second(self, frame: VideoFrame, alignment: Alignment) -> None:
        self._delivery.end()
        width, height = self._main_px or (frame.width, frame.height)
        stream = self._format(width, height)
        self._delivery.begin(
            frame,
            stream,
            self._ring,
            alignment=alignment,
            main=MainPictures(self._ring, stream),
        )
        self._delivery.remark("second", "")

    def _format(self, width_px: int, height_px: int) -> StreamFormat:
        stream = self._main
        if stream is None:
            raise RuntimeError("a picture without a stream")
        return StreamFormat(
            codec=stream.codec,
            width_px=width_px,
            height_px=height_px,
            extradata=stream.extradata,
        )


def _record(packet: VideoPacket) -> PacketRecord:
    return PacketRecord(
        stream_ns=packet.stamp.stream_ns,
        decode_ns=packet.stamp.decode_ns,
        duration_ns=packet.stamp.duration_ns,
        keyframe=packet.keyframe,
        data=bytes(packet.packet),
    )
