"""Simulated cameras announced on the network by zeroconf, as real ones are."""

import socket
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from zeroconf import InterfaceChoice, ServiceInfo, Zeroconf

_SERVICE = "_rtsp._tcp.local."


@dataclass(frozen=True, slots=True)
class AnnouncedStreams:
    """A camera by name: its path is its name, `sub_path` that of its small stream."""

    name: str
    sub_path: str | None = None

    @property
    def properties(self) -> dict[str, str]:
        """What stands in the TXT record."""
        own = {"path": f"/{self.name}"}
        return own if self.sub_path is None else own | {"sub": f"/{self.sub_path}"}


class Announcement:
    """Announces cameras at one port until it is closed.

    Only on the given interfaces; the loopback address keeps a demo on its machine.
    """

    def __init__(
        self,
        cameras: Sequence[AnnouncedStreams],
        port: int,
        interfaces: Sequence[str] = ("127.0.0.1",),
    ) -> None:
        """Register every camera; names that are taken get a number."""
        chosen = list(interfaces) or InterfaceChoice.All
        self._zeroconf = Zeroconf(interfaces=chosen)
        addresses = [socket.inet_aton(address) for address in interfaces]
        for camera in cameras:
            info = ServiceInfo(
                _SERVICE,
                f"{camera.name}.{_SERVICE}",
                addresses=addresses,
                port=port,
                properties=camera.properties,
                server=f"{camera.name}.local.",
            )
            self._zeroconf.register_service(info, allow_name_change=True)

    def close(self) -> None:
        """Say goodbye and free the sockets."""
        self._zeroconf.unregister_all_services()
        self._zeroconf.close()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close."""
        self.close()
