"""What goes wrong between a camera and its reader, on demand.

A relay stands between: it passes everything on until a fault is set, and then does to
the connection what broken switches, cameras and cables do.
"""

import asyncio
import contextlib
import random
import threading
from enum import StrEnum

from app.simulator.rtsp_messages import read_request, response

_CHUNK_BYTES = 65536
_RTP_HEADER_BYTES = 12
_INTERLEAVED = ord("$")
_BROKEN_CONVERSATION = (
    OSError,
    ValueError,
    asyncio.IncompleteReadError,
    asyncio.LimitOverrunError,
)


class Fault(StrEnum):
    """What a relay does to its camera's connections."""

    DEAD = "dead"
    """Every connection is reset, new ones too."""
    HUNG = "hung"
    """Connections stay open and nothing comes."""
    GARBAGE = "garbage"
    """Random bytes where the pictures should be; the packets are well formed."""
    BABBLE = "babble"
    """Random bytes instead of everything, replies to requests too."""
    NOT_FOUND = "not found"
    """The camera answers 404."""
    UNAUTHORISED = "unauthorised"
    """The camera answers 401."""


_STATUS = {Fault.NOT_FOUND: 404, Fault.UNAUTHORISED: 401}


class Relay:
    """One camera's address, and what happens to whoever connects to it."""

    def __init__(self, upstream: tuple[str, int], chance: random.Random) -> None:
        """Lead to `upstream`; use `RelayHouse.add`."""
        self._upstream = upstream
        self._chance = chance
        self._fault: Fault | None = None
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._writers: set[asyncio.StreamWriter] = set()

    @property
    def fault(self) -> Fault | None:
        """What goes wrong now."""
        return self._fault

    def apply(self, fault: Fault | None) -> None:
        """Change what happens; on the thread of the house."""
        self._fault = fault
        if fault is Fault.HUNG:
            self._flowing.clear()
        else:
            self._flowing.set()
        if fault is Fault.DEAD or fault in _STATUS:
            self.disconnect()

    def disconnect(self) -> None:
        """Reset every connection."""
        for writer in tuple(self._writers):
            writer.transport.abort()

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Live with one reader of the camera until either end leaves."""
        self._writers.add(writer)
        try:
            await self._serve(reader, writer)
        except _BROKEN_CONVERSATION:
            pass
        except asyncio.CancelledError:
            # Only the end of the loop cancels; asyncio before 3.12 would report it.
            pass
        finally:
            self._writers.discard(writer)
            writer.transport.abort()

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if self._fault is Fault.DEAD:
            return
        if self._fault in _STATUS:
            await _refuse(reader, writer, _STATUS[self._fault])
            return
        answers, requests = await asyncio.open_connection(*self._upstream)
        there = asyncio.create_task(self._pass_on(reader, requests))
        try:
            await self._pass_on(answers, writer, _Framing())
        finally:
            there.cancel()
            requests.transport.abort()
            await asyncio.gather(there, return_exceptions=True)

    async def _pass_on(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        framing: "_Framing | None" = None,
    ) -> None:
        while data := await reader.read(_CHUNK_BYTES):
            await self._flowing.wait()
            if framing is not None:
                data = self._spoilt(bytearray(data), framing)
            writer.write(data)
            await writer.drain()
        writer.close()

    def _spoilt(self, data: bytearray, framing: "_Framing") -> bytes:
        payloads = framing.payloads(data)
        if self._fault is Fault.BABBLE:
            return self._chance.randbytes(len(data))
        if self._fault is Fault.GARBAGE:
            for start, end in payloads:
                data[start:end] = self._chance.randbytes(end - start)
        return bytes(data)


class RelayHouse:
    """All relays of a site, on a thread of its own; loopback only."""

    def __init__(self, seed: int = 1) -> None:
        """Start the thread."""
        self._chance = random.Random(seed)  # noqa: S311 - noise is no secret
        self._loop = asyncio.new_event_loop()
        self._relays: dict[str, Relay] = {}
        self._servers: list[asyncio.Server] = []
        self._thread = threading.Thread(target=self._run, name="relays")
        self._thread.start()

    def add(self, name: str, port: int) -> int:
        """Relay to `port` of this computer; return the port to connect to."""
        future = asyncio.run_coroutine_threadsafe(self._listen(name, port), self._loop)
        return future.result()

    def set_fault(self, name: str, fault: Fault | None) -> None:
        """Break a camera in one way, or with None in none."""
        self._loop.call_soon_threadsafe(self._relays[name].apply, fault)

    def close(self) -> None:
        """Reset every connection and end the thread."""
        asyncio.run_coroutine_threadsafe(self._shut(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self) -> None:
        with contextlib.closing(self._loop):
            self._loop.run_forever()

    async def _listen(self, name: str, port: int) -> int:
        relay = Relay(("127.0.0.1", port), self._chance)
        server = await asyncio.start_server(relay.serve, "127.0.0.1", 0)
        self._relays[name] = relay
        self._servers.append(server)
        return int(server.sockets[0].getsockname()[1])

    async def _shut(self) -> None:
        for server in self._servers:
            server.close()
        for relay in self._relays.values():
            relay.apply(None)
            relay.disconnect()
        current = asyncio.current_task()
        others = [task for task in asyncio.all_tasks() if task is not current]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


class _Framing:
    """Follows interleaved RTP (RFC 2326, 10.12) through chunks of any size."""

    def __init__(self) -> None:
        self._header = bytearray()
        self._left = 0
        self._clean = 0

    def payloads(self, data: bytearray) -> list[tuple[int, int]]:
        """Return where RTP payloads lie in the next chunk, as half-open ranges."""
        found: list[tuple[int, int]] = []
        at = 0
        while at < len(data):
            if self._left:
                end = min(len(data), at + self._left)
                start = min(end, at + self._clean)
                self._clean -= start - at
                if start < end:
                    found.append((start, end))
                self._left -= end - at
                at = end
                continue
            at = self._read_header(data, at)
        return found

    def _read_header(self, data: bytearray, at: int) -> int:
        if not self._header and data[at] != _INTERLEAVED:
            begin = data.find(b"$", at)
            return len(data) if begin < 0 else begin
        taken = data[at : at + 4 - len(self._header)]
        self._header += taken
        if len(self._header) == 4:
            self._left = int.from_bytes(self._header[2:], "big")
            self._clean = _RTP_HEADER_BYTES
            self._header.clear()
        return at + len(taken)


async def _refuse(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, status: int
) -> None:
    headers = {"WWW-Authenticate": 'Digest realm="camera", nonce="1"'}
    while (request := await read_request(reader)) is not None:
        writer.write(response(request, status, headers if status == 401 else None))
        await writer.drain()
