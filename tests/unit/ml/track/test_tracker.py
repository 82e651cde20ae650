"""Identities over time: crossing, gaps, standing still, and ends."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.clock import CaptureTime
from app.domain.detection import Detections, TrackedBox, Tracks
from app.domain.ids import TrackId
from app.domain.vehicle import VehicleClass
from ml.track.settings import TrackerSettings
from ml.track.tracker import ByteTracker

_START = datetime(2026, 3, 1, tzinfo=UTC)
Seen = tuple[float, float, float, float]


def _at(seconds: float) -> CaptureTime:
    stream_ns = round(seconds * 1e9)
    return CaptureTime(
        stream_ns=stream_ns,
        monotonic_ns=stream_ns,
        wall=_START + timedelta(seconds=seconds),
    )


def _detections(
    boxes: Iterable[Seen], score: float = 0.8, cls: VehicleClass = VehicleClass.CAR
) -> Detections:
    rows = [(x - w / 2, y - h / 2, x + w / 2, y + h / 2) for x, y, w, h in boxes]
    return Detections(
        boxes_px=np.array(rows, np.float32).reshape(-1, 4),
        scores=np.full(len(rows), score, np.float32),
        classes=np.full(len(rows), int(cls), np.int32),
    )


def _follow(tracker: ByteTracker, frames: Iterable[tuple[float, Detections]]) -> Tracks:
    """Feed frames and return what the last of them gave."""
    tracks = Tracks(())
    for time_s, seen in frames:
        tracks = tracker.update(seen, _at(time_s))
    return tracks


def _centre(box: TrackedBox) -> tuple[float, float]:
    return (
        (box.box.left_px + box.box.right_px) / 2,
        (box.box.top_px + box.box.bottom_px) / 2,
    )


def _nearest(tracks: Tracks, x: float, y: float) -> TrackId:
    return min(
        tracks, key=lambda b: abs(_centre(b)[0] - x) + abs(_centre(b)[1] - y)
    ).track_id


def test_a_track_is_born_with_the_second_hit() -> None:
    """One detection alone may be anything."""
    tracker = ByteTracker()
    assert not tracker.update(_detections([(100, 100, 60, 40)]), _at(0)).boxes
    tracks = tracker.update(_detections([(104, 100, 60, 40)]), _at(0.1))
    assert [box.track_id for box in tracks] == [1]


def test_an_unsure_detection_begins_nothing() -> None:
    """What is hardly seen may go on, never begin."""
    tracker = ByteTracker()
    for i in range(5):
        seen = _detections([(100, 100, 60, 40)], score=0.2)
        assert not tracker.update(seen, _at(i / 10)).boxes


def test_an_unsure_detection_prolongs_a_track() -> None:
    """The second association: a half-hidden vehicle keeps its identity, as seen."""
    tracker = ByteTracker()
    for i in range(4):
        tracker.update(_detections([(100 + 5 * i, 100, 60, 40)]), _at(i / 10))
    tracks = tracker.update(_detections([(120, 100, 60, 40)], score=0.15), _at(0.4))
    (box,) = tracks.boxes
    assert box.track_id == 1
    assert not box.predicted


@pytest.mark.parametrize("rate_hz", [30, 12, 8])
def test_two_vehicles_cross_and_keep_their_identities(rate_hz: int) -> None:
    """Opposite directions, passing close by, at several frame rates."""
    tracker = ByteTracker()
    first: dict[str, TrackId] = {}
    for i in range(4 * rate_hz):
        time_s = i / rate_hz
        east = (50 + 150 * time_s, 100.0)
        west = (650 - 150 * time_s, 130.0)
        seen = _detections([(*east, 80, 50), (*west, 80, 50)])
        tracks = tracker.update(seen, _at(time_s))
        if i == 2:
            first = {"east": _nearest(tracks, *east), "west": _nearest(tracks, *west)}
        if i > 2:
            assert _nearest(tracks, *east) == first["east"]
            assert _nearest(tracks, *west) == first["west"]


def test_a_gap_is_bridged_and_marked() -> None:
    """Half a second behind a tree: guessed, marked, and found again."""
    tracker = ByteTracker()
    for i in range(40):
        time_s, x = i / 20, 50 + 10.0 * i
        hidden = 20 <= i < 30
        seen = [] if hidden else [(x, 200.0, 90.0, 60.0)]
        tracks = tracker.update(_detections(seen), _at(time_s))
        if i > 1:
            (box,) = tracks.boxes
            assert box.track_id == 1
            assert box.predicted == hidden
            assert _centre(box)[0] == pytest.approx(x, abs=12)


def test_a_long_gap_ends_the_track_and_says_so_once() -> None:
    """After more than a second unseen the identity is given up for good."""
    tracker = ByteTracker()
    ended: list[TrackId] = []
    for i in range(10):
        seen = _detections([(100, 100, 60, 40)])
        ended += tracker.update(seen, _at(i / 10)).ended
    for i in range(10, 30):
        ended += tracker.update(Detections.none(), _at(i / 10)).ended
    seen = _detections([(100, 100, 60, 40)])
    tracks = _follow(tracker, ((i / 10, seen) for i in range(30, 35)))
    assert ended == [1]
    assert [box.track_id for box in tracks] == [2]


def test_a_parked_vehicle_neither_drifts_nor_grows() -> None:
    """Ten minutes of jitter leave one track where it stands."""
    rng = np.random.default_rng(7)
    tracker = ByteTracker()
    parked = np.array([400, 300, 120, 80])
    jittered = (tuple(parked + rng.normal(0, 1.5, 4)) for _ in range(6000))
    _follow(tracker, ((i / 10, _detections([b])) for i, b in enumerate(jittered)))
    unseen = ((i / 10, Detections.none()) for i in range(6000, 6009))
    tracks = _follow(tracker, unseen)
    (box,) = tracks.boxes
    assert box.track_id == 1
    assert box.predicted
    assert _centre(box) == pytest.approx((400, 300), abs=8)
    assert box.box.width_px == pytest.approx(120, abs=6)
    assert box.box.height_px == pytest.approx(80, abs=6)


def test_dropped_frames_do_not_break_a_track() -> None:
    """The motion model runs in stream time, not in frames."""
    tracker = ByteTracker()
    identities = set()
    moments = [0, 0.04, 0.08, 0.12, 0.16, 0.2, 0.6, 0.64, 1.2, 1.24]
    for time_s in moments:
        seen = _detections([(50 + 300 * time_s, 100, 80, 50)])
        identities |= {box.track_id for box in tracker.update(seen, _at(time_s))}
    assert identities == {1}


def test_the_class_is_what_most_frames_say() -> None:
    """A lorry that is taken for a bus now and then stays a lorry, and one track."""
    tracker = ByteTracker()
    called = [VehicleClass.BUS if i % 5 == 0 else VehicleClass.TRUCK for i in range(20)]
    frames = [
        (i / 10, _detections([(100 + 4 * i, 100, 90, 70)], cls=cls))
        for i, cls in enumerate(called)
    ]
    tracks = _follow(tracker, frames)
    (box,) = tracks.boxes
    assert box.vehicle_class is VehicleClass.TRUCK
    assert box.track_id == 1


def test_a_rider_and_the_motorcycle_are_two_tracks() -> None:
    """Kinds that overlap by nature are never taken for one another."""
    tracker = ByteTracker()
    rider = _detections([(100, 80, 30, 60)], cls=VehicleClass.PERSON)
    bike = _detections([(100, 95, 34, 60)], cls=VehicleClass.MOTORCYCLE)
    both = Detections(
        boxes_px=np.vstack([rider.boxes_px, bike.boxes_px]),
        scores=np.hstack([rider.scores, bike.scores]),
        classes=np.hstack([rider.classes, bike.classes]),
    )
    tracks = _follow(tracker, ((i / 10, both) for i in range(10)))
    classes = {box.track_id: box.vehicle_class for box in tracks}
    assert sorted(classes.values()) == [VehicleClass.PERSON, VehicleClass.MOTORCYCLE]


def test_identities_are_not_used_again_after_a_reset() -> None:
    """The stream broke off; numbers go on."""
    tracker = ByteTracker()
    frames = [(i / 10, _detections([(100, 100, 60, 40)])) for i in range(3)]
    _follow(tracker, frames)
    tracker.reset()
    tracks = _follow(tracker, frames)
    assert [box.track_id for box in tracks] == [2]


_SCENE = st.lists(
    st.lists(
        st.tuples(
            st.floats(0, 600), st.floats(0, 400), st.floats(4, 200), st.floats(4, 200)
        ),
        max_size=8,
    ),
    min_size=1,
    max_size=25,
)


@settings(max_examples=60, deadline=None)
@given(_SCENE, st.floats(0.01, 0.6))
def test_whatever_comes_identities_are_unique_and_end_once(
    scene: list[list[Seen]], step_s: float
) -> None:
    """No identity twice in a frame, none alive after its end, none ended twice."""
    tracker = ByteTracker()
    ended: set[TrackId] = set()
    alive: set[TrackId] = set()
    for i, seen in enumerate(scene):
        tracks = tracker.update(_detections(seen), _at(i * step_s))
        now = [box.track_id for box in tracks]
        assert len(now) == len(set(now))
        assert not ended & set(tracks.ended)
        assert set(tracks.ended) <= alive
        ended |= set(tracks.ended)
        assert not ended & set(now)
        assert alive - set(tracks.ended) <= set(now)
        alive = set(now)


def test_time_that_stands_still_is_no_error() -> None:
    """Some cameras repeat a timestamp."""
    tracker = ByteTracker()
    seen = _detections([(100, 100, 60, 40)])
    tracks = _follow(tracker, [(1.0, seen)] * 4)
    assert len(tracks.boxes) == 1


def test_a_single_hit_is_enough_when_so_set() -> None:
    """The number of hits before birth is a setting."""
    tracker = ByteTracker(TrackerSettings(birth_hits=1))
    tracks = tracker.update(_detections([(100, 100, 60, 40)]), _at(0))
    assert [box.track_id for box in tracks] == [1]
