"""Cameras that announce themselves on the network by multicast DNS (RFC 6762, 6763)."""

import logging
import threading
from collections.abc import Callable, Sequence
from ipaddress import ip_address
from types import TracebackType
from typing import Self

from zeroconf import (
    Error,
    InterfaceChoice,
    IPVersion,
    ServiceBrowser,
    ServiceInfo,
    ServiceStateChange,
    Zeroconf,
)

from app.camera.announced import SERVICES, camera_from
from app.domain.camera import FoundCamera
from app.domain.errors import EnvironmentFault

_log = logging.getLogger(__name__)
_MOST_FOUND = 256
_PATIENCE_MS = 500

Listener = Callable[[tuple[FoundCamera, ...]], None]
_Key = tuple[str, str]


class DiscoveryUnavailable(EnvironmentFault):
    """The network cannot be searched; the text says what to do."""


class Discovery:
    """Listens until closed; a device that signs off, or falls silent, goes.

    `interfaces` are the addresses to listen on, all of them when None. Announcements
    of this computer's loopback addresses count only when all of them are loopback.
    Raises DiscoveryUnavailable when the network does not allow it.
    """

    def __init__(self, interfaces: Sequence[str] | None = None) -> None:
        self._allow_loopback = interfaces is not None and all(
            ip_address(address).is_loopback for address in interfaces
        )
        self._lock = threading.Lock()
        self._found: dict[_Key, FoundCamera] = {}
        self._listeners: list[Listener] = []
        self._zeroconf = _opened(interfaces)
        self._browser = self._browse()

    def found(self) -> tuple[FoundCamera, ...]:
        """Return what is there now, by name; at most 256."""
        with self._lock:
            return tuple(sorted(self._found.values(), key=lambda c: (c.name, c.host)))

    def listen(self, callback: Listener) -> Callable[[], None]:
        """Call back with all that is there, after each change; return the stop.

        The calls come from a thread of the discovery.
        """
        with self._lock:
            self._listeners.append(callback)

        def stop() -> None:
            with self._lock:
                if callback in self._listeners:
                    self._listeners.remove(callback)

        return stop

    def refresh(self) -> None:
        """Ask the network again."""
        self._browser.cancel()
        self._browser = self._browse()

    def close(self) -> None:
        """Stop listening; no thread is left."""
        with self._lock:
            self._listeners.clear()
        self._browser.cancel()
        self._zeroconf.close()

    def __enter__(self) -> Self:
        """Return the discovery."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()

    def _browse(self) -> ServiceBrowser:
        return ServiceBrowser(self._zeroconf, list(SERVICES), handlers=[self._changed])

    def _changed(
        self,
        zeroconf: Zeroconf,  # noqa: ARG002 - the library calls by these names
        service_type: str,
        name: str,
        state_change: ServiceStateChange,
    ) -> None:
        if state_change is ServiceStateChange.Removed:
            self._gone(service_type, name)
        else:
            self._heard(service_type, name)

    def _heard(self, service: str, instance: str) -> None:
        """Look at an announcement, new or changed."""
        key = (service, instance.lower())
        with self._lock:
            if key not in self._found and len(self._found) >= _MOST_FOUND:
                return
        camera = self._described(service, instance)
        if camera is None:
            self._gone(service, instance)
            return
        with self._lock:
            changed = self._found.get(key) != camera
            self._found[key] = camera
        if changed:
            self._tell()

    def _described(self, service: str, instance: str) -> FoundCamera | None:
        try:
            info = ServiceInfo(service, instance)
            if not info.load_from_cache(self._zeroconf):
                info.request(self._zeroconf, _PATIENCE_MS)
        except (Error, ValueError, OSError):
            _log.debug("an announcement could not be read", exc_info=True)
            return None
        return camera_from(
            service,
            instance,
            info.parsed_scoped_addresses(IPVersion.All),
            info.port,
            info.properties,
            allow_loopback=self._allow_loopback,
        )

    def _gone(self, service: str, instance: str) -> None:
        with self._lock:
            known = self._found.pop((service, instance.lower()), None)
        if known is not None:
            self._tell()

    def _tell(self) -> None:
        cameras = self.found()
        with self._lock:
            listeners = tuple(self._listeners)
        for listener in listeners:
            try:
                listener(cameras)
            except Exception:  # noqa: BLE001 - the others must still hear
                _log.exception("a listener to the discovery failed")


def _opened(interfaces: Sequence[str] | None) -> Zeroconf:
    try:
        return Zeroconf(
            interfaces=InterfaceChoice.All if interfaces is None else list(interfaces)
        )
    except (OSError, Error) as error:
        raise DiscoveryUnavailable(
            "The network cannot be searched for cameras. Check the network connection, "
            "or add the camera by its address."
        ) from error
