"""camera -> decode: packets of the main stream to the ring, pictures out.

With a second stream the pictures are the second stream's, and the main stream is only
kept; without one, the main stream is decoded.
"""

import logging
import threading
from collections.abc import Callable

from app.camera.source import CameraSource, SourceListener
from app.decode.delivery import CaptureEvents, Delivery
from app.decode.listeners import LivelyListener, MainListener, SecondListener
from app.decode.mailbox import Mailbox
from app.decode.picture import Picture
from app.decode.streams import Streams
from app.domain.clock import NS_PER_S, Clock, SystemClock
from app.domain.ids import CameraId
from app.domain.pulse import Pulse
from app.domain.trace import tracing

__all__ = ["Capture", "CaptureEvents"]
_log = logging.getLogger(__name__)


class Capture:
    """Reads one camera for as long as it is wanted; owns a thread for each stream."""

    def __init__(
        self,
        camera_id: CameraId,
        source: CameraSource,
        stop: threading.Event,
        mailbox: Mailbox[Picture],
        events: CaptureEvents,
        *,
        keep_ns: int = 60 * NS_PER_S,
        second: CameraSource | None = None,
        clock: Clock | None = None,
        decode_took: Callable[[float], None] | None = None,
    ) -> None:
        """Make ready; `stop` is the event that the sources were given.

        `second` is a smaller stream of the same picture. Its threads show signs of
        life by `clock`; `decode_took` is told the seconds that decoding a packet takes.
        """
        self._clock = clock or SystemClock()
        self.pulses: list[Pulse] = []
        """One for each thread; all the time that a thread runs it has work."""
        self._camera_id = camera_id
        self._stop = stop
        self._mailbox = mailbox
        delivery = Delivery(camera_id, mailbox, events)
        self._streams = Streams(delivery, keep_ns, two=second is not None)
        short = str(camera_id)[-8:]
        self._threads = [
            self._reader(
                f"capture-{short}", source, MainListener(self._streams, decode_took)
            ),
        ]
        if second is not None:
            listener = SecondListener(self._streams, decode_took)
            self._threads.append(self._reader(f"second-{short}", second, listener))

    def start(self) -> None:
        """Start reading."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Ask the threads to end; a read that blocks ends within 3 s."""
        self._stop.set()
        self._mailbox.close()
        self._streams.close()

    def join(self, timeout_s: float | None = None) -> bool:
        """Wait for the threads, `timeout_s` for each; return whether they ended."""
        for thread in self._threads:
            thread.join(timeout_s)
        return not self.alive

    @property
    def kept_bytes(self) -> int:
        """Compressed bytes kept for evidence."""
        return self._streams.kept_bytes

    def limit(self, most_bytes: int) -> None:
        """Keep at most this much for evidence from now on."""
        self._streams.limit(most_bytes)

    @property
    def alive(self) -> bool:
        """Whether a thread runs."""
        return any(thread.is_alive() for thread in self._threads)

    def _reader(
        self, name: str, source: CameraSource, listener: SourceListener
    ) -> threading.Thread:
        pulse = Pulse(self._clock)
        self.pulses.append(pulse)
        lively = LivelyListener(listener, pulse)
        return threading.Thread(
            target=self._read, args=(source, lively, pulse), name=name, daemon=True
        )

    def _read(
        self, source: CameraSource, listener: SourceListener, pulse: Pulse
    ) -> None:
        with pulse.working(), tracing(camera=str(self._camera_id)):
            self._read_on(source, listener)

    def _read_on(self, source: CameraSource, listener: SourceListener) -> None:
        while not self._stop.is_set():
            try:
                source.run(listener)
                return
            except Exception:  # noqa: BLE001 - one camera must not stop the rest
                _log.exception("capture failed; it starts again")
                listener.lost("Reading the camera failed; it starts again.", 1.0)
                self._stop.wait(1.0)
