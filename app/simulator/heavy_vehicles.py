"""Buses, and lorries with a box."""

import numpy as np

from app.domain.vehicle import VehicleClass
from app.simulator.body import Body, plate_at
from app.simulator.body_parts import (
    GLASS,
    LAMP,
    TAIL,
    TRIM,
    box_profile,
    quad,
    rounded,
    side_panel,
    upright,
    wheels,
)
from app.simulator.mesh import Bgr, MeshBuilder, Surface

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


def bus(rng: np.random.Generator) -> Body:
    """Return a city bus."""
    length, width = rng.uniform(8.6, 11.5), rng.uniform(2.35, 2.5)
    height = rng.uniform(2.85, 3.1)
    paint, stripe = _BUS_LIVERIES[int(rng.integers(len(_BUS_LIVERIES)))]
    builder = MeshBuilder()
    half = width / 2
    wheels(builder, half, (-2.2, -length + 2.6), 0.47, 0.3)
    steps = np.linspace(-0.35, -length + 0.12, 12)
    sections = [(0.0, rounded(half * 0.93, 0.34, height - 0.2, 0.07))]
    sections.append((-0.10, rounded(half * 0.98, 0.30, height - 0.06, 0.05)))
    sections.extend((float(y), rounded(half, 0.30, height)) for y in steps)
    sections.append((-length, rounded(half * 0.96, 0.36, height - 0.1)))
    builder.loft(sections, paint)
    _bus_flanks(builder, half, length, height, stripe)
    _bus_front(builder, half, height, stripe)
    _bus_rear(builder, half, length, height, stripe)
    plates = (plate_at(0.04, 0.62, 1.0), plate_at(-length - 0.03, 0.80, -1.0))
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
            side_panel(builder, x, span, pane, GLASS, Surface.GLASS)
            side_panel(builder, x, (y - 1.35, y), (1.0, 1.22), stripe)
        side_panel(builder, x, (-length + 0.3, -0.4), (0.32, 0.46), TRIM)
    door = (-1.75, -0.55)
    side_panel(builder, half + 0.006, door, (0.5, height - 0.6), GLASS, layer=3)


def _bus_front(builder: MeshBuilder, half: float, height: float, stripe: Bgr) -> None:
    wide = (-half * 0.88, half * 0.88)
    pane = (height * 0.43, height - 0.62)
    upright(builder, wide, 0.02, pane, 1.0, GLASS, Surface.GLASS)
    board = (height - 0.56, height - 0.30)
    upright(builder, (-half * 0.7, half * 0.7), 0.02, board, 1.0, (30, 30, 32))
    for offset in np.linspace(-0.5, 0.42, 7):
        letters = (half * float(offset), half * float(offset) + 0.1)
        middle = (height - 0.50, height - 0.37)
        upright(builder, letters, 0.03, middle, 1.0, (60, 170, 250), layer=7)
    upright(builder, wide, 0.02, (0.98, 1.14), 1.0, stripe)
    upright(builder, (-half * 0.4, half * 0.4), 0.02, (0.72, 0.92), 1.0, TRIM)
    upright(builder, wide, 0.02, (0.36, 0.50), 1.0, TRIM)
    for side in (-1.0, 1.0):
        lamp = (side * half * 0.55, side * half * 0.84)
        upright(builder, lamp, 0.03, (0.72, 0.92), 1.0, LAMP, Surface.HEADLAMP, 7)


def _bus_rear(
    builder: MeshBuilder, half: float, length: float, height: float, stripe: Bgr
) -> None:
    y = -length - 0.02
    pane = (height - 1.35, height - 0.6)
    wide = (-half * 0.8, half * 0.8)
    upright(builder, wide, y, pane, -1.0, GLASS, Surface.GLASS)
    upright(builder, wide, y, (1.25, 1.42), -1.0, stripe)
    for z in np.linspace(0.95, 1.12, 3):
        upright(
            builder,
            (-half * 0.6, half * 0.6),
            y,
            (float(z), float(z) + 0.03),
            -1,
            TRIM,
        )
    upright(builder, wide, y, (0.42, 0.56), -1.0, TRIM)
    for side in (-1.0, 1.0):
        lamp = (side * half * 0.70, side * half * 0.88)
        upright(builder, lamp, y, (0.75, 1.12), -1.0, TAIL, Surface.TAIL_LAMP, 7)


