"""People on foot and in the saddle."""

import numpy as np

from app.domain.vehicle import VehicleClass
from app.simulator.body import Body
from app.simulator.body_parts import SKIN
from app.simulator.mesh import Bgr, MeshBuilder, Vertex

SHIRTS: tuple[Bgr, ...] = (
    (60, 60, 170),
    (150, 100, 50),
    (50, 50, 52),
    (215, 215, 215),
    (70, 140, 80),
    (60, 190, 225),
    (120, 80, 130),
)
_TROUSERS: tuple[Bgr, ...] = ((92, 66, 48), (46, 44, 44), (96, 112, 128))
HELMETS: tuple[Bgr, ...] = (
    (35, 35, 36),
    (225, 225, 228),
    (46, 46, 190),
    (160, 90, 40),
)


def add_rider(
    builder: MeshBuilder, seat: Vertex, grip_y: float, shirt: Bgr, helmet: Bgr | None
) -> None:
    """Add somebody in the saddle at `seat`; without `helmet` the head is bare."""
    x, y, z = seat
    shoulder = (x, y + 0.12, z + 0.52)
    builder.tube(seat, shoulder, (0.17, 0.21), shirt, layer=4)
    head = (x, y + 0.20, z + 0.76)
    builder.ball(head, 0.14 if helmet else 0.11, helmet or SKIN, layer=5)
    for side in (-1.0, 1.0):
        hand = (side * 0.30, grip_y, z + 0.25)
        arm = (side * 0.20, y + 0.12, z + 0.46)
        builder.tube(arm, hand, (0.07, 0.05), shirt, layer=4, sides=6)
        knee = (side * 0.20, y + 0.36, z - 0.08)
        hip = (side * 0.12, y, z)
        builder.tube(hip, knee, (0.10, 0.08), (70, 58, 48), layer=3, sides=6)
        foot = (side * 0.19, y + 0.15, max(z - 0.55, 0.12))
        builder.tube(knee, foot, (0.08, 0.06), (70, 58, 48), layer=3, sides=6)


def person(rng: np.random.Generator) -> Body:
    """Return somebody on foot, in the middle of a step."""
    shirt = SHIRTS[int(rng.integers(len(SHIRTS)))]
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
        builder.ball(hand, 0.05, SKIN, layer=3, sides=6)
    builder.tube(
        (0, middle, hip - 0.05), (0, middle, neck), (0.16, 0.20), shirt, layer=3
    )
    builder.ball((0, middle, 1.60 * size), 0.115, SKIN, layer=4)
    builder.ball((0, middle - 0.03, 1.64 * size), 0.115, hair, layer=5)
    return Body(VehicleClass.PERSON, builder.build(), 0.5, 0.55, 1.75 * size, ())
