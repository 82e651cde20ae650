"""Identities over time: crossing, gaps, standing still, and ends."""

import pickle
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


def test_a_vehicle_is_found_again_after_a_full_second() -> None:
    """Not one look sees it for a second; then it is where it would be by then."""
    tracker = ByteTracker()
    for i in range(60):
        time_s, x = i / 20, 50 + 8.0 * i
        hidden = 30 <= i < 50
        seen = [] if hidden else [(x, 200.0, 90.0, 60.0)]
        tracks = tracker.update(_detections(seen), _at(time_s))
        if i > 1:
            assert [box.track_id for box in tracks] == [1]
            assert tracks.boxes[0].predicted == hidden
            assert not tracks.ended


def test_a_vehicle_behind_another_keeps_its_identity() -> None:
    """A car is fully hidden for a second by a lorry that passes in front of it."""
    tracker = ByteTracker()
    names = set()
    for i in range(90):
        time_s = i / 20
        car, lorry = 200 + 30 * time_s, -200 + 260 * time_s
        hidden = abs(car - lorry) < 115
        seen = [(lorry, 210.0, 300.0, 180.0)]
        seen += [] if hidden else [(car, 200.0, 70.0, 50.0)]
        tracks = tracker.update(_detections(seen), _at(time_s))
        if i > 1:
            names.add(_nearest(tracks, car, 200.0))
            names.add(_nearest(tracks, lorry, 210.0))
    assert len(names) == 2
    assert max(names) == 2


def _parked(
    hours: float, rng: np.random.Generator
) -> Iterable[tuple[float, list[Seen]]]:
    """A look a second at a parked car that a bus hides for 6 s of every minute."""
    for i in range(round(hours * 3600)):
        bus_x = 400 + 100 * (i % 60 - 30)
        hidden = abs(bus_x - 400) < 350
        car = np.array([400, 300, 120, 80]) + rng.normal(0, 2, 4)
        seen: list[Seen] = [] if hidden else [(car[0], car[1], car[2], car[3])]
        if -300 < bus_x < 1600:
            seen.append((bus_x, 280.0, 480.0, 220.0))
        yield float(i), seen


def test_a_parked_vehicle_stays_one_track_for_hours() -> None:
    """Hidden every minute for longer than any gap, it is known where it stands."""
    tracker = ByteTracker()
    sizes: list[int] = []
    names: set[TrackId] = set()
    ended: set[TrackId] = set()
    for time_s, seen in _parked(2.0, np.random.default_rng(5)):
        tracks = tracker.update(_detections(seen), _at(time_s))
        ended.update(tracks.ended)
        cars = [box for box in tracks if box.box.width_px < 200]
        names.update(box.track_id for box in cars)
        if time_s > 1:
            assert [_centre(box) for box in cars] == [pytest.approx((400, 300), abs=15)]
        if time_s % 60 == 20:
            sizes.append(len(pickle.dumps(tracker)))
    assert names == {1}
    assert 1 not in ended
    assert max(sizes) <= min(sizes) + 100


def test_where_a_vehicle_stood_another_is_not_taken_for_it_from_afar() -> None:
    """A stand that is empty is not filled by what drives by next to it."""
    tracker = ByteTracker()
    for i in range(200):
        tracker.update(_detections([(400, 300, 120, 80)]), _at(i / 10))
    for i in range(200, 260):
        x = 100 + 15.0 * (i - 200)
        tracks = tracker.update(_detections([(x, 345, 120, 80)]), _at(i / 10))
        if i > 202:
            assert 1 not in [box.track_id for box in tracks if not box.predicted]


def test_an_empty_stand_is_given_up() -> None:
    """However long a vehicle stood, half a minute out of sight ends its track."""
    tracker = ByteTracker()
    for i in range(1200):
        tracker.update(_detections([(400, 300, 120, 80)]), _at(i / 2))
    tracks = _follow(tracker, ((600 + i / 2, Detections.none()) for i in range(58)))
    assert [box.predicted for box in tracks] == [True]
    ended = [
        ended
        for i in range(58, 70)
        for ended in tracker.update(Detections.none(), _at(600 + i / 2)).ended
    ]
    assert ended == [1]


def test_a_second_box_of_one_vehicle_begins_no_track() -> None:
    """Detectors see twins now and then: cab and lorry, car and shadow."""
    tracker = ByteTracker()
    tracks = Tracks(())
    for i in range(30):
        twin = [(104 + 4.0 * i, 103, 84, 52)] if i > 3 else []
        seen = _detections([(100 + 4.0 * i, 100, 90, 60), *twin])
        tracks = tracker.update(seen, _at(i / 10))
    assert [box.track_id for box in tracks] == [1]


def test_a_class_is_not_set_in_stone() -> None:
    """Hours as a car do not outweigh what the last minutes say."""
    tracker = ByteTracker()
    far = _detections([(400, 300, 60, 40)], cls=VehicleClass.CAR)
    _follow(tracker, ((i / 10, far) for i in range(1500)))
    near = _detections([(400, 300, 60, 40)], cls=VehicleClass.TRUCK)
    tracks = _follow(tracker, ((i / 10, near) for i in range(1500, 1800)))
    assert [box.vehicle_class for box in tracks] == [VehicleClass.TRUCK]


def test_the_forecast_agrees_with_the_look_and_goes_on_from_there() -> None:
    """At the look itself it is what was published; later it is further along."""
    tracker = ByteTracker()
    tracks = _follow(
        tracker,
        ((i / 10, _detections([(50 + 12.0 * i, 100, 60, 40)])) for i in range(30)),
    )
    forecast = tracker.forecast()
    assert forecast.at(forecast.stream_ns).boxes == tracks.boxes
    (ahead,) = forecast.at(forecast.stream_ns + 200_000_000)
    assert _centre(ahead)[0] - _centre(tracks.boxes[0])[0] == pytest.approx(24, abs=3)
    tracker.update(Detections.none(), _at(3.0))
    assert forecast.at(forecast.stream_ns).boxes == tracks.boxes


def test_what_stands_does_not_tremble_in_the_forecast() -> None:
    """A parked vehicle's noise is no motion."""
    rng = np.random.default_rng(3)
    tracker = ByteTracker()
    for i in range(100):
        parked = np.array([400, 300, 120, 80]) + rng.normal(0, 2, 4)
        tracker.update(_detections([tuple(parked.tolist())]), _at(i / 10))
    assert not tracker.forecast().velocities_px_s.any()
    assert not tracker.forecast().moving
