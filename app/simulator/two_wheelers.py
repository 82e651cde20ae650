"""Motorcycles and bicycles, each with its rider."""

import numpy as np

from app.domain.vehicle import VehicleClass
from app.simulator.body import SMALL_PLATE_HEIGHT_M, SMALL_PLATE_WIDTH_M, Body, plate_at
from app.simulator.body_parts import (
    LAMP,
    PAINTS,
    RUBBER,
    TAIL,
    TRIM,
    box_profile,
    upright,
)
from app.simulator.mesh import MeshBuilder, Surface, Vertex
from app.simulator.people import HELMETS, SHIRTS, add_rider


def motorcycle(rng: np.random.Generator) -> Body:
    """Return a motorcycle with its rider; its plate is behind."""
    paint = PAINTS[int(rng.integers(len(PAINTS)))]
    shirt = SHIRTS[int(rng.integers(len(SHIRTS)))]
    helmet = HELMETS[int(rng.integers(len(HELMETS)))]
    builder = MeshBuilder()
    length, radius = 2.0, 0.31
    for y in (-radius, -length + radius):
        builder.tube(
            (-0.06, y, radius), (0.06, y, radius), (radius, radius), RUBBER, sides=16
        )
    builder.tube(
        (0, -0.30, 0.45), (0, -0.55, 0.95), (0.07, 0.06), (90, 90, 90), layer=2
    )
    builder.tube((0, -0.55, 0.75), (0, -1.15, 0.78), (0.16, 0.15), paint, layer=2)
    builder.tube((0, -1.0, 0.76), (0, -1.85, 0.84), (0.14, 0.09), TRIM, layer=2)
    builder.tube((0, -0.7, 0.42), (0, -1.2, 0.42), (0.17, 0.17), (60, 60, 60), layer=1)
    builder.tube((-0.36, -0.62, 1.0), (0.36, -0.62, 1.0), (0.025, 0.025), TRIM, layer=3)
    builder.ball((0, -0.42, 0.86), 0.11, (80, 80, 80), Surface.MATT, 3)
    upright(builder, (-0.08, 0.08), -0.29, (0.79, 0.93), 1.0, LAMP, Surface.HEADLAMP, 7)
    upright(
        builder, (-0.09, 0.09), -1.96, (0.78, 0.86), -1.0, TAIL, Surface.TAIL_LAMP, 7
    )
    upright(builder, (-0.07, 0.07), -1.94, (0.45, 0.78), -1.0, TRIM, layer=5)
    add_rider(builder, (0.0, -1.2, 0.86), -0.66, shirt, helmet)
    if rng.random() < 0.35:
        crate = box_profile((-0.24, 0.24), (0.92, 1.34))
        builder.loft([(-1.52, crate), (-1.98, crate)], (70, 110, 235), layer=4)
    size = (SMALL_PLATE_WIDTH_M, SMALL_PLATE_HEIGHT_M)
    plates = (plate_at(0.0, -1.0, 1.0, size), plate_at(-2.0, 0.66, -1.0, size))
    return Body(
        VehicleClass.MOTORCYCLE, builder.build(), length, 0.75, 1.72, plates[1:]
    )


def bicycle(rng: np.random.Generator) -> Body:
    """Return a bicycle with its rider; it has no plate."""
    paint = PAINTS[int(rng.integers(len(PAINTS)))]
    shirt = SHIRTS[int(rng.integers(len(SHIRTS)))]
    builder = MeshBuilder()
    length, radius = 1.7, 0.34
    for y in (-radius, -length + radius):
        for step in np.linspace(0, 2 * np.pi, 14, endpoint=False):
            one = _on_rim(y, radius - 0.02, float(step))
            two = _on_rim(y, radius - 0.02, float(step) + 2 * np.pi / 14)
            builder.tube(one, two, (0.022, 0.022), RUBBER, sides=4)
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
    builder.tube((-0.27, -0.5, 1.0), (0.27, -0.5, 1.0), (0.02, 0.02), TRIM, layer=3)
    helmet = HELMETS[int(rng.integers(len(HELMETS)))] if rng.random() < 0.6 else None
    add_rider(builder, (0.0, -1.05, 0.95), -0.52, shirt, helmet)
    return Body(VehicleClass.BICYCLE, builder.build(), length, 0.6, 1.8, ())


def _on_rim(y_m: float, radius_m: float, angle_rad: float) -> Vertex:
    return (
        0.0,
        y_m + radius_m * float(np.cos(angle_rad)),
        0.34 + radius_m * float(np.sin(angle_rad)),
    )
