"""Writes labelled pictures of made-up streets, to train and test detectors with."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from app.domain.geometry import PixelBox
from app.domain.signal import LampPhase
from app.domain.vehicle import VehicleClass
from app.simulator import sites
from app.simulator.furniture import SignalHead
from app.simulator.lighting import DUSK, NIGHT, OVERCAST, SUNNY, Lighting
from app.simulator.picture import FramePainter
from app.simulator.pinhole import PinholeCamera
from app.simulator.scatter import Crossing, Ground, scatter
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
_LEAST_IN_PICTURE = 0.5


@dataclass(frozen=True, slots=True)
class _Scene:
    camera: PinholeCamera
    street: StreetPlan
    ground: Ground
    heads: tuple[SignalHead, ...]


def export_dataset(out: Path, count: int, seed: int, name: str = "train") -> None:
    """Write `count` pictures with labels as a YOLO data set below `out`.

    images/<name>/*.jpg and labels/<name>/*.txt (class x y w h, shares of the picture),
    and data.yaml. Classes are `VehicleClass` numbers. Boxes are tight around the
    silhouette within the picture; what is less than a quarter visible has no label.
    aside/<name>/*.txt has the rows of whom no detector is judged by: see `Rows`.
    """
    make_folders(out, name)
    done = 0
    while done < count:
        rng = np.random.default_rng((seed, done))
        scene = _draw_scene(rng)
        painter = _painter(scene, rng)
        for _ in range(min(_PICTURES_PER_SCENE, count - done)):
            image, rows = _picture(painter, scene, rng)
            stem = f"{seed:04d}-{done:05d}"
            quality = int(rng.integers(70, 96))
            picture = str(out / "images" / name / f"{stem}.jpg")
            cv2.imwrite(picture, image, [cv2.IMWRITE_JPEG_QUALITY, quality])
            rows.write(out, name, stem)
            done += 1


@dataclass(frozen=True, slots=True)
class Rows:
    """The YOLO rows of one picture.

    `labels` are of everybody who can be made out, cut by the picture's edge or not: a
    detector is trained to see whatever is there. `aside` are of those by whom it is not
    judged: who is too small or hidden to have a label, and whoever is less than half in
    the picture, for no one can tell a bus from a car by its first row of pixels.
    """

    labels: list[str] = field(default_factory=list)
    aside: list[str] = field(default_factory=list)

    def add(self, row: str, box: PixelBox, visible: float, in_picture: float) -> None:
        """Take a road user; `visible` and `in_picture` are those of its `Sight`."""
        labelled = visible >= _LEAST_VISIBLE and (
            min(box.width_px, box.height_px) >= _LEAST_SIDE_PX
        )
        if labelled:
            self.labels.append(row)
        if not labelled or in_picture < _LEAST_IN_PICTURE:
            self.aside.append(row)

    def write(self, out: Path, name: str, stem: str) -> None:
        """Write both files of the picture `stem` in part `name` of a set."""
        for kind, rows in (("labels", self.labels), ("aside", self.aside)):
            text = "".join(f"{row}\n" for row in rows)
            (out / kind / name / f"{stem}.txt").write_text(text, encoding="utf-8")


def make_folders(out: Path, name: str) -> None:
    """Make the folders of part `name` of a set and its data.yaml."""
    for kind in ("images", "labels", "aside"):
        (out / kind / name).mkdir(parents=True, exist_ok=True)
    write_yaml(out)


def write_yaml(out: Path) -> None:
    """Say in `out/data.yaml` where the parts are and what the classes are called."""
    lines = [f"path: {out.resolve()}", "train: images/train", "val: images/val"]
    lines.append("names:")
    lines += [f"  {kind.value}: {kind.name.lower()}" for kind in VehicleClass]
    (out / "data.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


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
    ground = Ground(
        (*sites.JUNCTION_MAIN, *sites.JUNCTION_OPPOSITE, *sites.JUNCTION_CROSS),
        walk_x_m=(9.0, 7.4, -8.9),
        crossings=tuple(
            Crossing(span_x_m, span_y_m)
            for span_x_m in ((-7.7, -1.2), (1.2, 7.7))
            for span_y_m in ((1.5, 4.3), (20.4, 23.0))
        ),
    )
    return _Scene(camera, sites.junction_street(), ground, sites.junction_heads())


def _avenue() -> _Scene:
    ground = Ground(sites.AVENUE_LANES, walk_x_m=(11.2, 9.3))
    return _Scene(sites.avenue_speed(), sites.avenue_street(), ground, ())


def _service() -> _Scene:
    ground = Ground(sites.SERVICE_LANES, walk_x_m=(6.9,))
    return _Scene(sites.avenue_plate(), sites.service_street(), ground, ())


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
    crossings = _random_crossings(right, rng)
    street = _random_street(lanes, right, crossings, rng)
    heads = _random_heads(right, rng)
    camera = _random_camera(right, rng)
    walks = (right + 1.3, right - 0.3, -1.4)
    return _Scene(camera, street, Ground(tuple(lanes), walks, crossings), heads)


def _random_crossings(right: float, rng: np.random.Generator) -> tuple[Crossing, ...]:
    if rng.random() < 0.4:
        return ()
    near = float(rng.uniform(15, 45))
    return (Crossing((0.0, right), (near, near + 3.0)),)


def _random_street(
    lanes: list[LanePath],
    right: float,
    crossings: tuple[Crossing, ...],
    rng: np.random.Generator,
) -> StreetPlan:
    span = (-20.0, 220.0)
    centres = tuple(lane.offset_m for lane in lanes)
    edge = YELLOW if rng.random() < 0.5 else WHITE
    slabs = carriageway(centres, lanes[0].width_m, span, (edge, WHITE))
    slabs += [kerb(-0.5, span), kerb(right + 0.5, span)]
    if rng.random() < 0.6:
        slabs.append(Slab((-4.0, -0.6), span, GRASS, 0.1))
    if rng.random() < 0.5:
        slabs.append(Slab((right + 3.0, right + 6.0), span, GRASS, 0.1))
    for crossing in crossings:
        slabs.append(stop_line(crossing.span_x_m, crossing.span_y_m[0] - 1.2))
        slabs.append(zebra(crossing.span_x_m, crossing.span_y_m))
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
) -> tuple[Bytes, Rows]:
    actors = scatter(scene.camera, scene.ground, rng)
    phases = (LampPhase.RED, LampPhase.AMBER, LampPhase.GREEN)
    phase = phases[int(rng.integers(3))]
    image, sights = painter.paint(actors, phase, int(rng.integers(1 << 30)))
    kinds = {actor.key: actor.body.vehicle_class for actor in actors}
    size = (scene.camera.width_px, scene.camera.height_px)
    rows = Rows()
    for key, sight in sorted(sights.items()):
        row = yolo_row(kinds[key], sight.box, size)
        rows.add(row, sight.box, sight.visible, sight.in_picture)
    small = cv2.resize(image, IMAGE_SIZE_PX, interpolation=cv2.INTER_AREA)
    return _weathered(np.asarray(small, np.uint8), rng), rows


def yolo_row(kind: VehicleClass, box: PixelBox, size_px: tuple[int, int]) -> str:
    """Return `class x y w h` in shares of the picture's (width, height)."""
    x = (box.left_px + box.right_px) / 2 / size_px[0]
    y = (box.top_px + box.bottom_px) / 2 / size_px[1]
    width, height = box.width_px / size_px[0], box.height_px / size_px[1]
    return f"{kind.value} {x:.6f} {y:.6f} {width:.6f} {height:.6f}"


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
