"""RTSP requests read with bounds, and responses (RFC 2326)."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

_MAX_HEADER_BYTES = 8192
_MAX_BODY_BYTES = 65536
_REASONS = {
    200: "OK",
    401: "Unauthorized",
    404: "Not Found",
    405: "Method Not Allowed",
    461: "Unsupported Transport",
    503: "Service Unavailable",
}


@dataclass(frozen=True, slots=True)
class RtspRequest:
    """One request; header names in lower case."""

    method: str
    url: str
    headers: Mapping[str, str]


async def read_request(reader: asyncio.StreamReader) -> RtspRequest | None:
    """Return the next request, None at the end; ValueError when it is none.

    Interleaved packets from the viewer (receiver reports) are passed over.
    """
    while True:
        first = await reader.read(1)
        if not first:
            return None
        if first != b"$":
            break
        header = await reader.readexactly(3)
        await reader.readexactly(int.from_bytes(header[1:], "big"))
    head = first + await reader.readuntil(b"\r\n\r\n")
    request = parse_request(head)
    length = int(request.headers.get("content-length", "0"))
    if not 0 <= length <= _MAX_BODY_BYTES:
        raise ValueError("body too long")
    await reader.readexactly(length)
    return request


def parse_request(head: bytes) -> RtspRequest:
    """Parse request line and headers; ValueError when they are malformed."""
    if len(head) > _MAX_HEADER_BYTES:
        raise ValueError("header too long")
    request_line, *lines = head.decode("utf-8", "replace").strip().split("\r\n")
    words = request_line.split(" ")
    if len(words) != 3 or not words[2].startswith("RTSP/"):
        raise ValueError("not an RTSP request")
    pairs = (line.partition(":") for line in lines)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    return RtspRequest(words[0], words[1], headers)


def response(
    request: RtspRequest,
    status: int,
    headers: Mapping[str, str] | None = None,
    body: str = "",
) -> bytes:
    """Return the response to `request` as it goes over the wire."""
    content = body.encode()
    fields = {"CSeq": request.headers.get("cseq", "0"), **(headers or {})}
    if content:
        fields["Content-Length"] = str(len(content))
    lines = [f"RTSP/1.0 {status} {_REASONS[status]}"]
    lines += [f"{name}: {value}" for name, value in fields.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content
