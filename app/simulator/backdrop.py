"""Paints the still part of a scene, once per camera."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from app.simulator.lighting import Lighting
from app.simulator.pinhole import PinholeCamera
from app.simulator.street import GRASS, PAVEMENT, Facade, Slab, StreetPlan, Tree

Floats = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]

_SKY = (214.0, 204.0, 192.0)
_FAR_M = 400.0


@dataclass(frozen=True, slots=True, eq=False)
class _Ground:
    """The road point under every pixel, and how much road a pixel covers."""

    x_m: Floats
    y_m: Floats
    step_x_m: Floats
    step_y_m: Floats
    distance_m: Floats
    seen: npt.NDArray[np.bool_]


def paint_backdrop(
    camera: PinholeCamera, street: StreetPlan, lighting: Lighting, seed: int
) -> Bytes:
    """Return the empty scene as a BGR picture, lit by day whatever the hour."""
    rng = np.random.default_rng(seed)
    ground = _ground(camera)
    grain = _Grain(rng)
    picture = _land(ground, street.slabs, grain)
    up = lighting.on(np.array(((0.0, 0.0, 1.0),)))[0]
    picture *= np.float32(up)
    for facade in street.facades:
        _paint_facade(picture, camera, ground, facade, lighting, rng)
    _cracks(picture, camera, street, rng)
    haze = 1 - np.exp(-ground.distance_m * np.float32(lighting.haze / 100))
    sky = np.array(_SKY, np.float32)
    picture += (sky - picture) * haze[..., None]
    picture[~ground.seen & (ground.distance_m >= _FAR_M)] = sky
    picture *= np.array(lighting.tint_bgr, np.float32)
    image: Bytes = np.clip(picture, 0, 255).astype(np.uint8)
    for tree in sorted(street.trees, key=lambda t: -_distance(camera, t)):
        _paint_tree(image, camera, tree, lighting, rng)
    return image


def _ground(camera: PinholeCamera) -> _Ground:
    grid = np.meshgrid(
        np.arange(camera.width_px) + 0.5, np.arange(camera.height_px) + 0.5
    )
    rays = camera.rays(np.stack(grid, axis=-1))
    seen = rays[..., 2] < -1e-3
    reach = np.where(seen, -camera.position_m[2] / np.minimum(rays[..., 2], -1e-3), 1e4)
    x = camera.position_m[0] + reach * rays[..., 0]
    y = camera.position_m[1] + reach * rays[..., 1]
    distance = np.minimum(
        np.hypot(x - camera.position_m[0], y - camera.position_m[1]), _FAR_M
    )
    seen &= distance < _FAR_M
    return _Ground(
        x.astype(np.float32),
        y.astype(np.float32),
        _step(x),
        _step(y),
        distance.astype(np.float32),
        seen,
    )


def _step(values: npt.NDArray[np.float64]) -> Floats:
    down, across = np.gradient(values)
    step: Floats = np.clip(np.hypot(down, across), 1e-3, 50).astype(np.float32)
    return step


class _Grain:
    """Tileable noise of several sizes, looked up by road point."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._fine = _tile(rng, 512, 1.0)
        self._coarse = _tile(rng, 256, 3.0)

    def at(self, ground: _Ground) -> Floats:
        """Return noise of mean 0, about -1..1, faded where a pixel covers much."""
        fade = np.clip(0.04 / ground.step_y_m, 0, 1)
        fine = _lookup(self._fine, ground.x_m / 0.03, ground.y_m / 0.03) * fade
        medium = _lookup(self._coarse, ground.x_m / 0.15, ground.y_m / 0.25)
        large = _lookup(self._coarse, ground.x_m / 0.9 + 31, ground.y_m / 1.9 + 17)
        result: Floats = 0.5 * fine + 0.3 * medium + 0.55 * large
        return result


def _tile(rng: np.random.Generator, size: int, sigma: float) -> Floats:
    noise = rng.standard_normal((size, size)).astype(np.float32)
    wrapped = np.pad(noise, 16, mode="wrap")
    smooth = cv2.GaussianBlur(wrapped, (0, 0), sigma)[16:-16, 16:-16]
    smooth = smooth - smooth.mean()
    result: Floats = (smooth / smooth.std()).astype(np.float32)
    return result


def _lookup(tile: Floats, u: Floats, v: Floats) -> Floats:
    size = tile.shape[0]
    wrapped = np.pad(tile, ((0, 1), (0, 1)), mode="wrap")
    mapped = cv2.remap(
        wrapped,
        np.mod(u, size).astype(np.float32),
        np.mod(v, size).astype(np.float32),
        cv2.INTER_LINEAR,
    )
    return mapped.astype(np.float32, copy=False)