def truck(rng: np.random.Generator) -> Body:
    """Return a lorry with a closed box."""
    length, width = rng.uniform(6.4, 8.4), rng.uniform(2.15, 2.4)
    height = rng.uniform(2.7, 3.2)
    cab = _TRUCK_CABS[int(rng.integers(len(_TRUCK_CABS)))]
    cargo = _TRUCK_BOXES[int(rng.integers(len(_TRUCK_BOXES)))]
    half, cab_top = width / 2, min(height - 0.25, 2.55)
    builder = MeshBuilder()
    wheels(builder, half * 0.98, (-1.15, -length + 1.7), 0.46, 0.28)
    builder.loft(
        [
            (0.0, rounded(half * 0.90, 0.42, cab_top - 0.35, 0.06)),
            (-0.12, rounded(half * 0.95, 0.38, cab_top - 0.12, 0.06)),
            (-0.55, rounded(half * 0.96, 0.38, cab_top, 0.06)),
            (-1.85, rounded(half * 0.96, 0.38, cab_top, 0.06)),
        ],
        cab,
        layer=2,
    )
    chassis = box_profile((-half * 0.8, half * 0.8), (0.55, 0.8))
    builder.loft([(-1.8, chassis), (-length + 0.05, chassis)], TRIM, layer=1)
    steps = np.linspace(-2.0, -length, 8)
    box = box_profile((-half, half), (0.85, height))
    builder.loft([(float(y), box) for y in steps], cargo, layer=2)
    _truck_front(builder, half, cab_top)
    _truck_rear(builder, half, length, height, cargo)
    for side in (-1.0, 1.0):
        side_panel(
            builder,
            side * (half * 0.96 + 0.004),
            (-1.5, -0.6),
            (cab_top - 0.95, cab_top - 0.35),
            GLASS,
            Surface.GLASS,
            layer=6,
        )
    plates = (plate_at(0.04, 0.66, 1.0), plate_at(-length - 0.03, 0.72, -1.0))
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
    quad(builder, corners, (0.0, 1.0, 0.1), GLASS, Surface.GLASS)
    upright(builder, (-half * 0.6, half * 0.6), 0.02, (0.95, 1.30), 1.0, TRIM)
    upright(builder, (-half * 0.88, half * 0.88), 0.02, (0.42, 0.76), 1.0, (70, 70, 70))
    for side in (-1.0, 1.0):
        lamp = (side * half * 0.62, side * half * 0.84)
        upright(builder, lamp, 0.03, (0.56, 0.74), 1.0, LAMP, Surface.HEADLAMP, 7)


def _truck_rear(
    builder: MeshBuilder, half: float, length: float, height: float, cargo: Bgr
) -> None:
    y = -length - 0.01
    frame = (cargo[0] * 0.75, cargo[1] * 0.75, cargo[2] * 0.75)
    upright(builder, (-0.015, 0.015), y, (0.9, height - 0.06), -1.0, frame)
    for side in (-1.0, 1.0):
        rod = (side * half * 0.45, side * half * 0.45 + 0.04)
        upright(builder, rod, y, (0.95, height - 0.12), -1.0, (120, 120, 120))
        lamp = (side * half * 0.66, side * half * 0.92)
        upright(builder, lamp, y - 0.01, (0.62, 0.80), -1.0, TAIL, Surface.TAIL_LAMP, 7)
    wide = (-half * 0.95, half * 0.95)
    upright(builder, wide, y, (0.82, 0.92), -1.0, (150, 150, 155))
    upright(builder, (-half * 0.9, half * 0.9), y, (0.42, 0.52), -1.0, (60, 60, 150))
