"""RTP over UDP, for a simulated camera that knows no other way (RFC 2326, 12.39)."""

import re
import socket
from contextlib import suppress

_CLIENT_PORT = re.compile(r"RTP/AVP(?:/UDP)?;.*client_port=(\d{1,5})-(\d{1,5})")


class Datagrams:
    """A pair of sockets to send from; every `lose_every`th RTP packet gets lost."""

    def __init__(self, host: str = "127.0.0.1", lose_every: int | None = None) -> None:
        """Bind both."""
        self._lose_every = lose_every
        self._sent = 0
        self._sockets = [_bound(host), _bound(host)]

    def accept(self, transport: str) -> tuple[int, str] | None:
        """Return the viewer's RTP port and the Transport header that answers it.

        None when the viewer did not ask for UDP.
        """
        found = _CLIENT_PORT.search(transport)
        if found is None or not 0 < int(found[1]) < 65535:
            return None
        first, second = (each.getsockname()[1] for each in self._sockets)
        own = f"server_port={first}-{second}"
        return int(found[1]), f"RTP/AVP;unicast;client_port={found[1]}-{found[2]};{own}"

    def send(self, packet: bytes, host: str, port: int, channel: int) -> None:
        """Send to a viewer: channel 0 is RTP, 1 RTCP; a full buffer loses it, too."""
        if channel == 0:
            self._sent += 1
            if self._lose_every and self._sent % self._lose_every == 0:
                return
        with suppress(OSError):
            self._sockets[channel].sendto(packet, (host, port + channel))

    def close(self) -> None:
        """Close both sockets."""
        for each in self._sockets:
            each.close()


def _bound(host: str) -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.setblocking(False)
    made.bind((host, 0))
    return made
