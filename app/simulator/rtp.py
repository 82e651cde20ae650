"""H.264 over RTP (RFC 6184) and its sender reports (RFC 3550), as bytes."""

import base64
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

RTP_CLOCK_HZ = 90_000
PAYLOAD_TYPE = 96
TRACK = "track1"
MAX_PAYLOAD_BYTES = 1400
_NTP_EPOCH_OFFSET_S = 2_208_988_800
_FU_A = 28
_SPS, _PPS = 7, 8


def split_annex_b(data: bytes) -> list[bytes]:
    """Split a byte stream with start codes (H.264 annex B) into NAL units."""
    units = []
    for part in data.replace(b"\x00\x00\x00\x01", b"\x00\x00\x01").split(b"\0\0\1"):
        unit = part.rstrip(b"\0")
        if unit:
            units.append(unit)
    return units


def split_length_prefixed(data: bytes, length_bytes: int = 4) -> list[bytes]:
    """Split an MP4 sample (ISO/IEC 14496-15) into NAL units.

    Raises ValueError when a length points outside the sample.
    """
    units, position = [], 0
    while position < len(data):
        size = int.from_bytes(data[position : position + length_bytes], "big")
        position += length_bytes
        if size == 0 or position + size > len(data):
            raise ValueError("a NAL unit is longer than its sample")
        units.append(data[position : position + size])
        position += size
    return units


def parameter_sets(avcc: bytes) -> tuple[bytes, bytes]:
    """Return the first SPS and PPS of an AVCDecoderConfigurationRecord."""
    sps_length = int.from_bytes(avcc[6:8], "big")
    sps = avcc[8 : 8 + sps_length]
    start = 8 + sps_length + 1
    pps_length = int.from_bytes(avcc[start : start + 2], "big")
    return sps, avcc[start + 2 : start + 2 + pps_length]


def session_description(sps: bytes, pps: bytes, name: str) -> str:
    """Return the SDP (RFC 8866) of one H.264 stream."""
    sets = ",".join(base64.b64encode(unit).decode() for unit in (sps, pps))
    return (
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\n"
        f"s={name}\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\na=control:*\r\n"
        f"m=video 0 RTP/AVP {PAYLOAD_TYPE}\r\n"
        f"a=rtpmap:{PAYLOAD_TYPE} H264/{RTP_CLOCK_HZ}\r\n"
        f"a=fmtp:{PAYLOAD_TYPE} packetization-mode=1;"
        f"profile-level-id={sps[1:4].hex()};sprop-parameter-sets={sets}\r\n"
        f"a=control:{TRACK}\r\n"
    )


def fragment(unit: bytes) -> Iterator[bytes]:
    """Yield the RTP payloads of one NAL unit: itself, or FU-A fragments."""
    if len(unit) <= MAX_PAYLOAD_BYTES:
        yield unit
        return
    indicator = (unit[0] & 0xE0) | _FU_A
    kind = unit[0] & 0x1F
    step = MAX_PAYLOAD_BYTES - 2
    for start in range(1, len(unit), step):
        first = 0x80 if start == 1 else 0
        last = 0x40 if start + step >= len(unit) else 0
        header = bytes((indicator, first | last | kind))
        yield header + unit[start : start + step]


@dataclass(slots=True)
class RtpPacketiser:
    """Numbers the packets of one receiver."""

    ssrc: int
    sequence: int = 0
    packets_sent: int = 0
    octets_sent: int = 0

    def frame(self, units: Sequence[bytes], timestamp: int) -> list[bytes]:
        """Return the RTP packets of one picture; the last carries the marker."""
        payloads = [payload for unit in units for payload in fragment(unit)]
        packets = []
        for index, payload in enumerate(payloads):
            marker = 0x80 if index == len(payloads) - 1 else 0
            header = struct.pack(
                "!BBHII",
                0x80,
                marker | PAYLOAD_TYPE,
                self.sequence,
                timestamp & 0xFFFFFFFF,
                self.ssrc,
            )
            self.sequence = (self.sequence + 1) & 0xFFFF
            self.octets_sent += len(payload)
            packets.append(header + payload)
        self.packets_sent += len(packets)
        return packets

    def sender_report(self, wall: datetime, timestamp: int) -> bytes:
        """Return an RTCP sender report that ties RTP time to wall time."""
        seconds = wall.timestamp() + _NTP_EPOCH_OFFSET_S
        whole = int(seconds)
        fraction = int((seconds - whole) * (1 << 32))
        return struct.pack(
            "!BBHIIIIII",
            0x80,
            200,
            6,
            self.ssrc,
            whole & 0xFFFFFFFF,
            fraction,
            timestamp & 0xFFFFFFFF,
            self.packets_sent & 0xFFFFFFFF,
            self.octets_sent & 0xFFFFFFFF,
        )
