"""camera -> decode: one thread per camera, packets to the ring, pictures out."""

import logging
import threading
from typing import Protocol

from av.video.frame import VideoFrame

from app.camera.source import CameraSource, VideoPacket
from app.camera.stream import VideoStream
from app.decode.decoder import PictureDecoder
from app.decode.mailbox import Mailbox
from app.decode.packets import PacketRecord, PacketRing, StreamFormat
from app.decode.picture import Converter, Picture, Session
from app.domain.clock import NS_PER_S, CaptureTime
from app.domain.errors import CameraUnreachable
from app.domain.ids import CameraId

_log = logging.getLogger(__name__)
_LARGEST_SIDE_PX = 8192


class CaptureEvents(Protocol):
    """Is told how capture goes, on the capture thread; must return at once."""

    def session_began(self, session: Session) -> None:
        """A stream was opened."""
        ...

    def received(self, picture: Picture) -> None:
        """A picture was decoded."""
        ...

    def dropped(self, reason: str, count: int = 1) -> None:
        """Pictures were given up for `reason`."""
        ...

    def session_lost(self, message: str, retry_in_s: float | None) -> None:
        """The stream ended; it is tried again after `retry_in_s`, None for never."""
        ...


class Capture:
    """Reads one camera for as long as it is wanted; owns its thread."""

    def __init__(
        self,
        camera_id: CameraId,
        source: CameraSource,
        stop: threading.Event,
        mailbox: Mailbox[Picture],
        events: CaptureEvents,
        *,
        keep_ns: int = 60 * NS_PER_S,
    ) -> None:
        """Make ready; `stop` is the event that `source` was given."""
        self._camera_id = camera_id
        self._source = source
        self._stop = stop
        self._mailbox = mailbox
        self._events = events
        self._keep_ns = keep_ns
        self._stream: VideoStream | None = None
        self._ring = PacketRing(keep_ns)
        self._session: Session | None = None
        self._sessions = 0
        self._sequence = 0
        self._last_ns = -1
        self._decoder = PictureDecoder()
        self._to_network, self._to_wall = Converter(), Converter()
        self._thread = threading.Thread(
            target=self._run, name=f"capture-{str(camera_id)[-8:]}", daemon=True
        )

    def start(self) -> None:
        """Start reading."""
        self._thread.start()

    def stop(self) -> None:
        """Ask the thread to end; a read that blocks ends within 3 s."""
        self._stop.set()
        self._mailbox.close()
        self._ring.close()

    def join(self, timeout_s: float | None = None) -> bool:
        """Wait for the thread; return whether it ended."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    @property
    def alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._source.run(self)
                return
            except Exception:  # noqa: BLE001 - one camera must not stop the rest
                _log.exception("capture failed; it starts again")
                self.lost("Reading the camera failed; it starts again.", 1.0)
                self._stop.wait(1.0)

    def opened(self, stream: VideoStream) -> None:
        """Begin with a ring and a decoder of its own."""
        self._end_session()
        self._decoder = PictureDecoder()
        self._stream = stream
        self._ring = PacketRing(self._keep_ns)

    def arrived(self, packet: VideoPacket) -> None:
        """Keep the packet, then decode it."""
        self._ring.append(_record(packet))
        corrupt_before = self._decoder.corrupt_count
        for video_frame, time in self._decoder.decode(packet):
            self._deliver(video_frame, time)
        corrupt = self._decoder.corrupt_count - corrupt_before
        if corrupt:
            self._events.dropped("corrupt", corrupt)

    def ended(self, stream: VideoStream) -> None:
        """Deliver the last pictures of a recording."""
        for video_frame, time in self._decoder.flush(stream.codec_context):
            self._deliver(video_frame, time)

    def lost(self, message: str, retry_in_s: float | None) -> None:
        """Close the session's ring, so that evidence does not wait for more."""
        self._end_session()
        self._events.session_lost(message, retry_in_s)

    def _end_session(self) -> None:
        self._ring.close()
        self._session = None

    def _begin_session(self, first: VideoFrame) -> Session:
        """Begin with the first whole picture: only now is its size known."""
        if self._stream is None:
            raise RuntimeError("a picture without a stream")
        if max(first.width, first.height) > _LARGEST_SIDE_PX:
            raise CameraUnreachable("The camera's picture is larger than 8192 pixels.")
        self._sessions += 1
        session = Session(
            number=self._sessions,
            format=StreamFormat(
                codec=self._stream.codec,
                width_px=first.width,
                height_px=first.height,
                extradata=bytes(self._stream.codec_context.extradata or b""),
            ),
            ring=self._ring,
        )
        self._events.session_began(session)
        return session

    def _deliver(self, video_frame: VideoFrame, time: CaptureTime) -> None:
        if self._session is None:
            self._session = self._begin_session(video_frame)
        session = self._session
        shape = (session.format.width_px, session.format.height_px)
        if (video_frame.width, video_frame.height) != shape:
            raise CameraUnreachable("The camera changed the size of its picture.")
        if time.stream_ns <= self._last_ns:
            self._events.dropped("time went back")
            return
        self._last_ns = time.stream_ns
        self._sequence += 1
        picture = Picture(
            camera_id=self._camera_id,
            sequence=self._sequence,
            time=time,
            session=session,
            video_frame=video_frame,
            to_network=self._to_network,
            to_wall=self._to_wall,
        )
        self._events.received(picture)
        if self._mailbox.put(picture) is not None:
            self._events.dropped("newer frame came first")


def _record(packet: VideoPacket) -> PacketRecord:
    return PacketRecord(
        stream_ns=packet.stamp.stream_ns,
        decode_ns=packet.stamp.decode_ns,
        duration_ns=packet.stamp.duration_ns,
        keyframe=packet.keyframe,
        data=bytes(packet.packet),
    )
