"""Draws one posed body into a small patch with its silhouette."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from app.domain.geometry import PixelBox
from app.simulator.body import Body
from app.simulator.lighting import Lighting
from app.simulator.mesh import Mesh, Surface, Vertex
from app.simulator.pinhole import NEAR_M, PinholeCamera
from app.simulator.plates import plate_texture

Floats = npt.NDArray[np.float64]
Bytes = npt.NDArray[np.uint8]

_SUPERSAMPLING = 2
_SHIFT_BITS = 4


@dataclass(frozen=True, slots=True)
class Pose:
    """Where a body's origin stands and where it looks; 0 rad is +y, pi / 2 is +x."""

    x_m: float
    y_m: float
    heading_rad: float = 0.0


@dataclass(frozen=True, slots=True)
class LampState:
    """What shines on a body."""

    headlamps: bool = False
    brake: bool = False
    signal: Surface | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """A drawn body: colours premultiplied by the silhouette `alpha`."""

    left_px: int
    top_px: int
    colour: Bytes
    glow: Bytes | None
    alpha: Bytes


def rotation_of(heading_rad: float) -> Floats:
    """Return (3, 3): rows are a body's x, y and z axes in the world."""
    s, c = np.sin(heading_rad), np.cos(heading_rad)
    return np.array(((c, -s, 0.0), (s, c, 0.0), (0.0, 0.0, 1.0)))


def to_world(points: Floats, pose: Pose) -> Floats:
    """Return points (n, 3) of a body's axes in the world."""
    place = np.array((pose.x_m, pose.y_m, 0.0))
    world: Floats = points @ rotation_of(pose.heading_rad) + place
    return world


def silhouette_box(mesh: Mesh, pose: Pose, camera: PinholeCamera) -> Floats | None:
    """Return left, top, right, bottom of the whole silhouette, not clipped.

    None when the body is not before the camera.
    """
    pixels, depth = camera.project(to_world(mesh.vertices, pose))
    seen = pixels[depth > 2 * NEAR_M]
    if not len(seen):
        return None
    return np.concatenate((seen.min(axis=0), seen.max(axis=0)))


def clip_box(box: Floats, camera: PinholeCamera) -> PixelBox | None:
    """Return the part of a box that is in the picture, None when there is none."""
    left, top = max(float(box[0]), 0.0), max(float(box[1]), 0.0)
    right = min(float(box[2]), float(camera.width_px))
    bottom = min(float(box[3]), float(camera.height_px))
    if right - left < 1 or bottom - top < 1:
        return None
    return PixelBox(left, top, right, bottom)


