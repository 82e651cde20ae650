"""Re-framing NAL units changes no byte of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.decode.packets import StreamFormat
from app.evidence.nal import (
    START_CODE,
    Framing,
    annex_b_units,
    length_prefixed_units,
)

# A unit never holds three bytes that look like a start code (emulation prevention).
UNITS = st.lists(
    st.binary(min_size=1, max_size=40).filter(
        lambda b: b"\x00\x00\x01" not in b and not b.endswith(b"\x00")
    ),
    min_size=1,
    max_size=6,
)


def _format(codec: str, extradata: bytes) -> StreamFormat:
    return StreamFormat(codec=codec, width_px=64, height_px=64, extradata=extradata)


def _avcc(sps: bytes, pps: bytes, length_bytes: int) -> bytes:
    return (
        bytes([1, 0x64, 0, 0x0D, 0xFC | (length_bytes - 1), 0xE1])
        + len(sps).to_bytes(2, "big")
        + sps
        + b"\x01"
        + len(pps).to_bytes(2, "big")
        + pps
    )


def _hvcc(sets: list[bytes]) -> bytes:
    head = bytearray(23)
    head[0], head[21], head[22] = 1, 0xFF, len(sets)
    arrays = b"".join(
        bytes([0xA0, 0, 1]) + len(each).to_bytes(2, "big") + each for each in sets
    )
    return bytes(head) + arrays


@given(UNITS)
def test_annex_b_is_split_at_every_start_code(units: list[bytes]) -> None:
    """Long and short start codes both separate."""
    long = b"".join(START_CODE + unit for unit in units)
    short = b"".join(b"\x00\x00\x01" + unit for unit in units)
    assert list(annex_b_units(long)) == units
    assert list(annex_b_units(short)) == units


@given(UNITS, st.sampled_from([2, 4]))
def test_length_prefixes_become_start_codes(units: list[bytes], size: int) -> None:
    """The units are the same after re-framing."""
    framing = Framing.of(_format("h264", _avcc(b"\x67sps", b"\x68pps", size)))
    packet = b"".join(len(u).to_bytes(size, "big") + u for u in units)
    assert list(annex_b_units(framing.annex_b(packet))) == units
    with_sets = list(annex_b_units(framing.with_parameter_sets(packet)))
    assert with_sets == [b"\x67sps", b"\x68pps", *units]


def test_parameter_sets_of_hevc_are_found() -> None:
    """All arrays of the record are read."""
    sets = [b"\x40vps", b"\x42sps", b"\x44pps"]
    framing = Framing.of(_format("hevc", _hvcc(sets)))
    assert framing == Framing(4, tuple(sets))


def test_annex_b_extradata_holds_the_parameter_sets() -> None:
    """The other form that libav gives."""
    framing = Framing.of(_format("h264", START_CODE + b"\x67s" + START_CODE + b"\x68p"))
    assert framing == Framing(None, (b"\x67s", b"\x68p"))


@given(st.sampled_from(["h264", "hevc"]), st.binary(max_size=60))
def test_hostile_parameter_sets_are_refused_or_read(codec: str, extra: bytes) -> None:
    """Any bytes give a framing or ValueError."""
    try:
        framing = Framing.of(_format(codec, extra))
    except ValueError:
        return
    assert sum(map(len, framing.parameter_sets)) <= len(extra)


@given(st.binary(max_size=60), st.integers(1, 4))
def test_hostile_lengths_are_refused(data: bytes, length_bytes: int) -> None:
    """A length that leaves the packet is refused; otherwise nothing is lost."""
    try:
        units = list(length_prefixed_units(data, length_bytes))
    except ValueError:
        return
    assert sum(map(len, units)) <= len(data)


def test_other_codecs_are_refused() -> None:
    """MJPEG could only be re-encoded."""
    with pytest.raises(ValueError, match="re-encoding"):
        Framing.of(_format("mjpeg", b""))
