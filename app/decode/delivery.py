"""Decoded pictures, numbered and in order, on their way to whoever looks."""

import threading
from typing import Protocol

from av.video.frame import VideoFrame

from app.camera.alignment import Alignment
from app.decode.freeze import FreezeWatch
from app.decode.mailbox import Mailbox
from app.decode.main_pictures import MainPictures
from app.decode.packets import PacketRing, StreamFormat
from app.decode.picture import Converter, Picture, Session
from app.domain.clock import CaptureTime
from app.domain.errors import CameraUnreachable
from app.domain.ids import CameraId

_LARGEST_SIDE_PX = 8192
_SUBJECTS = ("freeze", "second", "transport")
_FROZEN = "The picture no longer changes at all: the camera may have frozen."


class CaptureEvents(Protocol):
    """Is told how capture goes, on its threads; must return at once."""

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

    def stream_remark(self, sentence: str) -> None:
        """Something is worth knowing though pictures come; empty for nothing."""
        ...


class Delivery:
    """Numbers pictures over all sessions and puts them into the mailbox.

    Thread-safe, so that a session can pass from one stream's thread to the other's.
    """

    def __init__(
        self, camera_id: CameraId, mailbox: Mailbox[Picture], events: CaptureEvents
    ) -> None:
        """Begin without a session."""
        self._camera_id = camera_id
        self._mailbox = mailbox
        self._events = events
        self._lock = threading.RLock()
        self._session: Session | None = None
        self._size_px = (0, 0)
        self._sessions = 0
        self._sequence = 0
        self._last_ns = -1
        self._freeze = FreezeWatch()
        self._frozen = False
        self._remarks: dict[str, str] = {}
        self._to_network, self._to_wall = Converter(), Converter()

    def begin(
        self,
        first: VideoFrame,
        stream: StreamFormat,
        ring: PacketRing,
        *,
        alignment: Alignment | None = None,
        main: MainPictures | None = None,
    ) -> None:
        """Begin a session whose pictures have the size of `first`.

        `stream` and `ring` are the main stream's, whichever stream is decoded.
        Raises CameraUnreachable for a picture that is larger than any camera's.
        """
        if max(first.width, first.height) > _LARGEST_SIDE_PX:
            raise CameraUnreachable("The camera's picture is larger than 8192 pixels.")
        with self._lock:
            self._sessions += 1
            # Had the times of the last one been wrong, all that is right would come
            # too early for ever; nothing but the number goes on from it.
            self._last_ns = -1
            self._size_px = (first.width, first.height)
            self._freeze = FreezeWatch()
            self._session = Session(
                number=self._sessions,
                format=stream,
                ring=ring,
                alignment=alignment,
                main=main,
            )
            self._events.session_began(self._session)

    def end(self) -> None:
        """End the session; what its main pictures held is let go."""
        with self._lock:
            session, self._session = self._session, None
        if session is not None and session.main is not None:
            session.main.close()

    @property
    def alignment(self) -> Alignment | None:
        """How the session's times were moved; None without a session, or unmoved."""
        session = self._session
        return None if session is None else session.alignment

    @property
    def under_way(self) -> bool:
        """Whether a session has begun and not ended."""
        return self._session is not None

    def fits(self, frame: VideoFrame) -> bool:
        """Whether a picture has the size of the session's first."""
        return (frame.width, frame.height) == self._size_px

    def deliver(self, video_frame: VideoFrame, time: CaptureTime) -> None:
        """Hand a picture of the session on; one that goes back in time is dropped."""
        with self._lock:
            session = self._session
            if session is None or time.stream_ns <= self._last_ns:
                over = "session over" if session is None else "time went back"
                self._events.dropped(over)
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
            self._watch_for_freeze(video_frame, time.stream_ns)
            self._events.received(picture)
        if self._mailbox.put(picture) is not None:
            self._events.dropped("newer frame came first")

    def dropped(self, reason: str, count: int = 1) -> None:
        """Count pictures that never became part of a session."""
        if count:
            self._events.dropped(reason, count)

    def lost(self, message: str, retry_in_s: float | None) -> None:
        """End the session and tell why."""
        self.end()
        self._events.session_lost(message, retry_in_s)

    def remark(self, subject: str, sentence: str) -> None:
        """Say something of one subject, or with an empty sentence no more of it.

        What is told is one sentence: of the gravest subject that has one.
        """
        with self._lock:
            if self._remarks.get(subject, "") == sentence:
                return
            self._remarks[subject] = sentence
            known = (self._remarks.get(each, "") for each in _SUBJECTS)
            said = next((text for text in known if text), "")
        self._events.stream_remark(said)

    def _watch_for_freeze(self, frame: VideoFrame, stream_ns: int) -> None:
        frozen = self._freeze.frozen(frame, stream_ns)
        if frozen != self._frozen:
            self._frozen = frozen
            self.remark("freeze", _FROZEN if frozen else "")