class BodyPainter:
    """Draws bodies for one camera under one light."""

    def __init__(self, camera: PinholeCamera, lighting: Lighting) -> None:
        """Keep what all patches share."""
        self._camera = camera
        self._lighting = lighting
        self._tint = np.array(lighting.tint_bgr)

    def paint(
        self, body: Body | Mesh, pose: Pose, lamps: LampState, plate: str | None = None
    ) -> Patch | None:
        """Return the patch, None when the body is not in the picture."""
        mesh = body if isinstance(body, Mesh) else body.mesh
        world = to_world(mesh.vertices, pose)
        pixels, depth = self._camera.project(world)
        frame = self._frame(pixels[depth > 2 * NEAR_M])
        if frame is None:
            return None
        easel = _Easel(frame, self._lighting.night)
        normals = mesh.normals @ rotation_of(pose.heading_rad)
        order = self._visible(mesh, world, depth, normals)
        colours, glows = self._shade(mesh, world, normals, lamps)
        easel.fill(pixels, mesh.faces[order], colours[order], glows[order])
        if plate and not isinstance(body, Mesh):
            self._plates(easel, body, pose, plate)
        return easel.patch()

    def _frame(self, pixels: Floats) -> tuple[int, int, int, int] | None:
        if not len(pixels):
            return None
        low = np.floor(pixels.min(axis=0)) - 1
        high = np.ceil(pixels.max(axis=0)) + 1
        left, top = max(int(low[0]), 0), max(int(low[1]), 0)
        right = min(int(high[0]), self._camera.width_px)
        bottom = min(int(high[1]), self._camera.height_px)
        if right - left < 2 or bottom - top < 2:
            return None
        return left, top, right, bottom

    def _visible(
        self, mesh: Mesh, world: Floats, depth: Floats, normals: Floats
    ) -> npt.NDArray[np.int64]:
        """Return indices of the faces that look at the camera, in painting order."""
        centres = world[mesh.faces].mean(axis=1)
        sight = self._camera.position_m - centres
        facing = np.einsum("ij,ij->i", normals, sight) > 0
        before = depth[mesh.faces].min(axis=1) > NEAR_M
        candidates = np.flatnonzero(facing & before)
        distance = np.linalg.norm(sight[candidates], axis=1)
        order = np.lexsort((-distance, mesh.layers[candidates]))
        result: npt.NDArray[np.int64] = candidates[order]
        return result

    def _shade(
        self, mesh: Mesh, world: Floats, normals: Floats, lamps: LampState
    ) -> tuple[Floats, Floats]:
        light = self._lighting.on(normals)
        colours = mesh.colours * light[:, None]
        sight = self._camera.position_m - world[mesh.faces[:, 0]]
        sight /= np.linalg.norm(sight, axis=1)[:, None]
        cosine = np.clip(np.einsum("ij,ij->i", normals, sight), 0, 1)
        fresnel = (1 - cosine) ** 3
        glass = mesh.surfaces == Surface.GLASS
        mirror = np.clip(0.12 + 0.45 * normals[:, 2], 0, 1) + 0.5 * fresnel
        colours += np.where(glass, mirror * 120, 0)[:, None]
        half = sight + self._lighting.sun_axis
        half /= np.linalg.norm(half, axis=1)[:, None]
        gloss = np.clip(np.einsum("ij,ij->i", normals, half), 0, 1) ** 40
        shiny = (mesh.surfaces == Surface.PAINT) | glass
        strength = self._lighting.sun * 190
        colours += np.where(shiny, gloss * strength + fresnel * 25, 0)[:, None]
        glows = np.zeros_like(colours)
        for surface, colour, glow in lamp_colours(lamps):
            chosen = mesh.surfaces == surface
            colours[chosen] = colour
            glows[chosen] = glow
        return np.clip(colours * self._tint, 0, 255), glows

    def _plates(self, easel: "_Easel", body: Body, pose: Pose, text: str) -> None:
        for corners in body.plates:
            world = to_world(np.array(corners), pose)
            normal = np.cross(world[2] - world[1], world[1] - world[0])
            if normal @ (self._camera.position_m - world[0]) <= 0:
                continue
            pixels, depth = self._camera.project(world)
            if depth.min() > NEAR_M:
                easel.stick(pixels, plate_texture(text, _aspect(corners)))


def _aspect(corners: tuple[Vertex, Vertex, Vertex, Vertex]) -> float:
    return abs(corners[1][0] - corners[0][0]) / abs(corners[0][2] - corners[3][2])


_DARK_SIGNALS = {
    Surface.SIGNAL_RED: (24.0, 24.0, 62.0),
    Surface.SIGNAL_AMBER: (20.0, 50.0, 62.0),
    Surface.SIGNAL_GREEN: (34.0, 50.0, 22.0),
}
_LIT_SIGNALS = {
    Surface.SIGNAL_RED: (60.0, 50.0, 255.0),
    Surface.SIGNAL_AMBER: (40.0, 190.0, 255.0),
    Surface.SIGNAL_GREEN: (190.0, 255.0, 70.0),
}
_Look = tuple[Surface, tuple[float, float, float], tuple[float, float, float]]


def lamp_colours(lamps: LampState) -> list[_Look]:
    """Return surface, colour by day and glow by night of all lamps."""
    black = (0.0, 0.0, 0.0)
    looks: list[_Look] = []
    for surface, dark in _DARK_SIGNALS.items():
        lit = surface is lamps.signal
        shown = _LIT_SIGNALS[surface] if lit else dark
        looks.append((surface, shown, shown if lit else black))
    if lamps.headlamps:
        looks.append((Surface.HEADLAMP, (250.0, 252.0, 255.0), (235.0, 248.0, 255.0)))
        looks.append((Surface.TAIL_LAMP, (50.0, 46.0, 190.0), (20.0, 16.0, 130.0)))
    if lamps.brake:
        looks.append((Surface.TAIL_LAMP, (70.0, 60.0, 255.0), (60.0, 50.0, 255.0)))
    return looks


