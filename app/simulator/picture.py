"""Puts road users and signals onto the backdrop: one picture of one moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cmp_to_key

import cv2
import numpy as np
import numpy.typing as npt

from app.domain.geometry import PixelBox
from app.domain.signal import LampPhase
from app.simulator.backdrop import paint_backdrop
from app.simulator.body import Body
from app.simulator.furniture import SURFACE_OF, SignalHead
from app.simulator.lighting import Lighting
from app.simulator.mesh import Mesh
from app.simulator.paint import (
    BodyPainter,
    LampState,
    Patch,
    Pose,
    clip_box,
    silhouette_box,
    to_world,
)
from app.simulator.pinhole import NEAR_M, PinholeCamera
from app.simulator.street import StreetPlan

Floats = npt.NDArray[np.float64]
Bytes = npt.NDArray[np.uint8]
Singles = npt.NDArray[np.float32]

_STANDING = Pose(0.0, 0.0)
_LIGHT_CELL_PX = 8
_LAMP_HEIGHT_M = 8.0


@dataclass(frozen=True, slots=True)
class Actor:
    """A road user at one moment. `key` tells it from all others of the scene."""

    key: int
    body: Body
    pose: Pose
    plate: str | None = None
    braking: bool = False


@dataclass(frozen=True, slots=True)
class Sight:
    """How an actor is seen.

    `box` is its silhouette within the picture, hidden parts included. `in_picture` is
    the share, by area, of the silhouette's whole box that the picture's edge leaves:
    1 where nothing is cut off. `visible` is the share of the silhouette (within the
    picture) that nothing hides.
    """

    box: PixelBox
    in_picture: float
    visible: float


@dataclass(frozen=True, slots=True, eq=False)
class _Piece:
    """Something to draw, with its extent on the ground (x0, x1, y0, y1)."""

    extent_m: tuple[float, float, float, float]
    solid: Body | Mesh
    pose: Pose
    lamps: LampState
    plate: str | None
    key: int | None


class FramePainter:
    """Draws pictures of one scene through one camera; not for several threads."""

    def __init__(
        self,
        camera: PinholeCamera,
        street: StreetPlan,
        lighting: Lighting,
        heads: Sequence[SignalHead] = (),
        seed: int = 0,
    ) -> None:
        """Paint the backdrop, which takes about a second."""
        self.camera = camera
        self.lighting = lighting
        self._painter = BodyPainter(camera, lighting)
        self._backdrop = paint_backdrop(camera, street, lighting, seed)
        self._lamps_m = street.street_lamps_m
        self._heads = [(head, head.mesh()) for head in heads]
        self._noise = _noise_sheets(camera, lighting, seed)
        self._still: dict[int, tuple[object, Patch | None]] = {}
        self._floor = _floor(camera)
        self._street_light = self._lamp_light()

    def paint(
        self,
        actors: Sequence[Actor],
        phase: LampPhase = LampPhase.GREEN,
        noise_seed: int = 0,
    ) -> tuple[Bytes, dict[int, Sight]]:
        """Return the BGR picture and, by actor key, how each is seen."""
        pieces = self._pieces(actors, phase)
        image = self._backdrop.copy()
        glow: Bytes | None = np.zeros_like(image) if self.lighting.night else None
        self._shadows(image, pieces)
        owner: npt.NDArray[np.int16] = np.full(image.shape[:2], -1, np.int16)
        areas: dict[int, int] = {}
        for number, piece in enumerate(pieces):
            patch = self._patch(piece)
            if patch is not None:
                areas[number] = _composite(image, glow, owner, patch, number)
        shown = self._develop(image, glow, pieces, noise_seed)
        return shown, self._sights(actors, pieces, owner, areas)

    def _pieces(self, actors: Sequence[Actor], phase: LampPhase) -> list[_Piece]:
        lit = self.lighting.lamps_lit
        signal = LampState(signal=SURFACE_OF.get(phase))
        pieces = [
            _Piece(_extent(mesh, _STANDING), mesh, _STANDING, signal, None, None)
            for _, mesh in self._heads
        ]
        for actor in actors:
            if not self._may_show(actor):
                continue
            lamps = LampState(headlamps=lit, brake=actor.braking)
            extent = _extent(actor.body.mesh, actor.pose)
            pieces.append(
                _Piece(extent, actor.body, actor.pose, lamps, actor.plate, actor.key)
            )
        nearer = cmp_to_key(self._compare)
        return sorted(pieces, key=nearer)

    def _may_show(self, actor: Actor) -> bool:
        """Tell whether a body or its shadow could reach into the picture."""
        corners = to_world(actor.body.mesh.bounds, actor.pose)
        points = np.concatenate((corners, _along_sun(corners, self.lighting.sun_axis)))
        pixels, depth = self.camera.project(points)
        if (depth < 1).any():
            return bool((depth > 1).any())
        size = (self.camera.width_px, self.camera.height_px)
        return bool(
            (pixels.max(axis=0) > 0).all() and (pixels.min(axis=0) < size).all()
        )

    def _compare(self, one: _Piece, two: _Piece) -> int:
        """Order two pieces far to near: along the sight first, else across it."""
        eye_x, eye_y = self.camera.position_m[0], self.camera.position_m[1]
        for low, high, eye in ((2, 3, eye_y), (0, 1, eye_x)):
            a, b = one.extent_m, two.extent_m
            if a[high] <= b[low] or b[high] <= a[low]:
                gap = _gap(a[low], a[high], eye) - _gap(b[low], b[high], eye)
                return -1 if gap > 0 else 1
        return -1 if one.extent_m[2] < two.extent_m[2] else 1

    def _patch(self, piece: _Piece) -> Patch | None:
        """Draw a piece, or take what was drawn of it when nothing has changed."""
        key = piece.key if piece.key is not None else id(piece.solid)
        state = (piece.pose, piece.lamps)
        known = self._still.get(key)
        if known is not None and known[0] == state:
            return known[1]
        patch = self._painter.paint(piece.solid, piece.pose, piece.lamps, piece.plate)
        self._still[key] = (state, patch)
        return patch

    def _shadows(self, image: Bytes, pieces: Sequence[_Piece]) -> None:
        half = (self.camera.width_px // 2, self.camera.height_px // 2)
        cast: Bytes = np.zeros((half[1], half[0]), np.uint8)
        contact = np.zeros_like(cast)
        for piece in pieces:
            mesh = piece.solid if isinstance(piece.solid, Mesh) else piece.solid.mesh
            world = to_world(mesh.extremes, piece.pose)
            self._fill_hull(cast, _along_sun(world, self.lighting.sun_axis), 1.0)
            if not isinstance(piece.solid, Mesh):
                flat = world * (1.0, 1.0, 0.0)
                self._fill_hull(contact, flat, 0.97)
        if not contact.any() and not cast.any():
            return
        depth = _softened(cast, 1.2) * np.float32(self.lighting.shadow)
        depth = np.maximum(depth, _softened(contact, 2.2) * np.float32(0.55))
        light = cv2.resize(255 - depth.astype(np.uint8), image.shape[1::-1])
        cv2.multiply(image, cv2.merge((light, light, light)), image, 1 / 255)

    def _fill_hull(self, mask: Bytes, ground: Floats, shrink: float) -> None:
        middle = ground.mean(axis=0)
        pixels, depth = self.camera.project(middle + (ground - middle) * shrink)
        pixels = pixels[depth > 2 * NEAR_M]
        if len(pixels) < 3:
            return
        hull = cv2.convexHull(pixels.astype(np.float32) / 2)
        cv2.fillConvexPoly(mask, np.rint(hull * 16).astype(np.int32), (255,), 8, 4)

    def _lamp_light(self) -> Singles:
        """Return the light of the street lamps on the ground, per light cell."""
        x, y = self._floor
        light = np.zeros(x.shape, np.float32)
        for lamp_x, lamp_y in self._lamps_m:
            square = (x - lamp_x) ** 2 + (y - lamp_y) ** 2
            # Irradiance below a lamp at height h falls off with (h^2 + r^2)^(-3/2).
            light += (1 + square / _LAMP_HEIGHT_M**2) ** np.float32(-1.5)
        return light[..., None] * np.array((105.0, 150.0, 190.0), np.float32)

    def _develop(
        self,
        image: Bytes,
        glow: Bytes | None,
        pieces: Sequence[_Piece],
        noise_seed: int,
    ) -> Bytes:
        """Turn scene light into what the sensor gives."""
        if glow is not None:
            image = self._by_lamp_light(image, glow, pieces)
        if self.lighting.blur_px > 0.3:
            image = _bytes(cv2.GaussianBlur(image, (3, 3), self.lighting.blur_px))
        rng = np.random.default_rng(noise_seed)
        sheet = self._noise[int(rng.integers(len(self._noise)))]
        top, left = (int(v) for v in rng.integers(0, 64, 2))
        height, width = image.shape[:2]
        noise = sheet[top : top + height, left : left + width]
        return _bytes(cv2.add(image, noise, dtype=cv2.CV_8U))

    def _by_lamp_light(
        self, image: Bytes, glow: Bytes, pieces: Sequence[_Piece]
    ) -> Bytes:
        light = self._light_cells(pieces)
        full = cv2.resize(light, image.shape[1::-1], interpolation=cv2.INTER_CUBIC)
        image = _bytes(cv2.multiply(image, full, scale=1 / 255))
        image = _bytes(cv2.add(image, glow))
        quarter = (image.shape[1] // 4, image.shape[0] // 4)
        small = cv2.resize(glow, quarter, interpolation=cv2.INTER_AREA)
        near = cv2.GaussianBlur(small, (0, 0), 2.0)
        far = cv2.GaussianBlur(small, (0, 0), 9.0)
        bloom = cv2.addWeighted(near, 0.5, far, 0.8, 0)
        return _bytes(cv2.add(image, cv2.resize(bloom, image.shape[1::-1])))

    def _light_cells(self, pieces: Sequence[_Piece]) -> Bytes:
        """Return all lamp light on the ground, 255 being as bright as by day."""
        light = self._street_light + np.float32(255 * (1 - self.lighting.darkness))
        for piece in pieces:
            if piece.lamps.headlamps and piece.plate is not None:
                beam = _beam(self._floor, piece.pose)
                light += beam[..., None] * np.array((150.0, 158.0, 160.0), np.float32)
        # What is too bright is dimmed as a whole, so that it keeps its colour.
        light *= 255 / np.maximum(light.max(axis=2, keepdims=True), 255)
        result: Bytes = light.astype(np.uint8)
        return result

    def _sights(
        self,
        actors: Sequence[Actor],
        pieces: Sequence[_Piece],
        owner: npt.NDArray[np.int16],
        areas: dict[int, int],
    ) -> dict[int, Sight]:
        numbers = {piece.key: number for number, piece in enumerate(pieces)}
        sights = {}
        for actor in actors:
            number = numbers.get(actor.key, -1)
            if not areas.get(number):
                continue
            full = silhouette_box(actor.body.mesh, actor.pose, self.camera)
            box = None if full is None else clip_box(full, self.camera)
            if box is None or full is None:
                continue
            top, bottom = int(box.top_px), int(np.ceil(box.bottom_px))
            left, right = int(box.left_px), int(np.ceil(box.right_px))
            mine = np.count_nonzero(owner[top:bottom, left:right] == number)
            sight = Sight(box, share_in(box, full), mine / areas[number])
            sights[actor.key] = sight
        return sights


def share_in(box: PixelBox, full: Floats) -> float:
    """Return the share of a whole box (left, top, right, bottom) that `box` is, 0..1.

    It is 1 only where nothing at all is cut off.
    """
    if np.allclose(full, (box.left_px, box.top_px, box.right_px, box.bottom_px)):
        return 1.0
    whole_px2 = float((full[2] - full[0]) * (full[3] - full[1]))
    return min(box.width_px * box.height_px / whole_px2, 0.999)


def _floor(camera: PinholeCamera) -> tuple[Singles, Singles]:
    """Return the ground point (x, y) under each light cell; far away above it."""
    half = _LIGHT_CELL_PX / 2
    across = np.arange(half, camera.width_px, _LIGHT_CELL_PX)
    down = np.arange(half, camera.height_px, _LIGHT_CELL_PX)
    rays = camera.rays(np.stack(np.meshgrid(across, down), axis=-1))
    reach = np.minimum(-camera.position_m[2] / np.minimum(rays[..., 2], -1e-3), 500.0)
    x = camera.position_m[0] + reach * rays[..., 0]
    y = camera.position_m[1] + reach * rays[..., 1]
    return x.astype(np.float32), y.astype(np.float32)


def _beam(floor: tuple[Singles, Singles], pose: Pose) -> Singles:
    """Return what a vehicle's low beams throw on the ground, 0..1 per light cell."""
    x, y = floor[0] - np.float32(pose.x_m), floor[1] - np.float32(pose.y_m)
    s, c = np.float32(np.sin(pose.heading_rad)), np.float32(np.cos(pose.heading_rad))
    ahead, aside = x * s + y * c, x * c - y * s
    width = 0.9 + 0.16 * np.maximum(ahead, 0)
    rise = 1 / (1 + np.exp(-np.clip(ahead - 2.2, -9, 9) / 0.8))
    fall = np.exp(-np.maximum(ahead - 3, 0) / 7.5)
    beam: Singles = (rise * fall * np.exp(-((aside / width) ** 2))).astype(np.float32)
    return beam


