"""Parts and colours that bodies of several kinds are made of."""

import numpy as np

from app.simulator.mesh import Bgr, MeshBuilder, Profile, Surface, Vertex

RUBBER: Bgr = (34, 33, 33)
TRIM: Bgr = (46, 45, 44)
_RIM: Bgr = (150, 150, 150)
LAMP: Bgr = (215, 222, 225)
TAIL: Bgr = (28, 28, 120)
GLASS: Bgr = (62, 54, 46)
SKIN: Bgr = (95, 125, 165)
PAINTS: tuple[Bgr, ...] = (
    (226, 228, 230),
    (226, 228, 230),
    (190, 192, 194),
    (165, 168, 170),
    (110, 112, 114),
    (52, 52, 54),
    (42, 42, 44),
    (38, 38, 148),
    (46, 46, 180),
    (128, 72, 34),
    (150, 96, 48),
    (60, 198, 232),
    (86, 108, 62),
    (150, 172, 190),
)


def mirrored(right: Profile) -> Profile:
    """Close a right half, listed from below to the crown, with its mirror image."""
    left = [(-x, z) for x, z in reversed(right) if x > 1e-6]
    return [*right, *left]


def rounded(
    half_m: float, bottom_m: float, top_m: float, lean: float = 0.03
) -> Profile:
    """Return a box with rounded upper edges; `lean` is how far it narrows upwards."""
    return mirrored(
        [
            (half_m * 0.97, bottom_m),
            (half_m, bottom_m + 0.3),
            (half_m * (1 - lean), top_m - 0.22),
            (half_m * (1 - lean) - 0.06, top_m - 0.08),
            (half_m * (1 - lean) - 0.2, top_m),
            (0.0, top_m + 0.02),
        ]
    )


def box_profile(span_x: tuple[float, float], span_z: tuple[float, float]) -> Profile:
    """Return a rectangle across the road, in metres."""
    (x0, x1), (z0, z1) = span_x, span_z
    return [(x1, z0), (x1, z1), (x0, z1), (x0, z0)]


def _wheel(
    builder: MeshBuilder, x_m: float, y_m: float, radius_m: float, width_m: float = 0.2
) -> None:
    side = 1.0 if x_m > 0 else -1.0
    builder.tube(
        (x_m - side * width_m, y_m, radius_m),
        (x_m - side * 0.012, y_m, radius_m),
        (radius_m, radius_m),
        RUBBER,
        layer=0,
        sides=16,
    )
    face = x_m + side * 0.004
    arch = radius_m * 1.16
    builder.disc((face, y_m, radius_m), arch, side, (26, 26, 26), 2, 0.0, np.pi)
    builder.disc((face, y_m, radius_m), radius_m, side, RUBBER, 3)
    builder.disc((face, y_m, radius_m), radius_m * 0.64, side, _RIM, 4)
    builder.disc((face, y_m, radius_m), radius_m * 0.2, side, (90, 90, 90), 5)


def wheels(
    builder: MeshBuilder,
    half_m: float,
    places_m: tuple[float, ...],
    radius_m: float,
    width_m: float = 0.2,
) -> None:
    """Add a wheel on either flank at each of `places_m` along the body."""
    for y in places_m:
        for side in (-1.0, 1.0):
            _wheel(builder, side * half_m, y, radius_m, width_m)


def quad(
    builder: MeshBuilder,
    corners: tuple[Vertex, Vertex, Vertex, Vertex],
    facing: Vertex,
    colour: Bgr,
    surface: Surface = Surface.MATT,
    layer: int = 6,
) -> None:
    """Add one face of four corners that is seen from the direction `facing`."""
    middle = np.mean(np.array(corners), axis=0) - np.array(facing)
    inside = (float(middle[0]), float(middle[1]), float(middle[2]))
    builder.face(corners, inside, colour, surface, layer)


def upright(
    builder: MeshBuilder,
    span_x: tuple[float, float],
    y_m: float,
    span_z: tuple[float, float],
    facing: float,
    colour: Bgr,
    surface: Surface = Surface.MATT,
    layer: int = 6,
) -> None:
    """Add a rectangle across the road that looks ahead (+1) or back (-1)."""
    (x0, x1), (z0, z1) = span_x, span_z
    corners = ((x0, y_m, z0), (x1, y_m, z0), (x1, y_m, z1), (x0, y_m, z1))
    quad(builder, corners, (0.0, facing, 0.0), colour, surface, layer)


def side_panel(
    builder: MeshBuilder,
    x_m: float,
    span_y: tuple[float, float],
    span_z: tuple[float, float],
    colour: Bgr,
    surface: Surface = Surface.MATT,
    layer: int = 2,
) -> None:
    """Add a rectangle on the right (x > 0) or left flank."""
    (y0, y1), (z0, z1) = span_y, span_z
    corners = ((x_m, y0, z0), (x_m, y1, z0), (x_m, y1, z1), (x_m, y0, z1))
    facing = (1.0 if x_m > 0 else -1.0, 0.0, 0.0)
    quad(builder, corners, facing, colour, surface, layer)
