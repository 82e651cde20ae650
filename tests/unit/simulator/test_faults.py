"""The relay finds pictures in the stream, and does each harm that it names."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.camera.stream import open_stream
from app.domain.clock import SystemClock
from app.domain.errors import CameraUnreachable
from app.simulator.clip_source import load_clip
from app.simulator.faults import Fault, RelayHouse, _Framing
from app.simulator.server import RtspServer
from app.simulator.variants import (
    SwitchableClip,
    Variant,
    load_variants,
    make_variants,
)
from tests.builders.moving_box_clip import write_moving_box


def interleaved(payloads: list[bytes]) -> bytes:
    return b"".join(
        b"$\x00" + (12 + len(payload)).to_bytes(2, "big") + b"h" * 12 + payload
        for payload in payloads
    )


@given(
    payloads=st.lists(st.binary(min_size=1, max_size=40), max_size=8),
    cuts=st.lists(st.integers(1, 30), min_size=1, max_size=60),
)
def test_payloads_are_found_in_chunks_of_any_size(
    payloads: list[bytes], cuts: list[int]
) -> None:
    reply = b"RTSP/1.0 200 OK\r\n\r\n"
    wire = reply + interleaved(payloads)
    framing, found, at = _Framing(), b"", 0
    while at < len(wire):
        chunk = bytearray(wire[at : at + cuts[at % len(cuts)]])
        at += len(chunk)
        found += b"".join(bytes(chunk[a:b]) for a, b in framing.payloads(chunk))
    assert found == b"".join(payloads)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[tuple[RelayHouse, str]]:
    clip = write_moving_box(tmp_path / "box.mp4")
    server = RtspServer({"a": clip}, clock=SystemClock()).start()
    house = RelayHouse()
    port = house.add("a", server.port)
    yield house, f"rtsp://127.0.0.1:{port}/a"
    house.close()
    server.close()


def test_without_a_fault_the_relay_is_not_noticed(
    house: tuple[RelayHouse, str],
) -> None:
    stream = open_stream(house[1], None)
    packets = stream.packets()
    assert [bool(next(packets).size) for _ in range(5)] == [True] * 5
    stream.close()


@pytest.mark.parametrize("fault", [Fault.DEAD, Fault.BABBLE, Fault.NOT_FOUND])
def test_a_faulty_camera_cannot_be_opened(
    house: tuple[RelayHouse, str], fault: Fault
) -> None:
    house[0].set_fault("a", fault)
    with pytest.raises(CameraUnreachable):
        open_stream(house[1], None, timeout_s=2.0)


def test_a_camera_that_asks_for_a_password_says_so(
    house: tuple[RelayHouse, str],
) -> None:
    house[0].set_fault("a", Fault.UNAUTHORISED)
    with pytest.raises(CameraUnreachable, match="password"):
        open_stream(house[1], None)


def test_a_hung_camera_keeps_the_connection_and_says_nothing(
    house: tuple[RelayHouse, str],
) -> None:
    house[0].set_fault("a", Fault.HUNG)
    port = int(house[1].rsplit(":", 1)[1].split("/")[0])
    with socket.create_connection(("127.0.0.1", port), 2.0) as peer:
        peer.sendall(b"OPTIONS rtsp://x/ RTSP/1.0\r\nCSeq: 1\r\n\r\n")
        peer.settimeout(0.5)
        with pytest.raises(TimeoutError):
            peer.recv(1)
        house[0].set_fault("a", None)
        peer.settimeout(5.0)
        assert peer.recv(8) == b"RTSP/1.0"


@pytest.fixture(scope="module")
def variants(tmp_path_factory: pytest.TempPathFactory) -> SwitchableClip:
    folder = tmp_path_factory.mktemp("variants")
    source = write_moving_box(folder / "source.mp4", size_px=(640, 480))
    return load_variants(make_variants(source, folder, seconds=2.0, height_px=480))


def test_a_clip_changes_at_a_keyframe_and_time_goes_on(
    variants: SwitchableClip,
) -> None:
    before, _ = variants.access_unit(3)
    normal = variants.description
    variants.show(Variant.RESIZED)
    held, _ = variants.access_unit(4)
    assert variants.description == normal, "not in the middle of a group"
    changed, time_s = variants.access_unit(50)
    assert changed.keyframe
    assert variants.description != normal
    assert time_s == pytest.approx(2.0)
    assert not before.keyframe
    assert not held.keyframe
    variants.show(Variant.NORMAL)
    variants.access_unit(100)
    assert variants.description == normal


def test_variants_of_unlike_length_are_refused(tmp_path: Path) -> None:
    short = load_clip(write_moving_box(tmp_path / "a.mp4", frame_count=10))
    longer = load_clip(write_moving_box(tmp_path / "b.mp4", frame_count=20))
    with pytest.raises(ValueError, match="same number"):
        SwitchableClip({Variant.NORMAL: short, Variant.FROZEN: longer})