def _cover(
    values: Floats, step: Floats, span: tuple[float, float], soft: float = 0.0
) -> Floats:
    """Return how much of each pixel lies within `span`, 0..1."""
    width = step + np.float32(soft)
    low = np.clip((values - np.float32(span[0])) / width + 0.5, 0, 1)
    high = np.clip((np.float32(span[1]) - values) / width + 0.5, 0, 1)
    result: Floats = np.minimum(low, high)
    return result


def _cycle(values: Floats, step: Floats, painted: float, bare: float) -> Floats:
    period = painted + bare
    phase = np.mod(values, np.float32(period))
    share = np.float32(painted / period)
    sharp = _cover(phase, step, (0.0, painted))
    fade = np.clip(step / period, 0, 1)
    result: Floats = sharp * (1 - fade) + share * fade
    return result


def _land(ground: _Ground, slabs: tuple[Slab, ...], grain: _Grain) -> Floats:
    noise = grain.at(ground)
    picture = np.empty((*ground.x_m.shape, 3), np.float32)
    picture[:] = np.array(PAVEMENT, np.float32)
    joints = np.maximum(
        1 - _cycle(ground.x_m, ground.step_x_m, 1.17, 0.03),
        1 - _cycle(ground.y_m, ground.step_y_m, 1.17, 0.03),
    )
    picture *= (1 - 0.25 * joints + 0.05 * noise)[..., None]
    for slab in slabs:
        _lay(picture, ground, slab, noise)
    return picture


def _lay(picture: Floats, ground: _Ground, slab: Slab, noise: Floats) -> None:
    cover = _cover(ground.x_m, ground.step_x_m, slab.x_m, slab.soft_m)
    cover *= _cover(ground.y_m, ground.step_y_m, slab.y_m)
    if slab.dash_m:
        cover *= _cycle(ground.y_m, ground.step_y_m, *slab.dash_m)
    if slab.bars_m:
        start = np.float32(slab.x_m[0])
        cover *= _cycle(ground.x_m - start, ground.step_x_m, *slab.bars_m)
    if slab.opacity < 1:
        cover *= np.clip(slab.opacity + 0.12 * noise, 0, 1)
    rows = np.flatnonzero(cover.max(axis=1) > 0)
    if not len(rows):
        return
    band = np.s_[int(rows[0]) : int(rows[-1]) + 1]
    colour = np.array(slab.colour, np.float32) * (1 + slab.grain * noise[band, :, None])
    if slab.colour == GRASS:
        colour = colour * (1 + 0.18 * noise[band, :, None])
    picture[band] += (colour - picture[band]) * cover[band, :, None]


def _paint_facade(
    picture: Floats,
    camera: PinholeCamera,
    ground: _Ground,
    facade: Facade,
    lighting: Lighting,
    rng: np.random.Generator,
) -> None:
    """Raycast the standing plane x = const over the picture."""
    grid = np.meshgrid(
        np.arange(camera.width_px) + 0.5, np.arange(camera.height_px) + 0.5
    )
    rays = camera.rays(np.stack(grid, axis=-1))
    aside = np.where(np.abs(rays[..., 0]) < 1e-6, 1e-6, rays[..., 0])
    reach = (facade.x_m - camera.position_m[0]) / aside
    y = camera.position_m[1] + reach * rays[..., 1]
    z = camera.position_m[2] + reach * rays[..., 2]
    hit = (reach > 1) & (z > 0) & (y > facade.y_m[0]) & (y < facade.y_m[1])
    rows, columns = np.nonzero(hit)
    if not len(rows):
        return
    side = 1.0 if camera.position_m[0] > facade.x_m else -1.0
    light = lighting.on(np.array(((side, 0.0, 0.0),)))[0]
    colours = _house_colours(y[rows, columns], z[rows, columns], facade, rng)
    high = z[rows, columns] > facade.height_m
    colours[high] = np.array(_SKY) / max(float(light), 0.1)
    picture[rows, columns] = colours * light
    ground.distance_m[rows, columns] = np.minimum(np.abs(reach[rows, columns]), _FAR_M)
    ground.seen[rows, columns] = True


