"""Whatever a camera does, it is told in time, and seen again when it is well."""

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.domain.clock import SystemClock
from app.simulator.clip_source import AccessUnit, EndlessClip, LiveClip, load_clip
from app.simulator.faults import Fault, RelayHouse
from app.simulator.server import RtspServer
from tests.builders.two_streams import (
    MAIN_PX,
    SECOND_PX,
    write_numbered,
    write_two_clips,
)
from tests.integration.engine.test_two_streams import watching

_BACK_WITHIN_S = 10.0
LARGER_PX = (960, 540)


@dataclass(frozen=True)
class Site:
    """A camera of two streams behind relays."""

    relays: RelayHouse
    main_url: str
    second_url: str

    def break_both(self, fault: Fault | None) -> None:
        for name in ("main", "second"):
            self.relays.set_fault(name, fault)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    clips = write_two_clips(tmp_path, frames=100)
    served = {"a": clips.main, "a/sub": clips.second}
    with (
        closing(RtspServer(served, clock=SystemClock()).start()) as server,
        closing(RelayHouse()) as relays,
    ):
        main, second = (relays.add(name, server.port) for name in ("main", "second"))
        yield Site(
            relays, f"rtsp://127.0.0.1:{main}/a", f"rtsp://127.0.0.1:{second}/a/sub"
        )


@pytest.mark.parametrize("fault", list(Fault))
def test_a_camera_in_trouble_is_told_and_seen_again(site: Site, fault: Fault) -> None:
    with watching(site.main_url, site.second_url) as heard:
        before = len(heard.wait_for_pictures(20))
        site.break_both(fault)
        with heard.changed:
            told = heard.changed.wait_for(lambda: bool(heard.losses), 20.0)
        assert told, heard.drops
        site.break_both(None)
        began = time.monotonic()
        pictures = heard.wait_for_pictures(before + 60)
        back_after_s = time.monotonic() - began

    assert back_after_s < _BACK_WITHIN_S + 2.0, "and 2 s of pictures"
    assert heard.sessions[-1].number > 1
    assert (pictures[-1].width_px, pictures[-1].height_px) == SECOND_PX
    times_ns = [picture.time.stream_ns for picture in pictures]
    assert times_ns == sorted(set(times_ns))


def test_silence_is_noticed_within_three_seconds(site: Site) -> None:
    with watching(site.main_url, site.second_url) as heard:
        heard.wait_for_pictures(20)
        site.break_both(Fault.HUNG)
        began = time.monotonic()
        with heard.changed:
            assert heard.changed.wait_for(lambda: bool(heard.losses), 10.0)
        noticed_after_s = time.monotonic() - began

    assert noticed_after_s < 3.2
    assert "does not answer" in heard.losses[0]


class SwitchingClip:
    """A camera that is set to another size after some pictures."""

    def __init__(self, before: LiveClip, after: LiveClip, at: int) -> None:
        self._before, self._after, self._at = before, after, at
        self._now = before

    @property
    def description(self) -> str:
        return self._now.description

    def access_unit(self, number: int) -> tuple[AccessUnit, float]:
        self._now = self._before if number < self._at else self._after
        return self._now.access_unit(number)


@pytest.mark.parametrize("with_second", [True, False])
def test_another_size_begins_another_session_at_once(
    tmp_path: Path, with_second: bool
) -> None:
    clips = write_two_clips(tmp_path, frames=100)
    larger = write_numbered(tmp_path / "larger.mp4", 100, LARGER_PX)
    main = SwitchingClip(load_clip(clips.main), load_clip(larger), at=120)
    served: dict[str, Path | EndlessClip] = {"a": main, "a/sub": clips.second}
    with closing(RtspServer(served, clock=SystemClock()).start()) as server:
        second = server.url("a/sub") if with_second else None
        with watching(server.url("a"), second) as heard, heard.changed:
            assert heard.changed.wait_for(lambda: len(heard.sessions) == 2, 20.0)

    before, after = (session.format for session in heard.sessions)
    assert (before.width_px, before.height_px) == MAIN_PX
    assert (after.width_px, after.height_px) == LARGER_PX
    assert before.extradata != after.extradata
    assert heard.waits_s == [0.0]


def test_a_frozen_camera_is_told_but_stays_online(tmp_path: Path) -> None:
    still = write_numbered(tmp_path / "still.mp4", 1, MAIN_PX)
    served = {"a": still}
    with (
        closing(RtspServer(served, clock=SystemClock()).start()) as server,
        watching(server.url("a"), None) as heard,
        heard.changed,
    ):
        told = heard.changed.wait_for(lambda: bool(heard.remarks), 20.0)
    assert told
    assert "may have frozen" in heard.remarks[0]
    assert heard.losses == [""], "only the end of the test"
