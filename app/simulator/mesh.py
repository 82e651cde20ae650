"""Solid bodies as flat faces, built once and drawn in any pose."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bgr = tuple[float, float, float]
Vertex = tuple[float, float, float]
Profile = Sequence[tuple[float, float]]


class Surface(IntEnum):
    """How a face answers to light."""

    PAINT = 0
    GLASS = 1
    MATT = 2
    HEADLAMP = 3
    TAIL_LAMP = 4
    SIGNAL_RED = 5
    SIGNAL_AMBER = 6
    SIGNAL_GREEN = 7


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """Convex faces of up to four corners in the body's own axes.

    Origin: middle of the front end on the ground; y forward, x right, z up, metres.
    `vertices` (n, 3); `faces` (m, 4) indices, the last one repeated for a triangle;
    `normals` (m, 3) outward; `colours` (m, 3) blue, green, red 0..255; `surfaces`
    (m,) of `Surface`; `layers` (m,): higher layers are drawn over lower ones.
    `extremes` (k, 3): outermost vertices, enough for a shadow; `bounds` (8, 3): the
    corners of the box around all.
    """

    vertices: Floats
    faces: Ints
    normals: Floats
    colours: Floats
    surfaces: Ints
    layers: Ints
    extremes: Floats
    bounds: Floats


class MeshBuilder:
    """Collects faces; `build` makes the mesh."""

    def __init__(self) -> None:
        """Start empty."""
        self._corners: list[tuple[Vertex, Vertex, Vertex, Vertex]] = []
        self._insides: list[Vertex] = []
        self._looks: list[tuple[Bgr, Surface, int]] = []

    def face(
        self,
        corners: Sequence[Vertex],
        inside: Vertex,
        colour: Bgr,
        surface: Surface = Surface.PAINT,
        layer: int = 1,
    ) -> None:
        """Add a flat face of three or four corners that looks away from `inside`."""
        last = corners[3] if len(corners) > 3 else corners[2]
        self._corners.append((corners[0], corners[1], corners[2], last))
        self._insides.append(inside)
        self._looks.append((colour, surface, layer))

    def loft(
        self,
        sections: Sequence[tuple[float, Profile]],
        colour: Bgr,
        surface: Surface = Surface.PAINT,
        layer: int = 1,
        glass: Sequence[tuple[int, int]] = (),
        glass_colour: Bgr = (58, 50, 44),
    ) -> None:
        """Skin closed profiles (x, z) that follow each other along y.

        All profiles have the same number of points. `glass` names the strips
        (section, point) that are windows.
        """
        panes = frozenset(glass)
        for index, (near, far) in enumerate(pairwise(sections)):
            inside = _middle(near, far)
            for strip in range(len(near[1])):
                corners = _strip(near, far, strip)
                pane = (index, strip) in panes
                self.face(
                    corners,
                    inside,
                    glass_colour if pane else colour,
                    Surface.GLASS if pane else surface,
                    layer,
                )
        for end, other in ((sections[0], sections[1]), (sections[-1], sections[-2])):
            self._cap(end, other[0], colour, surface, layer)

    def _cap(
        self,
        section: tuple[float, Profile],
        inner_y: float,
        colour: Bgr,
        surface: Surface,
        layer: int,
    ) -> None:
        y, profile = section
        middle_x = sum(x for x, _ in profile) / len(profile)
        middle_z = sum(z for _, z in profile) / len(profile)
        inside = (middle_x, inner_y, middle_z)
        for index, (x, z) in enumerate(profile):
            next_x, next_z = profile[(index + 1) % len(profile)]
            corners = ((middle_x, y, middle_z), (x, y, z), (next_x, y, next_z))
            self.face(corners, inside, colour, surface, layer)

    def tube(
        self,
        start: Vertex,
        end: Vertex,
        radii: tuple[float, float],
        colour: Bgr,
        surface: Surface = Surface.MATT,
        layer: int = 1,
        sides: int = 8,
    ) -> None:
        """Add a round bar from `start` to `end`, closed at both ends."""
        side, other = _axes(start, end)
        first = _circle(np.array(start), side, other, radii[0], sides)
        second = _circle(np.array(end), side, other, radii[1], sides)
        half = (np.array(start) + np.array(end)) / 2
        middle = (float(half[0]), float(half[1]), float(half[2]))
        for index in range(sides):
            after = (index + 1) % sides
            corners = (first[index], first[after], second[after], second[index])
            self.face(corners, middle, colour, surface, layer)
            self.face(
                (start, first[index], first[after]), middle, colour, surface, layer
            )
            self.face(
                (end, second[index], second[after]), middle, colour, surface, layer
            )

    def ball(
        self,
        centre: Vertex,
        radius: float,
        colour: Bgr,
        surface: Surface = Surface.PAINT,
        layer: int = 1,
        sides: int = 8,
    ) -> None:
        """Add a sphere."""
        rings = [
            _latitude(centre, radius, -np.pi / 2 + np.pi * k / 5, sides)
            for k in range(6)
        ]
        for lower, upper in pairwise(rings):
            for index in range(sides):
                after = (index + 1) % sides
                corners = (lower[index], lower[after], upper[after], upper[index])
                self.face(corners, centre, colour, surface, layer)

    def disc(
        self,
        centre: Vertex,
        radius: float,
        outward_x: float,
        colour: Bgr,
        layer: int,
        start_rad: float = 0.0,
        end_rad: float = 2 * np.pi,
    ) -> None:
        """Add a (part of a) disc standing along the road, looking to one side."""
        steps = np.linspace(start_rad, end_rad, 15)
        rim = [
            (
                centre[0],
                centre[1] + radius * float(np.cos(a)),
                centre[2] + radius * float(np.sin(a)),
            )
            for a in steps
        ]
        inside = (centre[0] - outward_x, centre[1], centre[2])
        for one, two in pairwise(rim):
            self.face((centre, one, two), inside, colour, Surface.MATT, layer)

    def build(self) -> Mesh:
        """Return the mesh of everything added."""
        corners = np.array(self._corners, dtype=np.float64)
        # The diagonals of a triangle whose last corner is repeated are two sides.
        normals = np.cross(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1])
        size = np.linalg.norm(normals, axis=1)
        outward = corners.mean(axis=1) - np.array(self._insides)
        turned = np.einsum("ij,ij->i", normals, outward) < 0
        normals[turned] *= -1
        solid = size > 1e-9
        count = int(np.count_nonzero(solid))
        vertices = corners[solid].reshape(-1, 3)
        return Mesh(
            vertices=vertices,
            faces=np.arange(count * 4, dtype=np.int64).reshape(-1, 4),
            normals=normals[solid] / size[solid, None],
            colours=np.array([c for c, _, _ in self._looks], dtype=np.float64)[solid],
            surfaces=np.array([s for _, s, _ in self._looks], dtype=np.int64)[solid],
            layers=np.array([a for _, _, a in self._looks], dtype=np.int64)[solid],
            extremes=_extremes(vertices),
            bounds=_bounds(vertices),
        )


def _extremes(vertices: Floats) -> Floats:
    """Return the vertices that lie farthest out in any of many directions."""
    turns = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    directions = [
        (np.cos(a) * np.cos(e), np.sin(a) * np.cos(e), np.sin(e))
        for a in turns
        for e in (-0.9, -0.3, 0.3, 0.9)
    ]
    farthest = np.unique(np.argmax(vertices @ np.array(directions).T, axis=0))
    return np.unique(vertices[farthest], axis=0)


def _bounds(vertices: Floats) -> Floats:
    low, high = vertices.min(axis=0), vertices.max(axis=0)
    choices = np.array(np.meshgrid((0, 1), (0, 1), (0, 1))).reshape(3, -1).T
    corners: Floats = np.where(choices == 1, high, low)
    return corners


def _middle(near: tuple[float, Profile], far: tuple[float, Profile]) -> Vertex:
    both = [*near[1], *far[1]]
    count = len(both)
    return (
        sum(x for x, _ in both) / count,
        (near[0] + far[0]) / 2,
        sum(z for _, z in both) / count,
    )


def _strip(
    near: tuple[float, Profile], far: tuple[float, Profile], strip: int
) -> tuple[Vertex, Vertex, Vertex, Vertex]:
    after = (strip + 1) % len(near[1])
    (x0, z0), (x1, z1) = near[1][strip], near[1][after]
    (x2, z2), (x3, z3) = far[1][after], far[1][strip]
    return (x0, near[0], z0), (x1, near[0], z1), (x2, far[0], z2), (x3, far[0], z3)


def _axes(start: Vertex, end: Vertex) -> tuple[Floats, Floats]:
    along = np.array(end) - np.array(start)
    along = along / np.linalg.norm(along)
    helper = np.array((0.0, 0.0, 1.0) if abs(along[2]) < 0.9 else (1.0, 0.0, 0.0))
    side = np.cross(along, helper)
    side /= np.linalg.norm(side)
    return side, np.cross(along, side)


def _circle(
    centre: Floats, side: Floats, other: Floats, radius: float, sides: int
) -> list[Vertex]:
    points = []
    for angle in np.linspace(0, 2 * np.pi, sides, endpoint=False):
        p = centre + radius * (np.cos(angle) * side + np.sin(angle) * other)
        points.append((float(p[0]), float(p[1]), float(p[2])))
    return points


def _latitude(
    centre: Vertex, radius: float, latitude_rad: float, sides: int
) -> list[Vertex]:
    flat = radius * float(np.cos(latitude_rad))
    z = centre[2] + radius * float(np.sin(latitude_rad))
    angles = np.linspace(0, 2 * np.pi, sides, endpoint=False)
    return [
        (
            centre[0] + flat * float(np.cos(a)),
            centre[1] + flat * float(np.sin(a)),
            z,
        )
        for a in angles
    ]
