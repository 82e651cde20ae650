"""The shapes of road users: lofted bodies with wheels, windows, lamps and plates."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from app.domain.vehicle import VehicleClass
from app.simulator.mesh import Bgr, Mesh, MeshBuilder, Profile, Surface, Vertex

_RUBBER: Bgr = (34, 33, 33)
_TRIM: Bgr = (46, 45, 44)
_RIM: Bgr = (150, 150, 150)
_LAMP: Bgr = (215, 222, 225)
_TAIL: Bgr = (28, 28, 120)
_GLASS: Bgr = (62, 54, 46)
_SKIN: Bgr = (95, 125, 165)

PLATE_WIDTH_M = 0.36
PLATE_HEIGHT_M = 0.16
SMALL_PLATE_WIDTH_M = 0.28
SMALL_PLATE_HEIGHT_M = 0.16


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """A road user's shape with the places of its plates.

    `plates`: corners upper left, upper right, lower right, lower left as somebody
    reading the plate sees them, in the body's axes; front plate first.
    `length_m` along y, `width_m` across.
    """

    vehicle_class: VehicleClass
    mesh: Mesh
    length_m: float
    width_m: float
    height_m: float
    plates: tuple[tuple[Vertex, Vertex, Vertex, Vertex], ...]


def _plate(
    y_m: float,
    z_m: float,
    facing: float,
    size_m: tuple[float, float] = (PLATE_WIDTH_M, PLATE_HEIGHT_M),
) -> tuple[Vertex, Vertex, Vertex, Vertex]:
    # Seen from ahead (facing +1) the vehicle's right is on the reader's left.
    half, up = size_m[0] / 2 * facing, size_m[1] / 2
    return (
        (half, y_m, z_m + up),
        (-half, y_m, z_m + up),
        (-half, y_m, z_m - up),
        (half, y_m, z_m - up),
    )


def _mirrored(right: Profile) -> Profile:
    """Close a right half, listed from below to the crown, with its mirror image."""
    left = [(-x, z) for x, z in reversed(right) if x > 1e-6]
    return [*right, *left]


def _hull(half_m: float, bottom_m: float, top_m: float) -> Profile:
    return _mirrored(
        [
            (half_m * 0.86, bottom_m),
            (half_m * 0.97, bottom_m + 0.10),
            (half_m, bottom_m + (top_m - bottom_m) * 0.5),
            (half_m * 0.985, top_m - 0.14),
            (half_m * 0.92, top_m - 0.04),
            (half_m * 0.55, top_m),
            (0.0, top_m + 0.012),
        ]
    )


def _cabin(half_m: float, base_m: float, top_m: float, lean: float) -> Profile:
    rise = top_m - base_m
    edge = half_m * (1 - lean)
    return _mirrored(
        [
            (half_m, base_m),
            (half_m * (1 - lean * 0.45), base_m + rise * 0.45),
            (edge, base_m + rise * 0.88),
            (edge * 0.86, base_m + rise * 0.97),
            (edge * 0.5, top_m),
            (0.0, top_m),
        ]
    )


def _wheel(
    builder: MeshBuilder, x_m: float, y_m: float, radius_m: float, width_m: float = 0.2
) -> None:
    side = 1.0 if x_m > 0 else -1.0
    builder.tube(
        (x_m - side * width_m, y_m, radius_m),
        (x_m - side * 0.012, y_m, radius_m),
        (radius_m, radius_m),
        _RUBBER,
        layer=0,
        sides=16,
    )
    face = x_m + side * 0.004
    arch = radius_m * 1.16
    builder.disc((face, y_m, radius_m), arch, side, (26, 26, 26), 2, 0.0, np.pi)
    builder.disc((face, y_m, radius_m), radius_m, side, _RUBBER, 3)
    builder.disc((face, y_m, radius_m), radius_m * 0.64, side, _RIM, 4)
    builder.disc((face, y_m, radius_m), radius_m * 0.2, side, (90, 90, 90), 5)


def _wheels(
    builder: MeshBuilder,
    half_m: float,
    places_m: tuple[float, ...],
    radius_m: float,
    width_m: float = 0.2,
) -> None:
    for y in places_m:
        for side in (-1.0, 1.0):
            _wheel(builder, side * half_m, y, radius_m, width_m)


def _quad(
    builder: MeshBuilder,
    corners: tuple[Vertex, Vertex, Vertex, Vertex],
    facing: Vertex,
    colour: Bgr,
    surface: Surface = Surface.MATT,
    layer: int = 6,
) -> None:
    middle = np.mean(np.array(corners), axis=0) - np.array(facing)
    inside = (float(middle[0]), float(middle[1]), float(middle[2]))
    builder.face(corners, inside, colour, surface, layer)


def _upright(
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
    _quad(builder, corners, (0.0, facing, 0.0), colour, surface, layer)


def _side_panel(
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
    _quad(builder, corners, facing, colour, surface, layer)


@dataclass(frozen=True, slots=True)
class _CarShape:
    length_m: float
    width_m: float
    height_m: float
    belt_m: float
    nose_m: float
    cowl_y_m: float
    roof_y_m: tuple[float, float]
    tail_y_m: float
    tail_top_m: float


def _sedan(rng: np.random.Generator) -> _CarShape:
    length = rng.uniform(4.25, 4.75)
    return _CarShape(
        length,
        rng.uniform(1.70, 1.82),
        rng.uniform(1.43, 1.50),
        0.92,
        0.70,
        -1.12,
        (-1.95, -length + 1.35),
        -length + 0.55,
        0.98,
    )


def _hatchback(rng: np.random.Generator) -> _CarShape:
    length = rng.uniform(3.7, 4.1)
    return _CarShape(
        length,
        rng.uniform(1.64, 1.75),
        rng.uniform(1.48, 1.55),
        0.94,
        0.74,
        -0.92,
        (-1.65, -length + 0.55),
        -length + 0.10,
        0.98,
    )


def _suv(rng: np.random.Generator) -> _CarShape:
    length = rng.uniform(4.35, 4.8)
    return _CarShape(
        length,
        rng.uniform(1.80, 1.90),
        rng.uniform(1.66, 1.78),
        1.06,
        0.90,
        -1.10,
        (-1.75, -length + 0.45),
        -length + 0.10,
        1.10,
    )


def _car_hull(builder: MeshBuilder, shape: _CarShape, paint: Bgr) -> None:
    half, end = shape.width_m / 2, -shape.length_m
    nose, belt, tail = shape.nose_m, shape.belt_m, shape.tail_top_m
    builder.loft(
        [
            (0.0, _hull(half * 0.80, 0.30, nose - 0.14)),
            (-0.07, _hull(half * 0.89, 0.24, nose - 0.06)),
            (-0.25, _hull(half * 0.96, 0.22, nose)),
            (-0.60, _hull(half, 0.21, nose + (belt - nose) * 0.55)),
            (shape.cowl_y_m, _hull(half, 0.21, belt)),
            (end * 0.5, _hull(half, 0.21, belt)),
            (end * 0.75, _hull(half, 0.21, (belt + tail) / 2)),
            (end + 0.45, _hull(half * 0.99, 0.22, tail)),
            (end + 0.12, _hull(half * 0.95, 0.26, tail - 0.03)),
            (end + 0.03, _hull(half * 0.90, 0.28, tail - 0.10)),
            (end, _hull(half * 0.84, 0.32, tail - 0.20)),
        ],
        paint,
    )


def _car_cabin(builder: MeshBuilder, shape: _CarShape, paint: Bgr) -> None:
    half = shape.width_m / 2
    base, top = shape.belt_m - 0.02, shape.height_m
    front, rear = shape.roof_y_m
    flat = _cabin(half * 0.86, base, base + 0.02, 0.05)
    high = _cabin(half * 0.92, base, top, 0.24)
    tail = _cabin(half * 0.86, shape.tail_top_m - 0.03, shape.tail_top_m, 0.05)
    middle = (front + rear) / 2
    count = len(high)
    windscreens = [(i, s) for i in (0, 3) for s in range(count)]
    sides = [(i, s) for i in (1, 2) for s in (0, 1, count - 3, count - 2)]
    builder.loft(
        [
            (shape.cowl_y_m, flat),
            (front, high),
            (middle, high),
            (rear, high),
            (shape.tail_y_m, tail),
        ],
        paint,
        layer=4,
        glass=[*windscreens, *sides],
        glass_colour=_GLASS,
    )
    for side in (-1.0, 1.0):
        for y in (front, middle, rear):
            _pillar(builder, side, y, half * 0.92, (base, top), paint)


def _pillar(
    builder: MeshBuilder,
    side: float,
    y_m: float,
    half_m: float,
    span_z: tuple[float, float],
    paint: Bgr,
) -> None:
    base, top = span_z
    upper = base + (top - base) * 0.88
    lean = half_m * (1 - 0.24)
    corners = (
        (side * (half_m + 0.004), y_m - 0.045, base),
        (side * (half_m + 0.004), y_m + 0.045, base),
        (side * (lean + 0.004), y_m + 0.045, upper),
        (side * (lean + 0.004), y_m - 0.045, upper),
    )
    _quad(builder, corners, (side, 0.0, 0.4), paint, Surface.PAINT, 5)


def _car_front(builder: MeshBuilder, shape: _CarShape) -> None:
    half, nose = shape.width_m / 2, shape.nose_m
    for side in (-1.0, 1.0):
        corners = (
            (side * half * 0.52, -0.01, nose - 0.19),
            (side * half * 0.86, -0.10, nose - 0.18),
            (side * half * 0.93, -0.30, nose - 0.05),
            (side * half * 0.56, -0.10, nose - 0.06),
        )
        _quad(builder, corners, (0.0, 1.0, 0.3), _LAMP, Surface.HEADLAMP, 7)
        _upright(
            builder,
            (side * half * 0.55, side * half * 0.74),
            0.01,
            (0.33, 0.40),
            1.0,
            (60, 62, 64),
        )
    grille = (-half * 0.46, half * 0.46)
    _upright(builder, grille, 0.01, (nose - 0.21, nose - 0.11), 1.0, (38, 38, 38))
    _upright(builder, grille, 0.012, (nose - 0.165, nose - 0.15), 1.0, (150, 150, 150))
    intake = (-half * 0.62, half * 0.62)
    _upright(builder, intake, 0.008, (0.30, 0.44), 1.0, (42, 42, 42))


def _car_rear(builder: MeshBuilder, shape: _CarShape) -> None:
    half, end, tail = shape.width_m / 2, -shape.length_m, shape.tail_top_m
    for side in (-1.0, 1.0):
        corners = (
            (side * half * 0.55, end - 0.005, tail - 0.30),
            (side * half * 0.90, end + 0.06, tail - 0.30),
            (side * half * 0.93, end + 0.10, tail - 0.10),
            (side * half * 0.58, end + 0.02, tail - 0.12),
        )
        _quad(builder, corners, (0.0, -1.0, 0.2), _TAIL, Surface.TAIL_LAMP, 7)
    _upright(builder, (-half * 0.8, half * 0.8), end - 0.006, (0.34, 0.42), -1.0, _TRIM)
    _upright(
        builder,
        (-half * 0.5, half * 0.5),
        end - 0.004,
        (tail - 0.345, tail - 0.33),
        -1.0,
        _TRIM,
    )


def _car_flanks(builder: MeshBuilder, shape: _CarShape, paint: Bgr) -> None:
    half, end = shape.width_m / 2, -shape.length_m
    seam = tuple(c * 0.6 for c in paint)
    for side in (-1.0, 1.0):
        x = side * (half + 0.003)
        sill = (shape.cowl_y_m - 0.05, end + 1.15)
        _side_panel(builder, x, sill, (0.22, 0.31), _TRIM)
        for y in (shape.cowl_y_m - 0.35, end * 0.5, end * 0.73):
            _side_panel(
                builder,
                x,
                (y - 0.012, y + 0.012),
                (0.32, shape.belt_m - 0.08),
                (seam[0], seam[1], seam[2]),
            )
        _mirror(builder, side * half, shape, paint)


def _mirror(builder: MeshBuilder, x_m: float, shape: _CarShape, paint: Bgr) -> None:
    side = 1.0 if x_m > 0 else -1.0
    y, z = shape.cowl_y_m - 0.42, shape.belt_m + 0.06
    outer = x_m * 0.93 + side * 0.24
    builder.loft(
        [
            (y, _box((x_m * 0.93, outer), (z - 0.06, z + 0.07))),
            (y - 0.12, _box((x_m * 0.93, outer), (z - 0.05, z + 0.06))),
        ],
        paint,
        layer=5,
    )


def _box(span_x: tuple[float, float], span_z: tuple[float, float]) -> Profile:
    (x0, x1), (z0, z1) = span_x, span_z
    return [(x1, z0), (x1, z1), (x0, z1), (x0, z0)]


def _car(rng: np.random.Generator) -> Body:
    shapes: tuple[Callable[[np.random.Generator], _CarShape], ...] = (
        _sedan,
        _sedan,
        _hatchback,
        _suv,
    )
    shape = shapes[int(rng.integers(len(shapes)))](rng)
    paint = _CAR_PAINTS[int(rng.integers(len(_CAR_PAINTS)))]
    builder = MeshBuilder()
    half = shape.width_m / 2
    axles = (-0.82, -shape.length_m + 0.85)
    _wheels(builder, half, axles, 0.32 if shape.height_m < 1.6 else 0.37)
    _car_hull(builder, shape, paint)
    _car_cabin(builder, shape, paint)
    _car_flanks(builder, shape, paint)
    _car_front(builder, shape)
    _car_rear(builder, shape)
    plates = (
        _plate(0.03, 0.46, 1.0),
        _plate(-shape.length_m - 0.02, shape.tail_top_m - 0.29, -1.0),
    )
    return Body(
        VehicleClass.CAR,
        builder.build(),
        shape.length_m,
        shape.width_m,
        shape.height_m,
        plates,
    )


def _rounded(
    half_m: float, bottom_m: float, top_m: float, lean: float = 0.03
) -> Profile:
    return _mirrored(
        [
            (half_m * 0.97, bottom_m),
            (half_m, bottom_m + 0.3),
            (half_m * (1 - lean), top_m - 0.22),
            (half_m * (1 - lean) - 0.06, top_m - 0.08),
            (half_m * (1 - lean) - 0.2, top_m),
            (0.0, top_m + 0.02),
        ]
    )


def _bus(rng: np.random.Generator) -> Body:
    length, width = rng.uniform(8.6, 11.5), rng.uniform(2.35, 2.5)
    height = rng.uniform(2.85, 3.1)
    paint, stripe = _BUS_LIVERIES[int(rng.integers(len(_BUS_LIVERIES)))]
    builder = MeshBuilder()
    half = width / 2
    _wheels(builder, half, (-2.2, -length + 2.6), 0.47, 0.3)
    steps = np.linspace(-0.35, -length + 0.12, 12)
    sections = [(0.0, _rounded(half * 0.93, 0.34, height - 0.2, 0.07))]
    sections.append((-0.10, _rounded(half * 0.98, 0.30, height - 0.06, 0.05)))
    sections.extend((float(y), _rounded(half, 0.30, height)) for y in steps)
    sections.append((-length, _rounded(half * 0.96, 0.36, height - 0.1)))
    builder.loft(sections, paint)
    _bus_flanks(builder, half, length, height, stripe)
    _bus_front(builder, half, height, stripe)
    _bus_rear(builder, half, length, height, stripe)
    plates = (_plate(0.04, 0.62, 1.0), _plate(-length - 0.03, 0.80, -1.0))
    return Body(VehicleClass.BUS, builder.build(), length, width, height, plates)


def _bus_flanks(
    builder: MeshBuilder, half: float, length: float, height: float, stripe: Bgr
) -> None:
    bays = int((length - 1.2) / 1.35)
    for side in (-1.0, 1.0):
        x = side * (half + 0.004)
        for bay in range(bays):
            y = -0.7 - bay * 1.35
            span = (y - 1.25, y)
            pane = (height - 1.45, height - 0.55)
            _side_panel(builder, x, span, pane, _GLASS, Surface.GLASS)
            _side_panel(builder, x, (y - 1.35, y), (1.0, 1.22), stripe)
        _side_panel(builder, x, (-length + 0.3, -0.4), (0.32, 0.46), _TRIM)
    door = (-1.75, -0.55)
    _side_panel(builder, half + 0.006, door, (0.5, height - 0.6), _GLASS, layer=3)


def _bus_front(builder: MeshBuilder, half: float, height: float, stripe: Bgr) -> None:
    wide = (-half * 0.88, half * 0.88)
    pane = (height * 0.43, height - 0.62)
    _upright(builder, wide, 0.02, pane, 1.0, _GLASS, Surface.GLASS)
    board = (height - 0.56, height - 0.30)
    _upright(builder, (-half * 0.7, half * 0.7), 0.02, board, 1.0, (30, 30, 32))
    for offset in np.linspace(-0.5, 0.42, 7):
        letters = (half * float(offset), half * float(offset) + 0.1)
        middle = (height - 0.50, height - 0.37)
        _upright(builder, letters, 0.03, middle, 1.0, (60, 170, 250), layer=7)
    _upright(builder, wide, 0.02, (0.98, 1.14), 1.0, stripe)
    _upright(builder, (-half * 0.4, half * 0.4), 0.02, (0.72, 0.92), 1.0, _TRIM)
    _upright(builder, wide, 0.02, (0.36, 0.50), 1.0, _TRIM)
    for side in (-1.0, 1.0):
        lamp = (side * half * 0.55, side * half * 0.84)
        _upright(builder, lamp, 0.03, (0.72, 0.92), 1.0, _LAMP, Surface.HEADLAMP, 7)


def _bus_rear(
    builder: MeshBuilder, half: float, length: float, height: float, stripe: Bgr
) -> None:
    y = -length - 0.02
    pane = (height - 1.35, height - 0.6)
    wide = (-half * 0.8, half * 0.8)
    _upright(builder, wide, y, pane, -1.0, _GLASS, Surface.GLASS)
    _upright(builder, wide, y, (1.25, 1.42), -1.0, stripe)
    for z in np.linspace(0.95, 1.12, 3):
        _upright(
            builder,
            (-half * 0.6, half * 0.6),
            y,
            (float(z), float(z) + 0.03),
            -1,
            _TRIM,
        )
    _upright(builder, wide, y, (0.42, 0.56), -1.0, _TRIM)
    for side in (-1.0, 1.0):
        lamp = (side * half * 0.70, side * half * 0.88)
        _upright(builder, lamp, y, (0.75, 1.12), -1.0, _TAIL, Surface.TAIL_LAMP, 7)


def _truck(rng: np.random.Generator) -> Body:
    length, width = rng.uniform(6.4, 8.4), rng.uniform(2.15, 2.4)
    height = rng.uniform(2.7, 3.2)
    cab = _TRUCK_CABS[int(rng.integers(len(_TRUCK_CABS)))]
    cargo = _TRUCK_BOXES[int(rng.integers(len(_TRUCK_BOXES)))]
    half, cab_top = width / 2, min(height - 0.25, 2.55)
    builder = MeshBuilder()
    _wheels(builder, half * 0.98, (-1.15, -length + 1.7), 0.46, 0.28)
    builder.loft(
        [
            (0.0, _rounded(half * 0.90, 0.42, cab_top - 0.35, 0.06)),
            (-0.12, _rounded(half * 0.95, 0.38, cab_top - 0.12, 0.06)),
            (-0.55, _rounded(half * 0.96, 0.38, cab_top, 0.06)),
            (-1.85, _rounded(half * 0.96, 0.38, cab_top, 0.06)),
        ],
        cab,
        layer=2,
    )
    chassis = _box((-half * 0.8, half * 0.8), (0.55, 0.8))
    builder.loft([(-1.8, chassis), (-length + 0.05, chassis)], _TRIM, layer=1)
    steps = np.linspace(-2.0, -length, 8)
    box = _box((-half, half), (0.85, height))
    builder.loft([(float(y), box) for y in steps], cargo, layer=2)
    _truck_front(builder, half, cab_top)
    _truck_rear(builder, half, length, height, cargo)
    for side in (-1.0, 1.0):
        _side_panel(
            builder,
            side * (half * 0.96 + 0.004),
            (-1.5, -0.6),
            (cab_top - 0.95, cab_top - 0.35),
            _GLASS,
            Surface.GLASS,
            layer=6,
        )
    plates = (_plate(0.04, 0.66, 1.0), _plate(-length - 0.03, 0.72, -1.0))
    return Body(VehicleClass.TRUCK, builder.build(), length, width, height, plates)


def _truck_front(builder: MeshBuilder, half: float, cab_top: float) -> None:
    wide = (-half * 0.80, half * 0.80)
    pane = (cab_top - 1.05, cab_top - 0.42)
    corners = (
        (wide[0], 0.01, pane[0]),
        (wide[1], 0.01, pane[0]),
        (wide[1] * 0.97, -0.10, pane[1]),
        (wide[0] * 0.97, -0.10, pane[1]),
    )
    _quad(builder, corners, (0.0, 1.0, 0.1), _GLASS, Surface.GLASS)
    _upright(builder, (-half * 0.6, half * 0.6), 0.02, (0.95, 1.30), 1.0, _TRIM)
    _upright(
        builder, (-half * 0.88, half * 0.88), 0.02, (0.42, 0.76), 1.0, (70, 70, 70)
    )
    for side in (-1.0, 1.0):
        lamp = (side * half * 0.62, side * half * 0.84)
        _upright(builder, lamp, 0.03, (0.56, 0.74), 1.0, _LAMP, Surface.HEADLAMP, 7)


def _truck_rear(
    builder: MeshBuilder, half: float, length: float, height: float, cargo: Bgr
) -> None:
    y = -length - 0.01
    frame = (cargo[0] * 0.75, cargo[1] * 0.75, cargo[2] * 0.75)
    _upright(builder, (-0.015, 0.015), y, (0.9, height - 0.06), -1.0, frame)
    for side in (-1.0, 1.0):
        rod = (side * half * 0.45, side * half * 0.45 + 0.04)
        _upright(builder, rod, y, (0.95, height - 0.12), -1.0, (120, 120, 120))
        lamp = (side * half * 0.66, side * half * 0.92)
        _upright(
            builder, lamp, y - 0.01, (0.62, 0.80), -1.0, _TAIL, Surface.TAIL_LAMP, 7
        )
    wide = (-half * 0.95, half * 0.95)
    _upright(builder, wide, y, (0.82, 0.92), -1.0, (150, 150, 155))
    _upright(builder, (-half * 0.9, half * 0.9), y, (0.42, 0.52), -1.0, (60, 60, 150))


def _rider(
    builder: MeshBuilder, seat: Vertex, grip_y: float, shirt: Bgr, helmet: Bgr | None
) -> None:
    x, y, z = seat
    shoulder = (x, y + 0.12, z + 0.52)
    builder.tube(seat, shoulder, (0.17, 0.21), shirt, layer=4)
    head = (x, y + 0.20, z + 0.76)
    builder.ball(head, 0.14 if helmet else 0.11, helmet or _SKIN, layer=5)
    for side in (-1.0, 1.0):
        hand = (side * 0.30, grip_y, z + 0.25)
        arm = (side * 0.20, y + 0.12, z + 0.46)
        builder.tube(arm, hand, (0.07, 0.05), shirt, layer=4, sides=6)
        knee = (side * 0.20, y + 0.36, z - 0.08)
        hip = (side * 0.12, y, z)
        builder.tube(hip, knee, (0.10, 0.08), (70, 58, 48), layer=3, sides=6)
        foot = (side * 0.19, y + 0.15, max(z - 0.55, 0.12))
        builder.tube(knee, foot, (0.08, 0.06), (70, 58, 48), layer=3, sides=6)


def _motorcycle(rng: np.random.Generator) -> Body:
    paint = _CAR_PAINTS[int(rng.integers(len(_CAR_PAINTS)))]
    shirt = _SHIRTS[int(rng.integers(len(_SHIRTS)))]
    helmet = _HELMETS[int(rng.integers(len(_HELMETS)))]
    builder = MeshBuilder()
    length, radius = 2.0, 0.31
    for y in (-radius, -length + radius):
        builder.tube(
            (-0.06, y, radius), (0.06, y, radius), (radius, radius), _RUBBER, sides=16
        )
    builder.tube(
        (0, -0.30, 0.45), (0, -0.55, 0.95), (0.07, 0.06), (90, 90, 90), layer=2
    )
    builder.tube((0, -0.55, 0.75), (0, -1.15, 0.78), (0.16, 0.15), paint, layer=2)
    builder.tube((0, -1.0, 0.76), (0, -1.85, 0.84), (0.14, 0.09), _TRIM, layer=2)
    builder.tube((0, -0.7, 0.42), (0, -1.2, 0.42), (0.17, 0.17), (60, 60, 60), layer=1)
    builder.tube(
        (-0.36, -0.62, 1.0), (0.36, -0.62, 1.0), (0.025, 0.025), _TRIM, layer=3
    )
    builder.ball((0, -0.42, 0.86), 0.11, (80, 80, 80), Surface.MATT, 3)
    _upright(
        builder, (-0.08, 0.08), -0.29, (0.79, 0.93), 1.0, _LAMP, Surface.HEADLAMP, 7
    )
    _upright(
        builder, (-0.09, 0.09), -1.96, (0.78, 0.86), -1.0, _TAIL, Surface.TAIL_LAMP, 7
    )
    _upright(builder, (-0.07, 0.07), -1.94, (0.45, 0.78), -1.0, _TRIM, layer=5)
    _rider(builder, (0.0, -1.2, 0.86), -0.66, shirt, helmet)
    if rng.random() < 0.35:
        crate = _box((-0.24, 0.24), (0.92, 1.34))
        builder.loft([(-1.52, crate), (-1.98, crate)], (70, 110, 235), layer=4)
    size = (SMALL_PLATE_WIDTH_M, SMALL_PLATE_HEIGHT_M)
    plates = (_plate(0.0, -1.0, 1.0, size), _plate(-2.0, 0.66, -1.0, size))
    return Body(
        VehicleClass.MOTORCYCLE, builder.build(), length, 0.75, 1.72, plates[1:]
    )


def _bicycle(rng: np.random.Generator) -> Body:
    paint = _CAR_PAINTS[int(rng.integers(len(_CAR_PAINTS)))]
    shirt = _SHIRTS[int(rng.integers(len(_SHIRTS)))]
    builder = MeshBuilder()
    length, radius = 1.7, 0.34
    for y in (-radius, -length + radius):
        for step in np.linspace(0, 2 * np.pi, 14, endpoint=False):
            one = _on_rim(y, radius - 0.02, float(step))
            two = _on_rim(y, radius - 0.02, float(step) + 2 * np.pi / 14)
            builder.tube(one, two, (0.022, 0.022), _RUBBER, sides=4)
    crank = (0.0, -0.85, 0.32)
    seat, head = (0.0, -1.08, 0.88), (0.0, -0.5, 0.85)
    rear, front = (0.0, -length + radius, radius), (0.0, -radius, radius)
    for one, two in (
        (crank, seat),
        (crank, head),
        (seat, head),
        (rear, crank),
        (rear, seat),
        (head, front),
    ):
        builder.tube(one, two, (0.025, 0.025), paint, layer=2, sides=5)
    builder.tube((-0.27, -0.5, 1.0), (0.27, -0.5, 1.0), (0.02, 0.02), _TRIM, layer=3)
    helmet = _HELMETS[int(rng.integers(len(_HELMETS)))] if rng.random() < 0.6 else None
    _rider(builder, (0.0, -1.05, 0.95), -0.52, shirt, helmet)
    return Body(VehicleClass.BICYCLE, builder.build(), length, 0.6, 1.8, ())


def _on_rim(y_m: float, radius_m: float, angle_rad: float) -> Vertex:
    return (
        0.0,
        y_m + radius_m * float(np.cos(angle_rad)),
        0.34 + radius_m * float(np.sin(angle_rad)),
    )


def _person(rng: np.random.Generator) -> Body:
    shirt = _SHIRTS[int(rng.integers(len(_SHIRTS)))]
    trousers = _TROUSERS[int(rng.integers(len(_TROUSERS)))]
    hair: Bgr = (30, 32, 38)
    size = rng.uniform(0.92, 1.06)
    stride = rng.uniform(0.08, 0.26)
    builder = MeshBuilder()
    middle = -0.25
    hip, neck = 0.88 * size, 1.42 * size
    for side in (-1.0, 1.0):
        foot = (side * 0.10, middle + side * stride, 0.05)
        builder.tube((side * 0.09, middle, hip), foot, (0.10, 0.06), trousers, layer=1)
        hand = (side * 0.27, middle - side * stride, 0.82 * size)
        builder.tube(
            (side * 0.21, middle, neck - 0.05), hand, (0.065, 0.045), shirt, layer=2
        )
        builder.ball(hand, 0.05, _SKIN, layer=3, sides=6)
    builder.tube(
        (0, middle, hip - 0.05), (0, middle, neck), (0.16, 0.20), shirt, layer=3
    )
    builder.ball((0, middle, 1.60 * size), 0.115, _SKIN, layer=4)
    builder.ball((0, middle - 0.03, 1.64 * size), 0.115, hair, layer=5)
    return Body(VehicleClass.PERSON, builder.build(), 0.5, 0.55, 1.75 * size, ())


_CAR_PAINTS: tuple[Bgr, ...] = (
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
_BUS_LIVERIES: tuple[tuple[Bgr, Bgr], ...] = (
    ((225, 226, 228), (60, 60, 190)),
    ((170, 92, 36), (232, 232, 232)),
    ((60, 60, 178), (230, 230, 230)),
    ((90, 150, 60), (235, 235, 235)),
    ((72, 190, 225), (60, 60, 60)),
)
_TRUCK_CABS: tuple[Bgr, ...] = (
    (228, 230, 232),
    (150, 84, 40),
    (48, 48, 170),
    (60, 160, 220),
)
_TRUCK_BOXES: tuple[Bgr, ...] = (
    (222, 224, 226),
    (200, 205, 208),
    (160, 118, 70),
    (96, 120, 92),
    (70, 120, 170),
)
_SHIRTS: tuple[Bgr, ...] = (
    (60, 60, 170),
    (150, 100, 50),
    (50, 50, 52),
    (215, 215, 215),
    (70, 140, 80),
    (60, 190, 225),
    (120, 80, 130),
)
_TROUSERS: tuple[Bgr, ...] = ((92, 66, 48), (46, 44, 44), (96, 112, 128))
_HELMETS: tuple[Bgr, ...] = (
    (35, 35, 36),
    (225, 225, 228),
    (46, 46, 190),
    (160, 90, 40),
)
_MAKERS: dict[VehicleClass, Callable[[np.random.Generator], Body]] = {
    VehicleClass.PERSON: _person,
    VehicleClass.BICYCLE: _bicycle,
    VehicleClass.MOTORCYCLE: _motorcycle,
    VehicleClass.CAR: _car,
    VehicleClass.BUS: _bus,
    VehicleClass.TRUCK: _truck,
}


def make_body(vehicle_class: VehicleClass, rng: np.random.Generator) -> Body:
    """Return a road user of that class; size, shape and colours drawn from `rng`."""
    return _MAKERS[vehicle_class](rng)
