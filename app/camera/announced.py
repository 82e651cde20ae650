"""What devices say of themselves on the network, made harmless.

Anyone on the network can announce anything. Of an announcement only a short printable
name, an address, a port and plain paths are kept; the keys "u" and "p", in which some
cameras publish their password, are never read.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import unquote

from app.domain.camera import FoundCamera

RTSP_SERVICE = "_rtsp._tcp.local."
AXIS_SERVICE = "_axis-video._tcp.local."
ONVIF_SERVICE = "_onvif._tcp.local."
NVR_SERVICE = "_nvr._tcp.local."
SERVICES = (RTSP_SERVICE, AXIS_SERVICE, ONVIF_SERVICE, NVR_SERVICE)

_RTSP_PORT = 554
_AXIS_PATH = "/axis-media/media.amp"
_LONGEST_NAME = 63
_LONGEST_PATH = 512
# RFC 3986 path and query characters but for "@": nothing may look like a user.
_PATH = re.compile(r"[A-Za-z0-9/_.~!$&'()*+,;=:%?-]*")
_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_SCOPE = re.compile(r"[A-Za-z0-9_.-]{1,32}")

Address = IPv4Address | IPv6Address


def camera_from(
    service: str,
    instance: str,
    addresses: Sequence[str],
    port: int | None,
    properties: Mapping[bytes, bytes | None],
    *,
    allow_loopback: bool,
) -> FoundCamera | None:
    """Return what can be used of an announcement, None when it has no usable address.

    `url` is None when the device does not say where its video is, or says it in a way
    that is not to be trusted. An address of this computer itself counts only with
    `allow_loopback`: no stranger may point the program at local services.
    """
    address = _usable(addresses, allow_loopback)
    if address is None or port is None or not 0 < port < 65536:
        return None
    url = _url(service, address, port, properties)
    return FoundCamera(
        service=service,
        name=clean_name(instance, service) or str(address),
        host=str(address),
        port=port,
        url=url,
        sub_url=_sub_url(address, port, properties) if url else None,
    )


def clean_name(instance: str, service: str) -> str:
    """Return the instance's own label: printable, one line, at most 63 characters."""
    label = instance.removesuffix(service).removesuffix(".")
    kept = (c if unicodedata.category(c)[0] != "C" else " " for c in label)
    return " ".join("".join(kept).split())[:_LONGEST_NAME].rstrip()


def clean_path(raw: bytes) -> str | None:
    """Return a path for a URL, beginning with one slash; None for anything odd."""
    if len(raw) > _LONGEST_PATH:
        return None
    try:
        text = raw.decode("ascii")
    except UnicodeDecodeError:
        return None
    if not _PATH.fullmatch(text) or "://" in text or _BROKEN_ESCAPE.search(text):
        return None
    meant = unquote(text, errors="replace")
    if not meant.isprintable() or "\\" in meant or ".." in meant.split("?")[0]:
        return None
    return "/" + text.lstrip("/")


def _usable(addresses: Sequence[str], allow_loopback: bool) -> Address | None:
    """Return the best address: IPv4 first, link-local last."""
    found = []
    for text in addresses:
        try:
            address = ip_address(text)
        except ValueError:
            continue
        if _reachable(address, allow_loopback):
            found.append(address)
    return min(found, key=lambda a: (a.is_link_local, a.version), default=None)


def _reachable(address: Address, allow_loopback: bool) -> bool:
    plain = address
    if isinstance(address, IPv6Address):
        if address.scope_id is not None and not _SCOPE.fullmatch(address.scope_id):
            return False
        # ::ffff:127.0.0.1 is 127.0.0.1 in another dress.
        plain = address.ipv4_mapped or address
    if plain.is_loopback and not allow_loopback:
        return False
    return not (plain.is_multicast or plain.is_unspecified or plain.is_reserved)


def _url(
    service: str,
    address: Address,
    port: int,
    properties: Mapping[bytes, bytes | None],
) -> str | None:
    raw = _property(properties, b"path")
    if service == AXIS_SERVICE and raw is None:
        # Axis announces its web page; its video is where it has always been.
        return f"rtsp://{_authority(address, _RTSP_PORT)}{_AXIS_PATH}"
    if raw is None and service != RTSP_SERVICE:
        return None
    path = clean_path(raw or b"")
    return None if path is None else f"rtsp://{_authority(address, port)}{path}"


def _sub_url(
    address: Address, port: int, properties: Mapping[bytes, bytes | None]
) -> str | None:
    """Return the address of the second stream that a device names beside its first."""
    raw = _property(properties, b"sub")
    path = clean_path(raw) if raw else None
    return None if path is None else f"rtsp://{_authority(address, port)}{path}"


def _property(properties: Mapping[bytes, bytes | None], key: bytes) -> bytes | None:
    """Look a key up regardless of case (RFC 6763, 6.4)."""
    for name, value in properties.items():
        if name.lower() == key and value is not None:
            return value
    return None


def _authority(address: Address, port: int) -> str:
    if address.version == 4:
        return f"{address}:{port}"
    return f"[{str(address).replace('%', '%25')}]:{port}"
