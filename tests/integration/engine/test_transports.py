"""A camera that refuses TCP is read over UDP, and what is lost is not shown."""

from contextlib import closing
from pathlib import Path

import pytest

from app.camera.stream import TransportRefused, open_somehow, open_stream
from app.camera.transport import Transport
from app.domain.clock import SystemClock
from app.simulator.datagrams import Datagrams
from app.simulator.server import RtspServer
from tests.builders.two_streams import write_two_clips
from tests.builders.video import number_of
from tests.integration.engine.test_two_streams import watching


def test_udp_is_asked_for_only_where_tcp_is_refused(tmp_path: Path) -> None:
    clips = write_two_clips(tmp_path, frames=100)
    with (
        closing(Datagrams()) as datagrams,
        closing(
            RtspServer(
                {"a": clips.second}, clock=SystemClock(), datagrams=datagrams
            ).start()
        ) as server,
        closing(RtspServer({"a": clips.second}, clock=SystemClock()).start()) as plain,
    ):
        with pytest.raises(TransportRefused, match="in no way"):
            open_stream(server.url("a"), None)
        with closing(open_somehow(server.url("a"), None)) as stream:
            assert stream.transport is Transport.UDP
        with closing(open_somehow(plain.url("a"), None)) as stream:
            assert stream.transport is Transport.TCP


def test_of_lost_datagrams_no_torn_picture_is_shown(tmp_path: Path) -> None:
    clips = write_two_clips(tmp_path, frames=200)
    with (
        closing(Datagrams(lose_every=31)) as datagrams,
        closing(
            RtspServer(
                {"a": clips.main}, clock=SystemClock(), datagrams=datagrams
            ).start()
        ) as server,
        watching(server.url("a"), None) as heard,
    ):
        pictures = heard.wait_for_pictures(60)

    assert any("UDP" in remark for remark in heard.remarks)
    first = pictures[0]
    for picture in pictures:
        elapsed_ns = picture.time.stream_ns - first.time.stream_ns
        shown = number_of(picture.whole()) - number_of(first.whole())
        assert shown % 200 == round(elapsed_ns / 40_000_000) % 200
    assert heard.drops["corrupt"] > 0