def _house_colours(
    y_m: npt.NDArray[np.float64],
    z_m: npt.NDArray[np.float64],
    facade: Facade,
    rng: np.random.Generator,
) -> npt.NDArray[np.float64]:
    house_m = 7.0
    first = facade.y_m[0]
    house = ((y_m - first) // house_m).astype(int)
    count = int((facade.y_m[1] - first) // house_m) + 2
    walls = rng.uniform(120, 205, (count, 1)) * rng.uniform(0.88, 1.08, (count, 3))
    shutters = rng.uniform(50, 170, (count, 3))
    colours = walls[house]
    along = (y_m - first) % house_m
    floor_z = z_m % 3.0
    upper = z_m > 3.2
    window = upper & (along % 2.3 > 0.6) & (along % 2.3 < 1.9)
    window &= (floor_z > 1.0) & (floor_z < 2.4)
    colours[window] = (92, 84, 76)
    shop = (~upper) & (along > 0.7) & (along < 6.2) & (z_m < 2.6)
    colours[shop] = shutters[house[shop]]
    ribs = shop & (z_m % 0.22 < 0.05)
    colours[ribs] *= 0.8
    sign = (~upper) & (z_m > 2.65) & (z_m < 3.1) & (along > 0.5) & (along < 6.4)
    colours[sign] = shutters[(house[sign] + 3) % count]
    colours[(along < 0.08) | (z_m < 0.25)] *= 0.72
    result: npt.NDArray[np.float64] = colours
    return result


def _cracks(
    picture: Floats, camera: PinholeCamera, street: StreetPlan, rng: np.random.Generator
) -> None:
    """Draw sealed cracks, covers and patches on the first slab."""
    road = street.slabs[0]
    for _ in range(14):
        start = (
            rng.uniform(*road.x_m),
            rng.uniform(max(road.y_m[0], -80), min(road.y_m[1], 80)),
        )
        bearing = rng.uniform(-0.25, 0.25) + np.cumsum(rng.normal(0, 0.22, 30))
        step = np.stack((np.sin(bearing), np.cos(bearing)), axis=1) * 0.35
        walk = np.cumsum(step, axis=0) + start
        inside = np.clip(walk[:, 0], road.x_m[0] + 0.5, road.x_m[1] - 0.5)
        points = np.stack((inside, walk[:, 1], np.zeros(30)), axis=1)
        _ground_line(picture, camera, points, 0.03)
    for _ in range(4):
        x = rng.uniform(road.x_m[0] + 1, road.x_m[1] - 1)
        y = rng.uniform(max(road.y_m[0], -60), min(road.y_m[1], 60))
        angles = np.linspace(0, 2 * np.pi, 24)
        ring = np.stack(
            (x + 0.33 * np.cos(angles), y + 0.33 * np.sin(angles), 0 * angles), axis=1
        )
        pixels, depth = camera.project(ring)
        if depth.min() > 2:
            points = np.rint(pixels * 16).astype(np.int32)
            cv2.fillPoly(picture, [points], (78, 80, 82), cv2.LINE_AA, 4)
            cv2.polylines(picture, [points], True, (58, 58, 58), 1, cv2.LINE_AA, 4)


def _ground_line(
    picture: Floats,
    camera: PinholeCamera,
    points: npt.NDArray[np.float64],
    width_m: float,
) -> None:
    pixels, depth = camera.project(points)
    if depth.min() < 2:
        return
    width = max(1, round(width_m * camera.focal_px / float(depth.mean()) * 0.4))
    grid = np.rint(pixels * 16).astype(np.int32)
    before = picture.copy()
    cv2.polylines(picture, [grid], False, (66, 66, 66), width, cv2.LINE_AA, 4)
    cv2.addWeighted(picture, 0.5, before, 0.5, 0, picture)


def _distance(camera: PinholeCamera, tree: Tree) -> float:
    return float(
        np.hypot(tree.x_m - camera.position_m[0], tree.y_m - camera.position_m[1])
    )


def _paint_tree(
    image: Bytes,
    camera: PinholeCamera,
    tree: Tree,
    lighting: Lighting,
    rng: np.random.Generator,
) -> None:
    base = np.array((tree.x_m, tree.y_m, 0.0))
    crown = np.array((tree.x_m, tree.y_m, tree.height_m * 0.68))
    ends, depth = camera.project(np.stack((base, crown)))
    if depth.min() < 3:
        return
    scale = camera.focal_px / float(depth[0])
    trunk = np.rint(ends * 16).astype(np.int32)
    width = max(1, round(0.24 * scale))
    start, end = trunk.tolist()
    cv2.line(image, start, end, (52, 66, 78), width, cv2.LINE_AA, 4)
    spread = tree.height_m * 0.30
    ball = rng.normal(0, 1, (320, 3))
    ball *= (rng.uniform(0.05, 1, 320) ** (1 / 3) / np.linalg.norm(ball, axis=1))[
        :, None
    ]
    blobs = crown + ball * (spread, spread, spread * 0.75)
    blobs = blobs[np.argsort(blobs[:, 2])]
    centres, _ = camera.project(blobs)
    for place, centre in zip(blobs, centres, strict=True):
        lift = float(np.clip((place[2] - crown[2]) / spread * 0.35 + 0.75, 0.4, 1.2))
        light = lift * (lighting.sky + 0.5 * lighting.sun) * rng.uniform(0.8, 1.2)
        tint = [
            c * light * t for c, t in zip((48, 98, 72), lighting.tint_bgr, strict=True)
        ]
        radius = max(1, round(rng.uniform(0.12, 0.26) * scale * 16))
        x, y = np.rint(centre * 16).astype(int).tolist()
        cv2.circle(image, (x, y), radius, tint, -1, cv2.LINE_AA, 4)