def _gap(low: float, high: float, eye: float) -> float:
    """Return how far an interval is from the eye; negative around it."""
    return max(low - eye, eye - high)


def _extent(mesh: Mesh, pose: Pose) -> tuple[float, float, float, float]:
    world = to_world(mesh.bounds, pose)
    (x0, y0, _), (x1, y1, _) = world.min(axis=0), world.max(axis=0)
    return float(x0), float(x1), float(y0), float(y1)


def _along_sun(world: Floats, sun: Floats) -> Floats:
    """Return the shadow on the ground of every point."""
    reach = world[:, 2:] / max(float(sun[2]), 0.2)
    shadow: Floats = world - reach * sun
    shadow[:, 2] = 0.0
    return shadow


def _softened(mask: Bytes, sigma: float) -> npt.NDArray[np.float32]:
    return cv2.GaussianBlur(mask, (0, 0), sigma).astype(np.float32)


def _composite(
    image: Bytes,
    glow: Bytes | None,
    owner: npt.NDArray[np.int16],
    patch: Patch,
    number: int,
) -> int:
    """Lay a patch over the picture; return its area in pixels."""
    height, width = patch.alpha.shape
    area = np.s_[
        patch.top_px : patch.top_px + height, patch.left_px : patch.left_px + width
    ]
    clear = 255 - patch.alpha
    keep = cv2.merge((clear, clear, clear))
    under = cv2.multiply(image[area], keep, scale=1 / 255)
    image[area] = cv2.add(under, patch.colour)
    if glow is not None and patch.glow is not None:
        under = cv2.multiply(glow[area], keep, scale=1 / 255)
        glow[area] = cv2.add(under, patch.glow)
    solid = patch.alpha > 127
    owner[area][solid] = number
    return int(np.count_nonzero(solid))


def _noise_sheets(
    camera: PinholeCamera, lighting: Lighting, seed: int
) -> list[npt.NDArray[np.int8]]:
    rng = np.random.default_rng(seed + 977)
    shape = (camera.height_px + 64, camera.width_px + 64)
    sheets = []
    sigma = np.float32(lighting.noise_sigma)
    for _ in range(2):
        noise = rng.standard_normal((*shape, 3), dtype=np.float32)
        noise *= np.float32(0.5)
        noise += rng.standard_normal((*shape, 1), dtype=np.float32)
        noise *= sigma
        sheets.append(np.clip(noise, -60, 60).astype(np.int8))
    return sheets


def _bytes(image: object) -> Bytes:
    return np.asarray(image, dtype=np.uint8)
