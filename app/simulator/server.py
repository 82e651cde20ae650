"""Clips served as live RTSP cameras (RFC 2326, RTP interleaved over TCP).

Written here because a file server starts every viewer at the beginning: cameras of
one junction must show the same instant to everybody, loop without end, send sender
reports, and fail on demand (`set_outage`), or the demo and the drills would measure
something that no camera does. It listens on the loopback interface unless told
otherwise.
"""

import asyncio
import contextlib
import logging
import random
import threading
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from app.domain.clock import Clock
from app.domain.errors import AlreadyRunning
from app.domain.units import ns_from_seconds, seconds_from_ns
from app.simulator.clip_source import EndlessClip, load_clip
from app.simulator.datagrams import Datagrams
from app.simulator.rtp import RTP_CLOCK_HZ, TRACK, RtpPacketiser
from app.simulator.rtsp_messages import RtspRequest, read_request, response

_log = logging.getLogger(__name__)
_SLOW_VIEWER_BYTES = 4_000_000
_REPORT_INTERVAL_S = 1.0
_RTP, _RTCP = 0, 1
_BROKEN_CONVERSATION = (
    OSError,
    ValueError,
    asyncio.IncompleteReadError,
    asyncio.LimitOverrunError,
)


class _Viewer:
    """One connection that plays one clip."""

    def __init__(
        self, writer: asyncio.StreamWriter, seed: int, datagrams: Datagrams | None
    ) -> None:
        self.writer = writer
        self.datagrams = datagrams
        self.port = 0
        self.packetiser = RtpPacketiser(ssrc=seed & 0xFFFFFFFF)
        self.waiting_for_keyframe = True
        self.next_report_s = 0.0

    def send(self, packet: bytes, channel: int) -> None:
        if self.datagrams is not None:
            host = self.writer.get_extra_info("peername")[0]
            self.datagrams.send(packet, host, self.port, channel)
            return
        header = b"$" + bytes((channel,)) + len(packet).to_bytes(2, "big")
        self.writer.write(header + packet)

    @property
    def behind(self) -> bool:
        size = self.writer.transport.get_write_buffer_size()
        return size > _SLOW_VIEWER_BYTES


class _Channel:
    """One clip, everybody who watches it, and whether it is cut off."""

    def __init__(self, clip: EndlessClip, *, sender_reports: bool) -> None:
        self.clip = clip
        self.sender_reports = sender_reports
        self.viewers: set[_Viewer] = set()
        self.connections: set[asyncio.StreamWriter] = set()
        self.outage = False

    def disconnect(self) -> None:
        for writer in tuple(self.connections):
            writer.transport.abort()

    def broadcast(self, number: int, epoch: datetime) -> None:
        unit, time_s = self.clip.access_unit(number)
        timestamp = round(time_s * RTP_CLOCK_HZ)
        for viewer in tuple(self.viewers):
            if viewer.behind:
                viewer.waiting_for_keyframe = True
            if viewer.waiting_for_keyframe and (viewer.behind or not unit.keyframe):
                continue
            viewer.waiting_for_keyframe = False
            if self.sender_reports and time_s >= viewer.next_report_s:
                wall = epoch + timedelta(seconds=time_s)
                report = viewer.packetiser.sender_report(wall, timestamp)
                viewer.send(report, _RTCP)
                viewer.next_report_s = time_s + _REPORT_INTERVAL_S
            for packet in viewer.packetiser.frame(unit.units, timestamp):
                viewer.send(packet, _RTP)


