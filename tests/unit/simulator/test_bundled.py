"""The bundled files agree with each other, and with the scene they were made of."""

from collections.abc import Callable

import av
import numpy as np
import pytest

from app.config.camera import RedLightRule, SpeedingRule
from app.domain.geometry import PixelBox, PixelSegment
from app.domain.infraction import InfractionKind
from app.domain.signal import LampPhase
from app.simulator import sites
from app.simulator.pinhole import PinholeCamera
from app.simulator.plates import Picture
from app.simulator.scenario import SimulatedCamera, load_bundled
from app.simulator.truth import TruthSample

CAMERAS: dict[str, Callable[[], PinholeCamera]] = {
    "junction-front": sites.junction_front,
    "junction-rear": sites.junction_rear,
    "avenue-speed": sites.avenue_speed,
    "avenue-plate": sites.avenue_plate,
    "avenue-night": sites.avenue_speed,
}
BUNDLED = load_bundled()

every = pytest.mark.parametrize("camera", BUNDLED, ids=[c.key for c in BUNDLED])


def picture_at(camera: SimulatedCamera, frame: int) -> Picture:
    with av.open(str(camera.clip)) as container:
        stream = container.streams.video[0]
        assert stream.time_base is not None
        container.seek(int(frame / camera.truth.fps / stream.time_base), stream=stream)
        for image in container.decode(stream):
            assert image.time is not None
            if round(image.time * camera.truth.fps) == frame:
                return np.asarray(image.to_ndarray(format="bgr24"), np.uint8)
    raise AssertionError(f"no frame {frame}")


def patch(image: Picture, box: PixelBox) -> Picture:
    rows = slice(round(box.top_px), round(box.bottom_px))
    return image[rows, round(box.left_px) : round(box.right_px)]


def test_all_five_are_there() -> None:
    assert [camera.key for camera in BUNDLED] == list(CAMERAS)


@every
def test_control_points_lie_where_the_camera_sees_them(camera: SimulatedCamera) -> None:
    calibration = camera.configuration.calibration
    assert calibration is not None
    assert len(calibration.points) >= 6
    for point in calibration.points:
        x_px, y_px = CAMERAS[camera.key]().project_ground(
            point.road.x_m, point.road.y_m
        )
        assert (point.pixel.x_px, point.pixel.y_px) == pytest.approx(
            (x_px, y_px), abs=0.06
        )
        assert 0 < point.pixel.x_px < camera.configuration.image_width_px
        assert 0 < point.pixel.y_px < camera.configuration.image_height_px


@every
def test_rules_match_the_infractions(camera: SimulatedCamera) -> None:
    kinds = {item.kind for item in camera.truth.infractions}
    rules = {rule.kind for rule in camera.configuration.rules}
    assert rules == {kind.value for kind in kinds}
    assert len(camera.truth.infractions) >= 5
    for rule in camera.configuration.rules:
        for item in camera.truth.infractions:
            if isinstance(rule, SpeedingRule):
                assert item.speed_kmh is not None
                assert item.speed_kmh > rule.limit_kmh + rule.tolerance_kmh
            elif isinstance(rule, RedLightRule):
                assert item.red_for_s is not None
                assert item.red_for_s > rule.grace_s + 0.4


@every
def test_the_clip_is_encoded_as_a_camera_would(camera: SimulatedCamera) -> None:
    with av.open(str(camera.clip)) as container:
        stream = container.streams.video[0]
        packets = [packet for packet in container.demux(stream) if packet.size]
        assert stream.codec_context.name == "h264"
        assert (stream.width, stream.height) == (1280, 720)
        assert stream.average_rate == camera.truth.fps
    assert len(packets) == camera.truth.frame_count
    assert all(packet.pts == packet.dts for packet in packets)
    keys = [number for number, packet in enumerate(packets) if packet.is_keyframe]
    assert keys == list(range(0, len(packets), camera.truth.fps))
    assert camera.clip.stat().st_size < 6_000_000


@every
def test_the_road_is_empty_where_the_loop_closes(camera: SimulatedCamera) -> None:
    frames = {row.frame for v in camera.truth.vehicles for row in v.samples}
    assert min(frames) >= 4
    assert max(frames) < camera.truth.frame_count - 4
    first, last = (
        picture_at(camera, 0),
        picture_at(camera, camera.truth.frame_count - 1),
    )
    assert np.abs(first.astype(int) - last).mean() < 4


