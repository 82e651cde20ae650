"""Writes labelled pictures of made-up streets, to train and test detectors with."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from app.domain.geometry import PixelBox
from app.domain.signal import LampPhase
from app.domain.vehicle import VehicleClass
from app.simulator import sites
from app.simulator.bodies import make_body
from app.simulator.furniture import SignalHead
from app.simulator.lighting import DUSK, NIGHT, OVERCAST, SUNNY, Lighting
from app.simulator.paint import Pose
from app.simulator.picture import Actor, FramePainter
from app.simulator.pinhole import PinholeCamera
from app.simulator.plates import make_plate
from app.simulator.sites import LanePath
from app.simulator.street import (
    GRASS,
    WHITE,
    YELLOW,
    Facade,
    Slab,
    StreetPlan,
    Tree,
    carriageway,
    kerb,
    stop_line,
    zebra,
)

Bytes = npt.NDArray[np.uint8]

IMAGE_SIZE_PX = (640, 360)
"""Half of what is rendered: what a detector of input size 640 sees of 1280 x 720."""
_PICTURES_PER_SCENE = 10
_LEAST_VISIBLE = 0.25
_LEAST_SIDE_PX = 9.0
_TRAFFIC = (
    (VehicleClass.CAR, 0.56),
    (VehicleClass.MOTORCYCLE, 0.16),
    (VehicleClass.BUS, 0.12),
    (VehicleClass.TRUCK, 0.16),
)


@dataclass(frozen=True, slots=True)
class _Scene:
    camera: PinholeCamera
    street: StreetPlan
    lanes: tuple[LanePath, ...]
    heads: tuple[SignalHead, ...]
    walk_x_m: tuple[float, ...]
    """Where people walk and ride along the road."""


def export_dataset(out: Path, count: int, seed: int, name: str = "train") -> None:
    """Write `count` pictures with labels as a YOLO data set below `out`.

    images/<name>/*.jpg and labels/<name>/*.txt (class x y w h, shares of the picture),
    and data.yaml. Classes are `VehicleClass` numbers. Boxes are tight around the
    silhouette within the picture; what is less than a quarter visible has no label.
    """
    for kind in ("images", "labels"):
        (out / kind / name).mkdir(parents=True, exist_ok=True)
    write_yaml(out)
    done = 0
    while done < count:
        rng = np.random.default_rng((seed, done))
        scene = _draw_scene(rng)
        painter = _painter(scene, rng)
        for _ in range(min(_PICTURES_PER_SCENE, count - done)):
            image, labels = _picture(painter, scene, rng)
            stem = f"{seed:04d}-{done:05d}"
            _write(out, name, stem, image, labels, rng)
            done += 1


def write_yaml(out: Path) -> None:
    """Say in `out/data.yaml` where the parts are and what the classes are called."""
    lines = [f"path: {out.resolve()}", "train: images/train", "val: images/val"]
    lines.append("names:")
    lines += [f"  {kind.value}: {kind.name.lower()}" for kind in VehicleClass]
    (out / "data.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _write(
    out: Path,
    name: str,
    stem: str,
    image: Bytes,
    labels: list[str],
    rng: np.random.Generator,
) -> None:
    quality = int(rng.integers(70, 96))
    picture = str(out / "images" / name / f"{stem}.jpg")
    cv2.imwrite(picture, image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    text = "".join(f"{line}\n" for line in labels)
    (out / "labels" / name / f"{stem}.txt").write_text(text, encoding="utf-8")


def _painter(scene: _Scene, rng: np.random.Generator) -> FramePainter:
    base = (SUNNY, SUNNY, OVERCAST, OVERCAST, DUSK, NIGHT)[int(rng.integers(6))]
    angle, height = rng.uniform(0, 2 * np.pi), rng.uniform(0.5, 1.6)
    sun = (float(np.cos(angle)), float(np.sin(angle)), float(height))
    tint = rng.normal(1.0, 0.035, 3)
    gain = float(rng.uniform(0.85, 1.12))
    lighting: Lighting = replace(
        base,
        to_sun=sun,
        sun=base.sun * float(rng.uniform(0.7, 1.2)),
        tint_bgr=(
            base.tint_bgr[0] * gain * float(tint[0]),
            base.tint_bgr[1] * gain * float(tint[1]),
            base.tint_bgr[2] * gain * float(tint[2]),
        ),
        darkness=base.darkness * float(rng.uniform(0.75, 1.06)),
        noise_sigma=base.noise_sigma * float(rng.uniform(0.5, 2.0)),
        blur_px=float(rng.uniform(0.3, 1.0)),
        haze=float(rng.uniform(0.05, 0.6)),
    )
    seed = int(rng.integers(1 << 30))
    return FramePainter(scene.camera, scene.street, lighting, scene.heads, seed)


def _draw_scene(rng: np.random.Generator) -> _Scene:
    if rng.random() < 0.35:
        known = (_junction_front, _junction_rear, _avenue, _service)
        return known[int(rng.integers(len(known)))]()
    return _random_scene(rng)


def _junction_front() -> _Scene:
    return _junction(sites.junction_front())


def _junction_rear() -> _Scene:
    return _junction(sites.junction_rear())


def _junction(camera: PinholeCamera) -> _Scene:
    lanes = (
        *sites.JUNCTION_MAIN,
        *sites.JUNCTION_OPPOSITE,
    )
    heads = sites.junction_heads()
    return _Scene(camera, sites.junction_street(), lanes, heads, (9.0, 7.4, -8.9))


def _avenue() -> _Scene:
    street = sites.avenue_street()
    return _Scene(sites.avenue_speed(), street, sites.AVENUE_LANES, (), (11.2, 9.3))


def _service() -> _Scene:
    street = sites.service_street()
    return _Scene(sites.avenue_plate(), street, sites.SERVICE_LANES, (), (6.9,))


def _random_scene(rng: np.random.Generator) -> _Scene:
    """Draw a straight street with its camera at y = 0 looking along +y."""
    width = float(rng.uniform(2.9, 3.6))
    count = int(rng.integers(2, 5))
    both_ways = bool(rng.random() < 0.4)
    towards = -1.0 if rng.random() < 0.55 else 1.0
    lanes = []
    for number in range(count):
        turned = both_ways and number < count // 2
        direction = -towards if turned else towards
        lanes.append(LanePath("", (number + 0.5) * width, width, direction))
    right = count * width
    street = _random_street(lanes, width, right, rng)
    heads = _random_heads(right, rng)
    camera = _random_camera(right, rng)
    walks = (right + 1.3, right - 0.3, -1.4)
    return _Scene(camera, street, tuple(lanes), heads, walks)


def _random_street(
    lanes: list[LanePath], width: float, right: float, rng: np.random.Generator
) -> StreetPlan:
    span = (-20.0, 220.0)
    centres = tuple(lane.offset_m for lane in lanes)
    edge = YELLOW if rng.random() < 0.5 else WHITE
    slabs = carriageway(centres, width, span, (edge, WHITE))
    slabs += [kerb(-0.5, span), kerb(right + 0.5, span)]
    if rng.random() < 0.6:
        slabs.append(Slab((-4.0, -0.6), span, GRASS, 0.1))
    if rng.random() < 0.5:
        slabs.append(Slab((right + 3.0, right + 6.0), span, GRASS, 0.1))
    if rng.random() < 0.5:
        line = float(rng.uniform(15, 45))
        slabs.append(stop_line((0.0, right), line))
        slabs.append(zebra((0.0, right), (line + 1.2, line + 4.2)))
    shade = rng.uniform(0.75, 1.2)
    slabs = [
        replace(
            s, colour=(s.colour[0] * shade, s.colour[1] * shade, s.colour[2] * shade)
        )
        for s in slabs
    ]
    trees = tuple(
        Tree(side, float(y), float(rng.uniform(4.5, 7.5)))
        for side in (-3.0, right + 4.0)
        for y in np.arange(12, 120, rng.uniform(9, 25))
        if rng.random() < 0.5
    )
    return StreetPlan(
        slabs=tuple(slabs),
        facades=(
            Facade(float(right + rng.uniform(5, 12)), span, float(rng.uniform(5, 14))),
            Facade(float(-rng.uniform(6, 14)), span, float(rng.uniform(5, 14))),
        ),
        trees=trees,
        street_lamps_m=tuple((right + 0.8, float(y)) for y in (8, 34, 60, 86)),
    )


def _random_heads(right: float, rng: np.random.Generator) -> tuple[SignalHead, ...]:
    if rng.random() < 0.5:
        return ()
    x = float(-1.0 if rng.random() < 0.5 else right + 1.0)
    y, bottom = float(rng.uniform(14, 50)), float(rng.uniform(2.3, 3.4))
    return (SignalHead(x, y, bottom, -1.0),)


def _random_camera(right: float, rng: np.random.Generator) -> PinholeCamera:
    focal = float(np.exp(rng.uniform(np.log(1000), np.log(4600))))
    height = float(rng.uniform(4.2, 8.5))
    # Aim where the lens shows about the width of the road.
    reach = float(np.clip(focal * right / 1280 * rng.uniform(0.8, 1.7), 14, 55))
    x = float(rng.uniform(-2.0, right + 2.0))
    aim = float(rng.uniform(0.25, 0.75) * right)
    return PinholeCamera.looking_at((x, 0.0, height), (aim, reach, 0.0), focal)


def _picture(
    painter: FramePainter, scene: _Scene, rng: np.random.Generator
) -> tuple[Bytes, list[str]]:
    actors = _populate(scene, rng)
    phases = (LampPhase.RED, LampPhase.AMBER, LampPhase.GREEN)
    phase = phases[int(rng.integers(3))]
    image, sights = painter.paint(actors, phase, int(rng.integers(1 << 30)))
    kinds = {actor.key: actor.body.vehicle_class for actor in actors}
    size = (scene.camera.width_px, scene.camera.height_px)
    labels = [
        yolo_row(kinds[key], sight.box, size)
        for key, sight in sorted(sights.items())
        if worth_a_label(sight.box, sight.visible)
    ]
    small = cv2.resize(image, IMAGE_SIZE_PX, interpolation=cv2.INTER_AREA)
    return _weathered(np.asarray(small, np.uint8), rng), labels


def worth_a_label(box: PixelBox, visible: float) -> bool:
    """Tell whether a road user is large enough, in a full-size picture, and not hidden.

    `visible`: share of it that nothing hides, 0..1.
    """
    return min(box.width_px, box.height_px) >= _LEAST_SIDE_PX and (
        visible >= _LEAST_VISIBLE
    )


def yolo_row(kind: VehicleClass, box: PixelBox, size_px: tuple[int, int]) -> str:
    """Return `class x y w h` in shares of the picture's (width, height)."""
    x = (box.left_px + box.right_px) / 2 / size_px[0]
    y = (box.top_px + box.bottom_px) / 2 / size_px[1]
    width, height = box.width_px / size_px[0], box.height_px / size_px[1]
    return f"{kind.value} {x:.6f} {y:.6f} {width:.6f} {height:.6f}"


def _populate(scene: _Scene, rng: np.random.Generator) -> list[Actor]:
    """Place road users at random so that none touches another."""
    actors: list[Actor] = []
    near, far = _depth_range(scene.camera)
    density = float(rng.uniform(2.5, 26.0))
    sight = 1.0 if scene.camera.rotation[2, 1] > 0 else -1.0
    for lane in scene.lanes:
        depth = near + float(rng.exponential(density))
        while depth < far:
            kind = _draw_kind(rng)
            body = make_body(kind, rng)
            away = lane.direction == sight
            # The body lies behind its front end, as seen along the lane.
            front = depth + body.length_m if away else depth
            y = float(scene.camera.position_m[1]) + sight * front
            spare = max(lane.width_m - body.width_m - 0.3, 0.0) / 2
            x = lane.offset_m + float(rng.uniform(-spare, spare))
            plate = make_plate(kind, rng)
            pose = Pose(x, y, lane.heading_rad + float(rng.normal(0, 0.012)))
            braking = bool(rng.random() < 0.35)
            actors.append(Actor(len(actors), body, pose, plate, braking))
            depth += body.length_m + 1.2 + float(rng.exponential(density))
    _walk(scene, rng, actors, (near, far), sight)
    return actors


def _walk(
    scene: _Scene,
    rng: np.random.Generator,
    actors: list[Actor],
    span_m: tuple[float, float],
    sight: float,
) -> None:
    for _ in range(int(rng.poisson(2.2))):
        rides = bool(rng.random() < 0.4)
        kind = VehicleClass.BICYCLE if rides else VehicleClass.PERSON
        path = scene.walk_x_m[int(rng.integers(len(scene.walk_x_m)))]
        x = path + float(rng.normal(0, 0.15 if rides else 0.5))
        y = float(scene.camera.position_m[1]) + sight * float(rng.uniform(*span_m))
        heading = 0.0 if rng.random() < 0.5 else np.pi
        if not rides:
            heading = float(rng.uniform(0, 2 * np.pi))
        pose = Pose(x, y, float(heading))
        if _free(pose, actors):
            actors.append(Actor(len(actors), make_body(kind, rng), pose))


def _free(pose: Pose, actors: list[Actor]) -> bool:
    for actor in actors:
        ahead = actor.body.length_m / 2
        y = actor.pose.y_m - float(np.cos(actor.pose.heading_rad)) * ahead
        beside = abs(actor.pose.x_m - pose.x_m) < actor.body.width_m / 2 + 0.5
        if beside and abs(y - pose.y_m) < ahead + 1.8:
            return False
    return True


def _draw_kind(rng: np.random.Generator) -> VehicleClass:
    shares = [share for _, share in _TRAFFIC]
    return _TRAFFIC[int(rng.choice(len(shares), p=shares))][0]


def _depth_range(camera: PinholeCamera) -> tuple[float, float]:
    """Return how far along the road the first and the last road users stand."""
    _, y = camera.ground_point(camera.width_px / 2, camera.height_px - 1)
    near = abs(y - float(camera.position_m[1]))
    far = min(camera.focal_px * 1.7 / 26, 110.0)
    ray = camera.rays(np.array((camera.width_px / 2, 1.0)))
    if ray[2] < -1e-3:
        _, top_y = camera.ground_point(camera.width_px / 2, 1.0)
        far = min(far, abs(top_y - float(camera.position_m[1])))
    return max(near - 4.0, 2.0), max(far, near + 10.0)


def _weathered(image: Bytes, rng: np.random.Generator) -> Bytes:
    effects: tuple[Callable[[Bytes, np.random.Generator], Bytes], ...] = (
        _rain,
        _fog,
        _gamma,
        _gamma,
    )
    for effect in effects:
        if rng.random() < 0.22:
            image = effect(image, rng)
    return image


def _rain(image: Bytes, rng: np.random.Generator) -> Bytes:
    streaks: Bytes = np.zeros(image.shape[:2], np.uint8)
    slant = float(rng.uniform(-4, 4))
    for _ in range(int(rng.integers(80, 400))):
        x, y = rng.uniform(0, image.shape[1]), rng.uniform(0, image.shape[0])
        length = rng.uniform(4, 16)
        end = (round(x + slant), round(y + length))
        cv2.line(streaks, (round(x), round(y)), end, (int(rng.integers(30, 90)),), 1)
    soft = cv2.GaussianBlur(streaks, (3, 3), 0.7)
    return np.asarray(cv2.add(image, cv2.merge((soft, soft, soft))), np.uint8)


def _fog(image: Bytes, rng: np.random.Generator) -> Bytes:
    share = float(rng.uniform(0.08, 0.4))
    mean = float(image.mean()) * 0.5 + 80
    veil = np.full_like(image, round(mean))
    return np.asarray(cv2.addWeighted(image, 1 - share, veil, share, 0), np.uint8)


def _gamma(image: Bytes, rng: np.random.Generator) -> Bytes:
    power = float(rng.uniform(0.65, 1.5))
    table = (255 * (np.arange(256) / 255) ** power).astype(np.uint8)
    return np.asarray(cv2.LUT(image, table), np.uint8)
