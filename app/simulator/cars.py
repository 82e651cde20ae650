"""Cars: saloons, hatchbacks and high ones."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from app.domain.vehicle import VehicleClass
from app.simulator.body import Body, plate_at
from app.simulator.body_parts import (
    GLASS,
    LAMP,
    PAINTS,
    TAIL,
    TRIM,
    box_profile,
    mirrored,
    quad,
    side_panel,
    upright,
    wheels,
)
from app.simulator.mesh import Bgr, MeshBuilder, Profile, Surface


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


def car(rng: np.random.Generator) -> Body:
    """Return a car of one of the usual shapes."""
    shapes: tuple[Callable[[np.random.Generator], _CarShape], ...] = (
        _sedan,
        _sedan,
        _hatchback,
        _suv,
    )
    shape = shapes[int(rng.integers(len(shapes)))](rng)
    paint = PAINTS[int(rng.integers(len(PAINTS)))]
    builder = MeshBuilder()
    half = shape.width_m / 2
    axles = (-0.82, -shape.length_m + 0.85)
    wheels(builder, half, axles, 0.32 if shape.height_m < 1.6 else 0.37)
    _car_hull(builder, shape, paint)
    _car_cabin(builder, shape, paint)
    _car_flanks(builder, shape, paint)
    _car_front(builder, shape)
    _car_rear(builder, shape)
    plates = (
        plate_at(0.03, 0.46, 1.0),
        plate_at(-shape.length_m - 0.02, shape.tail_top_m - 0.29, -1.0),
    )
    return Body(
        VehicleClass.CAR,
        builder.build(),
        shape.length_m,
        shape.width_m,
        shape.height_m,
        plates,
    )


def _hull(half_m: float, bottom_m: float, top_m: float) -> Profile:
    return mirrored(
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
    return mirrored(
        [
            (half_m, base_m),
            (half_m * (1 - lean * 0.45), base_m + rise * 0.45),
            (edge, base_m + rise * 0.88),
            (edge * 0.86, base_m + rise * 0.97),
            (edge * 0.5, top_m),
            (0.0, top_m),
        ]
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
        glass_colour=GLASS,
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
    quad(builder, corners, (side, 0.0, 0.4), paint, Surface.PAINT, 5)


def _car_front(builder: MeshBuilder, shape: _CarShape) -> None:
    half, nose = shape.width_m / 2, shape.nose_m
    for side in (-1.0, 1.0):
        corners = (
            (side * half * 0.52, -0.01, nose - 0.19),
            (side * half * 0.86, -0.10, nose - 0.18),
            (side * half * 0.93, -0.30, nose - 0.05),
            (side * half * 0.56, -0.10, nose - 0.06),
        )
        quad(builder, corners, (0.0, 1.0, 0.3), LAMP, Surface.HEADLAMP, 7)
        upright(
            builder,
            (side * half * 0.55, side * half * 0.74),
            0.01,
            (0.33, 0.40),
            1.0,
            (60, 62, 64),
        )
    grille = (-half * 0.46, half * 0.46)
    upright(builder, grille, 0.01, (nose - 0.21, nose - 0.11), 1.0, (38, 38, 38))
    upright(builder, grille, 0.012, (nose - 0.165, nose - 0.15), 1.0, (150, 150, 150))
    intake = (-half * 0.62, half * 0.62)
    upright(builder, intake, 0.008, (0.30, 0.44), 1.0, (42, 42, 42))


def _car_rear(builder: MeshBuilder, shape: _CarShape) -> None:
    half, end, tail = shape.width_m / 2, -shape.length_m, shape.tail_top_m
    for side in (-1.0, 1.0):
        corners = (
            (side * half * 0.55, end - 0.005, tail - 0.30),
            (side * half * 0.90, end + 0.06, tail - 0.30),
            (side * half * 0.93, end + 0.10, tail - 0.10),
            (side * half * 0.58, end + 0.02, tail - 0.12),
        )
        quad(builder, corners, (0.0, -1.0, 0.2), TAIL, Surface.TAIL_LAMP, 7)
    upright(builder, (-half * 0.8, half * 0.8), end - 0.006, (0.34, 0.42), -1.0, TRIM)
    upright(
        builder,
        (-half * 0.5, half * 0.5),
        end - 0.004,
        (tail - 0.345, tail - 0.33),
        -1.0,
        TRIM,
    )


def _car_flanks(builder: MeshBuilder, shape: _CarShape, paint: Bgr) -> None:
    half, end = shape.width_m / 2, -shape.length_m
    seam = tuple(c * 0.6 for c in paint)
    for side in (-1.0, 1.0):
        x = side * (half + 0.003)
        sill = (shape.cowl_y_m - 0.05, end + 1.15)
        side_panel(builder, x, sill, (0.22, 0.31), TRIM)
        for y in (shape.cowl_y_m - 0.35, end * 0.5, end * 0.73):
            side_panel(
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
            (y, box_profile((x_m * 0.93, outer), (z - 0.06, z + 0.07))),
            (y - 0.12, box_profile((x_m * 0.93, outer), (z - 0.05, z + 0.06))),
        ],
        paint,
        layer=5,
    )
