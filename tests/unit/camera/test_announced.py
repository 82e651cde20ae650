"""Announcements are hostile until proven plain."""

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.camera.announced import (
    AXIS_SERVICE,
    NVR_SERVICE,
    ONVIF_SERVICE,
    RTSP_SERVICE,
    SERVICES,
    camera_from,
    clean_name,
    clean_path,
)
from app.domain.camera import FoundCamera

REMOTE = "192.168.10.20"


def _camera(
    properties: dict[bytes, bytes | None] | None = None,
    *,
    service: str = RTSP_SERVICE,
    instance: str = "Norte._rtsp._tcp.local.",
    addresses: tuple[str, ...] = (REMOTE,),
    port: int | None = 8554,
    allow_loopback: bool = False,
) -> FoundCamera | None:
    return camera_from(
        service,
        instance,
        addresses,
        port,
        properties or {},
        allow_loopback=allow_loopback,
    )


def _url(properties: dict[bytes, bytes | None], **changes: object) -> str | None:
    camera = _camera(properties, **changes)  # type: ignore[arg-type]
    assert camera is not None
    return camera.url


@pytest.mark.parametrize(
    ("path", "url"),
    [
        (b"/live/main", "rtsp://192.168.10.20:8554/live/main"),
        (b"norte", "rtsp://192.168.10.20:8554/norte"),
        (b"//norte", "rtsp://192.168.10.20:8554/norte"),
        (b"", "rtsp://192.168.10.20:8554/"),
        (
            b"/cam/realmonitor?channel=1&subtype=0",
            "rtsp://192.168.10.20:8554/cam/realmonitor?channel=1&subtype=0",
        ),
        (b"/a%20b", "rtsp://192.168.10.20:8554/a%20b"),
    ],
)
def test_plain_paths_become_addresses(path: bytes, url: str) -> None:
    """What real cameras announce."""
    assert _url({b"path": path}) == url
    assert _url({b"PATH": path}) == url


@pytest.mark.parametrize(
    "path",
    [
        b"@evil.example/",
        b"/user:pass@evil.example/live",
        b"rtsp://evil.example/live",
        b"http://evil.example",
        b"/a\r\nTeardown: x",
        b"/a%0d%0aX: y",
        b"/a\x00b",
        b"/a b",
        b"/a\\b",
        b"/a%5cb",
        b"/../../etc/passwd",
        b"/%2e%2e/x",
        b"/a%zz",
        b"/a%",
        b"/\xff\xfe",
        "/cámara".encode(),
        b"/a#b",
        b"/<script>",
        b'/"quoted"',
        b"/" + b"a" * 600,
    ],
)
def test_odd_paths_give_no_address(path: bytes) -> None:
    """The camera is still listed, for a person to look at."""
    assert _url({b"path": path}) is None


def test_a_second_stream_is_taken_beside_the_first() -> None:
    """Its path is as little trusted as the other."""
    camera = _camera({b"path": b"/norte", b"sub": b"/norte/sub"})
    assert camera is not None
    assert camera.sub_url == "rtsp://192.168.10.20:8554/norte/sub"
    for sub in (None, b"", b"@evil.example/", b"rtsp://evil.example/", b"/a\r\nX: y"):
        plain = _camera({b"path": b"/norte", b"sub": sub})
        assert plain is not None
        assert (plain.url is not None, plain.sub_url) == (True, None)
    nameless = _camera({b"path": b"/a b", b"sub": b"/norte/sub"})
    assert nameless is not None
    assert nameless.sub_url is None


@given(path=st.binary(max_size=300), key=st.sampled_from([b"path", b"sub"]))
def test_no_path_leaves_the_device(path: bytes, key: bytes) -> None:
    """Whatever is announced: scheme, host, port and user stay ours."""
    camera = _camera({b"path": b"/x", key: path, b"u": b"root", b"p": b"secret"})
    assert camera is not None
    url = camera.url if key == b"path" else camera.sub_url
    if url is None:
        return
    parts = urlsplit(url)
    assert (parts.scheme, parts.netloc) == ("rtsp", f"{REMOTE}:8554")
    assert parts.username is None
    assert parts.fragment == ""
    assert url.isascii()
    assert url.isprintable()
    assert " " not in url


@given(st.binary(max_size=600))
def test_clean_paths_stay_clean(raw: bytes) -> None:
    """Cleaning again changes nothing."""
    path = clean_path(raw)
    assert path is None or clean_path(path.encode()) == path


@given(st.text(max_size=200), st.sampled_from(SERVICES))
def test_names_are_short_and_printable(label: str, service: str) -> None:
    """They go into lists and logs."""
    name = clean_name(f"{label}.{service}", service)
    assert len(name) <= 63
    assert name == name.strip()
    assert all(c.isprintable() or c.isspace() for c in name)
    assert "\n" not in name


def test_a_name_of_nothing_but_tricks_is_replaced() -> None:
    """By the address."""
    camera = _camera(instance="\u202e\u200b\x1b._rtsp._tcp.local.")
    assert camera is not None
    assert camera.name == REMOTE


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.8.8",
        "::1",
        "::ffff:127.0.0.1",
        "0.0.0.0",  # noqa: S104
        "::",
        "224.0.0.1",
        "ff02::1",
        "255.255.255.255",
        "evil.example",
        "1.2.3.4@evil",
        "",
        "fe80::1%eth0/../x",
    ],
)
def test_addresses_that_lead_astray_are_dropped(address: str) -> None:
    """No stranger points the program at this computer or at everyone."""
    assert _camera(addresses=(address,)) is None


def test_loopback_counts_where_only_loopback_is_searched() -> None:
    """The demo lives there."""
    camera = _camera(addresses=("127.0.0.1",), allow_loopback=True)
    assert camera is not None
    assert camera.host == "127.0.0.1"


@pytest.mark.parametrize(
    ("addresses", "host", "url"),
    [
        (("2001:db8::5", REMOTE), REMOTE, f"rtsp://{REMOTE}:8554/x"),
        (("2001:db8::5",), "2001:db8::5", "rtsp://[2001:db8::5]:8554/x"),
        (("fe80::1%eth0", "2001:db8::5"), "2001:db8::5", "rtsp://[2001:db8::5]:8554/x"),
        (("fe80::1%eth0",), "fe80::1%eth0", "rtsp://[fe80::1%25eth0]:8554/x"),
        (("127.0.0.1", "10.0.0.7"), "10.0.0.7", "rtsp://10.0.0.7:8554/x"),
    ],
)
def test_the_best_address_is_taken(
    addresses: tuple[str, ...], host: str, url: str
) -> None:
    """IPv4 before IPv6, link-local last, in brackets where needed."""
    camera = _camera({b"path": b"x"}, addresses=addresses)
    assert camera is not None
    assert (camera.host, camera.url) == (host, url)


@pytest.mark.parametrize("port", [None, 0, -1, 65536])
def test_impossible_ports_are_dropped(port: int | None) -> None:
    """There is nothing to connect to."""
    assert _camera(port=port) is None


def test_other_services() -> None:
    """Axis has a known path; the others must say theirs."""
    axis = _camera(service=AXIS_SERVICE, port=80)
    assert axis is not None
    assert axis.url == f"rtsp://{REMOTE}:554/axis-media/media.amp"
    assert axis.port == 80
    for service in (ONVIF_SERVICE, NVR_SERVICE):
        assert _url({}, service=service) is None
        told = _url({b"path": b"/live"}, service=service)
        assert told == f"rtsp://{REMOTE}:8554/live"