@every
def test_a_vehicle_is_in_its_box(camera: SimulatedCamera) -> None:
    """The picture inside a box differs from the empty road; around it, less."""
    whole = [
        row
        for vehicle in camera.truth.vehicles
        for row in vehicle.samples
        if row.whole and row.visible > 0.95 and row.bottom_px - row.top_px > 90
    ]
    row = whole[len(whole) // 2]
    empty, full = picture_at(camera, 0), picture_at(camera, row.frame)
    box = row.box
    inside = np.abs(patch(full, box).astype(int) - patch(empty, box)).mean()
    assert inside > 12


@every
def test_plates_are_large_enough_near_the_decisive_moment(
    camera: SimulatedCamera,
) -> None:
    """A plate is 0.36 m wide; its pixels follow from the camera's distance."""
    seen = CAMERAS[camera.key]()
    needed = 80 if camera.key == "avenue-plate" else 45
    for item in camera.truth.infractions:
        vehicle = camera.truth.vehicle(item.vehicle)
        rows = [
            row
            for row in vehicle.samples
            if front_seen(camera, row)
            and abs(row.frame / camera.truth.fps - item.time_s) < 1.5
        ]
        assert rows, item
        assert max(plate_px(seen, row) for row in rows) >= needed - 1, item


def front_seen(camera: SimulatedCamera, row: TruthSample) -> bool:
    """Tell whether sides and foot are in the picture; a tele view cuts off roofs."""
    sides = row.left_px > 0 and row.right_px < camera.truth.width_px
    foot = row.bottom_px < camera.truth.height_px
    return sides and foot and (row.whole or camera.key == "avenue-plate")


def plate_px(camera: PinholeCamera, row: TruthSample) -> float:
    ends = np.array(((row.x_m - 0.18, row.y_m, 0.5), (row.x_m + 0.18, row.y_m, 0.5)))
    pixels, _ = camera.project(ends)
    return float(np.linalg.norm(pixels[1] - pixels[0]))


@pytest.mark.parametrize(
    "camera", [c for c in BUNDLED if c.truth.lamp], ids=lambda c: str(c.key)
)
def test_the_lamp_boxes_show_the_phase(camera: SimulatedCamera) -> None:
    head = camera.configuration.lamp_head
    assert head is not None
    boxes = {
        LampPhase.RED: head.red,
        LampPhase.AMBER: head.amber,
        LampPhase.GREEN: head.green,
    }
    assert {span.phase for span in camera.truth.lamp} == set(boxes)
    for span in camera.truth.lamp[:4]:
        image = picture_at(camera, (span.first_frame + span.end_frame) // 2)
        light = {
            phase: patch(image, box).max(axis=2).mean() for phase, box in boxes.items()
        }
        assert max(light, key=lambda phase: light[phase]) is span.phase
        others = [value for phase, value in light.items() if phase is not span.phase]
        assert light[span.phase] > 1.8 * max(others)


@pytest.mark.parametrize(
    "camera", [c for c in BUNDLED if c.truth.lamp], ids=lambda c: str(c.key)
)
def test_runners_foot_crosses_the_stop_line_on_red(camera: SimulatedCamera) -> None:
    line = camera.configuration.stop_line
    assert line is not None
    for item in camera.truth.infractions:
        assert item.kind is InfractionKind.RED_LIGHT
        rows = camera.truth.vehicle(item.vehicle).samples
        crossing = first_over(line.segment, line.segment.side(line.before), rows)
        assert crossing is not None
        seen_s = crossing.frame / camera.truth.fps
        assert seen_s == pytest.approx(item.time_s, abs=0.3)
        assert camera.truth.phase_at(crossing.frame) is LampPhase.RED


def first_over(
    segment: PixelSegment, before: float, rows: tuple[TruthSample, ...]
) -> TruthSample | None:
    waiting = False
    for row in rows:
        over = segment.side(row.box.foot) * before < 0
        if over and waiting:
            return row
        waiting = waiting or not over
    return None
