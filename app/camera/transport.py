"""How packets come from an RTSP camera, and what is done when one way is refused."""

from enum import Enum


class Transport(Enum):
    """A way for RTP, by libav's name; in the order in which they are tried."""

    TCP = "tcp"
    UDP = "udp"
    HTTP = "http"

    @property
    def remark(self) -> str:
        """What is worth telling of it; empty for TCP."""
        return _REMARKS[self]

    @property
    def protocols(self) -> str:
        """What else libav must be allowed to speak."""
        return ",http" if self is Transport.HTTP else ""

    @property
    def options(self) -> dict[str, str]:
        """libav's options for it.

        Datagrams may overtake each other and are put in order for a moment; on the
        others they cannot.
        """
        if self is Transport.UDP:
            return {
                "rtsp_transport": self.value,
                "max_delay": "200000",
                "reorder_queue_size": "128",
                "buffer_size": "2097152",
            }
        return {
            "rtsp_transport": self.value,
            "max_delay": "0",
            "reorder_queue_size": "0",
        }

    def following(self) -> "Transport | None":
        """Return what is tried when the camera refuses this one."""
        ways = list(Transport)
        place = ways.index(self) + 1
        return ways[place] if place < len(ways) else None


_REMARKS = {
    Transport.TCP: "",
    Transport.UDP: "The camera sends over UDP only: pictures may be lost on the way.",
    Transport.HTTP: "The camera sends through HTTP only.",
}
