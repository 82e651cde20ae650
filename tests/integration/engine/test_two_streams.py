"""Pictures of the small stream and packets of the large one belong together."""

import itertools
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from app.camera.alignment import AlignedBy
from app.camera.source import CameraSource
from app.decode.capture import Capture
from app.decode.mailbox import Mailbox
from app.decode.picture import Picture, Session
from app.domain.clock import SystemClock
from app.domain.ids import CameraId, new_uuid
from app.evidence.frames import pick_pictures
from app.simulator.server import RtspServer
from tests.builders.two_streams import (
    MAIN_PX,
    SECOND_PX,
    write_numbered,
    write_two_clips,
)
from tests.builders.video import number_of

_WITHIN_S = 20.0


@dataclass
class Heard:
    """Remembers what a capture tells."""

    pictures: list[Picture] = field(default_factory=list)
    sessions: list[Session] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    losses: list[str] = field(default_factory=list)
    waits_s: list[float] = field(default_factory=list)
    drops: Counter[str] = field(default_factory=Counter)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def session_began(self, session: Session) -> None:
        with self.changed:
            self.sessions.append(session)
            self.changed.notify_all()

    def received(self, picture: Picture) -> None:
        with self.changed:
            self.pictures.append(picture)
            self.changed.notify_all()

    def dropped(self, reason: str, count: int = 1) -> None:
        with self.changed:
            self.drops[reason] += count

    def session_lost(self, message: str, retry_in_s: float | None) -> None:
        with self.changed:
            self.losses.append(message)
            if retry_in_s is not None:
                self.waits_s.append(retry_in_s)
            self.changed.notify_all()

    def stream_remark(self, sentence: str) -> None:
        with self.changed:
            self.remarks.append(sentence)
            self.changed.notify_all()

    def wait_for_pictures(self, count: int) -> list[Picture]:
        with self.changed:
            came = self.changed.wait_for(lambda: len(self.pictures) >= count, _WITHIN_S)
            assert came, (self.losses, self.remarks)
            return list(self.pictures)


@contextmanager
def watching(main_url: str, second_url: str | None) -> Iterator[Heard]:
    """Capture a camera of two streams."""
    heard, stop, clock = Heard(), threading.Event(), SystemClock()
    main = CameraSource(main_url, lambda: None, clock, stop)
    second = None
    if second_url is not None:
        second = CameraSource(second_url, lambda: None, clock, stop)
    mailbox = Mailbox[Picture]()
    capture = Capture(CameraId(new_uuid()), main, stop, mailbox, heard, second=second)
    capture.start()
    try:
        yield heard
    finally:
        capture.stop()
        assert capture.join(5.0)


@contextmanager
def serving_camera(folder: Path, *, sender_reports: bool) -> Iterator[RtspServer]:
    """Serve a camera of two streams, and a stream that does not belong to it."""
    clips = write_two_clips(folder)
    odd = write_numbered(folder / "odd.mp4", 100, (320, 240))
    served = {"north": clips.main, "north/sub": clips.second, "north/odd": odd}
    server = RtspServer(served, clock=SystemClock(), sender_reports=sender_reports)
    with closing(server.start()):
        yield server


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[RtspServer]:
    with serving_camera(tmp_path, sender_reports=True) as server:
        yield server


@pytest.mark.parametrize("by", list(AlignedBy))
def test_evidence_shows_the_very_picture_that_was_looked_at(
    tmp_path: Path, by: AlignedBy
) -> None:
    reports = by is AlignedBy.SENDER_REPORTS
    with (
        serving_camera(tmp_path, sender_reports=reports) as server,
        watching(server.url("north"), server.url("north/sub")) as heard,
    ):
        pictures = heard.wait_for_pictures(60)
        session = heard.sessions[-1]
        assert session.main is not None
        assert session.alignment is not None
        assert session.alignment.by is by
        looked = [p for p in pictures if p.session is session][10:50:4]
        wanted_ns = [p.time.stream_ns for p in looked]
        session.ring.wait_for(wanted_ns[-1] + 100_000_000, 5.0)
        numbers = [number_of(p.whole()) for p in looked]

        packets = session.ring.cut(wanted_ns[0], wanted_ns[-1] + 100_000_000)
        kept = pick_pictures(session.format, packets, wanted_ns)
        full = [session.main.at(stream_ns) for stream_ns in wanted_ns]

    assert [number_of(p.image) for p in kept if p is not None] == numbers
    assert [number_of(p) for p in full if p is not None] == numbers
    assert all(p is not None and p.shape == (*MAIN_PX[::-1], 3) for p in full)
    assert looked[0].whole().shape == (*SECOND_PX[::-1], 3)
    assert (session.format.width_px, session.format.height_px) == MAIN_PX
    steps = {b - a for a, b in itertools.pairwise(wanted_ns)}
    assert all(abs(step - 160_000_000) <= 12_000 for step in steps)


def test_another_shape_is_told_and_the_main_stream_is_shown(
    serving: RtspServer,
) -> None:
    with watching(serving.url("north"), serving.url("north/odd")) as heard:
        pictures = heard.wait_for_pictures(5)

    assert all((p.width_px, p.height_px) == MAIN_PX for p in pictures)
    assert "another shape (320 × 240)" in heard.remarks[-1]
    assert heard.sessions[-1].main is None


def test_without_a_second_stream_the_main_one_is_shown_at_once(
    serving: RtspServer,
) -> None:
    with watching(serving.url("north"), serving.url("north/none")) as heard:
        pictures = heard.wait_for_pictures(5)

    assert all((p.width_px, p.height_px) == MAIN_PX for p in pictures)
    assert heard.remarks[-1].startswith("Only the first stream is used: There is no")


def test_a_camera_that_comes_back_is_seen_in_a_new_session(
    serving: RtspServer,
) -> None:
    with watching(serving.url("north"), serving.url("north/sub")) as heard:
        before = heard.wait_for_pictures(10)
        serving.set_outage("north", True)
        with heard.changed:
            assert heard.changed.wait_for(lambda: bool(heard.losses), _WITHIN_S)
        serving.set_outage("north", False)
        after = heard.wait_for_pictures(len(before) + 20)[-5:]

    assert after[0].session is not before[0].session
    assert after[0].session.number > before[0].session.number
    assert after[0].time.stream_ns > before[-1].time.stream_ns
    assert (after[-1].width_px, after[-1].height_px) == SECOND_PX


def test_the_main_stream_takes_over_where_the_second_breaks_off(
    serving: RtspServer,
) -> None:
    with watching(serving.url("north"), serving.url("north/sub")) as heard:
        heard.wait_for_pictures(5)
        serving.set_outage("north/sub", True)
        with heard.changed:
            taken = heard.changed.wait_for(
                lambda: heard.pictures[-1].width_px == MAIN_PX[0], _WITHIN_S
            )

    assert taken
    times_ns = [p.time.stream_ns for p in heard.pictures]
    assert times_ns == sorted(times_ns)
    assert [s.number for s in heard.sessions] == [1, 2]