class _Easel:
    """A supersampled piece of the picture to draw on."""

    def __init__(self, frame: tuple[int, int, int, int], night: bool) -> None:
        self._left, self._top, right, bottom = frame
        self._size = (right - self._left, bottom - self._top)
        shape = (self._size[1] * _SUPERSAMPLING, self._size[0] * _SUPERSAMPLING)
        self._colour: Bytes = np.zeros((*shape, 3), np.uint8)
        self._glow: Bytes | None = np.zeros((*shape, 3), np.uint8) if night else None
        self._alpha: Bytes = np.zeros(shape, np.uint8)

    def _local(self, pixels: Floats) -> Floats:
        corner = np.array((self._left, self._top))
        local: Floats = (pixels - corner) * _SUPERSAMPLING - 0.5
        return local

    def fill(
        self,
        pixels: Floats,
        faces: npt.NDArray[np.int64],
        colours: Floats,
        glows: Floats,
    ) -> None:
        """Draw faces (m, 4) in their order."""
        grid = np.rint(self._local(pixels) * (1 << _SHIFT_BITS)).astype(np.int32)
        corners = grid[faces]
        for points, colour, glow in zip(
            corners, colours.tolist(), glows.tolist(), strict=True
        ):
            cv2.fillConvexPoly(self._colour, points, colour, cv2.LINE_8, _SHIFT_BITS)
            cv2.fillConvexPoly(self._alpha, points, (255,), cv2.LINE_8, _SHIFT_BITS)
            if self._glow is not None:
                cv2.fillConvexPoly(self._glow, points, glow, cv2.LINE_8, _SHIFT_BITS)

    def stick(self, pixels: Floats, texture: Bytes) -> None:
        """Paste a texture onto a quadrilateral: upper left corner first, clockwise."""
        corners = self._local(pixels)
        low = np.maximum(np.floor(corners.min(axis=0)).astype(int) - 1, 0)
        limit = np.array((self._alpha.shape[1], self._alpha.shape[0]))
        high = np.minimum(np.ceil(corners.max(axis=0)).astype(int) + 2, limit)
        size = high - low
        if (size < 2).any():
            return
        texture = _reduced(texture, float(np.ptp(corners[:, 0])))
        height, width = texture.shape[:2]
        source = np.array(
            ((0, 0), (width, 0), (width, height), (0, height)), np.float32
        )
        target = (corners - low).astype(np.float32)
        warp = cv2.getPerspectiveTransform(source, target)
        shape = (int(size[0]), int(size[1]))
        face = cv2.warpPerspective(
            texture, warp, shape, borderMode=cv2.BORDER_REPLICATE
        )
        mask: Bytes = np.zeros((shape[1], shape[0]), np.uint8)
        cv2.fillConvexPoly(mask, np.rint(target * 16).astype(np.int32), (255,), 8, 4)
        area = np.s_[low[1] : high[1], low[0] : high[0]]
        cv2.copyTo(face, mask, self._colour[area])
        if self._glow is not None:
            # Plates throw light back to where it came from.
            lit = cv2.convertScaleAbs(face, alpha=0.55)
            cv2.copyTo(lit, mask, self._glow[area])

    def patch(self) -> Patch:
        """Return what was drawn, at the picture's own size."""
        glow = self._glow
        return Patch(
            self._left,
            self._top,
            _shrunk(self._colour, self._size),
            None if glow is None else _shrunk(glow, self._size),
            _shrunk(self._alpha, self._size),
        )


def _shrunk(image: Bytes, size: tuple[int, int]) -> Bytes:
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA).astype(
        np.uint8, copy=False
    )


def _reduced(texture: Bytes, width_px: float) -> Bytes:
    """Halve a texture until it is less than twice as wide as it will be seen."""
    while texture.shape[1] > 2 * width_px and texture.shape[1] > 16:
        half = (texture.shape[1] // 2, texture.shape[0] // 2)
        texture = _shrunk(texture, half)
    return texture
