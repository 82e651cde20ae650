"""Real multicast DNS on the loopback interface."""

import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from zeroconf import ServiceInfo, Zeroconf

from app.camera import discovery as module
from app.camera.announced import NVR_SERVICE, RTSP_SERVICE
from app.camera.discovery import Discovery, DiscoveryUnavailable
from app.domain.camera import FoundCamera

LOOPBACK = ["127.0.0.1"]
WAIT_S = 20.0


class Watch:
    """Waits for what a discovery says."""

    def __init__(self, discovery: Discovery) -> None:
        self._changed = threading.Condition()
        self._latest: tuple[FoundCamera, ...] = ()
        self._discovery = discovery
        self.stop = discovery.listen(self._hear)

    def _hear(self, cameras: tuple[FoundCamera, ...]) -> None:
        with self._changed:
            self._latest = cameras
            self._changed.notify_all()

    def until(self, met: Callable[[dict[str, FoundCamera]], bool]) -> None:
        """Wait until the cameras, by name, are as wanted."""
        with self._changed:
            assert self._changed.wait_for(lambda: met(self.now()), WAIT_S), self.now()

    def now(self) -> dict[str, FoundCamera]:
        """Return what is there, by name."""
        return {camera.name: camera for camera in self._discovery.found()}


def _service(name: str, path: bytes, **changes: Any) -> ServiceInfo:
    service = changes.pop("service", RTSP_SERVICE)
    fields: dict[str, Any] = {
        "addresses": [socket.inet_aton("127.0.0.1")],
        "port": 8554,
        "properties": {b"path": path, b"u": b"root", b"p": b"secret"},
        "server": "host.local.",
        **changes,
    }
    return ServiceInfo(service, f"{name}.{service}", **fields)


@pytest.fixture
def network() -> Iterator[Zeroconf]:
    """Give the test something that announces."""
    made = Zeroconf(interfaces=LOOPBACK)
    yield made
    made.unregister_all_services()
    made.close()


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Give the test a running discovery."""
    with Discovery(LOOPBACK) as discovery:
        yield Watch(discovery)


def test_a_camera_comes_changes_and_goes(network: Zeroconf, watch: Watch) -> None:
    """Each change is told; the password that it published is not taken."""
    network.register_service(_service("Norte atalaya-t1", b"/norte"))
    watch.until(lambda now: "Norte atalaya-t1" in now)
    assert watch.now()["Norte atalaya-t1"] == FoundCamera(
        service=RTSP_SERVICE,
        name="Norte atalaya-t1",
        host="127.0.0.1",
        port=8554,
        url="rtsp://127.0.0.1:8554/norte",
    )
    network.update_service(_service("Norte atalaya-t1", b"/other"))
    watch.until(lambda now: str(now["Norte atalaya-t1"].url).endswith("/other"))
    network.unregister_service(_service("Norte atalaya-t1", b"/other"))
    watch.until(lambda now: "Norte atalaya-t1" not in now)


def test_hostile_announcements_arrive_harmless(network: Zeroconf, watch: Watch) -> None:
    """They are listed without an address, or not at all."""
    network.register_service(_service("evil atalaya-t2", b"/a\r\nX: y@z"))
    network.register_service(
        _service(
            "nowhere atalaya-t2",
            b"/x",
            addresses=[socket.inet_aton("224.0.0.1")],
            server="nowhere.local.",
        )
    )
    network.register_service(_service("good atalaya-t2", b"/x", service=NVR_SERVICE))
    watch.until(lambda now: {"evil atalaya-t2", "good atalaya-t2"} <= now.keys())
    assert watch.now()["evil atalaya-t2"].url is None
    assert watch.now()["good atalaya-t2"].url == "rtsp://127.0.0.1:8554/x"
    assert "nowhere atalaya-t2" not in watch.now()


def test_a_flood_is_bounded(
    network: Zeroconf, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is a limit, and room again when one goes."""
    monkeypatch.setattr(module, "_MOST_FOUND", len(watch.now()) + 2)
    for number in range(2):
        network.register_service(_service(f"flood {number} atalaya-t3", b"/x"))
    watch.until(lambda now: "flood 1 atalaya-t3" in now)
    network.register_service(_service("late atalaya-t3", b"/x"))
    network.unregister_service(_service("flood 0 atalaya-t3", b"/x"))
    watch.until(lambda now: "flood 0 atalaya-t3" not in now)
    assert "late atalaya-t3" not in watch.now()
    network.register_service(_service("later atalaya-t3", b"/x"))
    watch.until(lambda now: "later atalaya-t3" in now)


def test_refresh_asks_again_and_keeps_what_is_there(
    network: Zeroconf, watch: Watch
) -> None:
    """Nothing flickers."""
    network.register_service(_service("Sur atalaya-t4", b"/sur"))
    watch.until(lambda now: "Sur atalaya-t4" in now)
    watch._discovery.refresh()
    assert "Sur atalaya-t4" in watch.now()
    network.register_service(_service("Este atalaya-t4", b"/este"))
    watch.until(lambda now: "Este atalaya-t4" in now)


def test_a_listener_that_fails_or_left_does_not_disturb(
    network: Zeroconf, watch: Watch
) -> None:
    """The others still hear."""
    heard: list[object] = []

    def fail(_cameras: tuple[FoundCamera, ...]) -> None:
        raise LookupError

    watch._discovery.listen(fail)
    leave = watch._discovery.listen(heard.append)
    leave()
    leave()
    last = Watch(watch._discovery)
    network.register_service(_service("Oeste atalaya-t5", b"/o"))
    last.until(lambda now: "Oeste atalaya-t5" in now)
    assert heard == []


def test_closing_leaves_no_thread_and_no_socket() -> None:
    """Opened and closed as often as the page is."""
    before = set(threading.enumerate())
    for _ in range(3):
        Discovery(LOOPBACK).close()
    assert set(threading.enumerate()) <= before


def test_no_network_is_a_plain_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """A computer without network: what the library then raises."""

    def refuse(**_settings: object) -> None:
        raise OSError(101, "Network is unreachable")

    monkeypatch.setattr(module, "Zeroconf", refuse)
    with pytest.raises(DiscoveryUnavailable, match="add the camera by its address"):
        Discovery(["192.0.2.77"])
