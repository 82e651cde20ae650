"""Ask an RTSP server about a stream before libav does.

libav follows a redirect to any host and says little when it is refused. One DESCRIBE
without credentials, read within bounds, tells a redirect, a wrong path, a full server
or no RTSP at all before anything secret is sent.
"""

import socket
import time
from urllib.parse import urlsplit

from app.camera.faults import place_of, unreachable
from app.domain.errors import CameraUnreachable

_RTSP_PORT = 554
_MAX_HEAD_BYTES = 16 * 1024
_PROTOCOL = b"RTSP/"
_REFUSALS = {
    403: "{place} refuses the user or the password. Enter them again.",
    404: "There is no video at {place}. Check the path of the address.",
    453: "{place} has no bandwidth left for another viewer.",
    503: "{place} serves no further viewer now. It will be tried again.",
}


def check_rtsp(url: str, timeout_s: float) -> None:
    """Raise CameraUnreachable unless `url` (without credentials) can be opened.

    A redirect to another host is refused. An answer of 401 passes: the credentials
    are libav's to send.
    """
    try:
        head = _describe(url, timeout_s)
    except (OSError, ValueError) as error:
        raise unreachable(url, error) from None
    status = _status(head)
    if status is None:
        raise CameraUnreachable(
            f"{place_of(url)} is not an RTSP server. Check the address."
        )
    _judge(url, status, head)


def _describe(url: str, timeout_s: float) -> bytes:
    parts = urlsplit(url)
    deadline = time.monotonic() + timeout_s
    address = (parts.hostname or "", parts.port or _RTSP_PORT)
    request = (
        f"DESCRIBE {url} RTSP/1.0\r\nCSeq: 1\r\nAccept: application/sdp\r\n"
        "User-Agent: Atalaya\r\n\r\n"
    )
    with socket.create_connection(address, timeout_s) as connection:
        connection.sendall(request.encode("ascii"))
        return _read_head(connection, deadline)


def _read_head(connection: socket.socket, deadline: float) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head and len(head) < _MAX_HEAD_BYTES:
        left_s = deadline - time.monotonic()
        if left_s <= 0:
            raise TimeoutError
        connection.settimeout(left_s)
        piece = connection.recv(4096)
        if not piece:
            break
        head += piece
        if not head.startswith(_PROTOCOL[: len(head)]):
            # Whatever babbles on would be listened to until the time is up.
            break
    return head


def _status(head: bytes) -> int | None:
    words = head.split(b"\r\n", 1)[0].split()
    if len(words) < 2 or not words[0].startswith(_PROTOCOL) or not words[1].isdigit():
        return None
    return int(words[1])


def _judge(url: str, status: int, head: bytes) -> None:
    if status < 300 or status == 401:
        return
    if status < 400:
        _refuse_other_host(url, head)
        return
    sentence = _REFUSALS.get(
        status, "{place} answers with RTSP error {status}. Check the camera."
    )
    raise CameraUnreachable(sentence.format(place=place_of(url), status=status))


def _refuse_other_host(url: str, head: bytes) -> None:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"location":
            target = urlsplit(value.strip().decode("ascii", "replace"))
            if target.hostname == urlsplit(url).hostname:
                return
    raise CameraUnreachable(
        f"{place_of(url)} sends the viewer to another computer, which is refused."
        " Enter the address of the camera itself."
    )
