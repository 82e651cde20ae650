"""NAL units of H.264 and H.265, in whichever of their two framings a camera gives.

Annex B (ITU-T H.264/H.265) separates units by start codes; avcC and hvcC
(ISO/IEC 14496-15) prefix each with its length and carry the parameter sets apart.
Everything here only re-frames: the bytes of a unit never change.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from app.decode.packets import StreamFormat

START_CODE = b"\x00\x00\x00\x01"
_SHORT_START_CODE = b"\x00\x00\x01"
CODECS = ("h264", "hevc")


@dataclass(frozen=True, slots=True)
class Framing:
    """How one stream frames its units.

    `length_bytes` is the size of a length prefix, None for Annex B;
    `parameter_sets` are those that travel apart from the packets.
    """

    length_bytes: int | None
    parameter_sets: tuple[bytes, ...]

    @classmethod
    def of(cls, stream: StreamFormat) -> "Framing":
        """Read a stream's extradata; ValueError when it is malformed or unknown."""
        if stream.codec not in CODECS:
            raise ValueError("only H.264 and H.265 can be kept without re-encoding")
        extra = stream.extradata
        if not extra or extra.startswith((START_CODE, _SHORT_START_CODE)):
            return cls(None, tuple(annex_b_units(extra)))
        try:
            return _avcc(extra) if stream.codec == "h264" else _hvcc(extra)
        except IndexError:
            raise ValueError("the stream's parameter sets are cut short") from None

    def annex_b(self, data: bytes) -> bytes:
        """Return a packet in Annex B."""
        if self.length_bytes is None:
            return data
        units = length_prefixed_units(data, self.length_bytes)
        return b"".join(START_CODE + unit for unit in units)

    def with_parameter_sets(self, data: bytes) -> bytes:
        """Return a packet in Annex B, after the parameter sets that travel apart."""
        sets = b"".join(START_CODE + unit for unit in self.parameter_sets)
        return sets + self.annex_b(data)


def annex_b_units(data: bytes) -> Iterator[bytes]:
    """Split a byte stream at its start codes."""
    start = data.find(_SHORT_START_CODE)
    while start >= 0:
        start += len(_SHORT_START_CODE)
        end = data.find(_SHORT_START_CODE, start)
        unit = data[start:] if end < 0 else data[start:end]
        # Zero bytes before a start code belong to the framing (Annex B.1).
        if stripped := unit.rstrip(b"\x00"):
            yield stripped
        start = end


def length_prefixed_units(data: bytes, length_bytes: int) -> Iterator[bytes]:
    """Split a packet of length-prefixed units; ValueError when a length lies."""
    at = 0
    while at < len(data):
        size = int.from_bytes(data[at : at + length_bytes], "big")
        at += length_bytes
        if at + size > len(data):
            raise ValueError("a NAL unit is longer than its packet")
        if size:
            yield data[at : at + size]
        at += size


def _avcc(extra: bytes) -> Framing:
    """Read an AVCDecoderConfigurationRecord (ISO/IEC 14496-15, 5.3.3.1)."""
    if extra[0] != 1:
        raise ValueError("the stream's parameter sets are in no known form")
    sets, at = _take_sets(extra, 6, extra[5] & 0x1F)
    pictures, _ = _take_sets(extra, at + 1, extra[at])
    return Framing((extra[4] & 3) + 1, (*sets, *pictures))


def _hvcc(extra: bytes) -> Framing:
    """Read an HEVCDecoderConfigurationRecord (ISO/IEC 14496-15, 8.3.3.1)."""
    sets: list[bytes] = []
    at = 23
    for _ in range(extra[22]):
        count = int.from_bytes(extra[at + 1 : at + 3], "big")
        taken, at = _take_sets(extra, at + 3, count)
        sets.extend(taken)
    return Framing((extra[21] & 3) + 1, tuple(sets))


def _take_sets(extra: bytes, at: int, count: int) -> tuple[list[bytes], int]:
    sets = []
    for _ in range(count):
        size = int.from_bytes(extra[at : at + 2], "big")
        at += 2
        if at + size > len(extra):
            raise ValueError("the stream's parameter sets are cut short")
        sets.append(extra[at : at + size])
        at += size
    return sets, at
