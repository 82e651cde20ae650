"""The simulated cameras speak RTSP that a real client understands."""

import contextlib
import itertools
import socket
from collections.abc import Iterator
from pathlib import Path

import av
import pytest

from app.domain.clock import SystemClock
from app.domain.errors import AlreadyRunning, EnvironmentFault
from app.simulator.server import RtspServer
from tests.builders.clips import write_clip

_OPTIONS = {"rtsp_transport": "tcp", "analyzeduration": "100000"}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RtspServer]:
    clip = write_clip(tmp_path / "road.mp4", seconds=1.0, fps=20)
    server = RtspServer({"road": clip}, clock=SystemClock()).start()
    yield server
    server.close()


def _times_s(url: str, count: int) -> list[float]:
    times: list[float] = []
    with av.open(url, options=_OPTIONS, timeout=(5.0, 5.0)) as container:
        for frame in container.decode(video=0):
            # libav gives the very first picture of a session no time
            if frame.time is not None:
                times.append(frame.time)
            if len(times) == count:
                break
    return times


def test_a_client_sees_an_even_stream_across_the_seam_of_the_loop(
    server: RtspServer,
) -> None:
    times = _times_s(server.url("road"), 30)
    steps = [later - sooner for sooner, later in itertools.pairwise(times)]
    assert steps == pytest.approx([0.05] * 29, abs=0.002)


def test_two_viewers_see_the_same_instant(server: RtspServer) -> None:
    url = server.url("road")
    with (
        av.open(url, options=_OPTIONS, timeout=(5.0, 5.0)) as first,
        av.open(url, options=_OPTIONS, timeout=(5.0, 5.0)) as second,
    ):
        one, two = next(first.decode(video=0)), next(second.decode(video=0))
    assert one.to_ndarray(format="gray").mean() == pytest.approx(
        two.to_ndarray(format="gray").mean(), abs=60
    )
    assert one.key_frame
    assert two.key_frame


def test_an_outage_refuses_viewers_until_it_ends(server: RtspServer) -> None:
    server.set_outage("road", True)
    with pytest.raises(av.FFmpegError):
        _times_s(server.url("road"), 1)
    server.set_outage("road", False)
    assert len(_times_s(server.url("road"), 2)) == 2


def test_an_unknown_camera_is_not_found(server: RtspServer) -> None:
    with pytest.raises(av.FFmpegError, match="404"):
        _times_s(server.url("nowhere"), 1)


@pytest.mark.parametrize(
    "hostile",
    [
        b"\x00\xff garbage\r\n\r\n",
        b"DESCRIBE " + b"A" * 70000 + b" RTSP/1.0\r\n\r\n",
        b"PLAY rtsp://x/road RTSP/1.0\r\nContent-Length: 99999999\r\n\r\n",
        b"PLAY rtsp://x/road RTSP/1.0\r\nContent-Length: -5\r\n\r\n",
    ],
)
def test_a_hostile_client_is_dropped_and_others_live_on(
    server: RtspServer, hostile: bytes
) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as link:
        link.sendall(hostile)
        with contextlib.suppress(ConnectionResetError):
            assert link.recv(4096) == b""
    assert len(_times_s(server.url("road"), 2)) == 2


def test_a_taken_port_is_said_plainly(server: RtspServer, tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "other.mp4", seconds=0.5)
    other = RtspServer({"a": clip}, clock=SystemClock(), port=server.port)
    with pytest.raises(AlreadyRunning, match="in use"):
        other.start()


def test_a_file_that_is_no_clip_is_refused(tmp_path: Path) -> None:
    bad = tmp_path / "bad.mp4"
    bad.write_bytes(b"no video at all")
    with pytest.raises(EnvironmentFault, match=r"bad\.mp4"):
        RtspServer({"bad": bad}, clock=SystemClock())