class RtspServer:
    """Serves each clip at `rtsp://host:port/NAME` from a thread of its own.

    A name may have parts: `north` and `north/sub` are two streams of one camera.
    `epoch` is the wall time at which the first picture of all clips was due: the
    scoring maps wall time to clip time with it.
    """

    def __init__(
        self,
        clips: Mapping[str, Path | EndlessClip],
        *,
        clock: Clock,
        host: str = "127.0.0.1",
        port: int = 0,
        seed: int = 1,
        sender_reports: bool = True,
        datagrams: Datagrams | None = None,
    ) -> None:
        """Read the clips; EnvironmentFault when one cannot be served.

        Without `sender_reports` it is a camera that does not tell its clock; with
        `datagrams` one that refuses RTP over TCP.
        """
        self._datagrams = datagrams
        self._channels = {
            name: _Channel(_loaded(clip), sender_reports=sender_reports)
            for name, clip in clips.items()
        }
        self._clock = clock
        self._host, self._port = host, port
        self._random = random.Random(seed)  # noqa: S311 - SSRCs are no secret
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._failure: OSError | None = None
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="rtsp-server")
        self.epoch = clock.now()

    @property
    def port(self) -> int:
        """The TCP port, known after `start`."""
        return self._port

    def url(self, name: str) -> str:
        """Return the address of a clip."""
        return f"rtsp://{self._host}:{self._port}/{name}"

    def start(self) -> "RtspServer":
        """Listen and send; EnvironmentFault when the port is taken."""
        self._thread.start()
        self._ready.wait()
        if self._failure is not None:
            self._thread.join()
            raise _port_taken(self._port) from self._failure
        return self

    def set_outage(self, name: str, outage: bool) -> None:
        """Cut a camera off, or bring it back: its connections break at once.

        The streams below it, as `NAME/sub`, share its fate.
        """
        self._loop.call_soon_threadsafe(self._apply_outage, name, outage)

    def close(self) -> None:
        """Close every connection and end the thread."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join()

    def _apply_outage(self, name: str, outage: bool) -> None:
        for known, channel in self._channels.items():
            if known == name or known.startswith(f"{name}/"):
                channel.outage = outage
                if outage:
                    channel.disconnect()

    def _run(self) -> None:
        with contextlib.closing(self._loop):
            self._loop.run_until_complete(self._serve())

    async def _serve(self) -> None:
        try:
            server = await asyncio.start_server(self._accept, self._host, self._port)
        except OSError as error:
            self._failure = error
            self._ready.set()
            return
        self._port = server.sockets[0].getsockname()[1]
        self.epoch = self._clock.now()
        start_ns = self._clock.monotonic_ns()
        senders = [
            asyncio.create_task(self._send(channel, start_ns))
            for channel in self._channels.values()
        ]
        self._ready.set()
        await self._stop.wait()
        server.close()
        await self._end(senders)

    async def _end(self, senders: list[asyncio.Task[None]]) -> None:
        for channel in self._channels.values():
            channel.disconnect()
        current = asyncio.current_task()
        others = [t for t in asyncio.all_tasks() if t is not current]
        for task in senders:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _send(self, channel: _Channel, start_ns: int) -> None:
        number = 0
        while True:
            _, time_s = channel.clip.access_unit(number)
            due_ns = start_ns + ns_from_seconds(time_s)
            wait_s = seconds_from_ns(due_ns - self._clock.monotonic_ns())
            await asyncio.sleep(max(wait_s, 0))
            channel.broadcast(number, self.epoch)
            number += 1

    async def _accept(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        viewer = _Viewer(writer, self._random.getrandbits(32), self._datagrams)
        session = f"{self._random.getrandbits(32):08x}"
        conversation = _Conversation(self._channels, reader, viewer, session)
        try:
            await conversation.run()
        except _BROKEN_CONVERSATION as error:
            _log.debug("viewer left: %s", error)
        finally:
            conversation.leave()
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()


class _Conversation:
    """The requests of one connection, from DESCRIBE to TEARDOWN."""

    def __init__(
        self,
        channels: Mapping[str, _Channel],
        reader: asyncio.StreamReader,
        viewer: _Viewer,
        session: str,
    ) -> None:
        self._channels = channels
        self._reader, self._writer = reader, viewer.writer
        self._session = session
        self._viewer = viewer
        self._channel: _Channel | None = None

    async def run(self) -> None:
        """Answer until the viewer leaves."""
        while (request := await read_request(self._reader)) is not None:
            self._writer.write(self._answer(request))
            if request.method == "PLAY" and self._channel is not None:
                self._channel.viewers.add(self._viewer)
            await self._writer.drain()
            if request.method == "TEARDOWN":
                return

    def leave(self) -> None:
        """Stop sending to this connection."""
        if self._channel is not None:
            self._channel.viewers.discard(self._viewer)
            self._channel.connections.discard(self._writer)

    def _answer(self, request: RtspRequest) -> bytes:
        if request.method == "OPTIONS":
            methods = "OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, TEARDOWN"
            return response(request, 200, {"Public": methods})
        path = urlsplit(request.url).path.strip("/")
        channel = self._channels.get(path.removesuffix(TRACK).rstrip("/"))
        if channel is None:
            return response(request, 404)
        if channel.outage:
            return response(request, 503)
        self._channel = channel
        channel.connections.add(self._writer)
        return self._answer_for(channel, request)

    def _answer_for(self, channel: _Channel, request: RtspRequest) -> bytes:
        session = {"Session": f"{self._session};timeout=60"}
        match request.method:
            case "DESCRIBE":
                headers = {
                    "Content-Type": "application/sdp",
                    "Content-Base": request.url.rstrip("/") + "/",
                }
                return response(request, 200, headers, channel.clip.description)
            case "SETUP":
                chosen = self._agreed(request.headers.get("transport", ""))
                if chosen is None:
                    return response(request, 461)
                return response(request, 200, {"Transport": chosen, **session})
            case "PLAY" | "GET_PARAMETER" | "TEARDOWN":
                return response(request, 200, session)
            case _:
                return response(request, 405)

    def _agreed(self, transport: str) -> str | None:
        """Return how packets will be sent, None for a way that is not offered."""
        datagrams = self._viewer.datagrams
        if datagrams is None:
            tcp = "RTP/AVP/TCP;unicast;interleaved=0-1"
            return tcp if "RTP/AVP/TCP" in transport else None
        accepted = datagrams.accept(transport)
        if accepted is None:
            return None
        self._viewer.port, answer = accepted
        return answer


def _loaded(clip: Path | EndlessClip) -> EndlessClip:
    return load_clip(clip) if isinstance(clip, Path) else clip


def _port_taken(port: int) -> AlreadyRunning:
    return AlreadyRunning(
        f"Port {port} is in use: another simulator is running. Stop it or choose "
        "another port."
    )
