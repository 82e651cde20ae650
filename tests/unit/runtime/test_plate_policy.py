"""Plates are read where they can be read, and not more often than it helps."""

from app.domain.clock import NS_PER_S
from app.domain.detection import TrackedBox
from app.domain.geometry import PixelBox
from app.domain.ids import TrackId
from app.domain.vehicle import VehicleClass
from app.runtime.plate_policy import PlatePolicy

WIDTH_PX, HEIGHT_PX = 1920, 1080


def vehicle(
    track: int = 1,
    left: float = 500,
    top: float = 400,
    size: float = 200,
    kind: VehicleClass = VehicleClass.CAR,
    *,
    predicted: bool = False,
) -> TrackedBox:
    return TrackedBox(
        track_id=TrackId(track),
        box=PixelBox(left, top, left + size, top + size),
        score=0.9,
        vehicle_class=kind,
        predicted=predicted,
    )


def drive(
    policy: PlatePolicy, *boxes: TrackedBox, seconds: float, text: str | None = None
) -> int:
    """Show the boxes at 25 fps, read whenever asked; return how many reads."""
    reads = 0
    for frame in range(round(seconds * 25)):
        stream_ns = frame * NS_PER_S // 25
        for chosen in policy.choose(boxes, stream_ns, WIDTH_PX, HEIGHT_PX):
            policy.begun(chosen, stream_ns)
            if text is not None:
                policy.read(chosen.track_id, f"{text}{reads}")
            reads += 1
    return reads


def test_a_track_is_read_three_times_at_most() -> None:
    assert drive(PlatePolicy(), vehicle(), seconds=60, text="A") == 3


def test_unsuccessful_attempts_are_bounded_too() -> None:
    assert drive(PlatePolicy(), vehicle(), seconds=600) == 6


def test_reads_are_spaced_apart() -> None:
    assert drive(PlatePolicy(), vehicle(), seconds=1.0) == 2


def test_two_equal_reads_are_enough() -> None:
    policy = PlatePolicy()
    for _ in range(2):
        policy.read(TrackId(1), "M1W737")

    assert policy.choose([vehicle()], 10 * NS_PER_S, WIDTH_PX, HEIGHT_PX) == []


def test_a_finding_earns_one_more_read() -> None:
    policy = PlatePolicy()
    policy.flag(TrackId(1))
    policy.flag(TrackId(1))

    assert drive(policy, vehicle(), seconds=60, text="A") == 4


def test_reads_under_way_count_as_read_and_as_alike() -> None:
    """Two that are under way may agree; beside two that differ there may be one."""
    policy = PlatePolicy()

    def chosen(under_way: int) -> int:
        boxes = policy.choose(
            [vehicle()], 10 * NS_PER_S, WIDTH_PX, HEIGHT_PX, lambda _: under_way
        )
        return len(boxes)

    assert [chosen(count) for count in (0, 1, 2)] == [1, 1, 0]
    policy.read(TrackId(1), "ABC123")
    policy.read(TrackId(1), "ABC124")
    assert [chosen(count) for count in (0, 1)] == [1, 0]


def test_coming_nearer_is_read_sooner() -> None:
    policy = PlatePolicy()
    policy.begun(vehicle(size=100), 0)
    soon = NS_PER_S // 4

    assert policy.choose([vehicle(size=100)], soon, WIDTH_PX, HEIGHT_PX) == []
    assert policy.choose([vehicle(size=120)], soon, WIDTH_PX, HEIGHT_PX) != []


def test_what_cannot_be_read_is_left_alone() -> None:
    unreadable = [
        vehicle(1, kind=VehicleClass.PERSON),
        vehicle(2, kind=VehicleClass.BICYCLE),
        vehicle(3, left=0),
        vehicle(4, top=HEIGHT_PX - 200),
        vehicle(5, size=20),
        vehicle(6, predicted=True),
    ]

    assert PlatePolicy().choose(unreadable, 0, WIDTH_PX, HEIGHT_PX) == []


def test_the_nearest_come_first_but_a_finding_before_them() -> None:
    policy = PlatePolicy()
    policy.flag(TrackId(1))
    boxes = [vehicle(1, size=100), vehicle(2, size=300), vehicle(3, size=200)]

    chosen = policy.choose(boxes, 0, WIDTH_PX, HEIGHT_PX)

    assert [box.track_id for box in chosen] == [1]

    policy.begun(boxes[0], 0)
    chosen = policy.choose(boxes, 1, WIDTH_PX, HEIGHT_PX)

    assert [box.track_id for box in chosen] == [2]
